import type { Region, Workspace } from "../base/workspace.js";
import { crc32c } from "../kernels/crc32c.js";

const TABLES = "crc32c.tables";
const prepared = new WeakMap<Workspace, number>();

/** CRC-32C (Castagnoli: iSCSI, crackle, zarr shards) of a region that follows bytes with the checksum `crc`. */
export function crc32cRegion(ws: Workspace, region: Region, crc = 0): number {
  return ws.kernel(crc32c).crc32c(region.ptr, region.length, crc, crc32cTables(ws)) >>> 0;
}

/** The tables of kernels/crc32c in this workspace, for kernels that contain it. */
export function crc32cTables(ws: Workspace): number {
  const known = prepared.get(ws);
  if (known !== undefined) return known;
  const kernel = ws.kernel(crc32c);
  const { ptr } = ws.scratch(TABLES, kernel.tablesSize());
  kernel.prepare(ptr);
  prepared.set(ws, ptr);
  return ptr;
}
