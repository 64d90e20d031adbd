/** The contract of stores, on real servers. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeAll, describe } from "vitest";
import { SUFFIXES } from "../../src/compression/names.js";
import { httpStore } from "../../src/stores/http/index.js";
import type { Store } from "../../src/stores/store.js";
import { testStore } from "../../src/stores/testing.js";
import { gsAt, makeGsBucket, makeS3Bucket, s3At } from "../support/buckets.js";
import { haveServer, type RealServer, startServer } from "../support/servers.js";

const BUCKET = "contract";
const LARGE = 11_000_000;
const PARTS = { partsAbove: 5 * 2 ** 20, partSize: 5 * 2 ** 20 };
let cases = 0;

for (const name of ["moto", "versitygw"] as const) {
  if (!haveServer(name, `the contract of s3 stores on ${name}`)) continue;
  describe(name, () => {
    let server: RealServer;
    beforeAll(async () => {
      server = await startServer(name);
      await makeS3Bucket(server, BUCKET);
    });
    const open = async (): Promise<{ store: Store }> => ({
      store: s3At(server, BUCKET, `case-${cases++}/data set`, PARTS),
    });
    const refusedKeys = name === "moto" ? ["line\nbreak\ttab"] : [];
    testStore(`s3 store on ${name}`, open, {
      sync: false,
      removesMany: true,
      large: LARGE,
      many: 1100,
      refusedKeys,
    });
  });
}

if (haveServer("fake-gcs-server", "the contract of gs stores")) {
  describe("fake-gcs-server", () => {
    let server: RealServer;
    beforeAll(async () => {
      server = await startServer("fake-gcs-server");
      await makeGsBucket(server, BUCKET);
    });
    const open = async (): Promise<{ store: Store }> => ({
      store: gsAt(server, BUCKET, `case-${cases++}/data set`, PARTS),
    });
    testStore("gs store on fake-gcs-server", open, {
      sync: false,
      removesMany: true,
      large: LARGE,
      many: 1100,
    });
  });
}

if (haveServer("nginx", "the contract of http stores")) {
  describe("nginx", () => {
    let server: RealServer;
    beforeAll(async () => {
      server = await startServer("nginx");
    });
    testStore(
      "http store on nginx",
      async () => {
        const layer = `case-${cases++}/layer`;
        return {
          store: httpStore(`${server.url}/${layer}`),
          put: async (key, bytes, compression) => {
            const path = join(server.folder, "root", layer, key);
            mkdirSync(dirname(path), { recursive: true });
            for (const suffix of Object.values(SUFFIXES))
              if (suffix !== SUFFIXES[compression]) rmSync(path + suffix, { force: true });
            writeFileSync(path + SUFFIXES[compression], bytes);
          },
        };
      },
      { writable: false, listable: false, sync: false, large: LARGE },
    );
  });
}
