/** One run of the command line: parse, act, and turn what happens into an exit status. */
import { type Command, CommanderError } from "commander";
import type { CommandContext } from "./context.js";
import { exitStatus, INTERRUPTED, paragraph, trace } from "./failure.js";
import { createProgram } from "./program.js";
import { style } from "./style.js";

/** Runs a command. @returns the exit status; never throws. */
export async function run(given: readonly string[]): Promise<number> {
  const args = withHelpLast(given);
  const signal = interruptSignal();
  const stdout = watchStandardOutput();
  let status = 0;
  const context: CommandContext = {
    signal,
    print: (text) => void stdout.write(`${text}\n`),
    note: (text) => void (process.stderr.isTTY && process.stderr.write(`${text}\n`)),
    endWith: (code) => {
      status = code;
    },
  };
  let program: Command | undefined;
  try {
    program = await createProgram(args, context);
    await program.parseAsync(args, { from: "user" });
  } catch (error) {
    status = exitStatus(error);
    const isHelp = error instanceof CommanderError && error.code === "commander.help";
    if (status !== 0 && !isHelp && !signal.aborted) tell(error, args, program);
  }
  const unwritten = await stdout.finish();
  if (unwritten !== undefined && status === 0) {
    status = 1;
    tell(new Error(`Cannot write to standard output: ${unwritten.message}`), args);
  }
  if (!signal.aborted) return status;
  process.stderr.write("Interrupted.\n");
  return signal.reason === "SIGTERM" ? 143 : INTERRUPTED;
}

function tell(error: unknown, args: readonly string[], program?: Command): void {
  const end = args.indexOf("--");
  const debug = args.slice(0, end < 0 ? args.length : end).includes("--debug");
  const words = error instanceof CommanderError && program ? commandWords(program, args) : undefined;
  const hint = words && ` See "cloudvolume ${words.length === 0 ? "--help" : ["help", ...words].join(" ")}".`;
  const { stderr } = process;
  stderr.write(`${style(stderr).red("error:")} ${paragraph(error)}${hint ?? ""}\n`);
  if (debug) stderr.write(`${trace(error)}\n`);
}

/** The words that name the command: `["chunk", "decode"]`. */
function commandWords(program: Command, args: readonly string[]): string[] {
  const words: string[] = [];
  let at: Command | undefined = program;
  for (const arg of args.filter((word) => !word.startsWith("-"))) {
    at = at.commands.find((command) => command.name() === arg);
    if (at === undefined) break;
    words.push(arg);
  }
  return words;
}

/** `help chunk decode` as `chunk decode --help`, which commander knows on every level. */
function withHelpLast(args: readonly string[]): readonly string[] {
  return args[0] === "help" && args.length > 2 ? [...args.slice(1), "--help"] : args;
}

/** Aborted by the first Ctrl-C or SIGTERM; the second one ends the process at once. */
function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(name === "SIGTERM" ? 143 : INTERRUPTED);
      controller.abort(name);
    });
  }
  return controller.signal;
}

interface TextOutput {
  readonly write: (text: string) => void;
  /** Waits for what was written. @returns what went wrong, unless it is only that the reader has gone. */
  readonly finish: () => Promise<Error | undefined>;
}

/** Standard output for text. A reader that has gone (`| head`) has seen enough: that is no failure. */
function watchStandardOutput(): TextOutput {
  let failure: NodeJS.ErrnoException | undefined;
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    failure ??= error;
  });
  return {
    write: (text) => {
      if (failure === undefined) process.stdout.write(text);
    },
    finish: async () => {
      await new Promise<void>((done) => void process.stdout.write("", () => done()));
      return failure === undefined || failure.code === "EPIPE" ? undefined : failure;
    },
  };
}
