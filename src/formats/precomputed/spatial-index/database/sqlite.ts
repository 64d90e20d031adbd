/** SQLite in a file, by a WebAssembly build that reads and writes it in place. */
import type { Database, SqliteValue, Statement } from "node-sqlite3-wasm";
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

const SQLITE: Dialect = {
  kind: "sqlite",
  createTable: "CREATE TABLE",
  integer: "INTEGER",
  fileId: "INTEGER PRIMARY KEY AUTOINCREMENT",
  double: "REAL",
  clustered: " WITHOUT ROWID",
};

const ROWS_A_TURN = 20_000;

/** @throws InfoUnavailableError for a file that is not there (unless `create`), StorageError. */
export async function openSqlite(file: string, { create }: { readonly create: boolean }): Promise<Driver> {
  const where = `sqlite://${file}`;
  const { default: sqlite } = await import("node-sqlite3-wasm");
  const attempt = <T>(run: () => T): T => {
    try {
      return run();
    } catch (error) {
      throw failure(error, where);
    }
  };
  const database: Database = attempt(
    () => new sqlite.Database(file, create ? { fileMustExist: false } : { readOnly: true }),
  );
  if (create) attempt(() => database.exec("PRAGMA cache_size = -65536"));
  return {
    dialect: SQLITE,
    where,
    execute: async (sql) => attempt(() => database.exec(sql)),
    query: async (sql, parameters, columns) =>
      attempt(() => {
        const rows = database.all(sql, parameters.map(bound)) as Record<string, unknown>[];
        return rows.map((row) => Object.values(row).map((value, i) => fromRow(value, columns[i]!)));
      }),
    insert: (table, names, types, columns, options) => {
      const sql = `INSERT INTO ${table} (${names.join()}) VALUES (${names.map(() => "?").join()})`;
      const statement = attempt(() => database.prepare(sql));
      return insertRows(statement, types, columns, attempt, options).finally(() => statement.finalize());
    },
    close: async () => attempt(() => database.close()),
  };
}

async function insertRows(
  statement: Statement,
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
  if (/unable to open|no such file/i.test(text))
    return new InfoUnavailableError("The database file cannot be opened", { where, got: text, cause: error });
  if (/readonly|not authorized|permission/i.test(text))
    return new AuthorizationError("The database may not be written", { where, got: text, cause: error });
  return new StorageError("The database failed", { where, got: text, cause: error });
}
