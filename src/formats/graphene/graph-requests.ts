/**
 * The questions about the graph itself: roots, leaves, the supervoxels of a chunk. Source: CloudVolume `frontends/graphene.py`;
 * what servers read of a question is in PyChunkedGraph's `app/segmentation/common.py`.
 */
import { ArgumentError, DecodingError } from "../../base/errors.js";
import { decodeLabels, encodeLabels, labelsIn, parseAnswer } from "./labels.js";
import { type GraphRequest, LARGE_ANSWER, optionalQuery } from "./request.js";
import { type GrapheneServer, graphPath } from "./server.js";

/** Labels of one request. */
export const BATCH = 250_000;
/** Bodies of more bytes go in gzip. */
const GZIP_FROM = 1_000_000;
/** Answers that are JSON take up to 21 characters for a label, and some words around them. */
const JSON_LABEL = 32;

export interface RootsQuestion {
  /** Whole seconds since 1970; undefined: now. */
  readonly timestamp: number | undefined;
  /** The lowest layer to go up to; undefined: to the roots. */
  readonly stopLayer: number | undefined;
  /** False: as JSON, with about twice the bytes. */
  readonly binary: boolean;
}

/** A question, and what its answer says. */
export interface Planned<T> {
  readonly request: GraphRequest;
  /** @throws DecodingError for an answer that is none. */
  readonly parse: (bytes: Uint8Array, where: string) => T;
}

/** The roots of labels, batch after batch, each aligned with its labels. */
export function planRoots(
  server: GrapheneServer,
  labels: BigUint64Array,
  question: RootsQuestion,
): Planned<BigUint64Array>[] {
  const { timestamp, stopLayer, binary } = question;
  const gzip = labels.byteLength > GZIP_FROM;
  const query = optionalQuery(["stop_layer", stopLayer], ["timestamp", timestamp]);
  const path = `${graphPath(server, "v1")}/${binary ? "roots_binary" : "roots"}`;
  return batches(labels).map((batch) => ({
    request: {
      method: "POST",
      path,
      query,
      gzip,
      body: binary ? encodeLabels(batch) : jsonBody(`{"node_ids":[${batch.join(",")}]}`),
      limit: binary ? 8 * batch.length + 8 : JSON_LABEL * batch.length + 65_536,
    },
    parse: (bytes, where) => {
      if (binary) return decodeLabels(bytes, where, batch.length);
      const roots = labelsIn(parseAnswer(bytes, where), "root_ids", where);
      if (roots?.length === batch.length) return roots;
      throw new DecodingError("An answer holds another number of roots than was asked for", {
        where,
        expected: `${batch.length} in root_ids`,
        got: roots === undefined ? "none" : `${roots.length}`,
      });
    },
  }));
}

/**
 * The root of one label by version 1.0, which knows no layers. CloudVolume sends the time in the body of a GET, where servers
 * do not look for it; they read the query.
 */
export function planLegacyRoot(
  server: GrapheneServer,
  label: bigint,
  timestamp: number | undefined,
): Planned<bigint> {
  return {
    request: {
      method: "GET",
      path: `${graphPath(server, "1.0")}/graph/${label}/root`,
      query: optionalQuery(["timestamp", timestamp]),
      limit: 64,
    },
    parse: (bytes, where) => decodeLabels(bytes, where, 1)[0]!,
  };
}

/** The labels below a root that lie in a box (`x0-x1_y0-y1_z0-z1`, voxels of the watershed's level). */
export function planLeaves(
  server: GrapheneServer,
  root: bigint,
  bounds: string,
  stopLayer: number | undefined,
): Planned<BigUint64Array> {
  return {
    request: {
      method: "GET",
      path: `${graphPath(server, "v1")}/node/${root}/leaves`,
      query: optionalQuery(["bounds", bounds], ["stop_layer", stopLayer]),
      limit: LARGE_ANSWER,
    },
    parse: (bytes, where) => labelsIn(parseAnswer(bytes, where), "leaf_ids", where) ?? new BigUint64Array(0),
  };
}

/** The same by version 1.0: down to supervoxels only. */
export function planLegacyLeaves(
  server: GrapheneServer,
  root: bigint,
  bounds: string,
): Planned<BigUint64Array> {
  return {
    request: {
      method: "POST",
      path: `${graphPath(server, "1.0")}/segment/${root}/leaves`,
      query: [["bounds", bounds]],
      body: jsonBody(`[${root}]`),
      limit: LARGE_ANSWER,
    },
    parse: (bytes, where) => decodeLabels(bytes, where),
  };
}

/** The supervoxels of each label of layer 2 in a chunk. */
export function planChunkMappings(
  server: GrapheneServer,
  chunkId: bigint,
  timestamp: number | undefined,
): Planned<Map<bigint, bigint[]>> {
  return {
    request: {
      method: "GET",
      path: `${graphPath(server, "v1")}/l2_chunk_children_binary/${chunkId}`,
      query: optionalQuery(["as_array", "True"], ["timestamp", timestamp]),
      limit: LARGE_ANSWER,
    },
    parse: (bytes, where) => {
      const pairs = decodeLabels(bytes, where);
      if (pairs.length % 2 !== 0)
        throw new DecodingError("An answer holds no pairs of labels", {
          where,
          got: `${pairs.length} labels`,
        });
      const mappings = new Map<bigint, bigint[]>();
      for (let i = 0; i < pairs.length; i += 2) {
        const below = mappings.get(pairs[i]!);
        if (below === undefined) mappings.set(pairs[i]!, [pairs[i + 1]!]);
        else below.push(pairs[i + 1]!);
      }
      return mappings;
    },
  };
}

/** @throws ArgumentError for what is no layer of the graph. */
export function checkStopLayer(stopLayer: number | undefined, layers: number): void {
  if (stopLayer === undefined) return;
  if (Number.isInteger(stopLayer) && stopLayer >= 1 && stopLayer <= layers) return;
  throw new ArgumentError("There is no such layer in the graph", {
    where: "stopLayer",
    expected: `1 to ${layers}`,
    got: String(stopLayer),
  });
}

function batches(labels: BigUint64Array): BigUint64Array[] {
  const count = Math.ceil(labels.length / BATCH);
  return Array.from({ length: count }, (_, i) => labels.subarray(i * BATCH, (i + 1) * BATCH));
}

function jsonBody(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
