/** Golden values are CloudVolume 12.15.2's. `test/peers/graphene.test.ts` compares 100,000 labels of random layouts with it. */
import { describe, expect, test } from "vitest";
import { ArgumentError } from "../../base/errors.js";
import { parseGrapheneInfo } from "./info.js";
import { LabelLayout } from "./label-layout.js";

type Row = readonly [bigint, number, number, number, number, bigint, bigint, bigint];
const GOLDEN: readonly (readonly [readonly number[], readonly Row[]])[] = [
  [
    [10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10],
    [
      [792633534417207295n, 10, 1023, 1023, 1023, 67108863n, 792633534350098432n, 1073741823n],
      [411942746853347153n, 5, 734, 59, 953, 33427281n, 411942746819919872n, 769716153n],
      [895921901299622933n, 12, 443, 835, 572, 24437781n, 895921901275185152n, 465374780n],
      [226536564992473827n, 3, 147, 284, 911, 17005283n, 226536564975468544n, 154432399n],
      [216384604292599344n, 3, 3, 10, 428, 28921392n, 216384604263677952n, 3156396n],
    ],
  ],
  [
    [10, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1],
    [
      [288230376151711743n, 3, 511, 511, 511, 536870911n, 288230375614840832n, 134217727n],
      [504403158265495551n, 6, 63, 63, 63, 274877906943n, 504402883387588608n, 262143n],
      [527591115745722112n, 7, 10, 9, 16, 1456273686272n, 527589659472035840n, 10544n],
      [623170008462537908n, 8, 10, 5, 15, 2002211189940n, 623168006251347968n, 2655n],
    ],
  ],
  [
    [18, 17, 1, 0],
    [
      [288230376151711743n, 3, 1, 1, 1, 9007199254740991n, 279223176896970752n, 7n],
      [314303622406972732n, 4, 0, 0, 0, 26073246255260988n, 288230376151711744n, 0n],
      [161267840047589782n, 2, 31200, 64510, 121164, 22n, 161267840047589760n, 536020374116684n],
      [134456028552408038n, 1, 227004, 47804, 109305, 2n, 134456028552408036n, 15599608628620025n],
    ],
  ],
];

function layoutOf(bits: readonly number[], graph: Record<string, unknown> = {}): LabelLayout {
  const masks = Object.fromEntries(bits.map((count, i) => [i + 1, count]));
  const info = {
    data_type: "uint64",
    data_dir: "mem://a",
    app: { supported_api_versions: [1] },
    chunks_start_at_voxel_offset: true,
    graph: { chunk_size: [256, 256, 512], n_layers: bits.length, spatial_bit_masks: masks, ...graph },
    scales: [
      { resolution: [8, 8, 40], voxel_offset: [26385, 30308, 14850] },
      { resolution: [16, 16, 40], voxel_offset: [13192, 15154, 14850] },
    ],
  };
  return new LabelLayout(parseGrapheneInfo(info, "info"));
}

describe.each(GOLDEN)("bits %j", (bits, rows) => {
  const layout = layoutOf(bits);
  test.each(rows)("test_graphene.py::test_decode_label %s", (label, level, x, y, z, segid, chunk, number) => {
    expect(layout.decodeLabel(label)).toEqual({ level, x, y, z, segid });
    expect(layout.decodeLabel(String(label))).toEqual({ level, x, y, z, segid });
    expect(layout.decodeLayerId(label)).toBe(level);
    expect(layout.decodeSegid(label)).toBe(segid);
    expect(layout.decodeChunkId(label)).toBe(chunk);
    expect(layout.decodeChunkPosition(label)).toEqual([x, y, z]);
    expect(layout.decodeChunkPositionNumber(label)).toBe(number);
  });
  test.each(rows)("test_graphene.py::test_encode_label %s", (label, level, x, y, z, segid) => {
    expect(layout.encodeLabel(level, x, y, z, segid)).toBe(label);
    expect(layout.encodeLabel({ level, x, y, z, segid })).toBe(label);
  });
});

test("layers of other than 8 bits", () => {
  for (const bits of [4, 12, 16]) {
    const layout = layoutOf([10, 10, 8], { n_bits_for_layer_id: bits });
    const label = layout.encodeLabel(2, 1023, 0, 517, 12345n);
    expect(label >> BigInt(64 - bits)).toBe(2n);
    expect(layout.decodeLabel(label)).toEqual({ level: 2, x: 1023, y: 0, z: 517, segid: 12345n });
    expect(layout.decodeChunkPositionNumber(label)).toBe((1023n << 20n) | 517n);
  }
});

test("what is out of range is refused", () => {
  const layout = layoutOf([8, 8, 8, 8]);
  const refused = [
    () => layout.encodeLabel(5, 0, 0, 0, 0),
    () => layout.encodeLabel(2, 256, 0, 0, 0),
    () => layout.encodeLabel(2, 0, 0, 256, 0),
    () => layout.encodeLabel(2, 0, 0, 0, 1n << 32n),
    () => layout.encodeLabel(2, -1, 0, 0, 0),
    () => layout.encodeLabel(2, 0.5, 0, 0, 0),
    () => layout.encodeLabel(0, 0, 0, 0, 1),
    () => layout.decodeLabel(1n << 64n),
    () => layout.decodeLabel(2 ** 60),
    () => layout.decodeLabel(9n << 56n),
    () => layout.pointToChunkPosition([1, 2], 0),
    () => layout.pointToChunkPosition([1, 2, 3], 2),
    () => layout.pointToChunkPosition([1, 2, Number.NaN], 0),
  ];
  for (const call of refused) expect(call).toThrow(ArgumentError);
});

test.each([
  [[240640, 207872, 21360], 0, [836, 693, 12]],
  [[120320, 103936, 21360], 1, [836, 693, 12]],
  [[1925120, 1662976, 854400], undefined, [836, 693, 12]],
  [[26384, 30307, 14849], 0, [-1, -1, -1]],
  [[26385.5, 30563.999, 15362], 0, [0, 0, 1]],
])("the chunk of the point %j at mip %s", (point, mip, position) => {
  const layout = layoutOf([10]);
  expect(layout.pointToChunkPosition(point, mip)).toEqual(position);
  const start = position.map((n, a) => n * [256, 256, 512][a]! + [26385, 30308, 14850][a]!);
  const end = start.map((n, a) => n + [256, 256, 512][a]!);
  expect(layout.pointToChunkBbox(point, mip).toList()).toEqual([...start, ...end]);
});
