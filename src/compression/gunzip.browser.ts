/** The gzip decoders of workspaces, loaded on first use: browsers undo gzip of the network by themselves. */
import { CloudVolumeError } from "../base/errors.js";
import { createWorkspace } from "../base/memory-workspace.js";
import type { Region, Workspace } from "../base/workspace.js";
import type { TakePiece } from "./gunzip-pieces.js";

type Kernels = typeof import("./gunzip.js");

export const MOST_LEFT = 32768;
let kernels: Kernels | undefined;

/** @returns the decoder of bytes, when those of workspaces work, too. */
export async function loadGunzip(): Promise<(bytes: Uint8Array, limit: number) => Uint8Array> {
  const [pieces, whole] = await Promise.all([import("./gunzip-pieces.js"), import("./gunzip-workspace.js")]);
  kernels = { ...pieces, ...whole };
  const ws = createWorkspace();
  return (bytes, limit) => {
    const { ptr } = ws.scratch("gunzip.source", bytes.length + 8);
    ws.bytes().set(bytes, ptr);
    const out = whole.gunzipInto(ws, { ptr, length: bytes.length }, limit, "gzip");
    return ws.bytes().slice(out.ptr, out.ptr + out.length);
  };
}

export function gunzipInto(ws: Workspace, source: Region, limit: number, where: string): Region {
  return loaded().gunzipInto(ws, source, limit, where);
}

export function gunzipPieces(
  ws: Workspace,
  source: Region,
  limit: number,
  where: string,
  take: TakePiece,
): number {
  return loaded().gunzipPieces(ws, source, limit, where, take);
}

function loaded(): Kernels {
  if (kernels !== undefined) return kernels;
  throw new CloudVolumeError("gzip is not loaded; call loadCompression first");
}
