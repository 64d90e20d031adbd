import { parseDatabaseAddress } from "./address.js";
import type { DatabaseUsers } from "./credentials.js";
import type { Driver } from "./driver.js";

export interface OpenDatabaseOptions {
  /** Makes what is not there yet. Default: it must be there. */
  readonly create?: boolean | undefined;
  readonly users?: DatabaseUsers | undefined;
}

/** Connects. The driver's package is loaded at the first use. @throws UnsupportedProtocolError, ArgumentError, and what drivers throw. */
export async function openDatabase(address: string, options: OpenDatabaseOptions = {}): Promise<Driver> {
  const { create = false, users } = options;
  const parsed = parseDatabaseAddress(address);
  if (parsed.kind === "sqlite")
    return await (await import("./sqlite.js")).openSqlite(parsed.file, { create });
  if (parsed.kind === "mysql") return await (await import("./mysql.js")).openMysql(parsed, users, { create });
  return await (await import("./postgres.js")).openPostgres(parsed, users, { create });
}
