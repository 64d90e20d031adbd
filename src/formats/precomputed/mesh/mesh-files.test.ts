import { describe, expect, test } from "vitest";
import { CloudVolumeError, InfoError, MeshDecodeError } from "../../../base/errors.js";
import { mutate, seeded } from "../../../codecs/testing-chunks.js";
import { IDENTITY, Mesh } from "../../../geometry/mesh/index.js";
import { openEdges, sphere } from "../../../geometry/mesh/testing.js";
import { compareZ } from "../../../geometry/multilod/index.js";
import { decodeLod } from "./decode-lod.js";
import { encodeMultilod } from "./encode-multilod.js";
import { meshMip, verifyMeshInfo } from "./info.js";
import { manifestOwner, parseLegacyManifest } from "./legacy-manifest.js";
import {
  dataLength,
  encodeMultilodManifest,
  findLod,
  lodRange,
  type MultilodManifest,
  parseMultilodManifest,
} from "./multilod-manifest.js";
import { planOctree } from "./octree.js";

const MANIFEST: MultilodManifest = {
  chunkShape: [64, 64, 32],
  gridOrigin: [-8, 0, 16.5],
  lods: [
    {
      scale: 1,
      vertexOffset: [0, 0, 0],
      positions: Uint32Array.of(0, 1, 2, 3, 4, 5),
      sizes: Uint32Array.of(100, 0),
    },
    { scale: 2.5, vertexOffset: [1, 2, 3], positions: Uint32Array.of(1, 2, 2), sizes: Uint32Array.of(50) },
  ],
};

describe("multi-resolution manifests", () => {
  const bytes = encodeMultilodManifest(MANIFEST);

  test("come back as they were, with positions as [3, n]", () => {
    expect(parseMultilodManifest(bytes, "x")).toEqual(MANIFEST);
    const words = new Uint32Array(bytes.buffer);
    expect([...words.subarray(17, 25)]).toEqual([0, 3, 1, 4, 2, 5, 100, 0]);
    expect(lodRange(MANIFEST, 1)).toEqual({ offset: 100, length: 50 });
    expect(dataLength(MANIFEST)).toBe(150);
    expect(findLod(MANIFEST, -1, "x")).toBe(1);
  });

  test("every prefix, and every longer one, is refused", () => {
    for (let n = 0; n < bytes.length; n++)
      expect(() => parseMultilodManifest(bytes.subarray(0, n), "x")).toThrow(MeshDecodeError);
    expect(() => parseMultilodManifest(new Uint8Array([...bytes, 0, 0, 0, 0]), "x")).toThrow(MeshDecodeError);
  });

  test("counts that overflow, and numbers that are not finite", () => {
    const changed = (word: number, value: number): Uint8Array => {
      const copy = bytes.slice();
      new DataView(copy.buffer).setUint32(4 * word, value, true);
      return copy;
    };
    for (const [word, value] of [
      [6, 0xffffffff],
      [6, 0],
      [15, 0xffffffff],
      [15, 0x40000000],
      [0, 0x7f800000],
      [3, 0x7fc00000],
    ] as const)
      expect(() => parseMultilodManifest(changed(word, value), "x"), `${word}`).toThrow(MeshDecodeError);
  });
});

describe("legacy manifests", () => {
  test("names, each once", () => {
    const json = (text: string): Uint8Array => Buffer.from(text);
    expect(parseLegacyManifest(json('{"fragments": ["b", "a", "b"]}'), "x")).toEqual(["b", "a"]);
    for (const wrong of [
      "",
      "{}",
      "[]",
      '{"fragments": "a"}',
      '{"fragments": [1]}',
      '{"fragments": ["a\\u0000"]}',
      "{",
    ])
      expect(() => parseLegacyManifest(json(wrong), "x"), wrong).toThrow(MeshDecodeError);
    expect(manifestOwner("18446744073709551615:0")).toBe(2n ** 64n - 1n);
    for (const name of ["7:0:1", "x:0", ":0", "7:1", "info"]) expect(manifestOwner(name)).toBeUndefined();
  });
});

describe("infos", () => {
  test("are checked, and keep what is unknown", () => {
    const json = { "@type": "neuroglancer_multilod_draco", vertex_quantization_bits: 10, other: [1] };
    expect(verifyMeshInfo(json, "x")).toBe(json);
    expect(meshMip({ mip: 3 }, "mesh_mip_1_err_40")).toBe(3);
    expect(meshMip({}, "mesh_mip_1_err_40")).toBe(1);
    expect(meshMip({}, "mesh")).toBeUndefined();
    const wrong: unknown[] = [
      [],
      { "@type": "neuroglancer_skeletons" },
      { "@type": "neuroglancer_multilod_draco" },
      { vertex_quantization_bits: 12 },
      { transform: [1, 2, 3] },
      { transform: "x" },
      { sharding: 5 },
      { mip: -1 },
      { spatial_index: { chunk_size: [0, 1, 1] } },
    ];
    for (const info of wrong)
      expect(() => verifyMeshInfo(info, "x"), JSON.stringify(info)).toThrow(InfoError);
  });
});

describe("octrees", () => {
  const points = Float64Array.of(-3.2, 0, 1e9, 900.5, 130, 1e9 + 40);

  test("one cell holds the coarsest level, finer ones are no smaller than asked for", () => {
    for (const lods of [1, 2, 5, undefined]) {
      const { lods: count, origin, chunkShape, cell } = planOctree(points, { lods });
      expect(cell(count - 1).count).toEqual([1, 1, 1]);
      for (const axis of [0, 1, 2]) {
        expect(origin[axis]!).toBeLessThanOrEqual(points[axis]!);
        expect(Math.fround(origin[axis]!)).toBe(origin[axis]);
        expect(origin[axis]! + chunkShape[axis]! * 2 ** (count - 1)).toBeGreaterThanOrEqual(
          points[axis + 3]!,
        );
      }
    }
    expect(planOctree(points, {}).lods).toBe(4);
    expect(planOctree(points, { minChunkSize: [500, 500, 500] }).lods).toBe(2);
  });

  test("Z order is that of interleaved bits", () => {
    const morton = ([x = 0, y = 0, z = 0]: readonly number[]): number => {
      let code = 0;
      for (let bit = 0; bit < 8; bit++)
        code += (((x >> bit) & 1) + 2 * ((y >> bit) & 1) + 4 * ((z >> bit) & 1)) * 8 ** bit;
      return code;
    };
    const random = seeded(5);
    for (let i = 0; i < 500; i++) {
      const [a, b] = [0, 1].map(() => [0, 1, 2].map(() => Math.floor(random() * 256))) as [
        number[],
        number[],
      ];
      expect(Math.sign(compareZ(a, b))).toBe(Math.sign(morton(a) - morton(b)));
    }
  });
});

describe("a mesh with levels of detail", () => {
  const ball = new Mesh(sphere(11, 700, [1000, 1000, 1000]));
  const transform = [4, 0, 0, 10, 0, 4, 0, 20, 0, 0, 40, 30];
  const settings = { bits: 16, transform, lods: 4, minChunkSize: [50, 50, 5] };

  test("fragments in Z order, parents above every child, no cracks", async () => {
    const { manifest, data } = await encodeMultilod(ball, settings);
    const parsed = parseMultilodManifest(manifest, "x");
    expect(dataLength(parsed)).toBe(data.length);
    for (const [lod, { positions, sizes, scale }] of parsed.lods.entries()) {
      expect(scale).toBe(2 ** lod);
      const cells = Array.from(sizes, (_, i) => [...positions.subarray(3 * i, 3 * i + 3)]);
      expect(cells).toEqual([...cells].sort(compareZ));
      const { positions: above = new Uint32Array(0) } = parsed.lods[lod + 1] ?? {};
      const parents = Array.from({ length: above.length / 3 }, (_, i) =>
        above.subarray(3 * i, 3 * i + 3).join(),
      );
      if (lod < 3) for (const cell of cells) expect(parents).toContain(cell.map((n) => n >> 1).join());
      const { offset, length } = lodRange(parsed, lod);
      const bytes = data.subarray(offset, offset + length);
      const meshes = await decodeLod({ manifest: parsed, lod, bytes, bits: 16, transform, where: "x" });
      const whole = Mesh.concatenate(meshes.map((mesh) => new Mesh(mesh)));
      expect(openEdges(whole.consolidate())).toBe(0);
      expect(Math.abs(whole.bounds!.minpt.x - ball.bounds!.minpt.x)).toBeLessThan(lod === 0 ? 1 : 150);
    }
    expect(parsed.lods[0]!.sizes.length).toBeGreaterThan(20);
    expect(parsed.lods[3]!.sizes.length).toBe(1);
  });

  test("damaged manifests and fragments are typed errors", async () => {
    const { manifest, data } = await encodeMultilod(ball, { ...settings, lods: 2 });
    const random = seeded(9);
    let refused = 0;
    for (let i = 0; i < 300; i++) {
      const [m, d] = i % 2 === 0 ? [mutate(manifest, random), data] : [manifest, mutate(data, random)];
      try {
        const parsed = parseMultilodManifest(m, "x");
        const { offset, length } = lodRange(parsed, 0);
        const bytes = d.subarray(offset, offset + length);
        await decodeLod({ manifest: parsed, lod: 0, bytes, bits: 16, transform: IDENTITY, where: "x" });
      } catch (error) {
        expect(error).toBeInstanceOf(CloudVolumeError);
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(100);
  });
});
