/** Every TypeScript block of README.md and docs/ is type-checked and run; every command they show exists. */
import { execFile, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { type FakeBoss, fakeBoss } from "./servers/boss.js";
import { blocksOf, documents, programOf } from "./support/doc-blocks.js";

const ROOT = resolve(".");
const PROGRAMS = resolve(`.cache/docs-${process.pid}`);
const run = promisify(execFile);

/** Commands that have commands of their own. */
const GROUPS = ["explain", "cache", "chunk", "mesh", "shard", "skeleton", "spatial-index"];

const found = documents(ROOT).map((document) => ({ document, blocks: blocksOf(ROOT, document) }));
const programs = found.flatMap(({ document, blocks }) => {
  const code = programOf(document, blocks);
  return code === undefined ? [] : [{ document, name: document.replace(/[/.]/g, "-"), code }];
});

let folder: string;
let boss: FakeBoss;
beforeAll(async () => {
  boss = await fakeBoss({
    tokens: { documented: "write" },
    experiments: {
      "lab/cortex": {
        ...{ start: [0, 0, 0], stop: [900, 700, 20], voxel: [4, 4, 40], unit: "nanometers" },
        ...{ levels: 3, method: "anisotropic" },
        channels: {
          em: { type: "image", datatype: "uint8", downsample_status: "DOWNSAMPLED" },
          cells: { type: "annotation", datatype: "uint64" },
        },
      },
    },
  });
  folder = mkdtempSync(join(tmpdir(), "cloudvolume-docs-"));
  mkdirSync(PROGRAMS, { recursive: true });
  for (const { name, code } of programs) writeFileSync(join(PROGRAMS, `${name}.ts`), code);
});
afterAll(async () => {
  await boss.close();
  for (const made of [folder, PROGRAMS]) rmSync(made, { recursive: true, force: true });
});

describe("documentation", () => {
  it("has programs to check", () => {
    expect(programs.map(({ document }) => document)).toContain("README.md");
  });

  it("its code has the right types", () => {
    const config = {
      extends: "../../tsconfig.json",
      compilerOptions: {
        noEmit: true,
        rootDir: "../..",
        isolatedDeclarations: false,
        noUnusedLocals: false,
        paths: { cloudvolume: ["../../src/node.ts"] },
      },
      include: ["./*.ts", "../../types"],
    };
    writeFileSync(join(PROGRAMS, "tsconfig.json"), JSON.stringify(config));
    const tsc = join(ROOT, "node_modules", "typescript", "bin", "tsc");
    const { stdout } = spawnSync(process.execPath, [tsc, "-p", PROGRAMS, "--pretty", "false"], {
      encoding: "utf8",
    });
    expect(
      stdout.split("\n").filter((line) => line.startsWith(".cache/docs-") || line.includes("error TS5")),
    ).toEqual([]);
  });

  it("its code runs", async () => {
    const library = inject("build");
    await run(process.execPath, [join(library, "cli.js"), "demo", join(folder, "demo")]);
    await build({
      entryPoints: programs.map(({ name }) => join(PROGRAMS, `${name}.ts`)),
      outdir: PROGRAMS,
      outExtension: { ".js": ".mjs" },
      bundle: true,
      format: "esm",
      platform: "node",
      target: "node20.19",
      external: ["cloudvolume"],
      plugins: [
        {
          name: "cloudvolume",
          setup: (b) =>
            b.onResolve({ filter: /^cloudvolume$/ }, () => ({
              path: join(library, "index.js"),
              external: true,
            })),
        },
      ],
    });
    for (const { document, name } of programs) {
      const result = await run(process.execPath, [join(PROGRAMS, `${name}.mjs`)], {
        cwd: folder,
        env: { ...process.env, BOSS_HOST: boss.url, BOSS_TOKEN: "documented" },
      }).catch((error: { stderr?: string }) => ({ stderr: error.stderr ?? String(error) }));
      expect({ document, stderr: result.stderr }).toEqual({ document, stderr: "" });
    }
  });

  it("its commands and their options exist", async () => {
    const lines = found.flatMap(({ document, blocks }) =>
      blocks
        .filter(({ language }) => language === "sh")
        .flatMap(({ code }) => code.replaceAll("\\\n", " ").split("\n"))
        .filter((line) => line.startsWith("cloudvolume "))
        .map((line) => ({ document, line: line.replace(/#.*$/, "").trim() })),
    );
    expect(lines.length).toBeGreaterThan(8);
    const program = join(inject("build"), "cli.js");
    const help = new Map<string, string>();
    for (const { document, line } of lines) {
      const [, first = "", second = ""] = line.split(/\s+/);
      const isGroup = GROUPS.includes(first) || (first === "annotations" && second === "write");
      const words = isGroup ? [first, second] : [first];
      const command = words.join(" ");
      if (!help.has(command))
        help.set(command, (await run(process.execPath, [program, ...words, "--help"])).stdout);
      expect(help.get(command)).toContain(`Usage: cloudvolume ${command} `);
      for (const [option] of line.matchAll(/ --[a-z-]+/g))
        expect({ document, line, known: help.get(command)?.includes(option.trim()) }).toMatchObject({
          known: true,
        });
    }
  });
});
