/** Skeletons across: CloudVolume reads what is written here, and what it writes is read here. */
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { randomSkeleton } from "../../src/geometry/skeleton/testing.js";
import { CloudVolume, type Skeleton } from "../../src/node.js";
import { random } from "../generators/random.js";
import { haveOriginals, startJudge } from "../support/originals.js";
import { scratchDirectory } from "../support/scratch.js";

interface Packed {
  readonly id: string;
  readonly space: string;
  readonly vertices: string;
  readonly edges: string;
  readonly attributes: readonly { readonly id: string; readonly data: string }[];
}

const LAYER = CloudVolume.createNewInfo({
  layerType: "segmentation",
  dataType: "uint64",
  numChannels: 1,
  encoding: "raw",
  resolution: [8, 8, 40],
  voxelOffset: [0, 0, 0],
  volumeSize: [512, 512, 128],
  skeletons: "skeletons",
});
const ATTRIBUTES = [
  { id: "radius", data_type: "float32", num_components: 1 },
  { id: "vertex_types", data_type: "uint8", num_components: 1 },
  { id: "flow", data_type: "float32", num_components: 3 },
  { id: "n", data_type: "int16", num_components: 1 },
] as const;
const TRANSFORM = [1.5, 0, 0, 10, 0, 2, 0, -20, 0.25, 0, 1, 30];
const shardings = ["raw", "gzip"].flatMap((index) =>
  ["raw", "gzip"].map((data) => ({
    "@type": "neuroglancer_uint64_sharded_v1",
    preshift_bits: 1,
    hash: index === "raw" ? "identity" : "murmurhash3_x86_128",
    minishard_bits: 2,
    shard_bits: 2,
    minishard_index_encoding: index,
    data_encoding: data,
  })),
);
const forms = [undefined, ...shardings];
const b64 = (data: ArrayBufferView): string =>
  Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("base64");

describe.runIf(haveOriginals("skeletons across"))("skeletons", () => {
  const judge = startJudge("test/parity/skeleton_judge.py");
  const rng = random(4);
  const make = (count: number): Skeleton[] =>
    Array.from({ length: count }, (_, i) => {
      const vertices = 1 + rng(60);
      const s = randomSkeleton(() => rng(1 << 24) / (1 << 24), { vertices, trees: 1, attributes: 0 });
      s.setAttribute(
        "flow",
        Float32Array.from({ length: 3 * vertices }, () => rng(1000) / 16),
      );
      s.setAttribute(
        "n",
        Int16Array.from({ length: vertices }, () => rng(60_000) - 30_000),
      );
      s.id = BigInt(1 + i * 977);
      return s;
    });
  const skeletonInfo = (sharding: object | undefined): object => ({
    "@type": "neuroglancer_skeletons",
    transform: TRANSFORM,
    vertex_attributes: ATTRIBUTES.map((a) => ({ ...a })),
    ...(sharding && { sharding }),
  });

  test.each(forms)("CloudVolume reads what is written here: %j", { timeout: 60_000 }, async (sharding) => {
    const path = join(scratchDirectory(), "layer");
    const { skeleton } = await CloudVolume.create(`file://${path}`, { info: LAYER });
    Object.assign(await skeleton.info(), skeletonInfo(sharding));
    await skeleton.commitInfo();
    const made = make(40);
    await skeleton.upload(made.slice(0, 25));
    await skeleton.upload(made.slice(25));
    const ids = made.map((s) => String(s.id));
    const theirs = await judge.ask<Packed[]>("get", { path, ids });
    same(await skeleton.get(ids.map(BigInt)), theirs);
  });

  test.each(forms)("what CloudVolume writes is read here: %j", { timeout: 60_000 }, async (sharding) => {
    const path = join(scratchDirectory(), "layer");
    const made = make(40);
    await judge.ask("write", {
      path,
      info: LAYER,
      skeletonInfo: skeletonInfo(sharding),
      skeletons: made.map((s) => ({
        id: Number(s.id),
        encoded: b64(s.toPrecomputed()),
        attributes: ATTRIBUTES,
        transform: TRANSFORM,
      })),
    });
    const vol = await CloudVolume.open(`file://${path}`);
    const ids = made.map((s) => s.id!);
    const ours = await vol.skeleton.get(ids);
    same(ours, await judge.ask<Packed[]>("get", { path, ids: ids.map(String) }));
    ours.forEach((s, i) => {
      expect(s.edges).toEqual(made[i]!.edges);
      expect(s.attribute("flow")).toEqual(made[i]!.attribute("flow"));
    });
    expect(await vol.skeleton.list()).toEqual(ids);
  });

  function same(ours: readonly Skeleton[], theirs: readonly Packed[]): void {
    expect(ours.length).toBe(theirs.length);
    // Of single files CloudVolume gives them in the order in which they came.
    const byId = new Map(theirs.map((t) => [t.id, t]));
    ours.forEach((s) => {
      const t = byId.get(String(s.id))!;
      expect([String(s.id), s.space, b64(s.vertices), b64(s.edges)]).toEqual([
        t.id,
        t.space,
        t.vertices,
        t.edges,
      ]);
      expect(s.attributes.map((a) => [a.id, b64(a.data)])).toEqual(t.attributes.map((a) => [a.id, a.data]));
    });
  }
});
