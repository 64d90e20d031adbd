import fc from "fast-check";
import { expect, test } from "vitest";
import { ArgumentError } from "../base/errors.js";
import { joinKey } from "./join-key.js";
import { type CloudPath, formatPath, parentPath, parsePath, toHttpsPath } from "./url.js";

const OPTIONS = {
  cwd: "/data/here",
  home: "/people/me",
  aliases: { lab: "s3://https://s3.lab.edu/", box: "gs://b/pre/" },
};

const name = fc.string({ unit: fc.constantFrom(..."abzAZ09_-.~ %+:,é"), minLength: 1, maxLength: 8 });
const bucket = fc.stringMatching(/^[a-z0-9][a-z0-9_.-]{0,9}$/);
const place = fc
  .array(name, { minLength: 0, maxLength: 4 })
  .map((names) => names.map((n) => `/${n}`).join(""));
const start = fc.constantFrom(
  ...[
    "gs://",
    "s3://",
    "mem://",
    "matrix://",
    "lab://",
    "box://",
    "https://",
    "http://",
    "middleauth+https://",
  ],
  ...["s3://https://h:9000/", "file:///", "/", ""],
);
const format = fc.constantFrom(
  "",
  "precomputed://",
  "zarr://",
  "zarr2://",
  "zarr3://",
  "n5://",
  "graphene://",
);
const plausible = fc.tuple(format, start, bucket, place).map((words) => words.join(""));
const pieces = [
  "gs",
  "s3",
  "s4",
  "file",
  "mem",
  "https",
  "boss",
  "zarr2",
  "lab",
  "precomputed",
  "middleauth+https",
  "C",
  "b",
];
const hostile = fc
  .array(
    fc.constantFrom(
      ...pieces,
      "://",
      ":",
      "/",
      "//",
      "\\",
      ".",
      "..",
      "~",
      "|",
      "|zarr2:",
      "?",
      "#",
      "@",
      "%2e",
      "%",
      " ",
      "\n",
      "\0",
      "é",
      "[",
      "]",
      "__proto__",
      ":80",
    ),
    {
      maxLength: 12,
    },
  )
  .map((words) => words.join(""));

/** The parsed path, or undefined where it was refused as it should be. */
function attempt(path: string): CloudPath | undefined {
  try {
    return parsePath(path, OPTIONS);
  } catch (error) {
    expect(error).toBeInstanceOf(ArgumentError);
    return undefined;
  }
}

function checkRoundTrip(path: string): void {
  const parsed = attempt(path);
  if (parsed === undefined) return;
  expect(parsePath(formatPath(parsed), OPTIONS)).toEqual(parsed);
  expect(formatPath(parsePath(formatPath(parsed), OPTIONS))).toBe(formatPath(parsed));
  const https = attempt(toHttpsPath(path, OPTIONS));
  expect(https).toEqual(toHttpsPath(parsed, OPTIONS));
  expect(typeof parentPath(parsed)).toBe("string");
  if (parsed.transport !== "file") expect(parsed.path).not.toMatch(/(^|\/)\.{0,2}(\/)/);
}

test("parse and format are inverse on every path that parses", () => {
  fc.assert(fc.property(plausible, checkRoundTrip), { numRuns: 1000 });
});

test("plausible paths do parse", () => {
  let parsed = 0;
  fc.assert(
    fc.property(
      fc.tuple(format, start, bucket, bucket, bucket).map(([f, s, b, d, l]) => `${f}${s}${b}/${d}/${l}`),
      (path) => {
        expect(attempt(path)).toBeDefined();
        parsed++;
      },
    ),
  );
  expect(parsed).toBe(100);
});

test("hostile text gives a path or a typed error, never anything else", () => {
  fc.assert(fc.property(hostile, checkRoundTrip), { numRuns: 3000 });
  fc.assert(fc.property(fc.string({ unit: "binary" }), checkRoundTrip), { numRuns: 500 });
  fc.assert(
    fc.property(fc.anything(), (value) => {
      if (typeof value !== "string") expect(attempt(value as string)).toBeUndefined();
    }),
  );
});

test("long text is no trouble", () => {
  for (const piece of ["/", "a/", "|", ":", "gs://", "..", "x|n5:", "@", "a@"]) attempt(piece.repeat(50_000));
  for (const piece of ["/", "a/", "|", "../", "?", "@"]) attempt(`https://h/${piece.repeat(50_000)}`);
  expect(attempt(`gs://b/${"d/".repeat(50_000)}l`)?.layer).toBe("l");
});

test("joinKey tells where an object lies", () => {
  const at = (path: string, key: string, write = false): string =>
    joinKey(parsePath(path, OPTIONS), key, { write });
  expect(at("gs://b/d/l", "info")).toBe("d/l/info");
  expect(at("gs://b", "info")).toBe("info");
  expect(at("gs://b", "")).toBe("");
  expect(at("gs://b/d/l", "")).toBe("d/l/");
  expect(at("gs://b/d/l", "mesh/12:0")).toBe("d/l/mesh/12:0");
  expect(at("box://l", "info")).toBe("pre/l/info");
  expect(at("file:///tmp/a/b", "4_4_40/0-1_0-1_0-1")).toBe("/tmp/a/b/4_4_40/0-1_0-1_0-1");
  expect(at("/x", "info")).toBe("/x/info");
  expect(at("file://C:\\a\\b", "k/info")).toBe("C:\\a\\b\\k\\info");
  expect(at("https://h:8/a/b", "info")).toBe("https://h:8/a/b/info");
  expect(at("middleauth+https://h/a", "info")).toBe("https://h/a/info");
  expect(at("https://h/a%20b?sig=1", "50%?#")).toBe("https://h/a%20b/50%25%3F%23?sig=1");
  expect(at("https://h/?sig=1", "info")).toBe("https://h/info?sig=1");
});

test("joinKey lets reads reach siblings, and nothing leave the bucket or be written outside of the layer", () => {
  const at = (path: string, key: string, write = false): string =>
    joinKey(parsePath(path, OPTIONS), key, { write });
  expect(at("gs://b/d/l", "../seg/info")).toBe("d/seg/info");
  expect(at("gs://b/d/l", "../../info")).toBe("info");
  expect(at("file:///tmp/a/b", "../mesh")).toBe("/tmp/a/mesh");
  expect(at("https://h/a/b?s=1", "../c")).toBe("https://h/a/c?s=1");
  expect(at("gs://b/d/l", "x/../y", true)).toBe("d/l/y");
  for (const [path, key] of [
    ["gs://b/d/l", "../../../x"],
    ["/tmp/a/b", "../../../etc/passwd"],
    ["https://h/a", "../../x"],
  ] as const)
    expect(() => at(path, key)).toThrow(ArgumentError);
  for (const path of ["gs://b/d/l", "/tmp/a/b", "https://h/a/b", "mem://b/d/l"]) {
    for (const key of ["../x", "x/../../y", "..", "../b/x", "x/..", ".", ""])
      expect(() => at(path, key, true), key).toThrow(ArgumentError);
    for (const key of ["/etc/passwd", "a\\b", "..\\x", "a\0", "..\n/x", "\ud800"])
      expect(() => at(path, key)).toThrow(ArgumentError);
  }
});

test("no key takes a URL out of its layer when written, whatever a URL parser makes of it", () => {
  const segment = fc.constantFrom(
    "..",
    ".",
    "%2e%2e",
    "%2E.",
    "a",
    "?",
    "#",
    "%",
    ";",
    ":",
    "@",
    "é",
    " ",
    "...",
    "",
  );
  const keys = fc.array(segment, { minLength: 1, maxLength: 6 }).map((segments) => segments.join("/"));
  const path = parsePath("https://h/a/b");
  fc.assert(
    fc.property(keys, (key) => {
      let url: string;
      try {
        url = joinKey(path, key, { write: true });
      } catch (error) {
        expect(error).toBeInstanceOf(ArgumentError);
        return;
      }
      expect(new URL(url).href).toMatch(/^https:\/\/h\/a\/b\/[^?#]*$/);
    }),
    { numRuns: 1000 },
  );
});
