import { fetchTransport } from "./transport.fetch.js";
import type { HttpRequest, Transport, TransportOptions } from "./transport.js";

/** The browser's own way to send requests. */
export function platformTransport({
  connectTimeout = 10_000,
  idleTimeout = 30_000,
  slowTimeout,
  publicOnly,
}: Partial<TransportOptions> & Pick<HttpRequest, "publicOnly">): Transport {
  const transport = fetchTransport({ connectTimeout, idleTimeout, slowTimeout });
  const { send, close } = transport;
  return publicOnly === true ? { send: (request) => send({ ...request, publicOnly }), close } : transport;
}
