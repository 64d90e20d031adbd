import { identifiers, labelMask, labelShift, labelSlots, met, nextBlock, ranks, sorted } from "./scratch";

const INSERTION: u32 = 24;

/**
 * Distinct labels of a block: `sorted` has them in ascending order, `identifiers` names one for each voxel and `ranks` its
 * place. Strides in voxels. @returns how many.
 */
export function collect<T>(source: usize, strideY: u32, strideZ: u32, nx: u32, ny: u32, nz: u32): u32 {
  const block = nextBlock();
  let n: u32 = 0;
  let id = identifiers;
  let last: u64 = 0;
  let lastId: u32 = 0xffff_ffff;
  for (let z: u32 = 0; z < nz; z++)
    for (let y: u32 = 0; y < ny; y++) {
      let from = source + (<usize>y * strideY + <usize>z * strideZ) * sizeof<T>();
      for (let x: u32 = 0; x < nx; x++, from += sizeof<T>(), id += 4) {
        const label = <u64>load<T>(from);
        if (label != last || lastId == 0xffff_ffff) {
          const slot = slotOf(label, block);
          if (load<u32>(slot, 12) != block) {
            store<u64>(slot, label);
            store<u32>(slot, n, 8);
            store<u32>(slot, block, 12);
            store<u64>(met + (n << 3), label);
            n++;
          }
          last = label;
          lastId = load<u32>(slot, 8);
        }
        store<u32>(id, lastId);
      }
    }
  memory.copy(sorted, met, n << 3);
  if (n <= INSERTION) insertionSort(n);
  else heapSort(n);
  for (let rank: u32 = 0; rank < n; rank++) {
    const slot = slotOf(load<u64>(sorted + (rank << 3)), block);
    store<u32>(ranks + (load<u32>(slot, 8) << 2), rank);
  }
  return n;
}

/** The label's slot, or the free one where it belongs. Half of the slots are always free. */
@inline
function slotOf(label: u64, block: u32): usize {
  let slot = <u32>((label * 0x9e37_79b9_7f4a_7c15) >> labelShift);
  while (true) {
    const at = labelSlots + (slot << 4);
    if (load<u32>(at, 12) != block || load<u64>(at) == label) return at;
    slot = (slot + 1) & labelMask;
  }
}

function insertionSort(n: u32): void {
  for (let i: u32 = 1; i < n; i++) {
    const label = load<u64>(sorted + (i << 3));
    let at = sorted + (i << 3);
    for (; at > sorted && load<u64>(at - 8) > label; at -= 8) store<u64>(at, load<u64>(at - 8));
    store<u64>(at, label);
  }
}

function heapSort(n: u32): void {
  for (let i = n >> 1; i > 0; i--) sink(i - 1, n);
  for (let end = n - 1; end > 0; end--) {
    const largest = load<u64>(sorted);
    store<u64>(sorted, load<u64>(sorted + (end << 3)));
    store<u64>(sorted + (end << 3), largest);
    sink(0, end);
  }
}

function sink(at: u32, n: u32): void {
  const label = load<u64>(sorted + (at << 3));
  for (let child: u32 = 2 * at + 1; child < n; child = 2 * at + 1) {
    if (child + 1 < n && load<u64>(sorted + (child << 3) + 8) > load<u64>(sorted + (child << 3))) child++;
    if (load<u64>(sorted + (child << 3)) <= label) break;
    store<u64>(sorted + (at << 3), load<u64>(sorted + (child << 3)));
    at = child;
  }
  store<u64>(sorted + (at << 3), label);
}
