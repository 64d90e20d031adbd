/** A plain, correct web server for tests: objects with Content-Encoding and ranges, as a bucket serves them. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { answerTo, folderLookup, type Lookup, type ServedObject } from "./objects.js";

export interface TestServer {
  /** `http://127.0.0.1:port`. */
  readonly url: string;
  /** Requests so far: method, path as it was sent, headers. */
  readonly requests: {
    readonly method: string;
    readonly path: string;
    readonly headers: Readonly<Record<string, unknown>>;
  }[];
  readonly server: Server;
  /** Ends the server and all its connections. */
  close(): Promise<void>;
}

/** Serves a folder, or objects by their paths. */
export async function startStaticServer(
  source: string | ReadonlyMap<string, ServedObject>,
  options: { readonly delay?: number } = {},
): Promise<TestServer> {
  const lookup: Lookup = typeof source === "string" ? folderLookup(source) : (path) => source.get(path);
  const requests: TestServer["requests"] = [];
  const server = createServer((request, response) => {
    requests.push({ method: request.method ?? "", path: request.url ?? "", headers: request.headers });
    const { status, headers, body } = answerTo(request, lookup);
    const send = (): void => {
      response.writeHead(status, headers);
      response.end(request.method === "HEAD" ? undefined : body);
    };
    if (options.delay === undefined) send();
    else setTimeout(send, options.delay);
  });
  return { ...(await listen(server)), requests };
}

/** Starts a server on a free port of this machine only. */
export async function listen(server: Server): Promise<Omit<TestServer, "requests">> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    server,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
