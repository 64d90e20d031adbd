import { MeshDecodeError } from "../../base/errors.js";

export type Scalar = "int8" | "uint8" | "int16" | "uint16" | "int32" | "uint32" | "float32" | "float64";

export interface Property {
  readonly name: string;
  readonly type: Scalar;
  /** The type of a list's length; undefined for a single value. */
  readonly countType: Scalar | undefined;
}

export interface Element {
  readonly name: string;
  readonly count: number;
  readonly properties: readonly Property[];
}

export interface PlyHeader {
  readonly format: "ascii" | "binary_little_endian" | "binary_big_endian";
  readonly elements: readonly Element[];
  /** Where the data begin. */
  readonly end: number;
}

const SCALARS: Readonly<Record<string, Scalar>> = {
  char: "int8",
  uchar: "uint8",
  short: "int16",
  ushort: "uint16",
  int: "int32",
  uint: "uint32",
  float: "float32",
  double: "float64",
  int8: "int8",
  uint8: "uint8",
  int16: "int16",
  uint16: "uint16",
  int32: "int32",
  uint32: "uint32",
  float32: "float32",
  float64: "float64",
};
export const SCALAR_BYTES: Readonly<Record<Scalar, number>> = {
  int8: 1,
  uint8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  uint32: 4,
  float32: 4,
  float64: 8,
};

const MAX_HEADER = 65_536;
const END = "end_header";

/** @throws MeshDecodeError. */
export function parseHeader(bytes: Uint8Array): PlyHeader {
  const text = new TextDecoder("latin1").decode(bytes.subarray(0, MAX_HEADER));
  const found = /(?:^|[\r\n])end_header(\r\n|\r|\n)/.exec(text);
  if (!/^ply\r?\n|^ply\r/.test(text) || found === null)
    throw new MeshDecodeError("Not a PLY file", { expected: `"ply" at the start and "${END}"` });
  const end = found.index + found[0].length;
  let format: string | undefined;
  const elements: (Element & { readonly properties: Property[] })[] = [];
  for (const line of text
    .slice(0, found.index)
    .split(/\r\n|\r|\n/)
    .slice(1)) {
    const [word = "", ...rest] = line.trim().split(/\s+/);
    if (word === "" || word === "comment" || word === "obj_info") continue;
    if (word === "format") format = rest[0];
    else if (word === "element") elements.push(element(rest, line));
    else if (word === "property" && elements.length > 0)
      elements.at(-1)?.properties.push(property(rest, line));
    else throw refuse(line);
  }
  if (format !== "ascii" && format !== "binary_little_endian" && format !== "binary_big_endian")
    throw new MeshDecodeError("Unknown PLY format", {
      expected: "ascii, binary_little_endian or binary_big_endian",
      got: String(format),
    });
  return { format, elements, end };
}

function refuse(line: string): MeshDecodeError {
  return new MeshDecodeError("A line of a PLY header is not understood", {
    got: JSON.stringify(line.slice(0, 100)),
  });
}

function element([name = "", count = ""]: string[], line: string): Element & { properties: Property[] } {
  const number = Number(count);
  if (name === "" || !/^\d+$/.test(count) || number > 2 ** 32) throw refuse(line);
  return { name, count: number, properties: [] };
}

function property(words: string[], line: string): Property {
  const list = words[0] === "list";
  const [countType, type, name] = list
    ? words.slice(1).map((w, i) => (i < 2 ? SCALARS[w] : w))
    : [undefined, SCALARS[words[0] ?? ""], words[1]];
  if (type === undefined || name === undefined || (list && countType === undefined)) throw refuse(line);
  return { name, type: type as Scalar, countType: countType as Scalar | undefined };
}
