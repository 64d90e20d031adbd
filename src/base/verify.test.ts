import { describe, expect, expectTypeOf, test } from "vitest";
import { InfoError, ProvenanceError } from "./errors.js";
import { type JsonObject, parseJson } from "./json.js";
import {
  flag,
  integer,
  list,
  number,
  object,
  oneOf,
  optional,
  orNull,
  placeOf,
  positive,
  record,
  text,
  tuple,
  type Verify,
} from "./verify.js";

const root = placeOf("layer/info");

function message(verify: Verify<unknown>, value: unknown): string {
  try {
    verify(value, root);
  } catch (error) {
    expect(error).toBeInstanceOf(InfoError);
    return (error as Error).message;
  }
  return "accepted";
}

test.each<readonly [string, Verify<unknown>, readonly unknown[], readonly unknown[]]>([
  ["integer", integer(), [0, -5, 2 ** 53 - 1, -0], [2 ** 53, 1.5, Number.NaN, Infinity, "1", null, 1n, []]],
  ["integer in a range", integer({ min: 1, max: 4 }), [1, 4], [0, 5]],
  ["number", number(), [0.5, -1e300], [Number.NaN, Infinity, "0.5", undefined]],
  ["number in a range", number({ min: 0, max: 1 }), [0, 1], [-0.1, 1.1]],
  ["positive", positive, [1e-9, 5], [0, -1, Infinity, Number.NaN, "4"]],
  ["text", text({ max: 3 }), ["", "abc"], ["abcd", "a\0", 3, null]],
  ["flag", flag, [true, false], [0, "true", null]],
  ["oneOf", oneOf(["raw", "gzip"]), ["raw", "gzip"], ["RAW", "toString", null]],
  ["list", list(integer(), { min: 1, max: 2 }), [[1], [1, 2]], [[], [1, 2, 3], ["a"], { length: 1 }, "a"]],
  ["tuple", tuple(3, integer()), [[1, 2, 3]], [[1, 2], [1, 2, 3, 4], [1, 2, 3.5], { length: 3 }]],
  ["object", object, [{}], [[], null, "x", undefined]],
  ["optional", optional(flag), [undefined, true], [null, 0]],
  ["orNull", orNull(flag), [undefined, null, false], [0]],
])("%s takes and refuses", (_name, verify, good, bad) => {
  for (const value of good) expect(verify(value, root)).toBe(value);
  for (const value of bad) expect(message(verify, value)).not.toBe("accepted");
});

describe("records", () => {
  const scale = record({ size: tuple(3, integer({ min: 0 })), key: optional(text()) });
  const info = record({ scales: list(scale, { min: 1 }) });

  test("give typed members and let others through", () => {
    const json = { scales: [{ size: [1, 2, 3], other: { a: 1 } }] };
    const found = info(json, root);
    expectTypeOf(found.scales[0]!.size).toEqualTypeOf<[number, number, number]>();
    expectTypeOf(found.scales[0]!.key).toEqualTypeOf<string | undefined>();
    expect(found).toBe(json);
  });

  test("errors say file, path, expected, got", () => {
    expect(message(info, { scales: [{ size: [1, 2, 3] }, { size: [1, -2, 3] }] })).toBe(
      '"scales[1].size[1]" is not as specified (layer/info): expected an integer from 0 to 9007199254740991, got -2',
    );
    expect(message(info, {})).toContain(
      '"scales" is not as specified (layer/info): expected a value, got nothing',
    );
    expect(message(info, [])).toContain("Not as specified (layer/info): expected an object, got []");
    expect(message(info, { scales: "x".repeat(1000) }).length).toBeLessThan(200);
    expect(message(info, { scales: [{ size: [1n] }] })).toContain("an array of 3, got [object Array]");
    expect(message(info, () => 1)).toContain("an object, got () => 1");
  });

  test("members of the prototype are not members", () => {
    expect(message(record({ toString: text() }), {})).toContain("got nothing");
    const polluted = parseJson('{"__proto__":{"size":[1,2,3]}}') as JsonObject;
    expect(message(scale, polluted)).toContain('"size"');
  });

  test("the caller chooses the class", () => {
    expect(() => info({}, placeOf("provenance", ProvenanceError))).toThrow(ProvenanceError);
  });
});
