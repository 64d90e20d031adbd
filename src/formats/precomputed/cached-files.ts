/** The info and provenance of a layer as its disk cache holds them. */
import { InfoError } from "../../base/errors.js";
import { cloneJson, encodeJson, type JsonValue, MAX_JSON_BYTES, parseJson } from "../../base/json.js";
import type { ByteCache } from "../../cache/byte-cache.js";
import { decompress } from "../../compression/index.js";
import { type Info, verifyInfo } from "./info.js";
import { type ProvenanceRecord, parseProvenance } from "./provenance.js";

/** A disk cache that may be turned off. */
export interface CacheSwitch {
  readonly enabled: boolean;
  readonly path: string;
  readonly disk: ByteCache;
  /** Told of differences from the layer that do no harm. */
  readonly warn: (message: string) => void;
}

/** The cached info; undefined if there is none, or it is damaged (then it is dropped). */
export async function cachedInfo(cache: CacheSwitch): Promise<Info | undefined> {
  return await cachedFile(cache, "info", (bytes, where) =>
    verifyInfo(parseJson(bytes, { where, error: InfoError }), where),
  );
}

export async function cachedProvenance(cache: CacheSwitch): Promise<ProvenanceRecord | undefined> {
  return await cachedFile(cache, "provenance", parseProvenance);
}

async function cachedFile<T>(
  { disk, path }: CacheSwitch,
  key: string,
  parse: (bytes: Uint8Array, where: string) => T | Promise<T>,
): Promise<T | undefined> {
  const stored = await disk.read(key);
  if (stored === undefined) return undefined;
  const where = `${path}/${key}`;
  try {
    const bytes = await decompress(stored.compression, stored.bytes, { limit: MAX_JSON_BYTES, where });
    return await parse(bytes, where);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    disk.drop(key);
    return undefined;
  }
}

/** Keeps an info or provenance, as CloudVolume writes them. */
export function keepFile({ disk }: CacheSwitch, key: "info" | "provenance", value: unknown): void {
  disk.replace(key, { bytes: encodeJson(value, { indent: 2, sortKeys: true }), compression: "none" });
}

/**
 * Compares a cached info with the layer's own. @returns a warning if only sizes differ.
 * @throws InfoError if anything else does: the chunks in the cache may be of another layer.
 */
export function compareInfo(cached: Info, fresh: Info, path: string): string | undefined {
  if (same(withoutSizes(cached), withoutSizes(fresh))) {
    const sizes = (info: Info): string => info.scales.map(({ size }) => size.join(" x ")).join(", ");
    if (sizes(cached) === sizes(fresh)) return undefined;
    return `The layer's size differs from the cached one: ${sizes(fresh)}, cached ${sizes(cached)} (${path})`;
  }
  throw new InfoError("The layer's info differs from the cached one", {
    where: path,
    fix:
      "Does the change make the cached chunks wrong? If so, delete the cache (cloudvolume cache flush, or open without " +
      "cache and call vol.cache.flush()). If not, call vol.cache.flushInfo().",
  });
}

function withoutSizes(info: Info): JsonValue {
  const copy = cloneJson(info) as Info;
  for (const scale of copy.scales) delete (scale as { size?: unknown }).size;
  return copy;
}

/** Equal values, however their numbers are spelled and their keys ordered. */
function same(a: unknown, b: unknown): boolean {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return Object.is(a, b);
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [left, right] = [Object.entries(a), Object.entries(b)];
  return (
    left.length === right.length &&
    left.every(([key, value]) => Object.hasOwn(b, key) && same(value, (b as Record<string, unknown>)[key]))
  );
}

/** @returns a warning if the records differ. */
export function compareProvenance(
  cached: ProvenanceRecord,
  fresh: ProvenanceRecord,
  path: string,
): string | undefined {
  return same(cached, fresh) ? undefined : `The layer's provenance differs from the cached one (${path})`;
}
