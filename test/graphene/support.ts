/** A fake graph server and a volume on it, for a test file. */
import { afterAll } from "vitest";
import { CloudVolume, type OpenOptions } from "../../src/cloudvolume.js";
import { type FakeGraphServer, fakeGraphServer, TOKEN } from "../servers/graphene/server.js";
import { type LayerKind, type MadeLayer, makeGrapheneLayer } from "../support/graphene-layer.js";

export interface Served {
  readonly server: FakeGraphServer;
  readonly layer: MadeLayer;
  readonly path: string;
  open(options?: OpenOptions): Promise<CloudVolume>;
  /** What was asked since the last look: method and path with its query. */
  asked(): string[];
}

export async function serveLayer(kind: Partial<LayerKind> = {}): Promise<Served> {
  let layer: MadeLayer | undefined;
  const server = await fakeGraphServer(async (url) => {
    layer = await makeGrapheneLayer(url, {
      meshes: "precomputed",
      encoding: "compressed_segmentation",
      offset: [0, 0, 0],
      ...kind,
    });
    return layer;
  });
  afterAll(() => server.close());
  const path = `graphene://${server.url}/segmentation/table/ds`;
  return {
    server,
    layer: layer!,
    path,
    open: (options = {}) => CloudVolume.open(path, { secrets: TOKEN, ...options }),
    asked: () => server.asked.splice(0).map(({ method, target }) => `${method} ${target}`),
  };
}
