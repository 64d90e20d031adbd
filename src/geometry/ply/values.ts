/** The values of a PLY file's data, one after the other, in any of its three formats. */
import { MeshDecodeError } from "../../base/errors.js";
import { type PlyHeader, SCALAR_BYTES, type Scalar } from "./header.js";

export interface Values {
  next(type: Scalar): number;
  /** Bytes (of ASCII: characters) that are left, for checking counts before memory is taken for them. */
  left(): number;
}

export function valuesOf(bytes: Uint8Array, { format, end }: PlyHeader): Values {
  return format === "ascii"
    ? asciiValues(bytes.subarray(end))
    : binaryValues(bytes, end, format === "binary_little_endian");
}

function ended(): MeshDecodeError {
  return new MeshDecodeError("A PLY file ends early");
}

function asciiValues(bytes: Uint8Array): Values {
  const words = new TextDecoder("latin1").decode(bytes).matchAll(/\S+/g);
  let at = 0;
  return {
    left: () => bytes.length - at,
    next() {
      const { value } = words.next();
      if (value === undefined) throw ended();
      at = value.index + value[0].length;
      const number = Number(value[0]);
      if (Number.isNaN(number) && !/^[+-]?nan$/i.test(value[0]))
        throw new MeshDecodeError("Not a number in a PLY file", {
          got: JSON.stringify(value[0].slice(0, 50)),
        });
      return number;
    },
  };
}

function binaryValues(bytes: Uint8Array, start: number, little: boolean): Values {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const readers: Readonly<Record<Scalar, (at: number) => number>> = {
    int8: (at) => view.getInt8(at),
    uint8: (at) => view.getUint8(at),
    int16: (at) => view.getInt16(at, little),
    uint16: (at) => view.getUint16(at, little),
    int32: (at) => view.getInt32(at, little),
    uint32: (at) => view.getUint32(at, little),
    float32: (at) => view.getFloat32(at, little),
    float64: (at) => view.getFloat64(at, little),
  };
  let at = start;
  return {
    left: () => bytes.length - at,
    next(type) {
      const from = at;
      at += SCALAR_BYTES[type];
      if (at > bytes.length) throw ended();
      return readers[type](from);
    },
  };
}
