/** Meshes by themselves: a mesh folder that is opened without its volume. */
import type { Secrets } from "./auth/index.js";
import type { Abortable } from "./base/abort.js";
import { openStore } from "./open-store.js";
import { type AliasOptions, parseUserPath } from "./paths.js";
import { formatPath } from "./stores/url.js";
import { Meshes } from "./volume/meshes/meshes.js";

export interface OpenMeshesOptions extends AliasOptions, Abortable {
  /** Credentials to use instead of those that are found on this machine. */
  readonly secrets?: Secrets | undefined;
}

/**
 * Opens a folder of meshes: one whose info says `neuroglancer_legacy_mesh` or `neuroglancer_multilod_draco`, or one
 * without an info, which is taken for legacy meshes. Source: CloudVolume `PrecomputedMeshSource.from_cloudpath`.
 * @throws UnsupportedProtocolError, InfoError for the info of something else, AuthorizationError.
 */
export async function openMeshes(path: string, options: OpenMeshesOptions = {}): Promise<Meshes> {
  const { signal, ...how } = options;
  const store = await openStore(formatPath(await parseUserPath(path, how)), how);
  const meshes = new Meshes({ store, prefix: "", hasInfo: true });
  await meshes.info({ signal });
  return meshes;
}
