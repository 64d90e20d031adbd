import { Argument, type Command } from "commander";
import { type CloudVolume, MissingError, type SpatialIndex } from "../../../src/node.js";
import { parsePhysicalBox } from "../argument-values.js";
import type { CommandContext } from "../context.js";
import { withProgress } from "../progress.js";
import { subcommand } from "../subcommand.js";
import { json } from "../text.js";
import { addVolumeOptions, openVolume, type VolumeOptions } from "../volume-options.js";

type Source = "mesh" | "skeleton";

export function define(program: Command, context: CommandContext): Command {
  const index = subcommand(program, "spatial-index", {
    description: "Which segments' meshes or skeletons are where.",
    examples: ["spatial-index query seg mesh --bbox 0,0,0,8000,8000,4000 --json"],
  });
  defineQuery(index, context);
  defineBuild(index, context);
  return index;
}

interface QueryOptions extends VolumeOptions {
  readonly bbox: readonly number[];
  readonly db?: string;
  readonly allowMissing?: boolean;
  readonly json?: boolean;
}

function defineQuery(index: Command, context: CommandContext): void {
  const command = subcommand(index, "query", {
    description: "Lists the segments whose box touches a box in nanometres, in ascending order, one a line.",
    examples: [
      "spatial-index query seg mesh --bbox 0,0,0,8000,8000,4000 --json",
      "spatial-index query seg skeleton --bbox=-8,0,0,8,8,8 --db sqlite://index.db",
    ],
  })
    .argument("<path>", "the layer")
    .addArgument(new Argument("<source>", "what is indexed").choices(["mesh", "skeleton"]))
    .requiredOption("--bbox <box>", "x0,y0,z0,x1,y1,z1 in nanometres", parsePhysicalBox)
    .option("--db <address>", "ask this database: sqlite://FILE, mysql://… or postgres://…")
    .option("--allow-missing", "take files of the index that are not there for empty")
    .option("--json", "print an array of decimal strings");
  addVolumeOptions(command, []);
  command.action(async (path: string, source: Source, options: QueryOptions) => {
    const { bbox, db, allowMissing } = options;
    const vol = await openVolume(path, options, context, { spatialIndexDb: db });
    const found = await (await indexOf(vol, source)).query(bbox, { allowMissing, signal: context.signal });
    const labels = Array.from(found, String);
    if (options.json) context.print(json(labels));
    else if (labels.length > 0) context.print(labels.join("\n"));
  });
}

interface BuildOptions extends VolumeOptions {
  readonly db: string;
  readonly allowMissing?: boolean;
}

function defineBuild(index: Command, context: CommandContext): void {
  const command = subcommand(index, "build", {
    description:
      "Writes the spatial index of meshes or skeletons into a database, in CloudVolume's tables and one more for boxes. What the database held of an index is replaced. User and password may be left to mysql-secret.json and psql-secret.json.",
    examples: [
      "spatial-index build seg mesh --db sqlite://index.db",
      "spatial-index build seg skeleton --db mysql://host/seg_index",
    ],
  })
    .argument("<path>", "the layer")
    .addArgument(new Argument("<source>", "what is indexed").choices(["mesh", "skeleton"]))
    .requiredOption("--db <address>", "sqlite://FILE, mysql://… or postgres://…")
    .option("--allow-missing", "take files of the index that are not there for empty");
  addVolumeOptions(command, ["progress"]);
  command.action(async (path: string, source: Source, options: BuildOptions) => {
    const spatialIndex = await indexOf(await openVolume(path, options, context), source);
    await withProgress(options.progress, (onProgress) =>
      spatialIndex.toSql(options.db, {
        allowMissing: options.allowMissing,
        onProgress,
        signal: context.signal,
      }),
    );
  });
}

async function indexOf(vol: CloudVolume, source: Source): Promise<SpatialIndex> {
  const index = await vol[source].spatialIndex();
  if (index !== undefined) return index;
  throw new MissingError(`There is no spatial index of ${source === "mesh" ? "meshes" : "skeletons"}`, {
    where: vol.cloudpath,
  });
}
