import type { Command } from "commander";
import {
  Bbox,
  type BoxExplanation,
  type CloudVolume,
  NPY_HEADER_BYTES,
  parseNpyHeader,
  type TransferExplanation,
} from "../../../src/node.js";
import { type Box, parseBox, parsePoint, parseVoxel, parseWhole, type Triple } from "../argument-values.js";
import type { CommandContext } from "../context.js";
import { readInput, readWhole } from "../input-file.js";
import { npyBox } from "../npy-upload.js";
import { subcommand } from "../subcommand.js";
import { bytes, count, json } from "../text.js";
import { addVolumeOptions, openVolume, type VolumeOptions } from "../volume-options.js";
import { addTransferOptions, type TransferChoices, transferWishes } from "./transfer.js";

interface ExplainOptions extends VolumeOptions {
  readonly bbox?: Box;
  readonly offset?: Triple;
  readonly unbounded?: boolean;
  readonly autocrop?: boolean;
  readonly nonAligned?: boolean;
  readonly list?: boolean;
  readonly json?: boolean;
}

export function define(program: Command, context: CommandContext): Command {
  const command = subcommand(program, "explain", {
    description:
      "Tells what a command would do, without doing it: chunks, shards, requests, bytes and memory. Takes the same arguments as the command that it explains.",
    examples: [
      "explain download file:///data/em/image cutout.npy --bbox 0,0,0,512,512,64",
      "explain upload image.npy file:///data/em/image --json",
    ],
  });
  defineDownload(command, context);
  defineUpload(command, context);
  defineTransfer(command, context);
  return command;
}

function defineDownload(explain: Command, context: CommandContext): void {
  const command = subcommand(explain, "download", {
    summary: "what would be read",
    description:
      "Tells what a download would read. Asks for the sizes of chunks, or reads the indices of shards.",
    examples: ["explain download file:///data/em/image cutout.npy --bbox 0,0,0,512,512,64 --json"],
  })
    .argument("<path>", "the layer")
    .argument("[out]", "taken as in download, and left alone")
    .option("--bbox <box>", "x0,y0,z0,x1,y1,z1", parseBox)
    .option("--label <id>", "taken as in download; the chunks are the same", parseVoxel)
    .option("--renumber", "taken as in download; the chunks are the same")
    .option("--unbounded", "read what lies outside of the volume as background")
    .option("--autocrop", "cut the box to the volume");
  addOutput(command).action(async (path: string, _out: string | undefined, options: ExplainOptions) => {
    const { bbox, unbounded = false, autocrop = false } = options;
    const vol = await openVolume(path, options, context, { bounded: !unbounded, autocrop });
    const box = bbox === undefined ? undefined : Bbox.fromList(bbox);
    await show(vol, "download", box, options, context);
  });
}

function defineUpload(explain: Command, context: CommandContext): void {
  const command = subcommand(explain, "upload", {
    summary: "what would be written",
    description: "Tells what an upload would write. Reads the header of the array and the info of the layer.",
    examples: ["explain upload image.npy file:///data/em/image --offset 64,64,0"],
  })
    .argument("<in>", "the .npy file; - is standard input")
    .argument("<path>", "the layer")
    .option("--offset <point>", "x,y,z where the array begins (default: where the volume begins)", parsePoint)
    .option("--compress <name>", "taken as in upload")
    .option("--compress-level <level>", "taken as in upload", parseWhole(0, 22))
    .option("--non-aligned", "allow boxes that cut chunks")
    .option("--delete-black", "taken as in upload")
    .option("--autocrop", "leave out what lies outside of the volume");
  addOutput(command).action(async (input: string, path: string, options: ExplainOptions) => {
    const { offset, nonAligned = false, autocrop = false } = options;
    const vol = await openVolume(path, options, context, { nonAlignedWrites: nonAligned, autocrop });
    const box = await readInput(input, context.signal, async (source) => {
      const header = parseNpyHeader(await readWhole(source, 0, NPY_HEADER_BYTES));
      return npyBox(header, offset ?? vol.voxelOffset, source.name);
    });
    await show(vol, "upload", box, options, context);
  });
}

function defineTransfer(explain: Command, context: CommandContext): void {
  const command = subcommand(explain, "transfer", {
    summary: "what would be copied",
    description:
      "Tells what a transfer would read and write, and whether stored bytes are copied or voxels are encoded anew. Nothing is made.",
    examples: ["explain transfer data/seg copy/seg --sharded --json"],
  });
  addTransferOptions(command);
  addOutput(command).action(
    async (source: string, destination: string, options: ExplainOptions & TransferChoices) => {
      const vol = await openVolume(source, options, context);
      const wishes = { ...transferWishes(options), signal: context.signal };
      print(await vol.explainTransfer(destination, wishes), options, context);
    },
  );
}

function addOutput(command: Command): Command {
  command
    .option("--list", "list the chunks as well")
    .option("--json", "print {chunks, shards, requests, bytes, memory, missing}, and items with --list");
  return addVolumeOptions(command, ["mip", "parallel"]);
}

async function show(
  vol: CloudVolume,
  operation: "download" | "upload",
  box: Bbox | undefined,
  options: ExplainOptions,
  context: CommandContext,
): Promise<void> {
  print(await vol.explain(operation, box ?? "...", { signal: context.signal }), options, context);
}

type Explanation = BoxExplanation | TransferExplanation;

function print(
  found: Explanation,
  { list = false, json: asJson = false }: Pick<ExplainOptions, "list" | "json">,
  context: CommandContext,
): void {
  const { chunks, shards, requests, memory, missing, items } = found;
  if (asJson) {
    const how = "how" in found ? { how: found.how } : {};
    const numbers = { ...how, chunks, shards, requests, bytes: found.bytes, memory, missing };
    context.print(json(list ? { ...numbers, items } : numbers));
    return;
  }
  context.print(words(found));
  if (list) context.print(items.map(line).join("\n"));
}

function words({ operation, chunks, shards, requests, memory, missing, ...found }: Explanation): string {
  const absent = missing === 0 ? "" : `, ${count(missing)} of them not stored`;
  return [
    ...("how" in found ? [`how       ${found.how}`] : []),
    `chunks    ${count(chunks)}${absent}`,
    `shards    ${count(shards)}`,
    `requests  ${count(requests)}`,
    `bytes     ${bytes(found.bytes)}${operation === "upload" ? " before they are encoded" : ""}`,
    `memory    about ${bytes(memory)}`,
  ].join("\n");
}

function line({ chunk, object, range, action, ...item }: BoxExplanation["items"][number]): string {
  const size = item.bytes === undefined ? "not stored" : bytes(item.bytes);
  const place = object === chunk ? "" : `  in ${object}`;
  const span = range === undefined ? "" : ` ${range.offset}-${range.offset + range.length}`;
  return `${action.padEnd(6)}  ${chunk}  ${size}${place}${span}`;
}
