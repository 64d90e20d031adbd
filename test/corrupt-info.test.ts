/** Damaged and hostile info files and keys: typed errors, no large memory, nothing outside of the layer written. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  ArgumentError,
  CloudVolume,
  CloudVolumeError,
  InfoError,
  InfoUnavailableError,
} from "../src/node.js";
import { openStore } from "../src/open-store.js";
import { makeLayer } from "./support/make-layer.js";
import { seeded } from "./support/random.js";
import { scratchDirectory } from "./support/scratch.js";

const root = scratchDirectory();

const good = {
  type: "image",
  data_type: "uint8",
  num_channels: 1,
  mesh: "mesh",
  scales: [
    {
      ...{ key: "4_4_40", size: [64, 48, 20], resolution: [4, 4, 40], voxel_offset: [-3, 0, 7] },
      ...{ chunk_sizes: [[16, 16, 4]], encoding: "raw" },
    },
    {
      ...{ key: "8_8_40", size: [32, 24, 20], resolution: [8, 8, 40], voxel_offset: [-2, 0, 7] },
      ...{ chunk_sizes: [[16, 16, 4]], encoding: "compressed_segmentation" },
      ...{ compressed_segmentation_block_size: [8, 8, 8], sharding: null, locked: false },
    },
  ],
};

let count = 0;
function layerWith(info: string | Uint8Array): string {
  const path = join(root, String(count++));
  mkdirSync(path);
  writeFileSync(join(path, "info"), info);
  return path;
}

/** Opens, and reads a voxel of every mip. Returns the errors, each of them typed. */
async function tryOut(info: string | Uint8Array): Promise<CloudVolumeError[]> {
  const path = `mem://corrupt-info/${count++}`;
  const store = await openStore(path);
  await store.write?.("info", typeof info === "string" ? new TextEncoder().encode(info) : info);
  const errors: CloudVolumeError[] = [];
  const keep = (error: unknown): void => {
    if (!(error instanceof CloudVolumeError)) throw new Error(String(info).slice(0, 500), { cause: error });
    errors.push(error);
  };
  try {
    const vol = await CloudVolume.open(path, { fillMissing: true, maxRedirects: 0 });
    for (const mip of vol.availableMips) {
      const at = [...vol.mipBounds(mip).minpt];
      const read = await vol.download(at, { mip }).catch(keep);
      if (read !== undefined) expect(read.shape).toEqual([1, 1, 1, vol.numChannels]);
      await vol.exists(at, { mip }).catch(keep);
    }
  } catch (error) {
    keep(error);
  }
  await store.remove?.("info");
  return errors;
}

/** Every place in a document: the path of keys that leads there. */
function places(value: unknown, path: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (typeof value !== "object" || value === null) return [path];
  const inner = Object.entries(value).flatMap(([k, v]) =>
    places(v, [...path, Array.isArray(value) ? Number(k) : k]),
  );
  return path.length === 0 ? inner : [path, ...inner];
}

/** The document as text, with raw JSON text in one place. */
function withText(document: unknown, path: readonly (string | number)[], text: string): string {
  const mark = "@@here@@";
  const copy = structuredClone(document) as Record<string | number, unknown>;
  let at = copy;
  for (const k of path.slice(0, -1)) at = at[k] as Record<string | number, unknown>;
  at[path.at(-1)!] = mark;
  return JSON.stringify(copy).replace(`"${mark}"`, () => text);
}

const VALUES = [
  ..."null true false -1 0 1 1.5 -0 2147483647 2147483648 4294967295 4294967296 9007199254740991".split(" "),
  ..."9007199254740992 9007199254740993 18446744073709551616 1e308 1e999 -1e308 NaN Infinity 1e-300 01 +1 0x10".split(
    " ",
  ),
  ...[
    '""',
    '"x"',
    '"1"',
    '"uint8"',
    "[]",
    "{}",
    "[[]]",
    "[1,2]",
    "[1,2,3]",
    "[-1,-1,-1]",
    "[0,0,0]",
    '["a","b","c"]',
  ],
  ...[
    "[9007199254740991,9007199254740991,9007199254740991]",
    "[1e18,1e18,1e18]",
    "[1.5,2,3]",
    '{"__proto__":{"x":1}}',
  ],
  `"${"a".repeat(70_000)}"`,
  '"\\u0000"',
  '"../../../../../../../../etc/passwd"',
  `${"[".repeat(5000)}${"]".repeat(5000)}`,
  `[${"1,".repeat(5000)}1]`,
];

describe("info files", () => {
  const text = JSON.stringify(good);

  test("the good one opens", async () => {
    const path = layerWith(text);
    const vol = await CloudVolume.open(`file://${path}`);
    expect([...vol.shape]).toEqual([64, 48, 20, 1]);
  });

  test("every prefix is an InfoError", async () => {
    for (let length = 0; length < text.length; length++) {
      const path = layerWith(text.slice(0, length));
      await expect(CloudVolume.open(`file://${path}`), `cut to ${length}`).rejects.toThrow(InfoError);
    }
  });

  test("text that is no JSON object is an InfoError", async () => {
    const texts = [
      "",
      " ",
      "null",
      "[]",
      "7",
      '"info"',
      "<html></html>",
      "{'a': 1}",
      "{a:1}",
      "{} {}",
      "\u0000",
      '{"type":}',
      `${"[".repeat(100_000)}`,
    ];
    const bytes = [
      Uint8Array.of(0xff, 0xfe, 0x7b, 0),
      Uint8Array.of(0x7b, 0xc3, 0x28, 0x7d),
      new Uint8Array(1000),
    ];
    for (const info of [...texts, ...bytes]) {
      const error = await CloudVolume.open(`file://${layerWith(info)}`).catch((e: unknown) => e);
      expect(error, String(info).slice(0, 40)).toBeInstanceOf(InfoError);
    }
  });

  test("a missing info is InfoUnavailableError, and a directory in its place is an error", async () => {
    await expect(CloudVolume.open(`file://${join(root, "nowhere")}`)).rejects.toThrow(InfoUnavailableError);
    const path = join(root, "folder");
    mkdirSync(join(path, "info"), { recursive: true });
    await expect(CloudVolume.open(`file://${path}`)).rejects.toThrow(CloudVolumeError);
  });

  test("every value that does not belong, in every place, is a typed error or harmless, in bounded memory", async () => {
    const before = process.memoryUsage().rss;
    let cases = 0;
    let errors = 0;
    for (const place of places(good)) {
      for (const value of VALUES) {
        cases++;
        if ((await tryOut(withText(good, place, value))).length > 0) errors++;
      }
    }
    expect(cases).toBeGreaterThan(1500);
    expect(errors).toBeGreaterThan(cases / 2);
    expect(process.memoryUsage().rss - before).toBeLessThan(300 << 20);
  });

  test("every field that is left out is a typed error or harmless", async () => {
    for (const place of places(good)) {
      const copy = structuredClone(good) as unknown as Record<string | number, unknown>;
      let at = copy;
      for (const k of place.slice(0, -1)) at = at[k] as Record<string | number, unknown>;
      if (Array.isArray(at)) at.splice(Number(place.at(-1)), 1);
      else delete at[place.at(-1)!];
      await tryOut(JSON.stringify(copy));
    }
  });

  test("sizes beyond all measure are refused when they are opened", async () => {
    const absurd = ["9007199254740992", "1e308", "-1", "NaN", "1.5", "null", '"64"', "1e999"];
    for (const path of [["num_channels"], ["scales", 0, "size", 0], ["scales", 0, "chunk_sizes", 0, 1]]) {
      for (const value of absurd) {
        const info = withText(good, path, value);
        await expect(CloudVolume.open(`file://${layerWith(info)}`), info).rejects.toThrow(InfoError);
      }
    }
    const large = {
      ...good,
      scales: [
        { ...good.scales[0]!, chunk_sizes: [[2 ** 20, 2 ** 20, 2 ** 20]], size: [2 ** 20, 2 ** 20, 2 ** 20] },
      ],
    };
    await expect(CloudVolume.open(`file://${layerWith(JSON.stringify(large))}`)).rejects.toThrow(InfoError);
  });

  test("a read larger than any memory is refused, not tried", async () => {
    const vast = { ...good, scales: [{ ...good.scales[0]!, size: [2 ** 40, 2 ** 40, 2 ** 40] }] };
    const vol = await CloudVolume.open(`file://${layerWith(JSON.stringify(vast))}`, { fillMissing: true });
    const before = process.memoryUsage().rss;
    await expect(vol.download("...")).rejects.toThrow(CloudVolumeError);
    await expect(vol.download(`0:${2 ** 39}, 0:1, 7:8`)).rejects.toThrow(CloudVolumeError);
    expect((await vol.download("0:10, 0:10, 7:9")).shape).toEqual([10, 10, 2, 1]);
    expect(process.memoryUsage().rss - before).toBeLessThan(200 << 20);
  });

  test("random bytes in a good info are a typed error or harmless", async () => {
    const random = seeded(21);
    for (let i = 0; i < 1500; i++) {
      const bytes = Buffer.from(text);
      for (let n = random.integer(1, 4); n > 0; n--)
        bytes[random.integer(0, bytes.length - 1)] = random.bits();
      await tryOut(bytes);
    }
  });

  test("nothing in a file reaches the prototype of all objects", async () => {
    const before = Object.getOwnPropertyNames(Object.prototype).sort();
    for (const name of ["__proto__", "constructor", "prototype"]) {
      await tryOut(`{"${name}":{"polluted":1,"prototype":{"polluted":1}},${text.slice(1)}`);
      await tryOut(text.replace('"encoding":"raw"', `"encoding":"raw","${name}":{"polluted":1}`));
      await tryOut(text.replace('"raw"', `"${name}"`));
      await tryOut(text.replace('"uint8"', `"${name}"`));
    }
    expect(Object.getOwnPropertyNames(Object.prototype).sort()).toEqual(before);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

describe("keys", () => {
  const withKey = async (path: string, key: string): Promise<CloudVolume> => {
    const scale = { ...good.scales[0]!, key, size: [16, 16, 4], voxel_offset: [0, 0, 0] };
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, "info"), JSON.stringify({ ...good, scales: [scale] }));
    return await CloudVolume.open(`file://${path}`);
  };

  test("a key beside the layer is read, and is not written or deleted", async () => {
    const top = scratchDirectory();
    const { vol: source, data } = await makeLayer([16, 16, 4, 1], [0, 0, 0], { compress: "none" });
    await (await withKey(join(top, "sibling"), "s")).upload("...", data);
    const vol = await withKey(join(top, "layer"), "../sibling/s");
    const read = await vol.download("...");
    expect(Buffer.compare(read.data as Uint8Array, data.data as Uint8Array)).toBe(0);
    expect(read.shape).toEqual([...source.shape]);
    const stored = join(top, "sibling/s/0-16_0-16_0-4.gz");
    const before = readFileSync(stored);
    await expect(vol.upload("...", 1)).rejects.toThrow(CloudVolumeError);
    await expect(vol.delete("...")).rejects.toThrow(CloudVolumeError);
    expect(readFileSync(stored).equals(before)).toBe(true);
  });

  const hostile = [
    "..",
    "../..",
    "a/../../..",
    "/etc",
    "\\etc",
    "..\\x",
    "C:/x",
    "a\u0000b",
    "./a",
    "a//b",
    "",
    ".",
    "a/./b",
    "a/",
  ];
  test.each(hostile.map((key) => [JSON.stringify(key), key]))(
    "nothing is written outside of the layer by the key %s",
    async (_, key) => {
      const top = scratchDirectory();
      const path = join(top, "one/two/layer");
      const vol = await withKey(path, key).catch((error: unknown) => error);
      if (vol instanceof Error) return expect(vol).toBeInstanceOf(CloudVolumeError);
      const wrote = await (vol as CloudVolume).upload("...", 1).catch((error: unknown) => error);
      if (wrote !== undefined) expect(wrote).toBeInstanceOf(CloudVolumeError);
      else expect(existsSync(join(path, key))).toBe(true);
      const name = "0-16_0-16_0-4";
      for (const outside of [top, join(top, "one"), join(top, "one/two"), "/etc"])
        for (const suffix of ["", ".gz"]) expect(existsSync(join(outside, name + suffix))).toBe(false);
    },
  );

  test("a key that leads above the root of all is an error, not a file of the system", async () => {
    const up = "../".repeat(40);
    for (const key of [`${up}etc`, `${up}etc/passwd`, "a\u0000", "x\\..\\y"]) {
      const read = withKey(join(scratchDirectory(), "layer"), key).then((vol) => vol.download("..."));
      await expect(read, JSON.stringify(key)).rejects.toThrow(CloudVolumeError);
    }
  });

  test("paths with NUL, nested protocols or no place are usage errors", async () => {
    for (const path of [
      "file:///tmp/a\u0000b",
      "s4://bucket/layer",
      "gs://gs://a/b",
      "gs:///",
      "file://",
      "",
    ])
      await expect(CloudVolume.open(path), JSON.stringify(path)).rejects.toThrow(ArgumentError);
  });
});
