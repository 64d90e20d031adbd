/** What files are, by their names. */

const BY_SUFFIX: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  txt: "text/plain; charset=utf-8",
  wasm: "application/wasm",
  json: "application/json",
  zarray: "application/json",
  zattrs: "application/json",
  zgroup: "application/json",
  zmetadata: "application/json",
};
/** Files of Precomputed that have no suffix. */
const JSON_FILES = ["info", "provenance"];

export function contentType(key: string): string {
  const name = key.slice(key.lastIndexOf("/") + 1);
  if (JSON_FILES.includes(name)) return "application/json";
  const suffix = name.slice(name.lastIndexOf(".") + 1);
  return (Object.hasOwn(BY_SUFFIX, suffix) && BY_SUFFIX[suffix]) || "application/octet-stream";
}
