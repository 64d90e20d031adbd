import { describe, expect, it, test } from "vitest";
import {
  ArgumentError,
  AuthorizationError,
  ConflictError,
  IntegrityError,
  MissingError,
  StorageError,
} from "../../base/errors.js";
import { checksum } from "../checksums.js";
import type { BearerCredentials, CredentialProvider } from "../credentials.js";
import type { HttpRequest } from "../http/transport.js";
import { INSTANT, type Scripted, type ScriptedAnswer, scripted } from "../testing/scripted.js";
import { gsStore } from "./index.js";

type Answer = (request: HttpRequest, n: number) => ScriptedAnswer | "reset";
const store = (
  answer: Answer,
  more: Partial<Parameters<typeof gsStore>[0]> = {},
): { store: ReturnType<typeof gsStore>; transport: Scripted } => {
  const transport = scripted(answer);
  return {
    transport,
    store: gsStore({ bucket: "b", path: "layer", surroundings: INSTANT, transport, ...more }),
  };
};
const error = (code: number, message: string): string => JSON.stringify({ error: { code, message } });
const resource = (more: object = {}): string => JSON.stringify({ size: "3", generation: "7", ...more });

describe("refusals", () => {
  test.each([
    [404, "No such object: b/layer/key", undefined],
    [404, error(404, "The specified bucket does not exist."), MissingError],
    [401, error(401, "Anonymous caller does not have storage.objects.get access"), AuthorizationError],
    [403, error(403, "x does not have storage.objects.get access"), AuthorizationError],
    [412, error(412, "conditionNotMet"), ConflictError],
    [400, error(400, "Invalid argument"), StorageError],
    [400, "<html>", StorageError],
  ])("%d %s", async (status, body, type) => {
    const { store: gs, transport } = store(() => ({ status, body }));
    if (type === undefined) expect(await gs.read("key")).toBeUndefined();
    else await expect(gs.read("key")).rejects.toThrow(type);
    expect(transport.requests.length).toBe(1);
  });

  test.each([
    [429, ""],
    [503, ""],
    [408, ""],
    [403, error(403, "rateLimitExceeded")],
  ])("%d %s passes", async (status, body) => {
    const { store: gs, transport } = store((_, n) =>
      n < 2 ? { status, body } : { status: 200, body: "abc" },
    );
    expect((await gs.read("key"))?.bytes.length).toBe(3);
    expect(transport.requests.length).toBe(3);
  });
});

describe("requests", () => {
  it("carry the token, the payer's project, and names as they are", async () => {
    const credentials: CredentialProvider<BearerCredentials> = {
      get: async () => ({ token: "secret" }),
      refresh: async () => undefined,
    };
    const { store: gs, transport } = store(() => ({ status: 404 }), { credentials, userProject: "mine" });
    await gs.read("a b/%?#");
    const [request] = transport.requests;
    expect(request?.url.href).toBe(
      "https://storage.googleapis.com/storage/v1/b/b/o/layer%2Fa%20b%2F%25%3F%23?alt=media&userProject=mine",
    );
    expect(request?.headers.authorization).toBe("Bearer secret");
    expect(request?.headers["accept-encoding"]).toContain("gzip");
  });

  it("with an expired token are sent once more with a newer one, and not again", async () => {
    let asked = 0;
    const credentials: CredentialProvider<BearerCredentials> = {
      get: async () => ({ token: "old" }),
      refresh: async () => {
        asked++;
        return { token: "new" };
      },
    };
    const isNew = ({ headers }: HttpRequest): boolean => headers.authorization === "Bearer new";
    const good = store((r) => (isNew(r) ? { status: 200, body: "abc" } : { status: 401 }), { credentials });
    expect((await good.store.read("key"))?.bytes.length).toBe(3);
    const bad = store(() => ({ status: 401 }), { credentials });
    await expect(bad.store.read("key")).rejects.toThrow(AuthorizationError);
    expect([asked, good.transport.requests.length, bad.transport.requests.length]).toEqual([2, 2, 2]);
  });

  it("of a store tell labels, checksums and the version that is wanted", async () => {
    const { store: gs, transport } = store(() => ({ status: 200, body: resource() }));
    const bytes = Uint8Array.of(1, 2, 3);
    const versions: string[] = [];
    const onVersion = (v: string): void => void versions.push(v);
    await gs.write!("key", bytes, {
      compression: "gzip",
      cacheControl: "no-cache",
      ifVersion: null,
      onVersion,
    });
    await gs.write!("key", bytes, { ifVersion: "12" });
    const [first, second] = transport.requests;
    const body = new TextDecoder().decode(first?.body);
    expect(body).toContain(
      `"contentEncoding":"gzip","cacheControl":"no-cache","crc32c":"${checksum("crc32c", bytes)}"`,
    );
    expect(first?.url.searchParams.get("ifGenerationMatch")).toBe("0");
    expect(second?.url.searchParams.get("ifGenerationMatch")).toBe("12");
    expect(versions).toEqual(["7"]);
    await expect(gs.write!("key", bytes, { ifVersion: '"etag"' })).rejects.toThrow(ConflictError);
  });

  test.each(["ftp://h", "h:1", "https://u@h", "https://h?x"])("refuses the endpoint %j", (endpoint) => {
    expect(() => store(() => ({ status: 200 }), { endpoint })).toThrow(ArgumentError);
  });
});

describe("checksums", () => {
  const bytes = Uint8Array.from({ length: 3000 }, (_, i) => i);
  const crc = `crc32c=${checksum("crc32c", bytes)}`;
  const md5 = `md5=${checksum("md5", bytes)}`;
  test.each([
    ["crc32c", { "x-goog-hash": `${crc}, ${md5}` }],
    ["md5", { "x-goog-hash": md5 }],
    [undefined, {}],
    [undefined, { "x-goog-hash": "crc32c=AAAAAA==", "x-goog-stored-content-encoding": "gzip" }],
  ])("%s is compared", async (checked, headers) => {
    const told = headers as Record<string, string>;
    const { store: gs } = store(() => ({ status: 200, body: bytes, headers: told }));
    expect((await gs.read("key"))?.checked).toBe(checked);
    if (checked === undefined) return;
    const wrong = bytes.slice();
    wrong[2000]! ^= 16;
    const damaged = store(() => ({ status: 200, body: wrong, headers: told }));
    await expect(damaged.store.read("key")).rejects.toThrow(IntegrityError);
  });
});

describe("uploads in parts", () => {
  const PART = 256 * 1024;
  const bytes = Uint8Array.from({ length: 3 * PART + 5 }, (_, i) => i * 7);
  const good = { size: String(bytes.length), generation: "9", crc32c: checksum("crc32c", bytes) };

  /** A server of one upload that forgets `loses` bytes of each part, and answers by `fault` first. */
  function server(
    fault: Answer | undefined,
    told: object = good,
    loses = 0,
  ): ReturnType<typeof store> & { kept(): number } {
    const kept = new Uint8Array(bytes.length);
    let end = 0;
    const opened = store(
      (request, n) => {
        if (request.method === "POST")
          return { status: 200, headers: { location: "https://up.test/session?id=1" } };
        if (request.method === "DELETE") return { status: request.url.host === "up.test" ? 499 : 204 };
        const range = /^bytes (?:(\d+)-(\d+)|\*)\/(\d+)$/.exec(request.headers["content-range"] ?? "");
        if (range?.[1] !== undefined && Number(range[1]) <= end) {
          const from = Number(range[1]);
          const part = request.body!.subarray(
            0,
            request.body!.length > loses ? -loses || undefined : undefined,
          );
          kept.set(part, from);
          end = Math.max(end, from + part.length);
        }
        const faulty = fault?.(request, n);
        if (faulty !== undefined && faulty !== null) return faulty;
        if (end === bytes.length) return { status: 200, body: JSON.stringify(told) };
        return { status: 308, headers: end === 0 ? {} : { range: `bytes=0-${end - 1}` } };
      },
      { partsAbove: 1000, partSize: PART },
    );
    return { ...opened, kept: () => Buffer.compare(kept, bytes) };
  }

  it("goes up part by part", async () => {
    const { store: gs, transport, kept } = server(undefined);
    await gs.write!("key", bytes);
    expect(kept()).toBe(0);
    expect(transport.requests.map((r) => r.headers["content-range"])).toEqual([
      undefined,
      ...[0, 1, 2].map((i) => `bytes ${i * PART}-${(i + 1) * PART - 1}/${bytes.length}`),
      `bytes ${3 * PART}-${bytes.length - 1}/${bytes.length}`,
    ]);
    expect(
      transport.requests.every((r) => r.url.host !== "up.test" || r.headers.authorization === undefined),
    ).toBe(true);
  });

  test.each([1, 2, 4, 5])("goes on after a reply that was lost, the %dth", async (lost) => {
    const { store: gs, kept } = server((_, n) => (n === lost ? "reset" : (undefined as never)));
    await gs.write!("key", bytes);
    expect(kept()).toBe(0);
  });

  it("goes on where Google has it up to", async () => {
    const { store: gs, kept } = server(undefined, good, 1000);
    await gs.write!("key", bytes);
    expect(kept()).toBe(0);
  });

  it("is ended if it fails", async () => {
    const { store: gs, transport } = server((r) =>
      r.headers["content-range"]?.startsWith(`bytes ${PART}-`) ? { status: 400 } : (undefined as never),
    );
    await expect(gs.write!("key", bytes)).rejects.toThrow(StorageError);
    expect(transport.requests.at(-1)).toMatchObject({
      method: "DELETE",
      url: new URL("https://up.test/session?id=1"),
    });
  });

  it("is taken back if Google stored something else", async () => {
    const { store: gs, transport } = server(undefined, { ...good, crc32c: "AAAAAA==" });
    await expect(gs.write!("key", bytes)).rejects.toThrow(IntegrityError);
    const last = transport.requests.at(-1)!;
    expect([last.method, last.url.searchParams.get("ifGenerationMatch")]).toEqual(["DELETE", "9"]);
  });
});
