import { ArgumentError } from "../base/errors.js";

/** How long caches between the storage and its readers may keep a chunk; see {@link cacheControl}. */
export type CdnCache = boolean | number | string | null | undefined;

/** Metadata (info, provenance) is never cached on its way. */
export const NO_CACHE = "no-cache";

/**
 * The Cache-Control header of a written chunk, as CloudVolume's `cdn_cache`: none or true is an hour, false or
 * 0 is `no-cache`, a number is seconds, a string goes as it is. The directive for shared caches is spelled
 * `s-maxage` (CloudVolume writes `s-max-age`, which caches ignore).
 * @throws ArgumentError for a negative or fractional number.
 */
export function cacheControl(value: CdnCache): string {
  if (typeof value === "string") return value;
  const seconds = value === undefined || value === null || value === true ? 3600 : Number(value);
  if (!Number.isSafeInteger(seconds) || seconds < 0) {
    throw new ArgumentError("Not a time to cache", {
      where: "cdnCache",
      expected: "true, false, seconds from 0, or a Cache-Control header",
      got: String(value),
    });
  }
  return seconds === 0 ? NO_CACHE : `max-age=${seconds}, s-maxage=${seconds}`;
}
