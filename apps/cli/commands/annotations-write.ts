import { createReadStream, statSync } from "node:fs";
import { type Command, InvalidArgumentError, Option } from "commander";
import {
  type AnnotationSchema,
  type AnnotationSource,
  ArgumentError,
  annotationsFromCsv,
  annotationsFromJsonLines,
  type PropertyType,
  parseAnnotationSchema,
  parseJson,
  type WriteAnnotationsOptions,
  writeAnnotations,
} from "../../../src/node.js";
import { parseWhole } from "../argument-values.js";
import type { CommandContext } from "../context.js";
import { readAllInput } from "../input-file.js";
import { STAGES, withProgress } from "../progress.js";
import { subcommand } from "../subcommand.js";
import { addVolumeOptions, openOptions, type VolumeOptions } from "../volume-options.js";

const FORMATS = ["csv", "tsv", "jsonl"] as const;
type Format = (typeof FORMATS)[number];
const TYPES = ["point", "line", "axis_aligned_bounding_box", "ellipsoid", "polyline"] as const;

interface Options extends VolumeOptions {
  readonly info?: string;
  readonly type?: (typeof TYPES)[number];
  readonly dimension?: readonly Dimension[];
  readonly property?: readonly Property[];
  readonly relationship?: readonly string[];
  readonly format?: Format;
  readonly lowerBound?: readonly number[];
  readonly upperBound?: readonly number[];
  readonly limit?: number;
  readonly seed?: number;
  readonly sharded?: boolean;
  readonly unsharded?: boolean;
  readonly compress?: "gzip" | "none";
  readonly overwrite?: boolean;
}

interface Dimension {
  readonly name: string;
  readonly scale: number;
  readonly unit: string;
}

interface Property {
  readonly id: string;
  readonly type: PropertyType;
}

export function defineWrite(annotations: Command, context: CommandContext): void {
  const command = subcommand(annotations, "write", {
    description:
      "Writes annotations of a CSV file with titles, or of JSON lines, into a new layer: by id, by relationship, and by place. What they are is told by --info or by options. Columns: id (may be missing); coordinates by dimension, x,y,z for points, x0,y0,z0,x1,y1,z1 for lines and boxes, x,y,z,rx,ry,rz for ellipsoids, points for polylines; properties and relationships by name. JSON lines are as `annotations --json` prints them.",
    summary: "write a layer from CSV or JSON lines",
    examples: [
      "annotations write synapses.csv file:///data/synapses --type point --dimension x=8nm --dimension y=8nm --dimension z=40nm --property size=float32 --relationship pre --relationship post",
      "annotations write lines.jsonl lines --info other/info --unsharded",
    ],
  })
    .argument("<file>", "the annotations; - is standard input")
    .argument("<path>", "where to")
    .option(
      "--info <file>",
      "type, dimensions, properties and relationships as in the info of a layer; - is standard input",
    )
    .addOption(new Option("--type <type>", "what annotations are").choices(TYPES))
    .option(
      "--dimension <name=scale>",
      "a dimension and its unit, e.g. x=8nm, t=1s, c=1; each in its order",
      dimension,
    )
    .option(
      "--property <name=type>",
      "a property: uint8, int8, uint16, int16, uint32, int32, float32, rgb or rgba; several times",
      property,
    )
    .option("--relationship <name>", "what annotations are related to; several times", collect)
    .addOption(new Option("--format <format>", "of the file (default: by its name)").choices(FORMATS))
    .option(
      "--lower-bound <point>",
      "where the layer begins: x,y,z (default: with its first annotation)",
      numbers,
    )
    .option("--upper-bound <point>", "where the layer ends", numbers)
    .option(
      "--limit <n>",
      "annotations in a cell of the spatial index (default: 1000)",
      parseWhole(1, 2 ** 31),
    )
    .option("--seed <n>", "chooses the random order (default: 0)", parseWhole(0, 2 ** 32 - 1))
    .addOption(
      new Option("--sharded", "few large files (default: from 1000 annotations on)").conflicts("unsharded"),
    )
    .option("--unsharded", "a file for each annotation, object and cell")
    .addOption(
      new Option("--compress <name>", "gzip: also files that are not in shards; none: nothing").choices([
        "gzip",
        "none",
      ]),
    )
    .option("--overwrite", "replace annotations that are there");
  addVolumeOptions(command, ["progress"]);
  command.action(async (file: string, path: string, options: Options) => {
    const schema = await schemaOf(options, context);
    const format = options.format ?? formatOf(file);
    const { lowerBound, upperBound, limit, seed, overwrite, compress } = options;
    const how: WriteAnnotationsOptions = {
      ...((await openOptions(options, context)) as WriteAnnotationsOptions),
      ...{ lowerBound, upperBound, limit, seed, overwrite },
      sharded: options.sharded ?? (options.unsharded === true ? false : undefined),
      compress: compress === undefined ? undefined : compress === "gzip",
      signal: context.signal,
    };
    const layer = await withProgress(
      options.progress,
      (listener) => {
        const input = new Input(file, context.signal, listener);
        const source = read(format, input.pieces(), file, schema);
        return writeAnnotations(path, schema, source, { ...how, onProgress: input.onProgress });
      },
      STAGES,
    );
    const { type, levels } = layer.summary();
    context.note(`${layer.url}: ${type} annotations, ${levels.length} level(s)`);
  });
}

/** The file, and how far it and what is made of it are: reading is the first half of the bar. */
class Input {
  readonly #file: string;
  readonly #signal: AbortSignal;
  readonly #listener: ((progress: { done: number; total: number }) => void) | undefined;
  readonly #size: number;

  constructor(
    file: string,
    signal: AbortSignal,
    listener: ((progress: { done: number; total: number }) => void) | undefined,
  ) {
    this.#file = file;
    this.#signal = signal;
    this.#listener = listener;
    this.#size = file === "-" ? 0 : statSync(file).size;
  }

  async *pieces(): AsyncGenerator<Uint8Array, void, undefined> {
    let done = 0;
    const stream =
      this.#file === "-" ? process.stdin : createReadStream(this.#file, { signal: this.#signal });
    for await (const piece of stream) {
      this.#signal.throwIfAborted();
      yield piece as Uint8Array;
      done += (piece as Uint8Array).length;
      if (this.#size > 0) this.#listener?.({ done: Math.min(done, this.#size), total: 2 * this.#size });
    }
  }

  readonly onProgress: WriteAnnotationsOptions["onProgress"] = ({ stage, done, total = 0 }) => {
    if (stage === "reading" || total === 0) return;
    const size = Math.max(1, this.#size);
    this.#listener?.({ done: size + (size * done) / total, total: 2 * size });
  };
}

function read(
  format: Format,
  source: AsyncIterable<Uint8Array>,
  file: string,
  schema: AnnotationSchema,
): AnnotationSource {
  const name = file === "-" ? "standard input" : file;
  if (format === "jsonl") return annotationsFromJsonLines(source, { name });
  return annotationsFromCsv(source, schema, { name, delimiter: format === "tsv" ? "\t" : "," });
}

function formatOf(file: string): Format {
  const suffix = /\.([a-z]+)$/i.exec(file)?.[1]?.toLowerCase();
  if (suffix === "csv" || suffix === "tsv" || suffix === "jsonl") return suffix;
  if (suffix === "ndjson") return "jsonl";
  throw new ArgumentError("The name of the file does not tell its format", {
    where: file,
    expected: ".csv, .tsv, .jsonl or .ndjson",
    fix: "Pass --format.",
  });
}

async function schemaOf(options: Options, { signal }: CommandContext): Promise<AnnotationSchema> {
  const { info, type, dimension, property = [], relationship = [] } = options;
  if (info !== undefined) {
    if (type ?? dimension ?? options.property ?? options.relationship)
      throw new ArgumentError("--info tells all of what annotations are", {
        expected: "--info without --type, --dimension, --property and --relationship",
      });
    return parseAnnotationSchema(parseJson(await readAllInput(info, signal), { where: info }), info);
  }
  if (type !== undefined && dimension !== undefined)
    return { type, dimensions: dimension, properties: property, relationships: relationship };
  throw new ArgumentError("Annotations need --info FILE, or --type and --dimension", {
    got: `no ${[type ? [] : "--type", dimension ? [] : "--dimension"].flat().join(", ")}`,
  });
}

/** `x=8nm`. */
function dimension(text: string, before: readonly Dimension[] = []): readonly Dimension[] {
  const [, name, scale, unit = ""] = /^([^=]+)=((?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(\D*)$/.exec(text) ?? [];
  if (name === undefined) throw new InvalidArgumentError("It is NAME=SCALE and a unit, e.g. x=8nm or c=1.");
  return [...before, { name, scale: Number(scale), unit }];
}

/** `size=float32`. */
function property(text: string, before: readonly Property[] = []): readonly Property[] {
  const [, id, type] = /^([^=]+)=([a-z0-9]+)$/.exec(text) ?? [];
  if (id === undefined) throw new InvalidArgumentError("It is NAME=TYPE, e.g. size=float32.");
  return [...before, { id, type: type as PropertyType }];
}

function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

function numbers(text: string): readonly number[] {
  const all = text.split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  if (all.every(Number.isFinite)) return all;
  throw new InvalidArgumentError("It is a number for each dimension: x,y,z.");
}
