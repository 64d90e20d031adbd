/** A layer of annotations: CloudVolume's `PrecomputedAnnotationReader`, for every type. */
import type { Abortable } from "../../base/abort.js";
import { ArgumentError, InfoUnavailableError, MissingError } from "../../base/errors.js";
import { parseJson } from "../../base/json.js";
import { type SegmentId, type SegmentIds, toSegmentId, toSegmentIds } from "../../base/segment-ids.js";
import { readLayerFile } from "../../formats/layer-files.js";
import { cellsOf, cellsTouching, wholeGrid } from "../../formats/precomputed/annotations/cells.js";
import { decodeAnnotation, decodeAnnotations } from "../../formats/precomputed/annotations/decode.js";
import { intersects } from "../../formats/precomputed/annotations/geometry.js";
import {
  type AnnotationIndex,
  type AnnotationInfo,
  type AnnotationLevel,
  parseAnnotationInfo,
} from "../../formats/precomputed/annotations/info.js";
import {
  type Annotation,
  type RecordLayout,
  recordLayout,
} from "../../formats/precomputed/annotations/layout.js";
import type { Store } from "../../stores/store.js";
import { type AnnotationBoxLike, toAnnotationBox } from "./box.js";
import { IndexFiles, type IndexItem } from "./files.js";
import { AnnotationList } from "./list.js";
import { type LevelScan, scanLevel } from "./scan.js";
import { type AnnotationSummary, summaryOf } from "./summary.js";

export interface AnnotationReadOptions extends Abortable {
  /**
   * Also the ids that annotations are related to, which only the index by id holds: a request more for each. Those that it
   * does not have stay without. Default false.
   */
  readonly relationships?: boolean | undefined;
}

export interface AnnotationScanOptions extends AnnotationReadOptions {
  /** Only this level of the spatial index, from coarse to fine; negative ones from the end. Default: all of them. */
  readonly level?: number | undefined;
}

export interface AnnotationBoxOptions extends AnnotationScanOptions {
  /** All annotations of the cells that the box overlaps. Default false: exactly those that touch the box. */
  readonly wholeCells?: boolean | undefined;
}

export interface AnnotationIdOptions extends Abortable {
  /** Leaves out annotations that are not there (one alone: undefined). Default false: an error of kind `missing`. */
  readonly allowMissing?: boolean | undefined;
}

/** Annotations whose related ids are read at the same time. */
const BATCH = 256;

export class Annotations {
  readonly info: AnnotationInfo;
  readonly #store: Store;
  readonly #folder: string;
  readonly #layout: RecordLayout;
  readonly #files: Map<AnnotationIndex, IndexFiles> = new Map();

  constructor(store: Store, folder: string, info: AnnotationInfo) {
    this.#store = store;
    this.#folder = folder === "" || folder.endsWith("/") ? folder : `${folder}/`;
    this.info = info;
    this.#layout = recordLayout(info);
  }

  /** Reads the info of a folder of a store. @throws InfoUnavailableError, InfoError, SpecViolation. */
  static async open(store: Store, folder: string, options: Abortable = {}): Promise<Annotations> {
    const key = folder === "" || folder.endsWith("/") ? `${folder}info` : `${folder}/info`;
    const where = store.url(key);
    const file = await readLayerFile(store, key, options);
    if (file === undefined) throw new InfoUnavailableError("There is no info file", { where });
    return new Annotations(store, folder, parseAnnotationInfo(parseJson(file.bytes, { where }), where));
  }

  get url(): string {
    return this.#store.url(this.#folder);
  }

  /** What there is, as plain data. */
  summary(): AnnotationSummary {
    return summaryOf(this.info);
  }

  /**
   * All ids, ascending. By the index by id, or the spatial index where the storage cannot list.
   * @throws MissingError without either, StorageError.
   */
  async ids(options: Abortable = {}): Promise<bigint[]> {
    const { byId, spatial } = this.info;
    const ids: bigint[] = [];
    const add = (what: bigint | string): void => {
      if (typeof what === "bigint") ids.push(what);
      else if (/^\d{1,20}$/.test(what) && BigInt(what) < 2n ** 64n) ids.push(BigInt(what));
    };
    const isListed = byId !== undefined && (await this.#filesOf(byId).list(add, options));
    if (!isListed && spatial.length === 0) throw this.#without("that can be listed");
    if (!isListed) for await (const { id } of this.getAll({ signal: options.signal })) ids.push(id);
    return ids.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  }

  /**
   * One annotation, or several in the order of their ids, with what they are related to.
   * @throws MissingError, DecodingError, StorageError.
   */
  getById(
    id: SegmentId,
    options?: AnnotationIdOptions & { readonly allowMissing?: false },
  ): Promise<Annotation>;
  getById(id: SegmentId, options: AnnotationIdOptions): Promise<Annotation | undefined>;
  getById(ids: Iterable<SegmentId>, options?: AnnotationIdOptions): Promise<AnnotationList>;
  async getById(
    ids: SegmentIds,
    { allowMissing = false, signal }: AnnotationIdOptions = {},
  ): Promise<Annotation | AnnotationList | undefined> {
    const many = typeof ids === "object";
    const wanted = many ? toSegmentIds(ids) : [toSegmentId(ids)];
    const found = await this.#readIds(wanted, allowMissing, signal);
    return many ? this.#listOf(found.filter((a) => a !== undefined)) : found[0];
  }

  /**
   * The annotations that are related to one of some objects, each once; none for objects without any.
   * @throws ArgumentError for a relationship that there is not, DecodingError, StorageError.
   */
  async getByRelationship(
    relationship: string,
    ids: SegmentIds,
    options: AnnotationReadOptions = {},
  ): Promise<AnnotationList> {
    const index = this.info.relationships.find(({ id }) => id === relationship);
    if (index === undefined)
      throw new ArgumentError(`There is no relationship ${JSON.stringify(relationship)}`, {
        where: this.url,
        expected: this.info.relationships.map(({ id }) => id).join(", ") || "none",
      });
    const files = this.#filesOf(index);
    const items = toSegmentIds(ids).map(itemOf);
    const found = await files.read(items, options);
    const all = new Map<bigint, Annotation>();
    for (const [i, bytes] of found.entries()) {
      if (bytes === undefined) continue;
      const fresh = decodeAnnotations(this.#layout, bytes, files.url(items[i]!), (_, id) => !all.has(id));
      for (const annotation of fresh) all.set(annotation.id, annotation);
    }
    return this.#listOf(await this.#related([...all.values()], options));
  }

  /**
   * The annotations that touch a box in the units of the dimensions (its border counts), of all levels, each once.
   * Reads the cells that the box overlaps. @throws ArgumentError, MissingError without a spatial index, DecodingError, StorageError.
   */
  async getByBbox(bbox: AnnotationBoxLike, options: AnnotationBoxOptions = {}): Promise<AnnotationList> {
    const box = toAnnotationBox(bbox, this.#layout.rank);
    const { lowerBound: origin, type } = this.info;
    const { wholeCells = false, signal } = options;
    const all = new Map<bigint, Annotation>();
    const wanted = wholeCells ? undefined : (g: Float32Array): boolean => intersects(type, g, box);
    for (const level of this.#levels(options.level)) {
      const range = wholeCells ? cellsOf(level, origin, box) : cellsTouching(level, origin, box);
      if (range === undefined) continue;
      for await (const annotation of scanLevel({ ...this.#scan(level), range, wanted, signal }))
        all.set(annotation.id, annotation);
    }
    return this.#listOf(await this.#related([...all.values()], options));
  }

  /**
   * Every annotation, each once: level by level of the spatial index, or by id where there is none. Holds a few cells at a
   * time, and the ids of those that reach into cells yet to come. Trusts the format in that no annotation is in two levels.
   * @throws MissingError without any index to go by, DecodingError, StorageError.
   */
  async *getAll(options: AnnotationScanOptions = {}): AsyncGenerator<Annotation, void, undefined> {
    const { signal } = options;
    if (this.info.spatial.length === 0 && options.level === undefined) {
      const ids = await this.ids({ signal });
      for (let at = 0; at < ids.length; at += BATCH) {
        const found = await this.#readIds(ids.slice(at, at + BATCH), true, signal);
        yield* found.filter((a) => a !== undefined);
      }
      return;
    }
    for (const level of this.#levels(options.level)) {
      let batch: Annotation[] = [];
      for await (const annotation of scanLevel({ ...this.#scan(level), range: wholeGrid(level), signal })) {
        batch.push(annotation);
        if (options.relationships === true && batch.length < BATCH) continue;
        yield* await this.#related(batch, options);
        batch = [];
      }
      yield* await this.#related(batch, options);
    }
  }

  #scan(level: AnnotationLevel): Omit<LevelScan, "range"> {
    const files = this.#filesOf(level);
    return { level, files, layout: this.#layout, origin: this.info.lowerBound };
  }

  /** @throws MissingError without a spatial index, ArgumentError for a level that there is not. */
  #levels(level: number | undefined): readonly AnnotationLevel[] {
    const { spatial } = this.info;
    if (spatial.length === 0) throw this.#without("by place");
    if (level === undefined) return spatial;
    const one = spatial[level < 0 ? spatial.length + level : level];
    if (one !== undefined) return [one];
    throw new ArgumentError("The spatial index has no such level", {
      where: this.url,
      expected: `an integer from ${-spatial.length} to ${spatial.length - 1}`,
      got: String(level),
    });
  }

  async #related(
    found: readonly Annotation[],
    { relationships = false, signal }: AnnotationReadOptions,
  ): Promise<readonly Annotation[]> {
    if (!relationships || found.length === 0) return found;
    if (this.info.relationships.length === 0) return found.map((a) => ({ ...a, relationships: {} }));
    const whole = await this.#readIds(
      found.map(({ id }) => id),
      true,
      signal,
    );
    return found.map((annotation, i) => whole[i] ?? annotation);
  }

  async #readIds(
    ids: readonly bigint[],
    allowMissing: boolean,
    signal: AbortSignal | undefined,
  ): Promise<(Annotation | undefined)[]> {
    const { byId } = this.info;
    if (byId === undefined) throw this.#without("by id");
    const files = this.#filesOf(byId);
    const items = ids.map(itemOf);
    const found = await files.read(items, { signal });
    return items.map((item, i) => {
      const bytes = found[i];
      if (bytes !== undefined) return decodeAnnotation(this.#layout, item.label, bytes, files.url(item));
      if (allowMissing) return undefined;
      throw new MissingError(`There is no annotation ${item.label}`, { where: files.url(item) });
    });
  }

  #listOf(items: Iterable<Annotation>): AnnotationList {
    return new AnnotationList(this.info, items);
  }

  #filesOf(index: AnnotationIndex): IndexFiles {
    const files = this.#files.get(index) ?? new IndexFiles(this.#store, this.#folder, index);
    this.#files.set(index, files);
    return files;
  }

  #without(what: string): MissingError {
    return new MissingError(`These annotations have no index ${what}`, { where: this.url });
  }
}

function itemOf(id: bigint): IndexItem {
  return { name: String(id), label: id };
}
