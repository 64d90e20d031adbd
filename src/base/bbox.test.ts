import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Bbox, type Unit } from "./bbox.js";
import { ArgumentError, DimensionError, OutOfBoundsError } from "./errors.js";
import { Vec } from "./vec.js";

describe("CloudVolume's assertions", () => {
  test("test_lib.py::test_bbox_subvoxel", () => {
    const unit = new Bbox([0, 0, 0], [1, 1, 1], { dtype: "float32" });
    expect(unit.subvoxel()).toBe(false);
    expect(unit.empty()).toBe(false);
    // Two negative sizes would make a positive volume. Corners are sorted, so there are none.
    const turned = new Bbox([0, 0, 0], [-1, -1, 20]);
    expect(turned).toEqual(new Bbox([-1, -1, 0], [0, 0, 20]));
    expect(turned.valid()).toBe(true);
    expect(new Bbox([1, 1, 1], [1, 1, 1]).empty()).toBe(true);
    const thin = new Bbox([0, 0, 0], [0.9, 1.0, 1.0]);
    expect(thin.subvoxel()).toBe(true);
    expect(thin.empty()).toBe(false);
  });

  test("test_lib.py::test_bbox_division_1", () => {
    expect(new Bbox([0, 2, 4], [4, 8, 16]).floorDiv(2)).toEqual(new Bbox([0, 1, 2], [2, 4, 8]));
    const half = new Bbox([0, 3, 4], [4, 8, 16], { dtype: "float32" }).div(2);
    expect(half.equals(new Bbox([0, 1.5, 2], [2, 4, 8]))).toBe(true);
  });

  test("test_lib.py::test_bbox_division_2", () => {
    const box = new Bbox([1, 1, 1], [10, 10, 10], { dtype: "float32" });
    const third = box.div(3);
    expect(third.minpt).toEqual([1 / 3, 1 / 3, 1 / 3]);
    expect(third.maxpt).toEqual([10 / 3, 10 / 3, 10 / 3]);
    expect(box.minpt).toEqual([1, 1, 1]); // boxes do not change
  });

  test("test_lib.py::test_bbox_intersect", () => {
    const box = new Bbox([0, 0, 0], [10, 10, 10]);
    expect(Bbox.intersects(box, box)).toBe(true);
    expect(Bbox.intersects(box, new Bbox([1, 1, 1], [11, 11, 11]))).toBe(true);
    expect(Bbox.intersects(box, new Bbox([-1, -1, -1], [9, 9, 9]))).toBe(true);
    expect(Bbox.intersects(box, new Bbox([5, -5, 0], [15, 5, 10]))).toBe(true);
    expect(Bbox.intersects(box, new Bbox([30, 30, 30], [40, 40, 40]))).toBe(false);
    expect(Bbox.intersects(box, new Bbox([-30, -30, -30], [-40, -40, -40]))).toBe(false);
    expect(Bbox.intersects(box, new Bbox([10, 0, 0], [20, 10, 10]))).toBe(false);
  });

  test("test_lib.py::test_bbox_grow", () => {
    const box = new Bbox([1, 1, 1], [10, 10, 10], { dtype: "float32" });
    expect(box.adjust(1).minpt).toEqual(box.minpt.sub(1));
    expect(box.adjust(1).maxpt).toEqual(box.maxpt.add(1));
    expect(box.adjust(-1).minpt).toEqual(box.minpt.add(1));
    expect(box.adjust(-1).maxpt).toEqual(box.maxpt.sub(1));
    expect(box.adjust([1, 1, 1])).toEqual(box.adjust(1));
  });

  test("test_lib.py::test_bbox_slicing", () => {
    const along = [1, 10] as const;
    expect(Bbox.fromSlices([along, along, along])).toEqual(new Bbox([1, 1, 1], [10, 10, 10]));
    expect(Bbox.fromSlices([along, [10, 1], along])).toEqual(new Bbox([1, 10, 1], [10, 10, 10]));
    expect(() => Bbox.fromSlices([along, [10, 1, -1], along])).toThrow(ArgumentError);
    expect(Bbox.fromSlices([along, [10, 1, 1], along])).toEqual(new Bbox([1, 10, 1], [10, 10, 10]));
  });

  test("test_lib.py::test_bbox_intersection", () => {
    const a = new Bbox([0, 0, 0], [10, 10, 10]);
    const b = new Bbox([5, 5, 5], [15, 15, 15]);
    expect(Bbox.intersection(a, b)).toEqual(new Bbox([5, 5, 5], [10, 10, 10]));
    expect(Bbox.intersection(b, a)).toEqual(new Bbox([5, 5, 5], [10, 10, 10]));
    expect(Bbox.intersection(a, new Bbox([11, 11, 11], [15, 15, 15]))).toEqual(
      new Bbox([0, 0, 0], [0, 0, 0]),
    );
  });

  test("test_lib.py::test_bbox_hashing", () => {
    const counts = new Map<string, number>();
    for (const list of [
      [1, 2, 3, 4, 5, 6],
      [1, 1.3, 2, 3, 4, 4],
    ])
      counts.set(Bbox.fromList(list).hash(), list.length);
    expect(counts.size).toBe(2);
    expect(counts.get(new Bbox([1, 2, 3], [4, 5, 6]).hash())).toBe(6);
    // CloudVolume's hash of these two is the same number.
    expect(new Bbox([1, 2, 3], [4, 5, 6]).hash()).not.toBe(new Bbox([12, 3, 4], [5, 6, 10]).hash());
  });

  test("test_lib.py::test_bbox_serialize", () => {
    const box = new Bbox([24.125, 2512.2, 2112.3], [33, 532, 124.12412], { dtype: "float32" });
    expect(Bbox.deserialize(box.serialize())).toEqual(box);
    const python = '{"minpt": [0, 0, 0], "maxpt": [10, 20, 30], "dtype": "int32"}';
    expect(Bbox.deserialize(python)).toEqual(new Bbox([0, 0, 0], [10, 20, 30]));
  });

  test("test_lib.py::test_bbox_volume", () => {
    const box = new Bbox([0, 0, 0], [2000, 2000, 2000]);
    expect(box.volume()).toBe(8000000000);
    expect(box.astype("float32").volume()).toBe(8000000000);
    expect(new Bbox([0, 0, 0], [5824000, 4928000, 448000]).volume()).toBe(5824000 * 4928000 * 448000);
  });

  test("test_lib.py::test_bbox_from_filename", () => {
    const good = ["", ".gz", ".br", ".zstd"].flatMap((end) => [
      `0-512_0-512_0-16${end}`,
      `0.0-512.0_0.0-512.0_0.0-16.0${end}`,
    ]);
    for (const name of good) expect(Bbox.fromFilename(name).toList()).toEqual([0, 0, 0, 512, 512, 16]);
    const bad = [
      "gibberish",
      "0-512_0-512_0-16.lol",
      "0-512_0-512_0-16.gzip",
      "0-512_0-512_0-16.brotli",
      "0-512_0-512_0-16.na",
      "0-512_0-512_0-abc",
      "0-512_0-abc_0-16",
      "0-abc_0-512_0-16",
    ];
    for (const name of bad) expect(() => Bbox.fromFilename(name), name).toThrow(ArgumentError);
  });

  test("test_lib.py::test_bbox_to_filename", () => {
    const box = new Bbox([0, 2, 4], [1, 3, 5]);
    expect(box.toFilename()).toBe("0-1_2-3_4-5");
    expect(box.toFilename(null)).toBe("0-1_2-3_4-5");
    expect(box.toFilename(0)).toBe("0-1_2-3_4-5");
    expect(box.toFilename(1)).toBe("0.0-1.0_2.0-3.0_4.0-5.0");
    const fractions = new Bbox([1.1, 3.2, 5.49], [2.000003, 4.000000000000001, 6.12372412421]);
    expect(fractions.toFilename(3)).toBe("1.100-2.000_3.200-4.000_5.490-6.124");
  });

  test("test_lib.py::test_bbox_convert_units", () => {
    const voxels = new Bbox([0, 0, 0], [1, 1, 1]);
    const nm = voxels.convertUnits("nm", [4, 4, 40]);
    expect(nm).toEqual(new Bbox([0, 0, 0], [4, 4, 40], { unit: "nm" }));
    const um = nm.convertUnits("um");
    expect(um).toEqual(new Bbox([0, 0, 0], [0.004, 0.004, 0.04], { unit: "um" }));
    expect(um.convertUnits("nm").equals(nm)).toBe(true);
    expect(um.convertUnits("mm")).toEqual(new Bbox([0, 0, 0], [4e-6, 4e-6, 4e-5], { unit: "mm" }));
    expect(nm.convertUnits("vx", [4, 4, 40])).toEqual(voxels);
    expect(voxels.convertUnits("vx", [4, 4, 40])).toEqual(voxels);
    expect(nm.convertUnits("vx", [4, 4, 40]).dtype).toBe("int64");
  });
});

describe("units", () => {
  test("count the unit of the resolution, which CloudVolume leaves out", () => {
    expect(new Bbox([0, 0, 0], [10, 20, 30]).convertUnits("um", [4, 4, 40]).maxpt).toEqual([0.04, 0.08, 1.2]);
    const um = new Bbox([0, 0, 0], [4, 8, 41], { unit: "um" });
    expect(um.convertUnits("vx", [4, 4, 40]).maxpt).toEqual([1000, 2000, 1025]);
    expect(um.convertUnits("vx", [0.004, 0.004, 0.04], "um").maxpt).toEqual([1000, 2000, 1025]);
  });

  test("round voxels down, but not by a rounding error", () => {
    const box = new Bbox([7.9, 0.3, 12], [8.1, 0.6, 20], { unit: "nm" });
    expect(box.convertUnits("vx", [4, 0.1, 8]).toList()).toEqual([1, 3, 1, 2, 6, 2]);
  });

  test("come back from any other unit", () => {
    const units = fc.constantFrom<Unit>("pm", "nm", "um", "mm", "m", "km", "Mm", "Gm", "Tm");
    const side = fc.integer({ min: -(10 ** 9), max: 10 ** 9 });
    fc.assert(
      fc.property(side, side, units, fc.constantFrom(1, 4, 40, 0.1, 3.7), (a, b, unit, voxel) => {
        const box = new Bbox([a, a, b], [b, b, a]);
        const resolution = [voxel, voxel, voxel];
        expect(box.convertUnits(unit, resolution).convertUnits("vx", resolution)).toEqual(box);
      }),
    );
  });

  test("are known by name", () => {
    const unit = "parsec" as Unit;
    expect(() => new Bbox([0, 0, 0], [1, 1, 1], { unit })).toThrow(ArgumentError);
    expect(() => new Bbox([0, 0, 0], [1, 1, 1]).convertUnits(unit)).toThrow(ArgumentError);
  });

  test("belong to a box's identity and survive being written", () => {
    const nm = new Bbox([0, 0, 0], [1, 1, 1], { unit: "nm" });
    const voxels = new Bbox([0, 0, 0], [1, 1, 1]);
    expect(nm.equals(voxels)).toBe(false);
    expect(nm.hash()).not.toBe(voxels.hash());
    expect(Bbox.deserialize(nm.serialize())).toEqual(nm);
    expect([nm.isPhysical, voxels.isPhysical]).toEqual([true, false]);
    expect(nm.transpose().add(1).unit).toBe("nm");
  });
});

describe("making boxes", () => {
  test("from anything that means one", () => {
    const box = new Bbox([1, 2, 3], [4, 5, 6]);
    expect(Bbox.create(box)).toBe(box);
    expect(Bbox.create([1, 2, 3, 4, 5, 6])).toEqual(box);
    expect(Bbox.create(box.toSlices())).toEqual(box);
    expect(Bbox.create("4_4_40/1-4_2-5_3-6.gz")).toEqual(box);
    expect(Bbox.create(box.toDict())).toEqual(box);
    expect(Bbox.create(new Vec(4, 5, 6))).toEqual(new Bbox([0, 0, 0], [4, 5, 6]));
    expect(Bbox.fromDelta([1, 2, 3], 3)).toEqual(box);
    expect(Bbox.fromDelta([1, 2, 3], [3, 3, 3])).toEqual(box);
    expect(Bbox.fromList([...box])).toEqual(box);
    expect(box.toList()).toEqual([1, 2, 3, 4, 5, 6]);
    expect(`${box}`).toBe("Bbox([1, 2, 3], [4, 5, 6])");
    for (const not of [[1, 2, 3], [], {}, null, 5, [[1], [2], [3]], { minpt: 1, maxpt: [1, 1, 1] }])
      expect(() => Bbox.create(not as never)).toThrow(ArgumentError);
    expect(() => Bbox.deserialize("{")).toThrow(ArgumentError);
    expect(() => Bbox.deserialize('{"__proto__": {"minpt": [0,0,0], "maxpt": [1,1,1]}}')).toThrow(
      ArgumentError,
    );
  });

  test("within a context", () => {
    const context = new Bbox([0, 0, 0], [5, 5, 5]);
    const box = new Bbox([0, 0, 0], [10, 20, 30]);
    expect(() => Bbox.create(box, { context, bounded: true })).toThrow(OutOfBoundsError);
    expect(Bbox.create(box, { context, bounded: true, autocrop: true })).toEqual(context);
    expect(Bbox.create(box, { context })).toBe(box);
  });

  test("around points, the voxels of fractions and negatives included", () => {
    expect(
      Bbox.fromPoints([
        [1, 2, 3],
        [4, 0, 9],
      ]),
    ).toEqual(new Bbox([1, 0, 3], [5, 3, 10]));
    expect(Bbox.fromPoints([[1.5, -2.5, 3]])).toEqual(new Bbox([1, -3, 3], [2, -2, 4]));
    expect(() => Bbox.fromPoints([])).toThrow(ArgumentError);
    expect(() => Bbox.fromPoints([[1, 2]])).toThrow(DimensionError);
  });

  test("of three finite coordinates only", () => {
    expect(() => new Bbox([0, 0], [1, 1])).toThrow(DimensionError);
    expect(() => new Bbox([0, 0, Number.NaN], [1, 1, 1])).toThrow(ArgumentError);
    expect(() => new Bbox([0, 0, "1"] as never, [1, 1, 1])).toThrow(ArgumentError);
    expect(() => new Bbox([0, 0, 0], [2 ** 60, 1, 1], { dtype: "int64" })).toThrow(ArgumentError);
  });

  test("that nobody changes", () => {
    const box = new Bbox([0, 0, 0], [1, 1, 1]);
    expect(() => {
      box.minpt[0] = 5;
    }).toThrow(TypeError);
  });
});
