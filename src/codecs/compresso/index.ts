/** Labels by their boundaries, as PyPI's compresso has them (https://github.com/seung-lab/compresso, versions 0 and 1). */
import { EncodingError } from "../../base/errors.js";
import type { Codec } from "../codec.js";
import { lazyCodec } from "../lazy.js";
import { checkSpec } from "./spec.js";

/** uint8, uint16, uint32, uint64 and bool; one channel; axes up to 65535. */
export const compresso: Codec = lazyCodec(
  {
    name: "compresso",
    contentType: "image/x.compresso",
    gzipByDefault: true,
    check: (spec) => checkSpec(spec, EncodingError),
  },
  () => import("./functions.js"),
);
