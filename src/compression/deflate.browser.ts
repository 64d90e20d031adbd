/** The deflate encoder of a page: reading does without it. */
import { CloudVolumeError } from "../base/errors.js";

type Encoder = typeof import("./deflate-workspace.js");

export const hasDeflate = false;

export const deflateInTurns: Encoder["deflateInTurns"] = async (...args) =>
  await (await import("./deflate-workspace.js")).deflateInTurns(...args);

export const deflateWith: Encoder["deflateWith"] = () => {
  throw new CloudVolumeError("gzip is written asynchronously in a page; use compress");
};
