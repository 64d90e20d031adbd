import type { Command } from "commander";

/** The heading of what every command has. */
export const GENERAL: string = "General options:";

export interface CommandText {
  readonly description: string;
  /** For lists of commands; default: the description. */
  readonly summary?: string;
  /** Arguments of calls that work. */
  readonly examples: readonly string[];
}

/** A command with what all have: a description, an example and `--debug`. */
export function subcommand(parent: Command, name: string, text: CommandText): Command {
  const { description, summary = description, examples } = text;
  const lines = examples.map((line) => `  $ cloudvolume ${line}`);
  return parent
    .command(name)
    .description(description)
    .summary(summary)
    .optionsGroup(GENERAL)
    .helpOption("-h, --help", "show help")
    .optionsGroup("Options:")
    .addHelpText("after", `\n${lines.length > 1 ? "Examples" : "Example"}:\n${lines.join("\n")}`);
}
