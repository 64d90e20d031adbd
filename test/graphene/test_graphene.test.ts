/** What CloudVolume's tests of graphene assert. */
import { beforeAll, describe, expect, test } from "vitest";
import { AuthenticationError } from "../../src/base/errors.js";
import { CloudVolume } from "../../src/cloudvolume.js";
import type { Mesh } from "../../src/geometry/mesh/index.js";
import { encode } from "../servers/graphene/graph.js";
import { TOKEN } from "../servers/graphene/server.js";
import { goldenEntries, goldenPath } from "../support/golden.js";
import { SIZE, TIMES } from "../support/graphene-layer.js";
import { leaveOut } from "../support/left-out.js";
import { readNpz } from "../support/npz.js";
import { scratchDirectory } from "../support/scratch.js";
import { type Served, serveLayer } from "./support.js";

let served: Served;
let vol: CloudVolume;
beforeAll(async () => {
  served = await serveLayer({ meshes: "sharded" });
  vol = await served.open();
});

describe("test_graphene.py::test_graphene_auth_token", () => {
  test.each([
    ["text", TOKEN],
    ["JSON", JSON.stringify({ token: TOKEN })],
    ["an object", { token: TOKEN }],
  ])("%s", async (_, secrets) => {
    expect((await CloudVolume.open(served.path, { secrets })).hasGraph).toBe(true);
  });
  test.each([
    ["malformed", "not a token!"],
    ["a token with other characters", "abc-def_ghi"],
    ["nothing in it", {}],
    ["empty", { token: "" }],
  ])("%s", async (_, secrets) => {
    served.asked();
    await expect(CloudVolume.open(served.path, { secrets })).rejects.toThrow(AuthenticationError);
    expect(served.asked()).toEqual([]);
  });
  test("none", async () => {
    const before = { ...process.env };
    Object.assign(process.env, {
      HOME: scratchDirectory(),
      CLOUD_VOLUME_DIR: scratchDirectory(),
      CLOUD_FILES_DIR: scratchDirectory(),
    });
    try {
      await expect(CloudVolume.open(served.path.replace("127.0.0.1", "localhost"))).rejects.toThrow(
        AuthenticationError,
      );
    } finally {
      process.env = before;
    }
  });
});

test("test_graphene.py::test_gcv: segids mask, shapes", async () => {
  const [root] = await vol.getRoots([served.layer.objects[1]![0]!]);
  const plain = await vol.download("0:40, 0:30, 0:16");
  expect(plain.shape).toEqual([40, 30, 16, 1]);
  const own = new Set(served.layer.graph.state().leaves.get(root!));
  const masked = await vol.download("0:40, 0:30, 0:16", { segids: [root!] });
  expect([...masked.data]).toEqual([...plain.data].map((v) => (own.has(v as bigint) ? root : 0n)));
  const kept = await vol.download("0:40, 0:30, 0:16", { segids: [root!], preserveZeros: true });
  const largest = 2n ** 64n - 1n;
  expect([...kept.data]).toEqual(
    [...plain.data].map((v) => (v === 0n ? 0n : own.has(v as bigint) ? root : largest)),
  );
  expect(own.size).toBeGreaterThan(1);
  expect(new Set(masked.data as BigUint64Array)).toEqual(new Set([0n, root]));
  expect((await vol.download("5, 6, 7", { segids: [root!] })).shape).toEqual([1, 1, 1, 1]);
});

test("test_graphene.py::test_get_roots: empty, zeros, roots", async () => {
  served.asked();
  expect(await vol.getRoots([])).toEqual(new BigUint64Array(0));
  expect(await vol.getRoots([0, 0])).toEqual(BigUint64Array.of(0n, 0n));
  const root = encode(served.layer.graph.layout, 4, [0, 0, 0], 1n);
  expect(await vol.getRoots([root, 0n, root])).toEqual(BigUint64Array.of(root, 0n, root));
  const part = encode(served.layer.graph.layout, 2, [0, 0, 0], 1n);
  expect(await vol.getRoots([part], { stopLayer: 2 })).toEqual(BigUint64Array.of(part));
  expect(served.asked()).toEqual([]);
  const labels = served.layer.objects[0]!;
  const roots = await vol.getRoots([labels[1]!, 0n, labels[0]!, labels[1]!], { timestamp: TIMES.made });
  expect(new Set(roots).size).toBe(2);
  expect(served.server.asked[0]!.body.length).toBe(16);
});

const golden = goldenEntries(["graphene-mesh"], "golden graphene meshes");
test.each(golden)("test_graphene.py::test_get_mesh $path has 3 components", ({ path }) => {
  const truth = readNpz(`${goldenPath(path)}/mesh.npz`);
  const { data, shape, stride } = truth.get("faces")!;
  const face = (i: number, k: number): number => Number(data[i * stride[0]! + k * stride[1]!]);
  expect(
    components(
      truth.get("vertices")!.shape[0]!,
      Array.from({ length: shape[0]! }, (_, i) => [face(i, 0), face(i, 1), face(i, 2)]),
    ),
  ).toBe(3);
});
leaveOut(
  "test_graphene.py: the sharded mesh with 21 components",
  "its shards are in a public bucket, not in the golden data",
);

test("test_graphene.py::test_get_mesh of shards: parts of several layers fit together", async () => {
  const roots = new Set(await vol.getRoots(served.layer.graph.supervoxels));
  const mesh = (await vol.mesh.get([...roots][0]!, { fuse: false })).values().next().value as Mesh;
  const loose = await vol.mesh.getFragments([...roots][0]!);
  const parts = loose.get([...roots][0]!)!;
  expect(parts.length).toBeGreaterThan(1);
  const counted = (one: Mesh): number =>
    components(
      one.vertexCount,
      Array.from({ length: one.faceCount }, (_, i) => one.face(i)),
    );
  expect(counted(mesh)).toBeLessThan(parts.reduce((sum, part) => sum + counted(part), 0));
  expect(mesh.faceCount).toBe(parts.reduce((sum, part) => sum + part.faceCount, 0));
  expect(mesh.bounds!.maxpt[0]).toBeLessThanOrEqual(SIZE[0] * 8);
});

function components(vertices: number, faces: readonly (readonly number[])[]): number {
  const up = Array.from({ length: vertices }, (_, i) => i);
  const find = (i: number): number => {
    let at = i;
    while (up[at] !== at) at = up[at] = up[up[at]!]!;
    return at;
  };
  for (const [a, b, c] of faces) {
    up[find(a!)] = find(b!);
    up[find(b!)] = find(c!);
  }
  return new Set(faces.map(([a]) => find(a!))).size;
}
