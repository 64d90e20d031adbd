import { readFile, writeFile } from "node:fs/promises";
import { describe, MissingError, StorageError } from "../../base/errors.js";

/** @throws StorageError. */
export async function writeMeshFile(path: string, bytes: Uint8Array): Promise<void> {
  try {
    await writeFile(path, bytes);
  } catch (cause) {
    throw new StorageError("The file cannot be written", { where: path, got: describe(cause), cause });
  }
}

/** @throws MissingError, StorageError. */
export async function readMeshFile(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    const isMissing = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
    if (isMissing) throw new MissingError("There is no such file", { where: path, cause });
    throw new StorageError("The file cannot be read", { where: path, got: describe(cause), cause });
  }
}
