/** The little XML that S3 speaks: elements by name, text in them, entities. Namespaces and attributes are passed over. */
const NAMED: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

/** The inner text of every element of a name, in order, as it stands. */
export function elements(xml: string, name: string): string[] {
  const pattern = new RegExp(`<${name}(?:\\s[^>]*)?(?:/>|>([\\s\\S]*?)</${name}>)`, "g");
  return Array.from(xml.matchAll(pattern), ([, inner = ""]) => inner);
}

/** The text of the first element of a name; undefined if there is none. */
export function textOf(xml: string, name: string): string | undefined {
  const [inner] = elements(xml, name);
  return inner === undefined ? undefined : unescapeXml(inner);
}

export function unescapeXml(text: string): string {
  return text.replace(/&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi, (all, decimal, hex, name) => {
    if (name !== undefined) return NAMED[name] ?? all;
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
    return code <= 0x10ffff ? String.fromCodePoint(code) : all;
  });
}

/** Text for an element; undefined if XML cannot hold it, as most control characters. */
export function escapeXml(text: string): string | undefined {
  if (/[\p{Cs}\ufffe\uffff]/u.test(text) || /\p{Cc}/u.test(text.replace(/[\t\n\r]/g, ""))) return undefined;
  return text.replace(/[<>&"'\r\n\t]/g, (c) => `&#${c.charCodeAt(0)};`);
}
