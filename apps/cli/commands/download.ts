import { type Command, Option } from "commander";
import { ArgumentError, Bbox, type CloudVolume, type GraphOptions, type Voxel } from "../../../src/node.js";
import { type Box, parseBox, parseVoxel } from "../argument-values.js";
import type { CommandContext } from "../context.js";
import { addGraphOptions, type GraphCliOptions, graphOptions } from "../graph-options.js";
import { downloadNpy, downloadRenumbered } from "../npy-download.js";
import { writeOutput } from "../output-file.js";
import { withProgress } from "../progress.js";
import { subcommand } from "../subcommand.js";
import { json } from "../text.js";
import { addVolumeOptions, openVolume, type VolumeOptions } from "../volume-options.js";

interface DownloadOptions extends VolumeOptions, GraphCliOptions {
  readonly bbox?: Box;
  readonly unbounded?: boolean;
  readonly autocrop?: boolean;
  readonly label?: Voxel;
  readonly renumber?: boolean;
}

export function define(program: Command, context: CommandContext): Command {
  const command = subcommand(program, "download", {
    description:
      "Writes a box of voxels (default: all of the level) as a .npy file: x, y, z, channel, Fortran order.",
    examples: [
      "download file:///data/em/image cutout.npy --bbox 0,0,0,128,128,64",
      "download https://example.org/em/image - --mip 1 --bbox=-8,0,0,8,8,8 > cutout.npy",
      "download graphene://https://example.org/segmentation/table/ds cutout.npy --agglomerate --timestamp 2024-05-01",
    ],
  })
    .argument("<path>", "the layer")
    .argument("<out>", "the .npy file; - is standard output")
    .option("--bbox <box>", "x0,y0,z0,x1,y1,z1", parseBox)
    .addOption(
      new Option("--label <id>", "write a mask of this label: true where it is, false elsewhere")
        .argParser(parseVoxel)
        .conflicts("renumber"),
    )
    .option("--renumber", "write 1, 2, 3, … in place of labels, and print which are which as JSON")
    .option("--unbounded", "read what lies outside of the volume as background")
    .option("--autocrop", "cut the box to the volume");
  addGraphOptions(command);
  addVolumeOptions(command, ["mip", "fillMissing", "background", "parallel", "cache", "progress"]);
  return command.action(async (path: string, out: string, options: DownloadOptions) => {
    const { bbox, unbounded = false, autocrop = false, progress, label, renumber = false } = options;
    const vol = await openVolume(path, options, context, { bounded: !unbounded, autocrop });
    const box = bbox === undefined ? undefined : Bbox.fromList(bbox);
    const { signal } = context;
    const where = out === "-" ? "standard output" : out;
    const graph = graphOptions(options);
    if (renumber) return await writeRenumbered(vol, box, out, progress, graph, context);
    let shape: readonly number[] = [];
    await writeOutput(out, signal, async (sink) => {
      shape = await withProgress(progress, (listener) =>
        downloadNpy(vol, box, sink, { signal, progress: listener, label, graph }),
      );
    });
    const dtype = label === undefined ? vol.dataType : "bool";
    context.note(`${where}: ${shape.join(" x ")} ${dtype}`);
  });
}

/** The array goes to `out` and the mapping to standard output, so that they cannot be the same. */
async function writeRenumbered(
  vol: CloudVolume,
  box: Bbox | undefined,
  out: string,
  progress: boolean | undefined,
  graph: GraphOptions,
  context: CommandContext,
): Promise<void> {
  if (out === "-")
    throw new ArgumentError("The mapping goes to standard output, so the array cannot", {
      where: "--renumber",
      fix: "Name a file for the array.",
    });
  const { signal } = context;
  let mapping = new Map<Voxel, number>();
  await writeOutput(out, signal, async (sink) => {
    const written = await withProgress(progress, (listener) =>
      downloadRenumbered(vol, box, sink, { signal, progress: listener, graph }),
    );
    mapping = written.mapping;
    context.note(`${out}: ${written.shape.join(" x ")} ${written.dtype}`);
  });
  context.print(json(Object.fromEntries(mapping)));
}
