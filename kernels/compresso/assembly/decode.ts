import { copyPlane } from "../../place/assembly/rows";
import { joinSlice, number, openRuns } from "./components";
import { expand } from "./expand";
import { fillSlice, locateSlice, location, locationsEnd, openLocations } from "./fill";
import { openFrame, sliceBytes, sz } from "./frame";
import {
  BAD_Z_INDEX, BITS, BOX, CONNECTIVITY, IDS, ID_COUNT, LOCATIONS, LOCATION_COUNT, OK, OUT, OUT_Y, OUT_Z, RUNS, SHAPE, TARGET,
  TARGET_Y, TARGET_Z, TOO_FEW_IDS, WINDOW_BYTES, WRONG_IDS, WRONG_LOCATIONS, Z_BYTES, Z_FROM, Z_INDEX, Z_TO,
} from "./job";

/** Decodes the slices Z_FROM to Z_TO. T: the label's type. */
export function decode<T>(job: usize): i32 {
  openFrame(load<u32>(job, SHAPE), load<u32>(job, SHAPE + 4), load<u32>(job, SHAPE + 8));
  openRuns(load<u32>(job, RUNS));
  const bytes = load<u32>(job, WINDOW_BYTES);
  const status =
    bytes == 1 ? expand<u8>(job) : bytes == 2 ? expand<u16>(job) : bytes == 4 ? expand<u32>(job) : expand<u64>(job);
  if (status != OK) return status;
  return load<u32>(job, Z_INDEX) != 0 ? decodeSlices<T>(job) : decodeVolume<T>(job);
}

/** An entry of the z index: components (`table` 0) or locations (1) of a slice. */
@inline
function zEntry(job: usize, table: u32, z: u32): u64 {
  const bytes = load<u32>(job, Z_BYTES);
  const at = <usize>load<u32>(job, Z_INDEX) + <usize>(table * sz + z) * bytes;
  return bytes == 1 ? <u64>load<u8>(at) : bytes == 2 ? <u64>load<u16>(at) : bytes == 4 ? <u64>load<u32>(at) : load<u64>(at);
}

/** Slice by slice: with a z index each stands alone. What it says is compared with what is found. */
function decodeSlices<T>(job: usize): i32 {
  const ids: usize = load<u32>(job, IDS);
  const idCount: u64 = load<u32>(job, ID_COUNT);
  const locations: usize = load<u32>(job, LOCATIONS);
  const locationCount: u64 = load<u32>(job, LOCATION_COUNT);
  const bits: usize = load<u32>(job, BITS);
  const from = load<u32>(job, Z_FROM);
  const to = load<u32>(job, Z_TO);
  const out: usize = load<u32>(job, OUT);
  const outY: usize = load<u32>(job, OUT_Y);
  const outZ: usize = load<u32>(job, OUT_Z);
  let component: u64 = 0;
  let start: u64 = 0;
  for (let z: u32 = 0; z < from; z++) {
    component += zEntry(job, 0, z);
    start += zEntry(job, 1, z);
    if (component > idCount || start > locationCount) return BAD_Z_INDEX;
  }
  for (let z = from; z < to; z++) {
    const slice = bits + (z - from) * sliceBytes;
    const next = component + zEntry(job, 0, z);
    start += zEntry(job, 1, z);
    const stop = z + 1 < sz ? start + zEntry(job, 1, z + 1) : locationCount;
    if (next > idCount || start > stop || stop > locationCount) return BAD_Z_INDEX;
    const count = joinSlice(slice, 0, 0, 0);
    if (number(count, <u32>component) != <u32>next) return WRONG_IDS;
    component = next;
    const at = out + <usize>(z - from) * outZ;
    fillSlice<T>(slice, 0, load<u32>(job, RUNS), ids, at, outY, 0);
    openLocations(locations + <usize>start * sizeof<T>(), locations + <usize>stop * sizeof<T>());
    const status = locateSlice<T>(slice, 0, 0, 0, at, outY, 0);
    if (status != OK) return status;
    if (location != locationsEnd) return WRONG_LOCATIONS;
    if (outZ == 0) place<T>(job, z - from);
  }
  if (to == sz && component != idCount) return WRONG_IDS;
  return OK;
}

/** Copies the sub-box of the slice at OUT. */
function place<T>(job: usize, z: u32): void {
  const outY: usize = load<u32>(job, OUT_Y);
  copyPlane(
    <usize>load<u32>(job, OUT) + load<u32>(job, BOX) * sizeof<T>() + <usize>load<u32>(job, BOX + 4) * outY, outY,
    <usize>load<u32>(job, TARGET) + <usize>z * load<u32>(job, TARGET_Z), load<u32>(job, TARGET_Y),
    load<u32>(job, BOX + 8) * sizeof<T>(), load<u32>(job, BOX + 12),
  );
}

/** All slices at once: components or locations reach from slice to slice. */
function decodeVolume<T>(job: usize): i32 {
  const solid = load<u32>(job, CONNECTIVITY) == 6;
  const idCount = load<u32>(job, ID_COUNT);
  const bits: usize = load<u32>(job, BITS);
  const out: usize = load<u32>(job, OUT);
  const outY: usize = load<u32>(job, OUT_Y);
  const outZ: usize = load<u32>(job, OUT_Z);
  const runs: usize = load<u32>(job, RUNS);
  const ids: usize = load<u32>(job, IDS);
  let component: u32 = 0;
  if (solid) {
    let first: u32 = 0;
    let behindFirst: u32 = 0;
    for (let z: u32 = 0; z < sz; z++) {
      const slice = bits + z * sliceBytes;
      const next = joinSlice(slice, first, z == 0 ? 0 : slice - sliceBytes, behindFirst);
      behindFirst = first;
      first = next;
    }
    component = number(first, 0);
    if (component > idCount) return TOO_FEW_IDS;
  }
  let components = runs;
  for (let z: u32 = 0; z < sz; z++) {
    const slice = bits + z * sliceBytes;
    if (!solid) {
      component = number(joinSlice(slice, 0, 0, 0), component);
      if (component > idCount) return TOO_FEW_IDS;
      components = runs;
    }
    components = fillSlice<T>(slice, solid && z > 0 ? slice - sliceBytes : 0, components, ids, out + <usize>z * outZ, outY, outZ);
  }
  if (component != idCount) return WRONG_IDS;
  const locations: usize = load<u32>(job, LOCATIONS);
  openLocations(locations, locations + <usize>load<u32>(job, LOCATION_COUNT) * sizeof<T>());
  for (let z: u32 = 0; z < sz; z++) {
    const slice = bits + z * sliceBytes;
    const before = z > 0 ? slice - sliceBytes : 0;
    const after = z + 1 < sz ? slice + sliceBytes : 0;
    const status = locateSlice<T>(slice, solid ? before : 0, before, after, out + <usize>z * outZ, outY, outZ);
    if (status != OK) return status;
  }
  return location == locationsEnd ? OK : WRONG_LOCATIONS;
}
