/** Labels as graph servers send them: 8 bytes each, or JSON. */
import { DecodingError } from "../../base/errors.js";
import { type JsonObject, literalOf, parseJson } from "../../base/json.js";
import { LARGE_ANSWER } from "./request.js";

const IS_LITTLE = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** The bytes of labels, little endian. */
export function encodeLabels(labels: BigUint64Array): Uint8Array {
  if (IS_LITTLE) return new Uint8Array(labels.buffer, labels.byteOffset, labels.byteLength);
  const view = new DataView(new ArrayBuffer(labels.byteLength));
  labels.forEach((label, i) => void view.setBigUint64(8 * i, label, true));
  return new Uint8Array(view.buffer);
}

/** @param count how many there have to be. @throws DecodingError for another number of bytes. */
export function decodeLabels(bytes: Uint8Array, where: string, count?: number): BigUint64Array {
  const length = count ?? Math.floor(bytes.length / 8);
  if (bytes.length !== 8 * length)
    throw new DecodingError("An answer holds another number of labels than was asked for", {
      where,
      expected: count === undefined ? "8 bytes a label" : `${8 * count} bytes, 8 a label`,
      got: `${bytes.length} bytes`,
    });
  const copy = bytes.slice();
  if (IS_LITTLE) return new BigUint64Array(copy.buffer, 0, length);
  const view = new DataView(copy.buffer);
  return BigUint64Array.from({ length }, (_, i) => view.getBigUint64(8 * i, true));
}

/** The JSON object of an answer. @throws DecodingError for anything else. */
export function parseAnswer(bytes: Uint8Array, where: string): JsonObject {
  const json = parseJson(bytes, { where, maxBytes: LARGE_ANSWER, error: DecodingError });
  if (typeof json === "object" && json !== null && !Array.isArray(json)) return json;
  throw new DecodingError("An answer is no JSON object", {
    where,
    got: JSON.stringify(json)?.slice(0, 80) ?? "nothing",
  });
}

/**
 * A list of labels in an answer: whole numbers (however large) or their digits. @returns undefined where it is missing.
 * @throws DecodingError.
 */
export function labelsIn(answer: JsonObject, name: string, where: string): BigUint64Array | undefined {
  const list = Object.hasOwn(answer, name) ? answer[name] : undefined;
  if (list === undefined || list === null) return undefined;
  if (!Array.isArray(list)) throw notLabels(name, where, JSON.stringify(list));
  return BigUint64Array.from(list, (value, i) => {
    const digits = typeof value === "number" ? (literalOf(list, i, value) ?? String(value)) : value;
    if (typeof digits === "string" && /^\d{1,20}$/.test(digits)) {
      const label = BigInt(digits);
      if (label < 1n << 64n) return label;
    }
    throw notLabels(`${name}[${i}]`, where, JSON.stringify(value));
  });
}

function notLabels(name: string, where: string, got: string): DecodingError {
  return new DecodingError("An answer holds something else than labels", {
    where: `${where}, ${name}`,
    expected: "whole numbers from 0 to 2^64 - 1",
    got: got.slice(0, 80),
  });
}
