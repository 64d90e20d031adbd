/** Manifests and mesh files as targets, seeded with what is written here and with golden files where there are any. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { decodeLod } from "../../src/formats/precomputed/mesh/decode-lod.js";
import { encodeMultilod } from "../../src/formats/precomputed/mesh/encode-multilod.js";
import { verifyMeshInfo } from "../../src/formats/precomputed/mesh/info.js";
import { parseLegacyManifest } from "../../src/formats/precomputed/mesh/legacy-manifest.js";
import {
  dataLength,
  findLod,
  lodRange,
  parseMultilodManifest,
} from "../../src/formats/precomputed/mesh/multilod-manifest.js";
import { IDENTITY, Mesh, type MeshData } from "../../src/geometry/mesh/index.js";
import { sphere } from "../../src/geometry/mesh/testing.js";
import { goldenRoot } from "../support/golden.js";
import type { Seed, Target } from "./target.js";

const ball = new Mesh(sphere(8, 300, [400, 500, 600]));

export async function meshTargets(): Promise<Target[]> {
  const { manifest, data } = await encodeMultilod(ball, { bits: 16, transform: IDENTITY, lods: 3 });
  const known = parseMultilodManifest(manifest, "seed");
  const lod = known.lods[0]!;
  const decode = async (manifestBytes: Uint8Array, bytes: Uint8Array): Promise<string | undefined> => {
    const found = parseMultilodManifest(manifestBytes, "fuzz");
    const level = findLod(found, 0, "fuzz");
    const { offset, length } = lodRange(found, level);
    const part = bytes.subarray(offset, offset + length);
    const request = {
      manifest: found,
      lod: level,
      bytes: part,
      bits: 16,
      transform: IDENTITY,
      where: "fuzz",
    };
    return wrong(await decodeLod(request));
  };
  const range = lodRange(known, 0);
  return [
    target(
      "mesh manifest",
      [manifest, ...golden("multilod_unsharded_q16/layer/mesh", /\.index$/)],
      (bytes) => {
        const found = parseMultilodManifest(bytes, "fuzz");
        found.lods.forEach((_, i) => void lodRange(found, i));
        return Number.isSafeInteger(dataLength(found)) ? undefined : "a length that is none";
      },
    ),
    target("mesh manifest with its fragments", [manifest], (bytes) => decode(bytes, data)),
    target("mesh fragments under their manifest", [data], (bytes) => decode(manifest, bytes)),
    target("mesh level", [data.slice(range.offset, range.offset + range.length)], async (bytes) =>
      wrong(
        await decodeLod({
          manifest: { ...known, lods: [lod] },
          lod: 0,
          bytes,
          bits: 16,
          transform: IDENTITY,
          where: "fuzz",
        }),
      ),
    ),
    target(
      "draco",
      [await ball.toDraco(), ...golden("legacy_draco/layer/mesh_mip_0_err_40", /:0:/)],
      async (bytes) => wrong([await Mesh.fromDraco(bytes)]),
    ),
    target("legacy mesh fragment", [ball.toPrecomputed()], (bytes) => wrong([Mesh.fromPrecomputed(bytes)])),
    target("legacy mesh manifest", [Buffer.from('{"fragments": ["7:0:0-64_0-64_0-64", "x"]}')], (bytes) => {
      parseLegacyManifest(bytes, "fuzz");
      return undefined;
    }),
    target("mesh info", [Buffer.from(INFO)], (bytes) => {
      verifyMeshInfo(JSON.parse(tryText(bytes)), "fuzz");
      return undefined;
    }),
    target("ply", [ball.toPly()], (bytes) => wrong([Mesh.fromPly(bytes)])),
    target("obj", [ball.toObj()], (bytes) => wrong([Mesh.fromObj(bytes)])),
  ];
}

const INFO =
  '{"@type": "neuroglancer_multilod_draco", "vertex_quantization_bits": 16, "transform": [1,0,0,0,0,1,0,0,0,0,1,0], "lod_scale_multiplier": 1, "sharding": null}';

function target(name: string, seeds: readonly Uint8Array[], run: Seed["run"]): Target {
  return { name, seeds: seeds.map((bytes) => ({ bytes, run })) };
}

/** What a mesh that was accepted must not be. */
function wrong(meshes: readonly MeshData[]): string | undefined {
  for (const { vertices, faces } of meshes)
    if (faces.some((vertex) => 3 * vertex >= vertices.length)) return "a triangle without its vertices";
  return undefined;
}

/** JSON that cannot be parsed stands for an empty document: the parser is no target here. */
function tryText(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString();
  try {
    JSON.parse(text);
    return text;
  } catch {
    return "{}";
  }
}

function golden(folder: string, name: RegExp): Uint8Array[] {
  const path = join(goldenRoot ?? "", "meshes", folder);
  if (goldenRoot === undefined || !existsSync(path)) return [];
  return readdirSync(path)
    .filter((file) => name.test(file) && !file.endsWith(".gz"))
    .map((file) => readFileSync(join(path, file)));
}
