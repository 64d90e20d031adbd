/** One chunk: whether what is stored decodes to what the info says. */
import { describe } from "../../base/errors.js";
import type { Placement } from "../../base/placement.js";
import type { Workspace } from "../../base/workspace.js";
import type { Codec } from "../../codecs/codec.js";
import type { Compression } from "../../compression/compression.js";
import { decompress, isSyncDecompression } from "../../compression/index.js";
import { COMPRESSIONS, contradicts } from "../../compression/names.js";
import type { ChunkRead } from "../../grid/plan.js";
import type { Stored } from "../../stores/store.js";
import { firstThatWorks, unpackChunk } from "../decode.js";
import {
  chunkSpec,
  denseByteStride,
  encodedLimit,
  type ScaleLayout,
  storedShapes,
  voxelBytes,
} from "../layout.js";
import { type Fault, saysTruncated } from "./fault.js";

export interface Checking {
  readonly workspace: Workspace;
  readonly codec: Codec;
  readonly layout: ScaleLayout;
}

/** @returns undefined if it is as it should be. */
export async function chunkFault(
  { workspace, codec, layout }: Checking,
  chunk: ChunkRead,
  stored: Stored,
  where: string,
): Promise<Fault | undefined> {
  const key = `${layout.key}/${chunk.key}`;
  const { bytes, compression } = stored;
  if (bytes.length === 0) return { key, kind: "empty", detail: "The file has no bytes" };
  if (contradicts(compression, bytes))
    return { key, kind: "wrong-compression", detail: misnamed(compression, bytes) };
  const shapes = storedShapes(layout, chunk.shape);
  const largest = shapes.at(-1) ?? chunk.shape;
  let source = { compression, source: bytes };
  try {
    if (!isSyncDecompression(compression)) {
      const limit = encodedLimit(layout, largest);
      source = { compression: "none", source: await decompress(compression, bytes, { limit, where }) };
    }
    const encoded = unpackChunk(workspace, layout, chunk, source, where);
    if (layout.encoding === "raw") {
      const sizes = shapes.map((shape) => voxelBytes(layout, shape));
      if (!sizes.includes(encoded.length)) return wrongLength(key, sizes[0]!, encoded.length, stored);
    }
    const dense = workspace.scratch("verify", voxelBytes(layout, largest));
    firstThatWorks(shapes, (shape) => {
      const place: Placement = {
        ptr: dense.ptr,
        stride: denseByteStride(layout, shape),
        from: [0, 0, 0],
        size: shape,
      };
      codec.decode(workspace, encoded, chunkSpec(layout, shape), place);
    });
    return undefined;
  } catch (error) {
    return decodeFault(key, error, stored);
  }
}

function wrongLength(key: string, expected: number, got: number, stored: Stored): Fault {
  const detail = `expected ${expected} bytes of voxels, got ${got}`;
  const hidden = stored.compression === "none" ? compressionOf(stored.bytes) : undefined;
  if (hidden !== undefined) return { key, kind: "wrong-compression", detail: unnamed(hidden) };
  return { key, kind: got < expected ? "truncated" : "wrong-size", detail };
}

function decodeFault(key: string, error: unknown, stored: Stored): Fault {
  const detail = describe(error);
  const hidden = stored.compression === "none" ? compressionOf(stored.bytes) : undefined;
  if (hidden !== undefined) return { key, kind: "wrong-compression", detail: unnamed(hidden) };
  if (/longer than (it may be|allowed)/.test(detail)) return { key, kind: "wrong-size", detail };
  return { key, kind: saysTruncated(detail) ? "truncated" : "undecodable", detail };
}

/** What bytes look like that are stored as uncompressed. */
function compressionOf(bytes: Uint8Array): Compression | undefined {
  if (bytes.length < 6) return undefined;
  return COMPRESSIONS.find((c) => c !== "none" && c !== "br" && !contradicts(c, bytes));
}

function misnamed(compression: Compression, bytes: Uint8Array): string {
  return `It is stored as ${compression}, but begins as ${compressionOf(bytes) ?? "none of that kind"}`;
}

function unnamed(compression: Compression): string {
  return `It is stored as uncompressed, but begins as ${compression}`;
}
