/** Manifests of meshes, from the disk cache or the server. */
import type { Abortable } from "../../base/abort.js";
import { CloudVolumeError } from "../../base/errors.js";
import { MAX_JSON_BYTES } from "../../base/json.js";
import type { ByteCache } from "../../cache/byte-cache.js";
import { decompress } from "../../compression/index.js";
import {
  type Manifest,
  type ManifestQuestion,
  parseManifest,
  planManifest,
} from "../../formats/graphene/manifest.js";
import { manifestPath } from "../../formats/graphene/server.js";
import { askBytes } from "./ask.js";
import type { Graph } from "./graph.js";

export interface ManifestSource {
  readonly graph: Graph;
  /** "" or the folder of meshes with a slash at its end. */
  readonly prefix: string;
  /** The disk cache, while it is enabled. */
  readonly cache: () => ByteCache | undefined;
}

/**
 * The manifest of a mesh; undefined where the server has none. Verified ones of a whole mesh are kept in the disk cache, under
 * the name that CloudVolume gives them: an edit makes a new label, so that they stay right. @throws MeshDecodeError, and what the service throws.
 */
export async function readManifest(
  { graph, prefix, cache }: ManifestSource,
  question: ManifestQuestion,
  { signal }: Abortable,
): Promise<Manifest | undefined> {
  const { segment, lod, verify, segids, bounds } = question;
  const key = `${prefix}${segment}:${lod}`;
  const disk = verify && bounds === undefined ? cache() : undefined;
  const kept = disk && (await cachedManifest(disk, key, segids));
  if (kept !== undefined) return kept;
  const { server, service, info, bodiesInGet = isNode() } = graph.parts;
  const path = manifestPath(server, info.apiVersions.at(-1) ?? "v1");
  const bytes = await askBytes(service, planManifest(path, question, bodiesInGet), { signal });
  if (bytes === undefined) return undefined;
  const manifest = parseManifest(bytes, service.url(`${path}/${segment}:${lod}`), segids);
  if (bytes.length <= MAX_JSON_BYTES) disk?.replace(key, { bytes, compression: "none" });
  return manifest;
}

async function cachedManifest(disk: ByteCache, key: string, segids: boolean): Promise<Manifest | undefined> {
  const stored = await disk.read(key);
  if (stored === undefined) return undefined;
  try {
    const limits = { limit: MAX_JSON_BYTES, where: key };
    return parseManifest(await decompress(stored.compression, stored.bytes, limits), key, segids);
  } catch (error) {
    // Damaged, or kept without the labels that are wanted now.
    if (error instanceof CloudVolumeError) return undefined;
    throw error;
  }
}

function isNode(): boolean {
  return globalThis.process?.versions?.node !== undefined;
}
