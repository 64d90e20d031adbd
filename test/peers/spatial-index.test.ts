/**
 * Spatial indices in real databases: a SQLite file, MariaDB, PostgreSQL. What is built here CloudVolume asks, what it
 * builds is asked here, and boxes give the same from files and databases.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import type { Box6 } from "../../src/base/bbox.js";
import { allCells, cellsTouching, clampToGrid } from "../../src/formats/precomputed/spatial-index/grid.js";
import {
  type MadeIndex,
  randomIndex,
  randomQuery,
} from "../../src/formats/precomputed/spatial-index/testing.js";
import { AuthenticationError, CloudVolume, InfoUnavailableError, type SpatialIndex } from "../../src/node.js";
import { random } from "../generators/random.js";
import { DATABASE_PASSWORD, type DatabaseServer, startMariaDb, startPostgres } from "../support/databases.js";
import { haveOriginals, startJudge } from "../support/originals.js";
import { scratchDirectory } from "../support/scratch.js";

/** CloudVolume knows labels below 2^63 only. */
const LABELS = 3000;
const scratch = scratchDirectory();
const root = join(scratch, "layer");
const rng = random(21);
let made: MadeIndex;
let count = 0;

async function openIndex(spatialIndexDb?: string): Promise<SpatialIndex> {
  const vol = await CloudVolume.open(`file://${root}`, { spatialIndexDb });
  return (await vol.mesh.spatialIndex())!;
}

beforeAll(async () => {
  await CloudVolume.create(`file://${root}`, {
    info: {
      numChannels: 1,
      layerType: "segmentation",
      dataType: "uint64",
      encoding: "raw",
      resolution: [8, 8, 40],
      voxelOffset: [-16, 4, 0],
      volumeSize: [1000, 900, 150],
      chunkSize: [64, 64, 64],
      mesh: "mesh",
    },
  });
  mkdirSync(join(root, "mesh"));
  const info = {
    "@type": "neuroglancer_legacy_mesh",
    mip: 0,
    spatial_index: { chunk_size: [2048, 2048, 2000] },
  };
  writeFileSync(join(root, "mesh/info"), JSON.stringify(info));
  made = randomIndex(rng, (await openIndex()).grid, LABELS, { highBits: 30 });
  for (const [name, bytes] of made.files) writeFileSync(join(root, "mesh", name), bytes);
});

const servers: Record<string, () => Promise<DatabaseServer | undefined>> = {
  "a SQLite file": async () => ({ name: "SQLite", host: "", address: (name) => join(scratch, `${name}.db`) }),
  MariaDB: startMariaDb,
  PostgreSQL: startPostgres,
};

describe.each(Object.entries(servers))("%s", (_, start) => {
  const have = haveOriginals("spatial indices in databases against CloudVolume");
  const judge = startJudge("test/parity/skeleton_judge.py");
  let server: DatabaseServer | undefined;
  beforeAll(async () => {
    server = await start();
  }, 180_000);
  const fresh = (): string => server!.address(`index_${count++}`);
  const ask = <T>(operation: string, more: object): Promise<T> =>
    judge.ask<T>(operation, { path: root, source: "mesh", ...more });
  const some = (): bigint[] => made.rows.slice(0, 5).map((row) => row.label);
  const plain = (locations: ReadonlyMap<bigint, readonly string[]>): object =>
    Object.fromEntries([...locations].map(([label, names]) => [String(label), names]));

  test("what is built here, CloudVolume asks", { timeout: 40_000 }, async () => {
    if (server === undefined || !have) return;
    const db = fresh();
    const files = await openIndex();
    await files.toSql(db);
    const all = await files.labels();
    expect(await ask("query_all", { db })).toEqual(Array.from(all, String).sort());
    expect(await ask("locations", { db })).toEqual(plain(await files.fileLocationsPerLabel()));
    const labels = some();
    expect(await ask("locations", { db, labels: labels.map(String) })).toEqual(
      plain(await files.fileLocationsPerLabel(labels)),
    );
    for (const label of labels)
      expect(await ask("label_box", { db, label: String(label) })).toEqual(
        (await files.getBbox(label))!.toList(),
      );
  });

  test("what CloudVolume builds, is asked here", { timeout: 40_000 }, async () => {
    if (server === undefined || !have) return;
    const db = fresh();
    expect(await ask("to_sql", { to: server.name === "SQLite" ? `sqlite://${db}` : db })).toBe("same");
    const [files, theirs] = [await openIndex(), await openIndex(db)];
    expect(await theirs.labels()).toEqual(await files.labels());
    expect(await theirs.fileLocationsPerLabel()).toEqual(await files.fileLocationsPerLabel());
    for (const label of some()) expect(await theirs.getBbox(label)).toEqual(await files.getBbox(label));
    expect(await theirs.getBbox(2n ** 64n - 1n)).toBeUndefined();
    for (let i = 0; i < 10; i++) {
      const box = randomQuery(rng, files.grid);
      expect(await theirs.query(box)).toEqual(await files.query(box));
    }
    // Built again here, then again there: our boxes of then do not count.
    await files.toSql(db);
    await ask("to_sql", { to: server.name === "SQLite" ? `sqlite://${db}` : db });
    const box = randomQuery(rng, files.grid);
    expect(await theirs.query(box)).toEqual(await files.query(box));
  });

  test("boxes: the database gives what the files give, and what CloudVolume gives", {
    timeout: 120_000,
  }, async () => {
    if (server === undefined) return;
    const db = fresh();
    const files = await openIndex();
    const steps: number[] = [];
    await files.toSql(db, { onProgress: ({ done, total }) => steps.push(done / total) });
    expect(steps.at(-1)).toBe(1);
    const index = await openIndex(db);
    const cells = allCells(files.grid).length;
    let [hits, asked] = [0, 0];
    for (let i = 0; i < 40; i++) {
      const box = randomQuery(rng, files.grid);
      const found = await index.query(box);
      expect(found).toEqual(await files.query(box));
      hits += found.length;
      // CloudVolume does not look at boxes once a query touches every cell.
      const touched = cellsTouching(clampToGrid(box, files.grid)!, files.grid).length;
      if (!have || touched === cells || i % 4 !== 0) continue;
      asked++;
      expect(await ask("query", { box })).toEqual(Array.from(found, String).sort());
    }
    expect(hits).toBeGreaterThan(1000);
    if (have) expect(asked).toBeGreaterThan(3);
    for (const label of some()) expect(await index.getBbox(label)).toEqual(await files.getBbox(label));
  });

  test("an index that is built twice, a stopped build, a database that is not there", {
    timeout: 120_000,
  }, async () => {
    if (server === undefined) return;
    const db = fresh();
    await expect((await openIndex(db)).labels()).rejects.toThrow(InfoUnavailableError);
    const files = await openIndex();
    await files.toSql(db);
    const stop = new AbortController();
    const stopped = files.toSql(db, { signal: stop.signal, onProgress: () => stop.abort() });
    await expect(stopped).rejects.toMatchObject({ kind: "aborted" });
    await files.toSql(db);
    expect(await (await openIndex(db)).labels()).toEqual(await files.labels());
  });

  test("labels up to 2^64 - 1", { timeout: 60_000 }, async () => {
    if (server === undefined) return;
    const path = join(scratch, "large", server.name);
    mkdirSync(join(path, "mesh"), { recursive: true });
    const vol = await CloudVolume.create(`file://${path}`, {
      info: { ...LARGE, mesh: "mesh" },
    });
    const info = { "@type": "neuroglancer_legacy_mesh", spatial_index: { chunk_size: [64, 64, 64] } };
    writeFileSync(join(path, "mesh/info"), JSON.stringify(info));
    const labels = [1n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n];
    const content = Object.fromEntries(labels.map((label, i) => [String(label), [i, 0, 0, i + 2, 9, 9]]));
    writeFileSync(join(path, "mesh/0-64_0-64_0-64.spatial"), JSON.stringify(content));
    const db = fresh();
    await (await vol.mesh.spatialIndex())!.toSql(db);
    const opened = await CloudVolume.open(`file://${path}`, { spatialIndexDb: db });
    const index = (await opened.mesh.spatialIndex())!;
    expect(Array.from(await index.labels())).toEqual(labels);
    expect(Array.from(await index.query([3.5, 0, 0, 9, 9, 9]))).toEqual(labels.slice(2));
    expect((await index.getBbox(2n ** 64n - 1n))!.toList()).toEqual([
      3, 0, 0, 5, 9, 9,
    ] satisfies number[] as unknown as Box6);
    expect((await index.fileLocationsPerLabel([2n ** 63n])).size).toBe(1);
  });

  test("a wrong password is told, never shown", { timeout: 60_000 }, async () => {
    if (server === undefined || server.name === "SQLite") return;
    const wrong = server.address("index_0").replace(encodeURIComponent(DATABASE_PASSWORD), "wr0ng-w0rd");
    const error = await (await openIndex(wrong)).labels().then(
      () => undefined,
      (e: Error) => e,
    );
    expect(error).toBeInstanceOf(AuthenticationError);
    expect(`${error!.message} ${error!.stack} ${JSON.stringify(error)}`).not.toContain("wr0ng-w0rd");
  });
});

const LARGE = {
  numChannels: 1,
  layerType: "segmentation",
  dataType: "uint64",
  encoding: "raw",
  resolution: [1, 1, 1],
  voxelOffset: [0, 0, 0],
  volumeSize: [64, 64, 64],
  chunkSize: [64, 64, 64],
} as const;
