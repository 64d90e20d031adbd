import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Fault, type FaultServer, randomPlan, startFaultServer } from "../../../test/servers/fault.js";
import {
  AuthorizationError,
  type CloudVolumeError,
  IntegrityError,
  StorageError,
  TimeoutError,
  UnsupportedCompressionType,
} from "../../base/errors.js";
import { RetryBudget } from "../retry-budget.js";
import type { ByteRange, Store, Stored } from "../store.js";
import { type HttpStoreOptions, httpStore } from "./index.js";

const CONTENT = Uint8Array.from({ length: 300 }, (_, i) => i * 7);
const GZIPPED = new Uint8Array(gzipSync(CONTENT));
const RANGE = { offset: 100, length: 50 };
const PART = CONTENT.subarray(100, 150);

let server: FaultServer;
let store: Store;
const open = (options: HttpStoreOptions = {}): Store =>
  httpStore(server.url, {
    idleTimeout: 60,
    budget: new RetryBudget({ reserve: 10 ** 6 }),
    ...options,
    retry: { tries: 3, firstWait: 1, longestWait: 2, ...options.retry },
  });

beforeAll(async () => {
  server = await startFaultServer(
    new Map([
      ["key", { bytes: CONTENT, compression: "none" }],
      ["zipped", { bytes: GZIPPED, compression: "gzip" }],
    ]),
  );
  store = open();
});
afterAll(async () => {
  await store.close?.();
  await server.close();
});
beforeEach(() => {
  server.requests.length = 0;
});

type Expected = "whole" | "part" | "missing" | (new (what: string) => CloudVolumeError);
type Row = readonly [title: string, fault: Fault, expected: Expected, requests: number];

async function outcome(range?: ByteRange): Promise<Stored | undefined | unknown> {
  try {
    return await store.read("key", { range });
  } catch (error) {
    return error;
  }
}

function check(result: unknown, expected: Expected): void {
  if (expected === "missing") expect(result).toBeUndefined();
  else if (expected === "whole") expect(result).toMatchObject({ bytes: CONTENT, compression: "none" });
  else if (expected === "part") expect(result).toMatchObject({ bytes: PART, compression: "none" });
  else {
    expect(result).toBeInstanceOf(expected);
    expect(result).toMatchObject({ where: `${server.url}/key` });
  }
}

const status = (n: number): Fault => ({ kind: "status", status: n });
const header = (name: string, value: string | undefined): Fault => ({
  kind: "headers",
  headers: { [name]: value },
});

/** The same for a whole object and for a part. */
const both: readonly Row[] = [
  ["200 with content", { kind: "none" }, "whole", 1],
  ...[404, 410].map((n): Row => [`${n}`, status(n), "missing", 1]),
  ...[401, 403].map((n): Row => [`${n}`, status(n), AuthorizationError, 1]),
  ...[204, 205, 300, 304, 400, 402, 405, 406, 409, 411, 412, 413, 414, 415, 418, 421, 422, 451].map(
    (n): Row => [`${n}`, status(n), StorageError, 1],
  ),
  ...[408, 429, 500, 501, 502, 503, 504, 507, 520, 529, 599].map(
    (n): Row => [`${n}`, status(n), StorageError, 3],
  ),
  ["a body cut at once", { kind: "cut", after: 0 }, IntegrityError, 3],
  ["a body cut after a byte", { kind: "cut", after: 1 }, IntegrityError, 3],
  ["a body cut before its last byte", { kind: "cut", after: 49 }, IntegrityError, 3],
  ["a reset before the answer", { kind: "reset" }, StorageError, 3],
  ["a reset in the body", { kind: "reset", after: 20 }, StorageError, 3],
  ["an answer that comes in time", { kind: "delay", milliseconds: 20 }, "whole", 1],
  ["an answer that comes too late", { kind: "delay", milliseconds: 400 }, TimeoutError, 3],
  ["no answer", { kind: "hang" }, TimeoutError, 3],
  ["a body that stops", { kind: "hang", after: 10 }, TimeoutError, 3],
  ["a body in drops", { kind: "drip", bytes: 25, milliseconds: 10 }, "whole", 1],
  ["a body in too rare drops", { kind: "drip", bytes: 5, milliseconds: 400 }, TimeoutError, 3],
  ["a length that is too large", { kind: "length", by: 1 }, IntegrityError, 3],
  ["a length that is far too large", { kind: "length", by: 10 ** 12 }, StorageError, 1],
  ["a chunked body", { kind: "chunked" }, "whole", 1],
  ["a chunked body that is cut", { kind: "chunked", after: 30 }, IntegrityError, 3],
  ["no length but the connection's end", { kind: "unmeasured" }, "whole", 1],
  ["what is not HTTP", { kind: "garbage" }, StorageError, 3],
  ["an unknown encoding", header("Content-Encoding", "deflate"), UnsupportedCompressionType, 1],
  ["two encodings", header("Content-Encoding", "gzip, gzip"), UnsupportedCompressionType, 1],
  ["an encoding that is none", header("Content-Encoding", "identity"), "whole", 1],
  ["an upload's encoding", header("Content-Encoding", "aws-chunked"), "whole", 1],
];

const whole: readonly Row[] = [
  ...both,
  ["a length that is too small", { kind: "length", by: -5 }, StorageError, 3],
  ["206 though all was asked for", status(206), StorageError, 1],
  ["416 though all was asked for", status(416), StorageError, 1],
  ["a label of gzip on what is not", header("Content-Encoding", "gzip"), "whole", 1],
  ["a label of zstd on what is not", header("Content-Encoding", "zstd"), "whole", 1],
];

const range = (value: string | undefined): Fault => header("Content-Range", value);
const part: readonly Row[] = [
  ...both.map(([title, fault, expected, n]): Row => {
    if (title === "a length that is far too large") return [title, fault, IntegrityError, 3];
    return [title, fault, expected === "whole" ? "part" : expected, n];
  }),
  ["all instead of the part", { kind: "ignore-range" }, "part", 1],
  ["no Content-Range", range(undefined), IntegrityError, 3],
  ["a Content-Range that is none", range("bytes 100-149"), IntegrityError, 3],
  ["a Content-Range of other units", range("items 100-149/300"), IntegrityError, 3],
  ["a part that begins too early", range("bytes 99-148/300"), IntegrityError, 3],
  ["a part that begins too late", range("bytes 101-150/300"), IntegrityError, 3],
  ["a part that ends too early", range("bytes 100-148/300"), IntegrityError, 3],
  ["a part that ends too late", range("bytes 100-150/300"), IntegrityError, 3],
  ["a part beyond its object", range("bytes 100-149/120"), IntegrityError, 3],
  ["a part that ends before it begins", range("bytes 149-100/300"), IntegrityError, 3],
  ["an unsatisfied Content-Range", range("bytes */300"), IntegrityError, 3],
  ["a Content-Range without the size", range("bytes 100-149/*"), "part", 1],
  ["a part that is shorter and says so", { kind: "clipped", by: 1 }, IntegrityError, 3],
  ["a length that is too small", { kind: "length", by: -5 }, IntegrityError, 3],
  ["a cut that shows in nothing but the length", { kind: "unmeasured", after: 49 }, IntegrityError, 3],
  // Asked whether the object has such a part, the server contradicts itself.
  ["416 for what is there", status(416), StorageError, 1],
];

describe("a whole object", () => {
  it.each(whole)("%s", async (_title, fault, expected, requests) => {
    server.plan(fault);
    check(await outcome(), expected);
    expect(server.requests.length).toBe(requests);
  });

  const passing = whole.filter(([, , , requests]) => requests === 3);
  it.each(passing)("%s once, then right: is right", async (_title, fault) => {
    server.plan((n) => (n === 0 ? fault : { kind: "none" }));
    check(await outcome(), "whole");
    expect(server.requests.length).toBe(2);
  });
});

describe("a part", () => {
  it.each(part)("%s", async (_title, fault, expected, requests) => {
    server.plan((_n, request) => (request.method === "HEAD" ? status(400) : fault));
    check(await outcome(RANGE), expected);
    expect(server.requests.filter((r) => r.method === "GET").length).toBe(requests);
  });

  const passing = part.filter(([, , , requests]) => requests === 3);
  it.each(passing)("%s once, then right: is right", async (_title, fault) => {
    server.plan((n) => (n === 0 ? fault : { kind: "none" }));
    check(await outcome(RANGE), "part");
    expect(server.requests.length).toBe(2);
  });

  it("refused though it is there is never taken for the end", async () => {
    server.plan((_n, request) => (request.method === "HEAD" ? { kind: "none" } : status(416)));
    check(await outcome(RANGE), IntegrityError);
    check(await outcome({ suffixLength: 5 }), IntegrityError);
    expect((await store.read("key", { range: { offset: 300, length: 5 } }))?.bytes.length).toBe(0);
  });

  it("out of too large an object from a server without ranges is refused", async () => {
    server.plan({ kind: "ignore-range" });
    const small = open({ sliceLimit: 299 });
    await expect(small.read("key", { range: RANGE })).rejects.toThrow(
      /longer than allowed.*at most 299 bytes/,
    );
    expect(server.requests.length).toBe(1);
    const enough = open({ sliceLimit: 300 });
    expect((await enough.read("key", { range: RANGE }))?.bytes).toEqual(PART);
  });
});

describe("stat", () => {
  const rows: readonly Row[] = [
    ...both.filter(([, fault]) => fault.kind === "status" && ![405, 501].includes(fault.status)),
    ["no answer", { kind: "hang" }, TimeoutError, 3],
    ["a reset", { kind: "reset" }, StorageError, 3],
    ["an unknown encoding", header("Content-Encoding", "deflate"), UnsupportedCompressionType, 1],
  ];
  it.each(rows)("%s", async (_title, fault, expected, requests) => {
    server.plan(fault);
    check(await store.stat("key").catch((e: unknown) => e), expected);
    expect(server.requests.map((r) => r.method)).toEqual(new Array(requests).fill("HEAD"));
  });

  it.each([405, 501])("%i to HEAD: the first byte is asked for instead", async (n) => {
    server.plan((_n, request) => (request.method === "HEAD" ? status(n) : { kind: "none" }));
    expect(await store.stat("key")).toMatchObject({ size: 300, compression: "none" });
    expect(await store.stat("none")).toBeUndefined();
    server.plan((_n, request) => (request.method === "HEAD" ? status(n) : { kind: "ignore-range" }));
    expect(await store.stat("zipped")).toMatchObject({ size: GZIPPED.length, compression: "gzip" });
    server.plan((_n, request) => (request.method === "HEAD" ? status(n) : status(403)));
    await expect(store.stat("key")).rejects.toThrow(AuthorizationError);
  });
});

describe("labels", () => {
  it("a body that was decoded on the way is what it is", async () => {
    server.plan({ kind: "decoded" });
    expect(await store.read("zipped")).toMatchObject({ bytes: CONTENT, compression: "none" });
    server.plan({ kind: "none" });
    expect(await store.read("zipped")).toMatchObject({ bytes: GZIPPED, compression: "gzip" });
  });

  it("a missing label is not made up", async () => {
    server.plan(header("Content-Encoding", undefined));
    expect(await store.read("zipped")).toMatchObject({ bytes: GZIPPED, compression: "none" });
  });

  it("a part that does not begin at the start keeps its label", async () => {
    server.plan({ kind: "none" });
    expect((await store.read("zipped", { range: { offset: 5, length: 5 } }))?.compression).toBe("gzip");
    server.plan(header("Content-Encoding", "gzip"));
    expect((await store.read("key", { range: { offset: 0, length: 5 } }))?.compression).toBe("none");
  });
});

describe("the caller's place", () => {
  it("is asked for again when a read is tried again, and filled rightly in the end", async () => {
    for (const fault of [
      { kind: "cut", after: 99 },
      { kind: "chunked" },
      { kind: "ignore-range" },
    ] as const) {
      server.plan((n) => (n === 0 ? fault : { kind: "none" }));
      const memory = new Uint8Array(1000).fill(1);
      const into = (length: number): Uint8Array => memory.subarray(500, 500 + length);
      expect((await store.read("key", { into }))?.bytes).toEqual(CONTENT);
      server.plan(fault.kind === "cut" ? { kind: "none" } : fault);
      const read = await store.read("key", { into, range: RANGE });
      expect(read?.bytes).toEqual(PART);
      expect(read?.bytes.byteOffset).toBe(500);
      expect(memory.subarray(0, 500).every((b) => b === 1)).toBe(true);
    }
  });
});

describe("lengths", () => {
  it("a source shorter or longer than declared is never a success", async () => {
    for (let by = -299; by <= 300; by += 23) {
      if (by === 0) continue;
      server.plan({ kind: "length", by });
      const single = open({ retry: { tries: 1 } });
      for (const asked of [undefined, RANGE, { suffixLength: 40 }])
        await expect(single.read("key", { range: asked }), `${by}`).rejects.toThrow(StorageError);
    }
    for (let after = 0; after < 300; after += 13) {
      server.plan({ kind: "cut", after });
      await expect(open({ retry: { tries: 1 } }).read("key"), `${after}`).rejects.toThrow(IntegrityError);
    }
  });

  it("a declared length takes no memory before there is a body", async () => {
    server.plan({ kind: "length", by: 3 * 10 ** 9 });
    const before = process.memoryUsage().arrayBuffers;
    const single = open({ retry: { tries: 1 } });
    await expect(single.read("key")).rejects.toThrow(IntegrityError);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1 << 20);
  });
});

describe("many faults", () => {
  it.each([1, 2, 3])("at random, seed %i: the right bytes or a typed error, never missing", async (seed) => {
    server.plan(randomPlan(seed, 35));
    const patient = open({ idleTimeout: 500, retry: { tries: 5 } });
    let right = 0;
    const failures: unknown[] = [];
    const one = async (n: number): Promise<void> => {
      const offset = (n * 37) % 250;
      const asked = n % 3 === 0 ? undefined : { offset, length: 50 };
      const expected = asked === undefined ? CONTENT : CONTENT.subarray(offset, offset + 50);
      try {
        const stored = await patient.read("key", { range: asked });
        expect(Buffer.compare(stored!.bytes, expected)).toBe(0);
        right++;
      } catch (error) {
        failures.push(error);
      }
    };
    await Promise.all(Array.from({ length: 250 }, (_, n) => one(n)));
    for (const error of failures) expect(error).toBeInstanceOf(StorageError);
    expect(right).toBeGreaterThan(230);
    await patient.close?.();
  });
});

describe("what comes in drops", () => {
  it("is ended when too little comes in too long a time, however steady", async () => {
    server.plan({ kind: "drip", bytes: 1, milliseconds: 10 });
    const slow = open({ idleTimeout: 5000, slowTimeout: 120, retry: { tries: 1 } });
    const start = performance.now();
    await expect(slow.read("key")).rejects.toThrow(TimeoutError);
    expect(performance.now() - start).toBeLessThan(2000);
    await slow.close?.();
  });
});

describe("aborts", () => {
  it("at 100 points leave no request and no connection", async () => {
    const connections = (): Promise<number> =>
      new Promise((resolve, reject) => server.server.getConnections((e, n) => (e ? reject(e) : resolve(n))));
    const steady = open({ idleTimeout: 5000 });
    for (let i = 0; i < 100; i++) {
      server.plan((n) => (n % 3 === 2 ? status(503) : { kind: "drip", bytes: 10, milliseconds: 2 }));
      const controller = new AbortController();
      const read = steady.read("key", { signal: controller.signal }).then(
        () => "read",
        (error: CloudVolumeError) => error.name,
      );
      setTimeout(() => controller.abort(), i / 4);
      expect(["AbortError", "read"]).toContain(await read);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await connections()).toBe(0);
    await steady.close?.();
  });
});
