/** Meshes over http: equal, in few requests at a time, and outcomes told apart. */
import { beforeAll, describe, expect, test } from "vitest";
import { sphere } from "../../src/geometry/mesh/testing.js";
import { AuthorizationError, CloudVolume, Mesh, MeshMissingError } from "../../src/node.js";
import { type Loopback, serveDirectory } from "../support/http-server.js";
import { scratchDirectory } from "../support/scratch.js";

const root = scratchDirectory();
const IDS = Array.from({ length: 12 }, (_, i) => BigInt(i + 1));
const LAYOUTS = ["legacy", "separate", "shards"];

let server: Loopback;
beforeAll(async () => {
  for (const name of LAYOUTS) {
    const vol = await CloudVolume.create(`file://${root}/${name}`, {
      info: {
        layerType: "segmentation",
        dataType: "uint64",
        numChannels: 1,
        encoding: "raw",
        resolution: [8, 8, 40],
        voxelOffset: [0, 0, 0],
        volumeSize: [128, 128, 64],
        mesh: "mesh",
      },
    });
    if (name !== "legacy") await vol.mesh.toMultiResolution(16);
    if (name === "shards") await vol.mesh.toSharded({ numLabels: 12 });
    await vol.mesh.commitInfo();
    await vol.mesh.put(
      IDS.map((segid) => new Mesh({ ...sphere(6, 100 + Number(segid), [900, 900, 900]), segid })),
      { lods: 2 },
    );
  }
  server = await serveDirectory(root);
});

describe.each(LAYOUTS)("%s", (name) => {
  test("the same as from the disk", async () => {
    const [here, there] = [
      await CloudVolume.open(`file://${root}/${name}`),
      await CloudVolume.open(`${server.url}/${name}`),
    ];
    const before = server.total();
    const meshes = await there.mesh.get(IDS, { fuse: false });
    const requests = server.total() - before;
    for (const id of IDS)
      expect(
        meshes.get(id)?.equals(await here.mesh.get(id, { removeDuplicateVertices: false })),
        `${id}`,
      ).toBe(true);
    if (name !== "legacy") {
      const coarse = await there.mesh.get(IDS, { lod: -1, fuse: false });
      for (const id of IDS) expect(coarse.get(id)?.equals(await here.mesh.get(id, { lod: 1 }))).toBe(true);
    }
    // Two for each mesh; in a shard neighbours share requests: info, two indices, manifests, fragments.
    expect(requests).toBeLessThanOrEqual(name === "shards" ? 8 : 2 * IDS.length + 1);
  });

  test("missing, denied and aborted are three outcomes", async () => {
    const { mesh } = await CloudVolume.open(`${server.url}/${name}`);
    await mesh.info();
    await expect(mesh.get([1, 99])).rejects.toThrow(MeshMissingError);
    expect((await mesh.exists([1, 99])).get(99n)).toBeUndefined();
    server.behave({ status: () => 403 });
    const fresh = await CloudVolume.open(`file://${root}/${name}`);
    await expect(mesh.get(2)).rejects.toThrow(AuthorizationError);
    server.behave({ delay: 200 });
    const signal = AbortSignal.timeout(20);
    await expect(mesh.get([3, 4, 5], { signal })).rejects.toMatchObject({ kind: "aborted" });
    server.behave({});
    expect((await mesh.get(3)).equals(await fresh.mesh.get(3))).toBe(true);
  });
});
