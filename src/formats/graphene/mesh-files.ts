/**
 * Where fragments of meshes are: `initial` ones in shards by layer and chunk, `dynamic` ones in a file each. Source: CloudVolume
 * `datasource/graphene/mesh` and `sharding.py`.
 */
import { MeshDecodeError } from "../../base/errors.js";
import type { Vec3 } from "../../base/strided.js";
import type { LabelLayout } from "./label-layout.js";

/** The folder of shards below the meshes'. */
export const INITIAL = "initial";

export type FragmentPlace =
  | { readonly kind: "dynamic"; readonly name: string }
  | { readonly kind: "initial"; readonly file: string; readonly offset: number; readonly length: number };

/** The file of a label's own mesh: `<label>:0:<box of its chunk>`. */
export function fragmentName(layout: LabelLayout, label: bigint): string {
  const { level, x, y, z } = layout.decodeLabel(label);
  const factor = layout.fanOut ** Math.max(0, level - 2);
  const size = layout.graphChunkSize.map((n) => n * factor) as unknown as Vec3;
  const ranges = [x, y, z].map(
    (at, a) => `${BigInt(at) * BigInt(size[a]!)}-${BigInt(at + 1) * BigInt(size[a]!)}`,
  );
  return `${label}:0:${ranges.join("_")}`;
}

/** The shard file of a label, given that of its sharding: each chunk has files of its own. */
export function shardFileName(layout: LabelLayout, file: string, label: bigint): string {
  return `${layout.decodeChunkPositionNumber(label)}-${file}`;
}

/**
 * What a verified manifest calls a fragment: `~LAYER/CHUNK-SHARD.shard:OFFSET:LENGTH`, or the name of a file.
 * @throws MeshDecodeError for another form, and for names that lead out of their folder.
 */
export function placeOfFragment(name: string, where: string): FragmentPlace {
  const shard = /^~(\d{1,5})\/(\d+-[\da-f]+\.shard):(\d{1,16}):(\d{1,16})$/.exec(name);
  if (shard !== null) {
    const [, layer = "", file = "", offset, length] = shard;
    const place = { offset: Number(offset), length: Number(length) };
    if (Number.isSafeInteger(place.offset + place.length))
      return { kind: "initial", file: `${Number(layer)}/${file}`, ...place };
  } else if (/^[\w.:-]+$/.test(name) && !/^\.+$/.test(name)) return { kind: "dynamic", name };
  throw new MeshDecodeError("A manifest names a fragment in a way that is not known", {
    where,
    expected: "~LAYER/CHUNK-SHARD.shard:OFFSET:LENGTH, or LABEL:0:BOX",
    got: JSON.stringify(name.slice(0, 200)),
  });
}
