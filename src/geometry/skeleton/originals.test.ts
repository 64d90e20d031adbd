/** Skeletons against osteoid, which CloudVolume uses: the same results, in the same order. */
import { describe, expect, test } from "vitest";
import { random } from "../../../test/generators/random.js";
import { haveOriginals, startJudge } from "../../../test/support/originals.js";
import { arrayType, type DataType } from "../../base/dtype.js";
import { Skeleton } from "./skeleton.js";
import { type RandomSkeletonOptions, randomSkeleton } from "./testing.js";

interface Packed {
  readonly vertices: string;
  readonly edges: string;
  readonly attributes: readonly { readonly id: string; readonly dataType: DataType; readonly data: string }[];
  readonly error?: string;
}
interface Results extends Record<string, unknown> {
  readonly encoded: string;
  readonly swc: string;
  readonly cable: number;
  readonly terminals: string;
  readonly branches: string;
  readonly paths: readonly string[];
  readonly interjoint: readonly string[];
  readonly components: readonly Packed[];
  readonly chunk: readonly (readonly [readonly number[], Packed])[];
}

const b64 = (data: ArrayBufferView): string =>
  Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("base64");
const floats = (text: string): Float32Array =>
  new Float32Array(new Uint8Array(Buffer.from(text, "base64")).buffer);
const form = ({ vertices, edges }: Skeleton): object => ({ vertices: b64(vertices), edges: b64(edges) });
const theirForm = ({ vertices, edges }: Packed): object => ({ vertices, edges });
const values = (s: Skeleton): object => Object.fromEntries(s.attributes.map((a) => [a.id, b64(a.data)]));
const theirValues = (p: Packed): object => Object.fromEntries(p.attributes.map((a) => [a.id, a.data]));
const wire = (s: Skeleton): object[] =>
  s.attributes.map((a) => ({ id: a.id, data_type: a.dataType, num_components: a.numComponents }));

const KINDS: Readonly<Record<string, RandomSkeletonOptions>> = {
  "one tree": { trees: 1, vertices: 60 },
  "three trees": { trees: 3, vertices: 90 },
  "a large tree": { trees: 1, vertices: 1200, attributes: 0 },
  "many branches": { trees: 1, vertices: 300, attributes: 1 },
  "cycles and loops": { trees: 2, vertices: 24, extraEdges: 3 },
  "vertices that fall together": { trees: 2, vertices: 30, duplicates: true },
};

describe.runIf(haveOriginals("skeletons against osteoid"))("osteoid", () => {
  const judge = startJudge("test/parity/skeleton_judge.py");

  test.each(Object.entries(KINDS))("%s: everything equal", { timeout: 120_000 }, async (kind, options) => {
    const rng = random(kind.length);
    const unit = (): number => rng(1 << 24) / (1 << 24);
    for (let i = 0; i < (options.vertices === 1200 ? 4 : 25); i++) {
      const skeleton = randomSkeleton(unit, options);
      const box = [-300, -300, -300, 200, 250, 300];
      const factor = 2 + rng(3);
      const window = 2 + rng(6);
      const chunk = [256, 300, 410.5];
      const encoded = b64(skeleton.toPrecomputed());
      const transform = Array.from(skeleton.transform);
      const question = { id: Number(skeleton.id), encoded, attributes: wire(skeleton), transform };
      const theirs = await judge.ask<Results>("results", { ...question, box, factor, window, chunk });
      const what = `${kind} ${i}`;
      expect(encoded, what).toBe(theirs.encoded);
      expect(b64(skeleton.terminals()), what).toBe(theirs.terminals);
      expect(b64(skeleton.branches()), what).toBe(theirs.branches);
      expect(skeleton.cableLength() / theirs.cable, what).toBeCloseTo(1, 5);
      same(skeleton.physicalSpace(), theirs.physical as Packed, `${what} physical`);
      expect(swcRows(skeleton.toSwc()), `${what} swc`).toBe(swcRows(theirs.swc));
      const distinct = options.duplicates !== true;
      same(skeleton.consolidate(), theirs.consolidate as Packed, `${what} consolidate`);
      same(
        skeleton.consolidate({ removeDisconnectedVertices: false }),
        theirs.keepLoose as Packed,
        `${what} keep loose`,
      );
      const components = skeleton.components();
      expect(components.length, what).toBe(theirs.components.length);
      components.forEach((c, k) => {
        same(c, theirs.components[k]!, `${what} component ${k}`);
      });
      if (distinct) same(skeleton.removeDisconnectedVertices(), theirs.removeDisconnected as Packed, what);
      // Where vertices of one place have different attributes, osteoid takes another one's.
      const crop = theirs.crop as Packed;
      if (crop.error === undefined) expect(form(skeleton.crop(box)), `${what} crop`).toEqual(theirForm(crop));
      if (options.extraEdges === undefined && distinct) {
        const paths = skeleton.paths().map((p) => b64(p.vertices));
        expect(paths, `${what} paths`).toEqual(theirs.paths);
      }
      const joints = skeleton.interjointPaths().map((p) => b64(p.vertices));
      if (Array.isArray(theirs.interjoint)) expect(joints, `${what} interjoint`).toEqual(theirs.interjoint);
      const down = theirs.downsample as Packed;
      if (down.error === undefined) {
        const ours = skeleton.downsample(factor);
        expect(form(ours), `${what} downsample`).toEqual(theirForm(down));
        if (distinct) expect(values(ours), `${what} downsample`).toEqual(theirValues(down));
      }
      const smooth = theirs.smooth as Packed;
      if (smooth.error === undefined && distinct) {
        const ours = skeleton.averageSmoothing(window, { checkBoundary: false });
        const theirVertices = floats(smooth.vertices);
        expect(ours.vertices.length, `${what} smooth`).toBe(theirVertices.length);
        ours.vertices.forEach((v, k) => {
          expect(Math.abs(v - theirVertices[k]!), `${what} smooth`).toBeLessThan(1e-3);
        });
        expect(b64(ours.edges), `${what} smooth`).toBe(smooth.edges);
      }
      if (distinct && options.extraEdges === undefined) {
        const pieces = skeleton.chunk(chunk);
        expect(
          pieces.map((p) => [[...p.cell], form(p.skeleton)]),
          `${what} chunk`,
        ).toEqual(theirs.chunk.map(([cell, piece]) => [cell, theirForm(piece)]));
      }
    }
  });

  test("equivalent: what osteoid says", { timeout: 120_000 }, async () => {
    const rng = random(77);
    const unit = (): number => rng(1 << 24) / (1 << 24);
    const seen = { true: 0, false: 0 };
    for (let i = 0; i < 120; i++) {
      const a = randomSkeleton(unit, {
        vertices: 4 + rng(12),
        trees: 1 + rng(2),
        extraEdges: rng(4),
        attributes: 1,
      });
      const b = shuffled(a, rng);
      if (i % 3 === 1) b.vertices[rng(b.vertices.length)]! += 1;
      if (i % 3 === 2) b.edges[rng(b.edges.length)] = rng(b.numVertices);
      const ask = (s: Skeleton): object => ({
        encoded: b64(s.toPrecomputed()),
        attributes: wire(s).slice(0, 2),
        transform: Array.from(s.transform),
      });
      a.attributes = a.attributes.slice(0, 2);
      b.attributes = b.attributes.slice(0, 2);
      const theirs = await judge.ask<boolean>("equivalent", { a: ask(a), b: ask(b) });
      expect(Skeleton.equivalent(a, b), `pair ${i}`).toBe(theirs);
      seen[`${theirs}`]++;
    }
    expect(Math.min(seen.true, seen.false)).toBeGreaterThan(20);
  });

  test("SWC, read", async () => {
    const rng = random(3);
    const unit = (): number => rng(1 << 24) / (1 << 24);
    for (let i = 0; i < 20; i++) {
      const text = randomSkeleton(unit, { vertices: 30, trees: 1 + rng(3) }).toSwc();
      same(Skeleton.fromSwc(text), await judge.ask<Packed>("from_swc", { text }), `swc ${i}`);
    }
  });
});

function same(ours: Skeleton, theirs: Packed, what: string): void {
  expect(theirs.error, what).toBeUndefined();
  expect(form(ours), what).toEqual(theirForm(theirs));
  expect(values(ours), what).toEqual(theirValues(theirs));
}

function swcRows(text: string): string {
  return text.replace(/VERSION_DATE .*/, "VERSION_DATE");
}

/** The same skeleton with its vertices and edges in another order. */
function shuffled(skeleton: Skeleton, rng: (below: number) => number): Skeleton {
  const order = Array.from({ length: skeleton.numVertices }, (_, i) => i);
  for (let i = order.length - 1; i > 0; i--) {
    const j = rng(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  const place = order.map((_, i) => order.indexOf(i));
  return new Skeleton({
    id: skeleton.id,
    vertices: Float32Array.from(order.flatMap((at) => [...skeleton.vertices.subarray(3 * at, 3 * at + 3)])),
    edges: skeleton.edges.map((end) => place[end]!),
    attributes: skeleton.attributes.map((a) => {
      const data = new (arrayType(a.dataType))(a.data.length);
      order.forEach((at, i) => {
        for (let c = 0; c < a.numComponents; c++)
          data[i * a.numComponents + c] = a.data[at * a.numComponents + c]!;
      });
      return { ...a, data };
    }),
  });
}
