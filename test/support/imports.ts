/** The imports of a TypeScript file, by a scanner that knows comments and strings. */

const PIECES =
  /\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`|\/(?![/*])(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*(?=\s*[.,;)\]])/g;

/** The text without its comments; strings stay. */
export function withoutComments(text: string): string {
  return text.replace(PIECES, (piece) => (piece.startsWith("//") || piece.startsWith("/*") ? " " : piece));
}

/** What a file imports or re-exports, types and `import()` included, in the order of the text. */
export function importsOf(text: string): string[] {
  const code = withoutComments(text);
  const forms =
    /(?:^|[;\n}])\s*(?:import|export)\b[^"'`;]*?\bfrom\s*["']([^"']+)["']|(?:^|[;\n])\s*import\s*["']([^"']+)["']|\bimport\s*\(\s*["']([^"']+)["']\s*\)/g;
  return [...code.matchAll(forms)].map((m) => m[1] ?? m[2] ?? m[3] ?? "");
}
