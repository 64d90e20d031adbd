/** Objects of layers as they are offered: folders outside of their layer, skeletons with attributes that Neuroglancer would not read. */
import { cpSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  CloudVolume,
  type DataType,
  openSegmentProperties,
  type Serving,
  Skeleton,
  serve,
} from "../src/node.js";
import { goldenPath, goldenRoot } from "./support/golden.js";
import { leaveOut } from "./support/left-out.js";
import { scratchDirectory } from "./support/scratch.js";

if (goldenRoot === undefined)
  leaveOut("served objects of golden layers", "no golden data (set CLOUDVOLUME_GOLDEN)");

const SEGMENT = "1036425";
const LINES_OF_ALL_TYPES = goldenPath("meshes/skeletons_unsharded_attrs/layer");
const PROPERTIES = {
  "@type": "neuroglancer_segment_properties",
  inline: { ids: [SEGMENT], properties: [{ id: "label", type: "label", values: ["a cell"] }] },
};

test.runIf(goldenRoot !== undefined)(
  "meshes outside of their volume are given, and nothing else there",
  async () => {
    const root = scratchDirectory();
    const layer = join(root, "cells");
    cpSync(goldenPath("meshes/legacy_raw/layer"), layer, { recursive: true });
    renameSync(join(layer, "mesh_mip_0_err_40"), join(root, "meshes"));
    writeFileSync(join(root, "secret"), "secret");
    const info = JSON.parse(readFileSync(join(layer, "info"), "utf8"));
    writeFileSync(join(layer, "info"), JSON.stringify({ ...info, mesh: "../meshes" }));
    const serving = await serve(layer, { port: 0 });
    const there = await CloudVolume.open(serving.layers[0]!);
    const here = await CloudVolume.open(goldenPath("meshes/legacy_raw/layer"));
    expect((await there.mesh.get(SEGMENT)).equals(await here.mesh.get(SEGMENT))).toBe(true);
    for (const path of [
      "mesh-elsewhere/..%2fsecret",
      "..%2fsecret",
      "mesh-elsewhere/%2e%2e/secret",
      "secret",
    ])
      expect((await fetch(`${serving.layers[0]}/${path}`)).status).toBe(404);
    await serving.close();
  },
);

describe.runIf(goldenRoot !== undefined)("skeletons with attributes of all types", () => {
  const root = scratchDirectory();
  let serving: Serving;
  beforeAll(async () => {
    const layer = join(root, "cells");
    cpSync(LINES_OF_ALL_TYPES, layer, { recursive: true });
    mkdirSync(join(layer, "skeletons/names"));
    writeFileSync(join(layer, "skeletons/names/info"), JSON.stringify(PROPERTIES));
    for (const [file, more] of [
      ["info", { skeletons: "../lines", segment_properties: "../lines/names" }],
      ["skeletons/info", { segment_properties: "names" }],
    ] as const) {
      const info = JSON.parse(readFileSync(join(layer, file), "utf8"));
      writeFileSync(join(layer, file), JSON.stringify({ ...info, ...more }));
    }
    renameSync(join(layer, "skeletons"), join(root, "lines"));
    serving = await serve([layer, join(root, "lines")], { port: 0 });
  });
  afterAll(() => serving.close());

  test.each([
    ["by themselves", "lines"],
    ["outside of their volume", "cells/skeletons-elsewhere"],
  ])("%s", async (_, place) => {
    const url = `${serving.url}/${place}`;
    const info = await (await fetch(`${url}/info`)).json();
    const types: string[] = info.vertex_attributes.map((one: { data_type: string }) => one.data_type);
    expect([types.length, new Set(types)]).toEqual([7, new Set(["float32"])]);
    const bytes = new Uint8Array(await (await fetch(`${url}/${SEGMENT}`)).arrayBuffer());
    const made = Skeleton.fromPrecomputed(bytes, {
      vertexAttributes: info.vertex_attributes.map(
        (one: { id: string; data_type: DataType; num_components: number }) => ({
          ...{ id: one.id, dataType: one.data_type, numComponents: one.num_components },
        }),
      ),
    });
    const stored = await (await CloudVolume.open(LINES_OF_ALL_TYPES)).skeleton.get(SEGMENT);
    expect([...made.vertices]).toEqual([...stored.vertices]);
    expect(made.attributes.map(({ id, data }) => [id, Array.from(data, Number)])).toEqual(
      stored.attributes.map(({ id, data }) => [id, Array.from(Float32Array.from(data as Float32Array))]),
    );
    expect((await fetch(`${url}/1`)).status).toBe(404);
  });

  test("keep their segment properties", async () => {
    for (const place of [
      "lines/names",
      "cells/skeletons-elsewhere/names",
      "cells/segment_properties-elsewhere",
    ]) {
      const properties = await openSegmentProperties(`${serving.url}/${place}`);
      expect([place, String((await properties.read())?.ids)]).toEqual([place, SEGMENT]);
    }
  });
});
