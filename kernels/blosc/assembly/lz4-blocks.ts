// All blocks of a Blosc frame with LZ4 inside.
import { bitShuffle } from "./bits";
import { lz4Encode } from "./lz4-encode";
import { shuffle } from "./shuffle";

const HEADER: usize = 16;
const BITS: u32 = 2;

/**
 * Writes what follows the header of the frame at `dst`: where the blocks start, then of each the streams (`split`: one for each
 * byte of an element, in whole blocks), each behind its length, and stored as it is where packing gains nothing. `shuffled`: 0 not,
 * 1 bytes, 2 bits; `block`: room for a shuffled block; `table`: as of `lz4Encode`.
 * @returns the length of the frame, or 0 if it would not be shorter than header and content.
 */
export function lz4Blocks(
  src: usize, length: usize, dst: usize, blockSize: usize, typeSize: usize, shuffled: u32, split: bool,
  block: usize, table: usize,
): u32 {
  const end = dst + HEADER + length;
  const count = (length + blockSize - 1) / blockSize;
  if (HEADER + 4 * count >= HEADER + length) return 0;
  let at = dst + HEADER + 4 * count;
  for (let i: usize = 0; i < count; i++) {
    store<u32>(dst + HEADER + 4 * i, <u32>(at - dst));
    const size = min(blockSize, length - i * blockSize);
    const streams = split && size == blockSize ? typeSize : 1;
    const stream = size / streams;
    let from = shuffledBlock(src + i * blockSize, size, typeSize, shuffled, block);
    for (let left = streams; left > 0; left--, from += stream) {
      if (end - at < 4) return 0;
      const room = min(stream, end - at - 4);
      let packed: usize = lz4Encode(from, stream, at + 4, room, table);
      if (packed == 0 || packed >= stream) {
        if (room < stream) return 0;
        memory.copy(at + 4, from, stream);
        packed = stream;
      }
      store<u32>(at, <u32>packed);
      at += 4 + packed;
    }
  }
  return at < end ? <u32>(at - dst) : 0;
}

/** @returns where the block lies shuffled: bits only of whole eights of elements. */
function shuffledBlock(src: usize, size: usize, typeSize: usize, shuffled: u32, block: usize): usize {
  const elements = size / typeSize;
  if (shuffled == 0 || (shuffled == BITS && (elements & 7) != 0)) return src;
  if (shuffled != BITS) shuffle(src, block, size, typeSize);
  else {
    bitShuffle(src, block, elements, typeSize);
    const done = elements * typeSize;
    memory.copy(block + done, src + done, size - done);
  }
  return block;
}
