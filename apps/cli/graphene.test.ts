/** Commands on a graphene layer, with the fake server in this process. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Mesh } from "../../src/node.js";
import { type FakeGraphServer, fakeGraphServer, TOKEN } from "../../test/servers/graphene/server.js";
import { type MadeLayer, makeGrapheneLayer, TIMES } from "../../test/support/graphene-layer.js";
import { type Cli, openCli, readArray } from "./testing.js";

let cli: Cli;
let server: FakeGraphServer;
let layer: MadeLayer;
let path: string;
beforeAll(async () => {
  cli = openCli("graphene");
  server = await fakeGraphServer(async (url) => {
    layer = await makeGrapheneLayer(url, { meshes: "draco", encoding: "raw", offset: [0, 0, 0] });
    return layer;
  });
  path = `graphene://${server.url}/segmentation/table/ds`;
  writeFileSync(join(cli.folder, "token"), TOKEN);
});
afterAll(async () => {
  cli.remove();
  await server.close();
});

async function done(...args: string[]): Promise<string> {
  const { status, stdout, stderr } = await cli.run([...args, "--secrets", "token"]);
  expect({ args, status, stderr }).toMatchObject({ args, status: 0 });
  return stdout;
}

const rootAt = (label: bigint, at?: number): bigint => (label === 0n ? 0n : layer.graph.rootOf(label, at)!);

it("info", async () => {
  expect(await done("info", path)).toContain(
    `graph of 4 layers, 1.0, v1; supervoxels in ${server.url}/files/layer`,
  );
  expect(JSON.parse(await done("info", path, "--json")).format).toBe("graphene");
});

it("download", async () => {
  await done("download", path, "a.npy", "--timestamp", String(TIMES.merge));
  const roots = readArray(readFileSync(join(cli.folder, "a.npy"))).data as BigUint64Array;
  expect([...roots]).toEqual([...layer.voxels].map((label) => rootAt(label, TIMES.merge)));
  await done("download", path, "b.npy", "--agglomerate", "--stop-layer", "1");
  expect(readArray(readFileSync(join(cli.folder, "b.npy"))).data).toEqual(layer.voxels);
  const { status } = await cli.run(["download", path, "c.npy", "--stop-layer", "9", "--secrets", "token"]);
  expect(status).toBe(2);
});

it("unique and points", async () => {
  const found = JSON.parse(await done("unique", path, "--agglomerate", "--json"));
  expect(found).toEqual(
    [...new Set([...layer.voxels].map((v) => rootAt(v)))].sort((a, b) => (a < b ? -1 : 1)).map(String),
  );
  const [{ value }] = JSON.parse(await done("points", path, "3,4,5", "--agglomerate", "--json"));
  expect(value).toBe(String(rootAt(layer.voxels[3 + 64 * (4 + 32 * 5)]!)));
});

it("mesh get", async () => {
  const root = rootAt(layer.objects.find((o) => o.length > 1)![0]!);
  await done("mesh", "get", path, String(root), "--out", "m.ply");
  expect((await Mesh.load(join(cli.folder, "m.ply"))).faceCount).toBeGreaterThan(0);
  const { status } = await cli.run(["mesh", "get", path, "288230376151711999", "--secrets", "token"]);
  expect(status).toBe(3);
});
