/** The golden shard files and tables: what CloudVolume wrote and computed. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { goldenEntries, goldenPath } from "../../../test/support/golden.js";
import { fileStore } from "../../stores/file/index.js";
import { parseSharding, placeOfLabel, shardedStore } from "./index.js";

interface KeyValues {
  readonly sharding: unknown;
  readonly values_base64: Readonly<Record<string, string>>;
  readonly location_shard_minishard_remainder: Readonly<Record<string, readonly [string, string, string]>>;
}

const sets = goldenEntries(["shard-keyvalue"], "the golden shard files");

describe.runIf(sets.length > 0)("golden shard files", () => {
  test("there are five of them", () => {
    expect(sets.length).toBeGreaterThanOrEqual(5);
  });

  test.each(sets)("$path", async (entry) => {
    const set: KeyValues = JSON.parse(
      readFileSync(goldenPath((entry as unknown as { truth: string }).truth), "utf8"),
    );
    const spec = parseSharding(set.sharding, entry.path);
    const shards = shardedStore(fileStore(goldenPath(entry.path)), "", spec);
    const labels = Object.keys(set.values_base64).map(BigInt);
    expect(labels.length).toBeGreaterThan(0);

    for (const [label, [shard, minishard]] of Object.entries(set.location_shard_minishard_remainder)) {
      expect(placeOfLabel(spec, BigInt(label))).toEqual({
        file: `${shard}.shard`,
        minishard: Number(minishard),
      });
    }
    const many = await shards.readMany(labels);
    for (const label of labels) {
      const expected = set.values_base64[`${label}`];
      const sync = shards.readSync?.(label);
      expect(Buffer.from(sync!).toString("base64")).toBe(expected);
      expect(Buffer.from((await shards.read(label))!).toString("base64")).toBe(expected);
      expect(Buffer.from(many.get(label)!).toString("base64")).toBe(expected);
    }
    const listed: bigint[] = [];
    for await (const label of shards.list()) listed.push(label);
    expect(new Set(listed)).toEqual(new Set(labels));
    expect(listed.length).toBe(labels.length);

    const there = new Set(labels);
    for (let i = 0; i < 200; i++) {
      const absent = BigInt(i) * 0x123456789abcdn;
      if (there.has(absent)) continue;
      expect(await shards.read(absent)).toBeUndefined();
      expect(await shards.has(absent)).toBe(false);
      expect(shards.readSync?.(absent)).toBeUndefined();
    }
  });
});
