/** The command tree. Only the command that is run is loaded, so that start-up stays short. */
import { Command } from "commander";
import packageJson from "../../package.json" with { type: "json" };
import type { CommandContext } from "./context.js";
import { GENERAL } from "./subcommand.js";

/** What a command's module exports: adds itself to `program`. */
export interface CommandModule {
  readonly define: (program: Command, context: CommandContext) => Command;
}

interface Entry {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<CommandModule>;
}

const ENTRIES: readonly Entry[] = [
  { name: "info", summary: "show what a layer is", load: () => import("./commands/info.js") },
  { name: "create", summary: "make a new layer", load: () => import("./commands/create.js") },
  {
    name: "download",
    summary: "write a cut-out to a .npy file",
    load: () => import("./commands/download.js"),
  },
  { name: "upload", summary: "write a .npy file into a layer", load: () => import("./commands/upload.js") },
  {
    name: "transfer",
    summary: "copy a level into another layer",
    load: () => import("./commands/transfer.js"),
  },
  { name: "unique", summary: "list the labels of a box", load: () => import("./commands/unique.js") },
  { name: "points", summary: "print the values of voxels", load: () => import("./commands/points.js") },
  {
    name: "explain",
    summary: "tell what a download or upload would do",
    load: () => import("./commands/explain.js"),
  },
  {
    name: "exists",
    summary: "tell which chunks of a box are stored",
    load: () => import("./commands/exists.js"),
  },
  { name: "delete", summary: "delete the chunks of a box", load: () => import("./commands/delete.js") },
  {
    name: "has-data",
    summary: "tell whether a level holds any chunk",
    load: () => import("./commands/has-data.js"),
  },
  {
    name: "serve",
    summary: "offer layers over http, to Neuroglancer and others",
    load: () => import("./commands/serve.js"),
  },
  { name: "png", summary: "draw a slice, also in the terminal", load: () => import("./commands/png.js") },
  { name: "view", summary: "open Neuroglancer on layers", load: () => import("./commands/view.js") },
  { name: "verify", summary: "find what is damaged", load: () => import("./commands/verify.js") },
  { name: "cache", summary: "show or delete what is cached", load: () => import("./commands/cache.js") },
  {
    name: "chunk",
    summary: "decode or encode one chunk, without a layer",
    load: () => import("./commands/chunk.js"),
  },
  {
    name: "mesh",
    summary: "get, list, put and remove meshes of segments",
    load: () => import("./commands/mesh.js"),
  },
  {
    name: "skeleton",
    summary: "read, list and store skeletons",
    load: () => import("./commands/skeleton.js"),
  },
  {
    name: "annotations",
    summary: "read and write annotations",
    load: () => import("./commands/annotations.js"),
  },
  {
    name: "properties",
    summary: "show what is known of segments",
    load: () => import("./commands/properties.js"),
  },
  {
    name: "spatial-index",
    summary: "find meshes and skeletons by place",
    load: () => import("./commands/spatial-index.js"),
  },
  {
    name: "shard",
    summary: "list what shard files hold, or take something out",
    load: () => import("./commands/shard.js"),
  },
  {
    name: "auth",
    summary: "tell which credentials a path is opened with",
    load: () => import("./commands/auth.js"),
  },
  { name: "demo", summary: "make a small dataset and show a tour", load: () => import("./commands/demo.js") },
];

const FOOTER = `
PATH is a layer: a folder, file://, http:// or https://. Boxes are x0,y0,z0,x1,y1,z1 in voxels of
the level (--mip), half-open. Arrays are .npy files; - is standard input or output.

Exit status: 0 done, 1 failed, 2 wrong usage, 3 data is missing, 4 access denied, 130 interrupted.

Example:
  $ cloudvolume demo && cloudvolume help download`;

export async function createProgram(args: readonly string[], context: CommandContext): Promise<Command> {
  const program = new Command("cloudvolume")
    .description("Reads and writes Neuroglancer Precomputed volumes.")
    .version(packageJson.version, "--version", "print the version")
    .option("--debug", "show the stack of an error")
    .helpOption("-h, --help", "show help")
    .helpCommand("help [command]", "show help of a command")
    .addHelpText("after", FOOTER)
    .showHelpAfterError(false)
    .configureOutput({ outputError: () => {} })
    // Options belong to the command that they stand behind, as several have the same names.
    .enablePositionalOptions()
    .exitOverride();
  const [first, second] = args.filter((arg) => !arg.startsWith("-"));
  const wanted = first === "help" ? second : first;
  for (const { name, summary, load } of ENTRIES) {
    if (name !== wanted) program.command(name).summary(summary).description(summary);
    else addDebug((await load()).define(program, context).summary(summary));
  }
  if (args.length === 0) program.action(() => program.help({ error: true }));
  return program;
}

/** The last option of a command and of those below it, so that help lists it last. */
function addDebug(command: Command): void {
  command.optionsGroup(GENERAL).option("--debug", "show the stack of an error");
  for (const below of command.commands) addDebug(below);
}
