import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { CloudVolumeError } from "../../base/errors.js";
import { createSharedMemory, createWorkspace, type MemoryWorkspace } from "../../base/memory-workspace.js";
import { inMemory } from "../testing-encoded.js";
import { type ByteCodecConfig, intoRegion, viewOf } from "./byte-codec.js";
import { loadByteCodecs, pack, packNow, unpack } from "./index.js";
import { xxh32 } from "./xxh32.js";

interface Entry {
  readonly config: ByteCodecConfig;
  readonly content: string;
  readonly length?: number;
  readonly sha256: string;
}

const folder = new URL("../../../fixtures/byte-codecs/", import.meta.url);
const load = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(name, folder)));
const manifest = JSON.parse(readFileSync(new URL("MANIFEST.json", folder), "utf8")) as {
  readonly files: Readonly<Record<string, Entry>>;
};
const files = Object.entries(manifest.files);
const ws = createWorkspace();

function decode(bytes: Uint8Array, chain: readonly ByteCodecConfig[], limit: number): Uint8Array {
  return inMemory(ws, bytes, (source) => {
    const { ptr, length } = unpack(ws, source, chain, limit);
    return ws.bytes().slice(ptr, ptr + length);
  });
}

/** What comes out, or the error if it is typed; any other error fails the test. */
function attempt(
  bytes: Uint8Array,
  chain: readonly ByteCodecConfig[],
  limit: number,
): Uint8Array | undefined {
  try {
    const out = decode(bytes, chain, limit);
    expect(out.length).toBeLessThanOrEqual(limit);
    return out;
  } catch (error) {
    if (error instanceof CloudVolumeError) return undefined;
    throw error;
  }
}

const expected = ({ content, length }: Entry): Uint8Array => load(`${content}.raw`).subarray(0, length);
const same = (a: Uint8Array | undefined, b: Uint8Array): boolean =>
  a !== undefined && Buffer.compare(a, b) === 0;

beforeAll(loadByteCodecs);

describe("bytes packed by numcodecs", () => {
  it("are the ones of the manifest", () => {
    for (const [name, { sha256 }] of files)
      expect(createHash("sha256").update(load(name)).digest("hex"), name).toBe(sha256);
    expect(files.length).toBeGreaterThan(50);
  });

  it.each(files)("%s gives its content", (name, entry) => {
    const content = expected(entry);
    expect(same(decode(load(name), [entry.config], content.length), content)).toBe(true);
  });

  it.each(files)("%s: every cut, flipped bits, a limit below its content", (name, entry) => {
    const bytes = load(name);
    const content = expected(entry);
    const lossless = !/^(delta|shuffle|packbits|fixedscaleoffset)/.test(name);
    const step = Math.max(1, Math.floor(bytes.length / 150));
    for (let n = 0; n < bytes.length; n += step) {
      const out = attempt(bytes.subarray(0, n), [entry.config], content.length);
      if (lossless)
        expect(out === undefined || same(out, content.subarray(0, out.length)), `${n} bytes`).toBe(true);
    }
    for (let n = 0; n < 150; n++) {
      const damaged = bytes.slice();
      damaged[(n * 7919) % bytes.length]! ^= 1 << (n % 8);
      attempt(damaged, [entry.config], content.length);
    }
    if (!name.startsWith("crc") && !name.startsWith("adler"))
      expect(attempt(bytes, [entry.config], content.length - 1)).toBe(undefined);
  });
});

const WRITTEN: readonly ByteCodecConfig[] = [
  ...["lz4", "zlib", "zstd"].flatMap((cname) =>
    [0, 1, 2].flatMap((shuffle) =>
      [1, 2, 4, 8, 3].map((typesize) => ({ name: "blosc", cname, shuffle, typesize, clevel: 5 })),
    ),
  ),
  { name: "blosc", cname: "lz4", shuffle: "bitshuffle", typesize: 4, blocksize: 512 },
  { name: "blosc", clevel: 0 },
  { name: "lz4" },
  { name: "lz4-block", blockSize: 1024 },
  { name: "gzip", level: 5 },
  { name: "gzip", useZlib: true },
  { name: "zlib", level: 9 },
  { name: "zstd", level: 0 },
  { name: "br" },
  { name: "crc32c" },
  { name: "crc32c", location: "start" },
  { name: "crc32" },
  { name: "adler32" },
  { name: "shuffle", elementsize: 4 },
];

/** Codecs that never wait, blosc with lz4 inside. */
const NOW: ReadonlySet<string> = new Set(["blosc", "gzip", "zlib", "crc32c", "crc32", "adler32"]);

describe("what is packed here", () => {
  it.each(WRITTEN.map((config) => [JSON.stringify(config), config] as const))(
    "%s unpacks",
    async (_, config) => {
      for (const bytes of [
        load("content.raw"),
        load("noise.raw"),
        new Uint8Array(5),
        new Uint8Array(70_000).fill(3),
      ]) {
        const packed = await pack(ws, bytes, [config]);
        expect(same(decode(packed, [config], bytes.length), bytes), `${bytes.length} bytes`).toBe(true);
      }
    },
  );

  it.each(WRITTEN.map((config) => [JSON.stringify(config), config] as const))(
    "%s packs to the same bytes from a workspace, unless it waits",
    async (_, config) => {
      const waits = config.cname === "zlib" || config.cname === "zstd" || !NOW.has(config.name);
      const content = load("content.raw");
      const packed = await pack(ws, content, [config]);
      for (const memory of [createWorkspace(), createWorkspace({ memory: createSharedMemory() })]) {
        const plain = viewOf(memory, intoRegion(memory, content, "test.plain"));
        const now = packNow(memory, plain, [config]);
        if (waits) expect(now).toBe(undefined);
        else expect(same(now, packed)).toBe(true);
      }
    },
  );

  it("labels of any length by blosc, in blocks of any size", async () => {
    const labels = Uint8Array.from({ length: 700_000 }, (_, i) =>
      i % 8 < 2 ? (i >> (7 + (i % 8))) * 37 + (i >> 15) : 0,
    );
    for (const typesize of [1, 2, 4, 8, 5])
      for (const blocksize of [0, 1000, 65_536 * typesize, 70_000 * typesize])
        for (const length of [12, 16 * typesize + 3, 262_144, 600_001]) {
          const config = { name: "blosc", cname: "lz4", typesize, blocksize, shuffle: 1 };
          const packed = await pack(ws, labels.subarray(0, length), [config]);
          const what = JSON.stringify({ ...config, length });
          expect(same(decode(packed, [config], length), labels.subarray(0, length)), what).toBe(true);
          if (length > 200_000 && blocksize !== 1000 && typesize !== 5)
            expect(packed.length, what).toBeLessThan(length / 4);
        }
  });

  it("what does not get shorter is a blosc frame of a header and the bytes", async () => {
    const noise = load("noise.raw");
    const packed = await pack(ws, noise, [{ name: "blosc", cname: "lz4", typesize: 4 }]);
    expect(same(packed.subarray(16), noise)).toBe(true);
  });

  it("any bytes, by any chain of two", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 3000 }),
        fc.array(fc.constantFrom(...WRITTEN), { minLength: 1, maxLength: 2 }),
        fc.integer({ min: 1, max: 40 }),
        async (piece, chain, times) => {
          const bytes = new Uint8Array(piece.length * times);
          for (let i = 0; i < times; i++) bytes.set(piece, i * piece.length);
          const out = decode(await pack(ws, bytes, chain), chain, bytes.length);
          expect(same(out, bytes)).toBe(true);
        },
      ),
      { numRuns: 150 },
    );
  });

  it("codecs that are only read say so", async () => {
    for (const name of ["bz2", "lzma", "packbits"])
      await expect(pack(ws, new Uint8Array(8), [{ name }])).rejects.toThrow(/can be read but not written/);
  });
});

describe("xxHash", () => {
  it("gives the reference's values", () => {
    const text = (s: string): Uint8Array => new TextEncoder().encode(s);
    expect(xxh32(new Uint8Array(0), 0)).toBe(0x02cc5d05);
    expect(xxh32(text("a"), 0)).toBe(0x550d7456);
    expect(xxh32(text("abc"), 0)).toBe(0x32d153ff);
    expect(xxh32(text("Nobody inspects the spammish repetition"), 0)).toBe(0xe2293b2f);
  });
});

describe("bombs", () => {
  it("stop at the limit", async () => {
    const chains: ByteCodecConfig[] = [
      { name: "blosc", cname: "lz4", typesize: 1 },
      { name: "lz4" },
      { name: "lz4-block" },
      { name: "gzip" },
      { name: "zlib" },
      { name: "zstd" },
    ];
    for (const config of chains) {
      const packed = await pack(ws, new Uint8Array(8 << 20), [config]);
      const fresh: MemoryWorkspace = createWorkspace();
      const out = inMemory(fresh, packed, (source) => {
        try {
          return unpack(fresh, source, [config], 1000);
        } catch (error) {
          if (error instanceof CloudVolumeError) return undefined;
          throw error;
        }
      });
      expect(out, config.name).toBe(undefined);
      expect(fresh.bytes().length, config.name).toBeLessThan(4 << 20);
    }
  });
});
