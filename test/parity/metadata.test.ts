/** info and provenance cross between this library and CloudVolume. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { CloudVolume } from "../../src/node.js";
import { goldenEntries, goldenPath } from "../support/golden.js";
import { LAYER_KINDS, randomLayer } from "../support/layers.js";
import { haveOriginals, startJudge } from "../support/originals.js";
import { seeded } from "../support/random.js";
import { scratchDirectory } from "../support/scratch.js";

const able = haveOriginals("CloudVolume reading and writing info and provenance");

interface Metadata {
  readonly info: Record<string, unknown>;
  readonly provenance: Record<string, unknown>;
  readonly shape: number[];
  readonly offset: number[];
  readonly chunk: number[];
  readonly dtype: string;
  readonly key: string;
  readonly mips: number[];
}

describe.runIf(able)("metadata", () => {
  const judge = startJudge();
  const root = scratchDirectory();
  const ask = (path: string): Promise<Metadata> => judge.ask<Metadata>("metadata", { path });

  const cases = LAYER_KINDS.map((kind, k) => ({
    name: `${kind.encoding} ${kind.dtype} x${kind.channels}`,
    kind,
    seed: 7000 + k,
  }));
  test.each(cases)("CloudVolume loads the info and provenance of $name", async ({ kind, seed }) => {
    const path = join(root, String(seed));
    const { info } = randomLayer(seeded(seed), kind);
    const vol = await CloudVolume.create(`file://${path}`, {
      info: { ...info, maxMip: 2, mesh: true, skeletons: true },
    });
    const record = {
      sources: ["a bucket"],
      owners: ["me@example.org"],
      processing: [{ method: "x" }],
      description: 'é "q"',
    };
    vol.provenance = record;
    await vol.commitProvenance();
    const theirs = await ask(path);
    expect(theirs.info).toEqual(JSON.parse(readFileSync(join(path, "info"), "utf8")));
    expect(theirs.provenance).toEqual(record);
    expect(theirs.shape).toEqual([...vol.shape]);
    expect(theirs.offset).toEqual([...vol.voxelOffset]);
    expect(theirs.chunk).toEqual([...vol.chunkSize]);
    expect(theirs.dtype).toBe(vol.dtype);
    expect(theirs.key).toBe(vol.key);
    expect(theirs.mips).toEqual(vol.availableMips);
  });

  test.each(cases)("CloudVolume commits the info of $name with the same bytes", async ({ kind, seed }) => {
    const path = join(root, `${seed}-bytes`);
    const { info } = randomLayer(seeded(seed), kind);
    await CloudVolume.create(`file://${path}`, { info: { ...info, maxMip: 1 } });
    const to = join(root, `${seed}-again`);
    await judge.ask("recommit", { path, to });
    expect(readFileSync(join(path, "info"), "utf8")).toBe(readFileSync(join(to, "info"), "utf8"));
  });

  test("an info with floats, large integers and unknown fields survives reading and committing here", async () => {
    const path = join(root, "literals");
    mkdirSync(path);
    const scale = `{"key":"4.0_4.0_40.0","size":[64,64,64],"resolution":[4.0,4.0,40.0],"voxel_offset":[0,0,0],"chunk_sizes":[[64,64,64]],"encoding":"raw","extra":[1e3,9007199254740993]}`;
    writeFileSync(
      join(path, "info"),
      `{"type":"image","data_type":"uint8","num_channels":1,"unknown":{"a":1.50},"scales":[${scale}]}`,
    );
    const vol = await CloudVolume.open(`file://${path}`);
    await vol.commitInfo();
    const text = readFileSync(join(path, "info"), "utf8");
    for (const literal of ["4.0", "40.0", "1e3", "9007199254740993", "1.50"]) expect(text).toContain(literal);
    expect((await ask(path)).key).toBe("4.0_4.0_40.0");
  });

  const same: readonly {
    name: string;
    python: Record<string, unknown>;
    here: Parameters<typeof CloudVolume.createNewInfo>[0];
  }[] = [
    {
      name: "several mips of an odd size",
      python: {
        num_channels: 1,
        layer_type: "image",
        data_type: "uint8",
        encoding: "raw",
        resolution: [4, 4, 40],
        voxel_offset: [3, 5, -7],
        volume_size: [1001, 777, 33],
        chunk_size: [64, 64, 16],
        max_mip: 4,
        factor: [2, 2, 1],
      },
      here: {
        numChannels: 1,
        layerType: "image",
        dataType: "uint8",
        encoding: "raw",
        resolution: [4, 4, 40],
        voxelOffset: [3, 5, -7],
        volumeSize: [1001, 777, 33],
        chunkSize: [64, 64, 16],
        maxMip: 4,
        factor: [2, 2, 1],
      },
    },
    {
      name: "a resolution with a fraction",
      python: {
        num_channels: 3,
        layer_type: "image",
        data_type: "uint16",
        encoding: "png",
        resolution: [4.5, 4.5, 40],
        voxel_offset: [0, 0, 0],
        volume_size: [100, 100, 100],
        chunk_size: [32, 32, 32],
        max_mip: 2,
        factor: [2, 2, 2],
      },
      here: {
        numChannels: 3,
        layerType: "image",
        dataType: "uint16",
        encoding: "png",
        resolution: [4.5, 4.5, 40],
        voxelOffset: [0, 0, 0],
        volumeSize: [100, 100, 100],
        chunkSize: [32, 32, 32],
        maxMip: 2,
        factor: [2, 2, 2],
      },
    },
    {
      name: "a segmentation with meshes and skeletons",
      python: {
        num_channels: 1,
        layer_type: "segmentation",
        data_type: "uint64",
        encoding: "compressed_segmentation",
        resolution: [8, 8, 8],
        voxel_offset: [-5, 0, 9],
        volume_size: [300, 200, 100],
        mesh: "m",
        skeletons: true,
        chunk_size: [64, 32, 16],
        compressed_segmentation_block_size: [8, 8, 8],
      },
      here: {
        numChannels: 1,
        layerType: "segmentation",
        dataType: "uint64",
        encoding: "compressed_segmentation",
        resolution: [8, 8, 8],
        voxelOffset: [-5, 0, 9],
        volumeSize: [300, 200, 100],
        mesh: "m",
        skeletons: true,
        chunkSize: [64, 32, 16],
        compressedSegmentationBlockSize: [8, 8, 8],
      },
    },
  ];
  test.each(same)("create_new_info makes the same of $name", async ({ python, here }) => {
    const theirs = await judge.ask("create_info", { arguments: python });
    expect(JSON.parse(JSON.stringify(CloudVolume.createNewInfo(here)))).toEqual(theirs);
  });

  const golden = goldenEntries(["image", "image-mips", "real-em"], "committing the info of golden layers");
  test.runIf(golden.length > 0)(
    "the info of every golden layer is committed here with CloudVolume's bytes",
    async () => {
      const differing: string[] = [];
      for (const { path } of golden) {
        const text = readFileSync(join(goldenPath(path), "info"), "utf8");
        const to = join(root, path);
        mkdirSync(to, { recursive: true });
        writeFileSync(join(to, "info"), text);
        await (await CloudVolume.open(`file://${to}`)).commitInfo();
        const theirs = join(root, "theirs", path);
        await judge.ask("recommit", { path: to, to: theirs });
        if (readFileSync(join(to, "info"), "utf8") !== readFileSync(join(theirs, "info"), "utf8"))
          differing.push(path);
      }
      expect(differing).toEqual([]);
    },
  );
});
