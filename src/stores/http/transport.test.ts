import { createServer, type Server } from "node:net";
import { gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type FaultServer, startFaultServer } from "../../../test/servers/fault.js";
import type { ServedObject } from "../../../test/servers/objects.js";
import { startStaticServer, type TestServer } from "../../../test/servers/static.js";
import {
  AbortError,
  IntegrityError,
  RedirectError,
  StorageError,
  TimeoutError,
  TooManyRedirects,
} from "../../base/errors.js";
import type { Surroundings } from "../retry.js";
import { testStore } from "../testing.js";
import { httpStore } from "./index.js";
import { retryAfter } from "./outcome.js";
import { parseContentRange } from "./part.js";
import { fetchTransport } from "./transport.fetch.js";
import type { HttpRequest, Transport } from "./transport.js";
import { mayPass } from "./transport.node.js";

const CONTENT = Uint8Array.from({ length: 100_000 }, (_, i) => i * 7);
const once = { tries: 1 };
let server: FaultServer;
beforeAll(async () => {
  server = await startFaultServer(new Map([["key", { bytes: CONTENT, compression: "none" }]]));
});
afterAll(() => server.close());
beforeEach(() => {
  server.requests.length = 0;
});

const tick = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/** How many sockets and timers keep the process alive. */
const handles = (): number =>
  process.getActiveResourcesInfo().filter((kind) => /TCPSocket|TLS|Timeout/.test(kind)).length;

/** Waits until no more is open than was: the server's ends need a moment. */
async function nothingLeft(before: number): Promise<void> {
  for (let n = 0; n < 50 && handles() > before; n++) await tick(10);
  expect(handles()).toBeLessThanOrEqual(before);
}

describe("an abort", () => {
  it("ends a request at any moment, with its connection", async () => {
    const before = handles();
    const plans = [
      { kind: "hang" },
      { kind: "hang", after: 500 },
      { kind: "drip", bytes: 100, milliseconds: 1 },
      { kind: "delay", milliseconds: 200 },
      { kind: "status", status: 503 },
    ] as const;
    for (const plan of plans) {
      server.plan(plan);
      for (let n = 0; n < 12; n++) {
        const store = httpStore(server.url);
        const controller = new AbortController();
        const reads = [
          store.read("key", { signal: controller.signal }),
          store.read("key", { signal: controller.signal, range: { offset: 5, length: 5000 } }),
          store.stat("key", { signal: controller.signal }),
        ];
        const settled = Promise.allSettled(reads);
        await tick(n);
        controller.abort();
        for (const result of await settled)
          if (result.status === "rejected") expect(result.reason).toBeInstanceOf(AbortError);
      }
    }
    await nothingLeft(before);
  });

  it("leaves no listener on the signal", async () => {
    server.plan({ kind: "none" });
    const controller = new AbortController();
    let listeners = 0;
    const { signal } = controller;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...args: Parameters<typeof add>) => {
      listeners++;
      add(...args);
    };
    signal.removeEventListener = (...args: Parameters<typeof remove>) => {
      listeners--;
      remove(...args);
    };
    const store = httpStore(server.url, { concurrency: 2 });
    await Promise.all(Array.from({ length: 6 }, () => store.read("key", { signal })));
    expect(listeners).toBe(0);
  });
});

describe("after its end", () => {
  it("a failed request leaves nothing open", async () => {
    const before = handles();
    for (const plan of [
      { kind: "hang" },
      { kind: "cut", after: 9 },
      { kind: "garbage" },
      { kind: "reset" },
    ] as const) {
      server.plan(plan);
      const store = httpStore(server.url, { idleTimeout: 40, retry: once });
      await expect(store.read("key")).rejects.toThrow(StorageError);
    }
    await nothingLeft(before);
  });

  it("a closed store leaves nothing open", async () => {
    const plain = await startStaticServer(new Map([["key", { bytes: CONTENT, compression: "none" }]]));
    const before = handles();
    const store = httpStore(plain.url);
    await Promise.all(Array.from({ length: 5 }, () => store.read("key")));
    expect(handles()).toBeGreaterThan(before);
    await store.close?.();
    await nothingLeft(before);
    await plain.close();
  });
});

describe("connections", () => {
  it("that are refused are tried again", async () => {
    const gone = await startStaticServer(new Map());
    await gone.close();
    const store = httpStore(gone.url, { retry: { tries: 3, firstWait: 1 } });
    await expect(store.read("key")).rejects.toThrow(/ECONNREFUSED, 3 times/);
  });

  it("that never come about end in time", async () => {
    const silent: Server = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const { port } = silent.address() as { port: number };
    const store = httpStore(`https://127.0.0.1:${port}`, { connectTimeout: 50, retry: once });
    await expect(store.read("key")).rejects.toThrow(TimeoutError);
    await expect(store.read("key")).rejects.toThrow(/could not be reached in time/);
    silent.close();
  });

  it("that were served while this thread was busy are no timeouts", async () => {
    server.plan({ kind: "drip", bytes: 20_000, milliseconds: 5 });
    const store = httpStore(server.url, { idleTimeout: 40, retry: once });
    const reading = store.read("key");
    for (let n = 0; n < 5; n++) {
      await tick(4);
      for (const end = performance.now() + 80; performance.now() < end; );
    }
    expect((await reading)?.bytes.length).toBe(CONTENT.length);
  });

  it("that the server has given up are replaced at once", async () => {
    const plain = await startStaticServer(new Map([["key", { bytes: CONTENT, compression: "none" }]]));
    const waits: number[] = [];
    const surroundings: Surroundings = {
      now: () => 0,
      random: () => 1,
      sleep: async (milliseconds) => void waits.push(milliseconds),
    };
    const store = httpStore(plain.url, { surroundings });
    for (let n = 0; n < 5; n++) {
      expect((await store.read("key"))?.bytes.length).toBe(CONTENT.length);
      plain.server.closeIdleConnections();
    }
    expect(waits.filter((w) => w > 0)).toEqual([]);
    await store.close?.();
    await plain.close();
  });

  it.each([
    ["ECONNRESET", true],
    ["ECONNREFUSED", true],
    ["ETIMEDOUT", true],
    ["EPIPE", true],
    ["EAI_AGAIN", true],
    ["ENETUNREACH", true],
    ["HPE_INVALID_CONSTANT", true],
    ["ENOTFOUND", false],
    ["CERT_HAS_EXPIRED", false],
    ["ERR_TLS_CERT_ALTNAME_INVALID", false],
    ["DEPTH_ZERO_SELF_SIGNED_CERT", false],
    ["EACCES", false],
  ])("%s may pass: %s", (code, expected) => expect(mayPass(code)).toBe(expected));
});

describe("Retry-After", () => {
  it.each([
    ["7", 7000],
    [" 120 ", 120_000],
    ["0", 1],
    ["Thu, 01 Jan 1970 00:01:00 GMT", 60_000],
    ["Wed, 31 Dec 1969 23:00:00 GMT", 1],
    ["soon", undefined],
    ["", undefined],
    [undefined, undefined],
  ])("%j is %j ms", (value, expected) => {
    const headers = value === undefined ? {} : { "retry-after": value };
    expect(retryAfter({ status: 429, headers }, 0)).toBe(expected);
  });

  it("is granted, up to two minutes", async () => {
    const waits: number[] = [];
    const surroundings: Surroundings = {
      now: () => 0,
      random: () => 0,
      sleep: async (ms) => void waits.push(ms),
    };
    const wishes = ["3", "100000"];
    server.plan((n) =>
      n < 2 ? { kind: "status", status: 503, headers: { "Retry-After": wishes[n]! } } : { kind: "none" },
    );
    expect((await httpStore(server.url, { surroundings }).read("key"))?.bytes.length).toBe(CONTENT.length);
    expect(waits).toEqual([3000, 120_000]);
  });
});

describe("Content-Range", () => {
  it.each([
    ["bytes 0-9/100", { span: { from: 0, to: 10 }, total: 100 }],
    ["BYTES 5-5/*", { span: { from: 5, to: 6 }, total: undefined }],
    ["bytes */100", { span: undefined, total: 100 }],
    ["bytes 0-9", undefined],
    ["0-9/100", undefined],
    ["bytes 0-9/100, 20-29/100", undefined],
    ["", undefined],
  ])("%j", (value, expected) => expect(parseContentRange(value)).toEqual(expected));
});

describe("redirects", () => {
  let other: TestServer;
  const there = Uint8Array.of(9, 8, 7, 6);
  beforeEach(async () => {
    other = await startStaticServer(
      new Map<string, ServedObject>([["moved", { bytes: there, compression: "none" }]]),
    );
  });
  afterEach(() => other.close());
  const to = (location: string | undefined, status = 302): void =>
    server.plan({ kind: "status", status, headers: location === undefined ? {} : { Location: location } });

  it.each([301, 302, 303, 307, 308])("%i is followed, with the range", async (status) => {
    to(`${other.url}/moved`, status);
    const store = httpStore(server.url);
    expect(await store.read("key")).toMatchObject({ bytes: there });
    expect(await store.read("key", { range: { offset: 1, length: 2 } })).toMatchObject({
      bytes: there.slice(1, 3),
    });
    expect(await store.stat("key")).toMatchObject({ size: 4 });
    await store.close?.();
  });

  it("take no credentials to another server", async () => {
    to(`${other.url.replace("//", "//user:pass@")}/moved`);
    const store = httpStore(server.url.replace("//", "//me:secret@"), { headers: { "x-api-key": "secret" } });
    await store.read("key");
    expect(server.requests[0]?.headers).toMatchObject({ "x-api-key": "secret" });
    expect(server.requests[0]?.headers).toHaveProperty("authorization");
    const { headers } = other.requests[0]!;
    expect(headers).not.toHaveProperty("authorization");
    expect(headers).not.toHaveProperty("x-api-key");
    await store.close?.();
  });

  it("on one server keep credentials, and may be relative", async () => {
    server.plan((n) =>
      n === 0 ? { kind: "status", status: 302, headers: { Location: "../key" } } : { kind: "none" },
    );
    const store = httpStore(`${server.url}/layer`, { headers: { "x-api-key": "secret" } });
    expect((await store.read("old"))?.bytes.length).toBe(CONTENT.length);
    expect(server.requests.map((r) => [r.path, r.headers["x-api-key"]])).toEqual([
      ["/layer/old", "secret"],
      ["/key", "secret"],
    ]);
  });

  it("in circles end", async () => {
    to("/key");
    await expect(httpStore(server.url).read("key")).rejects.toThrow(TooManyRedirects);
    expect(server.requests.length).toBe(11);
  });

  it.each([
    "file:///etc/passwd",
    "ftp://127.0.0.1/x",
    "data:text/plain,x",
    "gs://bucket/x",
    "http://",
    undefined,
  ])("to %s are refused", async (location) => {
    to(location);
    await expect(httpStore(server.url).read("key")).rejects.toThrow(RedirectError);
    expect(server.requests.length).toBe(1);
  });

  it("never go from https to http", async () => {
    const asked: string[] = [];
    const transport: Transport = {
      send: async ({ url }: HttpRequest) => {
        asked.push(url.href);
        return { status: 302, headers: { location: "http://host/key" }, body: new Uint8Array() };
      },
      close: async () => undefined,
    };
    await expect(httpStore("https://host", { transport }).read("key")).rejects.toThrow(
      /expected https, got http/,
    );
    expect(asked).toEqual(["https://host/key"]);
  });
});

describe("by fetch", () => {
  const objects = new Map<string, ServedObject>();
  let plain: TestServer;
  beforeAll(async () => {
    plain = await startStaticServer(objects);
  });
  afterAll(() => plain.close());
  const transport = (): Transport => fetchTransport({ connectTimeout: 1000, idleTimeout: 60 });

  testStore(
    "http store",
    async () => {
      objects.clear();
      return {
        store: httpStore(`${plain.url}/layer`, { transport: transport() }),
        put: async (key, bytes, compression) => void objects.set(`layer/${key}`, { bytes, compression }),
      };
    },
    { writable: false, listable: false, sync: false, compressions: ["none"] },
  );

  it("gives what the platform decoded as what it is", async () => {
    objects.set("gz", { bytes: new Uint8Array(gzipSync(CONTENT)), compression: "gzip" });
    const store = httpStore(plain.url, { transport: transport() });
    expect(await store.read("gz")).toMatchObject({ bytes: CONTENT, compression: "none" });
  });

  it.each([
    ["a cut body", { kind: "cut", after: 10 }, StorageError],
    ["a silent server", { kind: "hang" }, TimeoutError],
    ["a body that stops", { kind: "hang", after: 10 }, TimeoutError],
    ["a reset", { kind: "reset" }, StorageError],
    ["a wrong part", { kind: "headers", headers: { "Content-Range": "bytes 1-5/9" } }, IntegrityError],
  ] as const)("%s is an error", async (_title, plan, expected) => {
    server.plan(plan);
    const options = { connectTimeout: 10, idleTimeout: 60 };
    const store = httpStore(server.url, {
      transport: fetchTransport(options),
      retry: { tries: 2, firstWait: 1 },
    });
    await expect(store.read("key", { range: { offset: 0, length: 50 } })).rejects.toThrow(expected);
    expect(server.requests.length).toBe(2);
  });

  it("is aborted at once", async () => {
    server.plan({ kind: "hang", after: 10 });
    const controller = new AbortController();
    const store = httpStore(server.url, {
      transport: fetchTransport({ connectTimeout: 5000, idleTimeout: 5000 }),
    });
    const reading = store.read("key", { signal: controller.signal });
    setTimeout(() => controller.abort(), 20);
    await expect(reading).rejects.toThrow(AbortError);
  });
});
