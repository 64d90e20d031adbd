/** The codecs of this library for pages: each is loaded on first use. Other rooms get theirs by name. */
import type { Codec } from "./codec.js";
import { type CodecEntry, lazyCodec } from "./lazy.js";
import { loaderOf } from "./load.browser.js";

export { loadedCodec } from "./load.browser.js";

/** A codec by its name in an info file; what it can do is known after its `load`. @throws UnsupportedFormatError. */
export function getCodec(name: string): Codec {
  const load = loaderOf(name);
  const entry: CodecEntry = {
    name,
    contentType: "application/octet-stream",
    gzipByDefault: false,
    check() {},
  };
  return lazyCodec(entry, async () => {
    const codec = await load();
    await codec.load?.();
    return codec;
  });
}
