/**
 * The manifest of a multi-resolution mesh: its levels of detail, and for each the fragments (nodes of an octree) with
 * their sizes in the data file. Source: neuroglancer `meshes.md`.
 */
import { MeshDecodeError } from "../../../base/errors.js";

/** A level of detail; 0 is the finest. */
export interface ManifestLod {
  /** Its detail, in units of stored coordinates. */
  readonly scale: number;
  /** Added to its coordinates. */
  readonly vertexOffset: readonly number[];
  /** x, y, z of fragment 0, of fragment 1, …: in cells of `chunkShape * 2 ** lod`. */
  readonly positions: Uint32Array;
  /** Bytes of each fragment; 0 for one without triangles. */
  readonly sizes: Uint32Array;
}

export interface MultilodManifest {
  /** The cell of the finest level, in stored coordinates. */
  readonly chunkShape: readonly number[];
  readonly gridOrigin: readonly number[];
  readonly lods: readonly ManifestLod[];
}

const HEAD_WORDS = 7;
const WORDS_OF_LOD = 5;
const WORDS_OF_FRAGMENT = 4;
const MOST_LODS = 64;

/** @throws MeshDecodeError unless all of the bytes, and no more, are what the manifest announces. */
export function parseMultilodManifest(bytes: Uint8Array, where: string): MultilodManifest {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const words = bytes.length / 4;
  const wrong = (expected: string, got: string): MeshDecodeError =>
    new MeshDecodeError("A mesh manifest is damaged", { where, expected, got });
  if (words < HEAD_WORDS || !Number.isInteger(words))
    throw wrong("at least 28 bytes, in whole words", `${bytes.length} bytes`);
  const uint = (word: number): number => view.getUint32(4 * word, true);
  const floats = (word: number, count: number): number[] => {
    const values = Array.from({ length: count }, (_, i) => view.getFloat32(4 * (word + i), true));
    if (values.every(Number.isFinite)) return values;
    throw wrong("finite numbers", values.join(", "));
  };
  const count = uint(6);
  const header = HEAD_WORDS + WORDS_OF_LOD * count;
  if (count > MOST_LODS || header > words)
    throw wrong(`at most ${MOST_LODS} levels, that fit the bytes`, `${count} levels`);
  const scalesAt = HEAD_WORDS;
  const offsetsAt = scalesAt + count;
  const countsAt = offsetsAt + 3 * count;
  const fragments = Array.from({ length: count }, (_, lod) => uint(countsAt + lod));
  const length = fragments.reduce((sum, n) => sum + WORDS_OF_FRAGMENT * n, header);
  if (length !== words) throw wrong(`${4 * length} bytes`, `${bytes.length} bytes`);
  let at = header;
  const lods = fragments.map((n, lod) => {
    const positions = new Uint32Array(3 * n);
    for (let axis = 0; axis < 3; axis++)
      for (let i = 0; i < n; i++) positions[3 * i + axis] = uint(at + axis * n + i);
    const sizes = Uint32Array.from({ length: n }, (_, i) => uint(at + 3 * n + i));
    at += WORDS_OF_FRAGMENT * n;
    const [scale = 0] = floats(scalesAt + lod, 1);
    return { scale, vertexOffset: floats(offsetsAt + 3 * lod, 3), positions, sizes };
  });
  return { chunkShape: floats(0, 3), gridOrigin: floats(3, 3), lods };
}

export function encodeMultilodManifest({ chunkShape, gridOrigin, lods }: MultilodManifest): Uint8Array {
  const fragments = lods.reduce((sum, { sizes }) => sum + sizes.length, 0);
  const words = HEAD_WORDS + WORDS_OF_LOD * lods.length + WORDS_OF_FRAGMENT * fragments;
  const out = new Uint8Array(4 * words);
  const view = new DataView(out.buffer);
  let at = 0;
  const float = (value: number): void => view.setFloat32(4 * at++, value, true);
  const uint = (value: number): void => view.setUint32(4 * at++, value, true);
  chunkShape.forEach(float);
  gridOrigin.forEach(float);
  uint(lods.length);
  for (const { scale } of lods) float(scale);
  for (const { vertexOffset } of lods) vertexOffset.forEach(float);
  for (const { sizes } of lods) uint(sizes.length);
  for (const { positions, sizes } of lods) {
    for (let axis = 0; axis < 3; axis++) for (let i = axis; i < positions.length; i += 3) uint(positions[i]!);
    sizes.forEach(uint);
  }
  return out;
}

/** Where the fragments of a level lie in the data file. */
export function lodRange({ lods }: MultilodManifest, lod: number): { offset: number; length: number } {
  const bytes = (level: ManifestLod): number => level.sizes.reduce((sum, size) => sum + size, 0);
  const offset = lods.slice(0, lod).reduce((sum, level) => sum + bytes(level), 0);
  return { offset, length: bytes(lods[lod] as ManifestLod) };
}

/** Bytes of the data file. */
export function dataLength({ lods }: MultilodManifest): number {
  return lods.reduce((sum, level) => sum + level.sizes.reduce((n, size) => n + size, 0), 0);
}

/** A level's number: -1 is the coarsest. @throws MeshDecodeError for one that the mesh does not have. */
export function findLod({ lods }: MultilodManifest, lod: number, where: string): number {
  if (lod === -1 && lods.length > 0) return lods.length - 1;
  if (Number.isInteger(lod) && lod >= 0 && lod < lods.length) return lod;
  throw new MeshDecodeError("The mesh has no such level of detail", {
    where,
    expected: lods.length === 0 ? "none: it has no levels" : `-1 to ${lods.length - 1}`,
    got: String(lod),
  });
}
