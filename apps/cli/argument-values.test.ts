import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseBox, parseMip, parseShape, parseVoxel } from "./argument-values.js";
import { bytes, count, json, table } from "./text.js";

describe("arguments", () => {
  it("boxes: every six whole numbers that end where they begin or later", () => {
    const axis = fc.tuple(fc.integer(), fc.nat()).map(([a, n]) => [a, a + n] as const);
    fc.assert(
      fc.property(axis, axis, axis, ([x0, x1], [y0, y1], [z0, z1]) => {
        const box = [x0, y0, z0, x1, y1, z1];
        expect(parseBox(box.join(","))).toEqual(box);
        expect(parseBox(box.join(" , "))).toEqual(box);
      }),
    );
  });

  it.each([
    "",
    "1",
    "1,2,3,4,5",
    "1,2,3,4,5,6,7",
    "a,b,c,d,e,f",
    "0,0,0,1.0,1,1",
    "0,0,0,0x8,8,8",
    "0,0,0,1,1,",
    "2,0,0,1,1,1",
  ])("is no box: %j", (text) => {
    expect(() => parseBox(text)).toThrow(/x0/);
  });

  it("levels, shapes and values", () => {
    expect(parseMip("0")).toBe(0);
    expect(parseMip("-1")).toBe(-1);
    expect(parseMip("4.5,4.5,40")).toEqual([4.5, 4.5, 40]);
    expect(() => parseMip("1.5")).toThrow("8,8,40");
    expect(parseShape("4,3,2")).toEqual([4, 3, 2, 1]);
    expect(parseShape("4,3,2,3")).toEqual([4, 3, 2, 3]);
    expect(() => parseShape("4,0,2,3")).toThrow("at least 1");
    expect(parseVoxel("18446744073709551615")).toBe(2n ** 64n - 1n);
    expect(parseVoxel("255")).toBe(255);
    expect(parseVoxel("-0.5")).toBe(-0.5);
    expect(() => parseVoxel("0x10")).toThrow("number");
  });
});

describe("text", () => {
  it("sizes have three digits", () => {
    expect([0, 7, 999, 1000, 4_194_304, 999_600].map(count)).toEqual([
      "0",
      "7",
      "999",
      "1.00 k",
      "4.19 M",
      "1.00 M",
    ]);
    expect([0, 999, 33_554_432, 2 ** 53].map(bytes)).toEqual(["0 B", "999 B", "33.6 MB", "9.01 PB"]);
  });

  it("columns are aligned", () => {
    const columns = [{ title: "a" }, { title: "long", align: "right" as const }];
    expect(
      table(columns, [
        ["xyz", "1"],
        ["", "12345"],
      ]),
    ).toBe("a     long\nxyz      1\n     12345");
  });

  it("64-bit integers are decimal strings in JSON", () => {
    expect(json({ label: 2n ** 63n, n: 1 })).toBe('{"label":"9223372036854775808","n":1}');
  });
});
