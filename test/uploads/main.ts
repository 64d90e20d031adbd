/** Uploads that fail: what they leave behind, and whether their writers are told the truth. */
import { CloudVolumeError, ConflictError } from "../../src/base/errors.js";
import { platformTransport } from "../../src/stores/http/platform.js";
import type { HttpRequest } from "../../src/stores/http/transport.js";
import { RetryBudget } from "../../src/stores/retry-budget.js";
import type { Send } from "../../src/stores/s3/send.js";
import { elements } from "../../src/stores/s3/xml.js";
import type { Store } from "../../src/stores/store.js";
import { launchServer, type ServerName } from "../servers/real.js";
import { gsAt, makeGsBucket, makeS3Bucket, s3At } from "../support/buckets.js";
import { seeded } from "../support/random.js";
import { type Fault, faultyTransport, type Plan } from "./faulty.js";

const MiB = 2 ** 20;
const BUCKET = "uploads";
const QUICK = { tries: 4, firstWait: 1, longestWait: 5 };
/** Enough for two faults of five. */
const PATIENT = { ...QUICK, tries: 30 };
const FAULTS: readonly Fault[] = ["reset", "lost", "busy", "refused"];

export interface UploadsReport {
  readonly server: ServerName;
  readonly runs: number;
  readonly failed: number;
  readonly succeeded: number;
  /** Faults that were answered. */
  readonly faults: number;
  /** What broke a rule; to be empty. */
  readonly violations: readonly string[];
}

/** A place in a bucket, reached through a transport that may fail. */
interface Place {
  at(plan: Plan): Store;
  /** Uploads in parts that are not over. */
  open(): Promise<number>;
  end(): Promise<void>;
}

/** Bytes of three parts, of one kind each run. */
function objectOf(seed: number): Uint8Array {
  return new Uint8Array(10 * MiB + 1000).fill(1 + (seed % 255));
}

/** Uploads in parts, each run with faults at random requests: some pass, some last. */
export async function failUploads(name: ServerName, runs: number, seed: number): Promise<UploadsReport> {
  const place = await startPlace(name);
  const { bits } = seeded(seed);
  const random = (): number => bits() / 2 ** 32;
  const violations: string[] = [];
  let [failed, succeeded, faults] = [0, 0, 0];
  try {
    const good = place.at(() => "none");
    await good.write!("key", objectOf(0).subarray(0, 1000));
    let before = objectOf(0).subarray(0, 1000);
    for (let run = 1; run <= runs; run++) {
      const bytes = objectOf(run);
      const isLasting = random() < 0.6;
      const first = Math.floor(random() * 7);
      const fault = FAULTS[Math.floor(random() * FAULTS.length)] ?? "reset";
      const store = place.at((request, n) => {
        // Cleaning up works in the end, as it has a minute for it.
        const cleaning = isCleaning(request) && random() < 0.7;
        const isHit = n === first || (isLasting && n > first && !cleaning);
        if (!isHit) return "none";
        faults++;
        return isLasting && isCleaning(request) && fault === "refused" ? "busy" : fault;
      });
      let isStored = false;
      try {
        await store.write!("key", bytes);
        isStored = true;
        succeeded++;
      } catch (error) {
        failed++;
        if (!(error instanceof CloudVolumeError)) violations.push(`run ${run}: ${String(error)}`);
      }
      const now = (await good.read("key"))?.bytes;
      const isNew = now !== undefined && Buffer.compare(now, bytes) === 0;
      const isOld = now !== undefined && Buffer.compare(now, before) === 0;
      if (!isNew && (isStored || !isOld))
        violations.push(`run ${run}: ${now?.length} bytes that are neither the old nor the new object`);
      const open = await place.open();
      if (open > 0)
        violations.push(
          `run ${run} (${fault} from request ${first}${isLasting ? " on" : ""}): ${open} open uploads`,
        );
      if (isNew) before = bytes;
    }
  } finally {
    await place.end();
  }
  return { server: name, runs, failed, succeeded, faults, violations };
}

function isCleaning({ method, url }: HttpRequest): boolean {
  return method === "DELETE" || (method === "GET" && url.searchParams.has("uploads"));
}

/** Conditional writes, a third of whose answers are lost: no false conflict, no double. */
export async function loseReplies(name: ServerName, writes: number, seed: number): Promise<UploadsReport> {
  const place = await startPlace(name, PATIENT);
  const { bits } = seeded(seed);
  const random = (): number => bits() / 2 ** 32;
  const violations: string[] = [];
  let [failed, succeeded, faults] = [0, 0, 0];
  try {
    const store = place.at(({ method }) => {
      const isHit = method !== "GET" && random() < 0.4;
      if (isHit) faults++;
      return isHit ? (random() < 0.8 ? "lost" : "reset") : "none";
    });
    let version: string | null = null;
    let now = new Uint8Array();
    for (let i = 0; i < writes; i++) {
      const next = Uint8Array.of(...now.subarray(-200), i & 255, i >> 8);
      const told: string[] = [];
      try {
        await store.write!("counter", next, { ifVersion: version, onVersion: (v) => void told.push(v) });
        succeeded++;
        now = next;
      } catch (error) {
        failed++;
        violations.push(`write ${i}: ${error instanceof ConflictError ? "a false conflict" : String(error)}`);
      }
      const stored = await place.at(() => "none").read("counter");
      if (stored === undefined || Buffer.compare(stored.bytes, now) !== 0)
        violations.push(`write ${i}: not what was written`);
      if (told.at(-1) !== stored?.version)
        violations.push(`write ${i}: told version ${told}, it is ${stored?.version}`);
      version = stored?.version ?? null;
    }
  } finally {
    await place.end();
  }
  return { server: name, runs: writes, failed, succeeded, faults, violations };
}

async function startPlace(name: ServerName, retry = QUICK): Promise<Place> {
  const server = await launchServer(name);
  const inner = platformTransport({});
  const parts = { partsAbove: 5 * MiB, partSize: 5 * MiB, retry, budget: new RetryBudget({ reserve: 1e6 }) };
  if (name === "fake-gcs-server") {
    await makeGsBucket(server, BUCKET);
    return {
      at: (plan) => gsAt(server, BUCKET, "layer", { ...parts, transport: faultyTransport(inner, plan) }),
      open: async () => 0,
      end: async () => {
        await inner.close();
        await server.end();
      },
    };
  }
  const send = await makeS3Bucket(server, BUCKET);
  return {
    at: (plan) => s3At(server, BUCKET, "layer", { ...parts, transport: faultyTransport(inner, plan) }),
    open: () => openUploads(send),
    end: async () => {
      await inner.close();
      await server.end();
    },
  };
}

async function openUploads(send: Send): Promise<number> {
  const { status, body } = await send({ method: "GET", path: "", query: { uploads: "" } });
  if (status !== 200) throw new Error(`HTTP ${status} to a list of uploads`);
  return elements(new TextDecoder().decode(body), "Upload").length;
}
