/** The contract of a codec: `testCodec` registers the tests that every codec has to pass. */
import { describe, expect, it } from "vitest";
import { bytesPerVoxel } from "../base/dtype.js";
import { DecodingError, EncodingError } from "../base/errors.js";
import { createSharedMemory, createWorkspace } from "../base/memory-workspace.js";
import { product } from "../base/strided.js";
import type { ChunkSpec, Codec } from "./codec.js";
import {
  CONTENTS,
  type Content,
  chunkVoxels,
  cutBox,
  decodeBox,
  decodeBytes,
  encodeBytes,
  mutate,
  type Random,
  randomBox,
  seeded,
  toWorkspace,
  tryDecodeBox,
} from "./testing-chunks.js";
import { inMemory } from "./testing-encoded.js";

export interface CodecContract {
  readonly codec: Codec;
  /** Chunks that it holds: types, shapes (one voxel, odd, thin), channels, parameters. */
  readonly specs: readonly ChunkSpec[];
  /** Chunks that it cannot hold. */
  readonly refused: readonly ChunkSpec[];
  /** Most that a decoded voxel (of a byte) may differ from the encoded one. Default 0: lossless. */
  readonly tolerance?: number;
  /** Kinds of voxels to encode; all unless told. */
  readonly contents?: readonly Content[];
  /** Which of `specs` have every prefix of their file decoded. Default: those of at most 4000 voxels. */
  readonly cutEverywhere?: (spec: ChunkSpec) => boolean;
  /** Makes damage pass the outermost checks (checksums), so that it gets further. */
  readonly repair?: (bytes: Uint8Array, random: Random) => Uint8Array;
  /** Fields that hold sizes or offsets. Absurd values are refused, or lead to any data if `harmless`. */
  readonly sizeFields?: readonly SizeField[];
  /** Files that must be refused, and quickly, without much memory. */
  readonly hostile?: readonly HostileFile[];
  /** Damaged copies for each chunk. */
  readonly mutations?: number;
}

export interface SizeField {
  readonly name: string;
  readonly offset: (encoded: Uint8Array) => number;
  readonly bytes: 2 | 4;
  readonly littleEndian: boolean;
  readonly harmless?: boolean;
}

export interface HostileFile {
  readonly name: string;
  readonly spec: ChunkSpec;
  readonly make: () => Uint8Array;
}

/** Memory that decoding a refused file may take beyond what it held. */
const REFUSED_GROWTH = 32 * 2 ** 20;
const ABSURD = [0, 2 ** 31 - 1, 2 ** 31, 2 ** 31 + 1, 2 ** 32 - 1] as const;

export function testCodec(contract: CodecContract): void {
  const { codec, specs, tolerance = 0, contents = CONTENTS } = contract;
  const repair = contract.repair ?? ((bytes: Uint8Array) => bytes);
  const ws = createWorkspace();
  const ready = async (): Promise<void> => codec.load?.();
  const titled = specs.map((spec) => [title(spec), spec] as const);
  const encoded = (spec: ChunkSpec, content: Content = contents[contents.length - 1]!): Uint8Array =>
    encodeBytes(ws, codec, chunkVoxels(spec, content, seeded(7)), spec);

  describe(`codec ${codec.name}`, () => {
    describe.each([
      ["private", ws],
      ["shared", createWorkspace({ memory: createSharedMemory() })],
    ] as const)("in %s memory", (_, memory) => {
      it.each(titled)("gives back %s", async (_title, spec) => {
        await ready();
        codec.check(spec);
        for (const content of contents) {
          const voxels = chunkVoxels(spec, content, seeded(1));
          const bytes = encodeBytes(memory, codec, voxels, spec);
          const kept = bytes.slice();
          encodeBytes(memory, codec, chunkVoxels(spec, "constant", seeded(2)), spec);
          expect(bytes, "the encoded bytes are a copy").toEqual(kept);
          expectNear(decodeBytes(memory, codec, bytes, spec), voxels, tolerance);
          const source = toWorkspace(memory, voxels);
          const now = codec.encodeNow?.(memory, source, spec);
          if (now !== undefined) expect(now.slice(), "without waiting").toEqual(kept);
          memory.release(source);
        }
      });

      it.each(titled)("places boxes of %s and nothing else", async (_title, spec) => {
        await ready();
        const random = seeded(3);
        const bytes = encoded(spec);
        const whole = decodeBytes(memory, codec, bytes, spec);
        for (let i = 0; i < 12; i++) {
          const box = randomBox(spec, random);
          const { voxels } = decodeBox(memory, codec, bytes, spec, box);
          expect(Buffer.compare(voxels, cutBox(whole, spec, box)), JSON.stringify(box)).toBe(0);
        }
      });
    });

    it.each(contract.refused.map((spec) => [title(spec), spec] as const))(
      "refuses %s",
      async (_title, spec) => {
        await ready();
        const voxels = new Uint8Array(product(spec.shape) * bytesPerVoxel(spec.dtype));
        expect(() => codec.check(spec)).toThrow(EncodingError);
        expect(() => encodeBytes(ws, codec, voxels, spec)).toThrow(EncodingError);
        expect(() => decodeBytes(ws, codec, encoded(specs[0]!), spec)).toThrow(DecodingError);
      },
    );

    it("refuses no bytes at all", async () => {
      await ready();
      for (const spec of specs)
        expect(() => decodeBytes(ws, codec, new Uint8Array(0), spec)).toThrow(DecodingError);
    });

    if (codec.fits !== undefined)
      it.each(titled)("knows by their heads files of %s, however damaged", async (_title, spec) => {
        await ready();
        const random = seeded(13);
        const bytes = encoded(spec);
        const [x, ...rest] = spec.shape;
        const fits = (file: Uint8Array, of = spec): boolean | undefined =>
          inMemory(ws, file, (source) => codec.fits?.(ws, source, of));
        expect(fits(bytes)).toBe(true);
        expect(fits(bytes, { ...spec, shape: [x + 64, ...rest] })).toBe(false);
        for (let i = 0; i < 60; i++) expect(typeof fits(mutate(bytes, random))).toBe("boolean");
        expect(fits(new Uint8Array(0))).toBe(false);
      });

    const cutEverywhere = contract.cutEverywhere ?? ((spec) => product(spec.shape) <= 4000);
    it.each(titled.filter(([, spec]) => cutEverywhere(spec)))(
      "refuses every cut of %s",
      async (_title, spec) => {
        await ready();
        const bytes = encoded(spec);
        const whole = decodeBytes(ws, codec, bytes, spec);
        for (let length = 0; length < bytes.length; length++)
          expectTypedOr(ws, contract, bytes.subarray(0, length), spec, `cut to ${length} bytes`, whole);
      },
    );

    it.each(titled)("survives damage to %s", async (_title, spec) => {
      await ready();
      const random = seeded(11);
      const bytes = encoded(spec);
      for (let i = 0; i < (contract.mutations ?? 60); i++) {
        const mutant = mutate(bytes, random);
        const damaged = i % 2 === 0 ? mutant : repair(mutant, random);
        expectTypedOr(ws, contract, damaged, spec, `mutation ${i}: ${hexOf(damaged)}`);
      }
    });

    for (const field of contract.sizeFields ?? [])
      it.each(ABSURD)(`refuses %i as ${field.name}`, async (value) => {
        await ready();
        for (const spec of specs) {
          const bytes = encoded(spec).slice();
          const view = new DataView(bytes.buffer, bytes.byteOffset);
          if (field.bytes === 4) view.setUint32(field.offset(bytes), value, field.littleEndian);
          else view.setUint16(field.offset(bytes), value, field.littleEndian);
          if (Buffer.compare(bytes, encoded(spec)) === 0) continue; // The field holds this very value.
          const refused = bytes.length === 0 ? bytes : repair(bytes, seeded(1));
          const before = ws.memory.buffer.byteLength;
          if (field.harmless === true) expectTypedOr(ws, contract, refused, spec, `${field.name} ${value}`);
          else expect(() => decodeBytes(ws, codec, refused, spec)).toThrow(DecodingError);
          expect(ws.memory.buffer.byteLength - before).toBeLessThanOrEqual(REFUSED_GROWTH);
        }
      });

    for (const { name, spec, make } of contract.hostile ?? [])
      it(`refuses ${name}`, async () => {
        await ready();
        const bytes = make();
        const before = ws.memory.buffer.byteLength;
        expect(() => decodeBytes(ws, codec, bytes, spec)).toThrow(DecodingError);
        expect(ws.memory.buffer.byteLength - before - bytes.length).toBeLessThanOrEqual(REFUSED_GROWTH);
      });
  });
}

/** Whatever happens has to be a DecodingError or data (if told, the right data), with nothing else written. */
function expectTypedOr(
  ws: ReturnType<typeof createWorkspace>,
  { codec, tolerance = 0 }: CodecContract,
  bytes: Uint8Array,
  spec: ChunkSpec,
  what: string,
  right?: Uint8Array,
): void {
  const [x, y, z] = spec.shape;
  const { voxels, damage, error } = tryDecodeBox(ws, codec, bytes, spec, {
    from: [0, 0, 0],
    size: [x, y, z],
  });
  expect(damage, what).toBeUndefined();
  if (error !== undefined) expect(error, what).toBeInstanceOf(DecodingError);
  else if (right !== undefined) expectNear(voxels, right, tolerance, what);
}

function expectNear(got: Uint8Array, wanted: Uint8Array, tolerance: number, what = ""): void {
  expect(got.length, what).toBe(wanted.length);
  const at = got.findIndex((byte, i) => Math.abs(byte - wanted[i]!) > tolerance);
  expect(at < 0 ? "equal" : `byte ${at}: ${got[at]}, not ${wanted[at]}`, what).toBe("equal");
}

function title({ shape, dtype, blockSize, params }: ChunkSpec): string {
  const rest = [blockSize === undefined ? "" : ` in blocks of ${blockSize.join("x")}`];
  if (params !== undefined) rest.push(` ${JSON.stringify(params, plain)}`);
  return `${dtype} ${shape.join("x")}${rest.join("")}`;
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.subarray(0, 200)).toString("hex");
}

function plain(_: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}
