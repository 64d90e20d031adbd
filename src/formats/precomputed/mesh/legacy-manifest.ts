/** The manifest of a legacy mesh, `<segment>:0`: the names of its fragment files. */
import { MeshDecodeError } from "../../../base/errors.js";
import { encodeJson, parseJson } from "../../../base/json.js";
import { list, placeOf, record, text } from "../../../base/verify.js";

const manifest = record({ fragments: list(text({ max: 4096 })) });

export function manifestName(id: bigint): string {
  return `${id}:0`;
}

/** Whose manifest a file is; undefined for any other file. */
export function manifestOwner(name: string): bigint | undefined {
  const digits = /^(\d{1,20}):0$/.exec(name)?.[1];
  return digits === undefined ? undefined : BigInt(digits);
}

/** The names of the fragments, each once. @throws MeshDecodeError. */
export function parseLegacyManifest(bytes: Uint8Array, where: string): string[] {
  const json = parseJson(bytes, { where, error: MeshDecodeError });
  return [...new Set(manifest(json, placeOf(where, MeshDecodeError)).fragments)];
}

export function encodeLegacyManifest(fragments: readonly string[]): Uint8Array {
  return encodeJson({ fragments: [...fragments] });
}
