/** A spool in a temporary file, which is gone with the process, however that ends. */
import { type FileHandle, open, unlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, IntegrityError, StorageError } from "../base/errors.js";
import type { Spool } from "../base/spool.js";

/** @throws StorageError where there is no room for temporary files. */
export async function openFileSpool(folder: string = tmpdir()): Promise<Spool> {
  const path = join(folder, `cloudvolume-${process.pid}-${crypto.randomUUID()}`);
  const file = await open(path, "wx+", 0o600).catch((error: unknown) => {
    throw failed(error, folder);
  });
  // The name goes at once; the file lasts as long as it is open. Where that cannot be (Windows), it goes at the end.
  const isGone = await unlink(path).then(
    () => true,
    () => false,
  );
  return spoolOf(file, folder, () => (isGone ? Promise.resolve() : unlink(path)));
}

function spoolOf(file: FileHandle, where: string, remove: () => Promise<void>): Spool {
  let end = 0;
  return {
    async append(bytes) {
      const at = end;
      end += bytes.length;
      try {
        for (let done = 0; done < bytes.length; )
          done += (await file.write(bytes, done, bytes.length - done, at + done)).bytesWritten;
      } catch (error) {
        throw failed(error, where);
      }
      return at;
    },
    async read(offset, length) {
      const bytes = new Uint8Array(length);
      for (let done = 0; done < length; ) {
        const { bytesRead } = await file.read(bytes, done, length - done, offset + done);
        if (bytesRead === 0)
          throw new IntegrityError("A temporary file ends early", {
            where,
            expected: `${length} bytes at ${offset}`,
          });
        done += bytesRead;
      }
      return bytes;
    },
    async close() {
      await file.close();
      await remove();
    },
  };
}

function failed(cause: unknown, where: string): StorageError {
  return new StorageError("There is no room for temporary files", {
    where,
    got: describe(cause),
    fix: "Set TMPDIR to a folder with room.",
    cause,
  });
}
