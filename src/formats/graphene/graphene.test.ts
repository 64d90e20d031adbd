/** Addresses, info documents, points in time, and answers that are none. */
import { describe, expect, test } from "vitest";
import {
  ArgumentError,
  DecodingError,
  InfoError,
  MeshDecodeError,
  UnsupportedFormatError,
  UnsupportedGrapheneAPIVersionError,
} from "../../base/errors.js";
import { parsePath } from "../../stores/url.js";
import { boundsText } from "./bounds.js";
import { BATCH, planChunkMappings, planLeaves, planLegacyRoot, planRoots } from "./graph-requests.js";
import { dracoGridSize, parseGrapheneInfo } from "./info.js";
import { parseManifest, planManifest } from "./manifest.js";
import { placeOfFragment } from "./mesh-files.js";
import { queryText } from "./request.js";
import { graphPath, infoPath, manifestPath, parseServer } from "./server.js";
import { toUnixTime } from "./timestamp.js";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe("addresses", () => {
  test.each([
    ["graphene://https://h.org/segmentation/table/ds-1.x_y", "table", "ds-1.x_y"],
    ["graphene://middleauth+https://h.org/segmentation/table/ds/", "table", "ds"],
    ["graphene://https://h.org/segmentation/api/v1/ds", "v1", "ds"],
    ["graphene://https://h.org/segmentation/api/v1/table/ds", "v1", "ds"],
    ["graphene://http://localhost:8080/segmentation/1.0/testvol", "1.0", "testvol"],
  ])("test_graphene.py::test_extract_graphene_path %s", (path, version, dataset) => {
    const server = parseServer(parsePath(path));
    expect(server).toMatchObject({ modality: "segmentation", version, dataset });
    expect(infoPath(server)).toBe(`segmentation/table/${dataset}/info`);
    expect(graphPath(server, "v1")).toBe(`segmentation/api/v1/table/${dataset}`);
    expect(graphPath(server, "1.0")).toBe(`segmentation/1.0/${dataset}`);
    const manifests = version === "1.0" ? `meshing/1.0/${dataset}` : `meshing/api/v1/table/${dataset}`;
    expect(manifestPath(server, "v1")).toBe(`${manifests}/manifest`);
  });

  test.each([
    "graphene://https://h.org",
    "graphene://https://h.org/segmentation",
    "graphene://https://h.org/segmentation/ds",
    "graphene://https://h.org/segmentation/table/ds/more",
    "graphene://https://h.org/segmentation/table/ds?token=x",
    "graphene://https://h.org/a/b/table/ds",
    "graphene://gs://bucket/segmentation/table/ds",
  ])("%s is none", (path) => {
    expect(() => parseServer(parsePath(path))).toThrow(UnsupportedFormatError);
    expect(() => parseServer(parsePath(path))).not.toThrow("token=x");
  });

  test.each(["v2", "v1.5"])("version %s", (version) => {
    const path = parsePath(`graphene://https://h.org/segmentation/api/${version}/ds`);
    expect(() => parseServer(path)).toThrow(UnsupportedGrapheneAPIVersionError);
  });
});

const INFO = {
  data_type: "uint64",
  data_dir: "gs://bucket/layer",
  app: { supported_api_versions: [0, 1, 7] },
  graph: { chunk_size: [64, 64, 64], n_layers: 3, spatial_bit_masks: { 1: 10, 2: 10, 3: 10 } },
  scales: [{ resolution: [8, 8, 40], voxel_offset: [1, 2, 3] }],
  mesh_metadata: { max_meshed_layer: 2, draco_grid_sizes: { 2: 21 } },
};

test("an info document", () => {
  const info = parseGrapheneInfo(INFO, "info");
  expect(info).toMatchObject({ apiVersions: ["1.0", "v1"], fanOut: 2, layerBits: 8, watershedMip: 0 });
  expect(info.meshes.unshardedFolder).toBe("dynamic");
  expect(dracoGridSize(info, 2, "info")).toBe(21);
  expect(() => dracoGridSize(info, 3, "info")).toThrow(InfoError);
});

test.each([
  [{ data_type: "uint32" }, "data_type"],
  [{ data_dir: undefined }, "data_dir"],
  [{ app: {} }, "supported_api_versions"],
  [{ graph: null }, "graph"],
  [{ graph: { ...INFO.graph, chunk_size: [0, 1, 1] } }, "chunk_size"],
  [{ graph: { ...INFO.graph, n_layers: 0 } }, "n_layers"],
  [{ graph: { ...INFO.graph, spatial_bit_masks: { 1: 19 } } }, "spatial_bit_masks"],
  [{ graph: { ...INFO.graph, spatial_bit_masks: { x: 1 } } }, "spatial_bit_masks"],
  [{ graph: { ...INFO.graph, cv_mip: 1 } }, "cv_mip"],
  [{ scales: [] }, "scales"],
  [{ mesh_metadata: { draco_grid_sizes: { 2: 0 } } }, "draco_grid_sizes"],
])("an info with %j is refused by name", (change, name) => {
  expect(() => parseGrapheneInfo({ ...INFO, ...change }, "info")).toThrow(InfoError);
  expect(() => parseGrapheneInfo({ ...INFO, ...change }, "info")).toThrow(name);
});

test.each([[[]], [[2]]])("versions %j: none is known", (versions) => {
  const info = { ...INFO, app: { supported_api_versions: versions } };
  expect(() => parseGrapheneInfo(info, "info")).toThrow(UnsupportedGrapheneAPIVersionError);
});

describe("points in time", () => {
  test.each([
    [1_600_000_000, 1_600_000_000],
    [1_600_000_000.2, 1_600_000_001],
    [1_600_000_000n, 1_600_000_000],
    ["2020-09-13T12:26:40Z", 1_600_000_000],
    ["2020-09-13T12:26:40.000001Z", 1_600_000_001],
    ["2020-09-13 14:26:40+02:00", 1_600_000_000],
    ["20200913T122640Z", 1_600_000_000],
    [new Date(1_600_000_000_001), 1_600_000_001],
    // Without a zone: local time, as in CloudVolume; a date alone, too.
    ["2020-09-13", new Date(2020, 8, 13).getTime() / 1000],
    ["2020-09-13T12:26", new Date(2020, 8, 13, 12, 26).getTime() / 1000],
  ])("%s", (given, seconds) => expect(toUnixTime(given)).toBe(seconds));

  test.each([Number.NaN, Infinity, "yesterday", "2020-02-31", "2020-13-01", "", new Date("x"), "12"])(
    "%s is none",
    (given) => expect(() => toUnixTime(given)).toThrow(ArgumentError),
  );
});

const server = parseServer(parsePath("graphene://https://h.org/segmentation/table/ds"));
const now = { timestamp: undefined, stopLayer: undefined, binary: true };

test("many labels go in batches of 250,000, in gzip", () => {
  const labels = BigUint64Array.from({ length: BATCH + 3 }, (_, i) => BigInt(i + 1));
  const plans = planRoots(server, labels, { ...now, timestamp: 5, stopLayer: 2 });
  expect(plans.map(({ request }) => [request.body?.length, request.gzip])).toEqual([
    [8 * BATCH, true],
    [24, true],
  ]);
  expect(queryText(plans[1]!.request.query)).toBe("stop_layer=2&timestamp=5");
  expect(planRoots(server, labels.slice(0, 125_000), now)[0]!.request.gzip).toBe(false);
  const json = planRoots(server, BigUint64Array.of(7n, 1n << 60n), { ...now, binary: false })[0]!;
  expect(new TextDecoder().decode(json.request.body)).toBe('{"node_ids":[7,1152921504606846976]}');
  expect(json.parse(bytes('{"root_ids": [1152921504606846977, "9"]}'), "x")).toEqual(
    BigUint64Array.of(1152921504606846977n, 9n),
  );
});

test("a manifest where a GET has no body", () => {
  const question = { segment: 5n, lod: 0, startLayer: 4, verify: true, segids: true, bounds: "0-1_0-1_0-1" };
  const inBrowser = planManifest("meshing/m", question, false);
  expect(inBrowser.body).toBeUndefined();
  expect(queryText(inBrowser.query)).toBe("verify=True&return_seg_ids=1&bounds=0-1_0-1_0-1&start_layer=4");
  const inNode = planManifest("meshing/m", question, true);
  expect(new TextDecoder().decode(inNode.body)).toBe('{"start_layer": 4}');
  expect(queryText(inNode.query)).toBe("verify=True&return_seg_ids=1&bounds=0-1_0-1_0-1");
});

test("boxes are whole voxels", () => {
  expect(boundsText([1.5, 2, 3, 4.1, 5, 6], [8, 8, 40])).toBe("1-5_2-5_3-6");
  expect(boundsText({ minpt: [80, 80, 400], maxpt: [161, 160, 800], unit: "nm" }, [8, 8, 40])).toBe(
    "10-21_10-20_10-20",
  );
});

describe("answers that are none", () => {
  const [roots] = planRoots(server, BigUint64Array.of(1n, 2n), now);
  const [json] = planRoots(server, BigUint64Array.of(1n, 2n), { ...now, binary: false });
  const leaves = planLeaves(server, 1n, "0-1_0-1_0-1", undefined);
  const garbage = [
    "",
    "{",
    "[]",
    "null",
    "<html></html>",
    "\ufffd\0",
    '{"fragments": 1}',
    '{"leaf_ids": {}}',
  ];

  test.each([0, 7, 8, 15, 17, 24])("roots of %s bytes", (length) => {
    expect(() => roots!.parse(new Uint8Array(length), "x")).toThrow(DecodingError);
  });
  test.each([
    '{"root_ids": [1]}',
    '{"root_ids": [1, -1]}',
    '{"root_ids": [1, 1.5]}',
    '{"root_ids": [1, 18446744073709551616]}',
    "{}",
    ...garbage,
  ])("JSON roots %j", (text) => expect(() => json!.parse(bytes(text), "x")).toThrow(DecodingError));
  test.each([
    '{"leaf_ids": [1, null]}',
    '{"leaf_ids": "1"}',
    ...garbage.filter((g) => !g.includes("fragments")),
  ])("leaves %j", (text) => expect(() => leaves.parse(bytes(text), "x")).toThrow(DecodingError));
  test("leaves that are not told are none", () =>
    expect(leaves.parse(bytes("{}"), "x")).toEqual(new BigUint64Array(0)));
  test("odd pairs, a root of version 1.0 that is too long", () => {
    expect(() => planChunkMappings(server, 1n, undefined).parse(new Uint8Array(24), "x")).toThrow(
      DecodingError,
    );
    expect(() => planChunkMappings(server, 1n, undefined).parse(new Uint8Array(9), "x")).toThrow(
      DecodingError,
    );
    expect(() => planLegacyRoot(server, 1n, undefined).parse(new Uint8Array(16), "x")).toThrow(DecodingError);
  });
  test.each([
    ...garbage,
    '{"fragments": [1]}',
    '{"fragments": ["a"]}',
    '{"fragments": ["a"], "seg_ids": ["x"]}',
    '{"fragments": ["a"], "seg_ids": [1, 2]}',
  ])("manifests %j", (text) => expect(() => parseManifest(bytes(text), "x", true)).toThrow(MeshDecodeError));
  test.each([
    "../a",
    "a/b",
    "..",
    "~2/../a-0.shard:0:1",
    "~2/1-0.shard:0",
    "~2/1-0.shard:9007199254740991:9",
    "~x",
    "a\0b",
    "~5:a:0",
    "",
  ])("fragments %j", (name) => expect(() => placeOfFragment(name, "x")).toThrow(MeshDecodeError));
  test("a shard with letters in its name", () => {
    const place = { kind: "initial", file: "2/17-0a.shard", offset: 3, length: 4 };
    expect(placeOfFragment("~2/17-0a.shard:3:4", "x")).toEqual(place);
  });
});
