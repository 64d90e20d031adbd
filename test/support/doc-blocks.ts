/** The code blocks of the documentation, as programs. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface Block {
  /** The first word after the fence, e.g. `ts`, `sh`. */
  readonly language: string;
  /** What follows it, e.g. `no-run`. */
  readonly mark: string;
  /** Of the first line of code, counted from 1. */
  readonly line: number;
  readonly code: string;
}

/** README.md and every Markdown file below docs/, relative to `root`. */
export function documents(root: string): string[] {
  const below = readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" });
  return [
    "README.md",
    ...below.filter((name) => name.endsWith(".md")).map((name) => join("docs", name)),
  ].sort();
}

export function blocksOf(root: string, document: string): Block[] {
  const blocks: Block[] = [];
  const lines = readFileSync(join(root, document), "utf8").split("\n");
  for (let i = 0; i < lines.length; i++) {
    const [fence, language = "", mark = ""] = /^```(\S+) ?(.*)$/.exec(lines[i] ?? "") ?? [];
    if (fence === undefined) continue;
    const end = lines.indexOf("```", i);
    if (end < 0) throw new Error(`${document}:${i + 1}: a code block has no end`);
    blocks.push({ language, mark, line: i + 2, code: lines.slice(i + 1, end).join("\n") });
    i = end;
  }
  return blocks;
}

/**
 * The `ts` blocks of a document as one program: a later block sees the names of those before it. Blocks marked
 * `no-run` are there, but in functions that nobody calls. @returns undefined if there are none.
 */
export function programOf(document: string, blocks: readonly Block[]): string | undefined {
  const parts = blocks
    .filter(({ language }) => language === "ts")
    .map(({ mark, line, code }) => {
      const head = `// ${document}:${line}\n`;
      if (mark === "") return `${head}${code}\n`;
      if (mark === "no-run") return `${head}export async function line${line}() {\n${code}\n}\n`;
      throw new Error(`${document}:${line}: unknown mark "${mark}"`);
    });
  return parts.length === 0 ? undefined : `${parts.join("\n")}\nexport {};\n`;
}
