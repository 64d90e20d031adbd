/** Damaged skeletons, SWC texts, info documents and files of spatial indices. */
import { encodeJson, parseJson } from "../../src/base/json.js";
import { verifySkeletonInfo } from "../../src/formats/precomputed/skeleton/info.js";
import { allCells, indexGrid } from "../../src/formats/precomputed/spatial-index/grid.js";
import { parseIndexFile } from "../../src/formats/precomputed/spatial-index/parse.js";
import { randomIndex } from "../../src/formats/precomputed/spatial-index/testing.js";
import { Skeleton } from "../../src/geometry/skeleton/skeleton.js";
import { randomSkeleton } from "../../src/geometry/skeleton/testing.js";
import { random } from "../generators/random.js";
import type { Seed, Target } from "./target.js";

export function skeletonTargets(): Target[] {
  const rng = random(31);
  const unit = (): number => rng(1 << 24) / (1 << 24);
  const skeletons = Array.from({ length: 12 }, (_, i) =>
    randomSkeleton(unit, { vertices: 1 + i * 4, trees: 1, attributes: i % 4, extraEdges: i % 2 }),
  );
  const grid = indexGrid({ chunk_size: [1000, 800, 2000] }, [0, -10, 5, 70, 60, 55], [40, 40, 100]);
  const index = randomIndex(rng, grid, 400);
  return [
    { name: "skeleton", seeds: skeletons.map(encoded) },
    { name: "skeleton-swc", seeds: skeletons.map((s) => text(s.toSwc())) },
    { name: "skeleton-info", seeds: INFOS.map(info) },
    { name: "spatial-index", seeds: [...index.files.values()].map(indexFile) },
  ];
}

function encoded(skeleton: Skeleton): Seed {
  const vertexAttributes = skeleton.attributes.map(({ id, dataType, numComponents }) => ({
    id,
    dataType,
    numComponents,
  }));
  return {
    bytes: skeleton.toPrecomputed(),
    run: (bytes) => {
      const found = Skeleton.fromPrecomputed(bytes, { vertexAttributes });
      for (const { numComponents, data } of found.attributes)
        if (data.length !== found.numVertices * numComponents) return "an attribute of the wrong length";
      return use(found);
    },
  };
}

/** What users do next: it may find that edges lead nowhere, and nothing else. */
function use(skeleton: Skeleton): string | undefined {
  const small = skeleton.consolidate();
  skeleton.cableLength();
  small.components();
  small.toSwc();
  small.interjointPaths();
  return small.numVertices > skeleton.numVertices ? "more vertices than before" : undefined;
}

function text(swc: string): Seed {
  return {
    bytes: new TextEncoder().encode(swc),
    run: (bytes) => use(Skeleton.fromSwc(new TextDecoder().decode(bytes))),
  };
}

const INFOS = [
  {
    "@type": "neuroglancer_skeletons",
    transform: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0],
    vertex_attributes: [
      { id: "radius", data_type: "float32", num_components: 1 },
      { id: "n", data_type: "int16", num_components: 3 },
    ],
    spatial_index: { chunk_size: [1024, 1024, 2560], resolution: [16, 16, 40.5] },
    mip: 0,
  },
  { vertex_attributes: [], sharding: { "@type": "neuroglancer_uint64_sharded_v1", preshift_bits: 1 } },
];

function info(document: object): Seed {
  return {
    bytes: encodeJson(document),
    run: (bytes) => {
      const found = verifySkeletonInfo(parseJson(bytes), "info");
      if (found.spatial_index) allCells(indexGrid(found.spatial_index, [0, 0, 0, 10, 10, 10], [16, 16, 40]));
      return undefined;
    },
  };
}

function indexFile(bytes: Uint8Array): Seed {
  return {
    bytes,
    run: (damaged) => {
      const { labels, boxes } = parseIndexFile(damaged, "x.spatial");
      if (boxes.length !== 6 * labels.length) return "a box is missing";
      return boxes.every(Number.isFinite) ? undefined : "a corner that is no number";
    },
  };
}
