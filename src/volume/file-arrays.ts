/** Cut-outs that go to files and come from them, part by part. */
import { Bbox, type Box6 } from "../base/bbox.js";
import type { DataType } from "../base/dtype.js";
import { AlignmentError, SharedMemoryReadError, UnsupportedProtocolError } from "../base/errors.js";
import type { StridedArray, Vec3, Vec4 } from "../base/strided.js";
import { type FileArray, fileBytes, readPart, writePart } from "./array-file.js";
import type { VolumeContext } from "./context.js";
import type { VolumeCutout } from "./cutout.js";
import { boxSize, type ScaleLayout } from "./layout.js";
import type { LocalFiles, ReadableFile, WritableFile } from "./local-files.js";
import { SLAB_BYTES, slabs } from "./read-slabs.js";

/** A cut-out in a file: what another program needs to read it. */
export interface StoredArray {
  /** The file's absolute path. */
  readonly path: string;
  readonly dtype: DataType;
  /** x, y, z, channel. */
  readonly shape: Vec4;
  readonly order: "F";
  readonly bounds: Bbox;
}

/** @throws UnsupportedProtocolError where there are no files. */
export async function localFiles({ runtime }: VolumeContext): Promise<LocalFiles> {
  if (runtime.files !== undefined) return await runtime.files();
  throw new UnsupportedProtocolError("There are no files here", { fix: "Download the voxels instead." });
}

/** Reads a box part by part, each part's voxels to their place. Holds one part (64 MB, or one layer of chunks). */
export async function boxToFile(
  file: WritableFile,
  layout: ScaleLayout,
  box: Bbox,
  read: (part: Bbox) => Promise<VolumeCutout>,
): Promise<void> {
  const whole = box.toList();
  const array = fileArray(layout, whole, "F");
  for (const part of slabs({ layout, box: whole }, SLAB_BYTES)) {
    const cutout = await read(boxOf(part));
    await writePart(file, array, inside(part, whole), boxSize(part), cutout.data);
    cutout.release();
  }
}

export interface FileBox {
  readonly layout: ScaleLayout;
  /** The box that the file's array is. */
  readonly box: Bbox;
  /** The part of it to write. */
  readonly cutout: Bbox;
  readonly order: "F" | "C";
  /** For messages. */
  readonly where: string;
}

/**
 * Writes a part of a file's array, in parts that end at chunks' edges.
 * @throws SharedMemoryReadError if the file is not there or not exactly as long as the array, AlignmentError if the part
 * is not inside of the array.
 */
export async function fileToBox(
  open: () => Promise<ReadableFile | undefined>,
  { layout, box, cutout, order, where }: FileBox,
  write: (part: Bbox, array: StridedArray) => Promise<void>,
): Promise<void> {
  if (!box.containsBbox(cutout))
    throw new AlignmentError("The part to write is not inside of the array's box", {
      where: cutout.toString(),
      expected: `a box inside of ${box}`,
    });
  const array = fileArray(layout, box.toList(), order);
  const expected = fileBytes(array);
  const file = await open();
  if (file === undefined)
    throw new SharedMemoryReadError("There is no such array", { where, expected: `${expected} bytes` });
  try {
    if (file.size !== expected)
      throw new SharedMemoryReadError("The array is of another size than its box", {
        where,
        expected: `${array.shape.join(" x ")} ${array.dtype}: ${expected} bytes`,
        got: `${file.size} bytes`,
      });
    // In C order x is slowest, so that parts along x lie together.
    const parts = slabs({ layout, box: cutout.toList() }, SLAB_BYTES, order === "F" ? 2 : 0);
    for (const part of parts) {
      const voxels = await readPart(file, array, inside(part, box.toList()), boxSize(part));
      await write(boxOf(part), voxels);
    }
  } finally {
    await file.close();
  }
}

export function fileArray(layout: ScaleLayout, box: Box6, order: "F" | "C"): FileArray {
  return { dtype: layout.dtype, shape: [...boxSize(box), layout.channels], order };
}

function inside(part: Box6, whole: Box6): Vec3 {
  return [part[0] - whole[0], part[1] - whole[1], part[2] - whole[2]];
}

function boxOf(box: Box6): Bbox {
  return Bbox.fromList(box, { dtype: "int64" });
}
