import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Command } from "commander";
import { ArgumentError, terminalPicture } from "../../../src/node.js";
import type { CommandContext } from "../context.js";
import type { LayerResult } from "../demo/layer.js";
import { drawDemo } from "../demo/picture.js";
import { type TourListener, tour } from "../demo/tour.js";
import { style } from "../style.js";
import { subcommand } from "../subcommand.js";
import { terminalOf } from "../terminal.js";
import { bytes, type Column, table } from "../text.js";

export function define(program: Command, context: CommandContext): Command {
  return subcommand(program, "demo", {
    description:
      "Makes a small synthetic dataset (an image and a segmentation with several levels), reads it back, writes it in other encodings, and tells what it did.",
    examples: ["demo", "demo ./my-first-dataset"],
  })
    .argument("[folder]", "a new or empty folder (default: a fresh one for temporary files)")
    .action(async (folder: string | undefined) => {
      const target = await prepare(folder);
      try {
        await tour(target.path, listenerOf(context), context.signal);
        await show(target.path, context);
      } catch (error) {
        await target.discard();
        throw error;
      }
      context.print(farewell(target.path));
    });
}

/** A slice as a picture file, and at a terminal right there. */
async function show(folder: string, { print, signal }: CommandContext): Promise<void> {
  const { file, shown } = await drawDemo(folder, signal);
  const terminal = terminalOf(process.stdout, process.env);
  if (terminal.colors !== 0) print(`\n${terminalPicture(shown, { ...terminal, columns: 64, rows: 32 })}`);
  print(`\n${style(process.stdout).bold("A picture of it")}: ${file}`);
}

interface Target {
  readonly path: string;
  /** Removes what the demo wrote. */
  readonly discard: () => Promise<void>;
}

async function prepare(folder: string | undefined): Promise<Target> {
  if (folder === undefined) {
    const path = await mkdtemp(join(tmpdir(), "cloudvolume-demo-"));
    return { path, discard: () => rm(path, { recursive: true, force: true }) };
  }
  const path = resolve(folder);
  const made = await mkdir(path, { recursive: true });
  if ((await readdir(path)).length > 0)
    throw new ArgumentError("The folder is not empty", { where: path, fix: "Name a new one." });
  return {
    path,
    discard: async () => {
      const entries = made === undefined ? (await readdir(path)).map((name) => join(path, name)) : [made];
      for (const entry of entries) await rm(entry, { recursive: true, force: true });
    },
  };
}

const LAYERS: readonly Column[] = [
  { title: "layer" },
  { title: "encoding" },
  { title: "compression" },
  { title: "bytes", align: "right" },
  { title: "ratio", align: "right" },
  { title: "write MVx/s", align: "right" },
  { title: "read MVx/s", align: "right" },
  { title: "read back" },
];
/** Widths that hold every row, so that rows can be printed as they come. */
const WIDEST = [
  "segmentation",
  "compressed_segmentation",
  "compression",
  "33.6 MB",
  "99.9 x",
  "write MVx/s",
  "read MVx/s",
  "",
];

function listenerOf({ print }: CommandContext): TourListener {
  const { bold, dim } = style(process.stdout);
  const heads = (text: string): void => print(`\n${bold(text)}\n${dim(rowText(LAYERS.map((c) => c.title)))}`);
  let variants = false;
  return {
    onTissue: (shape, cells, seconds) => {
      print(
        `${bold("Synthetic tissue")}: ${shape.join(" x ")} voxels of 8 x 8 x 40 nm, ${cells} cells, made in ${seconds.toFixed(1)} s`,
      );
      heads("Two layers, 4 levels each");
    },
    onLayer: (result) => print(rowText(cellsOf(result, basename(result.folder)))),
    onVariant: (result) => {
      if (!variants) heads("The finest level in other encodings");
      variants = true;
      print(rowText(cellsOf(result, basename(result.folder).split("-")[0] ?? "")));
    },
  };
}

function rowText(cells: readonly string[]): string {
  const columns = LAYERS.map((column, i) => ({ ...column, title: WIDEST[i] ?? "" }));
  return table(columns, [cells]).split("\n")[1] ?? "";
}

function cellsOf(result: LayerResult, layer: string): string[] {
  const { green, red } = style(process.stdout);
  const { encoding, compress, stored, decoded, writeSpeed, readSpeed, error } = result;
  const lossy = `lossy, ${error.toFixed(1)} of 255 off on average`;
  const verdict = error === 0 ? green("equal") : encoding === "jpeg" ? lossy : red("differs");
  const speed = (n: number): string => (n < 10 ? n.toFixed(1) : n.toFixed(0));
  return [
    layer,
    encoding,
    compress,
    bytes(stored),
    `${(decoded / stored).toFixed(1)} x`,
    speed(writeSpeed),
    speed(readSpeed),
    verdict,
  ];
}

function farewell(folder: string): string {
  const { bold, cyan } = style(process.stdout);
  const program = invocation();
  const [image, segmentation] = [join(folder, "image"), join(folder, "segmentation")];
  const commands = [
    `${program} info ${quoted(segmentation)}`,
    `${program} view ${quoted(image)} ${quoted(segmentation)}`,
    `${program} png ${quoted(image)} --sheet 4x2 -o sheet.png`,
    `${program} download ${quoted(image)} cutout.npy --bbox 64,64,0,192,192,64`,
    `${program} upload cutout.npy ${quoted(join(folder, "encodings", "image-png-none"))} --offset 64,64,0`,
    `${program} help`,
  ];
  const code = `const vol = await CloudVolume.open(${JSON.stringify(pathToFileURL(image).href)});`;
  const blocks = [
    `${bold("It lies in")} ${folder}`,
    ["Try next:", ...commands.map((line) => `  ${cyan(line)}`)].join("\n"),
    `In Node:\n  ${cyan(code)}`,
  ];
  return `\n${blocks.join("\n\n")}`;
}

/** How this program was called. */
function invocation(): string {
  const script = process.argv[1] ?? "cloudvolume";
  const near = relative(process.cwd(), script);
  return /\.[cm]?js$/.test(script) ? `node ${quoted(near.startsWith("..") ? script : near)}` : "cloudvolume";
}

/** A word as a shell reads it back. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
