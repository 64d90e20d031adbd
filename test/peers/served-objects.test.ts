/**
 * Meshes, skeletons and annotations in a folder that is served as a whole: CloudVolume reads the same over http
 * as from the disk, we read the truth, and files are those that lie there.
 */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Annotation, AnnotationList, openAnnotations, type Serving, serve } from "../../src/node.js";
import { type GoldenEntry, goldenEntries, goldenPath, goldenRoot } from "../support/golden.js";
import { haveOriginals, startJudge } from "../support/originals.js";

const WHAT = "served meshes, skeletons and annotations in CloudVolume";
const KINDS = ["mesh-legacy", "mesh-multilod-unsharded", "mesh-multilod-sharded"];
const LINES = ["skeleton-unsharded", "skeleton-sharded"];
const NOTES = ["annotations-unsharded", "annotations-unsharded-spatial", "annotations-sharded"];
interface Entry extends GoldenEntry {
  readonly ids: readonly string[];
  readonly truth: string;
  readonly count: number;
}
const entries = (haveOriginals(WHAT)
  ? goldenEntries([...KINDS, ...LINES, ...NOTES, "mesh-legacy-draco"], WHAT)
  : []) as unknown as Entry[];
const named = (kinds: readonly string[]): (readonly [string, Entry])[] =>
  entries.filter(({ kind }) => kinds.includes(kind)).map((entry) => [entry.path, entry]);

const SEGMENT = "1036425";

describe.runIf(entries.length > 0)("a folder of golden layers", () => {
  const peer = startJudge("test/peers/served_objects_peer.py");
  let serving: Serving;
  beforeAll(async () => {
    serving = await serve(goldenRoot as string, { port: 0 });
  });
  afterAll(() => serving.close());
  const places = ({ path }: Entry): { url: string; path: string } => ({
    url: `${serving.layers[0]}/${path}`,
    path: goldenPath(path),
  });

  test.each(named(KINDS))("%s", async (path, entry) => {
    const lods = entry.kind === "mesh-legacy" ? [null] : [0, 1];
    const { ids } = entry;
    expect(await peer.ask("meshes_read", { ...places(entry), ids: ids.slice(0, 3), lods: [lods[0]] })).toBe(
      "same",
    );
    // Those with 10 bits have one level.
    if (path.includes("q16"))
      expect(await peer.ask("meshes_read", { ...places(entry), ids: [SEGMENT], lods })).toBe("same");
    if (path.includes("legacy_raw/"))
      for (const box of [
        [500, -1000, 400, 1500, 0, 2000],
        [0, -5000, 0, 9000, 9000, 9000],
      ])
        expect(await peer.ask("labels_in_box", { ...places(entry), which: "mesh", box })).toBe("same");
  });

  test.each(named(LINES))("%s", async (path, entry) => {
    // vertex_types is of uint8.
    const made = !path.endsWith("skeletons_unsharded/layer");
    const ids = entry.ids.slice(0, 4);
    expect(await peer.ask("skeletons_read", { ...places(entry), ids, made })).toBe("same");
  });

  test.each(named(NOTES))("%s, in CloudVolume or in ours", async (path, entry) => {
    const annotations = await openAnnotations(places(entry).url);
    const truth = JSON.parse(readFileSync(goldenPath(entry.truth), "utf8")) as readonly {
      readonly id: string;
      readonly geometry: readonly (readonly number[])[];
    }[];
    const found: Annotation[] = [];
    for await (const annotation of annotations.getAll()) found.push(annotation);
    const list = new AnnotationList(annotations.info, []);
    expect(new Map(found.map((a) => [String(a.id), list.points(a)]))).toEqual(
      new Map(truth.map((t) => [t.id, t.geometry])),
    );
    const ids = truth.slice(0, 20).map(({ id }) => id);
    if (path.includes("spec_point"))
      expect(await peer.ask("points_read", { ...places(entry), ids })).toBe("same");
  });

  // The infos of volumes and the files of skeletons are made.
  test.each(named([...KINDS, ...NOTES, "mesh-legacy-draco"]))("%s as files", async (_, entry) => {
    const files = await peer.ask("files_read", {
      ...places(entry),
      leave: entry.kind.startsWith("mesh") ? ["info"] : [],
    });
    expect(Number(files)).toBeGreaterThan(3);
  });
});
