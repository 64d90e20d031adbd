import { isPrivateHost } from "./stores/private-host.js";
import type { CloudPath } from "./stores/url.js";

/** Whether a path lies on this computer or its network, from where other such places may be named. */
export async function isPrivateOrigin({ transport, host, bucket }: CloudPath): Promise<boolean> {
  if (transport === "file" || transport === "mem") return true;
  const isWeb = transport === "http" || transport === "https";
  const address = isWeb ? `${transport}://${bucket}` : host;
  if (address === undefined) return false;
  const { hostname } = new URL(address);
  if (isPrivateHost(hostname)) return true;
  try {
    const { lookup } = await import("node:dns/promises");
    const found = await lookup(hostname.replace(/^\[|\]$/g, ""), { all: true });
    return found.some((one) => isPrivateHost(one.address));
  } catch {
    return false;
  }
}
