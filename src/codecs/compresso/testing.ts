/** The committed chunks of the C++ compresso, for tests. */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import type { DataType } from "../../base/dtype.js";
import type { Vec3 } from "../../base/strided.js";
import type { ChunkSpec } from "../codec.js";

export interface StreamFixture {
  readonly content: string;
  readonly steps: Vec3;
  readonly connectivity: 4 | 6;
  readonly version: 0 | 1;
  readonly bytes: string;
}

export interface RemapFixture {
  readonly content: string;
  readonly labels: readonly string[];
  readonly mapping: Readonly<Record<string, string>>;
  readonly remapped: string;
  readonly some: readonly string[];
  readonly kept: string;
}

interface Fixture {
  readonly contents: Readonly<Record<string, { dtype: DataType; shape: Vec3; voxels: string }>>;
  readonly streams: readonly StreamFixture[];
  readonly remaps: readonly RemapFixture[];
}

const fixture = JSON.parse(readFileSync("fixtures/compresso/chunks.json", "utf8")) as Fixture;

export const streams: readonly StreamFixture[] = fixture.streams;
export const remaps: readonly RemapFixture[] = fixture.remaps;

export function contentOf(name: string): { spec: ChunkSpec; voxels: Uint8Array } {
  const { dtype, shape, voxels } = fixture.contents[name]!;
  return { spec: { dtype, shape: [...shape, 1] }, voxels: unpack(voxels) };
}

function unpack(text: string): Uint8Array {
  return new Uint8Array(gunzipSync(Buffer.from(text, "base64")));
}

export function bytesOf(base64: string): Uint8Array {
  return new Uint8Array(Buffer.from(base64, "base64"));
}
