import { describe, expect, it } from "vitest";
import { UnsupportedCompressionType } from "../base/errors.js";
import {
  COMPRESSIONS,
  contentEncoding,
  contradicts,
  parseCompress,
  parseContentEncoding,
  SUFFIXES,
  splitSuffix,
} from "./names.js";

describe("names of compressions", () => {
  it.each([
    [true, "gzip"],
    [false, "none"],
    ["", "none"],
    ["none", "none"],
    ["gzip", "gzip"],
    ["GZIP", "gzip"],
    ["br", "br"],
    ["zstd", "zstd"],
    ["xz", "xz"],
    ["lzma", "xz"],
    ["bz2", "bz2"],
    ["bzip2", "bz2"],
    [null, undefined],
    [undefined, undefined],
  ])("the option %j is %j", (value, expected) => expect(parseCompress(value)).toBe(expected));

  it.each([1, 0, "gz", "deflate", {}, "toString"])("the option %j is refused", (value) =>
    expect(() => parseCompress(value, "vol.compress")).toThrow(UnsupportedCompressionType),
  );

  it.each([
    ["a.gz", "a", "gzip"],
    ["a.br", "a", "br"],
    ["a.zstd", "a", "zstd"],
    ["a.xz", "a", "xz"],
    ["a.bz2", "a", "bz2"],
    ["a", "a", "none"],
    ["a.gz.b", "a.gz.b", "none"],
    ["a.gzip", "a.gzip", "none"],
    ["agz", "agz", "none"],
    ["a.gz.br", "a.gz", "br"],
  ])("the file %j is %j in %s", (file, name, compression) =>
    expect(splitSuffix(file)).toEqual({ name, compression }),
  );

  it.each([
    [undefined, "none"],
    ["", "none"],
    ["identity", "none"],
    ["aws-chunked", "none"],
    ["gzip", "gzip"],
    ["x-gzip", "gzip"],
    [" GZip ", "gzip"],
    ["aws-chunked,gzip", "gzip"],
    ["gzip, aws-chunked", "gzip"],
    ["br", "br"],
    ["zstd", "zstd"],
    ["xz", "xz"],
    ["bz2", "bz2"],
    ["bzip2", "bz2"],
  ])("the Content-Encoding %j is %s", (header, expected) =>
    expect(parseContentEncoding(header)).toBe(expected),
  );

  it.each(["deflate", "compress", "gzip, gzip", "gzip, br", "utf-8"])(
    "the Content-Encoding %j is refused",
    (header) => expect(() => parseContentEncoding(header, "http://host/key")).toThrow(/host\/key/),
  );

  it("goes both ways", () => {
    for (const c of COMPRESSIONS) {
      expect(parseContentEncoding(contentEncoding(c))).toBe(c);
      expect(splitSuffix(`key${SUFFIXES[c]}`)).toEqual({ name: "key", compression: c });
    }
  });

  it("knows a wrong label by the first bytes, as far as there are any", () => {
    const gzip = [0x1f, 0x8b, 0x08, 0];
    expect(contradicts("gzip", Uint8Array.from(gzip))).toBe(false);
    expect(contradicts("gzip", Uint8Array.of(0x1f))).toBe(false);
    expect(contradicts("gzip", new Uint8Array())).toBe(false);
    expect(contradicts("gzip", Uint8Array.of(0x1f, 0x8c))).toBe(true);
    expect(contradicts("zstd", Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd))).toBe(false);
    expect(contradicts("zstd", Uint8Array.of(0x57, 0x2a, 0x4d, 0x18))).toBe(false);
    for (const c of ["zstd", "xz", "bz2"] as const) expect(contradicts(c, Uint8Array.from(gzip))).toBe(true);
    for (const c of ["none", "br"] as const) expect(contradicts(c, Uint8Array.from(gzip))).toBe(false);
  });
});
