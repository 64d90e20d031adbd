/** Where the cache of a layer lies: the same folder as CloudVolume's, so that both can share it. */
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import type { CloudPath } from "../../stores/url.js";

/** `true`: the usual place; text: below this folder. Source: CloudVolume `cache`. */
export type CacheSetting = boolean | string;

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * `BASE/PROTOCOL/BUCKET/…/LAYER`, where BASE is the folder given, else `$CLOUD_VOLUME_CACHE_DIR`, else `cache` in
 * `$CLOUD_VOLUME_DIR` (`~/.cloudvolume`). The server of a path that names one, which CloudVolume does not open, comes before
 * the bucket. Source: CloudVolume `get_cache_path`.
 */
export function cacheFolder(
  setting: CacheSetting,
  { protocol, host, basepath, layer }: Pick<CloudPath, "protocol" | "host" | "basepath" | "layer">,
  env: Environment = process.env,
): string {
  const base = typeof setting === "string" && setting !== "" ? setting : usualBase(env);
  const server = host === undefined ? [] : [new URL(host).host.replaceAll(":", "_")];
  const names = `${basepath}/${layer}`.split(/[\\/]/).filter(isName);
  return resolve(fromHome(base), protocol, ...server, ...names);
}

/** The colon of a Windows drive may not be part of a folder name: the drive is left out. */
function isName(segment: string): boolean {
  return segment !== "" && !/^[A-Za-z]:$/.test(segment);
}

function usualBase(env: Environment): string {
  if (env.CLOUD_VOLUME_CACHE_DIR) return env.CLOUD_VOLUME_CACHE_DIR;
  return join(env.CLOUD_VOLUME_DIR || join(homedir(), ".cloudvolume"), "cache");
}

function fromHome(path: string): string {
  return path === "~" || path.startsWith("~/") ? join(homedir(), path.slice(1)) : path;
}
