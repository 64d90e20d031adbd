import type { Region, Workspace } from "../base/workspace.js";
import { crc32 } from "../kernels/crc32.js";

const TABLES = "crc32.tables";
const prepared = new WeakMap<Workspace, number>();

/** CRC-32 (as in gzip) of a region that follows bytes with the checksum `crc`. 13 GB/s for long regions. */
export function crc32Region(ws: Workspace, region: Region, crc = 0): number {
  const kernel = ws.kernel(crc32);
  const tables = prepared.get(ws) ?? prepare(ws);
  return kernel.crc32(region.ptr, region.length, crc, tables) >>> 0;
}

function prepare(ws: Workspace): number {
  const kernel = ws.kernel(crc32);
  const { ptr } = ws.scratch(TABLES, kernel.tablesSize());
  kernel.prepare(ptr);
  prepared.set(ws, ptr);
  return ptr;
}
