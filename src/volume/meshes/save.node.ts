import { writeFile } from "node:fs/promises";
import { describe, StorageError } from "../../base/errors.js";

/** @throws StorageError. */
export async function saveFile(path: string, bytes: Uint8Array): Promise<void> {
  try {
    await writeFile(path, bytes);
  } catch (cause) {
    throw new StorageError("The file cannot be written", { where: path, got: describe(cause), cause });
  }
}
