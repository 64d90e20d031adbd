/** What the commands about meshes share: which meshes, of which segments. */
import { InvalidArgumentError } from "commander";
import { InfoError, type Meshes, openMeshes } from "../../../src/node.js";
import type { CommandContext } from "../context.js";
import { openVolume, type VolumeOptions } from "../volume-options.js";

/** The meshes of a layer, or of a mesh folder by itself. */
export async function meshesOf(
  path: string,
  options: VolumeOptions,
  context: CommandContext,
): Promise<Meshes> {
  try {
    return (await openVolume(path, options, context)).mesh;
  } catch (error) {
    if (!(error instanceof InfoError)) throw error;
    const how = {
      signal: context.signal,
      ...(options.useHttps === undefined ? {} : { useHttps: options.useHttps }),
    };
    const alone = await openMeshes(path, how).catch(() => undefined);
    if (alone === undefined || (await alone.info())["@type"] === undefined) throw error;
    return alone;
  }
}

/** A segment: digits of a 64-bit number. */
export function parseSegment(text: string): bigint {
  if (/^\d{1,20}$/.test(text) && BigInt(text) < 2n ** 64n) return BigInt(text);
  throw new InvalidArgumentError("A segment is a whole number from 0 to 2^64 - 1.");
}

export function parseSegments(text: string, before: readonly bigint[] = []): readonly bigint[] {
  return [...before, parseSegment(text)];
}
