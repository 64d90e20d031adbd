import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { beforeEach, describe, expect, test } from "vitest";
import {
  AbortError,
  AuthorizationError,
  InfoError,
  InfoUnavailableError,
  ProvenanceError,
  ReadOnlyException,
} from "../../base/errors.js";
import { type OpenMetadataOptions, PrecomputedMetadata } from "./metadata.js";
import { sampleInfo, TestStorage } from "./testing.js";

interface Pair {
  readonly given: string;
  readonly text: string;
}
const fixture = JSON.parse(
  readFileSync(new URL("../../../fixtures/precomputed/info.json", import.meta.url), "utf8"),
) as { readonly commit: [Pair, Pair]; readonly provenance: readonly Pair[] };

const LAYER = "mem://bucket/dataset/layer";
const INFO = `${LAYER}/info`;
const PROVENANCE = `${LAYER}/provenance`;
let storage: TestStorage;

beforeEach(() => {
  storage = new TestStorage();
  storage.put(INFO, sampleInfo());
});

function open(options: OpenMetadataOptions = {}): Promise<PrecomputedMetadata> {
  return PrecomputedMetadata.open(storage.open(LAYER), options);
}

describe("info", () => {
  test("refresh and commit write the bytes that CloudVolume writes", async () => {
    const [{ given, text }] = fixture.commit;
    storage.put(INFO, given);
    const metadata = await open();
    await metadata.refreshInfo();
    await metadata.commitInfo();
    expect(storage.text(INFO)).toBe(text);
    await metadata.refreshInfo();
    await metadata.commitInfo();
    expect(storage.text(INFO)).toBe(text);
  });

  test("1e3 stays 1e3, where CloudVolume writes 1000.0", async () => {
    const { given, text } = fixture.commit[1];
    storage.put(INFO, given);
    await (await open()).commitInfo();
    const spelled = text.replace("1000.0,\n        1000.0,\n        4.5", "1e3,\n        1E3,\n        4.50");
    expect(spelled).not.toBe(text);
    expect(storage.text(INFO)).toBe(spelled);
  });

  test("changes are committed, the rest is as it was", async () => {
    const [{ given, text }] = fixture.commit;
    storage.put(INFO, given);
    const metadata = await open();
    metadata.info.scales[0]!.resolution[0] = 8;
    metadata.info.added = { by: ["us"] };
    await metadata.commitInfo();
    const expected = text
      .replace("4.0,\n", "8,\n")
      .replace('  "big"', '  "added": {\n    "by": [\n      "us"\n    ]\n  },\n  "big"');
    expect(storage.text(INFO)).toBe(expected);
  });

  test("is written plain, as JSON, not to be cached", async () => {
    await (await open()).commitInfo();
    expect(storage.objects.get(INFO)?.written).toMatchObject({
      contentType: "application/json",
      cacheControl: "no-cache",
    });
    expect(storage.objects.get(INFO)?.compression).toBe("none");
  });

  test("a given info is used as it is, without reading", async () => {
    storage.objects.clear();
    const info = sampleInfo();
    const metadata = await open({ info });
    expect(metadata.info).toBe(info);
    await expect(open({ info: { ...info, num_channels: 0 } })).rejects.toThrow(InfoError);
  });

  test("fetchInfo reads storage and leaves info alone", async () => {
    const metadata = await open();
    storage.put(INFO, sampleInfo({ volumeSize: [1, 2, 3] }));
    expect((await metadata.fetchInfo()).scales[0]!.size).toEqual([1, 2, 3]);
    expect(metadata.info.scales[0]!.size).toEqual([128, 128, 64]);
    expect((await metadata.refreshInfo()).scales[0]!.size).toEqual([1, 2, 3]);
    expect(metadata.info.scales[0]!.size).toEqual([1, 2, 3]);
  });

  test("a compressed info is read", async () => {
    storage.put(INFO, gzipSync(JSON.stringify(sampleInfo())), "gzip");
    expect((await open()).info.mesh).toBe("mesh");
  });

  test("missing, denied and damaged are three outcomes", async () => {
    storage.put(INFO, "<html>");
    await expect(open()).rejects.toThrow(InfoError);
    await expect(open()).rejects.toThrow(`Not valid JSON (${INFO}, line 1, column 1)`);
    storage.put(INFO, "");
    await expect(open()).rejects.toThrow(InfoError);
    storage.put(INFO, "[]");
    await expect(open()).rejects.toThrow(InfoError);
    storage.objects.clear();
    await expect(open()).rejects.toThrow(InfoUnavailableError);
    await expect(open()).rejects.toThrow(INFO);
    storage.before = (operation) => {
      if (operation === `read ${INFO}`) throw new AuthorizationError("Denied", { where: INFO });
    };
    await expect(open()).rejects.toThrow(AuthorizationError);
  });

  test("a decompression bomb stops", async () => {
    storage.put(INFO, gzipSync(new Uint8Array(17 * 2 ** 20)), "gzip");
    await expect(open()).rejects.toThrow("at most 16777216 bytes");
  });

  test("what is not valid is not written", async () => {
    const metadata = await open();
    const before = storage.text(INFO);
    metadata.info.scales[0]!.encoding = "compressed_segmentation";
    await expect(metadata.commitInfo()).rejects.toThrow("compressed_segmentation_block_size");
    metadata.info.scales[0]!.size[0] = -1;
    await expect(metadata.commitInfo()).rejects.toThrow('"scales[0].size[0]"');
    expect(storage.text(INFO)).toBe(before);
  });

  test("a store without write is read-only", async () => {
    const { write: _, ...reading } = storage.open(LAYER);
    const metadata = await PrecomputedMetadata.open(reading);
    await expect(metadata.commitInfo()).rejects.toThrow(ReadOnlyException);
    await expect(metadata.commitProvenance()).rejects.toThrow(ReadOnlyException);
  });

  test("warnings: double keys at opening, placeholders when asked", async () => {
    const info = sampleInfo({ maxMip: 1 });
    info.scales[1]!.key = info.scales[0]!.key = "placeholder";
    storage.put(INFO, info);
    const warnings: string[] = [];
    const metadata = await open({ onWarning: (w) => warnings.push(w) });
    metadata.warnIfPlaceholder(1);
    expect(warnings).toEqual([
      "Mips 0 and 1 have the same key: placeholder",
      "Mip 1 is marked as a placeholder and likely holds no data",
    ]);
  });
});

describe("test_cloudvolume.py::test_provenance", () => {
  test("no file, or an empty one, is the empty record", async () => {
    const empty = { sources: [], owners: [], processing: [], description: "" };
    expect((await open()).provenance).toEqual(empty);
    storage.put(PROVENANCE, "");
    expect((await open()).provenance).toEqual(empty);
  });

  test("is changed in place, committed and refreshed", async () => {
    const metadata = await open();
    metadata.provenance.sources.push("cooldude24@princeton.edu");
    await metadata.commitProvenance();
    await metadata.refreshProvenance();
    expect(metadata.provenance.sources).toEqual(["cooldude24@princeton.edu"]);
    expect(storage.objects.get(PROVENANCE)?.written).toMatchObject({
      contentType: "application/json",
      cacheControl: "no-cache",
    });
  });

  test.each(fixture.provenance.map((pair) => [pair.given, pair.text]))(
    "is committed as CloudVolume does: %s",
    async (given, text) => {
      storage.put(PROVENANCE, given);
      await (await open()).commitProvenance();
      expect(storage.text(PROVENANCE)).toBe(text);
    },
  );

  test("partial records and JSON are accepted, wrong types are not", async () => {
    for (const part of [{}, { sources: [] }, { owners: [] }, { processing: [] }, { description: "" }]) {
      expect(Object.keys((await open({ provenance: part })).provenance)).toHaveLength(4);
    }
    const wrong = { sources: 3 } as unknown as { sources: string[] };
    await expect(open({ provenance: wrong })).rejects.toThrow(ProvenanceError);
    const metadata = await open({ provenance: '{ "sources": [ "wow" ] }' });
    expect(metadata.provenance.sources[0]).toBe("wow");
    expect(() => {
      metadata.provenance = wrong;
    }).toThrow('"sources" is not as specified');
    expect(metadata.provenance.sources[0]).toBe("wow");
    metadata.provenance.owners = ["a", "a"];
    await expect(metadata.commitProvenance()).rejects.toThrow(ProvenanceError);
  });

  test("a file that cannot be read does not keep the layer from opening", async () => {
    storage.put(PROVENANCE, '{"sources": 3}');
    const warnings: string[] = [];
    const metadata = await open({ onWarning: (w) => warnings.push(w) });
    expect(warnings[0]).toContain("The provenance cannot be read");
    expect(() => metadata.provenance).toThrow(ProvenanceError);
    await expect(metadata.refreshProvenance()).rejects.toThrow(ProvenanceError);
    storage.put(PROVENANCE, "{}");
    await metadata.refreshProvenance();
    expect(metadata.provenance.description).toBe("");
    storage.before = (operation) => {
      if (operation === `read ${PROVENANCE}`) throw new AuthorizationError("Denied");
    };
    const denied = await open();
    expect(() => denied.provenance).toThrow(AuthorizationError);
    denied.provenance = { description: "mine" };
    expect(denied.provenance.description).toBe("mine");
  });

  test("is not read unless wanted", async () => {
    const reads: string[] = [];
    storage.before = (operation) => reads.push(operation);
    const metadata = await open({ loadProvenance: false });
    expect(reads).toEqual([`read ${INFO}`]);
    expect(() => metadata.provenance).toThrow("Call refreshProvenance first");
    await open({ provenance: {} });
    expect(reads).toEqual([`read ${INFO}`, `read ${INFO}`]);
  });
});

test("the signal reaches the store, and an abort ends the opening", async () => {
  const controller = new AbortController();
  storage.before = (operation) => {
    if (operation === `read ${PROVENANCE}`) throw new AbortError("Stopped");
  };
  await expect(open({ signal: controller.signal })).rejects.toThrow(AbortError);
  storage.before = () => {};
  storage.put(INFO, gzipSync(JSON.stringify(sampleInfo())), "gzip");
  controller.abort();
  await expect(open({ signal: controller.signal })).rejects.toThrow(AbortError);
});
