import { ArgumentError } from "./errors.js";
import { formatNumber, literalOf } from "./json-literals.js";

export interface StringifyJsonOptions {
  /** Spaces a level. Without it: one line with no spaces, as cloud-files' `put_json` writes. */
  readonly indent?: number | undefined;
  /** Keys in the order of their code points, as Python sorts. Default: as they were set. */
  readonly sortKeys?: boolean | undefined;
  /** Everything but printable ASCII as `\uXXXX`, as Python's `json.dumps`. Default true. */
  readonly ascii?: boolean | undefined;
}

const MAX_DEPTH = 512;

/**
 * Writes JSON as Python's `json.dumps(value, sort_keys=True, indent=2)` does, so that a committed info is byte
 * for byte what CloudVolume commits; numbers from {@link parseJson} or {@link withLiteral} keep their spelling.
 * bigints are written as digits, typed arrays as lists, `toJSON` is honoured, `undefined` members are left out.
 * @throws ArgumentError for a value that JSON cannot hold (functions, cycles).
 */
export function stringifyJson(value: unknown, options: StringifyJsonOptions = {}): string {
  const { indent, sortKeys = false, ascii = true } = options;
  const colon = indent === undefined ? ":" : ": ";
  const newline = (depth: number): string => (indent === undefined ? "" : `\n${" ".repeat(indent * depth)}`);
  return write(value, 0, undefined, "");

  function write(given: unknown, depth: number, container: object | undefined, key: string): string {
    const item = plain(given, key);
    if (item === null || typeof item === "boolean") return String(item);
    if (typeof item === "string") return quote(item, ascii);
    if (typeof item === "bigint") return item.toString();
    if (typeof item === "number") {
      return (container && literalOf(container, key, item)) ?? formatNumber(item);
    }
    if (typeof item !== "object") throw unwritable(key, typeof item);
    if (depth >= MAX_DEPTH) throw unwritable(key, `more than ${MAX_DEPTH} levels, or a cycle`);
    return Array.isArray(item) ? list(item, depth + 1) : record(item, depth + 1);
  }

  function list(items: readonly unknown[], depth: number): string {
    const parts = Array.from(items, (item, i) => write(item ?? null, depth, items, String(i)));
    return bracket("[", parts, "]", depth);
  }

  function record(item: object, depth: number): string {
    const entries = Object.entries(item).filter(([, member]) => member !== undefined);
    if (sortKeys) entries.sort(([a], [b]) => compareCodePoints(a, b));
    const parts = entries.map(
      ([key, member]) => `${quote(key, ascii)}${colon}${write(member, depth, item, key)}`,
    );
    return bracket("{", parts, "}", depth);
  }

  function bracket(open: string, parts: readonly string[], close: string, depth: number): string {
    if (parts.length === 0) return open + close;
    const separator = newline(depth);
    return `${open}${separator}${parts.join(`,${separator}`)}${newline(depth - 1)}${close}`;
  }
}

/** {@link stringifyJson} as UTF-8. */
export function encodeJson(value: unknown, options: StringifyJsonOptions = {}): Uint8Array {
  return new TextEncoder().encode(stringifyJson(value, options));
}

function plain(value: unknown, key: string): unknown {
  if (typeof value !== "object" || value === null) return value;
  if ("toJSON" in value && typeof value.toJSON === "function") return value.toJSON(key);
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    return Array.from(value as unknown as Iterable<unknown>);
  }
  return value;
}

function quote(text: string, ascii: boolean): string {
  const quoted = JSON.stringify(text);
  return ascii ? quoted.replace(/[^ -~]/g, unicodeEscape) : quoted;
}

function unicodeEscape(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

function compareCodePoints(a: string, b: string): number {
  const x = Array.from(a);
  const y = Array.from(b);
  const shared = Math.min(x.length, y.length);
  for (let i = 0; i < shared; i++) {
    const difference = x[i]!.codePointAt(0)! - y[i]!.codePointAt(0)!;
    if (difference !== 0) return difference;
  }
  return x.length - y.length;
}

function unwritable(key: string, got: string): ArgumentError {
  return new ArgumentError("Cannot be written as JSON", { ...(key === "" ? {} : { where: key }), got });
}
