/** The files of AWS's and Google's command lines: `[section]` and `name = value`. */

export type Ini = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** Comments and nested (indented) settings are left out; of a name given twice the last one counts. */
export function parseIni(text: string): Ini {
  const sections = new Map<string, Map<string, string>>();
  let section: Map<string, string> | undefined;
  for (const line of text.replace(/^\uFEFF/, "").split(/\r?\n/)) {
    const head = /^\[([^\]]*)\]\s*(?:[#;].*)?$/.exec(line.trim());
    if (head !== null) {
      const name = (head[1] ?? "").trim().replace(/\s+/g, " ").replace(/"/g, "");
      section = sections.get(name) ?? new Map();
      sections.set(name, section);
      continue;
    }
    if (/^\s|^[#;]/.test(line)) continue;
    const [, name, value] = /^([^=]+?)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined)
      section?.set(name.toLowerCase(), value.replace(/\s[#;].*$/, ""));
  }
  return sections;
}
