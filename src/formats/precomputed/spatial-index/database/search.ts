/** Questions to a database with a spatial index. */
import type { Abortable } from "../../../../base/abort.js";
import type { Box6 } from "../../../../base/bbox.js";
import type { SpatialIndexGapError } from "../../../../base/errors.js";
import type { IndexCell } from "../grid.js";
import { LabelList } from "../label-list.js";
import { VALID } from "./build.js";
import type { Driver, SqlValue } from "./driver.js";
import { type PlaceRange, placesTouching } from "./places.js";

const VALUES_A_QUERY = 500;
/** Up to so many cells are searched by place. */
const MOST_CELLS_BY_PLACE = 16;

/** Whether the boxes of our own table are there and belong to the others. */
export async function hasBoxes(driver: Driver, options: Abortable): Promise<boolean> {
  const question = {
    sqlite: "SELECT name FROM sqlite_master WHERE type = 'index' AND name = ?",
    mysql:
      "SELECT DISTINCT INDEX_NAME FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'index_files' AND INDEX_NAME = ?",
    postgres:
      "SELECT indexname FROM pg_indexes WHERE schemaname = ANY(current_schemas(false)) AND tablename = 'index_files' AND indexname = ?",
  }[driver.dialect.kind];
  return (await driver.query(question, [VALID], ["text"], options)).length > 0;
}

/** Every label, ascending. */
export async function allLabels(driver: Driver, options: Abortable): Promise<BigUint64Array> {
  const rows = await driver.query("SELECT DISTINCT label FROM file_lookup", [], ["label"], options);
  return sorted(rows.map(([label]) => label as bigint));
}

/** Labels in cells, whose box there shares volume with `box`. @throws SpatialIndexGapError for a cell that was not indexed. */
export async function labelsInBox(
  driver: Driver,
  box: Box6,
  cells: readonly IndexCell[],
  gap: ((name: string) => SpatialIndexGapError) | undefined,
  options: Abortable,
): Promise<BigUint64Array> {
  const found = new LabelList();
  const test = "x0 < ? AND x1 > ? AND y0 < ? AND y1 > ? AND z0 < ? AND z1 > ?";
  const ends = [box[3], box[0], box[4], box[1], box[5], box[2]];
  const select = (where: string): string => `SELECT label FROM label_boxes WHERE ${where} AND ${test}`;
  const keep = (rows: readonly (readonly SqlValue[])[]): void => {
    for (const [label] of rows) found.push(label as bigint);
  };
  const look = async (where: string, values: readonly SqlValue[]): Promise<void> =>
    keep(await driver.query(select(where), [...values, ...ends], ["label"], options));
  // Servers search several ranges at once, which spares ways there and back; sqlite searches one after the other.
  const lookInPlaces = async (fid: bigint, places: readonly PlaceRange[]): Promise<void> => {
    const one = "place BETWEEN ? AND ?";
    if (driver.queryEach === undefined)
      return await look(`fid = ? AND (${places.map(() => one).join(" OR ")})`, [fid, ...places.flat()]);
    const values = places.map((range) => [fid, ...range, ...ends]);
    keep(await driver.queryEach(select(`fid = ? AND ${one}`), values, ["label"], options));
  };
  const ids = await fileIds(driver, cells, gap, options);
  const byPlace = cells.length <= MOST_CELLS_BY_PLACE;
  const whole: bigint[] = [];
  for (const { name, box: cell } of cells) {
    const fid = ids.get(name);
    if (fid === undefined) continue;
    const places = byPlace ? placesTouching(box, cell) : undefined;
    if (places === undefined) whole.push(fid);
    else await lookInPlaces(fid, places);
  }
  for (const part of batches(whole)) await look(`fid IN (${marks(part)})`, part);
  return found.sorted();
}

async function fileIds(
  driver: Driver,
  cells: readonly IndexCell[],
  gap: ((name: string) => SpatialIndexGapError) | undefined,
  options: Abortable,
): Promise<Map<string, bigint>> {
  const ids = new Map<string, bigint>();
  for (const part of batches(cells.map((cell) => cell.name))) {
    const sql = `SELECT filename, id FROM index_files WHERE filename IN (${marks(part)})`;
    for (const [name, id] of await driver.query(sql, part, ["text", "id"], options))
      ids.set(name as string, id as bigint);
  }
  const missing = cells.find((cell) => !ids.has(cell.name));
  if (missing !== undefined && gap !== undefined) throw gap(missing.name);
  return ids;
}

/** The box around a label in all cells, from our table; undefined for one that is nowhere. */
export async function boxOfLabel(
  driver: Driver,
  label: bigint,
  options: Abortable,
): Promise<Box6 | undefined> {
  const columns = ["x0", "y0", "z0"].map((c) => `MIN(${c}) AS ${c}`);
  columns.push(...["x1", "y1", "z1"].map((c) => `MAX(${c}) AS ${c}`));
  const sql = `SELECT COUNT(*) AS n, ${columns.join()} FROM label_boxes WHERE label = ?`;
  const types = ["id", "double", "double", "double", "double", "double", "double"] as const;
  const [row] = await driver.query(sql, [label], types, options);
  return row === undefined || row[0] === 0n ? undefined : (row.slice(1) as unknown as Box6);
}

/** The files that labels are in, or that every label is in. */
export async function filesOfLabels(
  driver: Driver,
  labels: readonly bigint[] | undefined,
  options: Abortable,
): Promise<Map<bigint, string[]>> {
  const found = new Map<bigint, string[]>();
  const from = "FROM file_lookup JOIN index_files ON file_lookup.fid = index_files.id";
  const look = async (where: string, values: readonly bigint[]): Promise<void> => {
    const sql = `SELECT file_lookup.label AS label, index_files.filename AS filename ${from} ${where}`;
    for (const [label, name] of await driver.query(sql, values, ["label", "text"], options)) {
      const names = found.get(label as bigint);
      if (names === undefined) found.set(label as bigint, [name as string]);
      else names.push(name as string);
    }
  };
  if (labels === undefined) await look("", []);
  else for (const part of batches(labels)) await look(`WHERE file_lookup.label IN (${marks(part)})`, part);
  for (const names of found.values()) names.sort();
  return found;
}

function batches<T>(values: readonly T[]): T[][] {
  const parts: T[][] = [];
  for (let at = 0; at < values.length; at += VALUES_A_QUERY)
    parts.push(values.slice(at, at + VALUES_A_QUERY));
  return parts;
}

function marks(values: readonly unknown[]): string {
  return values.map(() => "?").join();
}

function sorted(labels: readonly bigint[]): BigUint64Array {
  const list = new LabelList();
  list.pushAll(BigUint64Array.from(labels));
  return list.sorted();
}
