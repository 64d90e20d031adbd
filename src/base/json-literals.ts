/**
 * JSON numbers as they were spelled. JavaScript has one number type, Python has two: a file that says `4.0`,
 * `1e3` or 2^53+1 must say so again after it was read and written. The spelling is kept beside the containing
 * object or array, so values stay plain numbers.
 */
import { ArgumentError } from "./errors.js";

export type JsonValue = null | boolean | number | string | JsonValue[] | JsonObject;

/** A plain object with own keys only; `undefined` members are not written. */
export interface JsonObject {
  [key: string]: JsonValue | undefined;
}

interface Spelling {
  readonly value: number;
  readonly literal: string;
}

const SPELLINGS = new WeakMap<object, Map<string, Spelling>>();

const NUMBER = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/;

/** An integer as its digits, anything else as {@link formatFloat}. Negative zero is a float. */
export function formatNumber(value: number): string {
  return Number.isInteger(value) && !Object.is(value, -0) ? String(value) : formatFloat(value);
}

/** A number as Python's `repr(float)`: shortest digits that round-trip, `.0` for whole numbers, `1e-05`, `1e+16`. */
export function formatFloat(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (Object.is(value, -0)) return "-0.0";
  const [mantissa = "0", exponent = "0"] = value.toExponential().split("e");
  const power = Number(exponent);
  if (power >= -4 && power < 16) {
    const text = String(value);
    return text.includes(".") ? text : `${text}.0`;
  }
  return `${mantissa}e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
}

/** Keeps how the number at `container[key]` is spelled, where that differs from what would be written. */
export function rememberLiteral(
  container: object,
  key: string | number,
  value: number,
  literal: string,
): void {
  let spellings = SPELLINGS.get(container);
  if (isCanonical(value, literal)) {
    spellings?.delete(String(key));
    return;
  }
  if (spellings === undefined) {
    spellings = new Map();
    SPELLINGS.set(container, spellings);
  }
  spellings.set(String(key), { value, literal });
}

function isCanonical(value: number, literal: string): boolean {
  // The usual case first: String is faster than formatNumber, and the same from 1e-4 on.
  if (Number.isInteger(value) || Math.abs(value) >= 1e-4) return String(value) === literal;
  return formatNumber(value) === literal;
}

/** The spelling kept for `container[key]`, as long as `value` is still the number it stands for. */
export function literalOf(container: object, key: string | number, value: unknown): string | undefined {
  const spelling = SPELLINGS.get(container)?.get(String(key));
  return spelling !== undefined && Object.is(spelling.value, value) ? spelling.literal : undefined;
}

/**
 * Whether Python takes `container[key]` for a float: it has a fraction, or is spelled with one or with an
 * exponent.
 */
export function isFloat(container: object, key: string | number, value: number): boolean {
  return !Number.isInteger(value) || /[.eE]/.test(literalOf(container, key, value) ?? "");
}

/**
 * Sets `container[key]` to the number of `literal`, to be written in that spelling until another number is put
 * there.
 * @throws ArgumentError if `literal` is no JSON number.
 */
export function withLiteral<C extends object>(container: C, key: string | number, literal: string): C {
  if (!NUMBER.test(literal)) {
    throw new ArgumentError("Not a JSON number", { where: String(key), got: JSON.stringify(literal) });
  }
  const value = Number(literal);
  setOwn(container, String(key), value);
  rememberLiteral(container, key, value, literal);
  return container;
}

/** `container[key] = value` as an own property, also for `__proto__`. */
export function setOwn(container: object, key: string, value: unknown): void {
  if (key === "__proto__") {
    Object.defineProperty(container, key, { value, writable: true, enumerable: true, configurable: true });
  } else {
    (container as Record<string, unknown>)[key] = value;
  }
}

/** A deep copy of JSON data that keeps the spelling of its numbers (`structuredClone` loses it). */
export function cloneJson<T>(value: T): T {
  return copy(value) as T;
}

function copy(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const target: object = Array.isArray(value) ? [] : {};
  for (const [key, member] of Object.entries(value)) setOwn(target, key, copy(member));
  const spellings = SPELLINGS.get(value);
  if (spellings !== undefined) SPELLINGS.set(target, new Map(spellings));
  return target;
}
