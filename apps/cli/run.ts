/** One run of the command line: parse, act, and turn what happens into an exit status. */
import { CommanderError } from "commander";
import type { CommandContext } from "./context.js";
import { exitStatus, INTERRUPTED, paragraph, trace } from "./failure.js";
import { createProgram } from "./program.js";
import { style } from "./style.js";

/** Runs a command. @returns the exit status; never throws. */
export async function run(args: readonly string[]): Promise<number> {
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
  try {
    const program = await createProgram(args, context);
    await program.parseAsync(args, { from: "user" });
  } catch (error) {
    status = exitStatus(error);
    const shown = error instanceof CommanderError && error.code === "commander.help";
    if (status !== 0 && !shown && !signal.aborted) tell(error, args);
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

function tell(error: unknown, args: readonly string[]): void {
  const end = args.indexOf("--");
  const debug = args.slice(0, end < 0 ? args.length : end).includes("--debug");
  const hint = error instanceof CommanderError ? ` See ${helpCommand(args)}.` : "";
  const { stderr } = process;
  stderr.write(`${style(stderr).red("error:")} ${paragraph(error)}${hint}\n`);
  if (debug) stderr.write(`${trace(error)}\n`);
}

function helpCommand(args: readonly string[]): string {
  const command = args.find((arg) => !arg.startsWith("-"));
  return command !== undefined && /^[a-z-]+$/.test(command)
    ? `"cloudvolume help ${command}"`
    : '"cloudvolume --help"';
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
