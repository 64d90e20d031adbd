import { type Command, Option } from "commander";
import {
  DATA_TYPES,
  type DataType,
  decodeChunk,
  encodeChunk,
  formatNpy,
  parseNpy,
} from "../../../src/node.js";
import { parseShape, parseSize, type Triple } from "../argument-values.js";
import type { CommandContext } from "../context.js";
import { readAllInput } from "../input-file.js";
import { writeOutput } from "../output-file.js";
import { subcommand } from "../subcommand.js";
import { defineLabels } from "./chunk-labels.js";
import { addParams, paramsOf } from "./chunk-params.js";

const ENCODINGS = "as an info file names it, e.g. raw, jpeg or compressed_segmentation";
const BARE = "FILE is the bare encoded bytes: it is never decompressed first.";

export function define(program: Command, context: CommandContext): Command {
  const chunk = subcommand(program, "chunk", {
    description: `Decodes or encodes one chunk, or lists its labels, without a layer. ${BARE}`,
    examples: ["chunk decode --help"],
  });
  defineDecode(chunk, context);
  defineEncode(chunk, context);
  defineLabels(chunk, context);
  return chunk;
}

function defineDecode(chunk: Command, { signal }: CommandContext): void {
  subcommand(chunk, "decode", {
    summary: "decode a chunk file to a .npy file",
    description: `Decodes a chunk file to a .npy file. ${BARE}`,
    examples: ["chunk decode jpeg 0-64_0-64_0-64 out.npy --dtype uint8 --shape 64,64,64,1"],
  })
    .argument("<encoding>", ENCODINGS)
    .argument("<file>", "the encoded chunk; - is standard input")
    .argument("<out>", "the .npy file; - is standard output")
    .addOption(new Option("--dtype <type>", "data type of a voxel").choices(DATA_TYPES).makeOptionMandatory())
    .requiredOption("--shape <shape>", "x,y,z,channels", parseShape)
    .option(
      "--block-size <size>",
      "x,y,z voxels of a block of compressed_segmentation (default: 8,8,8)",
      parseSize,
    )
    .action(
      async (
        encoding: string,
        file: string,
        out: string,
        { dtype, shape, blockSize }: { dtype: DataType; shape: readonly number[]; blockSize?: Triple },
      ) => {
        const array = await decodeChunk(encoding, await readAllInput(file, signal), {
          dtype,
          shape,
          blockSize,
          signal,
        });
        await writeOutput(out, signal, (sink) => sink.write(formatNpy(array), 0));
      },
    );
}

function defineEncode(chunk: Command, { signal }: CommandContext): void {
  const command = subcommand(chunk, "encode", {
    summary: "encode a .npy file as a chunk file",
    description: "Encodes a .npy file (x, y, z or x, y, z, channel) as a chunk file.",
    examples: [
      "chunk encode compressed_segmentation labels.npy 0-64_0-64_0-64 --block-size 8,8,8",
      "chunk encode jxl image.npy chunk.jxl --jxl-quality 100",
    ],
  })
    .argument("<encoding>", ENCODINGS)
    .argument("<in>", "the .npy file; - is standard input")
    .argument("<file>", "the encoded chunk; - is standard output")
    .option(
      "--block-size <size>",
      "x,y,z voxels of a block of compressed_segmentation (default: 8,8,8)",
      parseSize,
    );
  addParams(command).action(
    async (
      encoding: string,
      input: string,
      file: string,
      options: Readonly<Record<string, unknown>> & { blockSize?: Triple },
    ) => {
      const array = parseNpy(await readAllInput(input, signal));
      const { blockSize } = options;
      const bytes = await encodeChunk(encoding, array, { blockSize, params: paramsOf(options), signal });
      await writeOutput(file, signal, (sink) => sink.write(bytes, 0));
    },
  );
}
