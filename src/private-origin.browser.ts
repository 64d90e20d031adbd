import { isPrivateHost } from "./stores/private-host.js";
import type { CloudPath } from "./stores/url.js";

/** Whether a path lies on this computer or its network, as far as its name tells: browsers look no addresses up. */
export async function isPrivateOrigin({ transport, host, bucket }: CloudPath): Promise<boolean> {
  if (transport === "mem") return true;
  const isWeb = transport === "http" || transport === "https";
  const address = isWeb ? `${transport}://${bucket}` : host;
  return address !== undefined && isPrivateHost(new URL(address).hostname);
}
