import { lookup } from "node:dns";
import type { LookupFunction } from "node:net";
import { isPrivateHost } from "../private-host.js";

/** The code of a name that leads into a private network. */
export const PRIVATE = "EPRIVATE";

/** Resolves names as usual, but refuses those with an address of this computer or its network. */
export const lookupPublic: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    const [first] = addresses ?? [];
    if (error !== null) callback(error, "");
    else if (first === undefined || addresses.some(({ address }) => isPrivateHost(address)))
      callback(Object.assign(new Error("a private address"), { code: PRIVATE }), "");
    else if (options.all === true) callback(null, addresses);
    else callback(null, first.address, first.family);
  });
};
