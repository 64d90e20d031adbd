/** In the place of the encoder, which needs Node. */
import { EncodingError } from "../../base/errors.js";
import type { JxlEncoder } from "./engine.js";

/** @throws EncodingError always. */
export async function loadVips(): Promise<JxlEncoder> {
  throw new EncodingError("JPEG XL is only read in browsers", { fix: "Write another encoding, or by Node." });
}
