/** The words that a cloud path may begin or end with. */
import { ArgumentError, UnsupportedFormatError, UnsupportedProtocolError } from "../base/errors.js";
import { show } from "../base/show.js";

/** What the data at a path is. */
export type PathFormat = "precomputed" | "graphene" | "boss" | "n5" | "zarr" | "zarr2" | "zarr3";
/** What moves the bytes. */
export type Transport = "file" | "mem" | "gs" | "s3" | "http" | "https";

/** Short names of servers: `{ lab: "s3://https://s3.lab.edu/" }`, or as in cloud-files' `aliases.json`. */
export type Aliases = Readonly<Record<string, string | { readonly host: string }>>;

/** The aliases that CloudVolume knows from the start; a caller's own of the same name come first. */
export const BUILT_IN_ALIASES: Aliases = {
  matrix: "s3://https://s3-hpcrc.rc.princeton.edu/",
  tigerdata: "s3://https://td.princeton.edu/",
  nokura: "s3://https://c10s.pni.princeton.edu/",
};

export const FORMATS: readonly PathFormat[] = [
  "precomputed",
  "graphene",
  "boss",
  "n5",
  "zarr",
  "zarr2",
  "zarr3",
];

const PROTOCOLS: Readonly<Record<string, Transport>> = {
  file: "file",
  mem: "mem",
  gs: "gs",
  s3: "s3",
  http: "http",
  https: "https",
  "middleauth+https": "https",
};

/** Formats of Neuroglancer that cloud-files lets pass and nothing here reads. */
const FOREIGN = ["brainmaps", "deepzoom", "nggraph", "render", "vtk", "nifti", "dvid"];

/** Neuroglancer's names after a pipe, `gs://bucket/layer|zarr2:`. */
const PIPES: Readonly<Record<string, PathFormat>> = {
  "neuroglancer-precomputed": "precomputed",
  precomputed: "precomputed",
  zarr: "zarr",
  zarr2: "zarr2",
  zarr3: "zarr3",
  n5: "n5",
};

/** A path taken apart into its words. */
export interface Words {
  readonly format: PathFormat;
  /** As written; undefined for a local path without one. */
  readonly protocol: string | undefined;
  readonly rest: string;
}

/** @throws UnsupportedProtocolError, UnsupportedFormatError naming the path without its query. */
export function splitWords(path: string, aliases: Aliases): Words {
  const { text, format: piped } = splitPipe(path);
  const [word, afterWord] = popWord(text);
  const format = FORMATS.find((name) => name === word);
  const [protocol, rest] = format === undefined ? [word, afterWord] : popWord(afterWord);
  if (format !== undefined && piped !== undefined && format !== piped)
    throw new UnsupportedFormatError("The path names two formats", {
      where: printable(path),
      got: `${format} and ${piped}`,
    });
  if (protocol === undefined) refuseTypos(text, rest, aliases);
  else if (format !== "boss" && transportOf(protocol) === undefined && !Object.hasOwn(aliases, protocol))
    throw unknownWord(path, protocol, aliases);
  return { format: format ?? piped ?? "precomputed", protocol, rest };
}

export function transportOf(protocol: string): Transport | undefined {
  return Object.hasOwn(PROTOCOLS, protocol) ? PROTOCOLS[protocol] : undefined;
}

/** Splits `word://rest`. */
export function popWord(text: string): [word: string | undefined, rest: string] {
  const match = /^([A-Za-z][\w+.-]*):\/\//.exec(text);
  return match === null ? [undefined, text] : [match[1], text.slice(match[0].length)];
}

/** Refuses names that have a meaning already. @throws ArgumentError. */
export function checkAliases(aliases: Aliases): void {
  for (const name of Object.keys(aliases)) {
    const taken = transportOf(name) !== undefined || FORMATS.some((format) => format === name);
    if (taken || !/^[A-Za-z][\w+.-]*$/.test(name))
      throw new ArgumentError("An alias needs a name of its own", {
        expected: "a word that is no protocol and no format",
        got: show(name),
      });
  }
}

/** The address behind an alias, ending in a slash. @throws ArgumentError for what cannot be one. */
export function aliasTarget(name: string, aliases: Aliases): string {
  const entry: unknown = aliases[name];
  const host = typeof entry === "object" && entry !== null ? (entry as { host?: unknown }).host : entry;
  if (typeof host === "string" && /^(?:s3|gs|https?):\/\/\S+$/.test(host))
    return host.endsWith("/") ? host : `${host}/`;
  throw new ArgumentError("An alias stands for an address", {
    where: name,
    expected: "s3://…, gs://…, http://… or https://…",
    got: printable(show(host)),
  });
}

/** A path for messages: without a query, which may hold a signature, and without a password. */
export function printable(path: string): string {
  const shown = path.replace(/\?.*$/s, "?…").replace(/\/\/[^/]*@/g, "//…@");
  return shown.length > 300 ? `${shown.slice(0, 300)}…` : shown;
}

function splitPipe(path: string): { text: string; format?: PathFormat } {
  const at = path.lastIndexOf("|");
  const stage = at < 0 ? null : /^([A-Za-z][\w+.-]*):(.*)$/s.exec(path.slice(at + 1));
  if (stage === null) return { text: path };
  const [, name = "", inner] = stage;
  const text = path.slice(0, at);
  const format = Object.hasOwn(PIPES, name) ? PIPES[name] : undefined;
  if (format === undefined || inner !== "" || /\|[A-Za-z][\w+.-]*:/.test(text))
    throw new UnsupportedFormatError("A pipe like this cannot be opened", {
      where: printable(path),
      expected: `one of ${Object.keys(PIPES).join(", ")}, once, with nothing after the colon`,
      got: printable(path.slice(at)),
    });
  return { text, format };
}

/** A local path that looks like a mistyped address is refused, so that nothing is written to a folder `s4:`. */
function refuseTypos(text: string, rest: string, aliases: Aliases): void {
  const word = /^\s*([A-Za-z][\w+.-]*):(?!\\)/.exec(rest)?.[1];
  const known = word !== undefined && (transportOf(word) ?? FORMATS.find((f) => f === word)) !== undefined;
  if (rest.includes("://") || known) throw unknownWord(text, rest.split(":")[0] ?? "", aliases);
}

function unknownWord(
  path: string,
  word: string,
  aliases: Aliases,
): UnsupportedProtocolError | UnsupportedFormatError {
  const where = printable(path);
  if (FOREIGN.includes(word))
    return new UnsupportedFormatError("This format is not supported", {
      where,
      expected: FORMATS.join(", "),
      got: word,
    });
  return new UnsupportedProtocolError("The path has no protocol that is known", {
    where,
    expected: `[FORMAT://]PROTOCOL://BUCKET/PATH, the protocol one of ${[...Object.keys(PROTOCOLS), ...Object.keys(aliases)].join(", ")}`,
    got: printable(word),
    fix: "Words are in lower case and end in ://; a local path needs none",
  });
}
