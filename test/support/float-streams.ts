/** The committed streams of the fpzip, zfpc and zfpy packages (scripts/fixtures/floats.py). */
import { readFileSync } from "node:fs";
import type { DataType } from "../../src/base/dtype.js";
import type { Vec4 } from "../../src/base/strided.js";
import type { ChunkSpec } from "../../src/codecs/codec.js";

export interface FloatStream {
  readonly name: string;
  readonly encoding: string;
  readonly spec: ChunkSpec;
  readonly voxels: Uint8Array;
  readonly bytes: Uint8Array;
  readonly decoded: Uint8Array;
}

export interface BareStream {
  readonly name: string;
  readonly dtype: DataType;
  /** In C order. */
  readonly shape: readonly number[];
  readonly mode: { readonly rate?: number; readonly precision?: number };
  readonly values: Uint8Array;
  readonly bytes: Uint8Array;
  readonly decoded: Uint8Array;
}

interface Fixture {
  readonly contents: readonly { name: string; dtype: DataType; shape: Vec4; voxels: string }[];
  readonly streams: readonly {
    readonly content: string;
    readonly encoding: string;
    readonly params: Readonly<Record<string, unknown>>;
    readonly bytes: string;
    readonly decoded?: string;
  }[];
  readonly bare?: readonly (Omit<BareStream, "name" | "values" | "bytes" | "decoded"> & Texts)[];
}

interface Texts {
  readonly values: string;
  readonly bytes: string;
  readonly decoded: string;
}

function read(folder: "fpzip" | "zfpc"): Fixture {
  return JSON.parse(readFileSync(`fixtures/${folder}/streams.json`, "utf8")) as Fixture;
}

export function floatStreams(encoding: "fpzip" | "kempressed" | "zfpc"): FloatStream[] {
  const { contents, streams } = read(encoding === "zfpc" ? "zfpc" : "fpzip");
  return streams
    .filter((stream) => stream.encoding === encoding)
    .map(({ content, params, bytes, decoded }) => {
      const { dtype, shape, voxels } = contents.find(({ name }) => name === content)!;
      return {
        name: `${content} ${JSON.stringify(params)}`,
        encoding,
        spec: { dtype, shape, params },
        voxels: unpack(voxels),
        bytes: unpack(bytes),
        decoded: unpack(decoded ?? voxels),
      };
    });
}

export function bareStreams(): BareStream[] {
  return (read("zfpc").bare ?? []).map(({ dtype, shape, mode, values, bytes, decoded }) => ({
    name: `${dtype} ${shape.join("x")} ${JSON.stringify(mode)}`,
    ...{ dtype, shape, mode },
    ...{ values: unpack(values), bytes: unpack(bytes), decoded: unpack(decoded) },
  }));
}

function unpack(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, "base64"));
}
