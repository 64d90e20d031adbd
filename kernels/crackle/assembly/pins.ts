// Labels by pins: lines along z, each of which gives its label to all components it goes through.
import { componentAt } from "./components";
import { loadNumber } from "./cracks";
import {
  ALL_COMPONENTS, BACKGROUND, BAD_PINS, COLORS, FIRST_COMPONENT, INDEX_BYTES, OK, PIN_ACTIVE, PIN_HEADS, PIN_LIST, PINS,
  PINS_LENGTH, RESULT, RESULT2, STORED_BYTES, SX, SY, SZ, UNIQUE, UNIQUE_COUNT, Z_FROM, Z_TO,
} from "./job";
import { sx } from "./planes";

/** Of a pin: u32 place within a slice, last slice (from Z_FROM), number of its label, next pin of the same first slice + 1. */
const PIN: u32 = 16;

/**
 * Goes through all pins. With `fill` 0 only counts: RESULT: those that touch the slices. With 1 it lists them by their
 * first slice and gives labels to the components that are named one by one (COLORS: those from FIRST_COMPONENT on, of which
 * RESULT2 tells how many). @returns a status.
 */
export function scanPins<T>(job: usize, fill: bool): i32 {
  let at = <usize>load<u32>(job, PINS);
  const end = at + load<u32>(job, PINS_LENGTH);
  if (at >= end) return BAD_PINS;
  const format = <u32>load<u8>(at++);
  const pinBytes: u32 = 1 << (format & 3);
  const depthBytes: u32 = 1 << ((format >> 2) & 3);
  const idBytes: u32 = 1 << ((format >> 4) & 3);
  const indexBytes = load<u32>(job, INDEX_BYTES);
  const labels = load<u32>(job, UNIQUE_COUNT);
  const unique = load<u32>(job, UNIQUE);
  const stored = load<u32>(job, STORED_BYTES);
  const area = <u64>load<u32>(job, SX) * load<u32>(job, SY);
  const voxels = area * load<u32>(job, SZ);
  const from = <u64>load<u32>(job, Z_FROM);
  const to = <u64>load<u32>(job, Z_TO);
  const first = <u64>load<u32>(job, FIRST_COMPONENT);
  const all = <u64>load<u32>(job, ALL_COMPONENTS);
  const colors = <usize>load<u32>(job, COLORS);
  const colored = <u64>load<u32>(job, RESULT2);
  const list = <usize>load<u32>(job, PIN_LIST);
  const heads = <usize>load<u32>(job, PIN_HEADS);
  let touching: u32 = 0;
  // Pins of different labels or columns never meet: together they are no longer than the volume is large.
  let covered: u64 = 0;
  for (let label: u32 = 0; label < labels; label++) {
    if (<usize>(end - at) < pinBytes) return BAD_PINS;
    let pins = loadNumber(at, pinBytes);
    at += pinBytes;
    if (pins > <u64>(end - at) / (indexBytes + depthBytes)) return BAD_PINS;
    let depths = at + <usize>pins * indexBytes;
    let index: u64 = 0;
    for (; pins != 0; pins--, at += indexBytes, depths += depthBytes) {
      const gap = loadNumber(at, indexBytes);
      const depth = loadNumber(depths, depthBytes);
      if (gap >= voxels || depth >= voxels) return BAD_PINS;
      index += gap;
      if (index >= voxels) return BAD_PINS;
      const z = index / area;
      covered += depth + 1;
      if (z + depth >= <u64>load<u32>(job, SZ) || covered > voxels) return BAD_PINS;
      if (z >= to || z + depth < from) continue;
      if (fill) {
        const pin = list + touching * PIN;
        const head = heads + (<usize>(z < from ? 0 : z - from) << 2);
        store<u32>(pin, <u32>(index % area));
        store<u32>(pin, <u32>(min(z + depth, to - 1) - from), 4);
        store<u32>(pin, label, 8);
        store<u32>(pin, load<u32>(head), 12);
        store<u32>(head, touching + 1);
      }
      touching++;
    }
    at = depths;
    if (<usize>(end - at) < pinBytes) return BAD_PINS;
    let singles = loadNumber(at, pinBytes);
    at += pinBytes;
    if (singles > <u64>(end - at) / idBytes) return BAD_PINS;
    const color = <T>loadNumber(unique + label * stored, stored);
    let id: u64 = 0;
    for (; singles != 0; singles--, at += idBytes) {
      const gap = loadNumber(at, idBytes);
      if (gap >= all) return BAD_PINS;
      id += gap;
      if (id >= all) return BAD_PINS;
      if (fill && id >= first && id - first < colored) store<T>(colors + (<usize>(id - first) << alignof<T>()), color);
    }
  }
  if (at != end) return BAD_PINS;
  if (!fill) store<u32>(job, touching, RESULT);
  return OK;
}

/** Gives all components of the slices the background's label. */
export function fillBackground<T>(job: usize): void {
  const colors = <usize>load<u32>(job, COLORS);
  const color = <T>load<u64>(job, BACKGROUND);
  for (let i: u32 = 0; i < load<u32>(job, RESULT2); i++) store<T>(colors + (<usize>i << alignof<T>()), color);
}

let active: u32 = 0;

export function openPins(job: usize): void {
  active = 0;
}

/** Gives the components of a slice that pins go through their labels. */
export function paintPins<T>(job: usize, z: u32, colors: usize): void {
  const list = <usize>load<u32>(job, PIN_LIST);
  const actives = <usize>load<u32>(job, PIN_ACTIVE);
  const unique = <usize>load<u32>(job, UNIQUE);
  const stored = load<u32>(job, STORED_BYTES);
  for (let pin = load<u32>(load<u32>(job, PIN_HEADS) + (z << 2)); pin != 0; pin = load<u32>(list + (pin - 1) * PIN, 12)) {
    store<u32>(actives + (<usize>active << 2), pin - 1);
    active++;
  }
  let kept: u32 = 0;
  for (let i: u32 = 0; i < active; i++) {
    const number = load<u32>(actives + (<usize>i << 2));
    const pin = list + <usize>number * PIN;
    const place = load<u32>(pin);
    const component = componentAt(place % sx, place / sx);
    const label = unique + <usize>load<u32>(pin, 8) * stored;
    store<T>(colors + (<usize>component << alignof<T>()), <T>loadNumber(label, stored));
    if (load<u32>(pin, 4) <= z) continue;
    store<u32>(actives + (<usize>kept << 2), number);
    kept++;
  }
  active = kept;
}
