/** The committed chunks of the C++ crackle, and damage that passes the checksums, for tests and fuzzing. */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import type { DataType } from "../../base/dtype.js";
import type { MemoryWorkspace } from "../../base/memory-workspace.js";
import type { Vec3 } from "../../base/strided.js";
import { crc32cRegion } from "../../compression/crc32c-workspace.js";
import type { ChunkSpec } from "../codec.js";
import { mutate, type Random } from "../testing-chunks.js";
import { crc8 } from "./header.js";

export interface StreamFixture {
  readonly content: string;
  readonly kind: string;
  readonly pins?: number;
  readonly order?: number;
  readonly bytes: string;
}

export interface RemapFixture {
  readonly content: string;
  readonly pins: number;
  readonly labels: readonly string[];
  readonly mapping: Readonly<Record<string, string>>;
  readonly source: string;
  readonly remapped: string;
}

interface Fixture {
  readonly contents: Readonly<Record<string, { dtype: DataType; shape: Vec3; voxels: string }>>;
  readonly streams: readonly StreamFixture[];
  readonly remaps: readonly RemapFixture[];
}

const fixture = JSON.parse(readFileSync("fixtures/crackle/chunks.json", "utf8")) as Fixture;

export const streams: readonly StreamFixture[] = fixture.streams;
export const remaps: readonly RemapFixture[] = fixture.remaps;
export const contents: readonly string[] = Object.keys(fixture.contents);

export function contentOf(name: string): { spec: ChunkSpec; voxels: Uint8Array } {
  const { dtype, shape, voxels } = fixture.contents[name]!;
  return {
    spec: { dtype, shape: [...shape, 1] },
    voxels: new Uint8Array(gunzipSync(Buffer.from(voxels, "base64"))),
  };
}

export function bytesOf(base64: string): Uint8Array {
  return new Uint8Array(Buffer.from(base64, "base64"));
}

/** Where the sections of a file are, as far as it has them. */
function sectionsOf(bytes: Uint8Array): {
  version: number;
  lengths: number;
  labels: number;
  labelsEnd: number;
  slices: number;
} {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const version = bytes[4]!;
  const slices = view.getUint32(15, true);
  const lengths = version === 0 ? 24 : 29;
  const labels = lengths + 4 * slices + 4 * version;
  return { version, lengths, labels, labelsEnd: labels + view.getUint32(20, true), slices };
}

/** Makes the checksums of the header, the lengths and the labels fit. Those of components cannot be. */
export function repairCrackle(ws: MemoryWorkspace, bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(bytes);
  if (out.length < 29 || out[4] !== 1) return out;
  const view = new DataView(out.buffer);
  out[28] = crc8(out.subarray(5, 28));
  const { lengths, labels, labelsEnd, slices } = sectionsOf(out);
  if (labels > out.length) return out;
  const region = ws.allocate(out.length);
  ws.bytes().set(out, region.ptr);
  const sum = (from: number, to: number): number =>
    crc32cRegion(ws, { ptr: region.ptr + from, length: to - from });
  view.setUint32(labels - 4, sum(lengths, labels - 4), true);
  const trailer = out.length - 4 * slices - 4;
  if (trailer >= labelsEnd && labelsEnd <= out.length) view.setUint32(trailer, sum(labels, labelsEnd), true);
  ws.release(region);
  return out;
}

/** The same chunk in the first version of the format, which has no checksums at all: damage gets as far as it can. */
export function withoutChecksums(bytes: Uint8Array): Uint8Array {
  const { version, labels, lengths, slices } = sectionsOf(bytes);
  if (version === 0) return new Uint8Array(bytes);
  const out = new Uint8Array(bytes.length - 13 - 4 * slices);
  out.set(bytes.subarray(0, 24));
  out[4] = 0;
  out.set(bytes.subarray(lengths, labels - 4), 24);
  out.set(bytes.subarray(labels, bytes.length - 4 * slices - 4), 24 + labels - 4 - lengths);
  return out;
}

/** Damage of several depths: anywhere; with checksums repaired; with none, behind the header or within the labels. */
export function mutateCrackle(ws: MemoryWorkspace, bytes: Uint8Array, random: Random): Uint8Array {
  const kind = random();
  if (kind < 0.1 || bytes.length < 40) return mutate(bytes, random);
  if (kind < 0.3) return repairCrackle(ws, mutate(bytes, random));
  const bare = withoutChecksums(bytes);
  const { labels, labelsEnd } = sectionsOf(bare);
  // A length that is kept lets more of the damage be read.
  const [from, to] = kind < 0.6 ? [labelsEnd, bare.length] : kind < 0.85 ? [labels, labelsEnd] : [24, labels];
  const damaged = mutate(bare.subarray(from, to), random);
  const part = new Uint8Array(bare.subarray(from, to));
  part.set(damaged.subarray(0, part.length));
  bare.set(part, from);
  return bare;
}
