/** Arrays of results, as cheap as malloc can be made to give them. */

/** The largest block whose release makes glibc keep blocks of that size (its M_MMAP_THRESHOLD goes up to 32 MiB). */
const LESSON_BYTES = (32 << 20) - (64 << 10);
const WORTH_KEEPING = 1 << 20;
let taught = false;

/**
 * An ArrayBuffer of undefined content. New pages cost more than filling them does (0.6 ms for 2 MB), and glibc returns
 * each freed block of over 128 kB to the system, until it has seen a larger one freed. So the first call drops an untouched
 * block of 32 MiB: later results of up to that size lie where earlier ones were. Up to 64 MiB of freed memory stay with the process.
 */
export function allocateUnset(bytes: number): ArrayBuffer {
  if (!taught && bytes >= WORTH_KEEPING) {
    taught = true;
    void new ArrayBuffer(LESSON_BYTES);
  }
  return Buffer.allocUnsafeSlow(bytes).buffer;
}
