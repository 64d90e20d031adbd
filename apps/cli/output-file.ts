/** Where an array goes: a file that appears whole or not at all, or standard output. */
import { randomBytes } from "node:crypto";
import { unlinkSync } from "node:fs";
import { type FileHandle, open, realpath, rename, stat, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { StorageError } from "../../src/node.js";

export interface ByteSink {
  /** Whether parts may be written in any order. */
  readonly random: boolean;
  write(bytes: Uint8Array, position: number): Promise<void>;
}

/** One system call writes at most this much, so that Ctrl-C is heard in between. */
const PIECE_BYTES = 16 << 20;

/** Temporary files of this process, removed if it ends early. */
const pending = new Set<string>();
process.on("exit", () => {
  for (const path of pending) {
    try {
      unlinkSync(path);
    } catch {
      // It is gone already.
    }
  }
});

/**
 * Runs `work` with a sink for `path` (`-`: standard output). A regular file is written under a temporary name and
 * renamed when `work` is done; if it fails or is aborted, nothing is left and an older file stays as it was.
 */
export async function writeOutput(
  path: string,
  signal: AbortSignal,
  work: (sink: ByteSink) => Promise<void>,
): Promise<void> {
  if (path === "-") return await work(streamSink(process.stdout, signal));
  const existing = await stat(path).catch(() => undefined);
  if (existing?.isDirectory()) throw Object.assign(new Error("EISDIR"), { code: "EISDIR", path });
  if (existing !== undefined && !existing.isFile()) {
    const handle = await open(path, "w");
    try {
      await work(fileSink(handle, signal, false));
    } finally {
      await handle.close();
    }
    return;
  }
  const target = existing === undefined ? path : await realpath(path);
  await replaceFile(target, existing?.mode, signal, work);
}

async function replaceFile(
  target: string,
  mode: number | undefined,
  signal: AbortSignal,
  work: (sink: ByteSink) => Promise<void>,
): Promise<void> {
  const temporary = join(
    dirname(target),
    `.${basename(target).slice(0, 200)}.${randomBytes(6).toString("hex")}.tmp`,
  );
  const handle = await open(temporary, "wx").catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== "ENOENT") throw Object.assign(cause, { path: target });
    throw new StorageError("The folder of the output file does not exist", {
      where: target,
      fix: "Create it first.",
      cause,
    });
  });
  pending.add(temporary);
  try {
    try {
      if (mode !== undefined) await handle.chmod(mode & 0o7777);
      await work(fileSink(handle, signal, true));
      await handle.sync();
    } finally {
      await handle.close();
    }
    signal.throwIfAborted();
    await rename(temporary, target);
  } catch (error) {
    await unlink(temporary).catch(() => {});
    throw error;
  } finally {
    pending.delete(temporary);
  }
}

function fileSink(handle: FileHandle, signal: AbortSignal, random: boolean): ByteSink {
  return {
    random,
    write: async (bytes, position) => {
      for (let at = 0; at < bytes.length; ) {
        signal.throwIfAborted();
        const length = Math.min(PIECE_BYTES, bytes.length - at);
        const { bytesWritten } = await handle.write(bytes, at, length, random ? position + at : null);
        at += bytesWritten;
      }
    },
  };
}

function streamSink(stream: NodeJS.WriteStream, signal: AbortSignal): ByteSink {
  let failed: Error | undefined;
  stream.on("error", (error) => {
    failed = error;
  });
  return {
    random: false,
    write: async (bytes) => {
      for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
        signal.throwIfAborted();
        if (failed !== undefined) throw failed;
        const piece = bytes.subarray(at, at + PIECE_BYTES);
        await new Promise<void>((done, fail) => {
          stream.write(piece, (error) => (error ? fail(error) : done()));
        });
      }
    },
  };
}
