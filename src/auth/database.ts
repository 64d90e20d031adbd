/** Users of databases: `<host>-mysql-secret.json`, `mysql-secret.json`, and the same of `psql`. */
import type { Absent, Found } from "./chain.js";
import { findFile } from "./files.js";
import { firstText, textField } from "./secrets.js";
import type { AuthSurroundings } from "./surroundings.js";

export interface DatabaseUser {
  readonly username: string;
  readonly password: string;
}

/** Who logs in at a database server, where its address names nobody. @throws AuthenticationError. */
export async function databaseUser(
  surroundings: AuthSurroundings,
  service: "mysql" | "psql",
  host: string,
): Promise<Found<DatabaseUser> | Absent> {
  const found = await findFile(surroundings, service, [host]);
  if ("absent" in found) return found;
  const { fields, path } = found;
  const username = firstText(fields, ["username", "user"]) ?? textField(fields, "username", path);
  const password = textField(fields, "password", path);
  return { credential: { username, password }, source: path, kind: "user and password" };
}
