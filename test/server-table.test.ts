/**
 * The server of layers, request by request: ranges, conditions, codings of packed files, methods, origins, hosts, and paths that
 * would lead elsewhere. A layer on disk, real sockets.
 */

import { writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Compression } from "../src/compression/compression.js";
import { compress } from "../src/compression/index.js";
import { CloudVolume, type Serving, serve } from "../src/node.js";
import { scratchDirectory } from "./support/scratch.js";

const SIZE = 16 ** 3;
const content = Uint8Array.from({ length: SIZE }, (_, i) => (i * 7 + (i >> 8)) & 255);
/** Each of these chunks is the same, but stored otherwise. */
const PLAIN = "/em/4_4_40/0-16_0-16_0-16";
const GZIP = "/em/4_4_40/16-32_0-16_0-16";
const BR = "/em/4_4_40/32-48_0-16_0-16";
const ZSTD = "/em/4_4_40/48-64_0-16_0-16";
const HERE: Readonly<Record<string, Compression>> = {
  [PLAIN]: "none",
  [GZIP]: "gzip",
  [BR]: "br",
  [ZSTD]: "zstd",
};
const VIEWER = "https://viewer.example";

let [open, narrow, wide]: Serving[] = [];
beforeAll(async () => {
  const folder = scratchDirectory();
  writeFileSync(join(folder, "secret"), "secret");
  const info = CloudVolume.createNewInfo({
    ...{ numChannels: 1, layerType: "image", dataType: "uint8", encoding: "raw", resolution: [4, 4, 40] },
    ...{ voxelOffset: [0, 0, 0], volumeSize: [64, 16, 16], chunkSize: [16, 16, 16] },
  });
  const vol = await CloudVolume.create(`file://${folder}/em`, { info });
  for (const [path, compression] of Object.entries(HERE)) {
    const bytes = await compress(compression, content);
    await vol.context.store.write?.(path.slice("/em/".length), bytes, { compression });
  }
  writeFileSync(join(folder, "em", "deep.bin"), content);
  open = await serve([vol], { port: 0 });
  narrow = await serve([vol], { port: 0, cors: [`${VIEWER}/`] });
  wide = await serve([vol], { port: 0, host: "0.0.0.0", names: ["box.lab.example"] });
});
afterAll(async () => {
  for (const server of [open, narrow, wide]) await server?.close();
});

type Headers = Record<string, string>;
interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** As they are: fetch would tidy paths and undo codings. */
function ask(
  server: Serving | undefined,
  path: string,
  { method = "GET", ...headers }: Headers = {},
): Promise<Reply> {
  return new Promise((done, fail) => {
    const sent = request({ host: "127.0.0.1", port: server?.port, path, method, headers }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("end", () => {
        done({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts) });
      });
    });
    sent.on("error", fail);
    sent.end();
  });
}

function same(body: Uint8Array, from: number, to: number): void {
  expect(Buffer.compare(body, content.subarray(from, to))).toBe(0);
}

describe.each([PLAIN, GZIP, BR, ZSTD])("ranges of a file, %s", (path) => {
  test.each([
    ["bytes=0-0", 0, 1],
    ["bytes=9-9", 9, 10],
    ["bytes=4095-4095", 4095, 4096],
    ["bytes=10-19", 10, 20],
    ["bytes=4000-", 4000, 4096],
    ["bytes=0-", 0, 4096],
    ["bytes=4000-9999", 4000, 4096],
    ["bytes=-1", 4095, 4096],
    ["bytes=-16", 4080, 4096],
    ["bytes=-9999", 0, 4096],
    ["Bytes = 5-6", 5, 7],
    ["bytes=5000-6000, 1-2", 1, 3],
  ])("%s", async (range, from, to) => {
    const { status, headers, body } = await ask(open, path, { Range: range, "Accept-Encoding": "gzip, br" });
    expect([status, headers["content-range"]]).toEqual([206, `bytes ${from}-${to - 1}/${SIZE}`]);
    expect(headers["content-length"]).toBe(String(to - from));
    // Parts are those of the file, not of what it is packed into.
    expect(headers["content-encoding"]).toBeUndefined();
    same(body, from, to);
  });

  test.each(["bytes=4096-", "bytes=99999-100000", "bytes=-0", "bytes=4096-4096,5000-"])(
    "%s is beyond it",
    async (range) => {
      const { status, headers, body } = await ask(open, path, { Range: range });
      expect([status, headers["content-range"], body.length]).toEqual([416, `bytes */${SIZE}`, 0]);
    },
  );

  test.each([
    "bytes=",
    "bytes=x-y",
    "bytes=1-2-3",
    "lines=0-1",
    "0-1",
    "bytes=0-1,x",
    "bytes=1.5-2",
    "bytes=-",
  ])("%s is no range: all of it", async (range) => {
    const { status, headers, body } = await ask(open, path, { Range: range });
    expect([status, headers["content-range"]]).toEqual([200, undefined]);
    same(body, 0, SIZE);
  });

  test("several ranges are several parts", async () => {
    const { status, headers, body } = await ask(open, path, { Range: "bytes=0-1, 100-109, -3" });
    const [, boundary = ""] =
      /^multipart\/byteranges; boundary=(.+)$/.exec(String(headers["content-type"])) ?? [];
    expect(status).toBe(206);
    expect(headers["content-length"]).toBe(String(body.length));
    const parts = body.toString("latin1").split(`--${boundary}`);
    expect(parts[0]).toBe("");
    expect(parts.at(-1)).toBe("--\r\n");
    const found = parts.slice(1, -1).map((part) => {
      const [head = "", data = ""] = part.split(/\r\n\r\n([\s\S]*)\r\n$/);
      return [/Content-Range: (.*)/.exec(head)?.[1], Buffer.from(data, "latin1")] as const;
    });
    expect(found.map(([place]) => place)).toEqual([
      `bytes 0-1/${SIZE}`,
      `bytes 100-109/${SIZE}`,
      `bytes 4093-4095/${SIZE}`,
    ]);
    for (const [n, [from, to]] of [
      [0, 2],
      [100, 110],
      [4093, 4096],
    ].entries())
      same(found[n]![1], from!, to!);
  });

  test("more ranges than anyone needs: all of it", async () => {
    const range = `bytes=${Array.from({ length: 40 }, (_, i) => `${i}-${i}`).join(",")}`;
    expect((await ask(open, path, { Range: range })).status).toBe(200);
  });
});

describe("codings", () => {
  test.each([
    [PLAIN, "gzip, br", undefined],
    [GZIP, "gzip", "gzip"],
    [GZIP, "gzip, deflate, br, zstd", "gzip"],
    [GZIP, "x-gzip", "gzip"],
    [GZIP, "GZIP;q=0.5", "gzip"],
    [GZIP, "br", undefined],
    [GZIP, "", undefined],
    [GZIP, "gzip;q=0", undefined],
    [GZIP, "gzip; q=0.000, br", undefined],
    [GZIP, "identity", undefined],
    [GZIP, "*", undefined],
    [BR, "br", "br"],
    [BR, "gzip, br;q=1.0", "br"],
    [BR, "gzip", undefined],
    [ZSTD, "zstd, gzip, br", undefined],
  ])("%s for readers of %s", async (path, accepted, coding) => {
    const { status, headers, body } = await ask(open, path, { "Accept-Encoding": accepted });
    expect([status, headers["content-encoding"]]).toEqual([200, coding]);
    expect(headers["content-length"]).toBe(String(body.length));
    expect(headers.vary).toContain("Accept-Encoding");
    same(coding === "gzip" ? gunzipSync(body) : coding === "br" ? brotliDecompressSync(body) : body, 0, SIZE);
    const head = await ask(open, path, { method: "HEAD", "Accept-Encoding": accepted });
    for (const name of ["content-length", "content-encoding", "content-type", "etag"])
      expect(head.headers[name]).toBe(headers[name]);
    expect([head.status, head.body.length]).toEqual([200, 0]);
  });

  test("each coding has a tag of its own", async () => {
    const tags = await Promise.all(
      ["gzip", ""].map((coding) => ask(open, GZIP, { "Accept-Encoding": coding })),
    );
    expect(new Set(tags.map(({ headers }) => headers.etag)).size).toBe(2);
  });
});

describe.each([PLAIN, GZIP, "/em/info", "/em/zarr.json"])("conditions on %s", (path) => {
  const tag = async (): Promise<string> => String((await ask(open, path)).headers.etag);

  test.each([
    ["If-None-Match", (t: string) => t, 304],
    ["If-None-Match", (t: string) => `W/${t}`, 304],
    ["If-None-Match", (t: string) => `"a", ${t}, "b"`, 304],
    ["If-None-Match", () => "*", 304],
    ["If-None-Match", () => '"another"', 200],
    ["If-Match", (t: string) => t, 200],
    ["If-Match", (t: string) => `W/${t}`, 412],
    ["If-Match", () => '"another"', 412],
    ["If-Match", () => "*", 200],
  ] as const)("%s", async (name, of, status) => {
    const own = await tag();
    expect(own).toMatch(/^"[^"]+"$/);
    const reply = await ask(open, path, { [name]: of(own) });
    expect([reply.status, reply.headers.etag]).toEqual([status, own]);
    if (status !== 200) expect(reply.body.length).toBe(0);
  });

  test("If-Range", async () => {
    const own = await tag();
    expect((await ask(open, path, { Range: "bytes=0-1", "If-Range": own })).status).toBe(206);
    for (const other of ['"another"', `W/${own}`, "Sat, 29 Oct 1994 19:43:31 GMT"])
      expect((await ask(open, path, { Range: "bytes=0-1", "If-Range": other })).status).toBe(200);
  });
});

describe("methods", () => {
  test.each(["PUT", "POST", "DELETE", "PATCH", "TRACE", "PROPFIND"])("%s is none", async (method) => {
    const { status, headers } = await ask(open, PLAIN, { method });
    expect([status, headers.allow]).toEqual([405, "GET, HEAD, OPTIONS"]);
  });

  test("HEAD does not read the file", async () => {
    const { status, headers } = await ask(open, "/em/deep.bin", { method: "HEAD" });
    expect([status, headers["content-length"], headers["accept-ranges"]]).toEqual([200, "4096", "bytes"]);
    expect((await ask(open, "/em/none", { method: "HEAD" })).status).toBe(404);
  });

  test.each([PLAIN, "/em/none", "/nothing", "/"])("OPTIONS of %s, before a page asks", async (path) => {
    const { status, headers } = await ask(open, path, {
      ...{ method: "OPTIONS", Origin: VIEWER, "Access-Control-Request-Method": "GET" },
      "Access-Control-Request-Headers": "range",
    });
    expect(status).toBe(204);
    expect(headers["access-control-allow-origin"]).toBe("*");
    expect(headers["access-control-allow-methods"]).toBe("GET, HEAD, OPTIONS");
    expect(headers["access-control-allow-headers"]).toContain("Range");
    expect(headers["access-control-allow-private-network"]).toBeUndefined();
  });

  test("OPTIONS of a page of the public network", async () => {
    const { headers } = await ask(open, PLAIN, {
      method: "OPTIONS",
      "Access-Control-Request-Private-Network": "true",
    });
    expect(headers["access-control-allow-private-network"]).toBe("true");
  });
});

describe("origins", () => {
  test("any page may read, and see what it needs", async () => {
    for (const path of [PLAIN, "/em/info", "/em/none", "/none"]) {
      const { headers } = await ask(open, path, { Origin: "https://any.example" });
      expect(headers["access-control-allow-origin"]).toBe("*");
      expect(headers["access-control-expose-headers"]).toContain("Content-Range");
      expect(headers["x-content-type-options"]).toBe("nosniff");
    }
  });

  test.each([
    [VIEWER, 200],
    [undefined, 200],
    ["https://any.example", 403],
    ["https://viewer.example.evil.example", 403],
    ["http://viewer.example", 403],
    ["null", 403],
  ])("narrowed: %s", async (origin, status) => {
    for (const method of ["GET", "HEAD", "OPTIONS"]) {
      const { headers, ...reply } = await ask(narrow, PLAIN, { method, ...(origin && { Origin: origin }) });
      expect(reply.status).toBe(status === 200 && method === "OPTIONS" ? 204 : status);
      expect(headers["access-control-allow-origin"]).toBe(status === 200 ? origin : undefined);
      if (status === 200) expect(headers.vary).toContain("Origin");
    }
  });

  test("narrowed: pages of the server itself", async () => {
    expect((await ask(narrow, PLAIN, { Origin: String(narrow?.url) })).status).toBe(200);
  });

  test.each(["viewer", "https://a.example/path", "file:///x", "*", ""])("%s is no origin", async (origin) => {
    await expect(serve("mem://none/x", { port: 0, cors: [origin] })).rejects.toThrow();
  });
});

describe("hosts", () => {
  test.each([
    "evil.example",
    "evil.example:1337",
    "10.1.2.3",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "a b",
    "@localhost",
  ])("%s is another", async (host) => {
    expect((await ask(open, PLAIN, { Host: host })).status).toBe(403);
  });
  test.each(["localhost", "LOCALHOST:1", "127.0.0.1", "[::1]:1337", "localhost:9000"])(
    "%s is this machine",
    async (host) => {
      expect((await ask(open, PLAIN, { Host: host })).status).toBe(200);
    },
  );
  test.each([
    ["box.lab.example:80", 200],
    ["10.1.2.3:1337", 200],
    ["[fe80::1]", 200],
    ["localhost", 200],
    ["evil.example", 403],
    ["lab.example", 403],
  ])("of a server for others: %s", async (host, status) => {
    expect((await ask(wide, PLAIN, { Host: host })).status).toBe(status);
  });
});

describe("paths", () => {
  test.each([
    "/secret",
    "/em/../secret",
    "/em/%2e%2e/secret",
    "/em/..%2fsecret",
    "/em/%2e%2e%2f%2e%2e%2fetc/passwd",
    "/em/..%5csecret",
    "/em/..\\secret",
    "/em/%252e%252e/secret",
    "/em/%c0%ae%c0%ae/secret",
    "/em/4_4_40/../../secret",
    "/em/4_4_40/..%00/secret",
    "/em//etc/passwd",
    "/em/./info",
    "/em/info%00",
    "/em/info%0a",
    "/em/info/",
    "/em/info/x",
    "/em/%zz",
    "/em/C:/secret",
    "/em",
    "/em/",
    "/em/4_4_40",
    "/em/4_4_40/",
    "/../em/info",
    "//em/info",
    "/",
    "/EM/info",
    "/constructor/info",
    "/__proto__/info",
    "/em/4_4_40/0-16_0-16_0-17",
    "/em/0/c/0/0/9",
    "/favicon.ico",
    `/em/${"a".repeat(4000)}`,
  ])("%s gives nothing", async (path) => {
    const { status, body } = await ask(open, path);
    expect(status).toBe(404);
    expect(body.toString()).not.toContain("secret\n");
    expect(body.toString()).not.toContain("4_4_40");
  });

  test.each([
    "/em/info",
    "/em/info?query=1",
    "/em/%69nfo",
    "/info",
    "/em/provenance",
    "/em/zarr.json",
    "/em/0/zarr.json",
    "/em/0/c/0/0/0",
    "/em.zarr2/.zgroup",
    "/em.zarr2/0/0/0/0",
    "http://127.0.0.1/em/info",
  ])("%s gives a file", async (path) => {
    expect((await ask(open, path)).status).toBe(200);
  });

  test("types", async () => {
    const type = async (path: string): Promise<unknown> => (await ask(open, path)).headers["content-type"];
    expect(await type("/em/info")).toBe("application/json");
    expect(await type("/em.zarr2/.zgroup")).toBe("application/json");
    expect(await type(PLAIN)).toBe("application/octet-stream");
  });
});

test("1,000 requests at once", async () => {
  const paths = Object.keys(HERE);
  const replies = await Promise.all(
    Array.from({ length: 1000 }, (_, i) =>
      ask(open, paths[i % 4]!, i % 3 === 0 ? { Range: `bytes=${i}-${i + 9}` } : {}),
    ),
  );
  for (const [i, { status, body }] of replies.entries()) {
    expect(status).toBe(i % 3 === 0 ? 206 : 200);
    if (i % 3 === 0) same(body, i, i + 10);
    else same(body, 0, SIZE);
  }
});
