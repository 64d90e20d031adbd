/**
 * JSON from outside is parsed once into a known type, not trusted: a verifier takes an unknown value and its
 * place in the file, and returns it typed or throws what was expected there and what was found.
 *
 * ```ts
 * const point = record({ at: tuple(3, number()), label: optional(text()) });
 * const { at, label = "" } = point(parseJson(bytes), placeOf("annotations/info"));
 * ```
 */
import { InfoError } from "./errors.js";
import type { JsonObject } from "./json.js";
import type { ErrorClass } from "./json-parse.js";

/** Where in which file a value stands, and what to throw about it. */
export interface Place {
  readonly where: string;
  readonly path: string;
  readonly error: ErrorClass;
}

export type Verify<T> = (value: unknown, place: Place) => T;

/** A type whose verifier takes a member that is not there. */
type Optional<T> = Verify<T> & { readonly absent: true };

interface Range {
  readonly min?: number;
  readonly max?: number;
}

/** The root of a file. `error` is thrown for everything wrong in it. */
export function placeOf(where: string, error: ErrorClass = InfoError): Place {
  return { where, path: "", error };
}

/** A member of what stands at `place`: `scales[0].size`. */
export function inside(place: Place, key: string | number): Place {
  const dot = place.path === "" ? "" : ".";
  return { ...place, path: `${place.path}${typeof key === "number" ? `[${key}]` : `${dot}${key}`}` };
}

/** Throws what was expected at `place`. `got` is shown shortened. */
export function reject(place: Place, expected: string, got: unknown): never {
  throw new place.error(place.path === "" ? "Not as specified" : `"${place.path}" is not as specified`, {
    where: place.where,
    expected,
    got: shown(got),
  });
}

/** A whole number that a double holds exactly. */
export function integer({
  min = Number.MIN_SAFE_INTEGER,
  max = Number.MAX_SAFE_INTEGER,
}: Range = {}): Verify<number> {
  const expected = `an integer from ${min} to ${max}`;
  return (value, place) =>
    Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max
      ? (value as number)
      : reject(place, expected, value);
}

/** A finite number. */
export function number({ min = -Infinity, max = Infinity }: Range = {}): Verify<number> {
  const bounds = [Number.isFinite(min) && ` from ${min}`, Number.isFinite(max) && ` up to ${max}`];
  const expected = `a finite number${bounds.filter(Boolean).join("")}`;
  return (value, place) =>
    Number.isFinite(value) && (value as number) >= min && (value as number) <= max
      ? (value as number)
      : reject(place, expected, value);
}

/** A finite number above zero. */
export const positive: Verify<number> = (value, place) =>
  Number.isFinite(value) && (value as number) > 0
    ? (value as number)
    : reject(place, "a number above 0", value);

/** A string without NUL, of at most `max` UTF-16 units. */
export function text({ max = 65_536 }: { readonly max?: number } = {}): Verify<string> {
  const expected = `a string of at most ${max} characters without NUL`;
  return (value, place) =>
    typeof value === "string" && value.length <= max && !value.includes("\0")
      ? value
      : reject(place, expected, value);
}

export const flag: Verify<boolean> = (value, place) =>
  typeof value === "boolean" ? value : reject(place, "true or false", value);

export const anything: Verify<unknown> = (value) => value;

export function oneOf<const T extends string>(choices: readonly T[]): Verify<T> {
  return (value, place) =>
    choices.includes(value as T) ? (value as T) : reject(place, choices.join(", "), value);
}

/** An array of `min` to `max` items. */
export function list<T>(item: Verify<T>, { min = 0, max = 2 ** 32 }: Range = {}): Verify<T[]> {
  const expected =
    max === 2 ** 32 ? `an array of at least ${min} items` : `an array of ${min} to ${max} items`;
  return (value, place) => {
    if (!Array.isArray(value)) return reject(place, "an array", value);
    if (value.length < min || value.length > max) reject(place, expected, `${value.length} items`);
    for (let i = 0; i < value.length; i++) item(value[i], inside(place, i));
    return value as T[];
  };
}

export type Tuple<T, N extends 2 | 3 | 4 | 6> = {
  2: [T, T];
  3: [T, T, T];
  4: [T, T, T, T];
  6: [T, T, T, T, T, T];
}[N];

/** An array of exactly `length` items. */
export function tuple<T, const N extends 2 | 3 | 4 | 6>(length: N, item: Verify<T>): Verify<Tuple<T, N>> {
  return (value, place) => {
    if (!Array.isArray(value) || value.length !== length) reject(place, `an array of ${length}`, value);
    return list(item)(value, place) as unknown as Tuple<T, N>;
  };
}

/** A JSON object, whatever is in it. */
export const object: Verify<JsonObject> = (value, place) =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : reject(place, "an object", value);

/** A member that may be missing (it stays so). A `null` counts as missing only for `orNull`. */
export function optional<T>(verify: Verify<T>): Optional<T | undefined> {
  const check: Verify<T | undefined> = (value, place) =>
    value === undefined ? undefined : verify(value, place);
  return Object.assign(check, { absent: true as const });
}

/** A member that may be missing or null. */
export function orNull<T>(verify: Verify<T>): Optional<T | null | undefined> {
  return optional<T | null>((value, place) => (value === null ? null : verify(value, place)));
}

type Fields = Readonly<Record<string, Verify<unknown>>>;
type Verified<F extends Fields> = {
  [K in keyof F as F[K] extends { absent: true } ? never : K]: ReturnType<F[K]>;
} & {
  [K in keyof F as F[K] extends { absent: true } ? K : never]?: Exclude<ReturnType<F[K]>, undefined>;
};

/**
 * An object with these members, own ones only; others are let through untouched. Returns the same object, so
 * that what is unknown here is not lost when it is written back.
 */
export function record<const F extends Fields>(fields: F): Verify<Verified<F> & JsonObject> {
  return (value, place) => {
    const found = object(value, place);
    for (const [key, verify] of Object.entries(fields)) {
      const member = Object.hasOwn(found, key) ? found[key] : undefined;
      if (member === undefined && !("absent" in verify)) reject(inside(place, key), "a value", undefined);
      verify(member, inside(place, key));
    }
    return found as Verified<F> & JsonObject;
  };
}

function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  const written = typeof value === "string" || typeof value === "object" ? asJson(value) : String(value);
  return written.length > 80 ? `${written.slice(0, 79)}…` : written;
}

function asJson(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}
