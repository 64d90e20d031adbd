/** Writes a spatial index into a database: CloudVolume's tables, and one of our own with the labels' boxes. */
import { type Abortable, throwIfAborted } from "../../../../base/abort.js";
import type { IndexFiles } from "../files.js";
import type { IndexCell } from "../grid.js";
import type { IndexFile } from "../parse.js";
import type { Column, Driver } from "./driver.js";
import { placeOf } from "./places.js";

/** Told after each batch of files. */
export type BuildListener = (progress: { readonly done: number; readonly total: number }) => void;

export interface BuildOptions extends Abortable {
  /** Leaves out files that are not there. Default false: a SpatialIndexGapError. */
  readonly allowMissing?: boolean | undefined;
  /** The indices of CloudVolume's tables. Default true; without them its queries are slow. */
  readonly createIndices?: boolean | undefined;
  readonly onProgress?: BuildListener | undefined;
}

/** Cells that are read and stored at a time. */
const FILES_A_BATCH = 64;
/** Names of tables while they are filled, where that cannot be one transaction. */
const FRESH = "_new";

/**
 * Replaces the tables. On sqlite and PostgreSQL in one transaction; MySQL has none for tables, so they are filled under
 * other names and renamed at the end. If it fails or is aborted, what was there before stays.
 * @throws SpatialIndexGapError, SpecViolation, AuthorizationError, StorageError.
 */
export async function buildDatabase(
  driver: Driver,
  files: IndexFiles,
  cells: readonly IndexCell[],
  options: BuildOptions = {},
): Promise<void> {
  const mysql = driver.dialect.kind === "mysql";
  const suffix = mysql ? FRESH : "";
  if (!mysql) await driver.execute("BEGIN");
  try {
    await createTables(driver, suffix);
    await fill(driver, suffix, files, cells, options);
    await createIndices(driver, suffix, options.createIndices ?? true);
    throwIfAborted(options.signal);
    if (mysql) await rename(driver);
    else await driver.execute("COMMIT");
  } catch (error) {
    await (mysql ? dropTables(driver, suffix) : driver.execute("ROLLBACK")).catch(() => {});
    throw error;
  }
}

async function dropTables(driver: Driver, suffix: string): Promise<void> {
  const cascade = driver.dialect.kind === "postgres" ? " CASCADE" : "";
  for (const table of ["label_boxes", "file_lookup", "index_files"])
    await driver.execute(`DROP TABLE IF EXISTS ${table}${suffix}${cascade}`);
}

async function createTables(driver: Driver, suffix: string): Promise<void> {
  const { kind, createTable, integer, fileId, double, clustered } = driver.dialect;
  await dropTables(driver, suffix);
  await driver.execute(`${createTable} index_files${suffix} (id ${fileId}, filename VARCHAR(100) NOT NULL)`);
  await driver.execute(`CREATE INDEX idxfname ON index_files${suffix} (filename)`);
  // InnoDB keeps a table in the order of its primary key: there it must be known from the start.
  const key = kind === "mysql" ? ", PRIMARY KEY (label, fid)" : "";
  await driver.execute(
    `${createTable} file_lookup${suffix} (label ${integer} NOT NULL, fid ${integer} NOT NULL${key})`,
  );
  const corners = ["x0", "y0", "z0", "x1", "y1", "z1"].map((name) => `${name} ${double} NOT NULL`).join();
  const ownKey = kind === "postgres" ? "" : ", PRIMARY KEY (fid, place, label)";
  await driver.execute(
    `${createTable} label_boxes${suffix} (fid ${integer} NOT NULL, place INTEGER NOT NULL, ` +
      `label ${integer} NOT NULL, ${corners}${ownKey})${clustered}`,
  );
}

async function fill(
  driver: Driver,
  suffix: string,
  files: IndexFiles,
  cells: readonly IndexCell[],
  options: BuildOptions,
): Promise<void> {
  const { signal, allowMissing = false, onProgress } = options;
  for (let at = 0; at < cells.length; at += FILES_A_BATCH) {
    throwIfAborted(signal);
    const batch = cells.slice(at, at + FILES_A_BATCH);
    const names = batch.map((cell) => cell.name);
    const content = new Map<string, IndexFile>();
    await files.forEach(
      names,
      (name, file) => {
        if (file !== undefined) content.set(name, file);
        else if (!allowMissing) throw files.gap(name);
      },
      { signal },
    );
    const ids = BigUint64Array.from(names, (_, i) => BigInt(at + i + 1));
    await driver.insert(`index_files${suffix}`, ["id", "filename"], ["id", "text"], [ids, names], { signal });
    const rows = gather(batch, content, at + 1);
    const [fid, , label] = rows;
    await driver.insert(`file_lookup${suffix}`, ["label", "fid"], ["label", "id"], [label!, fid!], {
      signal,
    });
    await driver.insert(
      `label_boxes${suffix}`,
      ["fid", "place", "label", "x0", "y0", "z0", "x1", "y1", "z1"],
      ["id", "double", "label", "double", "double", "double", "double", "double", "double"],
      rows,
      { signal },
    );
    onProgress?.({ done: at + batch.length, total: cells.length });
  }
}

/** The rows of some cells column by column, in the order of our table's key. Of a label given twice the last counts. */
function gather(
  batch: readonly IndexCell[],
  content: ReadonlyMap<string, IndexFile>,
  firstId: number,
): Column[] {
  const rows: { id: number; place: number; label: bigint; box: Float64Array }[] = [];
  batch.forEach(({ name, box: cell }, i) => {
    const file = content.get(name);
    if (file === undefined) return;
    const seen = new Map<bigint, number>();
    file.labels.forEach((label, k) => {
      const box = file.boxes.subarray(6 * k, 6 * k + 6);
      const row = { id: firstId + i, place: placeOf(box, 0, cell), label, box };
      const before = seen.get(label);
      if (before !== undefined) rows[before] = row;
      else seen.set(label, rows.push(row) - 1);
    });
  });
  rows.sort((a, b) => a.id - b.id || a.place - b.place || (a.label < b.label ? -1 : 1));
  return [
    BigUint64Array.from(rows, (row) => BigInt(row.id)),
    Float64Array.from(rows, (row) => row.place),
    BigUint64Array.from(rows, (row) => row.label),
    ...[0, 1, 2, 3, 4, 5].map((k) => Float64Array.from(rows, (row) => row.box[k]!)),
  ];
}

async function createIndices(driver: Driver, suffix: string, theirs: boolean): Promise<void> {
  const { kind } = driver.dialect;
  if (kind === "postgres") {
    // Ids were given: the counter goes on after them.
    await driver.execute(
      "SELECT setval(pg_get_serial_sequence('index_files', 'id'), COALESCE((SELECT MAX(id) FROM index_files), 0) + 1, false)",
    );
    await driver.execute("CREATE INDEX label_boxes_place ON label_boxes (fid, place)");
  }
  await driver.execute(`CREATE INDEX label_boxes_label ON label_boxes${suffix} (label)`);
  if (theirs && kind === "postgres") {
    await driver.execute("ALTER TABLE file_lookup ADD PRIMARY KEY (label, fid)");
    await driver.execute(
      "ALTER TABLE file_lookup ADD CONSTRAINT file_lookup_fid_fkey FOREIGN KEY (fid) REFERENCES index_files(id)",
    );
  }
  if (theirs && kind === "sqlite")
    await driver.execute("CREATE UNIQUE INDEX pk_label_fid ON file_lookup (label, fid)");
  if (theirs) await driver.execute(`CREATE INDEX fname ON file_lookup${suffix} (fid)`);
  // Goes with the table: if another program makes index_files anew, the boxes no longer count.
  await driver.execute(`CREATE INDEX ${VALID} ON index_files${suffix} (id)`);
  if (kind !== "mysql")
    for (const table of ["file_lookup", "label_boxes"]) await driver.execute(`ANALYZE ${table}`);
}

/** The name of the index that says that `label_boxes` belongs to the other tables. */
export const VALID = "label_boxes_valid";

async function rename(driver: Driver): Promise<void> {
  await dropTables(driver, "");
  const tables = ["index_files", "file_lookup", "label_boxes"];
  await driver.execute(`RENAME TABLE ${tables.map((t) => `${t}${FRESH} TO ${t}`).join()}`);
}
