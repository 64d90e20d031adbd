import { describe, expect, it, test } from "vitest";
import {
  ArgumentError,
  AuthenticationError,
  AuthorizationError,
  ConflictError,
  IntegrityError,
  MissingError,
  StorageError,
} from "../../base/errors.js";
import { checksum } from "../checksums.js";
import { type CredentialProvider, fixedCredentials, type S3Credentials } from "../credentials.js";
import type { HttpRequest } from "../http/transport.js";
import { INSTANT, type Scripted, type ScriptedAnswer, scripted } from "../testing/scripted.js";
import { s3Store } from "./index.js";
import { bucketPlace } from "./place.js";
import { queryOf, sign } from "./sign.js";
import { elements, escapeXml, textOf, unescapeXml } from "./xml.js";

const KEYS = {
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
};

describe("signatures", () => {
  // The examples of AWS's documentation of S3 ("Authenticating Requests: Using the Authorization Header").
  const now = new Date("2013-05-24T00:00:00Z");
  test.each([
    ["lifecycle=", "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"],
    ["max-keys=2&prefix=J", "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"],
  ])("AWS's example ?%s", async (query, signature) => {
    const url = new URL(`https://examplebucket.s3.amazonaws.com/?${query}`);
    const signed = await sign({ method: "GET", url, headers: {}, body: undefined }, KEYS, "us-east-1", now);
    expect(signed.authorization).toBe(
      `AWS4-HMAC-SHA256 Credential=${KEYS.accessKeyId}/20130524/us-east-1/s3/aws4_request, ` +
        `SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=${signature}`,
    );
    expect(signed["x-amz-date"]).toBe("20130524T000000Z");
  });

  it("takes a session's token along", async () => {
    const url = new URL("https://b.s3.amazonaws.com/key");
    const keys = { ...KEYS, sessionToken: "token" };
    const signed = await sign({ method: "GET", url, headers: {}, body: undefined }, keys, "us-east-1", now);
    expect(signed["x-amz-security-token"]).toBe("token");
    expect(signed.authorization).toContain("x-amz-date;x-amz-security-token");
  });

  it("escapes and sorts queries", () => {
    expect(queryOf({ b: "a b/ü", a: "(*)'!", "list-type": "2" })).toBe(
      "a=%28%2A%29%27%21&b=a%20b%2F%C3%BC&list-type=2",
    );
  });
});

describe("places", () => {
  test.each([
    [{ bucket: "b" }, "https://b.s3.us-east-1.amazonaws.com/a/c%20d?x=1"],
    [{ bucket: "b", region: "eu-west-1" }, "https://b.s3.eu-west-1.amazonaws.com/a/c%20d?x=1"],
    [{ bucket: "b.c" }, "https://s3.us-east-1.amazonaws.com/b.c/a/c%20d?x=1"],
    [{ bucket: "b", addressing: "path" }, "https://s3.us-east-1.amazonaws.com/b/a/c%20d?x=1"],
    [{ bucket: "b", region: "cn-north-1" }, "https://b.s3.cn-north-1.amazonaws.com.cn/a/c%20d?x=1"],
    [{ bucket: "b", endpoint: "https://host:9000" }, "https://host:9000/b/a/c%20d?x=1"],
    [{ bucket: "b", endpoint: "https://host/above/" }, "https://host/above/b/a/c%20d?x=1"],
    [{ bucket: "b", endpoint: "http://host", addressing: "virtual" }, "http://b.host/a/c%20d?x=1"],
  ] as const)("%o", (options, url) => {
    expect(bucketPlace(options).url("a/c d", { x: "1" }).href).toBe(url);
  });

  test.each(["ftp://host", "host:9000", "https://user@host", "https://host?x=1", ""])(
    "no endpoint: %j",
    (endpoint) => {
      expect(() => bucketPlace({ bucket: "b", endpoint })).toThrow(ArgumentError);
    },
  );
});

describe("xml", () => {
  it("finds elements and their text", () => {
    const xml = '<?xml version="1.0"?><A xmlns="x"><K>a&lt;&#10;&#x1f9e0;&amp;lt;</K><K/><K >b</K ></A>';
    expect(elements(xml, "K").slice(0, 2)).toEqual(["a&lt;&#10;&#x1f9e0;&amp;lt;", ""]);
    expect(textOf(xml, "K")).toBe("a<\n\u{1f9e0}&lt;");
    expect(textOf(xml, "L")).toBeUndefined();
    expect(unescapeXml("&unknown; &#1114112;")).toBe("&unknown; &#1114112;");
  });

  it("escapes what it can", () => {
    expect(unescapeXml(escapeXml('<a & "b">\'\n\t')!)).toBe('<a & "b">\'\n\t');
    for (const text of ["\0", "\x1b", "\ufffe", "\ud800"]) expect(escapeXml(text)).toBeUndefined();
  });
});

const error = (code: string, more = ""): string =>
  `<?xml version="1.0"?><Error><Code>${code}</Code>${more}</Error>`;
const store = (
  answer: (request: HttpRequest, n: number) => ScriptedAnswer | "reset",
  more: Partial<Parameters<typeof s3Store>[0]> = {},
): { store: ReturnType<typeof s3Store>; transport: Scripted } => {
  const transport = scripted(answer);
  const common = { bucket: "b", path: "layer", surroundings: INSTANT };
  return { transport, store: s3Store({ ...common, transport, ...more }) };
};

describe("refusals", () => {
  test.each([
    [404, error("NoSuchKey"), undefined],
    [404, "", undefined],
    [404, error("NoSuchBucket"), MissingError],
    [403, error("AccessDenied"), AuthorizationError],
    [403, "", AuthorizationError],
    [403, error("InvalidAccessKeyId"), AuthenticationError],
    [403, error("SignatureDoesNotMatch"), AuthenticationError],
    [403, error("RequestTimeTooSkewed"), AuthorizationError],
    [403, error("InvalidObjectState"), StorageError],
    [400, error("ExpiredToken"), AuthenticationError],
    [400, error("InvalidToken"), AuthenticationError],
    [401, "", AuthorizationError],
    [412, error("PreconditionFailed"), ConflictError],
    [400, error("InvalidArgument"), StorageError],
    [501, error("NotImplemented"), StorageError],
    [405, error("MethodNotAllowed"), StorageError],
    [301, error("PermanentRedirect"), StorageError],
  ])("%d %s", async (status, body, type) => {
    const { store: s3 } = store(() => ({ status, body }));
    if (type === undefined) expect(await s3.read("key")).toBeUndefined();
    else await expect(s3.read("key")).rejects.toThrow(type);
  });

  it("403 is named as denied or missing", async () => {
    const { store: s3, transport } = store(() => ({ status: 403, body: error("AccessDenied") }));
    await expect(s3.read("key")).rejects.toThrow(/s3:\/\/b\/layer\/key.*AccessDenied.*ListBucket.*missing/s);
    expect(transport.requests.length).toBe(1);
  });

  test.each([
    [503, error("SlowDown")],
    [500, error("InternalError")],
    [400, error("RequestTimeout")],
    [429, ""],
    [409, error("OperationAborted")],
  ])("%d %s passes", async (status, body) => {
    const { store: s3, transport } = store((_, n) =>
      n < 2 ? { status, body } : { status: 200, body: "abc" },
    );
    expect((await s3.read("key"))?.bytes).toEqual(new TextEncoder().encode("abc"));
    expect(transport.requests.length).toBe(3);
  });
});

describe("requests", () => {
  it("of anonymous readers carry no signature", async () => {
    const { store: s3, transport } = store(() => ({ status: 200, body: "abc" }));
    await s3.read("a b", { range: { offset: 0, length: 3 } }).catch(() => undefined);
    const [request] = transport.requests;
    expect(request?.url.href).toBe("https://b.s3.us-east-1.amazonaws.com/layer/a%20b");
    expect(Object.keys(request!.headers).sort()).toEqual(["accept-encoding", "range", "user-agent"]);
  });

  it("of payers say so, and write without an ACL unless one is asked for", async () => {
    const credentials = fixedCredentials<S3Credentials>(KEYS);
    const { store: s3, transport } = store(() => ({ status: 200 }), { requesterPays: true, credentials });
    await s3.write!("key", Uint8Array.of(1), {
      compression: "bz2",
      contentType: "image/png",
      cacheControl: "no-cache",
    });
    expect(transport.requests[0]?.headers).toMatchObject({
      "x-amz-request-payer": "requester",
      "content-encoding": "bzip2",
      "content-type": "image/png",
      "cache-control": "no-cache",
    });
    expect(transport.requests[0]?.headers.authorization).toContain("x-amz-request-payer");
    expect(transport.requests[0]?.headers["x-amz-acl"]).toBeUndefined();
    const open = store(() => ({ status: 200 }), { acl: "public-read", credentials });
    await open.store.write!("key", Uint8Array.of(1));
    expect(open.transport.requests[0]?.headers["x-amz-acl"]).toBe("public-read");
  });

  test.each([
    [301, error("PermanentRedirect"), { "x-amz-bucket-region": "eu-central-1" }],
    [400, error("AuthorizationHeaderMalformed", "<Region>eu-central-1</Region>"), {}],
    [307, "", { "x-amz-bucket-region": "eu-central-1" }],
  ])("go on in the bucket's region after %d", async (status, body, headers) => {
    const { store: s3, transport } = store(
      ({ url }) =>
        url.host.includes("eu-central-1") ? { status: 200, body: "abc" } : { status, body, headers },
      { credentials: fixedCredentials<S3Credentials>(KEYS) },
    );
    for (let i = 0; i < 2; i++) expect((await s3.read("key"))?.bytes.length).toBe(3);
    expect(transport.requests.map(({ url }) => url.host)).toEqual([
      "b.s3.us-east-1.amazonaws.com",
      "b.s3.eu-central-1.amazonaws.com",
      "b.s3.eu-central-1.amazonaws.com",
    ]);
    expect(transport.requests[1]?.headers.authorization).toContain("/eu-central-1/s3/");
  });

  it("with expired credentials are sent once more with newer ones, and not again", async () => {
    const asked: string[] = [];
    const credentials: CredentialProvider<S3Credentials> = {
      get: async () => KEYS,
      refresh: async (refused) => {
        asked.push(refused.accessKeyId);
        return { ...KEYS, accessKeyId: "NEWER" };
      },
    };
    const isNew = ({ headers }: HttpRequest): boolean => headers.authorization?.includes("NEWER") === true;
    const good = store(
      (r) => (isNew(r) ? { status: 200, body: "abc" } : { status: 400, body: error("ExpiredToken") }),
      { credentials },
    );
    expect((await good.store.read("key"))?.bytes.length).toBe(3);
    expect([asked, good.transport.requests.length]).toEqual([[KEYS.accessKeyId], 2]);
    const bad = store(() => ({ status: 400, body: error("ExpiredToken") }), { credentials });
    await expect(bad.store.read("key")).rejects.toThrow(AuthenticationError);
    expect(bad.transport.requests.length).toBe(2);
  });
});

describe("checksums", () => {
  const bytes = Uint8Array.from({ length: 5000 }, (_, i) => i);
  const etag = `"${Buffer.from(checksum("md5", bytes), "base64").toString("hex")}"`;
  test.each([
    ["crc32c", { "x-amz-checksum-crc32c": checksum("crc32c", bytes), etag: '"other"' }],
    ["crc32", { "x-amz-checksum-crc32": checksum("crc32", bytes) }],
    ["md5", { etag }],
    [undefined, { etag, "x-amz-server-side-encryption": "aws:kms" }],
    [undefined, { etag: '"00000000000000000000000000000000-3"' }],
    [undefined, { "x-amz-checksum-crc32c": `${checksum("crc32c", bytes)}-2` }],
  ])("%s is compared", async (checked, headers) => {
    const { store: s3 } = store(() => ({
      status: 200,
      body: bytes,
      headers: headers as Record<string, string>,
    }));
    expect((await s3.read("key"))?.checked).toBe(checked);
    if (checked === undefined) return;
    let n = 0;
    const damaged = store(() => {
      const wrong = bytes.slice();
      wrong[n++ % bytes.length]! ^= 1;
      return { status: 200, body: wrong, headers: headers as Record<string, string> };
    });
    await expect(damaged.store.read("key")).rejects.toThrow(IntegrityError);
    expect(damaged.transport.requests.length).toBe(7);
  });
});

describe("conditions", () => {
  const SILENT = { endpoint: "http://old", credentials: fixedCredentials<S3Credentials>(KEYS) };

  it("are refused on servers that pass over them, unless unsafe", async () => {
    const { store: s3, transport } = store(() => ({ status: 200 }), SILENT);
    for (const ifVersion of [null, '"abc"'])
      await expect(s3.write!("key", Uint8Array.of(1), { ifVersion })).rejects.toThrow(/unsafe/);
    expect(transport.requests.some(({ url }) => url.pathname.endsWith("/key"))).toBe(false);
    const made = transport.requests.filter((r) => r.method === "PUT").map(({ url }) => url.pathname);
    const removed = transport.requests.filter((r) => r.method === "DELETE").map(({ url }) => url.pathname);
    expect(new Set(removed)).toEqual(new Set(made));
    const wild = store(
      ({ method }) => ({ status: 200, headers: method === "HEAD" ? { etag: '"abc"' } : {} }),
      SILENT,
    );
    await wild.store.write!("key", Uint8Array.of(1), { ifVersion: '"abc"', unsafe: true });
    await expect(
      wild.store.write!("key", Uint8Array.of(1), { ifVersion: '"abd"', unsafe: true }),
    ).rejects.toThrow(ConflictError);
  });

  it("are asked for once", async () => {
    const { store: s3, transport } = store(
      ({ url }) => ({ status: url.pathname.includes("conditions") ? 412 : 200 }),
      SILENT,
    );
    for (let i = 0; i < 3; i++) await s3.write!("key", Uint8Array.of(1), { ifVersion: '"abc"' });
    expect(transport.requests.length).toBe(4);
  });

  test.each([
    ["its own bytes", "own", true],
    ["another's", "other", false],
  ])("after a lost reply, %s", async (_, there, won) => {
    const own = new TextEncoder().encode("own");
    const { store: s3 } = store((request, n) => {
      if (request.method === "GET") return { status: 200, body: there, headers: { etag: '"new"' } };
      return n === 0 ? "reset" : { status: 412, body: error("PreconditionFailed") };
    });
    const versions: string[] = [];
    const written = s3.write!("key", own, { ifVersion: '"old"', onVersion: (v) => void versions.push(v) });
    if (won) await written;
    else await expect(written).rejects.toThrow(ConflictError);
    expect(versions).toEqual(won ? ['"new"'] : []);
  });

  it("without a lost reply: the same bytes of another are a conflict", async () => {
    const { store: s3, transport } = store(() => ({ status: 412, body: error("PreconditionFailed") }));
    await expect(s3.write!("key", Uint8Array.of(1), { ifVersion: null })).rejects.toThrow(ConflictError);
    expect(transport.requests.length).toBe(1);
  });
});
