/** A graphene layer as it is offered to viewers: roots and their meshes, of now and of a time. */
import { beforeAll, expect, test } from "vitest";
import type { StridedArray } from "../../src/base/strided.js";
import { CloudVolume, type Servable, serve } from "../../src/node.js";
import { TOKEN } from "../servers/graphene/server.js";
import { TIMES } from "../support/graphene-layer.js";
import { difference } from "../support/voxels.js";
import { type Served, serveLayer } from "./support.js";

let served: Served;
let vol: CloudVolume;
beforeAll(async () => {
  served = await serveLayer();
  vol = await served.open();
});

async function offered(layer: Servable, timestamp?: number): Promise<StridedArray> {
  const serving = await serve(layer, { port: 0, open: { secrets: TOKEN, timestamp } });
  const again = await CloudVolume.open(serving.layers[0]!);
  const read = await again.download();
  const label = read.data.find((n) => n !== 0n) as bigint;
  if (label !== undefined && typeof layer === "string") {
    const mesh = await vol.mesh.get(label);
    expect((await again.mesh.get(label)).vertices.length).toBe(mesh.vertices.length);
  }
  await serving.close();
  return read;
}

test("by its path: roots, that have meshes", async () => {
  expect(difference(await offered(served.path), await vol.download("...", { agglomerate: true }))).toBe(
    "same",
  );
});

test("as it was", async () => {
  const timestamp = TIMES.merge;
  const past = await vol.download("...", { agglomerate: true, timestamp });
  expect(difference(past, await vol.download("...", { agglomerate: true }))).not.toBe("same");
  expect(difference(await offered(served.path, timestamp), past)).toBe("same");
});

test("a volume that was opened: what it reads itself", async () => {
  expect(difference(await offered(vol), await vol.download())).toBe("same");
});
