import { beforeEach, describe, expect, it } from "vitest";
import { ArgumentError } from "../../base/errors.js";
import { testStore } from "../testing.js";
import { memStore, resetMemStores } from "./index.js";

testStore("mem store", async () => {
  resetMemStores();
  return { store: memStore("mem://bucket/dataset/layer") };
});

describe("mem store", () => {
  beforeEach(resetMemStores);

  it("is one for the whole process", async () => {
    await memStore("mem://bucket/a/b").write("c/d", Uint8Array.of(1));
    expect((await memStore("bucket/a").read("b/c/d"))?.bytes).toEqual(Uint8Array.of(1));
    expect((await memStore("mem://bucket/a/b/").read("../../a/b/c/d"))?.bytes).toEqual(Uint8Array.of(1));
    expect(await memStore("mem://other/a/b").read("c/d")).toBeUndefined();
    resetMemStores();
    expect(await memStore("mem://bucket/a/b").read("c/d")).toBeUndefined();
  });

  it("reads up to its bucket and not beyond", async () => {
    const store = memStore("mem://bucket/a/b");
    expect(await store.read("../../x")).toBeUndefined();
    await expect(store.read("../../../other/x")).rejects.toThrow(ArgumentError);
    await expect(store.read("../..")).rejects.toThrow(ArgumentError);
  });

  it("needs a bucket", () => {
    expect(() => memStore("mem://")).toThrow(ArgumentError);
  });
});
