/** The volume's meshes. */

import type { ByteCache } from "../cache/byte-cache.js";
import { boundsOf } from "../formats/precomputed/mip-coordinates.js";
import type { Graph } from "./graphene/graph.js";
import { GrapheneMeshes, type GrapheneMeshesParts } from "./graphene/meshes.js";
import { prefixOf } from "./meshes/files.js";
import { Meshes } from "./meshes/meshes.js";
import type { MeshesParts, VolumeLevel } from "./meshes/meshes-info.js";
import type { VolumeParts } from "./parts.js";
import { VolumeArrays } from "./volume-arrays.js";

const opened = new WeakMap<VolumeParts, { readonly folder: string; readonly meshes: Meshes }>();

export abstract class VolumeMeshes extends VolumeArrays {
  /** The meshes of the layer's segments, in the folder that the info's `mesh` names (else in `mesh`). */
  get mesh(): Meshes {
    const { parts } = this;
    const named = this.info.mesh;
    const folder = named === undefined || named === null || named === "" ? "" : named;
    const known = opened.get(parts);
    if (known?.folder === folder) return known.meshes;
    const { context, graph, cache } = parts;
    const files = {
      // The cache may be switched on and off: the context knows.
      get store() {
        return context.store;
      },
      get source() {
        return context.source;
      },
      prefix: prefixOf(folder === "" ? "mesh" : folder),
      hasInfo: folder !== "",
      volume: {
        level: (mip) => levelOf(parts, mip),
        mip: () => this.mip,
        verifyWritable: () => parts.metadata.verifyWritable(),
        indexPlace: () => ({
          volumeInfo: parts.metadata.info,
          database: parts.spatialIndex?.database,
          users: parts.spatialIndex?.users,
        }),
      },
    } satisfies MeshesParts;
    const disk = (): ByteCache | undefined => (cache.enabled ? cache.disk : undefined);
    const meshes = graph === undefined ? new Meshes(files) : grapheneMeshes(files, graph, disk);
    opened.set(parts, { folder, meshes });
    return meshes;
  }
}

/** Written out, as copying `files` would ask its getters once and for all. */
function grapheneMeshes(
  files: MeshesParts,
  graph: Graph,
  cache: () => ByteCache | undefined,
): GrapheneMeshes {
  return new GrapheneMeshes(
    Object.defineProperties({ graph, cache }, Object.getOwnPropertyDescriptors(files)) as GrapheneMeshesParts,
  );
}

function levelOf({ metadata }: VolumeParts, mip: number): VolumeLevel | undefined {
  const scale = metadata.info.scales[mip];
  if (scale === undefined) return undefined;
  const bounds = boundsOf(metadata.info, mip);
  return { resolution: scale.resolution, offset: [...bounds.minpt], size: scale.size };
}
