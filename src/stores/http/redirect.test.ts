import { createServer } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listen, type TestServer } from "../../../test/servers/static.js";
import { RedirectError, TooManyRedirects } from "../../base/errors.js";
import { isPrivateHost } from "../private-host.js";
import { httpStore } from "./index.js";
import { sendFollowing } from "./redirect.js";
import type { HttpAnswer, HttpRequest, Transport } from "./transport.js";
import { nodeTransport } from "./transport.node.js";

const SECRET = { authorization: "Bearer c4n4ry" };
const asked = (url: string): HttpRequest => ({
  method: "GET",
  url: new URL(url),
  headers: {},
  receive: () => ({ limit: 100, strict: true }),
});

/** A transport that answers as told, by address; anything else is content. */
function answering(
  redirects: Readonly<Record<string, string>>,
  address = "203.0.113.7",
): Transport & { seen: HttpRequest[] } {
  const seen: HttpRequest[] = [];
  return {
    seen,
    send: async (request): Promise<HttpAnswer> => {
      seen.push(request);
      const location = redirects[request.url.href];
      const body = new Uint8Array();
      return location === undefined
        ? { status: 200, headers: {}, body, address }
        : { status: 302, headers: { location }, body, address };
    },
    close: async () => undefined,
  };
}

const START = "https://data.example.org/layer/info";

/** Where a public server may not lead. */
const forbidden: readonly string[] = [
  "https://127.0.0.1/",
  "https://127.1/",
  "https://2130706433/",
  "https://0x7f000001/",
  "https://0177.0.0.1/",
  "https://0x7f.1/",
  "https://127.0.0.1:8443/admin",
  "https://127.8.8.8/",
  "https://localhost/",
  "https://LOCALHOST./",
  "https://x.localhost/",
  "https://0.0.0.0/",
  "https://0/",
  "https://10.0.0.5/",
  "https://172.16.0.1/",
  "https://172.31.255.255/",
  "https://192.168.1.1/",
  "https://3232235777/",
  "https://100.64.0.1/",
  "https://169.254.169.254/latest/meta-data/",
  "https://169.254.170.2/v2/credentials",
  "https://2852039166/",
  "https://metadata.google.internal/computeMetadata/v1/",
  "https://192.0.0.192/",
  "https://198.18.0.1/",
  "https://224.0.0.1/",
  "https://255.255.255.255/",
  "https://[::1]/",
  "https://[::]/",
  "https://[0:0:0:0:0:0:0:1]/",
  "https://[::ffff:127.0.0.1]/",
  "https://[::ffff:7f00:1]/",
  "https://[::127.0.0.1]/",
  "https://[::ffff:0:10.0.0.1]/",
  "https://[64:ff9b::10.0.0.1]/",
  "https://[2002:7f00:1::]/",
  "https://[fd00::1]/",
  "https://[fe80::1]/",
  "https://[fec0::1]/",
  "https://[ff02::1]/",
  "https://１２７.０.０.１/",
  "https://user:pass@127.0.0.1/",
  "http://data.example.org/layer/info",
  "http://127.0.0.1/",
  "file:///etc/passwd",
  "ftp://data.example.org/",
  "gopher://127.0.0.1:6379/_x",
  "data:text/plain,x",
  "javascript:alert(1)",
  "https://",
];

describe("from a public server", () => {
  it.each(forbidden)("to %s: refused, and nothing is sent there", async (location) => {
    const transport = answering({ [START]: location });
    await expect(sendFollowing(transport, asked(START), SECRET)).rejects.toThrow(RedirectError);
    expect(transport.seen.length).toBe(1);
    const twice = answering({
      [START]: "https://other.example.com/a",
      "https://other.example.com/a": location,
    });
    await expect(sendFollowing(twice, asked(START), SECRET)).rejects.toThrow(RedirectError);
    expect(twice.seen.length).toBe(2);
  });

  it.each([
    "https://other.example.com/a",
    "https://93.184.216.34/a",
    "https://[2606:2800:220:1::1]/a",
    "https://172.32.0.1/",
    "https://data.example.org:444/a",
  ])("to %s: followed without secrets, and only if its name has a public address", async (location) => {
    const transport = answering({ [START]: location });
    await sendFollowing(transport, asked(START), SECRET);
    expect(transport.seen.map((r) => r.headers.authorization)).toEqual([SECRET.authorization, undefined]);
    expect(transport.seen.map((r) => r.publicOnly)).toEqual([undefined, true]);
  });

  it("to another place of itself: followed with secrets", async () => {
    const transport = answering({ [START]: "/elsewhere" });
    await sendFollowing(transport, asked(START), SECRET);
    expect(transport.seen.map((r) => [r.url.pathname, r.headers.authorization])).toEqual([
      ["/layer/info", SECRET.authorization],
      ["/elsewhere", SECRET.authorization],
    ]);
  });

  it("away and back: without secrets on the way only", async () => {
    const transport = answering({
      [START]: "https://b.example.com/",
      "https://b.example.com/": "https://data.example.org/end",
    });
    await sendFollowing(transport, asked(START), SECRET);
    expect(transport.seen.map((r) => r.headers.authorization)).toEqual([
      SECRET.authorization,
      undefined,
      SECRET.authorization,
    ]);
  });

  it("in circles: ends after ten", async () => {
    const transport = answering({ [START]: START });
    await expect(sendFollowing(transport, asked(START), SECRET)).rejects.toThrow(TooManyRedirects);
    expect(transport.seen.length).toBe(11);
  });
});

describe("from a private server", () => {
  it.each([
    ["http://10.0.0.5/a", "http://10.0.0.6/b", "10.0.0.5"],
    ["http://intranet.lab.edu/a", "http://10.0.0.6/b", "10.0.0.5"],
    ["http://localhost/a", "http://127.0.0.1:9000/b", "::1"],
  ])("%s to %s: followed", async (from, to, address) => {
    const transport = answering({ [from]: to }, address);
    await sendFollowing(transport, asked(from), SECRET);
    expect(transport.seen.map((r) => r.headers.authorization)).toEqual([SECRET.authorization, undefined]);
  });
});

describe("a name that resolves to this computer", () => {
  let server: Omit<TestServer, "requests">;
  let n = 0;
  beforeAll(async () => {
    server = await listen(
      createServer((_request, response) => {
        n++;
        response.end("x");
      }),
    );
  });
  afterAll(() => server.close());

  it("is refused where only public servers may be asked, and reached elsewhere", async () => {
    const transport = nodeTransport({ connectTimeout: 5000, idleTimeout: 5000 });
    const url = server.url.replace("127.0.0.1", "localhost");
    const before = n;
    await expect(transport.send({ ...asked(url), publicOnly: true })).rejects.toThrow(RedirectError);
    expect(n).toBe(before);
    expect((await transport.send(asked(url))).status).toBe(200);
    // The connection that is kept open now is not used either.
    await expect(transport.send({ ...asked(url), publicOnly: true })).rejects.toThrow(RedirectError);
    await expect(httpStore(url, { publicOnly: true }).read("x")).rejects.toThrow(/private network/);
    await expect(httpStore(server.url, { publicOnly: true }).read("x")).rejects.toThrow(/private network/);
    expect(n).toBe(before + 1);
    await transport.close();
  });
});

it.each([
  "8.8.8.8",
  "172.15.0.1",
  "172.32.0.1",
  "192.167.0.1",
  "100.63.0.1",
  "100.128.0.1",
  "example.org",
  "[2001:4860:4860::8888]",
  "2001:4860:4860::8888",
  "::ffff:8.8.8.8",
  "internal.example.org",
])("%s is public", (host) => {
  expect(isPrivateHost(host)).toBe(false);
});
