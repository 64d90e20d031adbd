import { describe, expect, test } from "vitest";
import { ProvenanceError } from "../../base/errors.js";
import { encodeJson, type JsonObject, stringifyJson } from "../../base/json.js";
import { emptyProvenance, parseProvenance, toProvenance, verifyDatasetProvenance } from "./provenance.js";

const parse = (text: string) => parseProvenance(new TextEncoder().encode(text), "layer/provenance");

const DATASET = {
  dataset_name: "pinky",
  dataset_description: "Serial sections of a mouse's brain",
  organism: "Male wild-type (C57BL/6) mouse",
  imaged_date: "February-March 2010",
  imaged_by: "student@example.edu",
  references: ["doi:10.1000/182"],
  owners: ["scientist@example.edu", "staff@example.edu"],
};

describe("test_provenance.py::test_dataset_provenance", () => {
  test("a record goes through JSON unchanged", () => {
    const record = verifyDatasetProvenance(JSON.parse(stringifyJson(verifyDatasetProvenance(DATASET))));
    expect(record).toEqual(DATASET);
  });

  test("references are optional, everything else is needed", () => {
    for (const field of Object.keys(DATASET)) {
      const { [field as keyof typeof DATASET]: _, ...rest } = DATASET;
      if (field === "references") verifyDatasetProvenance(rest);
      else expect(() => verifyDatasetProvenance(rest)).toThrow(`"${field}" is not as specified`);
    }
  });

  test.each([
    { owners: [] },
    { owners: ["a", "a"] },
    { dataset_name: 3 },
    { references: "doi" },
    { organism: null },
  ])("%j is refused", (wrong) => {
    expect(() => verifyDatasetProvenance({ ...DATASET, ...wrong })).toThrow(ProvenanceError);
  });
});

describe("test_provenance.py::test_data_layer_provenance", () => {
  const record = {
    description: "example dataset",
    sources: ["gs://neuroglancer/example/image"],
    processing: [{ method: "convnet", by: "student@example.edu" }],
    owners: ["student@example.edu"],
  };

  test("a record goes through its file unchanged, unknown fields too", async () => {
    expect(await parseProvenance(encodeJson(record), "provenance")).toEqual(record);
    expect(stringifyJson(await parse('{"extra":{"version":1.0}}'))).toContain('"extra":{"version":1.0}');
  });

  test.each<readonly [object, string]>([
    [{ sources: 3 }, "sources"],
    [{ sources: ["a", "a"] }, "sources[1]"],
    [{ sources: [1] }, "sources[0]"],
    [{ owners: "me" }, "owners"],
    [{ owners: false }, "owners"],
    [{ processing: {} }, "processing"],
    [{ processing: [3] }, "processing[0]"],
    [{ description: 3 }, "description"],
  ])("%j is refused", async (wrong, field) => {
    expect(() => toProvenance(wrong)).toThrow(ProvenanceError);
    await expect(parse(JSON.stringify(wrong))).rejects.toThrow(
      `"${field}" is not as specified (layer/provenance)`,
    );
  });

  test("null and empty text count as missing; the given object is left alone", () => {
    const given = { sources: null, owners: "", processing: null };
    expect(toProvenance(given)).toEqual(emptyProvenance());
    expect(given).toEqual({ sources: null, owners: "", processing: null });
    const sources = ["a"];
    toProvenance({ sources }).sources.push("b");
    expect(sources).toEqual(["a"]);
  });
});

describe("JSON5", () => {
  test("comments, bare keys, single quotes, trailing commas", async () => {
    const found = await parse(`{
      // who made it
      owners: ['me@example.edu',],
      processing: [{method: 'x', hex: 0xff, half: .5}], /* done */
    }`);
    expect(found).toEqual({
      sources: [],
      owners: ["me@example.edu"],
      processing: [{ method: "x", hex: 255, half: 0.5 }],
      description: "",
    });
  });

  test("what is neither is a ProvenanceError with the place of the first mistake", async () => {
    await expect(parse("sources: gs://a")).rejects.toThrow(
      "Not valid JSON (layer/provenance, line 1, column 1)",
    );
    await expect(parse("[]")).rejects.toThrow("expected an object, got []");
    await expect(parseProvenance(new Uint8Array([0x7b, 0xff]), "p")).rejects.toThrow("Not valid UTF-8");
  });

  test("hostile files: depth, size, prototypes", async () => {
    for (const depth of [65, 600, 100_000]) {
      const deep = `{processing: ${"[".repeat(depth)}${"]".repeat(depth)}}`;
      await expect(parse(deep)).rejects.toThrow(ProvenanceError);
    }
    await expect(parseProvenance(new Uint8Array(17 * 2 ** 20), "p")).rejects.toThrow("too large");
    const found = await parse("{__proto__: {polluted: 1}, constructor: {prototype: {polluted: 1}}}");
    expect(Object.getPrototypeOf(found)).toBe(Object.prototype);
    expect(Object.hasOwn(found, "__proto__")).toBe(true);
    expect(({} as JsonObject).polluted).toBeUndefined();
  });
});
