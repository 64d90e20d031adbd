import type * as Crypto from "node:crypto";

/** The MD5 of Node; undefined where there is none (browsers, and Node in FIPS mode). */
export function nodeMd5(bytes: Uint8Array): Uint8Array | undefined {
  const crypto: typeof Crypto | undefined = globalThis.process?.getBuiltinModule?.("node:crypto");
  if (crypto === undefined || crypto.getFips() === 1) return undefined;
  return new Uint8Array(crypto.createHash("md5").update(bytes).digest());
}
