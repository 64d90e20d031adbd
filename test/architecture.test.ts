/** The ladder: imports go down only. And what else every file of the library keeps to. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, test } from "vitest";
import { importsOf, withoutComments } from "./support/imports.js";

const LADDER: readonly (readonly string[])[] = [
  ["src/base"],
  ["src/compression"],
  ["src/stores", "src/grid", "src/compute", "src/pictures"],
  ["src/codecs", "src/cache", "src/geometry", "src/auth"],
  ["src/shards"],
  ["src/formats"],
  ["src/volume", "src/server"],
  ["src"],
  ["apps"],
];
/** May be imported by every room, and imports nothing. */
const KERNELS = "src/kernels";
/** Folders whose sub-folders are rooms that must not know of each other. */
const HOUSES = ["src/codecs", "src/stores", "src/formats", "src/compression"];
/** Rooms that stand on a neighbour: buckets are spoken to over HTTP. */
const STANDS_ON: Readonly<Record<string, readonly string[]>> = {
  "src/stores/s3": ["src/stores/http"],
  "src/stores/gs": ["src/stores/http"],
  "src/stores/boss": ["src/stores/http"],
};

const sources = ["src", "apps"]
  .flatMap((top) => readdirSync(top, { recursive: true, encoding: "utf8" }).map((f) => join(top, f)))
  .filter((f) => f.endsWith(".ts") && !f.endsWith(".test.ts") && !isTestHelp(f));
const texts = new Map(sources.map((f) => [f, readFileSync(f, "utf8")]));
const edges = sources.flatMap((file) =>
  importsOf(texts.get(file)!)
    .filter((to) => to.startsWith("."))
    .map((to) => ({ file, to: normalize(join(dirname(file), to)).replace(/\.js$/, ".ts") })),
);

function isTestHelp(file: string): boolean {
  return /(^|\/)testing[^/]*\.ts$/.test(file) || file.includes("/testing/");
}

function rung(file: string): number {
  const folder = dirname(file);
  const at = LADDER.findIndex((rooms) =>
    rooms.some((r) => r !== "src" && (folder === r || folder.startsWith(`${r}/`))),
  );
  return at >= 0 ? at : folder === "src" || folder === "src/exports" ? 7 : -1;
}

/** The room that a file belongs to: `src/grid`, or `src/codecs/png` inside of a house. */
function room(file: string): string {
  const [top = "", second = "", third = ""] = file.split("/");
  const outer = `${top}/${second}`;
  return HOUSES.includes(outer) && third !== "" && !third.endsWith(".ts") ? `${outer}/${third}` : outer;
}

function sideways(from: string, to: string): boolean {
  const [a, b] = [room(from), room(to)];
  if (rung(from) === 7 || rung(from) === 8 || a === b) return false;
  if (STANDS_ON[a]?.includes(b)) return false;
  if (!sameHouse(a, b)) return rung(from) === rung(to);
  // Files of the house itself serve its rooms; its registry may import them; rooms leave each other alone.
  return HOUSES.every((house) => a !== house && b !== house);
}

function sameHouse(a: string, b: string): boolean {
  return HOUSES.some((house) => [a, b].every((r) => r === house || r.startsWith(`${house}/`)));
}

describe("the ladder", () => {
  test("every source file stands on it", () => {
    expect(sources.filter((f) => rung(f) < 0 && !f.startsWith(KERNELS))).toEqual([]);
    expect(sources.length).toBeGreaterThan(50);
  });

  test("no import goes up", () => {
    const up = edges.filter(
      ({ file, to }) => !to.startsWith(KERNELS) && !file.startsWith(KERNELS) && rung(to) > rung(file),
    );
    expect(up).toEqual([]);
  });

  test("no import goes sideways", () => {
    const aside = edges.filter(({ file, to }) => !to.startsWith(KERNELS) && sideways(file, to));
    expect(aside).toEqual([]);
  });

  test("kernels import nothing but the types of the workspace", () => {
    const out = edges.filter(({ file, to }) => file.startsWith(KERNELS) && to !== "src/base/workspace.ts");
    expect(out).toEqual([]);
  });

  test("every import leads to a file", () => {
    expect(edges.filter(({ to }) => !texts.has(to) && !to.endsWith(".json"))).toEqual([]);
  });

  test("no imports go in circles", () => {
    expect(circles()).toEqual([]);
  });

  test("the rules see a violation", () => {
    expect(rung("src/volume/x.ts") > rung("src/codecs/png/x.ts")).toBe(true);
    expect(sideways("src/codecs/png/x.ts", "src/codecs/jpeg/y.ts")).toBe(true);
    expect(sideways("src/stores/http/x.ts", "src/grid/grid.ts")).toBe(true);
    expect(sideways("src/codecs/png/x.ts", "src/codecs/image.ts")).toBe(false);
    expect(sideways("src/stores/s3/x.ts", "src/stores/http/y.ts")).toBe(false);
    expect(sideways("src/stores/http/x.ts", "src/stores/s3/y.ts")).toBe(true);
    expect(
      importsOf('import type { A } from "./a.js";\nconst b = await import("./b.js");\n// import "./c.js"'),
    ).toEqual(["./a.js", "./b.js"]);
  });
});

/** Twins that give others of their kind something more. */
const ADDED: ReadonlySet<string> = new Set([
  "src/codecs/load.browser.ts",
  "src/compression/gunzip.browser.ts",
]);

/** Names of the functions, classes and constants that a module gives. */
function valuesOf(text: string): string[] {
  const declared = [...text.matchAll(/^export (?:async )?(?:function\*?|class|const|let) (\w+)/gm)];
  const listed = [...text.matchAll(/^export \{([^}]*)\}/gm)].flatMap(([, list = ""]) =>
    [...list.matchAll(/(?<!type )\b(\w+)\b/g)].filter(([, name]) => name !== "type"),
  );
  return [...declared, ...listed].map(([, name = ""]) => name);
}

/** Circles of imports that exist at run time or only in types. */
function circles(): string[] {
  const next = new Map(sources.map((file) => [file, edges.filter((e) => e.file === file)]));
  const state = new Map<string, "open" | "done">();
  const found: string[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    if (state.get(file) === "done") return;
    if (state.get(file) === "open")
      return void found.push([...path.slice(path.indexOf(file)), file].join(" > "));
    state.set(file, "open");
    for (const { to } of next.get(file) ?? []) visit(to, [...path, file]);
    state.set(file, "done");
  };
  for (const file of sources) visit(file, []);
  return found;
}

describe("every source file", () => {
  test("has at most 400 lines", () => {
    const long = sources.filter((f) => !f.startsWith(KERNELS) && texts.get(f)!.split("\n").length > 400);
    expect(long).toEqual([]);
  });

  test("has no way round the type checker or the linter", () => {
    const forbidden =
      /:\s*any\b|\bas any\b|<any>|@ts-(ignore|expect-error|nocheck)|biome-ignore|eslint-disable/;
    expect(sources.filter((f) => forbidden.test(texts.get(f)!))).toEqual([]);
  });

  test("for browsers stands in for another one, with the same exports or fewer", () => {
    const own = ["src/browser.ts", "src/worker.browser.ts", "src/compute/spawn.browser.ts"];
    const twins = sources.filter((f) => f.endsWith(".browser.ts") && !own.includes(f));
    expect(twins.length).toBeGreaterThan(10);
    const strays = twins.flatMap((twin) => {
      const stems = [".ts", ".node.ts"].map((end) => twin.replace(/\.browser\.ts$/, end));
      const replaced = stems.filter((f) => texts.has(f)).map((f) => valuesOf(texts.get(f)!));
      if (replaced.length === 0) return [twin];
      const known = new Set(replaced.flat());
      return ADDED.has(twin) ? [] : valuesOf(texts.get(twin)!).filter((name) => !known.has(name));
    });
    expect(strays).toEqual([]);
  });

  test("leaves nothing for later", () => {
    expect(sources.filter((f) => /\b(TO-?DO|FIX-?ME|X{3})\b/.test(texts.get(f)!))).toEqual([]);
  });

  test("runs no code made from text", () => {
    const forbidden = /\beval\s*\(|\bnew Function\b/;
    expect(sources.filter((f) => forbidden.test(withoutComments(texts.get(f)!)))).toEqual([]);
  });

  test("uses Node only where Node is, and nowhere for pages", () => {
    const free = (f: string): boolean =>
      !f.endsWith(".browser.ts") &&
      (f.endsWith(".node.ts") || f.startsWith("src/stores/file/") || rung(f) >= 7);
    const uses = sources.filter(
      (f) => !free(f) && importsOf(texts.get(f)!).some((to) => to.startsWith("node:")),
    );
    expect(uses).toEqual([]);
  });
});

describe("every room of a house", () => {
  const rooms = ["src/codecs", "src/stores"].flatMap((house) =>
    readdirSync(house, { withFileTypes: true })
      .filter((d) => d.isDirectory() && d.name !== "testing")
      .map((d) => join(house, d.name))
      .filter((dir) => readdirSync(dir).length > 0),
  );

  test.each(rooms)("%s has a door, a test and a README", (dir) => {
    const files = readdirSync(dir);
    expect(files).toContain("index.ts");
    expect(files).toContain("README.md");
    expect(files.some((f) => f.endsWith(".test.ts"))).toBe(true);
  });
});

test("no test is left out in silence", () => {
  const tests = ["src", "apps", "test", "kernels"].flatMap((top) =>
    readdirSync(top, { recursive: true, encoding: "utf8" })
      .filter((f) => f.endsWith(".test.ts"))
      .map((f) => join(top, f)),
  );
  const marked = /\.(skip|only|todo|fails)\b\s*[.(]/;
  expect(tests.filter((f) => marked.test(withoutComments(readFileSync(f, "utf8"))))).toEqual([]);
});
