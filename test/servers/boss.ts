/**
 * A small BOSS on loopback, written from the service's public code: routes and checks from jhuapl-boss/boss
 * (`django/boss/urls.py`, `bosscore/request.py`, `bossspatialdb/views.py`, `parsers.py`, `renderers.py`), error bodies from
 * `bosscore/error.py`.
 * It reads and changes voxels; resources are given at the start.
 */
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { Box6 } from "../../src/base/bbox.js";
import { arrayType, bytesPerVoxel } from "../../src/base/dtype.js";
import { createWorkspace } from "../../src/base/memory-workspace.js";
import { loadByteCodecs, pack, unpack } from "../../src/codecs/byte-chain.js";
import {
  channelDocument,
  downsampleDocument,
  experimentDocument,
  type FakeExperiment,
  frameDocument,
  frameName,
  type Three,
} from "./boss-documents.js";
import { BossVoxels } from "./boss-voxels.js";

export interface FakeBossOptions {
  /** By `COLLECTION/EXPERIMENT`. */
  readonly experiments: Readonly<Record<string, FakeExperiment>>;
  /** What each token may do. */
  readonly tokens: Readonly<Record<string, "read" | "write" | "nothing">>;
  /** What is told as the size of cuboids. Default 512, 512, 16. */
  readonly cuboid?: Three;
  /** Most bytes of a cut-out. Default 520 MiB. */
  readonly most?: number;
}

export interface FakeAnswer {
  readonly status: number;
  readonly body?: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface FakeBoss {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** `METHOD PATH` of every request so far. */
  readonly log: string[];
  /** The most requests that were under way at once. */
  most(): number;
  /** Answers instead, where it gives one; and milliseconds before each answer. */
  behave(how: { instead?: (request: IncomingMessage) => FakeAnswer | undefined; delay?: number }): void;
  /** Changes what is sent of a cut-out. */
  damage(change: ((frame: Uint8Array) => Uint8Array) | undefined): void;
  /** `COLLECTION/EXPERIMENT/CHANNEL`. */
  voxels(channel: string): BossVoxels;
  status(channel: string): string;
  close(): Promise<void>;
}

interface Refusal {
  readonly status: number;
  readonly code: number;
  readonly message: string;
}

const refused = (status: number, code: number, message: string): Refusal => ({ status, code, message });

export async function fakeBoss({
  experiments,
  tokens,
  cuboid = [512, 512, 16],
  most: limit = 520 * 2 ** 20,
}: FakeBossOptions): Promise<FakeBoss> {
  await loadByteCodecs();
  const ws = createWorkspace();
  const stored = new Map<string, BossVoxels>();
  const statuses = new Map<string, string>();
  for (const [name, { stop, channels }] of Object.entries(experiments))
    for (const [channel, { datatype, downsample_status = "NOT_DOWNSAMPLED" }] of Object.entries(channels)) {
      if (datatype !== "uint32") stored.set(`${name}/${channel}`, new BossVoxels(datatype, stop));
      statuses.set(`${name}/${channel}`, downsample_status);
    }
  const log: string[] = [];
  let behaviour: Parameters<FakeBoss["behave"]>[0] = {};
  let change: ((frame: Uint8Array) => Uint8Array) | undefined;
  let [under, most] = [0, 0];

  const roleOf = ({ headers }: IncomingMessage): "read" | "write" | "nothing" | "anonymous" | undefined => {
    const given = headers.authorization;
    if (given === undefined) return "anonymous";
    const token = /^Token (\S+)$/.exec(given)?.[1];
    return token !== undefined && Object.hasOwn(tokens, token) ? tokens[token] : undefined;
  };

  const answer = async (request: IncomingMessage, body: Uint8Array): Promise<FakeAnswer> => {
    const role = roleOf(request);
    if (role === undefined) return json(401, { detail: "Invalid token." });
    const { pathname } = new URL(request.url ?? "/", "http://x");
    const path = decodeURIComponent(pathname);
    if (role === "anonymous" && request.method !== "GET")
      return json(401, { detail: "Authentication credentials were not provided." });
    const black = /^\/v1\/cutout\/to_black\/(.*)$/.exec(path)?.[1];
    const cut = black ?? /^\/v1\/cutout\/(.*)$/.exec(path)?.[1];
    try {
      return cut === undefined
        ? document(request, path, role)
        : await cutout(request, cut, black !== undefined, role, body);
    } catch (error) {
      if (
        typeof error === "object" &&
        error !== null &&
        "code" in error &&
        "message" in error &&
        "status" in error
      )
        return json((error as Refusal).status, error);
      throw error;
    }
  };

  function document({ method }: IncomingMessage, path: string, role: string): FakeAnswer {
    if (method !== "GET") return json(405, { detail: `Method "${method}" not allowed.` });
    const frame = /^\/v1\/coord\/([\w-]+)\/?$/.exec(path)?.[1];
    if (frame !== undefined) {
      const found = Object.entries(experiments).find(([name]) => frameName(name) === frame);
      if (found === undefined) throw refused(404, 4000, `${frame} does not exist.`);
      return json(200, frameDocument(frame, found[1]));
    }
    const down = /^\/v1\/downsample\/([\w-]+)\/([\w-]+)\/([\w-]+)\/?$/.exec(path);
    const resource = /^\/v1\/collection\/([\w-]+)\/experiment\/([\w-]+)(?:\/channel\/([\w-]+))?\/?$/.exec(
      path,
    );
    const [, collection = "", name = "", channel] = down ?? resource ?? [];
    const experiment = experiments[`${collection}/${name}`];
    if (experiment === undefined) return json(404, { detail: "Not found." });
    if (channel === undefined) {
      mayRead(
        role,
        Object.values(experiment.channels).some((c) => c.public === true),
        name,
      );
      return json(200, experimentDocument(collection, name, experiment));
    }
    const found = experiment.channels[channel];
    if (found === undefined) throw refused(404, 4000, `${channel} does not exist.`);
    mayRead(role, found.public === true, channel);
    const status = statuses.get(`${collection}/${name}/${channel}`) ?? "";
    if (down !== null) return json(200, downsampleDocument(experiment, status, cuboid));
    return json(200, channelDocument(name, channel, found, status));
  }

  async function cutout(
    request: IncomingMessage,
    rest: string,
    isBlack: boolean,
    role: string,
    body: Uint8Array,
  ): Promise<FakeAnswer> {
    const parts =
      /^([\w-]+)\/([\w-]+)\/([\w-]+)\/(\d)\/(\d+:\d+)\/(\d+:\d+)\/(\d+:\d+)\/?(?:(\d+:\d+)\/?)?$/.exec(rest);
    if (parts === null)
      return { status: 404, body: "<h1>Not Found</h1>", headers: { "content-type": "text/html" } };
    const [, collection = "", name = "", channel = "", resolutionText = "", xs = "", ys = "", zs = "", ts] =
      parts;
    const method = request.method ?? "";
    if (!(isBlack ? ["PUT"] : ["GET", "POST"]).includes(method))
      return json(405, { detail: `Method "${method}" not allowed.` });
    const experiment = experiments[`${collection}/${name}`];
    if (experiment === undefined) throw refused(404, 4000, `Experiment ${name} not found`);
    const found = experiment.channels[channel];
    if (found === undefined) throw refused(404, 4000, `Channel ${channel} not found`);
    if (
      !(found.public === true && method === "GET") &&
      role !== "write" &&
      !(role === "read" && method === "GET")
    )
      throw refused(403, 3001, "User does not have the appropriate permissions");
    const { datatype, base_resolution: base = 0 } = found;
    const resolution = Number(resolutionText);
    if (resolution < base || resolution >= base + experiment.levels)
      throw refused(
        400,
        1002,
        `Invalid resolution ${resolution}. The resolution has to be within ${base} and ${base + experiment.levels}`,
      );
    const [x, y, z] = [xs, ys, zs].map((range) => range.split(":").map(Number)) as [
      number[],
      number[],
      number[],
    ];
    const { start, stop, times = 1 } = experiment;
    const bad = [x, y, z].some(([low = 0, high = 0], a) => low >= high || low < start[a]! || high > stop[a]!);
    if (bad) throw refused(400, 1001, `Incorrect cutout arguments ${resolution}/${xs}/${ys}/${zs}`);
    if (datatype === "uint32") throw refused(400, 1002, "Unsupported data type: uint32");
    const [t0 = 0, t1 = 1] = ts?.split(":").map(Number) ?? [0, 1];
    if (t0 >= t1 || t1 > times) throw refused(400, 1001, `Incorrect time arguments ${ts}`);
    const box: Box6 = [x[0]!, y[0]!, z[0]!, x[1]!, y[1]!, z[1]!];
    const count = (box[3] - box[0]) * (box[4] - box[1]) * (box[5] - box[2]);
    const bytes = count * (t1 - t0) * bytesPerVoxel(datatype);
    if ((datatype === "uint64" ? bytes / 4 : bytes) > limit)
      throw refused(413, 2000, "Cutout request is over 500MB when uncompressed. Reduce cutout dimensions.");
    const voxels = stored.get(`${collection}/${name}/${channel}`)!;
    if (method === "GET") {
      if (request.headers.accept !== "application/blosc")
        return json(406, { detail: "Could not satisfy the request Accept header." });
      const all = Array.from({ length: t1 - t0 }, (_, t) => voxels.read(resolution, t0 + t, box));
      const raw = Buffer.concat(all.map((a) => new Uint8Array(a.buffer, a.byteOffset, a.byteLength)));
      // The service gives the bits of a voxel as its size.
      const frame = await pack(ws, raw, [
        { name: "blosc", cname: "lz4", clevel: 5, shuffle: 1, typesize: 8 * bytesPerVoxel(datatype) },
      ]);
      return {
        status: 200,
        body: change?.(frame) ?? frame,
        headers: { "content-type": "application/blosc" },
      };
    }
    if (resolution > base + 1)
      throw refused(
        400,
        9001,
        "Error during write_cuboid: You can only write data to a channel's base resolution or one resolution above it.",
      );
    if (isBlack) for (let t = t0; t < t1; t++) voxels.blacken(resolution, t, box);
    else {
      if (request.headers["content-type"] !== "application/blosc")
        return json(415, { detail: "Unsupported media type" });
      const raw = unpackOr400(body, bytes);
      if (raw.length !== bytes)
        throw refused(
          400,
          2002,
          "Failed to unpack data. Verify the datatype of your POSTed data and xyz dimensions used in the POST URL.",
        );
      const all = new (arrayType(datatype))(raw.buffer);
      for (let t = t0; t < t1; t++)
        voxels.write(resolution, t, box, all.subarray((t - t0) * count, (t - t0 + 1) * count) as typeof all);
    }
    const id = `${collection}/${name}/${channel}`;
    if (statuses.get(id) === "DOWNSAMPLED") statuses.set(id, "NOT_DOWNSAMPLED");
    return { status: isBlack ? 200 : 201 };
  }

  function unpackOr400(body: Uint8Array, bytes: number): Uint8Array {
    try {
      const at = ws.scratch("fake", body.length + 8);
      ws.bytes().set(body, at.ptr);
      const { ptr, length } = unpack(
        ws,
        { ptr: at.ptr, length: body.length },
        [{ name: "blosc" }],
        Math.max(bytes, 1 << 20),
      );
      return ws.bytes().slice(ptr, ptr + length);
    } catch {
      throw refused(
        400,
        2001,
        "Failed to decompress data. Verify the datatype/bitdepth of your data matches the channel.",
      );
    }
  }

  const server = createServer((request, response) => {
    log.push(`${request.method} ${request.url}`);
    most = Math.max(most, ++under);
    response.once("close", () => under--);
    const pieces: Uint8Array[] = [];
    request.on("data", (piece: Uint8Array) => pieces.push(piece));
    request.on("end", () => {
      setTimeout(async () => {
        const {
          status,
          headers,
          body = "",
        } = behaviour.instead?.(request) ?? (await answer(request, Buffer.concat(pieces)));
        const bytes = typeof body === "string" ? Buffer.from(body) : body;
        response.writeHead(status, { "content-length": bytes.length, ...headers }).end(bytes);
      }, behaviour.delay ?? 0);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    log,
    most: () => most,
    behave: (how) => {
      behaviour = how;
    },
    damage: (how) => {
      change = how;
    },
    voxels: (channel) => stored.get(channel)!,
    status: (channel) => statuses.get(channel)!,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function mayRead(role: string, isPublic: boolean, name: string): void {
  if (isPublic || role === "read" || role === "write") return;
  throw refused(403, 3001, `Missing read permissions on the resource ${name}`);
}

function json(status: number, value: unknown): FakeAnswer {
  return { status, body: JSON.stringify(value), headers: { "content-type": "application/json" } };
}
