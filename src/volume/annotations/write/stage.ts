/** The first pass: all annotations are read, checked, and put aside in a random order. */
import { throwIfAborted } from "../../../base/abort.js";
import { DistinctCount } from "../../../base/distinct-count.js";
import { EncodingError } from "../../../base/errors.js";
import { ExternalSort } from "../../../base/external-sort.js";
import { scramble } from "../../../base/scramble.js";
import { decodeAnnotation } from "../../../formats/precomputed/annotations/decode.js";
import { encodeAnnotation } from "../../../formats/precomputed/annotations/encode.js";
import { type AnnotationBox, boundsOf } from "../../../formats/precomputed/annotations/geometry.js";
import { type AnnotationInput, toAnnotation } from "../../../formats/precomputed/annotations/input.js";
import type { Annotation, RecordLayout } from "../../../formats/precomputed/annotations/layout.js";
import type { CheckedSchema } from "../../../formats/precomputed/annotations/schema.js";
import type { AnnotationSource, WriteContext } from "./options.js";

/** An annotation as it was put aside. Valid until the next one is asked for. */
export interface StagedRecord {
  /** Halves of its id. */
  readonly low: number;
  readonly high: number;
  /** Its file in the index by id. */
  readonly bytes: Uint8Array;
}

/** Id and place before the bytes of an annotation. */
const HEAD = 16;

export class Staged {
  readonly #sort: ExternalSort;
  readonly #seed: number;
  readonly #layout: RecordLayout;
  readonly #distinct: readonly DistinctCount[];
  readonly #lower: number[];
  readonly #upper: number[];
  readonly #related: number[];
  #bytes = 0;

  constructor(layout: RecordLayout, { memory, spool, seed }: WriteContext) {
    this.#layout = layout;
    this.#seed = seed;
    this.#sort = new ExternalSort(memory, spool);
    this.#distinct = layout.relationships.map(() => new DistinctCount());
    this.#related = layout.relationships.map(() => 0);
    this.#lower = Array(layout.rank).fill(Number.POSITIVE_INFINITY);
    this.#upper = Array(layout.rank).fill(Number.NEGATIVE_INFINITY);
  }

  get count(): number {
    return this.#sort.count;
  }

  /** Bytes of an annotation on average. */
  get meanBytes(): number {
    return this.#bytes / Math.max(1, this.count);
  }

  /** Around everything; undefined if there is nothing. */
  get bounds(): AnnotationBox | undefined {
    return this.count === 0 ? undefined : { lower: this.#lower, upper: this.#upper };
  }

  /** For a relationship: how many ids there are, and about how many different ones. */
  related(i: number): { readonly entries: number; readonly objects: number } {
    return { entries: this.#related[i]!, objects: this.#distinct[i]!.count };
  }

  add(annotation: Annotation, place: number): Promise<void> | undefined {
    const { rank, type, relationships } = this.#layout;
    const { lower, upper } = boundsOf(type, rank, annotation.geometry);
    for (let axis = 0; axis < rank; axis++) {
      this.#lower[axis] = Math.min(this.#lower[axis]!, lower[axis]!);
      this.#upper[axis] = Math.max(this.#upper[axis]!, upper[axis]!);
    }
    relationships.forEach((name, i) => {
      const ids = annotation.relationships?.[name] ?? [];
      this.#related[i]! += ids.length;
      for (const id of ids) this.#distinct[i]!.add(id);
    });
    const encoded = encodeAnnotation(this.#layout, annotation);
    this.#bytes += encoded.length;
    const bytes = new Uint8Array(HEAD + encoded.length);
    const view = new DataView(bytes.buffer);
    view.setBigUint64(0, annotation.id, true);
    view.setFloat64(8, place, true);
    bytes.set(encoded, HEAD);
    const [low, high] = [view.getUint32(0, true), view.getUint32(4, true)];
    const [mixedLow, mixedHigh] = scramble(low, high, this.#seed);
    return this.#sort.add([mixedHigh, mixedLow, 0, 0], bytes);
  }

  /** All of them in random order. @throws EncodingError for an id that comes twice, which then come one after the other. */
  async *records(signal: AbortSignal | undefined): AsyncGenerator<StagedRecord, void, undefined> {
    let before: { low: number; high: number; place: number } | undefined;
    for await (const { bytes } of this.#sort.sorted()) {
      throwIfAborted(signal);
      const view = new DataView(bytes.buffer, bytes.byteOffset, HEAD);
      const now = {
        low: view.getUint32(0, true),
        high: view.getUint32(4, true),
        place: view.getFloat64(8, true),
      };
      if (now.low === before?.low && now.high === before.high)
        throw new EncodingError("An id is given twice", {
          where: `annotations number ${before.place + 1} and ${now.place + 1}`,
          expected: "an id of its own for each",
          got: String((BigInt(now.high) << 32n) | BigInt(now.low)),
        });
      before = now;
      yield { low: now.low, high: now.high, bytes: bytes.subarray(HEAD) };
    }
  }

  /** The annotation of a record. */
  decode({ low, high, bytes }: StagedRecord): Annotation {
    return decodeAnnotation(this.#layout, (BigInt(high) << 32n) | BigInt(low), bytes, "a temporary file");
  }

  close(): Promise<void> {
    return this.#sort.close();
  }
}

/** Reads a source to its end. @throws EncodingError, what the source throws, StorageError without room for temporary files. */
export async function stage(
  schema: CheckedSchema,
  layout: RecordLayout,
  source: AnnotationSource,
  context: WriteContext,
  onRead: (count: number) => void,
): Promise<Staged> {
  const staged = new Staged(layout, context);
  let place = 0;
  const take = (input: AnnotationInput): Promise<void> | undefined => {
    throwIfAborted(context.signal);
    const full = staged.add(toAnnotation(schema, layout, input, place), place);
    place++;
    if (place % 1024 === 0) onRead(place);
    return full;
  };
  try {
    for await (const input of source) {
      const full = take(input);
      if (full !== undefined) await full;
    }
    onRead(place);
    return staged;
  } catch (error) {
    await staged.close();
    throw error;
  }
}
