import { expect, test } from "vitest";
import { ArgumentError } from "../../base/errors.js";
import { memStore } from "../../stores/mem/index.js";
import { makeShard, parseSharding, shardedStore } from "./index.js";

const SPEC = {
  "@type": "neuroglancer_uint64_sharded_v1",
  preshift_bits: 1,
  hash: "identity",
  minishard_bits: 1,
  shard_bits: 0,
  minishard_index_encoding: "raw",
  data_encoding: "raw",
};
const text = (s: string): Uint8Array => new TextEncoder().encode(s);
const DATA = [
  { label: 1n, bytes: text("aa") },
  { label: 5n, bytes: text("bbb") },
  { label: 2n, bytes: text("c") },
  { label: 9n, bytes: text("dddd") },
];

test("a raw shard has CloudVolume's bytes", async () => {
  const { file, bytes } = await makeShard(parseSharding(SPEC, "x"), DATA);
  const n = (...values: number[]): string =>
    values.map((v) => `${v.toString(16).padStart(2, "0")}${"00".repeat(7)}`).join("");
  expect(file).toBe("0.shard");
  expect(bytes.length).toBe(138);
  expect(Buffer.from(bytes).toString("hex")).toBe(
    `${n(0x0a, 0x52, 0x52, 0x6a)}6161626262646464` + `6463${n(1, 4, 4, 0, 0, 0, 2, 3, 4)}${n(2, 9, 1)}`,
  );
});

test.each(["raw", "gzip"])("%s data are read again, and what leads them by their range", async (encoding) => {
  const spec = parseSharding({ ...SPEC, data_encoding: encoding, minishard_index_encoding: encoding }, "x");
  const lead = text("fragments");
  const { bytes } = await makeShard(spec, [
    ...DATA,
    { label: 6n, bytes: text("fragmentsmanifest"), lead: lead.length },
  ]);
  const store = memStore(`mem://make-shard/${encoding}`);
  await store.write("m/0.shard", bytes);
  const shards = shardedStore(store, "m", spec);
  for (const { label, bytes: datum } of DATA) expect(await shards.read(label)).toEqual(datum);
  expect(await shards.read(6n)).toEqual(text("manifest"));
  const location = (await shards.locate(6n))!;
  expect(await shards.readRange(location, location.offset - lead.length, lead.length)).toEqual(lead);
  const entries = [];
  for await (const { label } of shards.entries()) entries.push(label);
  expect(entries).toEqual([1n, 5n, 9n, 2n, 6n]);
});

test("labels of several shards, the same one twice, and none at all are refused", async () => {
  const spec = parseSharding({ ...SPEC, shard_bits: 2 }, "x");
  await expect(makeShard(spec, DATA)).rejects.toThrow(ArgumentError);
  await expect(makeShard(spec, [])).rejects.toThrow(ArgumentError);
  await expect(makeShard(parseSharding(SPEC, "x"), [...DATA, DATA[0]!])).rejects.toThrow(/twice/);
});
