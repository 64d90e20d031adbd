/** The spatial index: its grid, its files, and a database beside them that says the same. */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { random } from "../../../../test/generators/random.js";
import { Bbox, type Box6 } from "../../../base/bbox.js";
import {
  ArgumentError,
  AuthenticationError,
  InfoUnavailableError,
  SpatialIndexGapError,
  SpecViolation,
  StorageError,
  UnsupportedProtocolError,
} from "../../../base/errors.js";
import { parseJson } from "../../../base/json.js";
import { memStore } from "../../../stores/mem/index.js";
import { recordRequests } from "../../../stores/record.js";
import { describeAddress, parseDatabaseAddress } from "./database/address.js";
import { userOf } from "./database/credentials.js";
import { openDatabase } from "./database/open.js";
import { placeOf, placesTouching } from "./database/places.js";
import { allCells, cellsTouching, clampToGrid, type IndexGrid, indexGrid } from "./grid.js";
import type { SpatialIndexInfo } from "./info.js";
import { parseIndexFile } from "./parse.js";
import { SpatialIndex } from "./spatial-index.js";
import { type MadeIndex, randomIndex, randomQuery } from "./testing.js";

const dir = mkdtempSync(join(tmpdir(), "cloudvolume-index-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const info = (json: string): SpatialIndexInfo => parseJson(json) as SpatialIndexInfo;
const GRID = indexGrid(info('{"chunk_size":[1000,800,2000]}'), [0, -10, 5, 70, 60, 55], [40, 40, 100]);

function stored(made: MadeIndex): ReturnType<typeof memStore> {
  const store = memStore(`mem://spatial-index/${crypto.randomUUID()}`);
  for (const [name, bytes] of made.files) store.writeSync!(`mesh/${name}`, bytes);
  return store;
}

function meet(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  return [0, 1, 2].every((k) => a[k]! < b[k + 3]! && a[k + 3]! > b[k]!);
}

function brute(made: MadeIndex, grid: IndexGrid, query: Box6): bigint[] {
  const box = clampToGrid(query, grid);
  if (box === undefined) return [];
  const names = new Set(cellsTouching(box, grid).map((cell) => cell.name));
  const hits = made.rows.filter((row) => names.has(row.cell) && meet(row.box, box));
  return [...new Set(hits.map((row) => row.label))].sort((a, b) => (a < b ? -1 : 1));
}

describe("the grid", () => {
  test("names are CloudVolume's: whole numbers, cut at the bounds", () => {
    const grid = indexGrid(
      info('{"resolution":[16,16,40],"chunk_size":[1024,1024,2560]}'),
      [32, -64, 10, 160, 64, 74],
      [1, 1, 1],
    );
    expect(allCells(grid).map((cell) => cell.name)).toEqual([
      "512-1536_-1024-0_400-2960.spatial",
      "1536-2560_-1024-0_400-2960.spatial",
      "512-1536_0-1024_400-2960.spatial",
      "1536-2560_0-1024_400-2960.spatial",
    ]);
    expect(allCells(GRID).at(-1)!.name).toBe("2000-2800_2000-2400_4500-5500.spatial");
  });

  test("with decimals in the resolution, names have as many", () => {
    const grid = indexGrid(
      info('{"resolution":[0.5,1.0,2.25],"chunk_size":[32,64,144]}'),
      [0, 0, 0, 64, 64, 64],
      [1, 1, 1],
    );
    expect(allCells(grid)[0]!.name).toBe("0.00-32.00_0.00-64.00_0.00-144.00.spatial");
    const float = indexGrid(
      info('{"resolution":[1,1,1],"chunk_size":[32.0,64,64]}'),
      [0, 0, 0, 64, 64, 64],
      [1, 1, 1],
    );
    expect(allCells(float)[0]!.name).toBe("0.0-32.0_0.0-64.0_0.0-64.0.spatial");
  });

  test("a box touches the cells it shares volume with, and nothing outside", () => {
    const names = (box: Box6): number => cellsTouching(clampToGrid(box, GRID)!, GRID).length;
    expect(names([0, -400, 500, 1000, 400, 2500])).toBe(1);
    expect(names([999, 399, 2499, 1001, 401, 2501])).toBe(8);
    expect(clampToGrid([2800, 0, 500, 9000, 1, 501], GRID)).toBeUndefined();
    expect(clampToGrid([5, 5, 5, 5, 9, 9], GRID)).toBeUndefined();
  });

  test("too many cells are refused before they are made", () => {
    const tiny = indexGrid(info('{"chunk_size":[0.001,0.001,0.001]}'), [0, 0, 0, 1e6, 1e6, 1e6], [1, 1, 1]);
    expect(() => allCells(tiny)).toThrow(ArgumentError);
  });
});

describe("a file", () => {
  const parse = (text: string): ReturnType<typeof parseIndexFile> =>
    parseIndexFile(new TextEncoder().encode(text), "x.spatial");

  test("is read whatever its spaces, up to the largest label", () => {
    const { labels, boxes } = parse(
      ' { "18446744073709551615" :[ 1, -2, 3.5, 1e3 , 1234567890123456,0 ]\n, "0":[0,0,0,1,1,1]}\n',
    );
    expect(Array.from(labels)).toEqual([2n ** 64n - 1n, 0n]);
    expect(Array.from(boxes)).toEqual([1, -2, 3.5, 1000, 1234567890123456, 0, 0, 0, 0, 1, 1, 1]);
    expect(parse("{}").labels).toHaveLength(0);
  });

  test.each([
    "",
    "[]",
    "{",
    '{"1"}',
    '{"1":[1,2,3]}',
    '{"1":[1,2,3,4,5,6,7]}',
    '{"x":[1,2,3,4,5,6]}',
    '{"18446744073709551616":[1,2,3,4,5,6]}',
    '{"1":[1,2,3,4,5,NaN]}',
    '{"1":[1,2,3,4,5,1e999]}',
    '{"1":[1,2,3,4,5,6]},',
    '{"1":[1,2,3,4,5,6],}',
    '{"1":[1,2,3,4,5,--6]}',
    '{"1":["1",2,3,4,5,6]}',
  ])("%j is refused", (text) => {
    expect(() => parse(text)).toThrow(SpecViolation);
  });
});

describe("places", () => {
  test("every box that a query touches is in the ranges", () => {
    const rng = random(11);
    const cell: Box6 = [100, -300, 7, 1124, 500, 2055];
    const made = Array.from({ length: 600 }, () => {
      const corner = [0, 1, 2].map((k) => cell[k]! - 40 + rng(cell[k + 3]! - cell[k]! + 80));
      return [...corner, ...corner.map((v) => v + 1 + rng(rng(8) === 0 ? 1500 : 90))];
    });
    let least = made.length;
    for (let i = 0; i < 300; i++) {
      const corner = [0, 1, 2].map((k) => cell[k]! + rng(cell[k + 3]! - cell[k]!));
      const query = [...corner, ...corner.map((v) => v + 1 + rng(200))] as unknown as Box6;
      const ranges = placesTouching(query, cell);
      if (ranges === undefined) continue;
      const inRange = made.filter((box) => {
        const place = placeOf(box, 0, cell);
        return ranges.some(([first, last]) => place >= first && place <= last);
      });
      const hits = made.filter((box) => meet(box, query));
      expect(hits.filter((box) => !inRange.includes(box))).toEqual([]);
      least = Math.min(least, inRange.length);
    }
    expect(least).toBeLessThan(made.length / 2);
  });
});

describe("queries", () => {
  const rng = random(5);
  const made = randomIndex(rng, GRID, 800);
  const folder = "mesh/";

  test("files and database give what the boxes say", async () => {
    const store = stored(made);
    const files = new SpatialIndex({ store, folder, grid: GRID });
    const database = join(dir, "boxes.db");
    const steps: number[] = [];
    await files.toSql(database, { onProgress: ({ done }) => steps.push(done) });
    expect(steps.at(-1)).toBe(allCells(GRID).length);
    const db = new SpatialIndex({ store: memStore("mem://nothing/here"), folder, grid: GRID, database });
    let hits = 0;
    for (let i = 0; i < 60; i++) {
      const query = randomQuery(rng, GRID);
      const wanted = brute(made, GRID, query);
      hits += wanted.length;
      expect(Array.from(await files.query(query))).toEqual(wanted);
      expect(Array.from(await db.query(query))).toEqual(wanted);
    }
    expect(hits).toBeGreaterThan(500);
    const all = [...new Set(made.rows.map((row) => row.label))].sort((a, b) => (a < b ? -1 : 1));
    for (const index of [files, db]) {
      expect(Array.from(await index.labels())).toEqual(all);
      expect(await index.query([-5, -5, -5, -4, -4, -4])).toHaveLength(0);
      const [one] = made.rows;
      const boxes = made.rows.filter((row) => row.label === one!.label).map((row) => Bbox.fromList(row.box));
      expect((await index.getBbox(one!.label))!.toList()).toEqual(Bbox.expand(boxes[0]!, ...boxes).toList());
      expect(await index.getBbox(1)).toBeUndefined();
      const places = await index.fileLocationsPerLabel([one!.label, 1]);
      const cells = made.rows.filter((row) => row.label === one!.label).map((row) => row.cell);
      expect(places).toEqual(new Map([[one!.label, cells.sort()]]));
      expect((await index.fileLocationsPerLabel()).size).toBe(all.length);
    }
  });

  test("a box in another unit", async () => {
    const files = new SpatialIndex({ store: stored(made), folder, grid: GRID });
    const nm = new Bbox([0, 0, 1000], [1500, 900, 3000]);
    const um = new Bbox([0, 0, 1], [1.5, 0.9, 3], { unit: "um" });
    expect(await files.query(um)).toEqual(await files.query(nm));
  });

  test("a missing file is named, or taken for empty", async () => {
    const store = stored(made);
    const [name] = [...made.files.keys()];
    await store.remove!(`mesh/${name}`);
    const index = new SpatialIndex({ store, folder, grid: GRID });
    await expect(index.labels()).rejects.toThrow(SpatialIndexGapError);
    await expect(index.labels()).rejects.toThrow(name);
    const rest = new Set(made.rows.filter((row) => row.cell !== name).map((row) => row.label));
    expect(await index.labels({ allowMissing: true })).toHaveLength(rest.size);
    const database = join(dir, "gap.db");
    await expect(index.toSql(database)).rejects.toThrow(SpatialIndexGapError);
    await index.toSql(database, { allowMissing: true });
    const db = new SpatialIndex({ store, folder, grid: GRID, database });
    expect(await db.labels()).toHaveLength(rest.size);
  });

  test("files are read once, and again when they changed", async () => {
    const { store, requests } = recordRequests(stored(made));
    const index = new SpatialIndex({ store: { ...store, readSync: undefined as never }, folder, grid: GRID });
    await index.labels();
    const once = requests.length;
    expect(once).toBe(allCells(GRID).length);
    await index.query(randomQuery(rng, GRID));
    expect(requests.length).toBe(once);
    index.clearCache();
    await index.labels();
    expect(requests.length).toBe(2 * once);
    const changed = stored(made);
    const fresh = new SpatialIndex({ store: changed, folder, grid: GRID, freshness: 0 });
    const before = (await fresh.labels()).length;
    for (const name of made.files.keys()) changed.writeSync!(`mesh/${name}`, new TextEncoder().encode("{}"));
    expect([before > 0, (await fresh.labels()).length]).toEqual([true, 0]);
  });

  test("aborting", async () => {
    const index = new SpatialIndex({ store: stored(made), folder, grid: GRID });
    const signal = AbortSignal.abort();
    await expect(index.labels({ signal })).rejects.toMatchObject({ kind: "aborted" });
    await expect(index.toSql(join(dir, "aborted.db"), { signal })).rejects.toMatchObject({ kind: "aborted" });
  });
});

describe("databases", () => {
  const made = randomIndex(random(8), GRID, 50);
  const index = (database: string): SpatialIndex =>
    new SpatialIndex({ store: stored(made), folder: "mesh/", grid: GRID, database });

  test("a rebuilt one replaces the old; a failed one leaves it", async () => {
    const database = join(dir, "twice.db");
    await index(database).toSql();
    await index(database).toSql();
    const labels = await index(database).labels();
    const stop = new AbortController();
    const again = index(database).toSql(undefined, { signal: stop.signal, onProgress: () => stop.abort() });
    await expect(again).rejects.toMatchObject({ kind: "aborted" });
    expect(await index(database).labels()).toEqual(labels);
  });

  test("boxes of an older build do not count once another program has made the tables anew", async () => {
    const database = join(dir, "renewed.db");
    await index(database).toSql();
    const driver = await openDatabase(database, { create: true });
    await driver.execute("DROP TABLE index_files");
    await driver.execute("CREATE TABLE index_files (id INTEGER PRIMARY KEY, filename VARCHAR(100) NOT NULL)");
    await driver.execute("DELETE FROM file_lookup");
    await driver.close();
    const [{ box }] = made.rows as [MadeIndex["rows"][number]];
    expect(await index(database).query(box)).toEqual(
      await index(join(dir, "other.db"))
        .query(box)
        .catch(() => brute(made, GRID, box))
        .then((r) => BigUint64Array.from(r)),
    );
  });

  test("one that is not there, and one that is none", async () => {
    const missing = join(dir, "missing.db");
    await expect(index(missing).labels()).rejects.toThrow(InfoUnavailableError);
    expect(existsSync(missing)).toBe(false);
    await expect(index("mysql://u:p@127.0.0.1:1/db").labels()).rejects.toThrow(StorageError);
    await expect(index("postgres://u:p@127.0.0.1:1/db").labels()).rejects.toThrow(StorageError);
  });

  test("addresses", () => {
    expect(parseDatabaseAddress("a/b.db")).toEqual({ kind: "sqlite", file: "a/b.db" });
    expect(parseDatabaseAddress("sqlite:///a/b.db")).toEqual({ kind: "sqlite", file: "/a/b.db" });
    const common = { host: "h", username: "u", password: "p@/:" };
    expect(parseDatabaseAddress("mysql://u:p%40%2F%3A@h/")).toEqual({
      ...common,
      kind: "mysql",
      port: 3306,
      database: "spatial_index",
    });
    expect(parseDatabaseAddress("postgresql://u:p%40%2F%3A@h:80/d_1")).toEqual({
      ...common,
      kind: "postgres",
      port: 80,
      database: "d_1",
    });
    expect(parseDatabaseAddress("psql://h")).toMatchObject({ kind: "postgres", username: undefined });
    expect(() => parseDatabaseAddress("redis://h")).toThrow(UnsupportedProtocolError);
    expect(() => parseDatabaseAddress("mysql://h/a-b;DROP")).toThrow(ArgumentError);
  });

  test("a password is in no message", async () => {
    const secret = "s3cr3t-w0rd";
    const address = parseDatabaseAddress(`mysql://u:${secret}@127.0.0.1:1/db`);
    expect(describeAddress(address)).not.toContain(secret);
    for (const kind of ["mysql", "postgres"]) {
      const error: Error = await index(`${kind}://u:${secret}@127.0.0.1:1/db`)
        .labels()
        .then(
          () => new Error("it worked"),
          (e: Error) => e,
        );
      expect(`${error.message} ${error.stack} ${JSON.stringify(error)} ${error.cause}`).not.toContain(secret);
    }
  });

  test("who logs in: the address, else the secrets, else nobody", async () => {
    const server = parseDatabaseAddress("mysql://h/d");
    if (server.kind === "sqlite") throw new Error("not a server");
    const users = async (service: string, host: string): Promise<{ username: string; password: string }> => ({
      username: `${service}-${host}`,
      password: "x",
    });
    expect(await userOf(server, users)).toEqual({ user: "mysql-h", password: "x" });
    expect(await userOf({ ...server, username: "me" }, users)).toEqual({ user: "me", password: "x" });
    await expect(userOf(server, undefined)).rejects.toThrow(AuthenticationError);
  });
});
