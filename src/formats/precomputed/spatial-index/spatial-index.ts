/** Which labels are where: the spatial index of meshes and skeletons. Source: CloudVolume's `spatial_index`. */
import type { Abortable } from "../../../base/abort.js";
import { Bbox, type BboxLike, type Box6 } from "../../../base/bbox.js";
import { ArgumentError } from "../../../base/errors.js";
import { type SegmentId, toSegmentId } from "../../../base/segment-ids.js";
import type { Store } from "../../../stores/store.js";
import { type BuildOptions, buildDatabase } from "./database/build.js";
import type { DatabaseUsers } from "./database/credentials.js";
import type { Driver } from "./database/driver.js";
import { openDatabase } from "./database/open.js";
import { allLabels, boxOfLabel, filesOfLabels, hasBoxes, labelsInBox } from "./database/search.js";
import { IndexFiles, type IndexFilesOptions } from "./files.js";
import { allCells, cellsTouching, clampToGrid, type IndexGrid, isWhole } from "./grid.js";
import { LabelList } from "./label-list.js";

export interface SpatialIndexOptions extends IndexFilesOptions {
  readonly store: Store;
  /** The folder of the meshes or skeletons: "" or with a slash at its end. */
  readonly folder: string;
  readonly grid: IndexGrid;
  /** A database that `toSql` made, here or in CloudVolume: `[sqlite://]file`, `mysql://…`, `postgres://…`. */
  readonly database?: string | undefined;
  /** Who logs in at databases whose address does not say so. */
  readonly users?: DatabaseUsers | undefined;
}

export interface QueryOptions extends Abortable {
  /** Takes files that are not there for empty ones. Default false: a SpatialIndexGapError. */
  readonly allowMissing?: boolean | undefined;
}

export interface ToSqlOptions extends BuildOptions {
  readonly users?: DatabaseUsers | undefined;
}

export class SpatialIndex {
  readonly grid: IndexGrid;
  readonly #options: SpatialIndexOptions;
  readonly #files: IndexFiles;

  constructor(options: SpatialIndexOptions) {
    this.#options = options;
    this.grid = options.grid;
    this.#files = new IndexFiles(options.store, options.folder, options);
  }

  /** What the index covers, in physical units. */
  get bounds(): Bbox {
    return Bbox.fromList(this.grid.bounds);
  }

  /**
   * The labels whose box shares volume with `bbox` (physical units), ascending. A box around the whole volume gives every
   * label. Reads the files that the box touches, or asks the database if there is one; the result is the same.
   * @throws SpatialIndexGapError for a file that is not there, SpecViolation, StorageError.
   */
  async query(bbox: BboxLike, options: QueryOptions = {}): Promise<BigUint64Array> {
    const box = clampToGrid(physical(bbox), this.grid);
    if (box === undefined) return new BigUint64Array(0);
    const whole = isWhole(box, this.grid);
    if (this.#options.database !== undefined) {
      const found = await this.#ask(async (driver) => {
        if (whole) return await allLabels(driver, options);
        if (!(await hasBoxes(driver, options))) return undefined;
        const gap = options.allowMissing ? undefined : (name: string) => this.#files.gap(name);
        return await labelsInBox(driver, box, cellsTouching(box, this.grid), gap, options);
      });
      if (found !== undefined) return found;
    }
    return await this.#search(box, whole, options);
  }

  /** Every label of the index, ascending. */
  async labels(options: QueryOptions = {}): Promise<BigUint64Array> {
    return await this.query(this.bounds, options);
  }

  /**
   * The box around all of a label, in physical units; undefined for one that is nowhere. Without a database this reads
   * every file. @throws SpatialIndexGapError, SpecViolation, StorageError.
   */
  async getBbox(label: SegmentId, options: QueryOptions = {}): Promise<Bbox | undefined> {
    const wanted = toSegmentId(label);
    let names: readonly string[] = [];
    if (this.#options.database !== undefined) {
      const known = await this.#ask(async (driver) => {
        if (await hasBoxes(driver, options)) return { box: await boxOfLabel(driver, wanted, options) };
        names = (await filesOfLabels(driver, [wanted], options)).get(wanted) ?? [];
        return undefined;
      });
      if (known !== undefined) return known.box && Bbox.fromList(known.box);
    } else names = allCells(this.grid).map((cell) => cell.name);
    let found: Bbox | undefined;
    await this.#eachFile(names, options, ({ labels, boxes }) => {
      const at = labels.lastIndexOf(wanted);
      if (at < 0) return;
      const box = Bbox.fromList(Array.from(boxes.subarray(6 * at, 6 * at + 6)));
      found = found === undefined ? box : Bbox.expand(found, box);
    });
    return found;
  }

  /** The names of the files that labels (default: all) are in; a label that is nowhere is left out. */
  async fileLocationsPerLabel(
    labels?: Iterable<SegmentId>,
    options: QueryOptions = {},
  ): Promise<Map<bigint, string[]>> {
    const wanted = labels === undefined ? undefined : Array.from(labels, toSegmentId);
    if (this.#options.database !== undefined)
      return await this.#ask((driver) => filesOfLabels(driver, wanted, options));
    const only = wanted && new Set(wanted);
    const found = new Map<bigint, string[]>();
    const names = allCells(this.grid).map((cell) => cell.name);
    await this.#eachFile(names, options, (file, name) => {
      for (const label of new Set(file.labels)) {
        if (only !== undefined && !only.has(label)) continue;
        const names = found.get(label);
        if (names === undefined) found.set(label, [name]);
        else names.push(name);
      }
    });
    for (const list of found.values()) list.sort();
    return found;
  }

  /**
   * Writes the index into a database (default: its own): CloudVolume's tables, which it reads, and a table of the labels'
   * boxes beside them. What is there is replaced, all or nothing.
   * @throws SpatialIndexGapError, ArgumentError, AuthorizationError, StorageError.
   */
  async toSql(database?: string, options: ToSqlOptions = {}): Promise<void> {
    const address = database ?? this.#options.database;
    if (address === undefined)
      throw new ArgumentError("No database is given", {
        expected: "sqlite://file, mysql://… or postgres://…",
      });
    const driver = await openDatabase(address, { create: true, users: options.users ?? this.#options.users });
    try {
      await buildDatabase(driver, this.#files, allCells(this.grid), options);
    } finally {
      await driver.close();
    }
  }

  /** Forgets the files that were read. */
  clearCache(): void {
    this.#files.clear();
  }

  async #search(box: Box6, whole: boolean, options: QueryOptions): Promise<BigUint64Array> {
    const found = new LabelList();
    const names = cellsTouching(box, this.grid).map((cell) => cell.name);
    await this.#eachFile(names, options, ({ labels, boxes }) => {
      if (whole) return found.pushAll(labels);
      for (let i = 0, b = 0; i < labels.length; i++, b += 6) if (meets(boxes, b, box)) found.push(labels[i]!);
    });
    return found.sorted();
  }

  async #eachFile(
    names: readonly string[],
    { allowMissing = false, signal }: QueryOptions,
    visit: (file: { readonly labels: BigUint64Array; readonly boxes: Float64Array }, name: string) => void,
  ): Promise<void> {
    await this.#files.forEach(
      names,
      (name, file) => {
        if (file !== undefined) visit(file, name);
        else if (!allowMissing) throw this.#files.gap(name);
      },
      { signal },
    );
  }

  /** A connection for each question: queries are rare, and none is left open behind a volume that is dropped. */
  async #ask<T>(question: (driver: Driver) => Promise<T>): Promise<T> {
    const driver = await openDatabase(this.#options.database!, { users: this.#options.users });
    try {
      return await question(driver);
    } finally {
      await driver.close();
    }
  }
}

function meets(boxes: Float64Array, at: number, box: Box6): boolean {
  return (
    boxes[at]! < box[3] &&
    boxes[at + 3]! > box[0] &&
    boxes[at + 1]! < box[4] &&
    boxes[at + 4]! > box[1] &&
    boxes[at + 2]! < box[5] &&
    boxes[at + 5]! > box[2]
  );
}

/** A box in nanometres: its numbers are taken for them, unless it has another physical unit. */
function physical(bbox: BboxLike): Box6 {
  const box = Bbox.create(bbox);
  return (box.isPhysical ? box.convertUnits("nm", [1, 1, 1]) : box).toList();
}
