/** Secrets as callers and files write them: an object, its JSON text, or a bare token. */
import { AuthenticationError } from "../base/errors.js";

/** An object with the fields of a secrets file, its JSON text, or a token by itself. */
export type Secrets = string | Readonly<Record<string, unknown>>;

/** The fields of a secret; a bare token is the field `token`. */
export type SecretFields = Readonly<Record<string, unknown>>;

/** @throws AuthenticationError that tells where, and nothing of the content. */
export function parseSecrets(secrets: Secrets, where: string): SecretFields {
  if (typeof secrets !== "string") {
    if (typeof secrets === "object" && secrets !== null && !Array.isArray(secrets)) return secrets;
    throw malformed(
      where,
      "an object, its JSON text, or a token",
      Array.isArray(secrets) ? "a list" : typeof secrets,
    );
  }
  const text = secrets.trim();
  if (text === "") throw malformed(where, "an object, its JSON text, or a token", "nothing");
  return /^[{["]/.test(text) ? parseFields(text, where) : { token: text };
}

/** The fields in a secrets file. @throws AuthenticationError. */
export function parseFields(text: string, where: string): SecretFields {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    // The parser's message quotes the text: it goes no further.
    throw malformed(where, "a JSON object", "no JSON");
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as SecretFields;
  if (typeof value === "string" && value !== "") return { token: value };
  throw malformed(where, "a JSON object", "another JSON value");
}

/** A field that must be text. @throws AuthenticationError naming the field. */
export function textField(fields: SecretFields, name: string, where: string): string {
  const value = optionalText(fields, name);
  if (value !== undefined) return value;
  throw new AuthenticationError("A secret lacks a field", {
    where,
    expected: `the text "${name}"`,
    got: Object.hasOwn(fields, name) ? "another kind of value" : "none",
  });
}

/** A field with text in it, or undefined. */
export function optionalText(fields: SecretFields, name: string): string | undefined {
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** The first of several spellings that is there. */
export function firstText(fields: SecretFields, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = optionalText(fields, name);
    if (value !== undefined) return value;
  }
  return undefined;
}

function malformed(where: string, expected: string, got: string): AuthenticationError {
  return new AuthenticationError("Secrets have the wrong form", { where, expected, got });
}
