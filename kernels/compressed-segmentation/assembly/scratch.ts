// Tables of the encoder, in the caller's scratch.

/** Labels of a block by hash: u64 label, u32 identifier, u32 number of the block that put it there. */
export let labelSlots: usize = 0;
export let labelShift: u32 = 0;
export let labelMask: u32 = 0;
/** Tables written in a channel by hash: u32 word offset, u32 number of labels (0: free), u64 hash. */
export let tableSlots: usize = 0;
export let tableMask: u32 = 0;
/** u64 labels of a block as met, and in order; u32 place in that order for each identifier. */
export let met: usize = 0;
export let sorted: usize = 0;
export let ranks: usize = 0;
/** u32 identifier for each voxel of a block, as met. */
export let identifiers: usize = 0;
export let blockNumber: u32 = 0;

function power(n: u32): u32 {
  return 32 - clz(max<u32>(n, 1)) + 1;
}

@inline
function slotBytes(n: u32): usize {
  return <usize>16 << power(n);
}

/** Bytes for blocks of at most `voxels`, and `blocks` of them in a channel. */
export function scratchSize(voxels: u32, blocks: u32): usize {
  return slotBytes(voxels) + slotBytes(blocks) + <usize>voxels * 24;
}

export function open(scratch: usize, voxels: u32, blocks: u32): void {
  labelSlots = scratch;
  labelShift = 64 - power(voxels);
  labelMask = (1 << power(voxels)) - 1;
  tableSlots = labelSlots + slotBytes(voxels);
  tableMask = (1 << power(blocks)) - 1;
  met = tableSlots + slotBytes(blocks);
  sorted = met + voxels * 8;
  ranks = sorted + voxels * 8;
  identifiers = ranks + voxels * 4;
  blockNumber = 0;
  memory.fill(labelSlots, 0, slotBytes(voxels));
}

/** Forgets the tables of the channel before. */
export function clear(): void {
  memory.fill(tableSlots, 0, (<usize>tableMask + 1) << 4);
}

export function nextBlock(): u32 {
  return ++blockNumber;
}
