import type { HttpRequest, Transport, TransportOptions } from "./transport.js";

/** The platform's own way to send requests, loaded when it is first needed. */
export function platformTransport({
  connectTimeout = 10_000,
  idleTimeout = 30_000,
  slowTimeout,
  publicOnly,
}: Partial<TransportOptions> & Pick<HttpRequest, "publicOnly">): Transport {
  const options = { connectTimeout, idleTimeout, slowTimeout };
  let loading: Promise<Transport> | undefined;
  const load = async (): Promise<Transport> => {
    const isNode = globalThis.process?.versions?.node !== undefined;
    if (isNode) return (await import("./transport.node.js")).nodeTransport(options);
    return (await import("./transport.fetch.js")).fetchTransport(options);
  };
  return {
    send: async (request) => {
      loading ??= load();
      return await (await loading).send(publicOnly === true ? { ...request, publicOnly } : request);
    },
    close: async () => await (await loading)?.close(),
  };
}
