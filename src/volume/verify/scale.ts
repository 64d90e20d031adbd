/** One level: every chunk of it, and what else lies in its folder. */
import { AbortGroup, throwIfAborted } from "../../base/abort.js";
import { Bbox, type Box6 } from "../../base/bbox.js";
import {
  AbortError,
  DecodingError,
  describe,
  EmptyFileException,
  SpecViolation,
  UnsupportedProtocolError,
} from "../../base/errors.js";
import { nextTurn } from "../../base/turn.js";
import { cellAt, cellBox, chunkKey, type Grid } from "../../grid/grid.js";
import { planRead } from "../../grid/plan.js";
import { isShardFile, placeOfLabel } from "../../shards/neuroglancer-uint64/place.js";
import type { Store } from "../../stores/store.js";
import { chunkContext } from "../chunk-store.js";
import type { VolumeContext } from "../context.js";
import type { ScaleLayout } from "../layout.js";
import type { ProgressListener } from "../progress.js";
import { readBox } from "../read.js";
import { labelOfChunk } from "../sharded-chunks.js";
import { supervise } from "../supervise.js";
import { type Checking, chunkFault } from "./chunk.js";
import { type Report, readFault } from "./fault.js";

export interface ScaleCheck {
  readonly layout: ScaleLayout;
  readonly box: Box6;
  /** Chunks that are not stored are no faults. */
  readonly fillMissing: boolean;
  /** Formats whose chunks are more than one encoding: they are read as a download reads them. */
  readonly whole: boolean;
  /** Shard files that faults have been told of: those are not told again for each of their chunks. */
  readonly known: ReadonlySet<string>;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ProgressListener | undefined;
}

/** Chunks that are read at a time. */
const IN_FLIGHT = 16;

/** Reads and decodes every chunk that the box touches. @returns their number. */
export async function verifyChunks(base: VolumeContext, check: ScaleCheck, report: Report): Promise<number> {
  const { layout, signal } = check;
  const context = chunkContext(base, layout);
  const { chunks: store, runtime } = context;
  const checking: Checking = {
    workspace: runtime.workspace,
    codec: await runtime.codec(layout.encoding, "decode"),
    layout,
  };
  const plan = planRead(layout.grid, check.box);
  const told = new Set(check.known);
  /** What is wrong with a shard is told once, not for each of its chunks. */
  const reportRead = (key: string, error: unknown): void => {
    const label = layout.sharding === undefined ? undefined : labelOfChunk(layout, key);
    if (label === undefined || layout.sharding === undefined || !isOfShard(error)) {
      report(readFault(key, error));
      return;
    }
    const shard = `${layout.key}/${placeOfLabel(layout.sharding, label).file}`;
    if (!told.has(shard)) report(readFault(shard, error));
    told.add(shard);
  };
  const reads = new AbortGroup(signal);
  let next = 0;
  let done = 0;
  const lane = async (): Promise<void> => {
    for (let i = next++; i < plan.length && !reads.over; i = next++) {
      const chunk = plan.at(i);
      const key = `${layout.key}/${chunk.key}`;
      try {
        if (check.whole) {
          await readWhole(base, check, chunk.box);
          continue;
        }
        const stored = await reads.run((own) => store.read(key, { signal: own }));
        if (reads.over) return;
        if (stored !== undefined) {
          const fault = await chunkFault(checking, chunk, stored, store.url(key));
          if (fault !== undefined) report(fault);
        } else if (!check.fillMissing) report({ key, kind: "missing", detail: "The chunk is not stored" });
      } catch (error) {
        if (error instanceof AbortError || reads.over) throw error;
        reportRead(key, error);
      } finally {
        check.onProgress?.({ done: ++done, total: plan.length });
        await nextTurn();
      }
    }
  };
  const lanes = Array.from({ length: Math.min(IN_FLIGHT, plan.length) }, lane);
  await supervise(lanes, () => reads.abort(new Error("the check ended")), signal).result;
  reads.close();
  throwIfAborted(signal);
  return plan.length;
}

async function readWhole(
  context: VolumeContext,
  { layout, fillMissing, signal }: ScaleCheck,
  box: Box6,
): Promise<void> {
  const read = { layout, box, fillMissing, background: 0, parallel: 1, signal };
  (await readBox(context, read)).lifetime.release();
}

/** What lies in the folder and is no chunk: temporary files, twins, names that no reader looks for. */
export async function verifyFolder(
  store: Store,
  layout: ScaleLayout,
  report: Report,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const isOwn = ownName(layout);
  try {
    if (store.files !== undefined) {
      for await (const file of store.files(layout.key, { signal })) {
        const key = `${layout.key}/${file.name}`;
        if (file.isTemporary)
          report({ key, kind: "temporary", detail: "A writer left it, or is writing it now" });
        else if (!isOwn(file.key)) report({ key, kind: "stray", detail: "It is no chunk of this level" });
        else if (file.twins.length > 0)
          report({
            key,
            kind: "twin",
            detail: `Beside ${file.twins.join(", ")}: readers see one or the other`,
          });
      }
      return undefined;
    }
    if (store.list === undefined) return `${layout.key}: this storage cannot be listed`;
    for await (const key of store.list(`${layout.key}/`, { signal }))
      if (!isOwn(key)) report({ key, kind: "stray", detail: "It is no chunk of this level" });
    return undefined;
  } catch (error) {
    if (error instanceof AbortError) throw error;
    if (error instanceof UnsupportedProtocolError) return `${layout.key}: ${describe(error)}`;
    report(readFault(layout.key, error));
    return undefined;
  }
}

function isOfShard(error: unknown): boolean {
  return (
    error instanceof SpecViolation || error instanceof EmptyFileException || error instanceof DecodingError
  );
}

function ownName({ key, grid, sharding }: ScaleLayout): (name: string) => boolean {
  return (name) => {
    const last = name.slice(key.length + 1);
    return sharding === undefined ? isChunkName(grid, last) : isShardFile(sharding, last);
  };
}

function isChunkName(grid: Grid, name: string): boolean {
  try {
    const box = Bbox.fromFilename(name).toList();
    const cell = cellAt(grid, box);
    const inside = cell.every((n, axis) => n >= 0 && n * grid.chunk[axis]! < grid.size[axis]!);
    return inside && chunkKey(cellBox(grid, ...cell)) === name;
  } catch {
    return false;
  }
}
