/** A graph server that refuses, fails, dawdles, or talks nonsense. */
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  AuthorizationError,
  CloudVolumeError,
  DecodingError,
  InfoError,
  InfoUnavailableError,
  IntegrityError,
  MeshDecodeError,
  RedirectError,
  StorageError,
  TimeoutError,
} from "../../src/base/errors.js";
import { CloudVolume } from "../../src/cloudvolume.js";
import { httpService } from "../../src/stores/http/service.js";
import { FORBIDDEN, TOKEN } from "../servers/graphene/server.js";
import { recordedServer } from "../servers/recorded.js";
import { seeded } from "../support/random.js";
import { type Served, serveLayer } from "./support.js";

let served: Served;
let vol: CloudVolume;
let labels: bigint[];
const network = { retry: { tries: 3, firstWait: 1, longestWait: 5 } };
beforeAll(async () => {
  served = await serveLayer();
  vol = await served.open({ network });
  labels = served.layer.graph.supervoxels.slice(0, 4);
});
beforeEach(() => {
  served.server.trouble = [];
  served.asked();
});

describe("refused", () => {
  test.each([
    ["a wrong token: 401", "deadbeef"],
    ["a token that may not: 403", FORBIDDEN],
  ])("%s", async (_, secrets) => {
    const opening = CloudVolume.open(served.path, { secrets, network });
    await expect(opening).rejects.toThrow(AuthorizationError);
    await expect(opening).rejects.not.toThrow(secrets);
    expect(served.asked().length).toBe(1);
  });
  test("403 later on is no missing thing", async () => {
    served.server.trouble = [{ times: 1, status: 403 }];
    await expect(vol.download("...", { agglomerate: true })).rejects.toMatchObject({ kind: "denied" });
    served.server.trouble = [{ times: 1, status: 403 }];
    await expect(vol.mesh.get(labels[0]!, { allowMissing: true })).rejects.toMatchObject({ kind: "denied" });
  });
  test("no such dataset", async () => {
    await expect(CloudVolume.open(`${served.path}x`, { secrets: TOKEN })).rejects.toThrow(
      InfoUnavailableError,
    );
  });
  test("a label that does not exist", async () => {
    const strange = vol.graph.encodeLabel(1, 0, 0, 0, 4000);
    await expect(vol.getRoots([strange])).rejects.toThrow(StorageError);
    expect(served.asked().length).toBe(1);
  });
});

describe("failing for a while", () => {
  test.each([429, 500, 502, 503, 504])("%s", async (status) => {
    served.server.trouble = [{ times: 2, status, headers: { "Retry-After": "0" } }];
    expect((await vol.getRoots(labels)).length).toBe(4);
    expect(served.asked().length).toBe(3);
  });
  test("for too long", async () => {
    served.server.trouble = [{ times: 99, status: 503 }];
    await expect(vol.getRoots(labels)).rejects.toThrow("3 times");
    expect(served.asked().length).toBe(3);
  });
  test("cut answers are asked for again, and in the end are an error", async () => {
    served.server.trouble = [{ times: 1, cut: 9 }];
    expect((await vol.getRoots(labels)).length).toBe(4);
    served.server.trouble = [{ times: 99, cut: 9 }];
    await expect(vol.getRoots(labels)).rejects.toThrow(IntegrityError);
  });
  test("slow answers end by the caller's signal, or by silence", async () => {
    served.server.trouble = [{ times: 9, delay: 2000 }];
    const from = performance.now();
    await expect(vol.getRoots(labels, { signal: AbortSignal.timeout(100) })).rejects.toThrow(
      CloudVolumeError,
    );
    const impatient = httpService(served.server.url, {
      ...{ connectTimeout: 500, idleTimeout: 100, retry: { tries: 1 } },
    });
    const asking = impatient.ask({ method: "GET", path: "segmentation/table/ds/info", limit: 1e6 });
    await expect(asking).rejects.toThrow(TimeoutError);
    expect(performance.now() - from).toBeLessThan(1500);
    await impatient.close();
  });
});

describe("nonsense", () => {
  const page = { headers: { "Content-Type": "text/html; charset=utf-8" }, body: "<html>log in</html>" };
  test("a web page says what to do", async () => {
    served.server.trouble = [{ times: 1, ...page }];
    await expect(vol.getRoots(labels)).rejects.toThrow("web page");
    served.server.trouble = [{ times: 1, ...page }];
    await expect(served.open()).rejects.toThrow(DecodingError);
    served.server.trouble = [{ times: 1, ...page }];
    await expect(vol.mesh.get(vol.graph.encodeLabel(4, 0, 0, 0, 1))).rejects.toThrow(DecodingError);
  });
  test.each([24, 31, 33, 40])("%s bytes for 4 roots", async (length) => {
    served.server.trouble = [{ times: 9, body: new Uint8Array(length) }];
    await expect(vol.getRoots(labels)).rejects.toThrow(CloudVolumeError);
  });
  test.each(["{", "[]", '{"scales": []}', "null"])("an info of %s", async (body) => {
    served.server.trouble = [{ times: 1, body }];
    await expect(served.open()).rejects.toThrow(InfoError);
  });
  test("mutated answers give typed errors or answers, and never hang", async () => {
    const random = seeded(3);
    const [root] = await vol.getRoots([labels[0]!]);
    const own = JSON.stringify(served.layer.info);
    const manifest = `{"fragments": ["${labels[0]}:0:0-16_0-16_0-16"], "seg_ids": [${labels[0]}]}`;
    let refused = 0;
    for (let i = 0; i < 150; i++) {
      const [text, ask] = random.of([
        [own, () => served.open({ network })],
        [manifest, () => vol.mesh.get(root!, { fuse: false })],
        [`{"leaf_ids": [${labels.join(", ")}]}`, () => vol.getLeaves(root!, vol.bounds)],
      ] as const);
      const body = Buffer.from(text);
      for (let n = random.integer(1, 3); n > 0; n--)
        body[random.integer(0, body.length - 1)] = random.integer(0, 255);
      served.server.trouble = [
        {
          times: 9,
          on: /info|manifest|leaves/,
          body: random.of([body, body.subarray(0, random.integer(0, body.length))]),
        },
      ];
      const outcome = await (ask() as Promise<unknown>).catch((error: unknown) => error);
      if (outcome instanceof Error) refused++;
      if (outcome instanceof Error && !(outcome instanceof CloudVolumeError)) throw outcome;
    }
    expect(refused).toBeGreaterThan(75);
  });
  test("a fragment that is no mesh", async () => {
    const [root] = await vol.getRoots([served.layer.objects[0]![0]!]);
    served.server.trouble = [{ times: 1, on: /manifest/, body: '{"fragments": ["info"]}' }];
    await expect(vol.mesh.get(root!)).rejects.toThrow(MeshDecodeError);
    for (const name of ["../info", "../../../etc/passwd", "/etc/passwd", "~2/1-0.shard:0:10"]) {
      served.server.trouble = [{ times: 1, on: /manifest/, body: JSON.stringify({ fragments: [name] }) }];
      await expect(vol.mesh.get(root!)).rejects.toThrow(MeshDecodeError);
    }
  });
});

describe("led elsewhere", () => {
  test("a POST follows only what keeps it one, and no token follows", async () => {
    const other = await recordedServer([
      { method: "POST", url: "http://x/r", type: "application/octet-stream", body: new Uint8Array(32) },
    ]);
    const to = { location: `${other.url}/r` };
    served.server.trouble = [{ times: 1, status: 307, headers: to }];
    expect(await vol.getRoots(labels)).toEqual(new BigUint64Array(4));
    expect(other.asked[0]!.body.length).toBe(32);
    expect(other.asked[0]!.headers.authorization).toBeUndefined();
    served.server.trouble = [{ times: 1, status: 302, headers: to }];
    await expect(vol.getRoots(labels)).rejects.toThrow(RedirectError);
    expect(other.asked.length).toBe(1);
    await other.close();
  });
  test("the token goes to no other server that has the supervoxels", async () => {
    const other = await recordedServer();
    const info = { ...served.layer.info, data_dir: `${other.url}/layer` } as never;
    const far = await served.open({ info, provenance: {}, fillMissing: true });
    await far.download("0:4, 0:4, 0:4");
    expect(other.asked.length).toBeGreaterThan(0);
    for (const { headers } of other.asked) expect(headers.authorization).toBeUndefined();
    await other.close();
  });
  test("a public server names no files of this machine, and no other formats", async () => {
    const open = (data_dir: string, path: string): Promise<CloudVolume> =>
      CloudVolume.open(path, {
        secrets: TOKEN,
        info: { ...served.layer.info, data_dir } as never,
        provenance: {},
      });
    const far = "graphene://https://198.51.100.7/segmentation/table/ds";
    for (const place of [
      "file:///etc",
      "/etc",
      "mem://x",
      "http://198.51.100.7/x",
      "https://127.0.0.1/x",
      "zarr://gs://b/x",
    ])
      await expect(open(place, far)).rejects.toThrow(RedirectError);
    await expect(open("zarr://gs://b/x", served.path)).rejects.toThrow(CloudVolumeError);
    expect((await open("gs://bucket/layer", far)).graph.dataDir).toBe("gs://bucket/layer");
  });
});
