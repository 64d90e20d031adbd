/** A server before another one that lets pages of any origin ask it, as buckets of real projects are set up to. */
import { createServer, request as send } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll } from "vitest";

/** @returns its address. Requests pass as they are, with the host that the page asked: signatures cover it. */
export async function allowPages(target: string): Promise<string> {
  const { hostname, port } = new URL(target);
  const server = createServer((request, response) => {
    const allowed = {
      "access-control-allow-origin": "*",
      "access-control-allow-methods": "GET, HEAD, PUT, POST, DELETE",
      "access-control-allow-headers": String(request.headers["access-control-request-headers"] ?? "*"),
      "access-control-expose-headers": "*",
    };
    if (request.method === "OPTIONS") return void response.writeHead(204, allowed).end();
    const { method, url: path, headers } = request;
    const onward = send({ hostname, port, method, path, headers }, (answer) => {
      const own = Object.entries(answer.headers).filter(([name]) => !name.startsWith("access-control-"));
      response.writeHead(answer.statusCode ?? 502, { ...Object.fromEntries(own), ...allowed });
      answer.pipe(response);
    });
    onward.on("error", () => response.writeHead(502, allowed).end());
    request.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
