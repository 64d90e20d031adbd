/** Database servers of a test file's own: MariaDB and PostgreSQL, on loopback, in folders that vanish. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { afterAll } from "vitest";
import { leaveOut } from "./left-out.js";
import { scratchDirectory } from "./scratch.js";

export const DATABASE_USER = "tester";
/** Without characters that an address must escape: CloudVolume does not undo that. */
export const DATABASE_PASSWORD = "p4ss-w0rd.x";

export interface DatabaseServer {
  readonly name: string;
  /** The address of a database, with user and password. */
  readonly address: (database: string) => string;
  readonly host: string;
}

const started: ChildProcess[] = [];
afterAll(async () => {
  for (const child of started.splice(0)) {
    const ended = new Promise((done) => child.once("exit", done));
    if (child.exitCode !== null) continue;
    child.kill("SIGTERM");
    await ended;
  }
});

/** A server's program, by its names; undefined, and a note, where there is none. */
function program(names: readonly string[], what: string): string | undefined {
  const folders = (process.env.PATH ?? "").split(":").concat("/usr/sbin", "/usr/local/bin");
  const versions = existsSync("/usr/lib/postgresql") ? readdirSync("/usr/lib/postgresql") : [];
  for (const version of versions) folders.push(`/usr/lib/postgresql/${version}/bin`);
  for (const name of names)
    for (const folder of folders) if (existsSync(join(folder, name))) return join(folder, name);
  leaveOut(what, `no ${names.join(" or ")} (run scripts/databases.sh)`);
  return undefined;
}

/** Servers refuse to run as root: then they run as a user of their own, or as nobody. */
function account(names: readonly string[]): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of names) {
    try {
      const id = (flag: string): number =>
        Number(execFileSync("id", [flag, name], { stdio: ["ignore", "pipe", "ignore"] }));
      return { uid: id("-u"), gid: id("-g") };
    } catch {
      // The next one.
    }
  }
  return { uid: 65534, gid: 65534 };
}

function folderFor(owner: { readonly uid: number; readonly gid: number } | undefined): string {
  const scratch = scratchDirectory();
  chmodSync(scratch, 0o711);
  const folder = join(scratch, "data");
  mkdirSync(folder, { mode: 0o700 });
  if (owner !== undefined) chownSync(folder, owner.uid, owner.gid);
  return folder;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

async function accepts(port: number, child: ChildProcess, log: () => string): Promise<void> {
  for (let i = 0; i < 600; i++) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}: ${log()}`);
    const open = await new Promise<boolean>((done) => {
      const socket = connect(port, "127.0.0.1");
      socket.once("connect", () => {
        socket.destroy();
        done(true);
      });
      socket.once("error", () => done(false));
    });
    if (open) return;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`the server does not answer: ${log()}`);
}

function launch(
  path: string,
  args: readonly string[],
  owner: ReturnType<typeof account>,
): [ChildProcess, () => string] {
  const child = spawn(path, args, { stdio: ["ignore", "pipe", "pipe"], ...owner });
  let text = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (data) => {
      text = (text + data).slice(-4000);
    });
  started.push(child);
  return [child, () => text];
}

const secret = encodeURIComponent(DATABASE_PASSWORD);

/** Starts MariaDB. */
export async function startMariaDb(): Promise<DatabaseServer | undefined> {
  const server = program(["mariadbd", "mysqld"], "spatial indices in MariaDB");
  const install = program(["mariadb-install-db", "mysql_install_db"], "spatial indices in MariaDB");
  if (server === undefined || install === undefined) return undefined;
  const owner = account(["mysql"]);
  const folder = folderFor(owner);
  const common = ["--no-defaults", `--datadir=${folder}`];
  execFileSync(install, [...common, "--auth-root-authentication-method=normal", "--skip-test-db"], {
    stdio: "ignore",
    ...owner,
  });
  const init = join(folder, "init.sql");
  const quoted = DATABASE_PASSWORD.replace(/'/g, "''");
  writeFileSync(
    init,
    `CREATE USER '${DATABASE_USER}'@'%' IDENTIFIED BY '${quoted}';\nGRANT ALL ON *.* TO '${DATABASE_USER}'@'%';\n`,
  );
  const port = await freePort();
  const [child, log] = launch(
    server,
    [
      ...common,
      `--port=${port}`,
      "--bind-address=127.0.0.1",
      `--socket=${join(folder, "s")}`,
      `--pid-file=${join(folder, "pid")}`,
      `--init-file=${init}`,
      "--skip-name-resolve",
      "--innodb-flush-log-at-trx-commit=2",
    ],
    owner,
  );
  await accepts(port, child, log);
  const host = `127.0.0.1:${port}`;
  return {
    name: "MariaDB",
    host,
    address: (database) => `mysql://${DATABASE_USER}:${secret}@${host}/${database}`,
  };
}

/** Starts PostgreSQL. */
export async function startPostgres(): Promise<DatabaseServer | undefined> {
  const server = program(["postgres"], "spatial indices in PostgreSQL");
  const initdb = program(["initdb"], "spatial indices in PostgreSQL");
  if (server === undefined || initdb === undefined) return undefined;
  const owner = account(["postgres"]);
  const folder = folderFor(owner);
  const passwords = join(folder, "..", "password");
  writeFileSync(passwords, DATABASE_PASSWORD, { mode: 0o644 });
  const args = ["-D", folder, "-U", DATABASE_USER, "-A", "scram-sha-256", `--pwfile=${passwords}`, "-N"];
  execFileSync(initdb, [...args, "-E", "UTF8", "--locale=C"], { stdio: "ignore", ...owner });
  const port = await freePort();
  const [child, log] = launch(
    server,
    ["-D", folder, "-p", String(port), "-h", "127.0.0.1", "-k", folder, "-c", "fsync=off"],
    owner,
  );
  await accepts(port, child, log);
  const host = `127.0.0.1:${port}`;
  return {
    name: "PostgreSQL",
    host,
    address: (database) => `postgres://${DATABASE_USER}:${secret}@${host}/${database}`,
  };
}
