import type { Transport, TransportOptions } from "./transport.js";

/** The platform's own way to send requests, loaded when it is first needed. */
export function platformTransport({
  connectTimeout = 10_000,
  idleTimeout = 30_000,
}: Partial<TransportOptions>): Transport {
  const options = { connectTimeout, idleTimeout };
  let loading: Promise<Transport> | undefined;
  const load = async (): Promise<Transport> => {
    const isNode = globalThis.process?.versions?.node !== undefined;
    if (isNode) return (await import("./transport.node.js")).nodeTransport(options);
    return (await import("./transport.fetch.js")).fetchTransport(options);
  };
  return {
    send: async (request) => {
      loading ??= load();
      return await (await loading).send(request);
    },
    close: async () => await (await loading)?.close(),
  };
}
