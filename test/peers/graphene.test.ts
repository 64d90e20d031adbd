/** CloudVolume and this library ask the same fake graph server: the same roots, voxels, files and meshes. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseGrapheneInfo } from "../../src/formats/graphene/info.js";
import { LabelLayout } from "../../src/formats/graphene/label-layout.js";
import { Bbox, CloudVolume, type Mesh } from "../../src/node.js";
import { layerOf } from "../servers/graphene/graph.js";
import { type FakeGraphServer, fakeGraphServer, TOKEN } from "../servers/graphene/server.js";
import { type LayerKind, type MadeLayer, makeGrapheneLayer, SIZE, TIMES } from "../support/graphene-layer.js";
import { haveOriginals, startJudge } from "../support/originals.js";
import { type Random, seeded } from "../support/random.js";
import { scratchDirectory } from "../support/scratch.js";

const run = haveOriginals("graphene beside CloudVolume");
const judge = startJudge("test/peers/graphene_judge.py");

const KINDS: readonly LayerKind[] = [
  { meshes: "precomputed", encoding: "compressed_segmentation", offset: [0, 0, 0] },
  { meshes: "draco", encoding: "raw", offset: [16, 8, 24] },
  { meshes: "sharded", encoding: "crackle", offset: [5, 0, 3] },
];
const AGES = [undefined, TIMES.made, TIMES.merge, TIMES.split, TIMES.rejoin] as const;

describe.runIf(run).each(KINDS)("$meshes meshes, $encoding", (kind) => {
  let server: FakeGraphServer;
  let layer: MadeLayer;
  let vol: CloudVolume;
  let at: { path: string; token: string };
  const random = seeded(7 + KINDS.indexOf(kind));
  beforeAll(async () => {
    server = await fakeGraphServer(async (url) => {
      layer = await makeGrapheneLayer(url, kind);
      return layer;
    });
    at = { path: `graphene://${server.url}/segmentation/table/ds`, token: TOKEN };
    vol = await CloudVolume.open(at.path, { secrets: TOKEN, fillMissing: true });
  });
  afterAll(() => server.close());
  const texts = (labels: Iterable<bigint>): string[] => [...labels].map(String);
  const box = (): Bbox => randomBox(random, kind.offset);

  test("roots at each time and layer, as bytes and as JSON", async () => {
    const labels = [0n, ...layer.graph.supervoxels, ...layer.graph.supervoxels.slice(0, 3)];
    for (const timestamp of AGES)
      for (const stopLayer of [undefined, 1, 2, 3, 4]) {
        const ours = await vol.getRoots(labels, { timestamp, stopLayer });
        const how = { ...at, labels: texts(labels), timestamp, stop_layer: stopLayer };
        expect(texts(ours)).toEqual(await judge.ask("roots", how));
        // CloudVolume's own JSON form fails: its labels are NumPy's.
        vol.graph.clearCache();
        expect(await vol.getRoots(labels, { timestamp, stopLayer, binary: false })).toEqual(ours);
      }
    // Of other layers: what lies above them.
    const middle = [...layer.graph.state().leaves.keys()].filter(
      (label) => layerOf(layer.graph.layout, label) === 2,
    );
    expect(texts(await vol.getRoots(middle))).toEqual(
      await judge.ask("roots", { ...at, labels: texts(middle) }),
    );
  });

  test("leaves in boxes", async () => {
    for (const root of new Set(await vol.getRoots(layer.graph.supervoxels)))
      for (const stopLayer of [undefined, 2]) {
        const b = box();
        const ours = await vol.getLeaves(root, b, { stopLayer });
        expect(texts(ours)).toEqual(
          await judge.ask("leaves", { ...at, root: String(root), box: b.toList(), stop_layer: stopLayer }),
        );
      }
  });

  test("supervoxels of chunks", async () => {
    for (const timestamp of AGES) {
      const [some] = await vol.getRoots([layer.objects[0]![0]!], { timestamp, stopLayer: 2 });
      const ours = await vol.getChunkMappings(some!, { timestamp });
      const theirs = await judge.ask("mappings", { ...at, chunk: String(some), timestamp });
      expect(Object.fromEntries([...ours].map(([k, v]) => [String(k), texts(v)]))).toEqual(theirs);
    }
  });

  test("cut-outs", async () => {
    const roots = [...new Set(await vol.getRoots(layer.graph.supervoxels))];
    const cases: Record<string, unknown>[] = [
      ...AGES.flatMap((timestamp) =>
        [undefined, 1, 2, 3].map((stopLayer) => ({ agglomerate: true, timestamp, stopLayer })),
      ),
      {},
      { segids: roots.slice(0, 2) },
      { segids: roots.slice(1, 4), preserveZeros: true },
      { agglomerate: true, label: roots[1] },
      { label: layer.graph.supervoxels[4] },
    ];
    for (const options of cases) {
      const b = box();
      const cutout = await vol.download(b, { ...(options as object), crackle: false });
      const { stopLayer: stop_layer, preserveZeros: preserve_zeros, label, segids, ...rest } = options;
      const how = {
        ...rest,
        stop_layer,
        preserve_zeros,
        label: label && String(label),
        segids: (segids as bigint[])?.map(String),
      };
      const answer = await judge.ask("download", {
        ...at,
        ...how,
        box: b.toList(),
        array: judge.npy(cutout),
      });
      expect([Object.keys(options), answer]).toEqual([Object.keys(options), "same"]);
    }
  });

  test("labels of boxes, and points", async () => {
    const roots = [...new Set(await vol.getRoots(layer.graph.supervoxels))];
    const cases: Record<string, unknown>[] = [
      {},
      { agglomerate: true },
      { agglomerate: true, timestamp: TIMES.merge },
      { agglomerate: true, stopLayer: 2 },
      { segids: roots.slice(0, 2) },
      { segids: roots.slice(0, 2), preserveZeros: true },
    ];
    for (const options of cases) {
      const b = box();
      const { stopLayer: stop_layer, preserveZeros: preserve_zeros, segids, ...rest } = options;
      const how = { ...at, ...rest, stop_layer, preserve_zeros, segids: (segids as bigint[])?.map(String) };
      const ours = texts(await vol.unique<BigUint64Array>(b, options));
      expect([options, ours]).toEqual([options, await judge.ask("unique", { ...how, box: b.toList() })]);
      if (segids !== undefined) continue;
      const points = Array.from({ length: 20 }, () =>
        kind.offset.map((n, a) => n + random.integer(0, SIZE[a]! - 1)),
      );
      const values = (await vol.scatteredPoints(points, options)).map(({ value }) => String(value));
      expect(values).toEqual(await judge.ask("points", { ...how, points }));
    }
  });

  test("chunks as files", async () => {
    const roots = [...new Set(await vol.getRoots(layer.graph.supervoxels))];
    for (const options of [
      {},
      { agglomerate: true },
      { agglomerate: true, stopLayer: 3 },
      { segids: roots.slice(0, 2) },
    ]) {
      const b = box();
      const folder = scratchDirectory();
      mkdirSync(folder, { recursive: true });
      const files = await vol.downloadFiles(b, options);
      for (const [name, bytes] of files)
        writeFileSync(join(folder, String(name).replaceAll("/", "!")), bytes);
      const { stopLayer: stop_layer, segids, ...rest } = options as { stopLayer?: number; segids?: bigint[] };
      const how = { ...at, ...rest, stop_layer, segids: segids?.map(String), box: b.toList(), folder };
      // CloudVolume gives raw chunks back as they are: it relabels a copy that it drops.
      if (kind.encoding === "raw" && Object.keys(options).length > 0) continue;
      expect(await judge.ask("files", how)).toBe(`${files.size} same`);
    }
  });

  test("meshes of all roots and parts", async () => {
    const ask = async (
      mesh: Mesh,
      labels: readonly bigint[],
      how: Record<string, unknown>,
    ): Promise<string> =>
      await judge.ask("mesh", {
        ...at,
        ...how,
        labels: texts(labels),
        vertices: judge.npy(rows(mesh.vertices)),
        faces: judge.npy(rows(mesh.faces)),
      });
    const roots = new Set(await vol.getRoots(layer.graph.supervoxels));
    const old = await vol.getRoots(layer.objects[0]!, { timestamp: TIMES.merge });
    const parts = [...layer.graph.state().leaves.keys()].filter(
      (label) => layerOf(layer.graph.layout, label) === 2,
    );
    let seen = 0;
    for (const label of new Set([...roots, ...old, ...parts.slice(0, 6)])) {
      const mesh = (await vol.mesh.get(label, { fuse: false, allowMissing: true })).get(label);
      if (mesh === undefined) continue;
      seen++;
      expect([label, await ask(mesh, [label], {})]).toEqual([label, "same"]);
    }
    expect(seen).toBeGreaterThan(6);
    const [a, b] = [...roots] as [bigint, bigint];
    expect(await ask(await vol.mesh.get([a, b]), [a, b], { fuse: true })).toBe("same");
    const bare = { fuse: false, deduplicateChunkBoundaries: false } as const;
    // Of sharded meshes CloudVolume unifies the vertices all the same.
    if (kind.meshes !== "sharded")
      expect(
        await ask((await vol.mesh.get(a, bare)).get(a)!, [a], { deduplicate_chunk_boundaries: false }),
      ).toBe("same");
    const merged = (await vol.mesh.get(a, { fuse: false, removeDuplicateVertices: true })).get(a)!;
    expect(await ask(merged, [a], { remove_duplicate_vertices: true })).toBe("same");
    const half = new Bbox(
      kind.offset,
      kind.offset.map((n, i) => n + (i === 0 ? 20 : SIZE[i]!)),
    );
    for (const root of roots) {
      const cut = (await vol.mesh.get(root, { fuse: false, boundingBox: half, allowMissing: true })).get(
        root,
      );
      if (cut !== undefined) expect(await ask(cut, [root], { box: half.toList() })).toBe("same");
    }
    const own = parts.find((label) => kind.meshes === "sharded" || label !== undefined)!;
    const straight = (await vol.mesh.get(own, { fuse: false, bypass: true, allowMissing: true })).get(own);
    if (straight !== undefined) expect(await ask(straight, [own], { bypass: true })).toBe("same");
  });
});

test.runIf(run)(
  "100,000 labels of random layouts are made up and taken apart as CloudVolume does",
  async () => {
    const random = seeded(11);
    let count = 0;
    for (let batch = 0; batch < 10; batch++) {
      const layouts = Array.from({ length: 20 }, () => randomLayout(random, 500));
      count += layouts.reduce((sum, [, cases]) => sum + cases.length, 0);
      expect(await judge.ask("labels", { layouts })).toEqual([]);
    }
    expect(count).toBe(100_000);
  },
);

/** A layout, and labels of it as this library takes them apart. */
function randomLayout(random: Random, n: number): [Record<string, unknown>, unknown[][]] {
  const layers = random.integer(2, 14);
  const bits = Object.fromEntries(Array.from({ length: layers }, (_, i) => [i + 1, random.integer(0, 18)]));
  const graph = { chunk_size: [64, 64, 64], n_layers: layers, spatial_bit_masks: bits };
  const scales = [{ resolution: [8, 8, 40] }];
  const app = { supported_api_versions: [1] };
  const layout = new LabelLayout(
    parseGrapheneInfo({ data_type: "uint64", data_dir: "mem://x", graph, app, scales }, "info"),
  );
  const below = (limit: bigint): bigint => {
    // Small, large and the largest alike.
    const bytes = BigUint64Array.of(
      (BigInt(random.integer(0, 2 ** 32 - 1)) << 32n) | BigInt(random.integer(0, 2 ** 32 - 1)),
    );
    return random.integer(0, 9) === 0 ? limit - 1n : bytes[0]! % limit;
  };
  const cases = Array.from({ length: n }, () => {
    const level = random.integer(1, layers);
    const axis = 1n << BigInt(layout.spatialBitCount(level));
    const [x, y, z] = [below(axis), below(axis), below(axis)].map(Number) as [number, number, number];
    const segid = below(1n << BigInt(layout.segidBits(level)));
    const label = layout.encodeLabel(level, x, y, z, segid);
    const parts = layout.decodeLabel(label);
    const chunk = layout.decodeChunkId(label);
    const number = layout.decodeChunkPositionNumber(label);
    return [
      String(label),
      parts.level,
      parts.x,
      parts.y,
      parts.z,
      String(parts.segid),
      String(chunk),
      String(number),
    ];
  });
  return [graph, cases];
}

function rows(data: Float32Array | Uint32Array): Parameters<typeof judge.npy>[0] {
  const n = data.length / 3;
  return { data, shape: [n, 3], stride: [3, 1] } as unknown as Parameters<typeof judge.npy>[0];
}

function randomBox(random: Random, offset: readonly number[]): Bbox {
  const low = SIZE.map((size) => random.integer(0, size - 2));
  const high = SIZE.map((size, a) => random.integer(low[a]! + 1, size));
  return new Bbox(
    low.map((n, a) => n + offset[a]!),
    high.map((n, a) => n + offset[a]!),
  );
}
