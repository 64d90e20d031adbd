/** Writes a layer of annotations. */
import { ArgumentError, ReadOnlyException } from "../../../base/errors.js";
import { encodeJson } from "../../../base/json.js";
import type { OpenSpool } from "../../../base/spool.js";
import { NO_CACHE } from "../../../formats/cdn-cache.js";
import type { AnnotationInfo } from "../../../formats/precomputed/annotations/info.js";
import { recordLayout } from "../../../formats/precomputed/annotations/layout.js";
import { LevelPlanner } from "../../../formats/precomputed/annotations/levels.js";
import {
  type AnnotationSchema,
  annotationInfoJson,
  checkSchema,
} from "../../../formats/precomputed/annotations/schema.js";
import type { Store } from "../../../stores/store.js";
import { Annotations } from "../annotations.js";
import { checkBounds, layerBounds } from "./bounds.js";
import { type IndexDatum, type IndexTarget, writeIndex } from "./index-writer.js";
import { byId, byObject, type PlacedEntries, placeAll, writeCells } from "./indices.js";
import type { AnnotationSource, AnnotationWriteOptions, WriteContext } from "./options.js";
import { checkPlace, removeFolders, removeOld } from "./place.js";
import { foldersOf, planLayer } from "./plan.js";
import { type Staged, stage } from "./stage.js";

export interface LayerWriteOptions extends AnnotationWriteOptions {
  readonly spool: OpenSpool | undefined;
}

const MEMORY = 96 << 20;
const LIMIT = 1000;
/** Entries of indices between two reports. */
const REPORT = 256;

/**
 * Writes annotations into a folder of a store. All of them are read and checked before anything is written, the info comes
 * last, and what a failed write has begun is removed. Memory holds `memory` bytes of annotations, and the largest list of an index.
 * @throws ArgumentError, EncodingError naming the annotation and what is wrong with it, ReadOnlyException, StorageError.
 */
export async function writeLayer(
  store: Store,
  folder: string,
  schema: AnnotationSchema,
  annotations: AnnotationSource,
  options: LayerWriteOptions,
): Promise<Annotations> {
  const { signal, spool, onProgress } = options;
  if (store.write === undefined)
    throw new ReadOnlyException("This storage cannot be written", { where: store.url(folder) });
  const checked = checkSchema(schema);
  const layout = recordLayout(checked);
  const seed = whole("seed", options.seed ?? 0, 0, 2 ** 32 - 1);
  const limit = whole("limit", options.limit ?? LIMIT, 1, 2 ** 31);
  const memory = whole("memory", options.memory ?? MEMORY, 1 << 16, 2 ** 40);
  checkBounds(layout.rank, options);
  const old = await checkPlace(store, folder, foldersOf(checked), options);
  // At the same time there are what was put aside, one sort of it, and the shard that is made of that.
  const context: WriteContext = { memory: Math.floor(memory / 3), spool, seed, signal };
  const staged = await stage(checked, layout, annotations, context, (done) =>
    onProgress?.({ stage: "reading", done, total: undefined }),
  );
  let placed: PlacedEntries | undefined;
  try {
    const bounds = layerBounds(layout.rank, options, staged.bounds);
    const planner = new LevelPlanner({ ...checked, bounds, limit });
    placed = await placeAll(staged, layout, planner, context);
    const related = checked.relationships.map((_, i) => staged.related(i));
    const known = { bounds, count: staged.count, bytes: staged.meanBytes, related, levels: planner.levels };
    const info = planLayer(checked, known, options);
    await removeOld(store, folder, old, { signal });
    const target: IndexTarget = {
      ...{ store, folder, spool, memory: context.memory, signal },
      gzip: options.compress === true,
    };
    return await writeAll(target, info, staged, placed, context, options).catch(async (error: unknown) => {
      await removeFolders(store, folder, foldersOf(checked)).catch(() => {});
      throw error;
    });
  } finally {
    await placed?.sort.close();
    await staged.close();
  }
}

/** All indices, then the info. */
async function writeAll(
  target: IndexTarget,
  info: AnnotationInfo,
  staged: Staged,
  placed: PlacedEntries,
  context: WriteContext,
  { onProgress }: LayerWriteOptions,
): Promise<Annotations> {
  const { store, folder, signal } = target;
  const layout = recordLayout(info);
  const related = info.relationships.reduce((sum, _, i) => sum + staged.related(i).entries, 0);
  const total = staged.count + related + placed.count;
  let done = 0;
  let told = 0;
  const onDone = (entries: number): void => {
    done += entries;
    if (done - told < REPORT && done < total) return;
    told = done;
    onProgress?.({ stage: "writing", done: Math.min(done, total), total });
  };
  const index = info.byId!;
  await writeIndex(target, index, counted(byId(staged, index.sharding, context), onDone));
  for (const [i, relationship] of info.relationships.entries())
    await writeIndex(
      target,
      relationship,
      byObject(staged, layout, i, relationship.sharding, context, onDone),
    );
  const spatial = await writeCells(target, info.spatial, placed, onDone);
  const whole: AnnotationInfo = { ...info, spatial };
  await store.write?.(`${folder}info`, encodeJson(annotationInfoJson(whole), { indent: 2 }), {
    contentType: "application/json",
    cacheControl: NO_CACHE,
    signal,
  });
  onProgress?.({ stage: "writing", done: total, total });
  return new Annotations(store, folder, whole);
}

async function* counted(
  data: AsyncIterable<IndexDatum>,
  onDone: (entries: number) => void,
): AsyncGenerator<IndexDatum> {
  for await (const datum of data) {
    onDone(1);
    yield datum;
  }
}

function whole(where: string, value: number, min: number, max: number): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new ArgumentError("Annotations cannot be written so", {
    where,
    expected: `a whole number from ${min} to ${max}`,
    got: String(value),
  });
}
