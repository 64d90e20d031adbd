/** gzip and zlib streams (RFC 1950, 1952) by the deflate kernel. */
import { createWorkspace } from "../base/memory-workspace.js";
import { nextTurn } from "../base/turn.js";
import type { Region, Workspace } from "../base/workspace.js";
import { deflate } from "../kernels/deflate.js";
import { png } from "../kernels/png.js";
import { crc32Region } from "./crc32-workspace.js";

export type DeflateFormat = "gzip" | "zlib";

/** Bytes of input that are compressed at a time, so that what is needed besides the result is bounded. */
const PART = 4 << 20;
const HISTORY = 32768;
/** Bytes of the kernel's state, at the start of its tables. */
const STATE = 12;

let own: Workspace | undefined;

/**
 * Compresses bytes, which may lie in the memory of `ws` (padded as its regions are) and then are not copied. The result is a
 * copy, the same wherever the bytes lie. `level` 0 (stored) to 9.
 */
export function deflateWith(
  ws: Workspace | undefined,
  format: DeflateFormat,
  bytes: Uint8Array,
  level: number,
): Uint8Array<ArrayBuffer> {
  own ??= ws === undefined ? createWorkspace() : undefined;
  const run = parts(ws ?? own!, format, bytes, level);
  for (;;) {
    const { done, value } = run.next();
    if (done) return value;
  }
}

/** The same with turns for others between parts of 4 MiB. The bytes must not change meanwhile. */
export async function deflateInTurns(
  format: DeflateFormat,
  bytes: Uint8Array,
  level: number,
): Promise<Uint8Array<ArrayBuffer>> {
  own ??= createWorkspace();
  const run = parts(own, format, bytes, level);
  for (;;) {
    const { done, value } = run.next();
    if (done) return value;
    await nextTurn();
  }
}

/** Keeps nothing in the workspace from one part to the next. */
function* parts(
  ws: Workspace,
  format: DeflateFormat,
  bytes: Uint8Array,
  level: number,
): Generator<undefined, Uint8Array<ArrayBuffer>> {
  const { length, byteOffset } = bytes;
  const inside = bytes.buffer === ws.memory.buffer;
  const pieces: Uint8Array[] = [header(format, level)];
  const state = new Uint8Array(STATE);
  let sum = format === "gzip" ? 0 : 1;
  for (let at = 0; at === 0 || at < length; at += PART) {
    if (at > 0) yield;
    const history = Math.min(at, HISTORY);
    const size = Math.min(PART, length - at);
    const source = inside
      ? { ptr: byteOffset + at, length: size }
      : copied(ws, bytes.subarray(at - history, at + size), history);
    const last = at + size === length;
    pieces.push(deflatePart(ws, source, history, level, state, at === 0, last));
    sum = format === "gzip" ? crc32Region(ws, source, sum) : adler32(ws, source, sum);
  }
  pieces.push(trailer(format, sum, length));
  return joined(pieces);
}

function deflatePart(
  ws: Workspace,
  { ptr, length }: Region,
  history: number,
  level: number,
  state: Uint8Array,
  first: boolean,
  last: boolean,
): Uint8Array {
  const kernel = ws.kernel(deflate);
  const tables = ws.scratch("deflate.tables", kernel.tablesSize()).ptr;
  const target = ws.scratch("deflated", kernel.bound(length)).ptr;
  ws.bytes().set(state, tables);
  const made = kernel.deflate(ptr, length, history, target, tables, level, Number(first), Number(last));
  state.set(ws.bytes().subarray(tables, tables + STATE));
  return ws.bytes().slice(target, target + made);
}

function copied(ws: Workspace, bytes: Uint8Array, history: number): Region {
  const { ptr } = ws.scratch("deflate.source", bytes.length);
  ws.bytes().set(bytes, ptr);
  return { ptr: ptr + history, length: bytes.length - history };
}

function adler32(ws: Workspace, { ptr, length }: Region, sum: number): number {
  return ws.kernel(png).adler32(ptr, length, sum) >>> 0;
}

/** No time, name or system: the same bytes give the same file. */
function header(format: DeflateFormat, level: number): Uint8Array {
  if (format === "gzip")
    return Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, level === 9 ? 2 : level === 1 ? 4 : 0, 255);
  const flags = (level < 2 ? 0 : level < 6 ? 1 : level === 6 ? 2 : 3) << 6;
  return Uint8Array.of(0x78, flags + 31 - (((0x78 << 8) | flags) % 31));
}

function trailer(format: DeflateFormat, sum: number, length: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(format === "gzip" ? 8 : 4));
  view.setUint32(0, sum, format === "gzip");
  if (format === "gzip") view.setUint32(4, length % 2 ** 32, true);
  return new Uint8Array(view.buffer);
}

function joined(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(pieces.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const piece of pieces) {
    out.set(piece, at);
    at += piece.length;
  }
  return out;
}
