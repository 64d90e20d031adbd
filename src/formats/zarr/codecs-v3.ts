/** The `codecs` of Zarr 3: transposition, the array's bytes or a shard, then bytes to bytes. */
import { UnsupportedFormatError } from "../../base/errors.js";
import type { JsonObject } from "../../base/json.js";
import { cStride } from "../../base/strided.js";
import {
  inside,
  integer,
  list,
  object,
  oneOf,
  optional,
  type Place,
  record,
  reject,
  text,
} from "../../base/verify.js";
import { type ByteCodecConfig, checkByteCodec } from "../../codecs/byte-chain.js";

export interface Pipeline {
  /** Elements from one to the next along each axis. */
  readonly steps: readonly number[];
  readonly bigEndian: boolean;
  readonly chain: readonly ByteCodecConfig[];
}

export interface Sharding {
  readonly chunk: readonly number[];
  readonly location: "start" | "end";
  readonly checksum: boolean;
  readonly inner: Pipeline;
}

const named = record({ name: text({ max: 200 }), configuration: optional(object) });
const sharding = record({
  chunk_shape: list(integer({ min: 1 }), { min: 1, max: 5 }),
  codecs: list(object, { min: 1, max: 64 }),
  index_codecs: list(object, { min: 1, max: 8 }),
  index_location: optional(oneOf(["start", "end"])),
});

interface Step {
  readonly name: string;
  readonly options: JsonObject;
  readonly place: Place;
}

function steps(codecs: readonly unknown[], place: Place): Step[] {
  return codecs.map((codec, i) => {
    const at = inside(place, i);
    const { name, configuration = {} } = typeof codec === "string" ? { name: codec } : named(codec, at);
    // zarr-python writes numcodecs' codecs under this prefix.
    return { name: name.replace(/^numcodecs\./, ""), options: configuration, place: at };
  });
}

/** The codecs of an array, sharded or not. @throws InfoError, UnsupportedFormatError. */
export function readCodecs(
  codecs: readonly unknown[],
  chunk: readonly number[],
  place: Place,
): { readonly pipeline: Pipeline } | { readonly sharding: Sharding } {
  const all = steps(codecs, place);
  const shard = all.find(({ name }) => name === "sharding_indexed");
  if (shard === undefined) return { pipeline: pipelineOf(all, chunk, place) };
  if (all.length > 1)
    throw new UnsupportedFormatError("Shards that are transposed or packed as a whole cannot be read", {
      where: place.where,
      expected: "sharding_indexed as the only codec",
      got: all.map(({ name }) => name).join(", "),
    });
  const found = sharding(shard.options, inside(shard.place, "configuration"));
  const inner = found.chunk_shape;
  if (inner.length !== chunk.length || inner.some((side, i) => chunk[i]! % side !== 0))
    reject(inside(shard.place, "configuration.chunk_shape"), `sides that divide ${chunk.join(" x ")}`, inner);
  const innerSteps = steps(found.codecs, inside(shard.place, "configuration.codecs"));
  if (innerSteps.some(({ name }) => name === "sharding_indexed"))
    throw new UnsupportedFormatError("Shards within shards cannot be read", { where: place.where });
  return {
    sharding: {
      chunk: inner,
      location: found.index_location ?? "end",
      checksum: indexChecksum(steps(found.index_codecs, inside(shard.place, "configuration.index_codecs"))),
      inner: pipelineOf(innerSteps, inner, place),
    },
  };
}

function indexChecksum(codecs: readonly Step[]): boolean {
  const names = codecs.map(({ name }) => name);
  const little = codecs[0]?.name === "bytes" && codecs[0].options.endian !== "big";
  if (little && names.length === 1) return false;
  if (little && names.length === 2 && names[1] === "crc32c") return true;
  throw new UnsupportedFormatError("A shard index of these codecs cannot be read", {
    where: codecs[0]?.place.where ?? "",
    expected: "bytes (little endian), or bytes and crc32c",
    got: names.join(", "),
  });
}

/** Codecs that change values, before the array becomes bytes. */
const FILTERS = new Set(["delta", "fixedscaleoffset", "quantize", "packbits"]);

function pipelineOf(codecs: readonly Step[], chunk: readonly number[], place: Place): Pipeline {
  let order = chunk.map((_, i) => i);
  let bigEndian = false;
  let serialized = false;
  const chain: ByteCodecConfig[] = [];
  for (const { name, options, place: at } of codecs) {
    if (name === "transpose") {
      if (serialized) reject(at, "transpose before bytes", name);
      const by = permutation(options.order, chunk.length, inside(at, "configuration.order"));
      order = by.map((axis) => order[axis]!);
    } else if (name === "bytes" || name === "endian") {
      if (serialized) reject(at, "one codec from array to bytes", name);
      serialized = true;
      bigEndian = options.endian === "big";
      if (options.endian !== undefined && options.endian !== "big" && options.endian !== "little")
        reject(inside(at, "configuration.endian"), "little or big", options.endian);
    } else {
      checkByteCodec(name, `${place.where} ${at.path}`);
      if (serialized === FILTERS.has(name)) reject(at, "filters, then bytes, then compressors", name);
      chain.push({ ...options, name });
    }
  }
  if (!serialized)
    reject(
      place,
      "the codec bytes",
      codecs.map(({ name }) => name),
    );
  if (bigEndian && chain.some(({ name }) => FILTERS.has(name)))
    throw new UnsupportedFormatError("Filters before big-endian bytes cannot be read", {
      where: place.where,
    });
  const permuted = cStride(order.map((axis) => chunk[axis]!));
  return { steps: chunk.map((_, axis) => permuted[order.indexOf(axis)]!), bigEndian, chain };
}

function permutation(value: unknown, rank: number, place: Place): number[] {
  if (value === "C") return Array.from({ length: rank }, (_, i) => i);
  if (value === "F") return Array.from({ length: rank }, (_, i) => rank - 1 - i);
  const order = list(integer({ min: 0, max: rank - 1 }), { min: rank, max: rank })(value, place);
  if (new Set(order).size !== rank) reject(place, "each axis once", value);
  return order;
}
