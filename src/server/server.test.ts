/** The server over real sockets: methods, ranges, origins, hosts, paths that would lead elsewhere, ports. */
import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { MissingError, StorageError } from "../base/errors.js";
import { answer } from "./answer.js";
import { type Listening, listen } from "./listen.node.js";
import { type Folder, locate, type Site } from "./site.js";
import { isOwnHost } from "./visitors.js";

const asked: string[] = [];
const bytes = Uint8Array.from({ length: 100 }, (_, i) => i);
let slow: AbortSignal | undefined;
const folder: Folder = {
  async get(key, { signal }) {
    asked.push(key);
    if (key === "0/c/0") return bytes;
    if (key === "zarr.json") return new TextEncoder().encode("{}");
    if (key === "fails") throw new StorageError("The disk is on fire");
    if (key === "slow") {
      slow = signal;
      await new Promise((_, fail) => signal?.addEventListener("abort", () => fail(signal.reason)));
    }
    return undefined;
  },
};
const site: Site = { folders: new Map([["layer", folder]]) };
let server: Listening;
beforeAll(async () => {
  server = await listen(site, { port: 0 });
});
afterAll(() => server.close());

interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** Requests as they are: fetch would tidy the path. */
function ask(path: string, { method = "GET", ...headers }: Record<string, string> = {}): Promise<Reply> {
  return new Promise((done, fail) => {
    const sent = request({ host: "127.0.0.1", port: server.port, path, method, headers }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("end", () =>
        done({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts) }),
      );
    });
    sent.on("error", fail);
    sent.end();
  });
}

describe("reading", () => {
  test("a file, whole, with its type, for pages of any origin", async () => {
    const { status, headers, body } = await ask("/layer/0/c/0");
    expect([status, headers["content-type"], headers["content-length"]]).toEqual([
      200,
      "application/octet-stream",
      "100",
    ]);
    expect(headers["access-control-allow-origin"]).toBe("*");
    expect([...body]).toEqual([...bytes]);
    expect((await ask("/layer/zarr.json")).headers["content-type"]).toBe("application/json");
    expect((await ask("/")).status).toBe(404);
  });

  test("HEAD tells the same without the bytes", async () => {
    const { status, headers, body } = await ask("/layer/0/c/0", { method: "HEAD" });
    expect([status, headers["content-length"], body.length]).toEqual([200, "100", 0]);
    expect((await ask("/layer/none", { method: "HEAD" })).status).toBe(404);
  });

  test.each([
    ["bytes=0-0", 206, [0, 1]],
    ["bytes=10-19", 206, [10, 20]],
    ["bytes=90-", 206, [90, 100]],
    ["bytes=90-1000", 206, [90, 100]],
    ["bytes=-7", 206, [93, 100]],
    ["bytes=-1000", 206, [0, 100]],
    ["bytes=90-18446744073709551615", 206, [90, 100]],
    ["bytes=-18446744073709551615", 206, [0, 100]],
    ["bytes=18446744073709551615-", 416, [0, 0]],
    ["bytes=0-,0-,0-", 200, [0, 100]],
    ["bytes=0-9,90-,-11", 200, [0, 100]],
    ["bytes=100-", 416, [0, 0]],
    ["bytes=-0", 416, [0, 0]],
    ["bytes=5-4", 416, [0, 0]],
    ["bytes=0-1,x", 200, [0, 100]],
    ["lines=0-1", 200, [0, 100]],
  ] as const)("range %s", async (range, expected, [from, to]) => {
    const { status, headers, body } = await ask("/layer/0/c/0", { Range: range });
    expect(status).toBe(expected);
    expect([...body]).toEqual([...bytes.subarray(from, to)]);
    if (status === 206) expect(headers["content-range"]).toBe(`bytes ${from}-${to - 1}/100`);
    if (status === 416) expect(headers["content-range"]).toBe("bytes */100");
  });

  test("OPTIONS of a browser, from a public page too", async () => {
    const { status, headers } = await ask("/layer/zarr.json", {
      method: "OPTIONS",
      "Access-Control-Request-Private-Network": "true",
    });
    expect(status).toBe(204);
    expect(headers["access-control-allow-methods"]).toContain("HEAD");
    expect(headers["access-control-allow-headers"]).toContain("Range");
    expect(headers["access-control-allow-private-network"]).toBe("true");
  });
});

describe("refusals", () => {
  test.each(["PUT", "POST", "DELETE", "PATCH"])("%s", async (method) => {
    const before = asked.length;
    expect((await ask("/layer/zarr.json", { method })).status).toBe(405);
    expect(asked.length).toBe(before);
  });

  test.each([
    "/layer/../secret",
    "/layer/%2e%2e/secret",
    "/layer/..%2fsecret",
    "/layer/%2e%2e%2f%2e%2e%2fetc/passwd",
    "/layer//etc/passwd",
    "/layer/./zarr.json",
    "/layer/..\\secret",
    "/layer/a%5c..%5cb",
    "/layer/zarr.json%00",
    "/layer/%zz",
    "/../layer/zarr.json",
    "/other/zarr.json",
    "//layer/zarr.json",
    "/constructor/zarr.json",
  ])("%s leads nowhere", async (path) => {
    const before = asked.length;
    expect((await ask(path)).status).toBe(404);
    expect(asked.length).toBe(before);
  });

  test("a path that is decoded twice is no other path", async () => {
    expect(locate(site, "/layer/%252e%252e/x")).toEqual({ folder, key: "%2e%2e/x" });
  });

  test.each([
    "evil.example",
    "evil.example:1337",
    "10.0.0.1",
    "127.0.0.1.evil.example",
    "127.0.0.2.evil.example",
    "127.evil",
    "localhost.evil.example",
  ])("host %s", async (host) => {
    expect((await ask("/layer/zarr.json", { Host: host })).status).toBe(403);
  });

  test("its own names", async () => {
    for (const host of ["127.0.0.1", "localhost", "LOCALHOST", "[::1]", "localhost:9000", "127.0.0.2:1337"])
      expect(isOwnHost(host)).toBe(true);
    expect(isOwnHost(undefined)).toBe(false);
  });

  test("what fails is said, and a file that is not there", async () => {
    const failed = await ask("/layer/fails");
    expect([failed.status, failed.body.toString()]).toEqual([502, "The disk is on fire\n"]);
    expect((await ask("/layer/none")).status).toBe(404);
    const missing: Folder = { get: () => Promise.reject(new MissingError("gone")) };
    const request_ = { method: "GET", url: "/a/b", headers: { host: "127.0.0.1:1" } };
    expect((await answer({ folders: new Map([["a", missing]]) }, request_)).status).toBe(404);
  });
});

describe("its life", () => {
  test("a reader that goes ends what is read for it", async () => {
    const gone = new AbortController();
    const reply = fetch(`${server.url}/layer/slow`, { signal: gone.signal });
    while (slow === undefined) await new Promise((done) => setTimeout(done, 5));
    gone.abort();
    await expect(reply).rejects.toThrow();
    while (!slow.aborted) await new Promise((done) => setTimeout(done, 5));
    expect(slow.aborted).toBe(true);
  });

  test("a port that is taken", async () => {
    await expect(listen(site, { port: server.port })).rejects.toThrow(StorageError);
    const [one, two] = [await listen(site), await listen(site)];
    expect(one.port).toBeGreaterThanOrEqual(1337);
    expect(two.port).toBeGreaterThan(one.port);
    await Promise.all([one.close(), two.close()]);
  });

  test("an address that is not this machine's is told from a port that is taken", async () => {
    await expect(listen(site, { port: 0, host: "192.0.2.1" })).rejects.toThrow(/an address of this machine/);
    await expect(listen(site, { port: server.port })).rejects.toThrow(/another port/);
  });

  test("a signal ends it", async () => {
    const end = new AbortController();
    const { url } = await listen(site, { port: 0, signal: end.signal });
    expect((await fetch(`${url}/layer/zarr.json`)).status).toBe(200);
    end.abort();
    await expect(fetch(`${url}/layer/zarr.json`)).rejects.toThrow();
    await expect(listen(site, { port: 0, signal: end.signal })).rejects.toThrow();
  });
});
