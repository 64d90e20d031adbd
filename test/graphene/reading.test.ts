/** Reading a graphene layer: what is asked of its server, how often, and what comes of it. */
import { rmSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import {
  AbortError,
  ArgumentError,
  MeshMissingError,
  ReadOnlyException,
  UnsupportedFormatError,
  UnsupportedGrapheneAPIVersionError,
} from "../../src/base/errors.js";
import { CloudVolume } from "../../src/cloudvolume.js";
import { parseGrapheneInfo } from "../../src/formats/graphene/info.js";
import { parseServer } from "../../src/formats/graphene/server.js";
import { httpService } from "../../src/stores/http/service.js";
import { fetchTransport } from "../../src/stores/http/transport.fetch.js";
import { parsePath } from "../../src/stores/url.js";
import { Graph } from "../../src/volume/graphene/graph.js";
import { readManifest } from "../../src/volume/graphene/manifests.js";
import { layerOf } from "../servers/graphene/graph.js";
import { TOKEN } from "../servers/graphene/server.js";
import { TIMES } from "../support/graphene-layer.js";
import { scratchDirectory } from "../support/scratch.js";
import { type Served, serveLayer } from "./support.js";

let served: Served;
let vol: CloudVolume;
const past = { agglomerate: true, timestamp: TIMES.merge };
beforeAll(async () => {
  served = await serveLayer();
  vol = await served.open();
});
const rootAt = (label: bigint, at?: number): bigint =>
  label === 0n ? 0n : served.layer.graph.rootOf(label, at)!;

test("the volume says what it is", () => {
  expect(vol.cloudpath).toBe(served.path);
  expect(vol.path.format).toBe("graphene");
  expect(vol.graph.dataDir).toBe(`${served.server.url}/files/layer`);
  expect([vol.graph.nLayers, vol.graph.graphChunkSize]).toEqual([4, [16, 16, 16]]);
  expect(vol.graph.supportedApiVersions).toEqual(["1.0", "v1"]);
});

test("other layers have no graph", async () => {
  const plain = await CloudVolume.fromArray({
    data: new BigUint64Array(8),
    shape: [2, 2, 2],
    stride: [1, 2, 4],
  });
  expect(plain.hasGraph).toBe(false);
  await expect(plain.download("...", { agglomerate: true })).rejects.toThrow(UnsupportedFormatError);
  await expect(plain.getRoots([1n])).rejects.toThrow(UnsupportedFormatError);
  plain.agglomerate = true;
  expect((await plain.download()).data[0]).toBe(0n);
  await expect(plain.mesh.get(1n, { boundingBox: [0, 0, 0, 1, 1, 1] })).rejects.toThrow(ArgumentError);
});

test("splits and merges over time", async () => {
  const [first, second, third] = served.layer.objects.filter((o) => o.length > 1) as [
    bigint[],
    bigint[],
    bigint[],
  ];
  const one = async (labels: bigint[], timestamp?: number | string | Date): Promise<number> =>
    new Set(await vol.getRoots(labels, { timestamp })).size;
  const both = [first[0]!, second[0]!];
  expect(await one(both, TIMES.made)).toBe(2);
  expect(await one(both, TIMES.merge - 1)).toBe(2);
  expect(await one(both, new Date(TIMES.merge * 1000))).toBe(1);
  expect(await one(both, new Date((TIMES.rejoin - 1) * 1000).toISOString())).toBe(1);
  expect(await one(both)).toBe(2);
  expect(await one(third, TIMES.made)).toBe(1);
  expect(await one(third, TIMES.split)).toBe(2);
  expect(await one(third)).toBe(1);
});

test("agglomerate and timestamp of the volume count unless told otherwise", async () => {
  const flat = await served.open({ agglomerate: true, timestamp: TIMES.merge });
  const supervoxels = await vol.download();
  const want = [...supervoxels.data].map((label) => rootAt(label as bigint, TIMES.merge));
  expect([...(await flat.download()).data]).toEqual(want);
  expect([...(await flat.at(0).download()).data]).toEqual(want);
  expect([...(await flat.download("...", { agglomerate: false })).data]).toEqual([...supervoxels.data]);
  const again = await CloudVolume.fromHandoff(structuredClone(flat.handoff()), { secrets: TOKEN });
  expect([...(await again.download()).data]).toEqual(want);
  const blocks: bigint[] = [];
  for await (const block of flat.blocks("...", { bytes: 65536 }))
    blocks.push(...(block.data as BigUint64Array));
  expect(new Set(blocks)).toEqual(new Set(want));
});

test("cut-outs with small numbers, as masks, as crackle, into an array of the caller's", async () => {
  const flat = await vol.download("0:40, :, :", past);
  const small = await vol.download("0:40, :, :", { ...past, renumber: true });
  expect(small.dtype).toBe("uint8");
  expect([...small.data].map((n) => n)).toEqual([...flat.data].map((v) => small.mapping.get(v as bigint)));
  const [root] = [...flat.data].filter((v) => v !== 0n) as bigint[];
  const mask = await vol.download("0:40, :, :", { ...past, label: root! });
  expect([...mask.data]).toEqual([...flat.data].map((v) => (v === root ? 1 : 0)));
  const crackle = await vol.download("0:40, :, :", { ...past, crackle: true });
  expect((await crackle.decode()).data).toEqual(flat.data);
  const out = new BigUint64Array(flat.data.length);
  expect((await vol.download("0:40, :, :", { ...past, out })).data).toBe(out);
  expect(out).toEqual(flat.data);
  const masked = await vol.download("0:40, :, :", { ...past, segids: [root!] });
  expect([...masked.data]).toEqual([...flat.data].map((v) => (v === root ? v : 0n)));
  expect((await vol.download("0:40:2, :, 3", past)).shape).toEqual([20, 32, 1, 1]);
  await expect(vol.download("...", { ...past, label: 1, segids: [1] })).rejects.toThrow(ArgumentError);
  await expect(vol.download("...", { ...past, preserveZeros: true })).rejects.toThrow(ArgumentError);
  await expect(vol.download("...", { ...past, stopLayer: 5 })).rejects.toThrow(ArgumentError);
  await expect(vol.download("...", { ...past, timestamp: "soon" })).rejects.toThrow(ArgumentError);
});

test("stop layers", async () => {
  const supervoxels = [...(await vol.download()).data] as bigint[];
  for (const stopLayer of [1, 2, 3, 4]) {
    const cut = await vol.download("...", { agglomerate: true, stopLayer });
    const layers = new Set(
      [...cut.data].filter((v) => v !== 0n).map((v) => layerOf(served.layer.graph.layout, v as bigint)),
    );
    expect(Math.min(...layers)).toBe(stopLayer === 1 ? 1 : Math.max(2, stopLayer));
    const want = supervoxels.map((v) =>
      v === 0n ? 0n : stopLayer === 1 ? v : served.layer.graph.rootOf(v, undefined, stopLayer),
    );
    expect([...cut.data]).toEqual(want);
  }
});

test("a volume in memory, agglomerated or not", async () => {
  const box = "3:40, 2:20, 1:16";
  for (const options of [{}, { encoding: "raw" }, { compress: "gzip" as const }]) {
    using copy = await vol.memoryCutout(box, { ...past, ...options });
    expect([copy.hasGraph, copy.path.protocol]).toEqual([false, "mem"]);
    expect((await copy.download(box)).data).toEqual((await vol.download(box, past)).data);
  }
  const flat = await served.open(past);
  using own = await flat.memoryCutout(box);
  expect((await own.download(box)).data).toEqual((await flat.download(box)).data);
  using plain = await flat.memoryCutout(box, { agglomerate: false });
  expect((await plain.download(box)).data).toEqual((await vol.download(box)).data);
});

describe("what is asked", () => {
  test("of the past once, of the present each time", async () => {
    const fresh = await served.open();
    const labels = served.layer.graph.supervoxels;
    served.asked();
    await fresh.getRoots(labels, { timestamp: TIMES.merge });
    await fresh.getRoots(labels.slice(3, 9), { timestamp: TIMES.merge });
    expect(served.asked().length).toBe(1);
    await fresh.getRoots(labels, { timestamp: TIMES.merge, stopLayer: 2 });
    await fresh.getRoots(labels, { timestamp: TIMES.split });
    expect(served.asked().length).toBe(2);
    await fresh.getRoots(labels);
    await fresh.getRoots(labels);
    await fresh.getRoots(labels, { timestamp: Date.now() / 1000 - 5 });
    await fresh.getRoots(labels, { timestamp: Math.ceil(Date.now() / 1000 - 5) });
    expect(served.asked().length).toBe(4);
    fresh.graph.clearCache();
    await fresh.getRoots(labels, { timestamp: TIMES.merge });
    expect(served.asked().length).toBe(1);
  });

  test("at the same time: together, and no label twice", async () => {
    const labels = served.layer.graph.supervoxels;
    served.server.asked.length = 0;
    const found = await Promise.all(labels.map((label) => vol.getRoot(label)));
    expect(found).toEqual(labels.map((label) => rootAt(label)));
    expect(served.server.asked.map(({ body }) => body.length)).toEqual([8 * labels.length]);
    served.server.asked.length = 0;
    served.server.trouble = [{ times: 1, delay: 300 }];
    const early = vol.getRoots(labels.slice(0, 5));
    await new Promise((done) => setTimeout(done, 100));
    const late = vol.getRoots(labels.slice(2, 8));
    expect([...(await late)]).toEqual(labels.slice(2, 8).map((label) => rootAt(label)));
    expect([...(await early)]).toEqual(labels.slice(0, 5).map((label) => rootAt(label)));
    expect(served.server.asked.map(({ body }) => body.length)).toEqual([40, 24]);
  });

  test("who leaves does not take the others along", async () => {
    const labels = served.layer.graph.supervoxels.slice(0, 3);
    served.server.trouble = [{ times: 1, delay: 200 }];
    const gone = new AbortController();
    const leaving = vol.getRoots(labels, { signal: gone.signal });
    const staying = vol.getRoots(labels);
    gone.abort();
    await expect(leaving).rejects.toThrow(AbortError);
    expect([...(await staying)]).toEqual(labels.map((label) => rootAt(label)));
    await expect(vol.getRoots(labels, { signal: AbortSignal.abort() })).rejects.toThrow(AbortError);
  });

  test("large questions go in gzip", async () => {
    const label = served.layer.graph.supervoxels[0]!;
    served.server.trouble = [{ on: /roots_binary/, times: 1, body: new Uint8Array(8 * 130_000) }];
    served.server.asked.length = 0;
    const many = BigUint64Array.from({ length: 130_000 }, (_, i) => label + BigInt(i));
    expect((await vol.getRoots(many)).length).toBe(130_000);
    expect(served.server.asked[0]!.headers["content-encoding"]).toBe("gzip");
  });
});

test("leaves and points at other levels, boxes outside", async () => {
  const [root] = await vol.getRoots([served.layer.objects[0]![0]!]);
  const all = await vol.getLeaves(root!, vol.bounds);
  expect([...all].sort()).toEqual([...served.layer.graph.state().leaves.get(root!)!].sort());
  await expect(vol.getLeaves(root!, [0, 0, 0, 900, 9, 9])).rejects.toThrow("leaves its bounds");
  const unbounded = await served.open({ bounded: false, fillMissing: true });
  served.asked();
  const outside = await unbounded.download("100:110, 0:5, 0:5", { segids: [root!] });
  expect([new Set(outside.data as BigUint64Array), served.asked()]).toEqual([new Set([0n]), []]);
  const values = await vol.pointValues([[3, 4, 5]], { agglomerate: true });
  expect(values).toEqual(
    BigUint64Array.of((await vol.downloadPoint([3, 4, 5], { size: 1, agglomerate: true })).data[0] as bigint),
  );
});

test("nothing is written", async () => {
  expect(vol.readonly).toBe(true);
  await expect(vol.upload("0:16, 0:16, 0:8", 1n)).rejects.toThrow(ReadOnlyException);
  await expect(vol.commitInfo()).rejects.toThrow(ReadOnlyException);
  await expect(vol.mesh.delete(1n)).rejects.toThrow(ReadOnlyException);
  await expect(vol.mesh.list()).rejects.toThrow(UnsupportedFormatError);
  expect((await vol.refreshInfo()).scales.length).toBe(1);
});

test("version 1.0 alone", async () => {
  const old = await serveLayer({ versions: [0] });
  const legacy = await CloudVolume.open(old.path.replace("/table/", "/1.0/"), { secrets: TOKEN });
  const labels = old.layer.objects[0]!;
  old.asked();
  const roots = await legacy.getRoots(labels, { timestamp: TIMES.merge });
  expect([...roots]).toEqual(labels.map((label) => old.layer.graph.rootOf(label, TIMES.merge)));
  expect(old.asked()[0]).toBe(
    `GET /segmentation/1.0/ds/graph/${[...labels].sort((a, b) => (a < b ? -1 : 1))[0]}/root?timestamp=${TIMES.merge}`,
  );
  const leaves = await legacy.getLeaves(roots[0]!, legacy.bounds);
  expect(leaves.length).toBe(old.layer.graph.stateWith(roots[0]!)!.leaves.get(roots[0]!)!.length);
  await expect(legacy.getRoots(labels, { stopLayer: 2 })).rejects.toThrow(UnsupportedGrapheneAPIVersionError);
  await expect(legacy.getChunkMappings(roots[0]!)).rejects.toThrow(UnsupportedGrapheneAPIVersionError);
  const mesh = await legacy.mesh.get(roots[0]!, { allowMissing: true });
  expect(old.asked().some((line) => line.startsWith("GET /meshing/1.0/ds/manifest/"))).toBe(true);
  expect(mesh.faceCount).toBeGreaterThan(0);
});

describe("in a browser", () => {
  test("fetch sends what a GET can carry, and gives the same", async () => {
    const asked: RequestInit[] = [];
    const transport = fetchTransport({ connectTimeout: 5000, idleTimeout: 5000 }, (url, init) => {
      asked.push(init ?? {});
      return fetch(url, init);
    });
    const server = parseServer(parsePath(served.path));
    const token = { authorization: `Bearer ${TOKEN}` };
    const credentials = { get: async () => token, refresh: async () => undefined };
    const service = httpService(server.origin, { transport, credentials });
    const info = parseGrapheneInfo(vol.info, "info");
    const graph = new Graph({ server, service, info, bodiesInGet: false });
    const labels = served.layer.graph.supervoxels;
    expect(await graph.getRoots(labels)).toEqual(await vol.getRoots(labels));
    const [root] = await graph.getRoots(labels);
    served.asked();
    const question = { segment: root!, lod: 0, startLayer: 2, verify: true, segids: true };
    const manifest = await readManifest({ graph, prefix: "", cache: () => undefined }, question, {});
    expect(served.asked()).toEqual([
      `GET /meshing/api/v1/table/ds/manifest/${root}:0?verify=True&return_seg_ids=1&start_layer=2`,
    ]);
    expect(manifest?.fragments.length).toBe(manifest?.segids?.length);
    expect(asked.at(-1)!.body).toBeNull();
  });
});

describe("meshes", () => {
  test("missing ones", async () => {
    const gone = vol.graph.encodeLabel(4, 0, 0, 0, 999n);
    await expect(vol.mesh.get(gone)).rejects.toThrow(MeshMissingError);
    expect((await vol.mesh.get(gone, { fuse: false, allowMissing: true })).size).toBe(0);
    expect((await vol.mesh.get(gone, { allowMissing: true })).empty).toBe(true);
  });

  test("exists, numLods, own files", async () => {
    const parts = [...served.layer.graph.state(0).leaves.keys()].filter(
      (n) => layerOf(served.layer.graph.layout, n) === 2,
    );
    for (const kind of ["precomputed", "sharded"] as const) {
      const own = kind === "precomputed" ? served : await serveLayer({ meshes: "sharded", encoding: "raw" });
      const volume = await own.open();
      const found = await volume.mesh.exists(parts);
      const [there] = [...found].find(([, key]) => key !== undefined)!;
      expect(await volume.mesh.numLods(there)).toBe(1);
      const mesh = (await volume.mesh.get(there, { bypass: true, fuse: false })).get(there)!;
      expect(mesh.faceCount).toBeGreaterThan(0);
      if (kind === "precomputed") continue;
      expect(found.get(there)).toMatch(/initial\/2\/\d+-\d\.shard$/);
      // Without the places that the server gives: the shards' own indices.
      const [root] = await volume.getRoots([own.layer.objects[0]![0]!]);
      const byIndex = await volume.mesh.get(root!, { useByteOffsets: false });
      const byPlace = await volume.mesh.get(root!);
      expect([byIndex.vertices, byIndex.faces]).toEqual([byPlace.vertices, byPlace.faces]);
      await expect(volume.mesh.get(volume.graph.encodeLabel(1, 0, 0, 0, 1))).rejects.toThrow(
        "no sharding for a layer",
      );
    }
  });

  test("manifests stay in the disk cache, unless a box is asked for", async () => {
    const folder = scratchDirectory();
    const cached = await served.open({ cache: folder });
    const [root] = await cached.getRoots([served.layer.objects[0]![0]!]);
    served.asked();
    const mesh = await cached.mesh.get(root!);
    expect(served.asked().length).toBe(1);
    const again = await (await served.open({ cache: folder })).mesh.get(root!);
    expect(served.asked()).toEqual(["GET /segmentation/table/ds/info"]);
    expect(again.equals(mesh)).toBe(true);
    expect(cached.cache.has(`mesh_mip_0_test/${root}:0`)).toBe(true);
    await cached.mesh.get(root!, { boundingBox: [0, 0, 0, 20, 20, 16] });
    expect(served.asked().length).toBe(1);
    rmSync(folder, { recursive: true });
  });
});
