import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { InfoError, ProvenanceError } from "./errors.js";
import {
  cloneJson,
  formatFloat,
  isFloat,
  type JsonObject,
  literalOf,
  parseJson,
  stringifyJson,
  withLiteral,
} from "./json.js";

const pretty = (value: unknown) => stringifyJson(value, { indent: 2, sortKeys: true });
const compact = (value: unknown) => stringifyJson(value);

function failure(input: string | Uint8Array, options = {}): Error {
  try {
    parseJson(input, { where: "info", ...options });
  } catch (error) {
    return error as Error;
  }
  throw new Error("was accepted");
}

describe("literals", () => {
  test("numbers keep their spelling through parse and stringify", () => {
    const text = "[4.0,1e3,9007199254740993,-0,-0.0,1E+2,0.10,1e400,18446744073709551615,4.5,7]";
    expect(compact(parseJson(text))).toBe(text);
    expect(compact(parseJson(`{"a":${text},"b":4.0}`))).toBe(`{"a":${text},"b":4.0}`);
  });

  test("a changed number loses the old spelling, an unchanged one keeps it", () => {
    const info = parseJson('{"a":4.0,"b":1e3,"c":[4.0,8.0]}') as { a: number; b: number; c: number[] };
    info.a = 5;
    info.c[1] = 9;
    expect(compact(info)).toBe('{"a":5,"b":1e3,"c":[4.0,9]}');
    info.a = 4;
    expect(compact(info)).toBe('{"a":4.0,"b":1e3,"c":[4.0,9]}');
  });

  test("of keys given twice the last counts, with its spelling", () => {
    expect(compact(parseJson('{"a":4.0,"a":4}'))).toBe('{"a":4}');
    expect(compact(parseJson('{"a":4,"a":4.0}'))).toBe('{"a":4.0}');
  });

  test("withLiteral, isFloat and cloneJson", () => {
    const list = withLiteral([4.5, 0], 1, "40.0");
    expect(list).toEqual([4.5, 40]);
    expect(compact({ list })).toBe('{"list":[4.5,40.0]}');
    expect(literalOf(list, 1, 40)).toBe("40.0");
    expect([isFloat(list, 0, 4.5), isFloat(list, 1, 40), isFloat(list, 1, 41)]).toEqual([true, true, false]);
    const copy = cloneJson({ list, text: "x", none: null });
    expect(copy).toEqual({ list: [4.5, 40], text: "x", none: null });
    expect(copy.list).not.toBe(list);
    expect(compact(copy)).toBe('{"list":[4.5,40.0],"text":"x","none":null}');
    list[1] = 80;
    expect(compact(copy.list)).toBe("[4.5,40.0]");
    expect(() => withLiteral([], 0, "40.")).toThrow("Not a JSON number");
  });

  test("floats are spelled as Python's repr", () => {
    const table: readonly (readonly [number, string])[] = [
      [4, "4.0"],
      [-0, "-0.0"],
      [0.0001, "0.0001"],
      [0.00001, "1e-05"],
      [1.5e-7, "1.5e-07"],
      [1e15, "1000000000000000.0"],
      [1e16, "1e+16"],
      [1.25e120, "1.25e+120"],
      [0.1 + 0.2, "0.30000000000000004"],
      [Number.NaN, "NaN"],
      [Number.NEGATIVE_INFINITY, "-Infinity"],
    ];
    for (const [value, text] of table) expect(formatFloat(value)).toBe(text);
  });
});

describe("writing", () => {
  test("as json.dumps(sort_keys=True, indent=2)", () => {
    const value = { b: {}, a: [], é: "\u007f\u2028/😀\ud800\n", A: [1, [true, null]], "😀": 1, "\uffff": 2 };
    expect(pretty(value)).toBe(
      [
        "{",
        '  "A": [',
        "    1,",
        "    [",
        "      true,",
        "      null",
        "    ]",
        "  ],",
        '  "a": [],',
        '  "b": {},',
        '  "\\u00e9": "\\u007f\\u2028/\\ud83d\\ude00\\ud800\\n",',
        '  "\\uffff": 2,',
        '  "\\ud83d\\ude00": 1',
        "}",
      ].join("\n"),
    );
    expect(stringifyJson({ é: 1 }, { ascii: false })).toBe('{"é":1}');
  });

  test("bigints, typed arrays, toJSON, undefined", () => {
    expect(compact({ a: 2n ** 64n, b: new Int32Array([1, 2]), c: undefined, d: new Date(0) })).toBe(
      '{"a":18446744073709551616,"b":[1,2],"d":"1970-01-01T00:00:00.000Z"}',
    );
    expect(compact([undefined, Number.NaN])).toBe("[null,NaN]");
  });

  test("cycles and functions are refused", () => {
    const cycle: unknown[] = [];
    cycle.push(cycle);
    expect(() => compact(cycle)).toThrow("cycle");
    expect(() => compact({ run: () => 1 })).toThrow("Cannot be written as JSON (run)");
  });
});

describe("reading", () => {
  test.each([
    ["", "line 1, column 1", "a value"],
    ["{", "line 1, column 2", "a key"],
    ['{"a" 1}', "line 1, column 6", '":"'],
    ['{\n  "a": 1,\n}', "line 3, column 1", "a key"],
    ["[1 2]", "line 1, column 4", '","'],
    ["[1] x", "line 1, column 5", "the end"],
    ["01", "line 1, column 2", "the end"],
    ["1.", "line 1, column 2", "the end"],
    ["+1", "line 1, column 1", "a value"],
    ["nan", "line 1, column 1", "a value"],
    ['"a', "line 1, column 3", "closing"],
    ['"a\nb"', "line 1, column 3", "closing"],
    ['"\\x"', "line 1, column 3", "escape"],
    ['"\\u12"', "line 1, column 4", "four hex"],
    ["[1,]", "line 1, column 4", "a value"],
    ["undefined", "line 1, column 1", "a value"],
    ["{'a': 1}", "line 1, column 2", "a key"],
  ])("%j is refused with its place", (text, place, expected) => {
    const error = failure(text);
    expect(error).toBeInstanceOf(InfoError);
    expect(error.message).toContain(`info, ${place}`);
    expect(error.message).toContain(expected);
  });

  test("byte order mark, NaN, Infinity, escapes", () => {
    expect(parseJson("\ufeff[1]")).toEqual([1]);
    expect(parseJson(new Uint8Array([0xef, 0xbb, 0xbf, 0x31]))).toBe(1);
    expect(parseJson(" [NaN,\tInfinity , -Infinity]\r\n")).toEqual([Number.NaN, Infinity, -Infinity]);
    expect(parseJson('"\\u00e9\\ud83d\\ude00\\/\\b\\f\\n\\r\\t\\"\\\\"')).toBe('é😀/\b\f\n\r\t"\\');
  });

  test("invalid UTF-8, too large, too deep, the caller's class", () => {
    expect(failure(new Uint8Array([0x22, 0xff, 0x22])).message).toContain("Not valid UTF-8 (info)");
    expect(failure("[1,2,3]", { maxBytes: 6 }).message).toContain("at most 6 bytes");
    expect(failure("[".repeat(1e6)).message).toContain("at most 64 levels");
    expect(failure('{"a":'.repeat(1e5), { maxDepth: 1e9 }).message).toContain("at most 512 levels");
    expect(parseJson("[".repeat(64) + "]".repeat(64))).toHaveLength(1);
    expect(failure("x", { error: ProvenanceError })).toBeInstanceOf(ProvenanceError);
  });

  test("__proto__ and constructor are plain own keys", () => {
    const text = '{"__proto__":{"polluted":1.0},"constructor":{"prototype":{"polluted":2}},"toString":3}';
    const value = parseJson(text) as JsonObject;
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(Object.keys(value)).toEqual(["__proto__", "constructor", "toString"]);
    expect(({} as JsonObject).polluted).toBeUndefined();
    expect(compact(value)).toBe(text);
    expect(compact(cloneJson(value))).toBe(text);
  });

  test("any JSON document is read as JSON.parse reads it", () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), (text) => {
        expect(parseJson(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  test("what it writes, it reads back and writes the same again", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.boolean(), (value, ascii) => {
        const text = stringifyJson(value, { indent: 2, ascii });
        expect(parseJson(text)).toEqual(value);
        expect(stringifyJson(parseJson(text), { indent: 2, ascii })).toBe(text);
        expect(JSON.parse(text)).toEqual(value);
      }),
    );
  });

  test("random text is a value or a typed error", () => {
    const pieces = fc.constantFrom(
      "{",
      "}",
      "[",
      "]",
      ",",
      ":",
      '"',
      "\\",
      "1",
      "-",
      ".",
      "e",
      "t",
      "null",
      " ",
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
        const text = parts.join("");
        let ours: unknown;
        let theirs: unknown;
        try {
          ours = { value: parseJson(text) };
        } catch (error) {
          ours = error instanceof InfoError ? "refused" : error;
        }
        try {
          theirs = { value: JSON.parse(text) };
        } catch {
          theirs = "refused";
        }
        expect(ours).toEqual(theirs);
      }),
      { numRuns: 2000 },
    );
  });
});
