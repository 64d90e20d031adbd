import { expect, test } from "vitest";
import { ArgumentError } from "../base/errors.js";
import { type CdnCache, cacheControl } from "./cdn-cache.js";

test.each<readonly [CdnCache, string]>([
  [undefined, "max-age=3600, s-maxage=3600"],
  [null, "max-age=3600, s-maxage=3600"],
  [true, "max-age=3600, s-maxage=3600"],
  [false, "no-cache"],
  [0, "no-cache"],
  [1337, "max-age=1337, s-maxage=1337"],
  ["private, max-age=90", "private, max-age=90"],
  ["", ""],
])("test_cloudvolume.py::test_cdn_cache_control %j", (value, header) => {
  expect(cacheControl(value)).toBe(header);
});

test.each([-1, 1.5, Number.NaN, Infinity])(
  "test_cloudvolume.py::test_cdn_cache_control refuses %d",
  (value) => {
    expect(() => cacheControl(value)).toThrow(ArgumentError);
  },
);
