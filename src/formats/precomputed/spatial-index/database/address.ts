/** Where a database is. Source: CloudVolume `parse_db_path`. */
import { ArgumentError, UnsupportedProtocolError } from "../../../../base/errors.js";

export interface ServerAddress {
  readonly kind: "mysql" | "postgres";
  readonly host: string;
  readonly port: number;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly database: string;
}

export type DatabaseAddress = { readonly kind: "sqlite"; readonly file: string } | ServerAddress;

const SERVERS: Readonly<Record<string, { kind: ServerAddress["kind"]; port: number }>> = {
  mysql: { kind: "mysql", port: 3306 },
  mariadb: { kind: "mysql", port: 3306 },
  postgres: { kind: "postgres", port: 5432 },
  postgresql: { kind: "postgres", port: 5432 },
  psql: { kind: "postgres", port: 5432 },
};

/**
 * `[sqlite://]file.db`, `mysql://user:password@host:3306/database`, `postgres://…:5432/database` (or `postgresql`,
 * `psql`). The database is `spatial_index` by default; user and password may be left out.
 * @throws UnsupportedProtocolError, ArgumentError. Neither shows a password.
 */
export function parseDatabaseAddress(address: string): DatabaseAddress {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(address)?.[1]?.toLowerCase();
  if (scheme === undefined || scheme === "sqlite") {
    const file = scheme === undefined ? address : address.slice("sqlite://".length);
    if (file === "" || file.includes("\0")) throw new ArgumentError("Not the name of a database file");
    return { kind: "sqlite", file };
  }
  const server = SERVERS[scheme];
  if (server === undefined)
    throw new UnsupportedProtocolError("Not a database that a spatial index can be in", {
      expected: "sqlite://, mysql:// or postgres://",
      got: `${scheme}://`,
    });
  let url: URL;
  try {
    // Unknown schemes are not parsed alike everywhere: http's rules are those of the generic syntax.
    url = new URL(`http://${address.slice(scheme.length + 3)}`);
  } catch {
    throw new ArgumentError("Not the address of a database", {
      expected: `${scheme}://user:password@host:${server.port}/database`,
    });
  }
  const database = decodeURIComponent(url.pathname.replaceAll("/", "")) || "spatial_index";
  if (!/^[A-Za-z0-9_]{1,63}$/.test(database))
    throw new ArgumentError("Not the name of a database", {
      expected: "letters, digits and underscores",
      got: JSON.stringify(database.slice(0, 80)),
    });
  const port = /^[^/?#]*:(\d+)(?:[/?#]|$)/.exec(address.slice(scheme.length + 3).replace(/^.*@/, ""))?.[1];
  return {
    kind: server.kind,
    host: url.hostname || "localhost",
    port: port === undefined ? server.port : Number(port),
    username: word(url.username),
    password: word(url.password),
    database,
  };
}

/** User or password: percent signs that escape nothing are their own. */
function word(text: string): string | undefined {
  if (text === "") return undefined;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The address for messages: never with a password. */
export function describeAddress(address: DatabaseAddress): string {
  if (address.kind === "sqlite") return `sqlite://${address.file}`;
  return `${address.kind}://${address.host}:${address.port}/${address.database}`;
}
