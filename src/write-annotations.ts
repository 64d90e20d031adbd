/** Writing annotations. */
import type { AnnotationSchema } from "./formats/precomputed/annotations/schema.js";
import { openStore, type StoreOptions } from "./open-store.js";
import { parseUserPath } from "./paths.js";
import { processRuntime } from "./runtime.js";
import { formatPath } from "./stores/url.js";
import type { Annotations } from "./volume/annotations/annotations.js";
import type { AnnotationSource, AnnotationWriteOptions } from "./volume/annotations/write/options.js";

export interface WriteAnnotationsOptions extends StoreOptions, AnnotationWriteOptions {}

/**
 * Writes annotations of any type into a folder of their own: an index by id, one by each relationship, and a spatial index of
 * as many levels as they need. They may come from anywhere, one after the other, and be millions: memory holds 96 MiB of them
 * (`memory`), the rest waits in temporary files. All are read and checked before anything is written; the info comes last.
 *
 * ```ts
 * await writeAnnotations("file:///data/points", { type: "POINT", dimensions: { x: [8, "nm"], y: [8, "nm"], z: [40, "nm"] } }, [
 *   { geometry: [100, 200, 30] },
 * ]);
 * ```
 *
 * Source: Neuroglancer's `precomputed/annotations.md`.
 * @returns the layer, open for reading.
 * @throws ArgumentError for a schema or options that cannot be, and where there is something already; EncodingError for an annotation that
 * cannot be stored, naming it; ReadOnlyException, UnsupportedProtocolError, AuthorizationError, StorageError.
 */
export async function writeAnnotations(
  path: string,
  schema: AnnotationSchema,
  annotations: AnnotationSource,
  options: WriteAnnotationsOptions = {},
): Promise<Annotations> {
  const store = await openStore(formatPath(await parseUserPath(path, options)), options);
  const { writeLayer } = await import("./volume/annotations/write/write.js");
  return await writeLayer(store, "", schema, annotations, { ...options, spool: processRuntime().spool });
}
