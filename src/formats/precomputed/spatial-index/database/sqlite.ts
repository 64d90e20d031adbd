/** SQLite in a file. */
import type { SqliteValue } from "node-sqlite3-wasm";
import { type Abortable, throwIfAborted } from "../../../../base/abort.js";
import { AuthorizationError, describe, InfoUnavailableError, StorageError } from "../../../../base/errors.js";
import { nextTurn } from "../../../../base/turn.js";
import {
  type Column,
  type ColumnType,
  type Dialect,
  type Driver,
  fromRow,
  type SqlValue,
  signed,
} from "./driver.js";
import { BUSY_MS, openEngine, type SqliteEngine } from "./sqlite-engine.js";

const SQLITE: Dialect = {
  kind: "sqlite",
  createTable: "CREATE TABLE",
  integer: "INTEGER",
  fileId: "INTEGER PRIMARY KEY AUTOINCREMENT",
  double: "REAL",
  clustered: " WITHOUT ROWID",
};

const ROWS_A_TURN = 20_000;

/**
 * For reading, all questions see the file as it was at the first one.
 * @throws InfoUnavailableError for a file that is not there (unless `create`), AuthorizationError, StorageError.
 */
export async function openSqlite(file: string, { create }: { readonly create: boolean }): Promise<Driver> {
  const where = `sqlite://${file}`;
  const attempt = <T>(run: () => T): T => {
    try {
      return run();
    } catch (error) {
      throw failure(error, where);
    }
  };
  const engine = await openEngine(file, create).catch((error: unknown) => {
    throw failure(error, where);
  });
  try {
    if (create) engine.exec("PRAGMA cache_size = -65536");
    else await begin(engine);
  } catch (error) {
    engine.close();
    throw failure(error, where);
  }
  return {
    dialect: SQLITE,
    where,
    execute: async (sql) => attempt(() => engine.exec(sql)),
    query: async (sql, parameters, columns) => attempt(() => ask(engine, sql, [parameters], columns)),
    queryEach: async (sql, rows, columns) => attempt(() => ask(engine, sql, rows, columns)),
    insert: async (table, names, types, columns, options) => {
      const statement = attempt(() =>
        engine.prepare(`INSERT INTO ${table} (${names.join()}) VALUES (${names.map(() => "?").join()})`),
      );
      try {
        await insertRows(statement, types, columns, attempt, options);
      } finally {
        statement.finalize();
      }
    },
    close: async () => attempt(() => engine.close()),
  };
}

/** The rows of a statement for each list of parameters. */
function ask(
  engine: SqliteEngine,
  sql: string,
  parameters: readonly (readonly SqlValue[])[],
  columns: readonly ColumnType[],
): SqlValue[][] {
  const statement = engine.prepare(sql);
  try {
    return parameters.flatMap((values) =>
      statement.all(values.map(bound)).map((row) => row.map((value, i) => fromRow(value, columns[i]!))),
    );
  } finally {
    statement.finalize();
  }
}

/** Takes the lock for reading, once, and waits for it while another program has the file. */
async function begin(engine: SqliteEngine): Promise<void> {
  const end = performance.now() + BUSY_MS;
  engine.exec("BEGIN");
  for (;;) {
    try {
      ask(engine, "SELECT 1 FROM sqlite_master LIMIT 1", [[]], ["id"]);
      return;
    } catch (error) {
      if (!/locked|busy/i.test(describe(error)) || performance.now() > end) throw error;
    }
    await new Promise((resume) => setTimeout(resume, 5 + Math.random() * 20));
  }
}

async function insertRows(
  statement: { run(values: readonly SqliteValue[]): void },
  types: readonly ColumnType[],
  columns: readonly Column[],
  attempt: <T>(run: () => T) => T,
  { signal }: Abortable = {},
): Promise<void> {
  const rows = columns[0]?.length ?? 0;
  for (let at = 0; at < rows; ) {
    throwIfAborted(signal);
    const end = Math.min(rows, at + ROWS_A_TURN);
    attempt(() => {
      for (; at < end; at++)
        statement.run(columns.map((column, i) => (types[i] === "label" ? bound(column[at]!) : column[at]!)));
    });
    await nextTurn();
  }
}

function bound(value: SqlValue): SqliteValue {
  return typeof value === "bigint" ? signed(value) : value;
}

function failure(error: unknown, where: string): Error {
  const text = describe(error);
  const facts = { where, got: text, cause: error };
  if (/(unable to|could not) open|no such file/i.test(text))
    return new InfoUnavailableError("The database file cannot be opened", facts);
  if (/no such table|not a database/i.test(text))
    return new InfoUnavailableError("There is no spatial index in this file", facts);
  if (/readonly|read-only|not authorized|permission/i.test(text))
    return new AuthorizationError("The database may not be written", facts);
  if (/locked|busy/i.test(text))
    return new StorageError("Another program uses the database", {
      ...facts,
      fix: "Try again later; if nothing uses it, remove the folder beside it whose name ends in .lock.",
    });
  if (/disk I\/O error/i.test(text))
    return new StorageError("The database failed", {
      ...facts,
      fix: "Before Node 22.13 a file beside it must be writable even to read: copy it elsewhere, or use a newer Node.",
    });
  return new StorageError("The database failed", facts);
}
