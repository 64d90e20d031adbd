/** Real servers of objects on loopback, each in a process of its own: see scripts/servers.sh. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { S3Credentials } from "../../src/stores/credentials.js";

export type ServerName = "moto" | "versitygw" | "fake-gcs-server" | "nginx";

export interface RealServer {
  readonly name: ServerName;
  /** `http://127.0.0.1:port`. */
  readonly url: string;
  /** Where it keeps its data: nginx's root. */
  readonly folder: string;
  /** Ends it and removes its data. */
  end(): Promise<void>;
}

/** The keys that the S3 servers take. */
export const KEYS: S3Credentials = {
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  secretAccessKey: "a/secret+of=the-tests",
};

const HOME = resolve(process.env.CLOUDVOLUME_SERVERS ?? ".cache/servers");

const PROGRAMS: Readonly<Record<ServerName, () => string | undefined>> = {
  moto: () => existing(join(HOME, "moto/bin/python")),
  versitygw: () => existing(join(HOME, "bin/versitygw")),
  "fake-gcs-server": () => existing(join(HOME, "bin/fake-gcs-server")),
  nginx: () => existing("/usr/sbin/nginx") ?? existing("/usr/bin/nginx") ?? existing("/usr/local/bin/nginx"),
};

function existing(path: string): string | undefined {
  return existsSync(path) ? path : undefined;
}

/** Whether a server is installed. */
export function isInstalled(name: ServerName): boolean {
  return PROGRAMS[name]() !== undefined;
}

/** Starts a server on a free port of this machine only. It ends when it is told to. */
export async function launchServer(name: ServerName): Promise<RealServer> {
  const program = PROGRAMS[name]();
  if (program === undefined) throw new Error(`${name} is not installed (scripts/servers.sh)`);
  const folder = mkdtempSync(join(tmpdir(), `${name}-`));
  const port = await freePort();
  const { args, env = {} } = COMMANDS[name](port, folder);
  const log = openSync(join(folder, "server.log"), "w");
  const child = spawn(program, args, { stdio: ["ignore", log, log], env: { ...process.env, ...env } });
  closeSync(log);
  // Whatever ends this process ends the server.
  const last = (): void => void child.kill("SIGKILL");
  process.once("exit", last);
  child.once("exit", () => process.removeListener("exit", last));
  const end = async (): Promise<void> => {
    await ended(child);
    rmSync(folder, { recursive: true, force: true });
  };
  const server: RealServer = { name, folder, end, url: `http://127.0.0.1:${port}` };
  try {
    await reachable(port, child, name);
  } catch (error) {
    console.error(readFileSync(join(folder, "server.log"), "utf8"));
    await end();
    throw error;
  }
  return server;
}

interface Command {
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const COMMANDS: Readonly<Record<ServerName, (port: number, folder: string) => Command>> = {
  moto: (port) => ({
    args: ["test/servers/s3_by_moto.py", "-H", "127.0.0.1", "-p", `${port}`],
    env: { PYTHONWARNINGS: "ignore" },
  }),
  versitygw: (port, folder) => {
    mkdirSync(join(folder, "root"));
    const { accessKeyId, secretAccessKey } = KEYS;
    const login = ["--access", accessKeyId, "--secret", secretAccessKey];
    const how = ["--port", `127.0.0.1:${port}`, "--quiet", "--keep-alive"];
    return { args: [...login, ...how, "posix", join(folder, "root")] };
  },
  "fake-gcs-server": (port) => {
    const where = ["-scheme", "http", "-host", "127.0.0.1", "-port", `${port}`];
    const told = ["-public-host", `127.0.0.1:${port}`, "-external-url", `http://127.0.0.1:${port}`];
    return { args: [...where, ...told, "-backend", "memory", "-log-level", "error"] };
  },
  nginx: (port, folder) => {
    mkdirSync(join(folder, "root"));
    mkdirSync(join(folder, "tmp"));
    chmodSync(folder, 0o755);
    writeFileSync(join(folder, "nginx.conf"), nginxConfig(port, folder));
    return { args: ["-p", folder, "-c", join(folder, "nginx.conf"), "-e", "stderr"] };
  },
};

/** Files as objects: `key.gz` is served as `key` with its Content-Encoding. */
function nginxConfig(port: number, folder: string): string {
  const encodings = Object.entries({ gz: "gzip", br: "br", zstd: "zstd", xz: "xz", bz2: "bzip2" });
  const twins = encodings.map(
    ([suffix]) => `if (-f $request_filename.${suffix}) { rewrite ^(.*)$ $1.${suffix} break; }`,
  );
  const labels = encodings.map(([suffix, label]) => `~\\.${suffix}$ ${label};`);
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (t) => `${t}_temp_path ${folder}/tmp;`,
  );
  const user = process.getuid?.() === 0 ? "user root;" : "";
  return `${user} daemon off; worker_processes 1; pid ${folder}/nginx.pid; error_log stderr crit;
events { worker_connections 512; }
http {
  access_log off; types {} default_type application/octet-stream; ${temporary.join(" ")}
  map $uri $label { default ""; ${labels.join(" ")} }
  server {
    listen 127.0.0.1:${port};
    root ${folder}/root;
    location / {
      if (-d $request_filename) { return 404; }
      ${twins.join("\n      ")}
      add_header Content-Encoding $label;
      add_header Access-Control-Allow-Origin *;
    }
  }
}
`;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  return typeof address === "object" && address !== null ? address.port : 0;
}

async function reachable(port: number, child: ChildProcess, name: string): Promise<void> {
  for (let waited = 0; waited < 60_000; waited += 50) {
    if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}`);
    const isOpen = await new Promise<boolean>((done) => {
      const socket = connect(port, "127.0.0.1", () => done(true));
      socket.on("error", () => done(false));
      socket.on("connect", () => socket.destroy());
    });
    if (isOpen) return;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(`${name} cannot be reached`);
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const over = new Promise((done) => child.once("exit", done));
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), 5000);
  await over;
  clearTimeout(timer);
}

/** What a program of the machine prints about itself, for reports. */
export function versionOf(name: ServerName): string {
  const program = PROGRAMS[name]();
  if (program === undefined) return "none";
  const { stdout, stderr } = spawnSync(program, name === "nginx" ? ["-v"] : ["--version"], {
    encoding: "utf8",
  });
  return (stdout + stderr).trim();
}
