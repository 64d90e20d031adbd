import type { ChunkSpec } from "../codec.js";
import { testCodec } from "../testing.js";
import { jxl } from "./index.js";

const gray: ChunkSpec = { shape: [16, 4, 4, 1], dtype: "uint8", params: { jxl_quality: 100, jxl_effort: 3 } };

testCodec({
  codec: jxl,
  specs: (
    [
      [[1, 1, 1, 1], "uint8"],
      [[1, 1, 1, 3], "uint16"],
      [[7, 5, 3, 1], "uint8"],
      [[7, 5, 3, 3], "uint8"],
      [[7, 5, 3, 4], "uint8"],
      [[1, 9, 4, 1], "uint16"],
      [[5, 2, 3, 3], "uint16"],
      [[5, 2, 3, 4], "uint16"],
      [[70, 1, 1, 1], "uint8"],
      [[3, 64, 50, 1], "uint8"],
    ] as const
  ).map(([shape, dtype]) => ({ ...gray, shape, dtype })),
  refused: [
    { ...gray, dtype: "uint32" },
    { ...gray, dtype: "int8" },
    { ...gray, dtype: "bool" },
    { ...gray, dtype: "float32" },
    { ...gray, shape: [4, 4, 4, 2] },
    { ...gray, shape: [4, 4, 4, 5] },
  ],
  mutations: 100,
});
