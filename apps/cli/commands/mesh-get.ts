import { statSync } from "node:fs";
import { extname, join } from "node:path";
import { type Command, InvalidArgumentError } from "commander";
import {
  ArgumentError,
  Bbox,
  type Mesh,
  type Meshes,
  type MeshGetOptions,
  MissingError,
} from "../../../src/node.js";
import { parsePhysicalBox } from "../argument-values.js";
import type { CommandContext } from "../context.js";
import { writeOutput } from "../output-file.js";
import { withProgress } from "../progress.js";
import { subcommand } from "../subcommand.js";
import { addVolumeOptions, type VolumeOptions } from "../volume-options.js";
import { meshesOf, parseSegments } from "./mesh-source.js";

interface GetOptions extends VolumeOptions {
  readonly out?: string;
  readonly lod?: number;
  readonly fuse: boolean;
  readonly bbox?: readonly number[];
  readonly allowMissing?: boolean;
}

export function defineGet(mesh: Command, context: CommandContext): void {
  const command = subcommand(mesh, "get", {
    description:
      "Writes the mesh of one or several segments to a file, in nanometres: binary PLY, OBJ, or a legacy fragment (.bin), by the name's ending. Exit status 3 if a segment has no mesh.",
    examples: [
      "mesh get seg 1036425 --out cell.ply",
      "mesh get seg 1 2 3 --no-fuse --out meshes/",
      "mesh get seg 1036425 --lod 2 --out - | wc -c",
    ],
  })
    .argument("<path>", "the layer")
    .argument("[ids...]", "segments; without any, those in --bbox", parseSegments)
    .option("--out <file>", "the file, or a folder; - is standard output (default: <segment>.ply)")
    .option("--lod <level>", "level of detail: 0 is the finest, -1 the coarsest (default: 0)", parseLod)
    .option("--no-fuse", "a file for each segment: <segment>.ply in the folder --out")
    .option("--bbox <box>", "x0,y0,z0,x1,y1,z1 in nanometres: cut the meshes to it", parsePhysicalBox)
    .option("--allow-missing", "leave out segments without a mesh");
  addVolumeOptions(command, ["progress"]);
  command.action(async (path: string, ids: readonly bigint[], options: GetOptions) => {
    const meshes = await meshesOf(path, options, context);
    const { lod, allowMissing, bbox, fuse } = options;
    if (ids.length === 0 && bbox === undefined)
      throw new ArgumentError("No segment to get", { fix: "Name segments, or a box by --bbox." });
    const how: MeshGetOptions = { lod, allowMissing, signal: context.signal };
    await withProgress(options.progress, async (onProgress) => {
      const reading = { ...how, onProgress };
      const wanted = ids.length > 0 ? ids : await inBox(meshes, bbox ?? [], how);
      const cut = (one: Mesh): Mesh => (bbox === undefined ? one : one.crop(bbox));
      if (fuse) {
        const one = cut(await meshes.get(wanted, { ...reading, fuse: true }));
        return await write(options.out ?? `${wanted[0]}.ply`, one, context.signal);
      }
      for (const [id, one] of await meshes.get(wanted, { ...reading, fuse: false }))
        await write(fileOf(options.out, id), cut(one), context.signal);
    });
  });
}

/** The segments whose box in the spatial index touches a box. */
async function inBox(meshes: Meshes, bbox: readonly number[], how: MeshGetOptions): Promise<BigUint64Array> {
  const index = await meshes.spatialIndex(how);
  if (index !== undefined) return await index.query(Bbox.fromList(bbox), { signal: how.signal });
  throw new MissingError("These meshes have no spatial index", {
    where: meshes.url,
    fix: "Name the segments whose meshes to cut to the box.",
  });
}

/** The file of one segment of several. */
function fileOf(out: string | undefined, id: bigint): string {
  if (out === undefined) return `${id}.ply`;
  if (out.endsWith("/") || statSync(out, { throwIfNoEntry: false })?.isDirectory())
    return join(out, `${id}.ply`);
  if (out === "-")
    throw new ArgumentError("Several files do not fit standard output", { fix: "Name a folder by --out." });
  const ending = extname(out);
  return `${out.slice(0, out.length - ending.length)}-${id}${ending}`;
}

async function write(path: string, mesh: Mesh, signal: AbortSignal): Promise<void> {
  const bytes = encode(path, mesh);
  await writeOutput(path, signal, (sink) => sink.write(bytes, 0));
}

function encode(path: string, mesh: Mesh): Uint8Array {
  const ending = path === "-" ? ".ply" : extname(path).toLowerCase();
  if (ending === ".ply") return mesh.toPly();
  if (ending === ".obj") return mesh.toObj();
  if (ending === ".bin") return mesh.toPrecomputed();
  throw new ArgumentError("Unknown format of meshes", {
    where: path,
    expected: "a name that ends in .ply, .obj or .bin",
    got: ending === "" ? "no ending" : ending,
  });
}

function parseLod(text: string): number {
  if (/^(-1|\d{1,2})$/.test(text)) return Number(text);
  throw new InvalidArgumentError("A level of detail is a whole number; -1 is the coarsest.");
}
