/** MySQL and MariaDB. */
import type { Connection } from "mysql2/promise";
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
import { type Column, type Dialect, type Driver, fromRow, type SqlValue } from "./driver.js";

const MYSQL: Dialect = {
  kind: "mysql",
  createTable: "CREATE TABLE",
  integer: "BIGINT UNSIGNED",
  fileId: "BIGINT UNSIGNED PRIMARY KEY AUTO_INCREMENT",
  double: "DOUBLE",
  clustered: "",
};

const ROWS_A_STATEMENT = 10_000;

/** @throws AuthenticationError, AuthorizationError, InfoUnavailableError without such a database, StorageError. */
export async function openMysql(
  address: ServerAddress,
  users: DatabaseUsers | undefined,
  { create }: { readonly create: boolean },
): Promise<Driver> {
  const { user, password } = await userOf(address, users);
  const where = describeAddress(address);
  const { createConnection } = await import("mysql2/promise");
  const attempt = async <T>(run: () => Promise<T>): Promise<T> => {
    try {
      return await run();
    } catch (error) {
      throw failure(error, where);
    }
  };
  const connection: Connection = await attempt(() =>
    createConnection({
      host: address.host,
      port: address.port,
      user,
      ...(password === undefined ? {} : { password }),
      ...(create ? {} : { database: address.database }),
      supportBigNumbers: true,
      bigNumberStrings: true,
      rowsAsArray: true,
    }),
  );
  const execute = async (sql: string): Promise<void> => void (await attempt(() => connection.query(sql)));
  if (create) {
    try {
      await execute(`CREATE DATABASE IF NOT EXISTS ${address.database} CHARACTER SET utf8 COLLATE utf8_bin`);
      await execute(`USE ${address.database}`);
    } catch (error) {
      connection.destroy();
      throw error;
    }
  }
  return {
    dialect: MYSQL,
    where,
    execute,
    query: async (sql, parameters, columns) => {
      const values = parameters.map((p) => (typeof p === "bigint" ? String(p) : p));
      const [rows] = await attempt(() => connection.query({ sql, values, rowsAsArray: true }));
      return (rows as unknown[][]).map((row) => row.map((value, i) => fromRow(value, columns[i]!)));
    },
    insert: async (table, names, _types, columns, { signal }: Abortable = {}) => {
      const rows = columns[0]?.length ?? 0;
      for (let at = 0; at < rows; at += ROWS_A_STATEMENT) {
        throwIfAborted(signal);
        const values = literals(columns, at, Math.min(rows, at + ROWS_A_STATEMENT), connection);
        await execute(`INSERT INTO ${table} (${names.join()}) VALUES ${values}`);
      }
    },
    close: () => attempt(() => connection.end()),
  };
}

function literals(columns: readonly Column[], from: number, to: number, connection: Connection): string {
  const rows: string[] = [];
  for (let at = from; at < to; at++)
    rows.push(`(${columns.map((column) => literal(column[at]!, connection)).join()})`);
  return rows.join();
}

function literal(value: SqlValue, connection: Connection): string {
  return typeof value === "string" ? connection.escape(value) : String(value);
}

/** The server's own text is not shown where it may repeat what was sent. */
function failure(error: unknown, where: string): CloudVolumeError {
  const { code = "", message = "" } = error as { readonly code?: string; readonly message?: string };
  const facts = { where, got: code === "" ? message : code };
  if (code === "ER_ACCESS_DENIED_ERROR" || code === "ER_ACCESS_DENIED_NO_PASSWORD_ERROR")
    return new AuthenticationError("The database refused the user or password", facts);
  if (/DENIED/.test(code)) return new AuthorizationError("The database user may not do this", facts);
  if (code === "ER_BAD_DB_ERROR" || code === "ER_NO_SUCH_TABLE")
    return new InfoUnavailableError("There is no spatial index in this database", facts);
  return new StorageError("The database failed", { ...facts, got: `${code} ${message}`.trim() });
}
