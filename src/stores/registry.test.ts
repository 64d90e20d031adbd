import { expect, it } from "vitest";
import { UnsupportedProtocolError } from "../base/errors.js";
import { memStore } from "./mem/index.js";
import { openStore, type StoreFactory, type StoreRegistry } from "./registry.js";

interface Path {
  readonly protocol: string;
  readonly path: string;
}

interface Options {
  readonly prefix: string;
}

const registry: StoreRegistry<Path, Options> = new Map<string, StoreFactory<Path, Options>>([
  ["mem", ({ path }, { prefix }) => memStore(prefix + path)],
  ["later", async ({ path }) => memStore(path)],
]);

it("opens a path by its protocol, at once or later", async () => {
  const options = { prefix: "bucket/" };
  expect((await openStore(registry, { protocol: "mem", path: "a" }, options)).url("k")).toBe(
    "mem://bucket/a/k",
  );
  expect((await openStore(registry, { protocol: "later", path: "b" }, options)).url("k")).toBe("mem://b/k");
});

it("names the protocols there are", async () => {
  const opening = openStore(registry, { protocol: "gs", path: "a" }, { prefix: "" });
  await expect(opening).rejects.toThrow(UnsupportedProtocolError);
  await expect(opening).rejects.toThrow(/expected mem, later, got gs/);
});
