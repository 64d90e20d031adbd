import { AuthenticationError } from "../../../../base/errors.js";
import { describeAddress, type ServerAddress } from "./address.js";

export interface DatabaseUser {
  readonly username?: string | undefined;
  readonly password?: string | undefined;
}

/** Who logs in at a server, for addresses that do not say so: CloudVolume's mysql and psql secrets. */
export type DatabaseUsers = (service: "mysql" | "psql", host: string) => Promise<DatabaseUser | undefined>;

/** User and password of an address, what it lacks filled in. @throws AuthenticationError without a user. */
export async function userOf(
  address: ServerAddress,
  users: DatabaseUsers | undefined,
): Promise<{ readonly user: string; readonly password: string | undefined }> {
  const { kind, host, username, password } = address;
  const known = username !== undefined && password !== undefined;
  const found = known ? undefined : await users?.(kind === "mysql" ? "mysql" : "psql", host);
  const user = username ?? found?.username;
  if (user === undefined)
    throw new AuthenticationError("Nobody is named to log in at the database", {
      where: describeAddress(address),
      fix: `Name a user in the address, or in a ${kind === "mysql" ? "mysql" : "psql"}-secret.json.`,
    });
  return { user, password: password ?? found?.password };
}
