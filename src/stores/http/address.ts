/** Keys as addresses below a base URL. */
import { ArgumentError } from "../../base/errors.js";
import { isPlainKey, resolveKey } from "../keys.js";

export interface Addresses {
  /** Credentials of the base URL as a header. */
  readonly authorization: string | undefined;
  /** @throws ArgumentError for what is no key, or leads above the server's root. */
  of(key: string): URL;
  /** For messages: without credentials and query. */
  shown(key: string): string;
}

/** @param base an http or https URL; its query goes with every request. @throws ArgumentError. */
export function addressesOf(base: string): Addresses {
  const url = URL.canParse(base) ? new URL(base) : undefined;
  if (url === undefined || (url.protocol !== "http:" && url.protocol !== "https:"))
    throw new ArgumentError("Not an http or https address", { where: base.replace(/[?#].*$/s, "") });
  const { origin, search, username, password } = url;
  const path = url.pathname.replace(/\/+$/, "");
  const segments = path.split("/").slice(1);
  const authorization =
    username === "" && password === ""
      ? undefined
      : `Basic ${btoa(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`)}`;
  const shown = (key: string): string => `${origin}${path}/${key}`;
  return {
    authorization,
    shown,
    of: (key) => {
      const where = shown(key);
      // The key is judged as it is, and resolved as it is sent.
      if (!isPlainKey(key)) resolveKey(segments, key, 0, where);
      const sent = key.split("/").map(encodeSegment).join("/");
      return new URL(`${origin}/${resolveKey(segments, sent, 0, where)}${search}`);
    },
  };
}

/** Percent-encodes all but what means itself in a path, as keys of meshes (`1:0:0-64_0-64_0-64`) have it. */
function encodeSegment(segment: string): string {
  return encodeURIComponent(segment).replace(/%(?:3A|40|2C|3D)/g, decodeURIComponent);
}
