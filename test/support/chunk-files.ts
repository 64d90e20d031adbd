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
  const byEncoding = groups(found, (f) => f.info.scales[0]!.encoding).map((own) =>
    interleaved(groups(own, kindOf)),
  );
  return interleaved(byEncoding).slice(0, most);
}

function kindOf({ info, compression }: ChunkFile): string {
  return [info.data_type, info.num_channels, compression].join(" ");
}

/** The first of each list, then the second of each, and so on. */
function interleaved<T>(lists: readonly (readonly T[])[]): T[] {
  const longest = Math.max(0, ...lists.map((l) => l.length));
  return Array.from({ length: longest }, (_, i) => lists.flatMap((l) => l.slice(i, i + 1))).flat();
}

function groups(files: readonly ChunkFile[], name: (file: ChunkFile) => string): ChunkFile[][] {
  const out = new Map<string, ChunkFile[]>();
  for (const f of files) out.set(name(f), [...(out.get(name(f)) ?? []), f]);
  return [...out.values()];
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
