import { readFileSync } from "node:fs";
import { type Command, InvalidArgumentError } from "commander";
import { ArgumentError, type PointValue } from "../../../src/node.js";
import { parsePoint, parseResolution, type Triple } from "../argument-values.js";
import type { CommandContext } from "../context.js";
import { addGraphOptions, type GraphCliOptions, graphOptions } from "../graph-options.js";
import { withProgress } from "../progress.js";
import { subcommand } from "../subcommand.js";
import { json } from "../text.js";
import { addVolumeOptions, openVolume, type VolumeOptions } from "../volume-options.js";

interface PointsOptions extends VolumeOptions, GraphCliOptions {
  readonly points?: string;
  readonly coordResolution?: Triple;
  readonly unbounded?: boolean;
  readonly json?: boolean;
}

export function define(program: Command, context: CommandContext): Command {
  const command = subcommand(program, "points", {
    description:
      "Prints the values of voxels. Points are voxels of the finest level, whichever level is read.",
    examples: ["points file:///data/seg 100,200,30 -5,0,0", "points gs-copy --points points.csv --json"],
  })
    .argument("<path>", "the layer")
    .argument("[points...]", "x,y,z")
    .option("--points <file>", "a file of points, x,y,z a line; a line of titles may come first")
    .option(
      "--coord-resolution <size>",
      "x,y,z nanometres of a voxel in which points are given (default: the finest level's)",
      parseResolution,
    )
    .option("--unbounded", "take what lies outside of the volume as background")
    .option("--json", 'print [{"point": [x, y, z], "value": "…"}, …]')
    // A point of negative numbers looks like an option.
    .allowUnknownOption();
  addGraphOptions(command);
  addVolumeOptions(command, ["mip", "fillMissing", "background", "cache", "progress"]);
  return command.action(async (path: string, given: readonly string[], options: PointsOptions) => {
    const { points: file, coordResolution, unbounded = false, progress } = options;
    const points = [...given.map((text) => pointOf(text)), ...(file === undefined ? [] : readPoints(file))];
    if (points.length === 0)
      throw new ArgumentError("There are no points", { fix: "Give x,y,z …, or --points FILE." });
    const vol = await openVolume(path, options, context, { bounded: !unbounded });
    const { signal } = context;
    const found = await withProgress(progress, (listener) =>
      vol.scatteredPoints(points, {
        ...graphOptions(options),
        coordResolution,
        progress: listener ?? false,
        signal,
      }),
    );
    if (options.json) context.print(json(found.map(entryOf)));
    else
      context.print(found.map(({ point, values }) => `${point.join(",")}\t${values.join(",")}`).join("\n"));
  });
}

/** Values are decimal strings, a list of them where there are several channels. */
function entryOf({ point, value, values }: PointValue): object {
  return { point, value: values.length === 1 ? String(value) : values.map(String) };
}

function pointOf(text: string, where = "a point"): Triple {
  try {
    return parsePoint(text);
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    const isOption = /^--?[a-z]/i.test(text);
    throw new ArgumentError(isOption ? "Unknown option" : "Not a point", {
      where,
      expected: "three whole numbers: x,y,z",
      got: JSON.stringify(text),
    });
  }
}

function readPoints(file: string): Triple[] {
  const lines = readFileSync(file === "-" ? 0 : file, "utf8").split(/\r?\n/);
  const points: Triple[] = [];
  lines.forEach((line, i) => {
    const fields = line.split(/[,;\t ]+/).filter((field) => field !== "");
    const isTitle = points.length === 0 && fields.some((field) => !/\d/.test(field));
    if (fields.length > 0 && !isTitle)
      points.push(pointOf(fields.slice(0, 3).join(","), `${file}, line ${i + 1}`));
  });
  return points;
}
