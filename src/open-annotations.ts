/** Annotations by themselves. */
import type { Abortable } from "./base/abort.js";
import { openStore, type StoreOptions } from "./open-store.js";
import { parseUserPath } from "./paths.js";
import { formatPath } from "./stores/url.js";
import { Annotations } from "./volume/annotations/annotations.js";

export interface OpenAnnotationsOptions extends StoreOptions, Abortable {}

/**
 * Opens a folder whose info says `neuroglancer_annotations_v1`. Costs one request. Source: CloudVolume
 * `PrecomputedAnnotationReader.from_cloudpath`.
 * @throws UnsupportedProtocolError, InfoUnavailableError, InfoError for the info of something else, AuthorizationError.
 */
export async function openAnnotations(
  path: string,
  options: OpenAnnotationsOptions = {},
): Promise<Annotations> {
  const { signal, ...how } = options;
  const store = await openStore(formatPath(await parseUserPath(path, how)), how);
  return await Annotations.open(store, "", { signal });
}
