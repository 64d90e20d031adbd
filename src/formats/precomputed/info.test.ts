import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DATA_TYPES } from "../../base/dtype.js";
import { ArgumentError, InfoError } from "../../base/errors.js";
import { cloneJson, type JsonObject, parseJson, setOwn, stringifyJson } from "../../base/json.js";
import { infoWarnings, verifyCommittable } from "./committable.js";
import { type Info, verifyInfo } from "./info.js";

const VALID = `{
  "type": "segmentation", "data_type": "uint64", "num_channels": 1, "mesh": "mesh", "extra": {"a": [4.0]},
  "scales": [{
    "key": "4_4_40", "size": [1000, 1000, 100], "resolution": [4.0, 4, 40.5], "voxel_offset": [-5, 0, 7],
    "chunk_sizes": [[64, 64, 64]], "encoding": "compressed_segmentation",
    "compressed_segmentation_block_size": [8, 8, 8], "sharding": null, "rois": [[0, 0, 0, 9, 9, 9]], "locked": true
  }, {
    "key": "../other/8_8_40", "size": [500, 500, 100], "resolution": [8, 8, 40.5], "chunk_sizes": [[64, 64, 64]],
    "encoding": "not_known_yet", "sharding": {"@type": "neuroglancer_uint64_sharded_v1"}
  }]
}`;

/** The valid info with one member (a dotted path) replaced by what the JSON text says; undefined removes it. */
function changed(path: string, json: string | undefined): Info {
  const info = parseJson(VALID) as JsonObject;
  const keys = path.split(".");
  const last = keys.pop()!;
  let at: object = info;
  for (const key of keys) at = (at as Record<string, object>)[key]!;
  if (json === undefined) delete (at as Record<string, unknown>)[last];
  else setOwn(at, last, parseJson(json));
  return verifyInfo(info, "layer/info");
}

test("a valid info is returned as it is", () => {
  const json = parseJson(VALID);
  const info = verifyInfo(json, "layer/info");
  expect(info).toBe(json);
  expect(stringifyJson(info)).toContain('"resolution":[4.0,4,40.5]');
  expect(infoWarnings(info)).toEqual([]);
});

test.each<readonly [string, string | undefined]>([
  ["@type", '"neuroglancer_multiscale_volume"'],
  ["scales.1.voxel_offset", "[-9007199254740000, 0, 0]"],
  ["scales.0.size", "[0, 0, 0]"],
  ["scales.0.size", "[4.0, 1e3, 7]"],
  ["scales.0.chunk_sizes", "[[4096, 4096, 16], [1, 1, 1]]"],
  ["scales.0.resolution", "[1e-9, 0.5, 1e12]"],
  ["num_channels", "400"],
  ["redirect", '"gs://a/b"'],
  ["mesh", "null"],
  ["scales.1.sharding", undefined],
  ["scales.0.__proto__", '{"size": 3}'],
  ["constructor", "3"],
])("%s = %s is accepted", (path, json) => {
  expect(() => changed(path, json)).not.toThrow();
});

const TRIPLES = [
  "[1, 2]",
  "[1, 2, 3, 4]",
  '"1,2,3"',
  "{}",
  "null",
  '["1", 2, 3]',
  "[null, 2, 3]",
  "[[1], 2, 3]",
];
const SIZES = [...TRIPLES, "[-1, 2, 3]", "[1.5, 2, 3]", "[NaN, 2, 3]", "[Infinity, 1, 1]", "[1e400, 1, 1]"];
const HUGE = ["[9007199254740992, 1, 1]", "[18446744073709551615, 1, 1]", "[1e300, 1, 1]"];
const REFUSED: Readonly<Record<string, readonly (string | undefined)[]>> = {
  "@type": ['"neuroglancer_legacy_mesh"', "3", "null"],
  type: [undefined, '"Image"', "3", "null", '"toString"'],
  data_type: [undefined, '"uint128"', '"UINT8"', '"constructor"', "8", "null"],
  num_channels: [undefined, "0", "-1", "1.5", '"1"', "NaN", "9007199254740993", "70000", "[1]"],
  scales: [undefined, "[]", "{}", "null", "[null]", "[[]]", '"x"', `[${"{},".repeat(5000)}{}]`],
  mesh: ["3", "{}", '"a\\u0000b"'],
  skeletons: ["true"],
  redirect: ["3", '"a\\u0000b"'],
  "scales.0.key": [undefined, "3", "null", '"a\\u0000b"', `"${"x".repeat(5000)}"`],
  "scales.0.size": [undefined, ...SIZES, ...HUGE, "[1, 9007199254740991, 9007199254740991]"],
  "scales.0.chunk_sizes": [
    undefined,
    "[]",
    "null",
    "[64, 64, 64]",
    ...[...SIZES, ...HUGE].map((s) => `[${s}]`),
    "[[0, 1, 1]]",
  ],
  "scales.0.resolution": [undefined, ...TRIPLES, "[0, 1, 1]", "[-4, 4, 40]", "[NaN, 1, 1]", "[1e400, 1, 1]"],
  "scales.0.voxel_offset": [...TRIPLES, ...HUGE, "[0.5, 0, 0]", "[9007199254740991, 0, 0]"],
  "scales.0.encoding": [undefined, "3", "null", "{}", `"${"x".repeat(300)}"`],
  "scales.0.compressed_segmentation_block_size": [...SIZES, ...HUGE, "[0, 8, 8]", "[8, 8, 4294967296]"],
  "scales.0.sharding": ["3", "[]", '"x"', "false"],
  "scales.0.rois": ["3", "[[1, 2, 3]]", '[["a", 0, 0, 0, 0, 0]]', "[[NaN, 0, 0, 0, 0, 0]]"],
};

test.each(Object.entries(REFUSED))("a wrong %s is an InfoError that names it", (path, values) => {
  const name = path.replace("scales.0.", "scales[0].");
  for (const json of values) {
    let message = "accepted";
    try {
      changed(path, json);
    } catch (error) {
      expect(error).toBeInstanceOf(InfoError);
      message = (error as Error).message;
    }
    // A huge offset shows in the end of the volume, the size.
    const field = path.endsWith("voxel_offset") ? /"scales\[0\]\.(voxel_offset|size)/ : `"${name}`;
    expect(message, `${path} = ${json}`).toMatch(
      field instanceof RegExp ? field : new RegExp(escaped(field)),
    );
    expect(message).toContain("layer/info");
    expect(message.length).toBeLessThan(400);
  }
});

function escaped(literal: string): string {
  return literal.replace(/[[\]."@]/g, "\\$&");
}

test("chunks are bounded by what they hold, cut to the volume", () => {
  expect(() => changed("scales.0.chunk_sizes", "[[1000, 1000, 100]]")).not.toThrow();
  expect(() => changed("scales.0.chunk_sizes", "[[100000, 100000, 100000]]")).not.toThrow();
  const info = parseJson(VALID) as Info;
  info.scales[0]!.size = [100_000, 100_000, 100_000];
  info.scales[0]!.chunk_sizes = [[1024, 1024, 256]];
  expect(() => verifyInfo(info, "info")).not.toThrow();
  info.scales[0]!.chunk_sizes = [[1024, 1024, 257]];
  expect(() => verifyInfo(info, "info")).toThrow("chunks of at most 2147483648 bytes");
});

test("every data type of a volume is known", () => {
  for (const type of DATA_TYPES) expect(changed("data_type", `"${type}"`).data_type).toBe(type);
});

test("warnings name scales that share a key or a resolution", () => {
  const info = parseJson(VALID) as Info;
  info.scales[1]!.key = "4_4_40";
  expect(infoWarnings(info)).toEqual(["Mips 0 and 1 have the same key: 4_4_40"]);
  info.scales.push({ ...cloneJson(info.scales[0]!), key: "x" });
  expect(infoWarnings(info)[1]).toBe("Mips 0 and 2 have the same resolution: 4,4,40.5");
});

describe("test_cloudvolume.py::test_write_compressed_segmentation: what may be committed", () => {
  test("a block size and uint32 or uint64 are needed", () => {
    const info = parseJson(VALID) as Info;
    expect(verifyCommittable(info, "info")).toBe(info);
    info.data_type = "uint16";
    expect(() => verifyCommittable(info, "info")).toThrow('"data_type" is not as specified');
    info.data_type = "uint32";
    delete info.scales[0]!.compressed_segmentation_block_size;
    expect(() => verifyCommittable(info, "info")).toThrow('"scales[0].compressed_segmentation_block_size"');
  });
});

describe("hostile infos", () => {
  const names = ["__proto__", "constructor", "prototype", "toString", "scales", "size", "key", "type", "0"];
  const values = [
    "{}",
    "[]",
    "null",
    '"x"',
    "1e400",
    "-1",
    "9007199254740993",
    "[1,2,3]",
    '{"polluted":1}',
    "true",
  ];
  const pairs = fc.tuple(fc.constantFrom(...names), fc.constantFrom(...values));
  const spots = fc.constantFrom(
    "",
    "scales",
    "scales.0",
    "scales.0.size",
    "scales.0.sharding",
    "scales.1.chunk_sizes.0",
  );

  test("200 of them: a typed error or a valid info, and Object.prototype is as it was", () => {
    const before = Object.getOwnPropertyNames(Object.prototype).join();
    fc.assert(
      fc.property(fc.array(fc.tuple(spots, pairs), { minLength: 1, maxLength: 4 }), (edits) => {
        let text = VALID;
        for (const [spot, [name, value]] of edits) text = insertAt(text, spot, name, value);
        try {
          const info = verifyInfo(parseJson(text, { where: "info" }), "info");
          expect(verifyInfo(parseJson(stringifyJson(info)), "info")).toEqual(info);
        } catch (error) {
          expect(error).toBeInstanceOf(InfoError);
        }
        expect(Object.getOwnPropertyNames(Object.prototype).join()).toBe(before);
        expect(({} as JsonObject).polluted).toBeUndefined();
      }),
      { numRuns: 200, seed: 21 },
    );
  });

  function insertAt(text: string, spot: string, name: string, value: string): string {
    const root = parseJson(text) as JsonObject;
    let at: unknown = root;
    for (const key of spot === "" ? [] : spot.split(".")) at = (at as Record<string, unknown>)?.[key];
    if (typeof at === "object" && at !== null) setOwn(at, name, parseJson(value));
    return stringifyJson(root);
  }

  test("text that is cut anywhere is a typed error", () => {
    for (let length = 0; length < VALID.length - 1; length++) {
      const cut = VALID.slice(0, length);
      expect(() => verifyInfo(parseJson(cut, { where: "info" }), "info")).toThrow(InfoError);
    }
  });
});

test("the caller's class is thrown", () => {
  expect(() => verifyInfo({}, "createNewInfo", ArgumentError)).toThrow(ArgumentError);
});

test("what CloudVolume wrote is accepted", () => {
  const { create } = JSON.parse(
    readFileSync(new URL("../../../fixtures/precomputed/info.json", import.meta.url), "utf8"),
  ) as { create: { text: string }[] };
  for (const { text } of create) expect(() => verifyInfo(parseJson(text), "info")).not.toThrow();
});
