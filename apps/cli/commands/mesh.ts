import type { Command } from "commander";
import { Mesh } from "../../../src/node.js";
import { parseWhole } from "../argument-values.js";
import type { CommandContext } from "../context.js";
import { readAllInput } from "../input-file.js";
import { subcommand } from "../subcommand.js";
import { json } from "../text.js";
import { addVolumeOptions, type VolumeOptions } from "../volume-options.js";
import { defineGet } from "./mesh-get.js";
import { meshesOf, parseSegment, parseSegments } from "./mesh-source.js";

export function define(program: Command, context: CommandContext): Command {
  const mesh = subcommand(program, "mesh", {
    description:
      "Meshes of a layer's segments. PATH is the layer, or a folder of meshes whose info says that it is one.",
    examples: ["mesh get seg 1036425 --out cell.ply", "mesh ls seg --json"],
  });
  defineGet(mesh, context);
  defineLs(mesh, context);
  definePut(mesh, context);
  defineRm(mesh, context);
  return mesh;
}

function defineLs(mesh: Command, context: CommandContext): void {
  const command = subcommand(mesh, "ls", {
    description: "Lists the segments that have a mesh, in ascending order, one a line.",
    examples: ["mesh ls seg", "mesh ls seg --json"],
  })
    .argument("<path>", "the layer")
    .option("--json", "print an array of decimal strings");
  addVolumeOptions(command, []);
  command.action(async (path: string, options: VolumeOptions & { readonly json?: boolean }) => {
    const ids = await (await meshesOf(path, options, context)).list({ signal: context.signal });
    if (options.json) context.print(json(ids));
    else if (ids.length > 0) context.print(ids.join("\n"));
  });
}

interface PutOptions extends VolumeOptions {
  readonly id: bigint;
  readonly lods?: number;
}

function definePut(mesh: Command, context: CommandContext): void {
  const command = subcommand(mesh, "put", {
    description:
      "Stores a mesh (in nanometres) as a segment's, in the form that the mesh folder's info says: legacy, or with levels of detail. FILE is a .ply or .obj file; anything else is taken for a legacy fragment.",
    examples: ["mesh put seg cell.ply --id 7", "mesh put seg cell.obj --id 7 --lods 3"],
  })
    .argument("<path>", "the layer")
    .argument("<file>", "the mesh; - is standard input (PLY)")
    .requiredOption("--id <segment>", "the segment", parseSegment)
    .option(
      "--lods <count>",
      "levels of detail (default: as many as the mesh's size is worth)",
      parseWhole(1, 16),
    );
  addVolumeOptions(command, []);
  command.action(async (path: string, file: string, options: PutOptions) => {
    const meshes = await meshesOf(path, options, context);
    const bytes = await readAllInput(file, context.signal);
    const found = parseMesh(file, bytes);
    found.segid = options.id;
    await meshes.put(found, { lods: options.lods, signal: context.signal });
  });
}

function parseMesh(file: string, bytes: Uint8Array): Mesh {
  if (file === "-" || /\.ply$/i.test(file)) return Mesh.fromPly(bytes);
  return /\.obj$/i.test(file) ? Mesh.fromObj(bytes) : Mesh.fromPrecomputed(bytes);
}

function defineRm(mesh: Command, context: CommandContext): void {
  const command = subcommand(mesh, "rm", {
    description: "Removes the meshes of segments; those without one are passed over.",
    examples: ["mesh rm seg 7 8"],
  })
    .argument("<path>", "the layer")
    .argument("<ids...>", "segments", parseSegments);
  addVolumeOptions(command, []);
  command.action(async (path: string, ids: readonly bigint[], options: VolumeOptions) => {
    await (await meshesOf(path, options, context)).delete(ids, { signal: context.signal });
  });
}
