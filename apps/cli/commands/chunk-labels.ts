import { type Command, Option } from "commander";
import { codecOf, DATA_TYPES, type DataType } from "../../../src/node.js";
import { parseShape, parseSize, type Triple } from "../argument-values.js";
import type { CommandContext } from "../context.js";
import { readAllInput } from "../input-file.js";
import { subcommand } from "../subcommand.js";
import { json } from "../text.js";

interface LabelsOptions {
  readonly dtype: DataType;
  readonly shape: readonly number[];
  readonly blockSize?: Triple;
  readonly json?: boolean;
}

export function defineLabels(chunk: Command, context: CommandContext): void {
  subcommand(chunk, "labels", {
    summary: "list the labels of a chunk file",
    description:
      "Prints the distinct labels of a chunk file in ascending order, one a line, without decoding it. FILE is the bare encoded bytes: it is never decompressed first.",
    examples: ["chunk labels compresso 0-64_0-64_0-64 --dtype uint32 --shape 64,64,64,1"],
  })
    .argument("<encoding>", "raw, compressed_segmentation, compresso or another encoding of labels")
    .argument("<file>", "the encoded chunk; - is standard input")
    .addOption(new Option("--dtype <type>", "data type of a voxel").choices(DATA_TYPES).makeOptionMandatory())
    .requiredOption("--shape <shape>", "x,y,z,channels", parseShape)
    .option(
      "--block-size <size>",
      "x,y,z voxels of a block of compressed_segmentation (default: 8,8,8)",
      parseSize,
    )
    .option("--json", "print an array of decimal strings")
    .action(async (encoding: string, file: string, { json: asJson, ...options }: LabelsOptions) => {
      const { signal } = context;
      const labels = await codecOf(encoding).labels(await readAllInput(file, signal), { ...options, signal });
      const decimals = Array.from(labels, String);
      if (asJson) context.print(json(decimals));
      else if (decimals.length > 0) context.print(decimals.join("\n"));
    });
}
