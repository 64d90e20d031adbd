/**
 * Cut-outs on their way to a service that keeps what is stored where it is sent a zero: a byte before the encoded voxels tells
 * whether zeros are among them, so that the store can blank the box first.
 */
import { EncodingError } from "../base/errors.js";

/** How many of the voxels are zero. */
export type Zeros = "none" | "some" | "all";

/** No encoding that is marked begins with this or the next two bytes. */
const MARK = 0xb0;
const KINDS: readonly Zeros[] = ["none", "some", "all"];

export function markZeros(zeros: Zeros, encoded: Uint8Array): Uint8Array {
  const out = new Uint8Array(1 + encoded.length);
  out[0] = MARK + KINDS.indexOf(zeros);
  out.set(encoded, 1);
  return out;
}

/** What the first byte tells; undefined if it is no mark. */
export function zerosMark(first: number | undefined): Zeros | undefined {
  return first === undefined ? undefined : KINDS[first - MARK];
}

/** The mark, and the encoded voxels behind it as a view. @throws EncodingError if there is no mark. */
export function splitMark(marked: Uint8Array): { readonly zeros: Zeros; readonly encoded: Uint8Array } {
  const zeros = zerosMark(marked[0]);
  if (zeros !== undefined) return { zeros, encoded: marked.subarray(1) };
  throw new EncodingError("A cut-out to be written does not tell of its zeros", { got: `${marked[0]}` });
}
