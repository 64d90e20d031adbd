import type { Region, Workspace } from "../base/workspace.js";
import { inflate } from "../kernels/inflate.js";
import { type Checksum, startChecksum } from "./crc32-workspace.js";
import {
  broken,
  checkTrailer,
  failed,
  isPadding,
  OUTPUT_FULL,
  skipHeader,
  TRAILER_BYTES,
  view,
} from "./gzip-file.js";

/** How far back a match of deflate may reach. */
const HISTORY = 32768;
/** Bytes that are made, summed and taken while they are in a core's own cache. */
const STEP = 491520;

/** The most bytes that a taker may leave for the next time. */
export const MOST_LEFT: number = HISTORY;

/** Takes bytes off the front of a piece. @returns how many; the others come again, with those that follow them. */
export type TakePiece = (piece: Region) => number;

/**
 * Decompresses a gzip file as `gunzipInto` does, but keeps no more than a window of it: `take` gets the bytes piece by
 * piece, before the checksum that follows them is known. Large files that are wanted in part cost half as much this way.
 * `source` must be followed by 8 readable bytes. @returns the length. @throws DecompressionError naming `where`.
 */
export function gunzipPieces(
  ws: Workspace,
  source: Region,
  limit: number,
  where: string,
  take: TakePiece,
): number {
  if (source.length === 0) throw broken(where, "it is empty");
  const window = new Window(ws, take);
  let at = 0;
  while (at < source.length) {
    if (at > 0 && isPadding(ws, source, at)) break;
    at = skipHeader(view(ws, source), at, where);
    const before = window.total;
    const crc = startChecksum(ws, window.end);
    at += inflateMember(ws, { ptr: source.ptr + at, length: source.length - at }, limit, where, window, crc);
    checkTrailer(ws, source, at, window.total - before, () => crc.finish(window.end), where);
    at += TRAILER_BYTES;
    window.handOut();
  }
  return window.total;
}

/** @returns the bytes of `source` that the stream takes. */
function inflateMember(
  ws: Workspace,
  source: Region,
  limit: number,
  where: string,
  window: Window,
  crc: Checksum,
): number {
  const kernel = ws.kernel(inflate);
  const tables = ws.scratch("inflate.tables", kernel.tablesSize()).ptr;
  const start = window.total;
  let at = 0;
  for (let first = true, status = OUTPUT_FULL; status === OUTPUT_FULL; first = false) {
    window.makeRoom(crc);
    const { end, room } = window;
    const [from, rest] = [source.ptr + at, source.length - at];
    const history = Math.min(window.total - start, HISTORY);
    status = first
      ? kernel.inflate(from, rest, end, room, tables)
      : kernel.resume(from, rest, end, room, history, tables);
    const result = new Uint32Array(ws.memory.buffer, tables, 2);
    at += result[0]!;
    window.grow(result[1]!);
    if (status !== 0 && status !== OUTPUT_FULL) throw failed(status, limit, where);
    if (window.total > limit) throw failed(OUTPUT_FULL, limit, where);
    crc.absorb(window.end);
    if (status === OUTPUT_FULL) window.handOut();
  }
  return at;
}

/** The last bytes of the output, and how far they were taken. */
class Window {
  readonly #ws: Workspace;
  readonly #take: TakePiece;
  readonly #start: number;
  /** Next byte to hand out. */
  #next: number;
  /** Behind the last byte. */
  end: number;
  /** Bytes made so far, also those that are gone. */
  total = 0;

  constructor(ws: Workspace, take: TakePiece) {
    this.#ws = ws;
    this.#take = take;
    this.#start = ws.scratch("inflate.window", HISTORY + STEP).ptr;
    this.#next = this.#start;
    this.end = this.#start;
  }

  get room(): number {
    return this.#start + HISTORY + STEP - this.end;
  }

  grow(length: number): void {
    this.end += length;
    this.total += length;
  }

  handOut(): void {
    if (this.end > this.#next) this.#next += this.#take({ ptr: this.#next, length: this.end - this.#next });
  }

  /** Moves what is still needed to the front, once there is more behind it. */
  makeRoom(crc: Checksum): void {
    const from = this.end - HISTORY;
    if (from <= this.#start) return;
    this.#ws.bytes().copyWithin(this.#start, from, this.end);
    const by = from - this.#start;
    this.end -= by;
    this.#next -= by;
    crc.moved(by);
  }
}
