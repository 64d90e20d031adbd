/** Small chunk files for tests of damaged input: golden ones, or without them some that are made here. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { CloudVolume, type Compression, type Info } from "../../src/node.js";
import { goldenEntries, goldenPath } from "./golden.js";
import { COMPRESSIONS, LAYER_KINDS, randomLayer } from "./layers.js";
import { seeded } from "./random.js";

export interface ChunkFile {
  readonly name: string;
  readonly info: Info;
  /** `x0-x1_y0-y1_z0-z1`. */
  readonly key: string;
  readonly compression: Compression;
  readonly bytes: Uint8Array;
}

const SUFFIXES: Readonly<Record<string, Compression>> = {
  gz: "gzip",
  br: "br",
  zstd: "zstd",
  xz: "xz",
  bz2: "bz2",
};

/** At most `most` files of at most `bytes` bytes, as different in kind as there are. */
export async function chunkFiles(most: number, bytes: number): Promise<ChunkFile[]> {
  const found = [...goldenFiles(bytes), ...(await madeFiles(bytes))];
  const kinds = groups(found);
  const chosen: ChunkFile[] = [];
  for (let round = 0; chosen.length < most && round < 50; round++) {
    for (const kind of kinds.values()) {
      const file = kind[round];
      if (file !== undefined && chosen.length < most) chosen.push(file);
    }
  }
  return chosen;
}

function groups(files: readonly ChunkFile[]): Map<string, ChunkFile[]> {
  const out = new Map<string, ChunkFile[]>();
  for (const f of files) {
    const kind = [f.info.scales[0]!.encoding, f.info.data_type, f.info.num_channels, f.compression].join(" ");
    out.set(kind, [...(out.get(kind) ?? []), f]);
  }
  // One of each encoding before the others.
  const seen = new Set<string>();
  const first = (kind: string): boolean => {
    const encoding = kind.split(" ")[0] ?? "";
    const isFirst = !seen.has(encoding);
    seen.add(encoding);
    return isFirst;
  };
  const order = [...out].map(([kind, files]) => ({ kind, files, rank: first(kind) ? 0 : 1 }));
  return new Map(order.sort((a, b) => a.rank - b.rank).map(({ kind, files }) => [kind, files]));
}

function goldenFiles(bytes: number): ChunkFile[] {
  const entries = goldenEntries(["image"], "damage to golden chunk files");
  const supported = entries.filter((e) => LAYER_KINDS.some((k) => k.encoding === e.encoding));
  return supported.flatMap((e) => {
    const root = goldenPath(e.path);
    const info = JSON.parse(readFileSync(join(root, "info"), "utf8")) as Info;
    const folder = join(root, info.scales[0]!.key);
    const files = readdirSync(folder).map((file): ChunkFile => {
      const [key = "", suffix = ""] = file.split(".");
      const compression = SUFFIXES[suffix] ?? "none";
      return {
        name: `${e.path}/${file}`,
        info,
        key,
        compression,
        bytes: new Uint8Array(readFileSync(join(folder, file))),
      };
    });
    return files.filter((f) => f.bytes.length <= bytes).sort((a, b) => a.bytes.length - b.bytes.length);
  });
}

async function madeFiles(bytes: number): Promise<ChunkFile[]> {
  const made: ChunkFile[] = [];
  for (const [k, kind] of LAYER_KINDS.entries()) {
    const { info, array } = randomLayer(seeded(9000 + k), kind);
    const compress = COMPRESSIONS[k % COMPRESSIONS.length]!;
    const vol = await CloudVolume.create(`mem://chunk-files/${k}`, {
      info: { ...info, chunkSize: [9, 8, 4] },
      compress,
    });
    await vol.upload("...", array);
    const [path = ""] = (await vol.exists("...")).keys();
    const stored = await vol.context.store.read(path);
    if (stored === undefined || stored.bytes.length > bytes) continue;
    const name = `made ${kind.encoding} ${kind.dtype} x${kind.channels} ${compress}`;
    made.push({
      name,
      info: vol.info,
      key: path.split("/")[1]!,
      compression: stored.compression,
      bytes: stored.bytes,
    });
  }
  return made;
}
