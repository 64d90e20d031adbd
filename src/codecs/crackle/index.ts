/** Labels by the cracks between them (https://github.com/seung-lab/crackle, versions 0 and 1). */
import { EncodingError } from "../../base/errors.js";
import type { Codec } from "../codec.js";
import { lazyCodec } from "../lazy.js";
import { checkSpec } from "./spec.js";

/** uint8, uint16, uint32, uint64 and bool; one channel. Types with sign are read, but no encoder writes them. */
export const crackle: Codec = lazyCodec(
  {
    name: "crackle",
    contentType: "image/x.crackle",
    gzipByDefault: true,
    check: (spec) => checkSpec(spec, EncodingError),
  },
  () => import("./functions.js"),
);
