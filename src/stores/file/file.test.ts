import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { testStore } from "../testing.js";
import { fileStore } from "./index.js";

const folder = mkdtempSync(join(tmpdir(), "file-store-"));
let stores = 0;
afterAll(() => rmSync(folder, { recursive: true }));

for (const durability of ["full", "none"] as const) {
  testStore(`file store, durability ${durability}`, async () => {
    return { store: fileStore(join(folder, `${stores++}/data set`), { durability }) };
  });
}

testStore("file store with a root", async () => {
  const root = join(folder, `${stores++}`);
  return { store: fileStore(join(root, "layer"), { root, durability: "none" }) };
});
