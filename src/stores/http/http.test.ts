import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { ServedObject } from "../../../test/servers/objects.js";
import { startStaticServer, type TestServer } from "../../../test/servers/static.js";
import { ArgumentError } from "../../base/errors.js";
import { COMPRESSIONS } from "../../compression/names.js";
import { testStore } from "../testing.js";
import { httpStore } from "./index.js";

const objects = new Map<string, ServedObject>();
let server: TestServer;
beforeAll(async () => {
  server = await startStaticServer(objects);
});
afterAll(() => server.close());

/** Bytes as they would be in storage: what is labelled compressed begins like it, else it is seen through. */
const MAGIC = {
  none: [],
  br: [],
  gzip: [0x1f, 0x8b, 8],
  zstd: [0x28, 0xb5, 0x2f, 0xfd],
  xz: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0],
  bz2: [0x42, 0x5a, 0x68],
};

testStore(
  "http store",
  async () => {
    objects.clear();
    return {
      store: httpStore(`${server.url}/bucket/layer/`),
      put: async (key, bytes, compression) => {
        objects.set(`bucket/layer/${key}`, { bytes, compression });
      },
    };
  },
  { writable: false, listable: false, sync: false },
);

describe("http store", () => {
  it("tells the compression of what is stored, and gives it raw", async () => {
    objects.clear();
    const store = httpStore(server.url);
    for (const compression of COMPRESSIONS) {
      const bytes = Uint8Array.of(...MAGIC[compression], 1, 2, 3, 4);
      objects.set(compression, { bytes, compression });
      expect(await store.read(compression)).toMatchObject({ bytes, compression, totalSize: bytes.length });
      expect(await store.stat(compression)).toMatchObject({ size: bytes.length, compression });
      for (const range of [{ offset: 0, length: 5 }, { offset: 1, length: 3 }, { suffixLength: 2 }]) {
        const part = await store.read(compression, { range });
        expect(part, JSON.stringify(range)).toMatchObject({ compression, totalSize: bytes.length });
      }
    }
    await store.close?.();
  });

  it("asks for what it can decode, and says who it is", async () => {
    objects.set("key", { bytes: Uint8Array.of(1), compression: "none" });
    const store = httpStore(server.url, { headers: { "x-mine": "yes" } });
    server.requests.length = 0;
    await store.read("key", { range: { offset: 0, length: 1 } });
    expect(server.requests[0]).toMatchObject({
      method: "GET",
      path: "/key",
      headers: { "accept-encoding": "gzip, br, zstd", range: "bytes=0-0", "x-mine": "yes" },
    });
    await store.close?.();
  });

  it("keeps its connections", async () => {
    objects.set("key", { bytes: new Uint8Array(100), compression: "none" });
    let connections = 0;
    server.server.on("connection", () => connections++);
    const store = httpStore(server.url);
    for (let i = 0; i < 20; i++) await store.read(i % 3 === 0 ? "missing" : "key");
    expect(connections).toBe(1);
    await store.close?.();
  });

  it("has at most so many requests in flight", async () => {
    const slow = await startStaticServer(
      new Map([["key", { bytes: Uint8Array.of(1), compression: "none" }]]),
      { delay: 20 },
    );
    let most = 0;
    const counting = setInterval(
      () => slow.server.getConnections((_error, n) => (most = Math.max(most, n))),
      5,
    );
    const store = httpStore(slow.url, { concurrency: 4 });
    await Promise.all(Array.from({ length: 20 }, () => store.read("key")));
    clearInterval(counting);
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(4);
    await store.close?.();
    await slow.close();
  });

  it("sends keys as paths, and follows .. up to the server", async () => {
    objects.clear();
    const store = httpStore(`${server.url}/a/b?token=secret`);
    server.requests.length = 0;
    for (const key of ["c d/%41?#x+y", "777:0:1", "../up", "../../top", "x/../y"])
      expect(await store.read(key)).toBeUndefined();
    expect(server.requests.map((r) => r.path)).toEqual([
      "/a/b/c%20d/%2541%3F%23x%2By?token=secret",
      "/a/b/777:0:1?token=secret",
      "/a/up?token=secret",
      "/top?token=secret",
      "/a/b/y?token=secret",
    ]);
    for (const key of ["../../../x", "..", "../.."])
      await expect(store.read(key)).rejects.toThrow(ArgumentError);
    await store.close?.();
  });

  it("turns credentials of the address into a header, and shows neither them nor the query", async () => {
    objects.set("key", { bytes: Uint8Array.of(1), compression: "none" });
    const store = httpStore(server.url.replace("http://", "http://us%40er:pass@").concat("/?sig=abc"));
    server.requests.length = 0;
    await store.read("key");
    expect(server.requests[0]?.headers).toMatchObject({ authorization: `Basic ${btoa("us@er:pass")}` });
    expect(store.url("key")).toBe(`${server.url}/key`);
    await store.close?.();
  });

  it.each(["ftp://host/x", "file:///etc", "not an address", "", "//host"])(
    "refuses the address %j",
    (base) => {
      expect(() => httpStore(base)).toThrow(ArgumentError);
    },
  );

  it("never touches the platform's fetch", async () => {
    const fetch = vi.spyOn(globalThis, "fetch").mockImplementation(() => expect.unreachable());
    objects.set("key", { bytes: Uint8Array.of(1), compression: "none" });
    const store = httpStore(server.url);
    expect((await store.read("key"))?.bytes).toEqual(Uint8Array.of(1));
    expect(fetch).not.toHaveBeenCalled();
    fetch.mockRestore();
    await store.close?.();
  });
});
