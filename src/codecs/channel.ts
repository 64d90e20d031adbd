import { OutOfBoundsError } from "../base/errors.js";
import type { ChunkSpec } from "./codec.js";

/** @throws OutOfBoundsError unless the chunk has this channel. */
export function checkChannel(channel: number, { shape }: ChunkSpec): void {
  if (Number.isSafeInteger(channel) && channel >= 0 && channel < shape[3]) return;
  throw new OutOfBoundsError("No such channel", { expected: `0 to ${shape[3] - 1}`, got: `${channel}` });
}
