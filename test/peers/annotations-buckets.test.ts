/** Annotations in buckets: written, read, replaced; an aborted write leaves nothing. On real servers. */
import { describe, expect, test } from "vitest";
import { openFileSpool } from "../../src/compute/spool.node.js";
import type { AnnotationInput } from "../../src/node.js";
import type { Store } from "../../src/stores/store.js";
import { Annotations } from "../../src/volume/annotations/annotations.js";
import { writeLayer } from "../../src/volume/annotations/write/write.js";
import { gsAt, makeGsBucket, makeS3Bucket, s3At } from "../support/buckets.js";
import { haveServer, startServer } from "../support/servers.js";

const BUCKET = "annotations";
const SCHEMA = {
  type: "LINE",
  dimensions: { x: [8, "nm"], y: [8, "nm"] },
  properties: [{ id: "n", type: "uint16" }],
  relationships: ["of"],
} as const;
const some = (count: number): AnnotationInput[] =>
  Array.from({ length: count }, (_, i) => ({
    geometry: [i % 31, i % 17, (i % 31) + 3, i % 13],
    properties: { n: i },
    relationships: { of: i % 5 },
  }));

async function keysOf(store: Store): Promise<string[]> {
  const keys: string[] = [];
  for await (const key of store.list!("")) keys.push(key);
  return keys;
}

for (const name of ["moto", "versitygw", "fake-gcs-server"] as const) {
  if (!haveServer(name, `annotations on ${name}`)) continue;
  describe(name, () => {
    test.each([true, false])("written, replaced, read; sharded: %s", { timeout: 60_000 }, async (sharded) => {
      const server = await startServer(name);
      if (name === "fake-gcs-server") await makeGsBucket(server, BUCKET);
      else await makeS3Bucket(server, BUCKET);
      const path = `layer-${sharded}`;
      const store = name === "fake-gcs-server" ? gsAt(server, BUCKET, path) : s3At(server, BUCKET, path);
      const how = { spool: () => openFileSpool(), limit: 20, sharded };
      await writeLayer(store, "", SCHEMA, some(90), how);
      await expect(writeLayer(store, "", SCHEMA, some(5), how)).rejects.toThrow("annotations already");
      await writeLayer(store, "", SCHEMA, some(60), { ...how, overwrite: true });
      const layer = await Annotations.open(store, "");
      expect(await layer.ids()).toHaveLength(60);
      expect((await layer.getByRelationship("of", 2)).length).toBe(12);
      const found = await layer.getByBbox([0, 0, 40, 40], { relationships: true });
      expect(found.length).toBe(60);
      expect(found.items.every(({ properties, id }) => properties.n === Number(id))).toBe(true);
      const control = new AbortController();
      const stopped = writeLayer(store, "", SCHEMA, some(400), {
        ...{ ...how, overwrite: true, signal: control.signal },
        onProgress: ({ stage }) => stage === "writing" && control.abort(),
      });
      await expect(stopped).rejects.toMatchObject({ kind: "aborted" });
      expect(await keysOf(store)).toEqual([]);
    });
  });
}
