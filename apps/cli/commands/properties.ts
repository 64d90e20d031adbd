import { type Command, InvalidArgumentError } from "commander";
import { InfoUnavailableError, openSegmentProperties, type SegmentProperties } from "../../../src/node.js";
import type { CommandContext } from "../context.js";
import { subcommand } from "../subcommand.js";
import { json, table } from "../text.js";
import { addVolumeOptions, openOptions, type VolumeOptions } from "../volume-options.js";
import { parseSegments } from "./mesh-source.js";

interface Condition {
  readonly name: string;
  readonly min?: number;
  readonly max?: number;
}

interface Options extends VolumeOptions {
  readonly id?: readonly bigint[];
  readonly tag?: readonly string[];
  readonly number?: readonly Condition[];
  readonly text?: string;
  readonly json?: boolean;
}

export function define(program: Command, context: CommandContext): Command {
  const command = subcommand(program, "properties", {
    description:
      "Prints the properties of a layer's segments: labels, descriptions, tags, strings, numbers. PATH is a volume or a folder of segment properties. Exit status 3 if there are none.",
    examples: ["properties seg", "properties seg --tag axon --number volume=1000.. --json"],
  })
    .argument("<path>", "the layer")
    .option("--id <segment>", "only this segment; may be given several times", parseSegments)
    .option("--tag <tag>", "only segments with this tag; several times", collect)
    .option(
      "--number <name=min..max>",
      "only segments with a number in these limits; several times",
      condition,
    )
    .option("--text <part>", "only segments with this text in a label, description or string")
    .option("--json", "print [{id, label, description, tags, values}]");
  addVolumeOptions(command, []);
  command.action(async (path: string, options: Options) => {
    const folder = await openSegmentProperties(path, await openOptions(options, context));
    const found = await folder.read({ signal: context.signal });
    if (found === undefined)
      throw new InfoUnavailableError("The layer has no segment properties", { where: path });
    const rows = select(found, options).map((id) => ({ id, ...found.get(id) }));
    context.print(options.json ? json(rows) : rowsText(rows));
  });
  return command;
}

function select(found: SegmentProperties, { id, tag, number = [], text }: Options): bigint[] {
  const numbers = Object.fromEntries(number.map(({ name, min, max }) => [name, { min, max }]));
  const chosen = found.query({ tags: tag, numbers, text });
  const wanted = id && new Set(id);
  return wanted === undefined ? chosen : chosen.filter((each) => wanted.has(each));
}

type Row = { readonly id: bigint } & Partial<NonNullable<ReturnType<SegmentProperties["get"]>>>;

function rowsText(rows: readonly Row[]): string {
  const names = [...new Set(rows.flatMap(({ values = {} }) => Object.keys(values)))];
  const columns = ["segment", "label", "description", "tags", ...names].map((title) => ({ title }));
  const cells = rows.map(({ id, label = "", description = "", tags = [], values = {} }) => [
    String(id),
    label,
    description,
    tags.join(" "),
    ...names.map((name) => String(values[name] ?? "")),
  ]);
  const used = columns.map((_, i) => i === 0 || i > 3 || cells.some((row) => row[i] !== ""));
  const kept = <T>(all: readonly T[]): T[] => all.filter((_, i) => used[i]);
  return table(kept(columns), cells.map(kept));
}

function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

/** `name=1..5`, `name=1..`, `name=..5`, `name=5`. */
function condition(text: string, before: readonly Condition[] = []): readonly Condition[] {
  const [, name = "", from = "", dots, to = ""] = /^(.+)=([^.]*(?:\.\d+)?)(\.\.)?(.*)$/.exec(text) ?? [];
  const [min, max] = [from, dots === undefined ? from : to].map((s) => (s === "" ? undefined : Number(s)));
  const isWrong = [min, max].some((n) => Number.isNaN(n)) || (min === undefined && max === undefined);
  if (name === "" || isWrong)
    throw new InvalidArgumentError("It is NAME=MIN..MAX, e.g. volume=1000..5000 or volume=1000..");
  return [...before, { name, ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) }];
}
