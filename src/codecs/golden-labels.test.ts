/** Label lists and relabelled chunks of CloudVolume, from the encoded bytes alone. */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { type GoldenEntry, goldenEntries, goldenPath, goldenRoot } from "../../test/support/golden.js";
import type { DataType } from "../base/dtype.js";
import { createWorkspace } from "../base/memory-workspace.js";
import { parseNpy } from "../base/npy.js";
import type { Vec3 } from "../base/strided.js";
import type { ChunkSpec } from "./codec.js";
import { builtinCodecs, loadedCodec } from "./index.js";
import { decodeBytes } from "./testing-chunks.js";
import { inMemory } from "./testing-encoded.js";

interface RemapEntry {
  readonly path: string;
  readonly options: {
    readonly mapping: Readonly<Record<string, number>>;
    readonly input: string;
    readonly preserve_missing_labels: boolean;
    readonly block_size: Vec3;
  };
  readonly truth: { readonly file: string; readonly dtype: DataType; readonly shape: Vec3 };
}

const known = builtinCodecs().map(({ name }) => name);
const ws = createWorkspace();
const remaps = (goldenEntries(["chunk"], "golden relabelled chunks") as (GoldenEntry & RemapEntry)[])
  .map((entry) => ({ ...entry, encoding: /^codecs\/remap_(\w+)\.bin$/.exec(entry.path)?.[1] ?? "" }))
  .filter(({ encoding }) => known.includes(encoding));
const lists = goldenEntries(["chunk-labels"], "golden label lists").map(
  ({ path }) =>
    JSON.parse(readFileSync(goldenPath(path), "utf8")) as Record<string, { labels: string[] } | undefined>,
);

describe.runIf(goldenRoot !== undefined)("labels of golden chunks", () => {
  test.each(remaps)("$path", async ({ path, encoding, options, truth }) => {
    const codec = await loadedCodec(encoding);
    const spec: ChunkSpec = { shape: [...truth.shape, 1], dtype: truth.dtype, blockSize: options.block_size };
    const bytes = new Uint8Array(readFileSync(goldenPath(`codecs/${options.input}`)));
    const mapping = new Map(Object.entries(options.mapping).map(([from, to]) => [BigInt(from), BigInt(to)]));
    const preserveMissing = options.preserve_missing_labels;
    const mapped = inMemory(ws, bytes, (source) =>
      codec.remap!(ws, source, spec, mapping, { preserveMissing }),
    );
    const { data } = parseNpy(gunzipSync(readFileSync(goldenPath(truth.file))));
    const wanted = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    expect(Buffer.compare(decodeBytes(ws, codec, mapped, spec), wanted)).toBe(0);
    const theirs = new Uint8Array(readFileSync(goldenPath(path)));
    expect(Buffer.compare(decodeBytes(ws, codec, theirs, spec), wanted)).toBe(0);
    if (encoding !== "crackle") expect(Buffer.compare(mapped, theirs)).toBe(0);

    const list = lists[0]?.[encoding]?.labels ?? [];
    expect(list.length).toBeGreaterThan(0);
    inMemory(ws, bytes, (source) => {
      expect([...codec.labels!(ws, source, spec)].map(String)).toEqual(list);
      for (const label of list) expect(codec.contains!(ws, source, spec, BigInt(label))).toBe(true);
      expect(codec.contains!(ws, source, spec, 12345n)).toBe(false);
    });
  });
});
