import { statSync } from "node:fs";
import { extname, join } from "node:path";
import type { Command } from "commander";
import { ArgumentError, type Skeleton, type Skeletons } from "../../../src/node.js";
import { parsePhysicalBox } from "../argument-values.js";
import type { CommandContext } from "../context.js";
import { writeOutput } from "../output-file.js";
import { subcommand } from "../subcommand.js";
import { json } from "../text.js";
import { addVolumeOptions, openVolume, type VolumeOptions } from "../volume-options.js";
import { parseSegments } from "./mesh-source.js";
import { skeletonJson } from "./skeleton-file.js";

interface GetOptions extends VolumeOptions {
  readonly out?: string;
  readonly bbox?: readonly number[];
  readonly allowMissing?: boolean;
}

export function defineGet(skeleton: Command, context: CommandContext): void {
  const command = subcommand(skeleton, "get", {
    description:
      "Writes the skeleton of one or several segments in physical coordinates: SWC, JSON, or the precomputed encoding (.bin), by the name's ending; without --out, JSON on standard output. Exit status 3 if a segment has no skeleton.",
    examples: [
      "skeleton get seg 1036425 --out cell.swc",
      "skeleton get seg 1 2 3 --out skeletons/",
      "skeleton get seg --bbox 0,0,0,8000,8000,4000 --out all.json",
    ],
  })
    .argument("<path>", "the layer")
    .argument("[ids...]", "segments; without any, those in --bbox", parseSegments)
    .option("--out <file>", "the file; for several SWC files a folder; - is JSON on standard output")
    .option("--bbox <box>", "x0,y0,z0,x1,y1,z1 in nanometres: cut the skeletons to it", parsePhysicalBox)
    .option("--allow-missing", "leave out segments without a skeleton");
  addVolumeOptions(command, []);
  command.action(async (path: string, ids: readonly bigint[], options: GetOptions) => {
    const vol = await openVolume(path, options, context);
    const found = await read(vol.skeleton, ids, options, context.signal);
    const { bbox, out = "-" } = options;
    const cut = bbox === undefined ? found : found.map((s) => s.crop(bbox));
    if (out === "-") return context.print(document(cut, ids.length));
    if (extname(out).toLowerCase() === ".json") return await write(out, document(cut, ids.length), context);
    const folder = out.endsWith("/") || statSync(out, { throwIfNoEntry: false })?.isDirectory() === true;
    for (const one of cut) {
      const file = folder ? join(out, `${one.id}.swc`) : fileOf(out, one, cut.length);
      await write(file, encode(file, one), context);
    }
  });
}

async function read(
  skeletons: Skeletons,
  ids: readonly bigint[],
  { bbox, allowMissing }: GetOptions,
  signal: AbortSignal,
): Promise<Skeleton[]> {
  if (ids.length > 0) return await skeletons.get(ids, { allowMissing, signal });
  if (bbox !== undefined) return await skeletons.getByBbox(bbox, { allowMissing, signal });
  throw new ArgumentError("No segment to get", { fix: "Name segments, or a box by --bbox." });
}

/** One skeleton for one segment asked for, else a list. */
function document(found: readonly Skeleton[], asked: number): string {
  const [one] = found;
  return json(asked === 1 && one !== undefined ? skeletonJson(one) : found.map(skeletonJson));
}

function fileOf(out: string, { id }: Skeleton, count: number): string {
  if (count === 1) return out;
  const ending = extname(out);
  return `${out.slice(0, out.length - ending.length)}-${id}${ending}`;
}

function encode(file: string, skeleton: Skeleton): string | Uint8Array {
  const ending = extname(file).toLowerCase();
  if (ending === ".swc") return skeleton.toSwc();
  if (ending === ".bin") return skeleton.toPrecomputed();
  throw new ArgumentError("Unknown format of skeletons", {
    where: file,
    expected: "a name that ends in .swc, .json or .bin",
    got: ending === "" ? "no ending" : ending,
  });
}

async function write(file: string, content: string | Uint8Array, { signal }: CommandContext): Promise<void> {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  await writeOutput(file, signal, (sink) => sink.write(bytes, 0));
}
