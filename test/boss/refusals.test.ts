/** What the service refuses, breaks or delays, and what is sent damaged: typed errors, and tries again where that may help. */
import { mkdirSync, writeFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import {
  CloudVolume,
  CloudVolumeError,
  DecodingError,
  explainCredentials,
  MissingError,
  type OpenOptions,
} from "../../src/node.js";
import { mutated, random } from "../generators/random.js";
import type { FakeAnswer, FakeBoss } from "../servers/boss.js";
import { scratchDirectory } from "../support/scratch.js";
import { difference } from "../support/voxels.js";
import { pathOf, QUICK, someVoxels, startBoss, TOKEN } from "./support.js";

let boss: FakeBoss;
beforeAll(async () => {
  boss = await startBoss({ most: 200_000 });
});
beforeEach(() => {
  boss.log.length = 0;
  boss.behave({});
  boss.damage(undefined);
});
afterEach(() => vi.unstubAllEnvs());

const open = (path = "lab/plain/uint8", options: OpenOptions = {}): Promise<CloudVolume> =>
  CloudVolume.open(pathOf(boss, path), { secrets: { token: TOKEN }, network: QUICK, ...options });
const cutouts = (): number => boss.log.filter((line) => line.includes("/cutout/")).length;
const failure = async (work: Promise<unknown>): Promise<CloudVolumeError> => {
  const error: unknown = await work.then(
    () => "no error",
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(CloudVolumeError);
  return error as CloudVolumeError;
};
const json = (status: number, value: unknown, headers = {}): FakeAnswer => ({
  status,
  body: JSON.stringify(value),
  headers: { "content-type": "application/json", ...headers },
});
/** Refuses cut-outs so many times. */
const refuse = (answer: FakeAnswer, times = Number.POSITIVE_INFINITY) => {
  let left = times;
  return ({ url }: IncomingMessage): FakeAnswer | undefined =>
    url?.includes("/cutout/") && left-- > 0 ? answer : undefined;
};

describe("opening", () => {
  test.each([
    ["lab/plain/nothing", TOKEN, "InfoUnavailableError", "missing"],
    ["lab/nowhere/uint8", TOKEN, "InfoUnavailableError", "missing"],
    ["lab/plain/uint8", "wrong", "AuthenticationError", "denied"],
    ["lab/plain/uint8", "nobody", "AuthorizationError", "denied"],
    ["lab/plain/wide", TOKEN, "UnsupportedFormatError", "usage"],
  ])("%s as %s: %s", async (path, token, name, kind) => {
    expect(await failure(open(path, { secrets: { token } }))).toMatchObject({ name, kind });
  });

  test("without a token only what is public", async () => {
    const anonymous = { secrets: undefined, bucket: { anonymous: true } };
    expect((await failure(open("lab/plain/uint8", anonymous))).name).toBe("AuthorizationError");
    const vol = await open("lab/plain/public", anonymous);
    expect((await vol.download("0:3, 0:3, 0:3")).data.length).toBe(27);
    expect((await failure(vol.upload("0:64, 0:64, 0:16", 1))).name).toBe("AuthenticationError");
  });

  test.each([
    [
      "a page",
      { status: 200, body: "<html>log in</html>", headers: { "content-type": "text/html; charset=utf-8" } },
      "StorageError",
    ],
    ["no JSON", { status: 200, body: "{", headers: { "content-type": "application/json" } }, "InfoError"],
    ["a list", json(200, []), "InfoError"],
    ["nothing of what it should hold", json(200, {}), "InfoError"],
    ["an unknown unit", json(200, { x_start: 0 }), "InfoError"],
    ["a redirect in circles", { status: 302, headers: { location: "/v1/coord/x" } }, "TooManyRedirects"],
  ] as const)("with %s for the coordinate frame", async (_, answer, name) => {
    boss.behave({ instead: ({ url }) => (url?.includes("/coord/") ? answer : undefined) });
    expect((await failure(open())).name).toBe(name);
  });

  test("with documents whose fields are changed", async () => {
    const values = [null, -1, 1e300, "x".repeat(300), "../..", [], {}, true, 0.5, "uint8"];
    for (const [route, fields] of [
      ["/experiment/plain/channel/", ["type", "datatype", "base_resolution"]],
      ["/experiment/plain", ["coord_frame", "num_hierarchy_levels", "hierarchy_method", "num_time_samples"]],
      ["/coord/", ["x_start", "y_stop", "z_voxel_size", "voxel_unit"]],
      ["/downsample/", ["status", "cuboid_size"]],
    ] as const) {
      const request = await fetchDocument(route);
      for (const field of fields)
        for (const value of values) {
          const changed = json(200, { ...request, [field]: value });
          const isIt = (url = ""): boolean =>
            route.endsWith("plain") ? url.endsWith("/experiment/plain") : url.includes(route);
          boss.behave({ instead: ({ url }) => (isIt(url) ? changed : undefined) });
          const opened: unknown = await open().catch((e: unknown) => e);
          if (opened instanceof CloudVolume) expect(opened.info.scales.length).toBeGreaterThan(0);
          else expect(opened, `${route} ${field} ${JSON.stringify(value)}`).toBeInstanceOf(CloudVolumeError);
        }
    }
  });
});

async function fetchDocument(route: string): Promise<object> {
  boss.behave({});
  await open();
  const line = boss.log.find((l) => (route.endsWith("plain") ? l.endsWith(route) : l.includes(route))) ?? "";
  const answer = await fetch(boss.url + line.slice(4), { headers: { authorization: `Token ${TOKEN}` } });
  return (await answer.json()) as object;
}

describe("cut-outs", () => {
  test("outside of the frame, of no resolution, too large, of a channel that went", async () => {
    const info = structuredClone((await open()).info);
    info.scales[0]!.size = [500, 140, 37];
    const wide = await open("lab/plain/uint8", { info });
    expect((await failure(wide.download("148:152, 0:9, 0:9"))).name).toBe("OutOfBoundsError");
    info.scales = Array.from({ length: 5 }, (_, i) => ({
      ...info.scales[0]!,
      key: `${i}`,
      resolution: [i + 1, 4, 4],
    }));
    const deep = await open("lab/plain/uint8", { info });
    expect((await failure(deep.download("0:9, 0:9, 0:9", { mip: 4 }))).name).toBe("ArgumentError");
    info.scales = [{ ...info.scales[0]!, size: [150, 140, 37], chunk_sizes: [[512, 512, 16]] }];
    const large = await open("lab/plain/uint8", { info });
    expect(await failure(large.download())).toMatchObject({ name: "StorageError", got: /413/ });
    info.scales[0]!.voxel_offset = [-9, 0, 0];
    const negative = await open("lab/plain/uint8", { info });
    expect((await failure(negative.download("-3:1, 0:1, 0:1"))).message).toMatch(/negative/);
    const vol = await open();
    boss.behave({
      instead: refuse(json(404, { status: 404, code: 4000, message: "Channel uint8 not found" })),
    });
    const gone = await failure(vol.download("0:9, 0:9, 0:9", { fillMissing: true }));
    expect(gone).toBeInstanceOf(MissingError);
    expect(gone.got).toBe("HTTP 404, Channel uint8 not found");
  });

  test("resolutions that cannot be written say so", async () => {
    const vol = await open();
    await vol.upload("0:64, 0:64, 0:16", 1, { mip: 1 });
    expect((await failure(vol.upload("0:38, 0:35, 0:16", 1, { mip: 2 }))).got).toMatch(/base resolution/);
    const reader = await open("lab/plain/uint8", { secrets: "reader" });
    expect((await failure(reader.upload("0:64, 0:64, 0:16", 1))).name).toBe("AuthorizationError");
    vol.readonly = true;
    expect((await failure(vol.upload("0:64, 0:64, 0:16", 1))).name).toBe("ReadOnlyException");
  });

  test.each([
    [429, json(429, { status: 429, message: "User is throttled. Expected available tomorrow.", code: 3004 })],
    [429, json(429, { detail: "slow down" }, { "retry-after": "0" })],
    [500, { status: 500, body: "<h1>Server Error (500)</h1>", headers: { "content-type": "text/html" } }],
    [502, { status: 502 }],
    [503, { status: 503, headers: { "retry-after": "1" } }],
    [504, json(504, {})],
    [408, { status: 408 }],
  ] as const)("HTTP %i passes, or is told", async (status, answer) => {
    // A server of its own: tries are counted by server.
    const own = await startBoss();
    const vol = await CloudVolume.open(pathOf(own, "lab/plain/uint8"), { secrets: TOKEN, network: QUICK });
    own.behave({ instead: refuse(answer, 2) });
    own.log.length = 0;
    expect((await vol.download("0:9, 0:9, 0:9")).data.length).toBe(729);
    expect(own.log.length).toBe(3);
    own.behave({ instead: refuse(answer, 2) });
    await vol.upload("0:64, 0:64, 0:16", 3);
    expect((await vol.download("0:1, 0:1, 0:1")).data[0]).toBe(3);
    own.behave({ instead: refuse(answer) });
    const error = await failure(vol.download("0:9, 0:9, 0:9"));
    expect(error).toMatchObject({ name: "StorageError", kind: "failed" });
    expect(error.got).toMatch(new RegExp(`^HTTP ${status}`));
    const { body = "" }: FakeAnswer = answer;
    if (body.includes("throttled" as never)) expect(error.got).toMatch(/tomorrow/);
  });

  test.each([401, 403, 400, 404, 409, 413, 415, 418])("HTTP %i is not asked again", async (status) => {
    const vol = await open();
    boss.behave({ instead: refuse({ status }) });
    boss.log.length = 0;
    const error = await failure(vol.download("0:9, 0:9, 0:9"));
    expect(error.got).toBe(`HTTP ${status}`);
    expect(error.kind).toBe(
      status === 401 || status === 403 ? "denied" : status === 404 ? "missing" : "failed",
    );
    await failure(vol.upload("0:64, 0:64, 0:16", 3));
    expect(cutouts()).toBe(2);
  });

  test("pages in the place of voxels, and of the answer to a write", async () => {
    const vol = await open();
    const page = { status: 200, body: "<html>log in</html>", headers: { "content-type": "text/html" } };
    boss.behave({ instead: refuse(page) });
    expect((await failure(vol.download("0:9, 0:9, 0:9"))).message).toMatch(/web page/);
    expect((await failure(vol.upload("0:64, 0:64, 0:16", 3))).message).toMatch(/web page/);
    boss.behave({ instead: refuse({ status: 202 }) });
    expect((await failure(vol.upload("0:64, 0:64, 0:16", 3))).got).toBe("HTTP 202");
    boss.behave({ instead: refuse(json(200, { any: "thing" })) });
    expect(await failure(vol.download("0:9, 0:9, 0:9"))).toBeInstanceOf(DecodingError);
  });

  test("slow answers: within the time they are taken, beyond it not; an abort ends them", async () => {
    const vol = await open();
    boss.behave({ delay: 150 });
    expect((await vol.download("0:9, 0:9, 0:9")).data.length).toBe(729);
    boss.behave({});
    const hasty = await open("lab/plain/uint8", { network: { timeout: 60 } });
    boss.behave({ delay: 500 });
    expect((await failure(hasty.download("0:9, 0:9, 0:9"))).name).toBe("TimeoutError");
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 30);
    const start = performance.now();
    expect((await failure(vol.download("0:9, 0:9, 0:9", { signal: stop.signal }))).name).toBe("AbortError");
    expect(performance.now() - start).toBeLessThan(400);
  });
});

describe("damaged cut-outs", () => {
  test("are errors, or voxels of the right shape: 300 of them", async () => {
    const vol = await open("lab/plain/uint16");
    await vol.upload("0:64, 0:64, 0:16", someVoxels("uint16", [64, 64, 16], 3));
    const truth = await vol.download("0:20, 0:20, 0:5");
    const rng = random(5);
    let [refused, read] = [0, 0];
    for (let n = 0; n < 300; n++) {
      boss.damage((frame) => mutated(rng, frame));
      const got: unknown = await vol.download("0:20, 0:20, 0:5").catch((e: unknown) => e);
      if (got instanceof Error) {
        expect(got).toBeInstanceOf(CloudVolumeError);
        refused++;
      } else {
        expect((got as typeof truth).shape).toEqual(truth.shape);
        read++;
      }
    }
    expect(refused).toBeGreaterThan(100);
    expect(refused + read).toBe(300);
    boss.damage(undefined);
    expect(difference(await vol.download("0:20, 0:20, 0:5"), truth)).toBe("same");
  });

  test("of another length: cut, longer, of another box", async () => {
    const vol = await open();
    let last: Uint8Array = new Uint8Array();
    boss.damage((frame) => {
      last = frame;
      return frame;
    });
    await vol.download("0:5, 0:5, 0:5");
    const other = last;
    for (const change of [
      (f: Uint8Array) => f.subarray(0, f.length - 1),
      (f: Uint8Array) => Buffer.concat([f, Uint8Array.of(0)]),
      () => new Uint8Array(0),
      () => other,
    ]) {
      boss.damage(change);
      const error = await failure(vol.download("0:6, 0:5, 0:5"));
      expect(["DecodingError", "IntegrityError"]).toContain(error.name);
    }
  });
});

describe("tokens", () => {
  const secretsFolder = (files: Readonly<Record<string, string>>): string => {
    const folder = scratchDirectory();
    mkdirSync(join(folder, "secrets"), { recursive: true });
    for (const [name, text] of Object.entries(files))
      writeFileSync(join(folder, "secrets", name), text, { mode: 0o600 });
    return folder;
  };

  test("are taken from the option, in its forms", async () => {
    for (const secrets of [TOKEN, { token: TOKEN }, JSON.stringify({ token: TOKEN })])
      expect((await open("lab/plain/uint8", { secrets })).dataType).toBe("uint8");
  });

  test("are taken from boss-secret.json, the host's first, else from the environment", async () => {
    const host = new URL(boss.url).hostname;
    const path = pathOf(boss, "lab/plain/uint8");
    vi.stubEnv("CLOUD_VOLUME_DIR", secretsFolder({ "boss-secret.json": `{"token": "${TOKEN}"}` }));
    expect(await explainCredentials(path)).toMatchObject({
      kind: "token",
      source: expect.stringMatching(/\/boss-secret.json$/),
    });
    expect((await open("lab/plain/uint8", { secrets: undefined })).dataType).toBe("uint8");
    vi.stubEnv(
      "CLOUD_VOLUME_DIR",
      secretsFolder({
        "boss-secret.json": '{"token": "other"}',
        [`${host}-boss-secret.json`]: `{"token": "${TOKEN}"}`,
      }),
    );
    expect((await explainCredentials(path)).source).toMatch(new RegExp(`${host}-boss-secret.json$`));
    vi.stubEnv("CLOUD_VOLUME_DIR", secretsFolder({}));
    vi.stubEnv("BOSS_TOKEN", TOKEN);
    expect(await explainCredentials(path)).toMatchObject({ source: "BOSS_TOKEN" });
  });

  test("are renewed once when they are refused, and are in no error", async () => {
    const folder = secretsFolder({ "boss-secret.json": '{"token": "0ld-t0ken"}' });
    vi.stubEnv("CLOUD_VOLUME_DIR", folder);
    const own = await startBoss();
    const path = pathOf(own, "lab/plain/uint8");
    const asked = (): Promise<unknown> => CloudVolume.open(path, { network: QUICK }).catch((e: unknown) => e);
    own.behave({
      instead: ({ headers }) =>
        headers.authorization ? json(401, { detail: `no ${headers.authorization}` }) : undefined,
    });
    const error = (await asked()) as CloudVolumeError;
    expect(error.name).toBe("AuthenticationError");
    expect(`${error.message} ${error.stack} ${JSON.stringify(error)}`).not.toContain("0ld-t0ken");
    own.behave({});
    writeFileSync(join(folder, "secrets", "boss-secret.json"), `{"token": "${TOKEN}"}`);
    expect(await asked()).toBeInstanceOf(CloudVolume);
  });

  test("do not go to another server that a redirect leads to", async () => {
    const other = await startBoss();
    let seen: string | undefined = "nothing came";
    other.behave({
      instead: ({ headers }) => {
        seen = headers.authorization;
        return undefined;
      },
    });
    const vol = await open();
    boss.behave({
      instead: ({ url }) =>
        url?.includes("/cutout/") ? { status: 302, headers: { location: other.url + url } } : undefined,
    });
    expect((await failure(vol.download("0:9, 0:9, 0:9"))).kind).toBe("denied");
    expect(seen).toBeUndefined();
  });
});
