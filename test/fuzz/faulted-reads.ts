/**
 * Many reads of chunks through servers that fail now and then: each comes out equal or the run fails; nothing is made
 * up, nothing is missing, and the traffic grows by a fifth at most.
 */
import { checksum } from "../../src/stores/checksums.js";
import { gsStore } from "../../src/stores/gs/index.js";
import { httpStore } from "../../src/stores/http/index.js";
import { Limiter } from "../../src/stores/limit.js";
import { s3Store } from "../../src/stores/s3/index.js";
import type { Store } from "../../src/stores/store.js";
import { randomPlan, startFaultServer } from "../servers/fault.js";
import type { ServedObject } from "../servers/objects.js";

export interface FaultedReads {
  readonly reads: number;
  /** Of a hundred requests, so many go wrong. */
  readonly percent: number;
  readonly seed: number;
}

export interface FaultedOutcome {
  readonly transport: string;
  readonly reads: number;
  readonly requests: number;
  readonly faults: number;
  readonly amplification: number;
  readonly seconds: number;
}

const CHUNKS = 64;
const SIZE = 4096;

const OPEN: Readonly<Record<string, readonly [path: (key: string) => string, open: (url: string) => Store]>> =
  {
    http: [(key) => key, (url) => httpStore(url, { idleTimeout: 5000 })],
    s3: [(key) => `bucket/${key}`, (url) => s3Store({ bucket: "bucket", endpoint: url, idleTimeout: 5000 })],
    gs: [
      (key) => `storage/v1/b/bucket/o/${key}`,
      (url) => gsStore({ bucket: "bucket", endpoint: url, idleTimeout: 5000 }),
    ],
  };
export const TRANSPORTS: readonly string[] = Object.keys(OPEN);

/** @throws at the first read that fails, is missing, or differs. */
export async function faultedReads(transport: string, how: FaultedReads): Promise<FaultedOutcome> {
  const [pathOf, open] = OPEN[transport]!;
  const chunks = Array.from({ length: CHUNKS }, (_, n) =>
    Uint8Array.from({ length: SIZE }, (_, i) => 1 + ((i * 31 + n * 7) % 255)),
  );
  const objects = new Map(
    chunks.map((bytes, n): [string, ServedObject] => [pathOf(`chunk${n}`), { bytes, compression: "none" }]),
  );
  const server = await startFaultServer(objects, {
    headersOf: ({ bytes }) => {
      const sum = checksum("crc32c", bytes);
      if (transport === "s3") return { "x-amz-checksum-crc32c": sum };
      return transport === "gs" ? { "x-goog-hash": `crc32c=${sum}` } : {};
    },
  });
  let faults = 0;
  const plan = randomPlan(how.seed, how.percent);
  server.plan((n, request) => {
    const fault = plan(n, request);
    if (fault.kind !== "none") faults++;
    return fault;
  });
  const store = open(server.url);
  const limiter = new Limiter(32);
  const start = performance.now();
  const one = async (n: number): Promise<void> => {
    const chunk = n % CHUNKS;
    const offset = (n * 97) % (SIZE - 512);
    const range = n % 2 === 0 ? undefined : { offset, length: 512 };
    const stored = await store.read(`chunk${chunk}`, { range });
    const right = range === undefined ? chunks[chunk]! : chunks[chunk]!.subarray(offset, offset + 512);
    if (stored === undefined) throw new Error(`read ${n} of ${transport} found nothing`);
    if (Buffer.compare(stored.bytes, right) !== 0) throw new Error(`read ${n} of ${transport} differs`);
  };
  try {
    await Promise.all(Array.from({ length: how.reads }, (_, n) => limiter.run(() => one(n))));
    const seconds = (performance.now() - start) / 1000;
    const requests = server.requests.length;
    return { transport, reads: how.reads, requests, faults, amplification: requests / how.reads, seconds };
  } finally {
    await store.close?.();
    await server.close();
  }
}
