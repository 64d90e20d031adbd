/** How annotations are written. */
import type { Abortable } from "../../../base/abort.js";
import type { OpenSpool } from "../../../base/spool.js";
import type { AnnotationInput } from "../../../formats/precomputed/annotations/input.js";

export interface AnnotationProgress {
  /** Annotations are read, or the entries of indices written. */
  readonly stage: "reading" | "writing";
  readonly done: number;
  /** Undefined while annotations are read: nobody knows. */
  readonly total: number | undefined;
}

export interface AnnotationWriteOptions extends Abortable {
  /**
   * The bounds of the layer, where the grids of the spatial index begin and end, in the units of the dimensions. Everything
   * must lie in them. Default: around what there is, in whole numbers if it is larger than one.
   */
  readonly lowerBound?: readonly number[] | undefined;
  readonly upperBound?: readonly number[] | undefined;
  /** Annotations in a cell of the spatial index. Default 1000. */
  readonly limit?: number | undefined;
  /** Chooses the random order: the same annotations and seed give the same files. A whole number from 0 to 2^32 - 1. Default 0. */
  readonly seed?: number | undefined;
  /** Shards instead of a file for each annotation, object and cell. Default: from 1000 annotations on. */
  readonly sharded?: boolean | undefined;
  /** gzip. True: single files, too; false: nowhere. Default: in shards alone, which every reader takes. Short data stay as they are. */
  readonly compress?: boolean | undefined;
  /** Replaces annotations that are there already, once all of the new ones have been read. Default false: an error. */
  readonly overwrite?: boolean | undefined;
  /** Bytes of annotations that are held in memory. The rest goes to temporary files. Default 96 MiB. */
  readonly memory?: number | undefined;
  readonly onProgress?: ((progress: AnnotationProgress) => void) | undefined;
}

/** Annotations, one after the other, from wherever. */
export type AnnotationSource = Iterable<AnnotationInput> | AsyncIterable<AnnotationInput>;

/** What all parts of the writer work with. */
export interface WriteContext extends Abortable {
  /** Bytes that one sort may hold. */
  readonly memory: number;
  readonly spool: OpenSpool | undefined;
  readonly seed: number;
}
