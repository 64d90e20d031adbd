/** The server of layers, request by request: ranges, codings of packed files, conditions; many at once. Real sockets. */
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { ask, BR, GZIP, HERE, PLAIN, SIZE, same, tableServers, ZSTD } from "./support/table-server.js";

const servers = tableServers();

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
    const { status, headers, body } = await ask(servers.open, path, {
      Range: range,
      "Accept-Encoding": "gzip, br",
    });
    expect([status, headers["content-range"]]).toEqual([206, `bytes ${from}-${to - 1}/${SIZE}`]);
    expect(headers["content-length"]).toBe(String(to - from));
    // Parts are those of the file, not of what it is packed into.
    expect(headers["content-encoding"]).toBeUndefined();
    same(body, from, to);
  });

  test.each(["bytes=4096-", "bytes=99999-100000", "bytes=-0", "bytes=4096-4096,5000-"])(
    "%s is beyond it",
    async (range) => {
      const { status, headers, body } = await ask(servers.open, path, { Range: range });
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
    const { status, headers, body } = await ask(servers.open, path, { Range: range });
    expect([status, headers["content-range"]]).toEqual([200, undefined]);
    same(body, 0, SIZE);
  });

  test("several ranges are several parts", async () => {
    const { status, headers, body } = await ask(servers.open, path, { Range: "bytes=0-1, 100-109, -3" });
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
    expect((await ask(servers.open, path, { Range: range })).status).toBe(200);
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
    const { status, headers, body } = await ask(servers.open, path, { "Accept-Encoding": accepted });
    expect([status, headers["content-encoding"]]).toEqual([200, coding]);
    expect(headers["content-length"]).toBe(String(body.length));
    expect(headers.vary).toContain("Accept-Encoding");
    same(coding === "gzip" ? gunzipSync(body) : coding === "br" ? brotliDecompressSync(body) : body, 0, SIZE);
    const head = await ask(servers.open, path, { method: "HEAD", "Accept-Encoding": accepted });
    for (const name of ["content-length", "content-encoding", "content-type", "etag"])
      expect(head.headers[name]).toBe(headers[name]);
    expect([head.status, head.body.length]).toEqual([200, 0]);
  });

  test("each coding has a tag of its own", async () => {
    const tags = await Promise.all(
      ["gzip", ""].map((coding) => ask(servers.open, GZIP, { "Accept-Encoding": coding })),
    );
    expect(new Set(tags.map(({ headers }) => headers.etag)).size).toBe(2);
  });
});

describe.each([PLAIN, GZIP, "/em/info", "/em/zarr.json"])("conditions on %s", (path) => {
  const tag = async (): Promise<string> => String((await ask(servers.open, path)).headers.etag);

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
    const reply = await ask(servers.open, path, { [name]: of(own) });
    expect([reply.status, reply.headers.etag]).toEqual([status, own]);
    if (status !== 200) expect(reply.body.length).toBe(0);
  });

  test("If-Range", async () => {
    const own = await tag();
    expect((await ask(servers.open, path, { Range: "bytes=0-1", "If-Range": own })).status).toBe(206);
    for (const other of ['"another"', `W/${own}`, "Sat, 29 Oct 1994 19:43:31 GMT"])
      expect((await ask(servers.open, path, { Range: "bytes=0-1", "If-Range": other })).status).toBe(200);
  });
});

test("1,000 requests at once", async () => {
  const paths = Object.keys(HERE);
  const replies = await Promise.all(
    Array.from({ length: 1000 }, (_, i) =>
      ask(servers.open, paths[i % 4]!, i % 3 === 0 ? { Range: `bytes=${i}-${i + 9}` } : {}),
    ),
  );
  for (const [i, { status, body }] of replies.entries()) {
    expect(status).toBe(i % 3 === 0 ? 206 : 200);
    if (i % 3 === 0) same(body, i, i + 10);
    else same(body, 0, SIZE);
  }
});
