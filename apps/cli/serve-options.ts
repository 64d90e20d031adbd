/** Options of the commands that start a server, and what they do until Ctrl-C. */
import { type Command, Option } from "commander";
import type { ServeOptions, Serving } from "../../src/node.js";
import { parseWhole } from "./argument-values.js";
import type { CommandContext } from "./context.js";
import { timestampOption } from "./graph-options.js";
import { addVolumeOptions, openOptions, type VolumeOptions } from "./volume-options.js";

export interface ServerOptions extends VolumeOptions {
  readonly port?: number;
  readonly host?: string;
  readonly name?: readonly string[];
  readonly cors?: readonly string[];
  readonly compressor: string;
  readonly timestamp?: number | string;
}

const USUAL_PORT = 1337;
/** Chunks that are cut anew for viewers are read several times. */
const LRU_BYTES = 256 << 20;

export function addServerOptions(command: Command): Command {
  command
    .option(
      "--port <n>",
      "where to listen; 0 means any that is free (default: 1337, or the next free one)",
      parseWhole(0, 65_535),
    )
    .option("--host <address>", "listen at another address than 127.0.0.1, so that other machines can read")
    .option(
      "--name <host>",
      "with --host: a further name by which others call this machine (can be repeated)",
      listed,
    )
    .option(
      "--cors <origin>",
      "let only pages of this origin read (can be repeated; default: every page)",
      listed,
    )
    .addOption(
      new Option("--compressor <name>", "what packs the chunks of Zarr")
        .choices(["none", "blosc", "gzip", "zstd"])
        .default("none"),
    )
    .addOption(timestampOption());
  return addVolumeOptions(command, ["background", "cache"]);
}

/** An option that can be repeated: one that took several would take the paths after it, too. */
function listed(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

export async function serveOptions(options: ServerOptions, context: CommandContext): Promise<ServeOptions> {
  const { port, host, name, cors, compressor, timestamp } = options;
  return {
    ...{ port, host, names: name, cors, signal: context.signal },
    compressor: compressor === "none" ? null : (compressor as "blosc" | "gzip" | "zstd"),
    open: { lruBytes: LRU_BYTES, timestamp, ...(await openOptions(options, context)) },
  };
}

/** Says if it is not the usual port, and for whom the server is. */
export function announce(serving: Serving, { port, host }: ServerOptions, context: CommandContext): void {
  if (port === undefined && serving.port !== USUAL_PORT)
    context.print(`port ${USUAL_PORT} is taken: this is port ${serving.port}`);
  if (host !== undefined) context.note(`Whoever reaches ${host} can read these layers.`);
}

/** Serves until Ctrl-C. */
export async function untilEnd(serving: Serving, { signal }: CommandContext): Promise<void> {
  await new Promise<void>((done) => {
    if (signal.aborted) return done();
    signal.addEventListener("abort", () => done(), { once: true });
  });
  await serving.close();
}
