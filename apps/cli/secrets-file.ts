import { readFile, stat } from "node:fs/promises";

/** The text of the file that `--secrets` names: what is in it is the library's to understand. */
export async function readSecrets(path: string): Promise<string> {
  const text = await readFile(path, "utf8");
  const { mode } = await stat(path);
  if (process.platform !== "win32" && (mode & 0o004) !== 0)
    process.stderr.write(`warning: everyone on this computer may read ${path}: chmod 600 ${path}\n`);
  return text;
}
