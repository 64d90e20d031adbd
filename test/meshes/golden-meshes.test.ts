/** Every mesh of the golden data, and of the real segmentation, is what CloudVolume returns: vertices and triangles, in order. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { CloudVolume, type Mesh, MeshDecodeError } from "../../src/node.js";
import { type GoldenEntry, goldenEntries, goldenPath, goldenRoot } from "../support/golden.js";
import { readNpz, rowsOf } from "../support/npz.js";

interface MeshTruth {
  readonly num_vertices: number;
  readonly num_faces: number;
  readonly sha256_vertices_f32le: string;
  readonly sha256_faces_u32le: string;
}
type MeshEntry = GoldenEntry & {
  readonly ids: readonly string[];
  readonly truth: string;
  readonly mesh_truth: string;
};

const json = (path: string): Record<string, never> => JSON.parse(readFileSync(goldenPath(path), "utf8"));
const sha = (array: Float32Array | Uint32Array): string => createHash("sha256").update(array).digest("hex");
const summary = (mesh: Mesh): MeshTruth => ({
  num_vertices: mesh.length,
  num_faces: mesh.faceCount,
  sha256_vertices_f32le: sha(mesh.vertices),
  sha256_faces_u32le: sha(mesh.faces),
});
const pick = ({
  num_vertices,
  num_faces,
  sha256_vertices_f32le,
  sha256_faces_u32le,
}: MeshTruth): MeshTruth => ({
  num_vertices,
  num_faces,
  sha256_vertices_f32le,
  sha256_faces_u32le,
});
const open = (entry: GoldenEntry): Promise<CloudVolume> =>
  CloudVolume.open(`file://${goldenPath(entry.path)}`);
const entries = (kinds: string[]): MeshEntry[] => goldenEntries(kinds, "golden meshes") as MeshEntry[];

describe.runIf(goldenRoot !== undefined)("golden meshes", () => {
  describe.each(entries(["mesh-legacy"]))("$path", (entry) => {
    test("mesh.get of every segment", async () => {
      const { mesh } = await open(entry);
      const truth = json(entry.truth) as unknown as Record<string, MeshTruth>;
      for (const id of entry.ids) expect(summary(await mesh.get(id)), id).toEqual(pick(truth[id]!));
      expect((await mesh.list()).map(String).sort()).toEqual([...entry.ids].sort());
    });
  });

  describe.each(entries(["mesh-multilod-unsharded", "mesh-multilod-sharded"]))("$path", (entry) => {
    test("mesh.get of every segment and level of detail", async () => {
      const { mesh } = await open(entry);
      const truth = json(entry.truth) as unknown as Record<string, Record<string, MeshTruth>>;
      for (const id of entry.ids)
        for (const [name, level] of Object.entries(truth[id]!)) {
          const getting = mesh.get(id, { lod: Number(name.replace("lod", "")) });
          if ("error" in level) await expect(getting).rejects.toThrow(MeshDecodeError);
          else expect(summary(await getting), `${id} ${name}`).toEqual(pick(level));
        }
      expect((await mesh.list()).map(String).sort()).toEqual([...entry.ids].sort());
    });
  });

  describe.each(entries(["mesh-legacy-draco"]))("$path", (entry) => {
    test("fragments decode as DracoPy's do", async () => {
      const { mesh } = await open(entry);
      for (const id of entry.ids) {
        const manifest = JSON.parse(readFileSync(goldenPath(`${entry.path}/${mesh.path}/${id}:0`), "utf8"));
        const names = [...manifest.fragments].sort() as string[];
        const fragments = (await mesh.getFragments(id)).get(BigInt(id))!;
        expect(fragments).toHaveLength(names.length);
        for (const [i, name] of names.entries()) {
          const arrays = readNpz(goldenPath(`${entry.path}/../truth/${name.replaceAll(":", "_")}.npz`));
          expect([...fragments[i]!.vertices]).toEqual(rowsOf(arrays.get("vertices")!));
          expect([...fragments[i]!.faces]).toEqual(rowsOf(arrays.get("faces")!));
        }
      }
    });
  });

  describe.each(entries(["real-segmentation"]))("$path", (entry) => {
    test("the meshes of a real segmentation", async () => {
      const { mesh } = await open(entry);
      const truth = json(entry.mesh_truth) as unknown as Record<string, MeshTruth>;
      const meshes = await mesh.get(entry.ids, { fuse: false, removeDuplicateVertices: true });
      for (const id of entry.ids) expect(summary(meshes.get(BigInt(id))!), id).toEqual(pick(truth[id]!));
    });
  });
});
