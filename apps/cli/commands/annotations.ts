import { type Command, InvalidArgumentError } from "commander";
import {
  type Annotation,
  type Annotations,
  type OpenAnnotationsOptions,
  openAnnotations,
} from "../../../src/node.js";
import { parseWhole } from "../argument-values.js";
import type { CommandContext } from "../context.js";
import { subcommand } from "../subcommand.js";
import { json } from "../text.js";
import { addVolumeOptions, openOptions, type VolumeOptions } from "../volume-options.js";
import { defineWrite } from "./annotations-write.js";
import { parseSegments } from "./mesh-source.js";

interface Related {
  readonly name: string;
  readonly id: bigint;
}

interface Options extends VolumeOptions {
  readonly id?: readonly bigint[];
  readonly relationship?: readonly Related[];
  readonly bbox?: readonly number[];
  readonly all?: boolean;
  readonly cells?: boolean;
  readonly level?: number;
  readonly ids?: boolean;
  readonly json?: boolean;
}

export function define(program: Command, context: CommandContext): Command {
  const command = subcommand(program, "annotations", {
    description:
      "Prints annotations as JSON: by id, by what they are related to, those that touch a box, or all. Several of these are joined; without any, a summary of the layer. Exit status 3 if an id is not there.",
    examples: [
      "annotations https://example.org/synapses",
      "annotations synapses --id 17 --id 18 --json",
      "annotations synapses --relationship pre=1036425 --json",
      "annotations synapses --bbox 0,0,0,512,512,64 --json",
    ],
  })
    .argument("<path>", "the layer")
    .option("--id <id>", "an annotation; may be given several times", parseSegments)
    .option("--relationship <name=id>", "what is related to an object; several times", parseRelated)
    .option(
      "--bbox <box>",
      "lower then upper bounds in the units of the dimensions: x0,y0,z0,x1,y1,z1",
      parseBounds,
    )
    .option("--cells", "with --bbox: all of the cells that the box overlaps")
    .option("--all", "every annotation")
    .option("--level <level>", "with --bbox and --all: only this level, 0 is the coarsest", parseWhole(0))
    .option("--ids", "print ids only, ascending")
    .option("--json", "print one JSON document (for annotations there is no other form)");
  addVolumeOptions(command, []);
  // The commands below it have options of the same names.
  command.enablePositionalOptions();
  defineWrite(command, context);
  command.action(async (path: string, options: Options) => {
    const { signal } = context;
    const how = (await openOptions(options, context)) as OpenAnnotationsOptions;
    const layer = await openAnnotations(path, { ...how, signal });
    const { id, relationship, bbox, all } = options;
    const asked = id !== undefined || relationship !== undefined || bbox !== undefined || all === true;
    if (options.ids === true && !asked) return context.print(idsText(await layer.ids({ signal }), options));
    if (!asked) return context.print(options.json ? json(layer.summary()) : summaryText(layer));
    const found = await read(layer, options, signal);
    if (options.ids === true) return context.print(idsText([...found.keys()].sort(ascending), options));
    context.print(json(Array.from(found.values(), (a) => annotationJson(layer, a))));
  });
  return command;
}

/** What was asked for, each once, in the order of the questions. */
async function read(
  layer: Annotations,
  options: Options,
  signal: AbortSignal,
): Promise<Map<bigint, Annotation>> {
  const { id = [], relationship = [], bbox, all, level, cells } = options;
  const how = { relationships: options.ids !== true && layer.info.byId !== undefined, level, signal };
  const found = new Map<bigint, Annotation>();
  const add = (annotation: Annotation): void => {
    if (!found.has(annotation.id)) found.set(annotation.id, annotation);
  };
  for (const annotation of await layer.getById(id, { signal })) add(annotation);
  for (const { name, id: object } of relationship)
    for (const annotation of await layer.getByRelationship(name, object, how)) add(annotation);
  if (bbox !== undefined)
    for (const annotation of await layer.getByBbox(bbox, { ...how, wholeCells: cells === true }))
      add(annotation);
  if (all === true) for await (const annotation of layer.getAll(how)) add(annotation);
  return found;
}

/** The form of `--json`: `relationships` is missing where the index by id does not have the annotation. */
function annotationJson({ info }: Annotations, annotation: Annotation): object {
  const { id, geometry, properties, relationships } = annotation;
  const rank = info.dimensions.length;
  const points = Array.from({ length: geometry.length / rank }, (_, i) =>
    Array.from(geometry.subarray(i * rank, (i + 1) * rank)),
  );
  return { id, type: info.type, geometry: points, properties, ...(relationships && { relationships }) };
}

function summaryText(layer: Annotations): string {
  const { type, dimensions, lowerBound, upperBound, properties, relationships, levels } = layer.summary();
  const axes = dimensions.map(({ name, scale, unit }) => `${name} (${scale} ${unit || "without unit"})`);
  return [
    `${type} annotations in ${axes.join(", ")}`,
    `bounds: ${lowerBound.join(", ")} to ${upperBound.join(", ")}`,
    `properties: ${properties.map((p) => `${p.id} (${p.type})`).join(", ") || "none"}`,
    `relationships: ${relationships.map(({ id }) => id).join(", ") || "none"}`,
    `spatial index: ${levels.map(({ gridShape }) => gridShape.join(" x ")).join(", ") || "none"}`,
  ].join("\n");
}

function idsText(ids: readonly bigint[], options: Options): string {
  return options.json ? json(ids) : ids.join("\n");
}

function ascending(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function parseRelated(text: string, before: readonly Related[] = []): readonly Related[] {
  const at = text.lastIndexOf("=");
  const id = text.slice(at + 1);
  if (at < 1 || !/^\d{1,20}$/.test(id)) throw new InvalidArgumentError("It is NAME=ID, e.g. pre=1036425.");
  return [...before, { name: text.slice(0, at), id: BigInt(id) }];
}

/** Bounds of any number of dimensions. */
function parseBounds(text: string): readonly number[] {
  const box = text.split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  if (box.length % 2 === 0 && box.every(Number.isFinite)) return box;
  throw new InvalidArgumentError("A box is all lower bounds and then all upper bounds: x0,y0,z0,x1,y1,z1.");
}
