/** Files by Node. */
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { type FileHandle, mkdir, open, rename, stat, statfs, unlink } from "node:fs/promises";
import { freemem } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { ArgumentError, describe, SharedMemoryAllocationError, StorageError } from "../base/errors.js";
import type {
  ClosableFile,
  LocalFiles,
  ReadableFile,
  SharedMemoryFiles,
  WritableFile,
} from "./local-files.js";

const SHARED = "/dev/shm";
/** Where there is no /dev/shm: CloudVolume's own stand-in. */
const EMULATED = "/tmp/cloudvolume-shm";
/** One system call reads or writes at most this much. */
const PIECE_BYTES = 64 << 20;

export const nodeFiles: LocalFiles = {
  resolve: (...path) => resolve(...path),
  async makeFolder(path) {
    await mkdir(path, { recursive: true });
  },
  async replace(path, work) {
    const target = resolve(path);
    const temporary = join(
      dirname(target),
      `.${basename(target).slice(0, 200)}.${randomBytes(6).toString("hex")}.tmp`,
    );
    const handle = await open(temporary, "wx").catch((cause) => {
      throw failed("A file cannot be made", target, cause);
    });
    try {
      try {
        await work({ write: (bytes, position) => writeAll(handle, bytes, position, target) });
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(temporary, target);
    } catch (error) {
      await unlink(temporary).catch(() => {});
      throw error;
    }
  },
  async open(path) {
    const target = resolve(path);
    const handle = await open(target, "r").catch((cause: NodeJS.ErrnoException) => {
      if (cause.code === "ENOENT") return undefined;
      throw failed("A file cannot be opened", target, cause);
    });
    return handle && (await readable(handle, target));
  },
  sharedMemory: sharedMemoryFiles(),
};

function sharedMemoryFiles(): SharedMemoryFiles {
  const folder = existsSync(SHARED) ? SHARED : EMULATED;
  const path = (location: string): string => {
    if (location !== "" && !/[/\0]/.test(location) && !/^\.{1,2}$/.test(location))
      return join(folder, location);
    throw new ArgumentError("Not a location of shared memory", {
      where: "location",
      expected: "a name without slashes, e.g. of generateSharedMemoryLocation()",
      got: JSON.stringify(location),
    });
  };
  return {
    path,
    async allocate(location, bytes) {
      const target = path(location);
      if (folder === EMULATED) await mkdir(folder, { recursive: true });
      const before = (await stat(target).catch(() => undefined))?.size;
      await checkAvailable(target, bytes - (before ?? 0), folder);
      const handle = await open(target, before === undefined ? "w+" : "r+", 0o600).catch((cause) => {
        throw failed("Shared memory cannot be opened", target, cause);
      });
      return await sized(handle, target, bytes, before === undefined);
    },
    async unlink(location) {
      return await unlink(path(location)).then(
        () => true,
        (cause: NodeJS.ErrnoException) => {
          if (cause.code === "ENOENT") return false;
          throw failed("Shared memory cannot be removed", path(location), cause);
        },
      );
    },
  };
}

/** A file of exactly `bytes`. One that was made here and cannot be filled is removed. */
async function sized(
  handle: FileHandle,
  target: string,
  bytes: number,
  isNew: boolean,
): Promise<WritableFile & ClosableFile> {
  const orRemove = async (work: Promise<void>): Promise<void> => {
    try {
      await work;
    } catch (error) {
      await handle.close().catch(() => {});
      if (isNew) await unlink(target).catch(() => {});
      throw error;
    }
  };
  await orRemove(
    handle.truncate(bytes).catch((cause) => {
      throw failed("Shared memory cannot be given its size", target, cause);
    }),
  );
  return {
    write: (data, position) => orRemove(writeAll(handle, data, position, target)),
    close: () => handle.close(),
  };
}

async function checkAvailable(target: string, bytes: number, folder: string): Promise<void> {
  if (bytes <= 0) return;
  const { availableMemory } = process as { availableMemory?: () => number };
  const memory = availableMemory?.() ?? freemem();
  const { bavail, bsize } = await statfs(folder);
  const available = Math.min(memory, bavail * bsize);
  if (bytes <= available) return;
  throw new SharedMemoryAllocationError("More shared memory is asked for than is available", {
    where: target,
    expected: `at most ${available} bytes more`,
    got: `${bytes}`,
    fix: "Free memory, or read a smaller box.",
  });
}

async function readable(handle: FileHandle, target: string): Promise<ReadableFile> {
  const { size } = await handle.stat();
  return {
    size,
    close: () => handle.close(),
    async read(into, position) {
      for (let at = 0; at < into.length; ) {
        const length = Math.min(PIECE_BYTES, into.length - at);
        const { bytesRead } = await handle.read(into, at, length, position + at).catch((cause) => {
          throw failed("A file cannot be read", target, cause);
        });
        if (bytesRead === 0)
          throw new StorageError("A file ends too early", { where: target, got: `${position + at} bytes` });
        at += bytesRead;
      }
    },
  };
}

async function writeAll(
  handle: FileHandle,
  bytes: Uint8Array,
  position: number,
  target: string,
): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const length = Math.min(PIECE_BYTES, bytes.length - at);
    const { bytesWritten } = await handle.write(bytes, at, length, position + at).catch((cause) => {
      throw failed("A file cannot be written", target, cause);
    });
    at += bytesWritten;
  }
}

function failed(what: string, where: string, cause: NodeJS.ErrnoException): StorageError {
  const full = cause.code === "ENOSPC" || cause.code === "ENOMEM";
  const at = full && where.startsWith(SHARED) ? SharedMemoryAllocationError : StorageError;
  return new at(what, { where, got: describe(cause), cause });
}
