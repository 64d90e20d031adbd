/**
 * The file system as the file store uses it: every call it makes, in a synchronous and an asynchronous form.
 * Tests pass one that fails at a chosen call.
 */
import * as fs from "node:fs";
import { promisify } from "node:util";

/** One call of each kind; paths are absolute. */
export interface FsCalls {
  open(path: string, flags: number): number;
  close(fd: number): void;
  fstat(fd: number): fs.Stats;
  /** Undefined: there is nothing there. */
  stat(path: string): fs.Stats | undefined;
  read(fd: number, bytes: Uint8Array, from: number, length: number, position: number): number;
  write(fd: number, bytes: Uint8Array, from: number, length: number): number;
  fsync(fd: number): void;
  rename(from: string, to: string): void;
  /** A second name for a file. Fails with EEXIST where there is something already. */
  link(from: string, to: string): void;
  unlink(path: string): void;
  /** Makes the folder and those above it. @returns the first one made. */
  mkdir(path: string): string | undefined;
  readdir(path: string): fs.Dirent[];
  /** Names of the first `most` entries, in no order. */
  peek(path: string, most: number): string[];
  realpath(path: string): string;
  /** Waits for so many milliseconds. */
  wait(milliseconds: number): void;
}

export type FsPromises = {
  readonly [K in keyof FsCalls]: (...args: Parameters<FsCalls[K]>) => Promise<ReturnType<FsCalls[K]>>;
};

export interface FileSystem {
  readonly sync: FsCalls;
  readonly async: FsPromises;
}

const { O_APPEND, O_CREAT, O_EXCL, O_NONBLOCK, O_RDONLY, O_WRONLY } = fs.constants;
/** Never waits for the writer of a pipe. */
export const READ: number = O_RDONLY | (O_NONBLOCK ?? 0);
/** Writes to a file that is there. */
export const WRITE: number = O_WRONLY;
/** Writes at the end of a file that is there. */
export const APPEND: number = O_WRONLY | O_APPEND;
/** Makes a new file, never opens one that is there. */
export const CREATE: number = O_WRONLY | O_CREAT | O_EXCL;

const GONE: ReadonlySet<unknown> = new Set(["ENOENT", "ENOTDIR"]);

/** Whether an error says that there is nothing at the path. */
export function isGone(error: unknown): boolean {
  return GONE.has(codeOf(error));
}

export function codeOf(error: unknown): unknown {
  return error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
}

const wait = new Int32Array(new SharedArrayBuffer(4));
const open = promisify(fs.open);
const close = promisify(fs.close);
const fstat = promisify(fs.fstat);
const fsync = promisify(fs.fsync);

export const nodeFileSystem: FileSystem = {
  sync: {
    open: (path, flags) => fs.openSync(path, flags),
    close: (fd) => fs.closeSync(fd),
    fstat: (fd) => fs.fstatSync(fd),
    stat: (path) => {
      try {
        return fs.statSync(path, { throwIfNoEntry: false });
      } catch (error) {
        if (isGone(error)) return undefined;
        throw error;
      }
    },
    read: (fd, bytes, from, length, position) => fs.readSync(fd, bytes, from, length, position),
    write: (fd, bytes, from, length) => fs.writeSync(fd, bytes, from, length),
    fsync: (fd) => fs.fsyncSync(fd),
    rename: (from, to) => fs.renameSync(from, to),
    link: (from, to) => fs.linkSync(from, to),
    unlink: (path) => fs.unlinkSync(path),
    mkdir: (path) => fs.mkdirSync(path, { recursive: true }),
    readdir: (path) => fs.readdirSync(path, { withFileTypes: true }),
    peek: (path, most) => {
      const folder = fs.opendirSync(path, { bufferSize: 256 });
      try {
        const names: string[] = [];
        for (let e = folder.readSync(); e !== null && names.length < most; e = folder.readSync())
          names.push(e.name);
        return names;
      } finally {
        folder.closeSync();
      }
    },
    realpath: (path) => fs.realpathSync.native(path),
    wait: (milliseconds) => void Atomics.wait(wait, 0, 0, milliseconds),
  },
  async: {
    open: (path, flags) => open(path, flags, 0o666),
    close: (fd) => close(fd),
    fstat: (fd) => fstat(fd),
    stat: (path) =>
      fs.promises.stat(path).catch((error: unknown) => {
        if (isGone(error)) return undefined;
        throw error;
      }),
    read: (fd, bytes, from, length, position) =>
      new Promise((resolve, reject) => {
        fs.read(fd, bytes, from, length, position, (error, count) =>
          error ? reject(error) : resolve(count),
        );
      }),
    write: (fd, bytes, from, length) =>
      new Promise((resolve, reject) => {
        fs.write(fd, bytes, from, length, null, (error, count) => (error ? reject(error) : resolve(count)));
      }),
    fsync: (fd) => fsync(fd),
    rename: (from, to) => fs.promises.rename(from, to),
    link: (from, to) => fs.promises.link(from, to),
    unlink: (path) => fs.promises.unlink(path),
    mkdir: (path) => fs.promises.mkdir(path, { recursive: true }),
    readdir: (path) => fs.promises.readdir(path, { withFileTypes: true }),
    peek: async (path, most) => {
      const names: string[] = [];
      // Leaving the loop closes the folder.
      for await (const { name } of await fs.promises.opendir(path, { bufferSize: 256 }))
        if (names.push(name) >= most) break;
      return names;
    },
    realpath: promisify(fs.realpath.native),
    wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  },
};

/** The same for threads of their own, which may wait: only syncing, the longest wait, lets other work go on meanwhile. */
export const threadFileSystem: FileSystem = {
  sync: nodeFileSystem.sync,
  async: { ...promising(nodeFileSystem.sync), fsync: nodeFileSystem.async.fsync },
};

function promising(calls: FsCalls): FsPromises {
  const promised = Object.entries(calls).map(([name, run]: [string, (...args: never[]) => unknown]) => [
    name,
    async (...args: never[]) => run(...args),
  ]);
  return Object.fromEntries(promised) as FsPromises;
}
