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
import { AuthorizationError, type CloudVolumeError, IntegrityError, TimeoutError } from "../base/errors.js";
import { checksum } from "./checksums.js";
import type { CredentialProvider } from "./credentials.js";
import { gsStore } from "./gs/index.js";
import { httpStore } from "./http/index.js";
import { RetryBudget } from "./retry-budget.js";
import { s3Store } from "./s3/index.js";
import type { ByteRange, Store } from "./store.js";
import { type Expected, header, type Manners, NONE, type Row, rowsOf, status } from "./testing/fault-rows.js";

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

interface Kind extends Manners {
  /** Where an object lies on the server. */
  readonly pathOf: (key: string) => string;
  readonly open: (url: string, opening?: Opening) => Store;
  readonly server: FaultServerOptions;
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
