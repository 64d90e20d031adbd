import { expect, test } from "vitest";
import { UnsupportedProtocolError } from "../base/errors.js";
import { memStore } from "./mem/index.js";
import { openStore, type StoreFactory, type StoreRegistry } from "./registry.js";
import { parsePath } from "./url.js";
import type { Transport } from "./url-words.js";

const registry: StoreRegistry = new Map<Transport, StoreFactory>([
  ["mem", ({ location }) => memStore(location)],
  ["https", async ({ host, path }) => memStore(`mem://web/${host ?? "usual"}/${path}`)],
]);

test("a path is opened by its transport, at once or later", async () => {
  expect((await openStore(registry, parsePath("mem://bucket/a"), undefined)).url("k")).toBe(
    "mem://bucket/a/k",
  );
  expect((await openStore(registry, parsePath("precomputed://mem://bucket/a"), undefined)).url("k")).toBe(
    "mem://bucket/a/k",
  );
  expect((await openStore(registry, parsePath("https://example.org/b/c"), undefined)).url("k")).toMatch(
    /^mem:\/\/web\/.*b\/c\/k$/,
  );
});

test("a transport without a store is named, with those there are", async () => {
  const opening = openStore(registry, parsePath("gs://bucket/a"), undefined);
  await expect(opening).rejects.toThrow(UnsupportedProtocolError);
  await expect(opening).rejects.toThrow(/expected mem, https, got gs/);
});
