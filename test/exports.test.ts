/** `cloudvolume/codecs/*`: each encoding by itself. */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { DataType } from "../src/base/dtype.js";
import { builtinCodecs } from "../src/codecs/index.js";
import type { StandaloneCodec } from "../src/codecs/standalone.js";
import { randomArray, seeded } from "./support/random.js";

const modules = readdirSync("src/exports").map((file) => file.replace(/\.ts$/, ""));
const LOSSY = ["jpeg", "jxl", "kempressed"];
const DTYPES: Readonly<Record<string, DataType>> = {
  png: "uint8",
  jpeg: "uint8",
  jxl: "uint8",
  fpzip: "float32",
  kempressed: "float32",
  zfpc: "float32",
  npz: "float32",
};

test("there is one for every encoding, and package.json leads to them", async () => {
  const names = await Promise.all(modules.map(async (m) => (await load(m)).name));
  expect(names.sort()).toEqual(
    builtinCodecs()
      .map((c) => c.name)
      .sort(),
  );
  const { exports } = JSON.parse(readFileSync("package.json", "utf8"));
  expect(exports["./codecs/*"].default).toBe("./dist/codecs/*.js");
});

/** npz_uint8 is written only. */
describe.each(modules.filter((name) => name !== "npz-uint8"))("cloudvolume/codecs/%s", (name) => {
  test("decodes what it encodes", async () => {
    const codec = await load(name);
    const dtype = DTYPES[codec.name] ?? "uint64";
    const texture = dtype === "uint64" ? "labels" : "smooth";
    const array = randomArray(seeded(3), [17, 12, 5, 1], dtype, texture);
    const options = { shape: array.shape, dtype };
    const bytes = await codec.encode(array);
    const back = await codec.decode(bytes, options);
    expect(back.shape).toEqual(array.shape);
    if (!LOSSY.includes(codec.name)) expect(back.data).toEqual(array.data);
    if (dtype !== "uint64") return;
    const distinct = [...new Set(array.data as BigUint64Array)].sort((a, b) => (a < b ? -1 : 1));
    expect([...(await codec.labels(bytes, options))]).toEqual(distinct);
    expect(await codec.contains(bytes, distinct[0] ?? 0n, options)).toBe(true);
    expect(await codec.contains(bytes, 12345678901234n, options)).toBe(false);
    expect(await codec.readVoxel(bytes, [3, 4, 2], options)).toBe(array.data[3 + 17 * (4 + 12 * 2)]);
    const mapping = new Map(distinct.map((label, i) => [label, BigInt(i + 7)]));
    const remapped = await codec.decode(await codec.remap(bytes, mapping, options), options);
    expect(remapped.data[100]).toBe(mapping.get(array.data[100] as bigint));
  });
});

/** What pages lack: it needs a server or a viewer's page. */
const NODE_ONLY = ["openNeuroglancer", "serve", "hyperview", "view"];

test("a page's entry gives what Node's gives", async () => {
  const [node, page] = await Promise.all([import("../src/node.js"), import("../src/browser.js")]);
  const missing = Object.keys(node).filter((name) => !(name in page));
  expect(missing).toEqual(NODE_ONLY);
  expect(Object.keys(page).filter((name) => !(name in node))).toEqual([]);
});

async function load(name: string): Promise<StandaloneCodec> {
  const module: Record<string, StandaloneCodec | (() => unknown)> = await import(`../src/exports/${name}.ts`);
  const codec = Object.values(module).find((value) => typeof value !== "function");
  if (codec === undefined) throw new Error(`${name} exports nothing`);
  return codec;
}
