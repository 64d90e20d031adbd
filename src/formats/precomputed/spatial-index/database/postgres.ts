/** PostgreSQL. */
import type { Client } from "pg";
import { type Abortable, throwIfAborted } from "../../../../base/abort.js";
import {
  AuthenticationError,
  AuthorizationError,
  type CloudVolumeError,
  InfoUnavailableError,
  StorageError,
} from "../../../../base/errors.js";
import { describeAddress, type ServerAddress } from "./address.js";
import { type DatabaseUsers, userOf } from "./credentials.js";
import {
  type Column,
  type ColumnType,
  type Dialect,
  type Driver,
  fromRow,
  type SqlValue,
  signed,
} from "./driver.js";

const POSTGRES: Dialect = {
  kind: "postgres",
  createTable: "CREATE UNLOGGED TABLE",
  integer: "BIGINT",
  fileId: "BIGSERIAL PRIMARY KEY",
  double: "DOUBLE PRECISION",
  clustered: "",
};

const ARRAYS: Readonly<Record<ColumnType, string>> = {
  label: "bigint[]",
  id: "bigint[]",
  double: "float8[]",
  text: "text[]",
};
const ROWS_A_STATEMENT = 50_000;

/** @throws AuthenticationError, AuthorizationError, InfoUnavailableError without such a database, StorageError. */
export async function openPostgres(
  address: ServerAddress,
  users: DatabaseUsers | undefined,
  { create }: { readonly create: boolean },
): Promise<Driver> {
  const who = await userOf(address, users);
  const where = describeAddress(address);
  if (create) await createDatabase(address, who, where);
  const client = await connect(address, who, address.database, where);
  const run = async (sql: string, values: readonly unknown[] = []): Promise<unknown[][]> => {
    try {
      const result = await client.query({ text: numbered(sql), values: [...values], rowMode: "array" });
      return result.rows as unknown[][];
    } catch (error) {
      throw failure(error, where);
    }
  };
  return {
    dialect: POSTGRES,
    where,
    execute: async (sql) => void (await run(sql)),
    query: async (sql, parameters, columns) => {
      const rows = await run(sql, parameters.map(sent));
      return rows.map((row) => row.map((value, i) => fromRow(value, columns[i]!)));
    },
    insert: async (table, names, types, columns, { signal }: Abortable = {}) => {
      const rows = columns[0]?.length ?? 0;
      const arrays = types.map((type) => `?::${ARRAYS[type]}`).join();
      for (let at = 0; at < rows; at += ROWS_A_STATEMENT) {
        throwIfAborted(signal);
        const values = columns.map((column) => list(column, at, Math.min(rows, at + ROWS_A_STATEMENT)));
        await run(`INSERT INTO ${table} (${names.join()}) SELECT * FROM unnest(${arrays})`, values);
      }
    },
    close: () => client.end(),
  };
}

interface Who {
  readonly user: string;
  readonly password: string | undefined;
}

async function connect(address: ServerAddress, who: Who, database: string, where: string): Promise<Client> {
  const { default: pg } = await import("pg");
  const client = new pg.Client({
    host: address.host,
    port: address.port,
    user: who.user,
    password: who.password ?? "",
    database,
  });
  client.on("error", () => {}); // The query that is under way rejects.
  try {
    await client.connect();
  } catch (error) {
    throw failure(error, where);
  }
  return client;
}

/** A new database is made from the one that every server has. */
async function createDatabase(address: ServerAddress, who: Who, where: string): Promise<void> {
  const client = await connect(address, who, "postgres", where);
  try {
    const { database } = address;
    const found = await client.query("SELECT 1 FROM pg_database WHERE datname = $1", [database]);
    if (found.rows.length === 0) await client.query(`CREATE DATABASE "${database}"`);
  } catch (error) {
    throw failure(error, where);
  } finally {
    await client.end();
  }
}

/** `?` as PostgreSQL's `$1`. */
function numbered(sql: string): string {
  let count = 0;
  return sql.replace(/\?/g, () => `$${++count}`);
}

function sent(value: SqlValue): string | number {
  return typeof value === "bigint" ? String(signed(value)) : value;
}

/** An array literal. Names of files hold no quotes and no backslashes. */
function list(column: Column, from: number, to: number): string {
  if (column instanceof BigUint64Array) return `{${Array.from(column.subarray(from, to), signed).join()}}`;
  if (column instanceof Float64Array) return `{${column.subarray(from, to).join()}}`;
  const words = (column as readonly string[]).slice(from, to);
  return `{${words.map((word) => `"${word.replace(/["\\]/g, "\\$&")}"`).join()}}`;
}

function failure(error: unknown, where: string): CloudVolumeError {
  const { code = "", message = "" } = error as { readonly code?: string; readonly message?: string };
  const facts = { where, got: code };
  if (code === "28P01" || code === "28000")
    return new AuthenticationError("The database refused the user or password", facts);
  if (code === "42501") return new AuthorizationError("The database user may not do this", facts);
  if (code === "3D000" || code === "42P01")
    return new InfoUnavailableError("There is no spatial index in this database", facts);
  return new StorageError("The database failed", { where, got: `${code} ${message}`.trim() });
}
