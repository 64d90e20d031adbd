import { type CloudVolumeError, type ErrorFacts, InfoError } from "./errors.js";
import { type JsonObject, type JsonValue, rememberLiteral, setOwn } from "./json-literals.js";

/** A class of this library's errors. */
export type ErrorClass = new (what: string, facts?: ErrorFacts) => CloudVolumeError;

export interface ParseJsonOptions {
  /** The file, for messages. */
  readonly where?: string | undefined;
  /** Longer input is refused before it is looked at. Default 16 MiB. */
  readonly maxBytes?: number | undefined;
  /** Arrays and objects within each other. Default 64, at most 512. */
  readonly maxDepth?: number | undefined;
  /** What is thrown. Default InfoError. */
  readonly error?: ErrorClass | undefined;
}

/** How large a JSON file may be unless its caller says otherwise. */
export const MAX_JSON_BYTES: number = 16 * 2 ** 20;

const SPACE = /[ \t\n\r]*/y;
/** All but control characters, the double quote and the backslash. */
const PLAIN = /[ !#-[\]-\uffff]*/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const HEX4 = /[0-9a-fA-F]{4}/y;
const WORDS: readonly (readonly [string, JsonValue])[] = [
  ["true", true],
  ["false", false],
  ["null", null],
  ["NaN", Number.NaN],
  ["Infinity", Number.POSITIVE_INFINITY],
  ["-Infinity", Number.NEGATIVE_INFINITY],
];
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};

/**
 * Reads JSON into plain values that {@link stringifyJson} writes back number by number as spelled. Takes what
 * Python's `json` writes (NaN, Infinity, -Infinity) and a byte order mark; of keys given twice the last counts;
 * every key becomes an own property, so prototypes are never touched.
 * @throws InfoError (or `options.error`) with line and column: no JSON, not UTF-8, too large, too deep.
 */
export function parseJson(input: Uint8Array | string, options: ParseJsonOptions = {}): JsonValue {
  const { where, maxBytes = MAX_JSON_BYTES, maxDepth = 64, error: Failure = InfoError } = options;
  if (input.length > maxBytes) {
    throw new Failure("JSON is too large", {
      ...(where === undefined ? {} : { where }),
      expected: `at most ${maxBytes} bytes`,
      got: `${input.length} bytes`,
    });
  }
  const text = typeof input === "string" ? input.replace(/^\uFEFF/, "") : decode(input, where, Failure);
  const deepest = Math.min(maxDepth, 512);
  let at = 0;

  const value = readValue(0);
  skipSpace();
  if (at < text.length) fail("the end");
  return value;

  function fail(
    expected: string,
    got = at < text.length ? JSON.stringify(text.charAt(at)) : "the end",
  ): never {
    const lines = text.slice(0, at).split("\n");
    const place = `line ${lines.length}, column ${lines[lines.length - 1]!.length + 1}`;
    throw new Failure("Not valid JSON", {
      where: where === undefined ? place : `${where}, ${place}`,
      expected,
      got,
    });
  }

  function match(pattern: RegExp): string {
    pattern.lastIndex = at;
    const start = at;
    if (pattern.test(text)) at = pattern.lastIndex;
    return text.slice(start, at);
  }

  function skipSpace(): void {
    const code = text.charCodeAt(at);
    if (code === 32 || code === 10 || code === 13 || code === 9) match(SPACE);
  }

  function readValue(depth: number, container?: object, key?: string | number): JsonValue {
    skipSpace();
    const first = text[at];
    if (first === '"') return readString();
    if (first === "{" || first === "[") {
      if (depth >= deepest) fail(`at most ${deepest} levels`, "one more");
      at++;
      return first === "{" ? readObject(depth + 1) : readArray(depth + 1);
    }
    const literal = match(NUMBER);
    if (literal !== "") {
      const number = Number(literal);
      if (container !== undefined) rememberLiteral(container, key ?? "", number, literal);
      return number;
    }
    for (const [word, meaning] of WORDS) {
      if (text.startsWith(word, at)) {
        at += word.length;
        return meaning;
      }
    }
    return fail("a value");
  }

  function readArray(depth: number): JsonValue[] {
    const out: JsonValue[] = [];
    skipSpace();
    if (text[at] === "]") {
      at++;
      return out;
    }
    for (;;) {
      out.push(readValue(depth, out, out.length));
      if (endOf("]")) return out;
    }
  }

  function readObject(depth: number): JsonObject {
    const out: JsonObject = {};
    skipSpace();
    if (text[at] === "}") {
      at++;
      return out;
    }
    for (;;) {
      skipSpace();
      if (text[at] !== '"') fail("a key in double quotes");
      const key = readString();
      skipSpace();
      if (text[at] !== ":") fail('":"');
      at++;
      setOwn(out, key, readValue(depth, out, key));
      if (endOf("}")) return out;
    }
  }

  /** After a member: over the comma (false), or over the closing bracket (true). */
  function endOf(bracket: string): boolean {
    skipSpace();
    const next = text[at];
    if (next !== "," && next !== bracket) fail(`"," or "${bracket}"`);
    at++;
    return next === bracket;
  }

  function readString(): string {
    at++;
    let out = match(PLAIN);
    while (text[at] !== '"') {
      if (text[at] !== "\\") fail("a closing double quote");
      at++;
      const letter = text.charAt(at);
      const plain = ESCAPES[letter];
      if (plain === undefined && letter !== "u") fail("an escape such as \\n or \\u0000");
      at++;
      if (plain === undefined) {
        const hex = match(HEX4);
        if (hex === "") fail("four hexadecimal digits");
        out += String.fromCharCode(Number.parseInt(hex, 16));
      } else {
        out += plain;
      }
      out += match(PLAIN);
    }
    at++;
    return out;
  }
}

function decode(bytes: Uint8Array, where: string | undefined, Failure: ErrorClass): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new Failure("Not valid UTF-8", { ...(where === undefined ? {} : { where }), cause });
  }
}
