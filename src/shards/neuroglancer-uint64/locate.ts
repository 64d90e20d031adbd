/** Finding a label: shard index, minishard index, entry; all of one version of the file. */
import { ConflictError, SpecViolation } from "../../base/errors.js";
import { findLabel, type MinishardIndex, parseMinishardIndex } from "./minishard-index.js";
import {
  currentVersion,
  type Found,
  type Kept,
  type Part,
  type PartReader,
  part,
  type Steps,
  type Version,
} from "./part.js";
import { placeOfLabel } from "./place.js";
import { indexBlock, minishardSpan, type Span } from "./shard-index.js";
import { type ShardingSpec, shardIndexLength } from "./spec.js";

/** Where the data of a label lie. */
export interface Location {
  readonly label: bigint;
  /** `<hex>.shard`. */
  readonly file: string;
  /** The file's key in the store. */
  readonly key: string;
  readonly minishard: number;
  /** From the first byte of the file. */
  readonly offset: number;
  readonly length: number;
  /** The file's version that this holds for. */
  readonly version: Version;
}

export interface Surroundings {
  readonly spec: ShardingSpec;
  readonly reader: PartReader;
  readonly keyOf: (file: string, label?: bigint) => string;
  readonly url: (key: string) => string;
  /** Milliseconds for which "there is no such label" is believed of an index in the cache. */
  readonly freshness: number;
  /** Most bytes of a minishard index. */
  readonly indexLimit: number;
}

/** A block of a shard index. */
export interface IndexBlock extends Kept {
  readonly bytes: Uint8Array;
  readonly totalSize: number | undefined;
}

/** Times that a file may change while a label is looked for. */
export const MOST_CHANGES = 8;

/** @returns undefined if the label is in no shard. @throws SpecViolation, EmptyFileException, DecompressionError, ConflictError. */
export function* locate(around: Surroundings, label: bigint): Steps<Location | undefined> {
  const { spec, reader, url } = around;
  const { file, minishard } = placeOfLabel(spec, label);
  const key = around.keyOf(file, label);
  const wanted = indexPart(around, key, minishard);
  const begun = performance.now();
  for (let changes = 0; changes < MOST_CHANGES; changes++) {
    const index = yield* part(wanted);
    const found = yield* within(around, key, minishard, label, index);
    if (found === "changed") {
      reader.forget(wanted.name, index.version);
      continue;
    }
    if (found !== undefined) return { label, file, key, minishard, ...found, version: index.version };
    // Nothing there, by an index that may be old: ask whether it still holds.
    if (index.seen >= begun - around.freshness) return undefined;
    if ((yield* currentVersion(key, around.freshness > 0)) === index.version) {
      index.seen = performance.now();
      return undefined;
    }
    reader.forget(wanted.name, index.version);
  }
  throw changing(url(key));
}

function* within(
  around: Surroundings,
  key: string,
  minishard: number,
  label: bigint,
  index: Found<IndexBlock>,
): Steps<Span | "changed" | undefined> {
  if (index.value === undefined) return undefined;
  const { bytes, totalSize } = index.value;
  const span = minishardSpan(around.spec, bytes, minishard, totalSize, around.url(key));
  if (span === undefined) return undefined;
  try {
    const wanted = minishardPart(around, key, minishard, span, index.version);
    const entries = yield* part(wanted);
    if (entries.version === index.version && entries.value !== undefined)
      return findLabel(entries.value, label);
    around.reader.forget(wanted.name, entries.version);
    return "changed";
  } catch (error) {
    // A new file in the place of the old one makes nonsense of the old one's index.
    if ((yield* currentVersion(key, false)) !== index.version) return "changed";
    throw error;
  }
}

/** The block of a file's shard index that holds a minishard. */
export function indexPart({ spec, url }: Surroundings, key: string, minishard: number): Part<IndexBlock> {
  const { block, range } = indexBlock(spec, minishard, url(key));
  return {
    name: `${key} ${block}`,
    key,
    range,
    encoding: "raw",
    limit: range.length,
    keepAs: range.length === shardIndexLength(spec) ? `${key}.index` : undefined,
    what: "its shard index",
    parse: (bytes, { totalSize }) => ({ bytes, totalSize, memory: bytes.length }),
  };
}

/** The index of a minishard, of a file that is at `version`. */
export function minishardPart(
  { spec, url, indexLimit }: Surroundings,
  key: string,
  minishard: number,
  range: Span,
  version: Version,
): Part<MinishardIndex> {
  if (range.length > indexLimit) {
    throw new SpecViolation("A minishard index is too large", {
      where: url(key),
      expected: `at most ${indexLimit} bytes`,
      got: `${range.length}`,
    });
  }
  return {
    name: `${key} minishard ${minishard} of ${version}`,
    key,
    range,
    encoding: spec.minishardIndexEncoding,
    limit: indexLimit,
    keepAs: `${key}-${minishard}.msi`,
    what: `the index of minishard ${minishard}`,
    parse: (bytes, { totalSize }) => parseMinishardIndex(spec, bytes, totalSize, url(key)),
  };
}

export function changing(where: string): ConflictError {
  return new ConflictError("A shard file was replaced again and again while it was read", {
    where,
    got: `${MOST_CHANGES} versions`,
    fix: "Read it again when its writers are done.",
  });
}
