/**
 * Manifests of meshes: which fragments, of which labels, a mesh consists of. Source: CloudVolume `datasource/graphene/mesh`;
 * PyChunkedGraph's `app/meshing` (`meshing/README` on the forms of fragments' names).
 */
import { MeshDecodeError } from "../../base/errors.js";
import { parseJson } from "../../base/json.js";
import { list, placeOf, record, text } from "../../base/verify.js";
import { labelsIn } from "./labels.js";
import { type GraphRequest, LARGE_ANSWER, optionalQuery } from "./request.js";

export interface ManifestQuestion {
  readonly segment: bigint;
  readonly lod: number;
  /** Fragments of at most this layer. */
  readonly startLayer: number;
  /** Whether the server looks which fragments there are, and tells where in their shards. */
  readonly verify: boolean;
  readonly segids: boolean;
  /** `x0-x1_y0-y1_z0-z1`, voxels of the watershed's level. */
  readonly bounds?: string | undefined;
}

export interface Manifest {
  /** Names of files, or places in shards. */
  readonly fragments: readonly string[];
  /** The label of each fragment, where they were asked for. */
  readonly segids: BigUint64Array | undefined;
}

/** @param bodies whether a GET may have a body; else the layer stands in the query, where newer servers look as well. */
export function planManifest(path: string, question: ManifestQuestion, bodies: boolean): GraphRequest {
  const { segment, lod, startLayer, verify, segids, bounds } = question;
  return {
    method: "GET",
    path: `${path}/${segment}:${lod}`,
    query: [
      ["verify", verify ? "True" : "False"],
      ...optionalQuery(
        ["return_seg_ids", segids ? 1 : undefined],
        ["bounds", bounds],
        ["start_layer", bodies ? undefined : startLayer],
      ),
    ],
    body: bodies ? new TextEncoder().encode(`{"start_layer": ${startLayer}}`) : undefined,
    limit: LARGE_ANSWER,
  };
}

const manifest = record({ fragments: list(text({ max: 4096 })) });

/** @throws MeshDecodeError for what is no manifest, or lacks the labels that were asked for. */
export function parseManifest(bytes: Uint8Array, where: string, segids: boolean): Manifest {
  const json = parseJson(bytes, { where, maxBytes: LARGE_ANSWER, error: MeshDecodeError });
  const found = manifest(json, placeOf(where, MeshDecodeError));
  const labels = asMeshError(() => labelsIn(found, "seg_ids", where));
  if (segids && labels?.length !== found.fragments.length)
    throw new MeshDecodeError("A manifest does not name the label of each fragment", {
      where,
      expected: `${found.fragments.length} in seg_ids`,
      got: labels === undefined ? "none" : `${labels.length}`,
    });
  return { fragments: found.fragments, segids: labels };
}

function asMeshError<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    throw new MeshDecodeError("A manifest is damaged", { got: cause.message, cause });
  }
}
