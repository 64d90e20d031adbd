/** What a client may do, and what has to come of it. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Box6 } from "../../src/base/bbox.js";
import { arrayType, type DataType, isBigDataType, type Voxel } from "../../src/base/dtype.js";
import { cStride, fortranStride, product } from "../../src/base/strided.js";
import { Bbox, CloudVolume } from "../../src/node.js";
import { clearMemStore } from "../../src/stores/mem/index.js";
import { difference } from "../support/voxels.js";
import type { World } from "./world.js";

type Run = (world: World) => Promise<void>;

/** A step with a name, so that a failing sequence can be read. */
export class Step implements fc.AsyncCommand<object, World> {
  readonly #name: string;
  readonly #run: Run;
  constructor(name: string, run: Run) {
    this.#name = name;
    this.#run = run;
  }
  check(): boolean {
    return true;
  }
  async run(_: object, world: World): Promise<void> {
    await this.#run(world);
  }
  toString(): string {
    return this.#name;
  }
}

const FEW = [0, 1, 2, 7, 200];

/** The n-th label of a palette that has large ones where the type has them. */
function label(dtype: DataType, n: number): Voxel {
  const small = FEW[Math.abs(n) % FEW.length]!;
  if (!isBigDataType(dtype)) return small;
  return small < 7 ? BigInt(small) : BigInt(small) + 0xfedc_ba98_0000_0000n;
}

const numbers = fc.array(fc.nat(1000), { minLength: 6, maxLength: 6 });
const client = fc.integer({ min: 0, max: 1 });
const seed = fc.nat(1e6);

/** A non-empty box inside of the volume. */
function boxOf({ grid }: World, n: readonly number[]): Box6 {
  const low = [0, 1, 2].map((a) => grid.offset[a]! + (n[a]! % grid.size[a]!));
  const high = low.map((v, a) => v + 1 + (n[a + 3]! % (grid.offset[a]! + grid.size[a]! - v)));
  return [...low, ...high] as unknown as Box6;
}

/** A box that may reach over the volume's faces by 2. */
function wideBox(world: World, n: readonly number[]): Box6 {
  const box = boxOf(world, n);
  return box.map((v, i) =>
    n[i]! % 3 === 0 ? v + (i < 3 ? -1 : 1) * (n[i]! % 2 === 0 ? 2 : 1) : v,
  ) as unknown as Box6;
}

const show = (box: Box6): string => Bbox.fromList(box).toFilename();
const ascending = (a: Voxel, b: Voxel): number => (a < b ? -1 : a > b ? 1 : 0);

function step(name: string, who: number, n: readonly number[], run: Run): Step {
  return new Step(`${name}(client ${who}, ${n.join(" ")})`, run);
}

function writes(): fc.Arbitrary<Step> {
  return fc
    .tuple(client, numbers, seed, fc.constantFrom("part", "aligned", "constant"))
    .map(([who, n, salt, kind]) =>
      step(`write ${kind} ${salt}`, who, n, async (world) => {
        const vol = await world.client(who);
        const box = kind === "part" ? boxOf(world, n) : world.aligned(boxOf(world, n));
        const { dtype } = world.setup;
        const shape = [box[3] - box[0], box[4] - box[1], box[5] - box[2], 1];
        const value = (x: number, y: number, z: number): Voxel =>
          kind === "constant"
            ? label(dtype, salt)
            : label(dtype, ((x >> 1) * 7 + y * 3 + (z >> 1) * 5 + salt) % 11);
        const stride = salt % 2 === 0 ? fortranStride(shape) : cStride(shape);
        const data = new (arrayType(dtype))(product(shape));
        for (let z = 0; z < shape[2]!; z++)
          for (let y = 0; y < shape[1]!; y++)
            for (let x = 0; x < shape[0]!; x++)
              data[x * stride[0]! + y * stride[1]! + z * stride[2]!] = value(
                box[0] + x,
                box[1] + y,
                box[2] + z,
              );
        const source = kind === "constant" ? label(dtype, salt) : { data, shape, stride };
        await vol.upload(Bbox.fromList(box), source);
        world.write(box, value);
        world.changed(who);
      }),
    );
}

function reads(): fc.Arbitrary<Step> {
  return fc.tuple(client, numbers, fc.boolean()).map(([who, n, asyncIo]) =>
    step(`read ${asyncIo}`, who, n, async (world) => {
      const vol = await world.client(who);
      const box = wideBox(world, n);
      const read = await vol.download(Bbox.fromList(box), { asyncIo });
      assert.equal(difference(read, world.read(box)), "same", show(box));
    }),
  );
}

function questions(): fc.Arbitrary<Step> {
  const kinds = fc.constantFrom(
    "label",
    "unique",
    "renumber",
    "points",
    "segids",
    "crackle",
    "blocks",
    "exists",
    "memory",
  );
  return fc.tuple(client, numbers, kinds).map(([who, n, kind]) =>
    step(kind, who, n, async (world) => {
      const vol = await world.client(who);
      const box = wideBox(world, n);
      const at = Bbox.fromList(box);
      const truth = world.read(box);
      const values = [...new Set(Array.from(truth.data as Uint8Array, (v) => v as Voxel))].sort(ascending);
      if (kind === "label") {
        const wanted = label(world.setup.dtype, n[0]!);
        const { data } = await vol.download(at, { label: wanted });
        assert.equal(
          [...data].join(""),
          Array.from(truth.data as Uint8Array, (v) => Number((v as Voxel) === wanted)).join(""),
        );
      } else if (kind === "unique") assert.deepEqual([...(await vol.unique(at))], values);
      else if (kind === "renumber") {
        const { data, mapping } = await vol.download(at, { renumber: true });
        assert.equal(
          [...data].join(),
          Array.from(truth.data as Uint8Array, (v) => mapping.get(v as Voxel)).join(),
        );
        assert.equal(new Set(mapping.values()).size, mapping.size);
      } else if (kind === "points") {
        const points = Array.from({ length: 1 + (n[5]! % 30) }, (_, i) =>
          [0, 1, 2].map((a) => box[a]! + ((n[a]! + 7 * i * (a + 1)) % (box[a + 3]! - box[a]!))),
        );
        const found = await vol.pointValues(points);
        assert.deepEqual(
          [...found],
          points.map(([x, y, z]) => world.at(x!, y!, z!)),
        );
      } else if (kind === "segids") {
        const segids = [label(world.setup.dtype, n[1]!)];
        const { data } = await vol.download(at, { segids });
        const zero = isBigDataType(world.setup.dtype) ? 0n : 0;
        assert.equal(
          [...data].join(),
          Array.from(truth.data as Uint8Array, (v) => (segids.includes(v as Voxel) ? v : zero)).join(),
        );
      } else if (kind === "crackle") {
        if (world.setup.dtype.startsWith("int")) return;
        const read = await (await vol.download(at, { crackle: true })).decode();
        assert.equal(difference({ ...read, shape: truth.shape }, truth), "same");
      } else if (kind === "blocks") {
        for await (const block of vol.blocks(at, { bytes: 200 }))
          assert.equal(difference(block, world.read(block.bounds.toList())), "same");
      } else if (kind === "exists") {
        const inside = Bbox.fromList(boxOf(world, n));
        const found = [...(await vol.exists(inside))];
        assert.deepEqual(
          found,
          world.chunks(inside.toList()).map(([key]) => [key, world.stored.has(key)]),
        );
        const status = [...(await vol.status(inside))];
        assert.deepEqual(
          status,
          found.map(([key, is]) => [key, is ? "present" : "missing"]),
        );
      } else {
        const inside = boxOf(world, n);
        const copy = await vol.memoryCutout(Bbox.fromList(inside));
        const read = await copy.download(Bbox.fromList(inside));
        assert.equal(difference(read, world.read(inside)), "same");
        copy.release();
      }
    }),
  );
}

let transfers = 0;

function changes(): fc.Arbitrary<Step> {
  const kinds = fc.constantFrom("delete", "reopen", "clear", "handoff", "transfer");
  return fc.tuple(client, numbers, kinds).map(([who, n, kind]) =>
    step(kind, who, n, async (world) => {
      if (kind === "reopen") return await world.reopen(who);
      if (kind === "clear") return await world.clear(who);
      const vol = await world.client(who);
      if (kind === "handoff") {
        const box = boxOf(world, n);
        const { fromHandoff } = vol.constructor as unknown as {
          fromHandoff: (handoff: unknown) => Promise<typeof vol>;
        };
        const other = await fromHandoff(structuredClone(vol.handoff()));
        assert.equal(difference(await other.download(Bbox.fromList(box)), world.read(box)), "same");
        return;
      }
      if (kind === "transfer") {
        const to = `mem://model-transfer/${transfers++}`;
        const sharded = n[0]! % 2 === 0;
        const encoding = n[1]! % 2 === 0 ? "raw" : undefined;
        await vol.transferTo(to, { sharded, encoding });
        const settings = { fillMissing: true, backgroundColor: world.setup.background, parallel: 1 };
        const copy = await CloudVolume.open(to, settings);
        const whole = vol.bounds.toList();
        assert.equal(difference(await copy.download(), world.read(whole)), "same", `sharded ${sharded}`);
        clearMemStore(to);
        return;
      }
      const box = world.aligned(boxOf(world, n));
      await vol.delete(Bbox.fromList(box));
      world.remove(box);
      world.changed(who);
    }),
  );
}

/** Sequences of steps; writes come first, so that there is something to read. */
export function sequences(maxCommands: number): fc.Arbitrary<Iterable<fc.AsyncCommand<object, World>>> {
  return fc.commands([writes(), writes(), reads(), questions(), questions(), changes()], {
    maxCommands,
    size: "max",
  });
}
