/** Whom the server of layers answers, and with what: methods, origins, hosts, and paths that would lead elsewhere. */
import { describe, expect, test } from "vitest";
import { serve } from "../src/node.js";
import { ask, PLAIN, tableServers, VIEWER } from "./support/table-server.js";

const servers = tableServers();

describe("methods", () => {
  test.each(["PUT", "POST", "DELETE", "PATCH", "TRACE", "PROPFIND"])("%s is none", async (method) => {
    const { status, headers } = await ask(servers.open, PLAIN, { method });
    expect([status, headers.allow]).toEqual([405, "GET, HEAD, OPTIONS"]);
  });

  test("HEAD does not read the file", async () => {
    const { status, headers } = await ask(servers.open, "/em/deep.bin", { method: "HEAD" });
    expect([status, headers["content-length"], headers["accept-ranges"]]).toEqual([200, "4096", "bytes"]);
    expect((await ask(servers.open, "/em/none", { method: "HEAD" })).status).toBe(404);
  });

  test.each([PLAIN, "/em/none", "/nothing", "/"])("OPTIONS of %s, before a page asks", async (path) => {
    const { status, headers } = await ask(servers.open, path, {
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
    const { headers } = await ask(servers.open, PLAIN, {
      method: "OPTIONS",
      "Access-Control-Request-Private-Network": "true",
    });
    expect(headers["access-control-allow-private-network"]).toBe("true");
  });
});

describe("origins", () => {
  test("any page may read, and see what it needs", async () => {
    for (const path of [PLAIN, "/em/info", "/em/none", "/none"]) {
      const { headers } = await ask(servers.open, path, { Origin: "https://any.example" });
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
      const { headers, ...reply } = await ask(servers.narrow, PLAIN, {
        method,
        ...(origin && { Origin: origin }),
      });
      expect(reply.status).toBe(status === 200 && method === "OPTIONS" ? 204 : status);
      expect(headers["access-control-allow-origin"]).toBe(status === 200 ? origin : undefined);
      if (status === 200) expect(headers.vary).toContain("Origin");
    }
  });

  test("narrowed: pages of the server itself", async () => {
    expect((await ask(servers.narrow, PLAIN, { Origin: String(servers.narrow?.url) })).status).toBe(200);
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
    expect((await ask(servers.open, PLAIN, { Host: host })).status).toBe(403);
  });
  test.each(["localhost", "LOCALHOST:1", "127.0.0.1", "[::1]:1337", "localhost:9000"])(
    "%s is this machine",
    async (host) => {
      expect((await ask(servers.open, PLAIN, { Host: host })).status).toBe(200);
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
    expect((await ask(servers.wide, PLAIN, { Host: host })).status).toBe(status);
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
    const { status, body } = await ask(servers.open, path);
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
    expect((await ask(servers.open, path)).status).toBe(200);
  });

  test("types", async () => {
    const type = async (path: string): Promise<unknown> =>
      (await ask(servers.open, path)).headers["content-type"];
    expect(await type("/em/info")).toBe("application/json");
    expect(await type("/em.zarr2/.zgroup")).toBe("application/json");
    expect(await type(PLAIN)).toBe("application/octet-stream");
  });
});
