/** Decompressors and small parsers as targets, seeded with the committed fixtures. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, deflateRawSync, gzipSync } from "node:zlib";
import { DecompressionError } from "../../src/base/errors.js";
import { createWorkspace } from "../../src/base/memory-workspace.js";
import { formatNpy, parseNpy } from "../../src/base/npy.js";
import { CONTENTS, chunkVoxels, seeded } from "../../src/codecs/testing-chunks.js";
import { gunzipPieces } from "../../src/compression/gunzip-pieces.js";
import { gunzipInto, inflateRegion } from "../../src/compression/gunzip-workspace.js";
import { type Compression, decompressSync, loadCompression } from "../../src/compression/index.js";
import { differsInSteps } from "../../src/compression/testing-steps.js";
import type { Seed, Target } from "./target.js";

const LIMIT = 40_000;
const FIXTURES = "fixtures/compression";

interface Manifest {
  readonly files: Readonly<Record<string, { readonly compression: Compression }>>;
}

const contents = CONTENTS.map((content, i) =>
  chunkVoxels({ shape: [16, 16, 9, 1], dtype: "uint32" }, content, seeded(i)),
);

export async function compressionTargets(): Promise<Target[]> {
  const { files } = JSON.parse(readFileSync(join(FIXTURES, "MANIFEST.json"), "utf8")) as Manifest;
  const targets: Target[] = [];
  for (const compression of ["gzip", "br", "zstd", "xz", "bz2"] as const) {
    await loadCompression(compression);
    const stored = Object.entries(files)
      .filter(([, entry]) => entry.compression === compression)
      .map(([name]) => new Uint8Array(readFileSync(join(FIXTURES, name))));
    const own =
      compression === "gzip"
        ? contents.map((c) => gzipSync(c))
        : compression === "br"
          ? contents.map((c) => brotliCompressSync(c))
          : [];
    const seeds = [...stored, ...own].map(
      (bytes): Seed => ({ bytes, run: (input) => decompressed(compression, input) }),
    );
    targets.push({ name: compression, seeds });
    if (compression === "gzip") {
      targets.push({ name: "gzip kernel", seeds: seeds.map(({ bytes }) => ({ bytes, run: gunzipKernel })) });
      targets.push({
        name: "gzip in pieces",
        seeds: seeds.map(({ bytes }) => ({ bytes, run: gunzipInPieces })),
      });
    }
  }
  return [...targets, inflateTarget(), stepsTarget(), npyTarget()];
}

function decompressed(compression: Compression, input: Uint8Array): string | undefined {
  const { length } = decompressSync(compression, input, { limit: LIMIT, where: "fuzz" });
  return length > LIMIT ? `${length} bytes came out, ${LIMIT} are allowed` : undefined;
}

const ws = createWorkspace();
const GUARD = 512;

function gunzipKernel(input: Uint8Array): string | undefined {
  const source = ws.allocate(input.length);
  ws.bytes().set(input, source.ptr);
  try {
    const { length } = gunzipInto(ws, source, LIMIT, "fuzz");
    return length > LIMIT ? `${length} bytes came out, ${LIMIT} are allowed` : undefined;
  } finally {
    ws.release(source);
  }
}

function gunzipInPieces(input: Uint8Array): string | undefined {
  const source = ws.allocate(input.length);
  ws.bytes().set(input, source.ptr);
  let taken = 0;
  try {
    const length = gunzipPieces(ws, source, LIMIT, "fuzz", (piece) => {
      taken += piece.length;
      return piece.length;
    });
    return length > LIMIT || length !== taken ? `${length} bytes came out, ${taken} in pieces` : undefined;
  } finally {
    ws.release(source);
  }
}

/** The same stream in one call and with little room at a time. */
function stepsTarget(): Target {
  return {
    name: "inflate kernel in steps",
    seeds: contents.flatMap((content, i) =>
      [0, 1, 6, 9].map((level): Seed => {
        const random = seeded(i);
        const below = (n: number): number => Math.floor(random() * n);
        return {
          bytes: deflateRawSync(content, { level }),
          run: (input) => differsInSteps(ws, input, content.length, below),
        };
      }),
    ),
  };
}

/** Raw deflate, without the checksums that hide what follows a damaged header. */
function inflateTarget(): Target {
  return {
    name: "inflate kernel",
    seeds: contents.flatMap((content) =>
      [1, 6, 9].map((level): Seed => {
        const capacity = content.length;
        return {
          bytes: deflateRawSync(content, { level }),
          run(input) {
            const source = ws.allocate(input.length);
            const target = ws.allocate(capacity + 2 * GUARD);
            ws.bytes().set(input, source.ptr);
            ws.bytes().fill(0xa5, target.ptr, target.ptr + target.length);
            const { status, produced, consumed } = inflateRegion(ws, source, {
              ptr: target.ptr + GUARD,
              length: capacity,
            });
            const bytes = ws.bytes().subarray(target.ptr, target.ptr + target.length);
            ws.release(source);
            ws.release(target);
            if (produced > capacity || consumed > input.length)
              return `consumed ${consumed}, produced ${produced}`;
            const outside = [...bytes.subarray(0, GUARD), ...bytes.subarray(GUARD + capacity)];
            if (outside.some((byte) => byte !== 0xa5)) return "bytes outside of the target were written";
            if (status < 0 || status > 7) return `status ${status}`;
            if (status > 0) throw new DecompressionError(`Status ${status}`);
            return undefined;
          },
        };
      }),
    ),
  };
}

function npyTarget(): Target {
  const run = (input: Uint8Array): undefined => {
    parseNpy(input);
  };
  return {
    name: "npy",
    seeds: [new Uint8Array(24), new Float64Array(24), new BigInt64Array(24)].map((data) => ({
      bytes: formatNpy({ data, shape: [2, 3, 4], stride: [1, 2, 6] }),
      run,
    })),
  };
}
