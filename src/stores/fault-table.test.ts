/** What a caller sees of each fault, on every transport: the right bytes, nothing, or a typed error, after so many requests. */
import type { IncomingMessage } from "node:http";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  type Fault,
  type FaultServer,
  type FaultServerOptions,
  startFaultServer,
} from "../../test/servers/fault.js";
import type { ServedObject } from "../../test/servers/objects.js";
import {
  AuthorizationError,
  type CloudVolumeError,
  IntegrityError,
  RedirectError,
  StorageError,
  TimeoutError,
  TooManyRedirects,
  UnsupportedCompressionType,
} from "../base/errors.js";
import { checksum } from "./checksums.js";
import type { CredentialProvider } from "./credentials.js";
import { gsStore } from "./gs/index.js";
import { httpStore } from "./http/index.js";
import { RetryBudget } from "./retry-budget.js";
import { s3Store } from "./s3/index.js";
import type { ByteRange, Store } from "./store.js";

const CONTENT = Uint8Array.from({ length: 300 }, (_, i) => i * 7);
const GZIPPED = new Uint8Array(gzipSync(CONTENT));
const RANGE = { offset: 100, length: 50 };

interface Opening {
  /** Milliseconds of silence that are borne. */
  readonly idle?: number;
  readonly tries?: number;
  readonly tokens?: readonly string[];
  readonly timeout?: number;
}

interface Kind {
  /** Where an object lies on the server. */
  readonly pathOf: (key: string) => string;
  readonly open: (url: string, opening?: Opening) => Store;
  readonly server: FaultServerOptions;
  /** Whether the server tells checksums of whole objects. */
  readonly isChecked: boolean;
  readonly redirects: boolean;
  /** The token in a request. */
  readonly tokenIn: (request: IncomingMessage) => string | undefined;
}

/** Faults of silence are found soon; nothing else is called silent on a busy machine. */
const HASTY = { forever: 60, once: 250, never: 5000 };

const usual = ({ tries = 3, timeout, idle = HASTY.never }: Opening) => ({
  idleTimeout: idle,
  timeout,
  budget: new RetryBudget({ reserve: 1000 }),
  retry: { tries, firstWait: 1, longestWait: 2 },
});

/** Credentials that are renewed from a list, one for each refusal. */
function renewing<C>(tokens: readonly string[], make: (token: string) => C): CredentialProvider<C> {
  let n = 0;
  const now = (): C | undefined => (tokens[n] === undefined ? undefined : make(tokens[n]!));
  return {
    get: async () => now(),
    refresh: async () => {
      n++;
      return now();
    },
  };
}

const bearer = (request: IncomingMessage): string | undefined =>
  request.headers.authorization?.replace(/^Bearer /, "");
const GS = "storage/v1/b/bucket/o/";
const KINDS: Readonly<Record<string, Kind>> = {
  http: {
    pathOf: (key) => key,
    open: (url, opening = {}) =>
      httpStore(url, {
        ...usual(opening),
        credentials: opening.tokens && renewing(opening.tokens, (t) => ({ authorization: `Bearer ${t}` })),
      }),
    server: { headersOf: ({ bytes }) => ({ "Content-MD5": checksum("md5", bytes) }) },
    isChecked: true,
    redirects: true,
    tokenIn: bearer,
  },
  s3: {
    pathOf: (key) => `bucket/${key}`,
    open: (url, opening = {}) =>
      s3Store({
        bucket: "bucket",
        endpoint: url,
        ...usual(opening),
        credentials:
          opening.tokens &&
          renewing(opening.tokens, (accessKeyId) => ({ accessKeyId, secretAccessKey: "s" })),
      }),
    server: { headersOf: ({ bytes }) => ({ "x-amz-checksum-crc32c": checksum("crc32c", bytes) }) },
    isChecked: true,
    redirects: false,
    tokenIn: (request) => /Credential=([^/]+)/.exec(request.headers.authorization ?? "")?.[1],
  },
  gs: {
    pathOf: (key) => `${GS}${key}`,
    open: (url, opening = {}) =>
      gsStore({
        bucket: "bucket",
        endpoint: url,
        ...usual(opening),
        credentials: opening.tokens && renewing(opening.tokens, (token) => ({ token })),
      }),
    server: {
      headersOf: ({ bytes }) => ({
        "x-goog-hash": `crc32c=${checksum("crc32c", bytes)}`,
        "x-goog-generation": "7",
      }),
      answer: ({ url = "" }) => {
        if (url.includes("alt=media") || !url.startsWith(`/${GS}key`)) return undefined;
        const body = Buffer.from(JSON.stringify({ name: "key", size: "300", generation: "7" }));
        return {
          status: 200,
          headers: { "Content-Type": "application/json", "Content-Length": `${body.length}` },
          body,
        };
      },
    },
    isChecked: true,
    redirects: false,
    tokenIn: bearer,
  },
};

type Expected = "right" | "missing" | (new (what: string) => CloudVolumeError);
/** @property only where: "whole" objects, "part"s, or both. */
type Row = readonly [
  title: string,
  fault: Fault | readonly Fault[],
  expected: Expected,
  requests: number,
  only?: "whole" | "part",
];

const status = (n: number, headers?: Record<string, string>): Fault => ({
  kind: "status",
  status: n,
  ...(headers && { headers }),
});
const header = (name: string, value: string | undefined): Fault => ({
  kind: "headers",
  headers: { [name]: value },
});
const NONE: Fault = { kind: "none" };

function rowsOf({ isChecked, redirects }: Kind): readonly Row[] {
  const refused = redirects ? RedirectError : StorageError;
  return [
    ["nothing", NONE, "right", 1],
    ["404", status(404), "missing", 1],
    ["401", status(401), AuthorizationError, 1],
    ["403", status(403), AuthorizationError, 1],
    ["403 after a 503", [status(503), status(403)], AuthorizationError, 2],
    ["404 after a 503", [status(503), status(404)], "missing", 2],
    ...[400, 405, 409, 411, 413, 414, 415, 418, 422, 451].map(
      (n): Row => [`${n}`, status(n), StorageError, 1],
    ),
    ...[408, 429, 500, 502, 503, 504].flatMap((n): Row[] => [
      [`${n} for ever`, status(n), StorageError, 3],
      [`${n} once`, [status(n), NONE], "right", 2],
      [`a burst of ${n}`, [status(n), status(n), NONE], "right", 3],
    ]),
    ["429 with Retry-After", [status(429, { "Retry-After": "0" }), NONE], "right", 2],
    [
      "503 with a date in Retry-After",
      [status(503, { "Retry-After": "Thu, 01 Jan 2015 00:00:00 GMT" }), NONE],
      "right",
      2,
    ],
    ["503 with an odd Retry-After", [status(503, { "Retry-After": "soon" }), NONE], "right", 2],
    ["a reset before the answer", { kind: "reset" }, StorageError, 3],
    ["a reset, then right", [{ kind: "reset" }, NONE], "right", 2],
    ["a reset in the body", { kind: "reset", after: 20 }, StorageError, 3],
    ["a reset in the body, then right", [{ kind: "reset", after: 20 }, NONE], "right", 2],
    ["no answer", { kind: "hang" }, TimeoutError, 3],
    ["no answer, then right", [{ kind: "hang" }, NONE], "right", 2, "whole"],
    ["a body that stalls", { kind: "hang", after: 10 }, TimeoutError, 3],
    ["a body that stalls, then right", [{ kind: "hang", after: 10 }, NONE], "right", 2, "part"],
    ["a late answer", { kind: "delay", milliseconds: 15 }, "right", 1],
    ["a body in drops", { kind: "drip", bytes: 100, milliseconds: 5 }, "right", 1],
    ["a body cut at once", { kind: "cut", after: 0 }, IntegrityError, 3],
    ["a body cut after a byte", { kind: "cut", after: 1 }, IntegrityError, 3],
    ["a body cut before its last byte", { kind: "cut", after: 49 }, IntegrityError, 3],
    ["a body cut, then right", [{ kind: "cut", after: 30 }, NONE], "right", 2],
    ["two cuts, then right", [{ kind: "cut", after: 5 }, { kind: "cut", after: 40 }, NONE], "right", 3],
    ["a length that is one too large", { kind: "length", by: 1 }, IntegrityError, 3],
    ["a length that is too small", { kind: "length", by: -5 }, StorageError, 3],
    ["a wrong length, then right", [{ kind: "length", by: 3 }, NONE], "right", 2],
    ["a chunked body", { kind: "chunked" }, "right", 1],
    ["a chunked body that is cut", { kind: "chunked", after: 30 }, IntegrityError, 3],
    ["what is not HTTP", { kind: "garbage" }, StorageError, 3],
    ["what is not HTTP, then right", [{ kind: "garbage" }, NONE], "right", 2],
    ["an unknown Content-Encoding", header("Content-Encoding", "deflate"), UnsupportedCompressionType, 1],
    ["a Content-Encoding twice", header("Content-Encoding", "gzip, gzip"), UnsupportedCompressionType, 1],
    ["a Content-Encoding of identity", header("Content-Encoding", "identity"), "right", 1],
    ["an upload's Content-Encoding", header("Content-Encoding", "aws-chunked"), "right", 1],
    ["a Content-Encoding of gzip on what is not", header("Content-Encoding", "gzip"), "right", 1, "whole"],
    ["a Content-Encoding of zstd on what is not", header("Content-Encoding", "zstd"), "right", 1, "whole"],
    ["a redirect that leads nowhere", status(302), refused, 1],
    ["a redirect to another protocol", status(302, { Location: "ftp://example.org/" }), refused, 1],
    ["a redirect to a file", status(307, { Location: "file:///etc/passwd" }), refused, 1],
    [
      "a redirect to itself",
      status(301, { Location: "?again" }),
      redirects ? TooManyRedirects : StorageError,
      redirects ? 11 : 1,
    ],
    ...(isChecked
      ? ([
          ["a byte that is another one", { kind: "flip", at: 123 }, IntegrityError, 3, "whole"],
          ["a byte that is another one, then right", [{ kind: "flip", at: 299 }, NONE], "right", 2, "whole"],
          ["a body that was compressed without a label", { kind: "encoded" }, IntegrityError, 3, "whole"],
        ] as const)
      : []),
    ["206 though all was asked for", status(206), StorageError, 1, "whole"],
    ["416 though all was asked for", status(416), StorageError, 1, "whole"],
    ["no length but the connection's end", { kind: "unmeasured" }, "right", 1],
    [
      "a cut that only the length of the part tells",
      { kind: "unmeasured", after: 49 },
      IntegrityError,
      3,
      "part",
    ],
    ["all instead of the part", { kind: "ignore-range" }, "right", 1, "part"],
    ["no Content-Range", header("Content-Range", undefined), IntegrityError, 3, "part"],
    [
      "a Content-Range of other units",
      header("Content-Range", "items 100-149/300"),
      IntegrityError,
      3,
      "part",
    ],
    ["a part that begins too early", header("Content-Range", "bytes 99-148/300"), IntegrityError, 3, "part"],
    ["a part that ends too early", header("Content-Range", "bytes 100-148/300"), IntegrityError, 3, "part"],
    ["a part that ends too late", header("Content-Range", "bytes 100-150/300"), IntegrityError, 3, "part"],
    ["a part beyond its object", header("Content-Range", "bytes 100-149/120"), IntegrityError, 3, "part"],
    ["a part that is shorter and says so", { kind: "clipped", by: 1 }, IntegrityError, 3, "part"],
    ["a wrong part, then right", [header("Content-Range", "bytes 0-49/300"), NONE], "right", 2, "part"],
    ["416 for what is there", status(416), IntegrityError, 3, "part"],
  ];
}

describe.each(Object.entries(KINDS))("%s", (_name, kind) => {
  let server: FaultServer;
  let store: Store;
  let hasty: Store;
  let patient: Store;
  const storeFor = (fault: Fault | readonly Fault[]): Store => {
    const [first, ...others] = Array.isArray(fault) ? (fault as readonly Fault[]) : [fault as Fault];
    if (first?.kind !== "hang") return store;
    return others.length === 0 ? hasty : patient;
  };
  const stores: Store[] = [];
  const open = (opening?: Opening): Store => {
    const opened = kind.open(server.url, opening);
    stores.push(opened);
    return opened;
  };
  /** Faults are for the content of objects; questions about them are answered rightly. */
  const isContent = (method: string | undefined, url = ""): boolean =>
    method === "GET" && (!url.includes(GS) || url.includes("alt=media"));
  const plan = (fault: Fault | readonly Fault[]): void => {
    const faults = Array.isArray(fault) ? (fault as readonly Fault[]) : [fault as Fault];
    let n = 0;
    server.plan((_n, request) => {
      if (!isContent(request.method, request.url)) return NONE;
      return faults[Math.min(n++, faults.length - 1)]!;
    });
  };
  const contents = (): number => server.requests.filter((r) => isContent(r.method, r.path)).length;

  beforeAll(async () => {
    const objects = new Map<string, ServedObject>([
      [kind.pathOf("key"), { bytes: CONTENT, compression: "none" }],
      [kind.pathOf("zipped"), { bytes: GZIPPED, compression: "gzip" }],
      ...Array.from({ length: 8 }, (_, i): [string, ServedObject] => [
        kind.pathOf(`chunk${i}`),
        { bytes: CONTENT.subarray(i), compression: "none" },
      ]),
    ]);
    server = await startFaultServer(objects, kind.server);
    store = open();
    hasty = open({ idle: HASTY.forever });
    patient = open({ idle: HASTY.once });
  });
  afterAll(async () => {
    for (const opened of stores) await opened.close?.();
    await server.close();
  });
  beforeEach(() => {
    server.requests.length = 0;
  });

  async function check(
    range: ByteRange | undefined,
    expected: Expected,
    requests: number,
    from: Store = store,
  ): Promise<void> {
    const result: unknown = await from.read("key", { range }).catch((error: unknown) => error);
    if (expected === "right") {
      const bytes = range === undefined ? CONTENT : CONTENT.subarray(100, 150);
      expect(result).toMatchObject({ bytes, compression: "none" });
    } else if (expected === "missing") expect(result).toBeUndefined();
    else {
      expect(result).toBeInstanceOf(expected);
      expect((result as CloudVolumeError).where).toMatch(/key$/);
    }
    expect(contents()).toBe(requests);
  }

  const rows = rowsOf(kind);
  const of = (what: "whole" | "part"): Row[] => rows.filter((row) => (row[4] ?? what) === what);
  it("has 60 rows at least", () => expect(rows.length).toBeGreaterThanOrEqual(60));

  describe("a whole object", () => {
    it.each(of("whole").map((r) => [r[0], r] as const))(
      "%s",
      async (_title, [, fault, expected, requests]) => {
        plan(fault);
        await check(undefined, expected, requests, storeFor(fault));
      },
    );
  });
  describe("a part", () => {
    it.each(of("part").map((r) => [r[0], r] as const))(
      "%s",
      async (_title, [, fault, expected, requests]) => {
        plan(fault);
        await check(RANGE, expected, requests, storeFor(fault));
      },
    );
  });

  it("what was decoded on the way is what it is; a label that is missing is not made up", async () => {
    plan({ kind: "decoded" });
    const decoded: unknown = await store.read("zipped").catch((error: unknown) => error);
    // A checksum of what is stored tells that this is not it.
    if (decoded instanceof Error) expect(decoded).toBeInstanceOf(IntegrityError);
    else expect(decoded).toMatchObject({ bytes: CONTENT, compression: "none" });
    plan(header("Content-Encoding", undefined));
    expect(await store.read("zipped")).toMatchObject({ bytes: GZIPPED, compression: "none" });
    plan(NONE);
    expect(await store.read("zipped")).toMatchObject({ bytes: GZIPPED, compression: "gzip" });
  });

  it("403 on one of many chunks fails that one alone, and is no zero", async () => {
    const denied = kind.pathOf("chunk3");
    server.plan((_n, request) => (request.url?.startsWith(`/${denied}`) ? status(403) : NONE));
    const all = await Promise.allSettled(Array.from({ length: 8 }, (_, i) => store.read(`chunk${i}`)));
    expect(all.map((r) => r.status)).toEqual(all.map((_, i) => (i === 3 ? "rejected" : "fulfilled")));
    for (const [i, r] of all.entries())
      if (r.status === "fulfilled") expect(r.value?.bytes).toEqual(CONTENT.subarray(i));
    expect((all[3] as PromiseRejectedResult).reason).toBeInstanceOf(AuthorizationError);
  });

  it("429 waits at least as long as Retry-After says", async () => {
    plan([status(429, { "Retry-After": "1" }), NONE]);
    const start = performance.now();
    await check(undefined, "right", 2);
    expect(performance.now() - start).toBeGreaterThan(950);
  });

  describe("a token that has expired", () => {
    const refuse = (good: string): void =>
      server.plan((_n, request) => (kind.tokenIn(request) === good ? NONE : status(401)));

    it("is renewed once, and the request repeated", async () => {
      refuse("new");
      const renewed = open({ tokens: ["old", "new"] });
      expect((await renewed.read("key"))?.bytes).toEqual(CONTENT);
      expect(server.requests.length).toBe(2);
      await renewed.read("key");
      expect(server.requests.length).toBe(3);
    });
    it("whose successor is refused too is a refusal, after two requests", async () => {
      refuse("neither");
      await expect(open({ tokens: ["old", "new", "newest"] }).read("key")).rejects.toThrow(
        AuthorizationError,
      );
      expect(server.requests.length).toBe(2);
    });
    it("without a successor is a refusal, after one request", async () => {
      refuse("neither");
      const error: unknown = await open({ tokens: ["c4n4ry"] })
        .read("key")
        .catch((e: unknown) => e);
      expect(error).toBeInstanceOf(AuthorizationError);
      expect(`${error} ${(error as Error).stack}`).not.toContain("c4n4ry");
      expect(server.requests.length).toBe(1);
    });
  });

  it("all tries together end in time", async () => {
    plan({ kind: "drip", bytes: 1, milliseconds: 20 });
    const start = performance.now();
    await expect(open({ timeout: 150 }).read("key")).rejects.toThrow(TimeoutError);
    expect(performance.now() - start).toBeLessThan(2000);
  });
});
