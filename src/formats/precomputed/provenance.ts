/** Where a layer comes from: the `provenance` file beside `info`, as CloudVolume keeps it. */
import { ProvenanceError } from "../../base/errors.js";
import { cloneJson, type JsonObject, MAX_JSON_BYTES, parseJson, stringifyJson } from "../../base/json.js";
import {
  inside,
  list,
  object,
  optional,
  type Place,
  placeOf,
  record,
  reject,
  text,
  type Verify,
} from "../../base/verify.js";

/** Fields not named here are kept as they are. */
export interface ProvenanceRecord extends JsonObject {
  /** Cloud paths of the data this layer was made from. */
  sources: string[];
  /** Mail addresses. */
  owners: string[];
  /** One object for each step, e.g. `{method, by, date}`. */
  processing: JsonObject[];
  description: string;
}

/** A dataset and the people behind it: CloudVolume's second schema. No file of a layer has it. */
export interface DatasetProvenance extends JsonObject {
  dataset_name: string;
  dataset_description: string;
  /** Species, sex, strain. */
  organism: string;
  imaged_date: string;
  imaged_by: string;
  /** Mail addresses, at least one. */
  owners: string[];
  /** DOIs, addresses, titles. */
  references?: string[];
}

/** JSON5 is read slowly, some 3 MB a second; no one writes that much by hand. */
const MAX_JSON5_BYTES = 2 ** 20;

const prose = text({ max: MAX_JSON_BYTES });

const layer = record({
  sources: distinct(0),
  owners: distinct(0),
  processing: list(object),
  description: prose,
});

const dataset = record({
  dataset_name: prose,
  dataset_description: prose,
  organism: prose,
  imaged_date: prose,
  imaged_by: prose,
  owners: distinct(1),
  references: optional(distinct(0)),
});

/** What a layer without a provenance file has. */
export function emptyProvenance(): ProvenanceRecord {
  return { sources: [], owners: [], processing: [], description: "" };
}

/**
 * A record from an object or its JSON, as a copy; fields that are missing, null or "" get their empty value.
 * @throws ProvenanceError naming the field that has the wrong type.
 */
export function toProvenance(given: unknown, where = "provenance"): ProvenanceRecord {
  const json =
    typeof given === "string" ? parseJson(given, { where, error: ProvenanceError }) : cloneJson(given);
  const found = object(json, placeOf(where, ProvenanceError));
  for (const [field, empty] of Object.entries(emptyProvenance())) {
    if (!Object.hasOwn(found, field) || found[field] === null || found[field] === "") found[field] = empty;
  }
  return verifyProvenance(found, where);
}

/** Checks a record as it is, before it is written. @throws ProvenanceError. */
export function verifyProvenance(value: unknown, where = "provenance"): ProvenanceRecord {
  return layer(value, placeOf(where, ProvenanceError));
}

/** @throws ProvenanceError naming the field. */
export function verifyDatasetProvenance(value: unknown, where = "provenance"): DatasetProvenance {
  return dataset(value, placeOf(where, ProvenanceError));
}

/**
 * The content of a provenance file: JSON, or else JSON5 (comments, trailing commas, bare keys; loaded only
 * then). Nothing at all is the empty record. @throws ProvenanceError.
 */
export async function parseProvenance(bytes: Uint8Array, where: string): Promise<ProvenanceRecord> {
  if (bytes.length === 0) return emptyProvenance();
  const options = { where, error: ProvenanceError };
  try {
    return toProvenance(parseJson(bytes, options), where);
  } catch (error) {
    if (!(error instanceof ProvenanceError) || error.what !== "Not valid JSON") throw error;
    const relaxed = await parseJson5(bytes, error);
    // Through our own parser once more: own keys only, limited depth.
    return toProvenance(parseJson(relaxed, options), where);
  }
}

async function parseJson5(bytes: Uint8Array, failure: ProvenanceError): Promise<string> {
  if (bytes.length > MAX_JSON5_BYTES) throw failure;
  const { default: JSON5 } = await import("json5");
  try {
    return stringifyJson(JSON5.parse(new TextDecoder().decode(bytes)));
  } catch {
    throw failure;
  }
}

/** Strings, none of them twice. */
function distinct(min: number): Verify<string[]> {
  const strings = list(prose, { min });
  return (value: unknown, place: Place) => {
    const found = strings(value, place);
    const twice = found.findIndex((item, i) => found.indexOf(item) !== i);
    if (twice >= 0) reject(inside(place, twice), "no entry twice", found[twice]);
    return found;
  };
}
