/** `cloudvolume annotations` and `properties`: what scripts see; and what `open` finds. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodeAnnotation, encodeAnnotations } from "../../src/formats/precomputed/annotations/encode.js";
import { parseAnnotationInfo } from "../../src/formats/precomputed/annotations/info.js";
import { type Annotation, recordLayout } from "../../src/formats/precomputed/annotations/layout.js";
import {
  AnnotationList,
  ArgumentError,
  CloudVolume,
  InfoError,
  MissingError,
  open,
  openAnnotations,
  openSegmentProperties,
  SegmentProperties,
  UnsupportedFormatError,
} from "../../src/node.js";
import { type Cli, openCli } from "./testing.js";

let cli: Cli;
const file = (name: string): string => join(cli.folder, name);

/** Lines in x, y and time: one in each half, one across both (in both cells), a level above with one more. */
const INFO = {
  "@type": "neuroglancer_annotations_v1",
  dimensions: { x: [8e-9, "m"], y: [8e-9, "m"], t: [1, "s"] },
  lower_bound: [0, 0, 0],
  upper_bound: [200, 100, 10],
  annotation_type: "line",
  properties: [
    { id: "kind", type: "uint8", enum_values: [0, 1], enum_labels: ["a", "b"] },
    { id: "size", type: "float32" },
    { id: "color", type: "rgb" },
  ],
  relationships: [{ id: "pre cell", key: "../related" }],
  by_id: { key: "by_id" },
  spatial: [
    { key: "s0", grid_shape: [1, 1, 1], chunk_size: [200, 100, 10], limit: 1 },
    { key: "s1", grid_shape: [2, 1, 1], chunk_size: [100, 100, 10], limit: 9 },
  ],
};
const BIG = 2n ** 64n - 1n;
const line = (id: bigint, geometry: number[], related: bigint[]): Annotation => ({
  id,
  geometry: Float32Array.from(geometry),
  properties: { kind: 1, size: 0.5, color: [1, 2, 3] },
  relationships: { "pre cell": related },
});
const LEFT = line(1n, [10, 10, 1, 20, 20, 2], [7n]);
const RIGHT = line(2n, [110, 10, 1, 120, 20, 2], [7n, BIG]);
const ACROSS = line(BIG, [90, 50, 5, 110, 50, 5], []);
const COARSE = line(4n, [60, 90, 9, 61, 90, 9], []);

function put(name: string, bytes: Uint8Array): void {
  mkdirSync(join(file(name), ".."), { recursive: true });
  writeFileSync(file(name), bytes);
}

beforeAll(async () => {
  cli = openCli("annotations");
  const layout = recordLayout(parseAnnotationInfo(INFO, "info"));
  const list = (...all: Annotation[]): Uint8Array => encodeAnnotations(layout, all);
  mkdirSync(file("lines"));
  writeFileSync(file("lines/info"), JSON.stringify(INFO));
  for (const one of [LEFT, RIGHT, ACROSS, COARSE])
    put(`lines/by_id/${one.id}`, encodeAnnotation(layout, one));
  put("lines/s0/0_0_0", list(COARSE));
  put("lines/s1/0_0_0.gz", gzipSync(list(LEFT, ACROSS)));
  put("lines/s1/1_0_0", list(ACROSS, RIGHT));
  put("related/7", list(LEFT, RIGHT));
  put(`related/${BIG}`, list(RIGHT));

  const vol = await CloudVolume.create(file("seg"), {
    info: {
      layerType: "segmentation",
      dataType: "uint64",
      numChannels: 1,
      encoding: "raw",
      resolution: [8, 8, 40],
      voxelOffset: [0, 0, 0],
      volumeSize: [64, 64, 64],
    },
  });
  await vol.skeleton.commitInfo();
  expect(await vol.segmentProperties.read()).toBeUndefined();
  await vol.segmentProperties.write(PROPERTIES);
  await vol.commitInfo();
});
afterAll(() => cli.remove());

const PROPERTIES = SegmentProperties.from({
  ids: [7, 8, BIG],
  label: ["first", "second", "third"],
  description: ["", "thing", ""],
  tags: [["axon", "Left"], [], ["axon"]],
  tagDescriptions: { axon: "sends" },
  strings: { origin: ["x", "y", "z"] },
  numbers: {
    volume: { dataType: "uint32", values: [10, 4_000_000_000, 30], description: "voxels" },
    score: { dataType: "float32", values: [0.5, -1.5, Number.NaN] },
  },
});

describe("annotations", () => {
  const shown = (a: Annotation, relationships: object | undefined): object => ({
    id: String(a.id),
    type: "LINE",
    geometry: [Array.from(a.geometry.subarray(0, 3)), Array.from(a.geometry.subarray(3))],
    properties: { kind: 1, size: 0.5, color: [1, 2, 3] },
    ...(relationships && { relationships }),
  });
  const related = (...ids: string[]): object => ({ "pre cell": ids });

  it("by id, relationship, box, and all, each once", async () => {
    const get = async (...args: string[]): Promise<unknown> => {
      const { stdout, stderr, status } = await cli.run(["annotations", "lines", ...args, "--json"]);
      expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
      return JSON.parse(stdout);
    };
    const [left, right] = [shown(LEFT, related("7")), shown(RIGHT, related("7", String(BIG)))];
    const [across, coarse] = [shown(ACROSS, related()), shown(COARSE, related())];
    expect(await get("--id", String(BIG), "--id", "1")).toEqual([across, left]);
    expect(await get("--relationship", "pre cell=7")).toEqual([left, right]);
    expect(await get("--bbox=95,-5,0,105,60,10")).toEqual([across]);
    expect(await get("--bbox=95,-5,0,105,60,10", "--cells", "--ids")).toEqual(["1", "2", "4", String(BIG)]);
    expect(await get("--bbox=0,0,0,200,100,10", "--level", "0")).toEqual([coarse]);
    expect(await get("--all")).toEqual([coarse, left, across, right]);
    expect(await get("--id", "2", "--all", "--ids")).toEqual(["1", "2", "4", String(BIG)]);
    expect(await get("--ids")).toEqual(["1", "2", "4", String(BIG)]);
    expect(await get()).toMatchObject({ type: "LINE", byId: { sharded: false }, levels: [{}, {}] });
  });

  it("exit statuses: missing 3, wrong usage 2, another layer's info 1", async () => {
    const status = async (...args: string[]): Promise<number | null> =>
      (await cli.run(["annotations", ...args])).status;
    expect(await status("lines", "--id", "3")).toBe(3);
    expect(await status("nothing")).toBe(3);
    expect(await status("lines", "--relationship", "post=3")).toBe(2);
    expect(await status("lines", "--relationship", "3")).toBe(2);
    expect(await status("lines", "--bbox", "0,0,1,1")).toBe(2);
    expect(await status("seg", "--all")).toBe(1);
    expect((await cli.run(["annotations", "lines"])).stdout).toMatch(/^LINE annotations in x \(8e-9 m\)/);
  });

  it("the library: levels, crops, what is not there", async () => {
    const layer = await openAnnotations(file("lines"));
    const items: Annotation[] = [];
    for await (const annotation of layer.getAll({ level: -1 })) items.push(annotation);
    expect(items.map(({ id }) => id)).toEqual([1n, BIG, 2n]);
    const list = new AnnotationList(layer.info, items);
    expect(Array.from(list.crop({ lower: [100, 0, 0], upper: [200, 100, 10] }).ids)).toEqual([BIG, 2n]);
    expect(list.column("color")).toEqual([
      [1, 2, 3],
      [1, 2, 3],
      [1, 2, 3],
    ]);
    expect(() => list.column("x")).toThrow(ArgumentError);
    await expect(layer.getByBbox([0, 0, 0, 1, 1, 1], { level: 2 })).rejects.toThrow(ArgumentError);
    await expect(layer.getByBbox([5, 0, 0, 1, 1, 1])).rejects.toThrow(ArgumentError);
    await expect(layer.getById(99)).rejects.toThrow(MissingError);
    expect(Array.from((await layer.getById([99, 1], { allowMissing: true })).ids)).toEqual([1n]);
    const aborted = AbortSignal.abort();
    await expect(layer.getById([1], { signal: aborted })).rejects.toMatchObject({ kind: "aborted" });
    put("lines/by_id/66", new Uint8Array(5));
    await expect(layer.getById(66)).rejects.toMatchObject({ name: "DecodingError" });
  });
});

describe("properties", () => {
  it("JSON and a table, with conditions", async () => {
    const get = async (...args: string[]): Promise<{ id: string }[]> =>
      JSON.parse((await cli.run(["properties", "seg", ...args, "--json"])).stdout);
    expect(await get("--id", "7")).toEqual([
      {
        id: "7",
        label: "first",
        description: "",
        tags: ["Left", "axon"],
        values: { origin: "x", volume: 10, score: 0.5 },
      },
    ]);
    const ids = async (...args: string[]): Promise<string[]> => (await get(...args)).map(({ id }) => id);
    expect(await ids()).toEqual(["7", "8", String(BIG)]);
    expect(await ids("--tag", "AXON")).toEqual(["7", String(BIG)]);
    expect(await ids("--tag", "axon", "--tag", "left")).toEqual(["7"]);
    expect(await ids("--number", "volume=20..")).toEqual(["8", String(BIG)]);
    expect(await ids("--number", "score=-2..0")).toEqual(["8"]);
    expect(await ids("--number", "score=.5")).toEqual(["7"]);
    expect(await ids("--text", "THI")).toEqual(["8", String(BIG)]);
    const { stdout } = await cli.run(["properties", "seg"]);
    expect(stdout.split("\n")[0]).toMatch(/^segment +label +description +tags +origin +volume +score$/);
    expect((await cli.run(["properties", "seg", "--tag", "soma"])).status).toBe(2);
    expect((await cli.run(["properties", "lines"])).status).toBe(1);
    expect((await cli.run(["properties", "nothing"])).status).toBe(3);
  });

  it("come back as they were written", async () => {
    const found = await (await openSegmentProperties(file("seg/segment_properties"))).read();
    expect(found!.toJson()).toEqual(PROPERTIES.toJson());
    expect((await CloudVolume.open(file("seg"))).info.segment_properties).toBe("segment_properties");
    expect(found!.query({ withoutTags: ["axon"] })).toEqual([8n]);
    expect(found!.get(9)).toBeUndefined();
  });

  it("what breaks the format is named", () => {
    const good = PROPERTIES.toJson() as { inline: { ids: unknown[]; properties: Record<string, unknown>[] } };
    const parse = (change: (document: typeof good) => void) => () => {
      const document = structuredClone(good);
      change(document);
      return SegmentProperties.parse(document, "info");
    };
    expect(parse(() => {})().ids).toHaveLength(3);
    for (const [change, field] of [
      [(d: typeof good) => d.inline.ids.push("x"), "inline.ids[3]"],
      [(d: typeof good) => d.inline.ids.splice(1, 1, "7"), "inline.ids[1]"],
      [(d: typeof good) => (d.inline.properties[0]!.values = ["a"]), "inline.properties[0].values"],
      [(d: typeof good) => (d.inline.properties[2]!.values = [[0], [], [5]]), "properties[2].values[2]"],
      [(d: typeof good) => (d.inline.properties[4]!.data_type = "uint8"), "properties[4].values[1]"],
      [(d: typeof good) => (d.inline.properties[1]!.type = "label"), "properties[1]"],
    ] as const) {
      expect(parse(change)).toThrow(InfoError);
      expect(parse(change)).toThrow(field);
    }
    const from = { ids: [1], tags: [["two words"]] };
    expect(() => SegmentProperties.from(from)).toThrow(ArgumentError);
  });
});

describe("open", () => {
  it("finds what a path holds by its type", async () => {
    const meshes = JSON.stringify({ "@type": "neuroglancer_legacy_mesh" });
    put("meshes/info", new TextEncoder().encode(meshes));
    put("other/info", new TextEncoder().encode('{"@type": "something_else"}'));
    const kinds = ["seg", "lines", "seg/skeletons", "seg/segment_properties", "meshes"].map(
      async (name) => (await open(file(name))).kind,
    );
    expect(await Promise.all(kinds)).toEqual([
      "volume",
      "annotations",
      "skeleton",
      "segmentProperties",
      "mesh",
    ]);
    await expect(open(file("other"))).rejects.toThrow(UnsupportedFormatError);
    await expect(open(file("nothing"))).rejects.toMatchObject({ kind: "missing" });
    const skeletons = await open(file("seg/skeletons"));
    expect(skeletons.kind === "skeleton" && (await skeletons.skeleton.list())).toEqual([]);
  });
});
