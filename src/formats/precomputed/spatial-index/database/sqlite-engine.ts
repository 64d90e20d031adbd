/**
 * The two ways to a SQLite file: Node's own, where there is one (22.13 and later), else a WebAssembly build. That one
 * locks files by a folder beside them, so it needs to write there even to read, and keeps readers apart, too.
 */
import type { SqliteValue, Statement } from "node-sqlite3-wasm";

export interface SqliteEngine {
  readonly name: "node" | "wasm";
  exec(sql: string): void;
  prepare(sql: string): SqliteStatement;
  close(): void;
}

/** To be run with several rows of values. */
export interface SqliteStatement {
  all(values: readonly SqliteValue[]): unknown[][];
  run(values: readonly SqliteValue[]): void;
  finalize(): void;
}

/** What is used of `node:sqlite`. */
interface NodeSqlite {
  readonly DatabaseSync: new (
    file: string,
    options: { readonly readOnly: boolean; readonly timeout: number },
  ) => {
    exec(sql: string): void;
    prepare(sql: string): {
      setReadBigInts(on: boolean): void;
      all(...values: readonly SqliteValue[]): unknown[];
      run(...values: readonly SqliteValue[]): unknown;
    };
    close(): void;
  };
}

/** Milliseconds for which a locked file is waited for. */
export const BUSY_MS = 10_000;

/** Opens a file; for reading only unless `create`, which makes it if need be. Throws what the engine throws. */
export async function openEngine(file: string, create: boolean): Promise<SqliteEngine> {
  const own = (
    globalThis.process as { getBuiltinModule?: (name: string) => unknown } | undefined
  )?.getBuiltinModule?.("node:sqlite") as NodeSqlite | undefined;
  return own === undefined ? await openWasm(file, create) : openNode(own, file, create);
}

function openNode({ DatabaseSync }: NodeSqlite, file: string, create: boolean): SqliteEngine {
  const database = new DatabaseSync(file, { readOnly: !create, timeout: BUSY_MS });
  return {
    name: "node",
    exec: (sql) => database.exec(sql),
    prepare: (sql) => {
      const statement = database.prepare(sql);
      statement.setReadBigInts(true);
      return {
        all: (values) => statement.all(...values).map((row) => Object.values(row as object)),
        run: (values) => void statement.run(...values),
        finalize: () => {},
      };
    },
    close: () => database.close(),
  };
}

async function openWasm(file: string, create: boolean): Promise<SqliteEngine> {
  const { default: sqlite } = await import("node-sqlite3-wasm");
  const database = new sqlite.Database(file, create ? { fileMustExist: false } : { readOnly: true });
  return {
    name: "wasm",
    exec: (sql) => database.exec(sql),
    prepare: (sql) => {
      const statement: Statement = database.prepare(sql);
      return {
        all: (values) => statement.all(values).map((row) => Object.values(row as object)),
        run: (values) => void statement.run(values),
        finalize: () => statement.finalize(),
      };
    },
    close: () => database.close(),
  };
}
