import { expect, test } from "vitest";
import { ByteLru } from "./byte-lru.js";

test("the least recently used go first, by bytes", () => {
  const lru = new ByteLru<string>(10);
  lru.set("a", "A", 4);
  lru.set("b", "B", 4);
  expect(lru.get("a")).toBe("A");
  lru.set("c", "C", 4);
  expect(lru.keys()).toEqual(["a", "c"]);
  expect(lru.bytes).toBe(8);
  lru.set("a", "A2", 6);
  expect([lru.bytes, lru.size]).toEqual([10, 2]);
  lru.set("huge", "H", 11);
  expect(lru.get("huge")).toBeUndefined();
  expect(lru.size).toBe(2);
  lru.delete("a");
  lru.delete("a");
  expect(lru.bytes).toBe(4);
  lru.clear();
  expect([lru.bytes, lru.size, lru.get("c")]).toEqual([0, 0, undefined]);
});
