/**
 * A small PyChunkGraph: the routes that CloudVolume and Neuroglancer use, as github.com/CAVEconnectome/PyChunkedGraph has them in
 * `app/segmentation/{common,generic,v1,legacy}` and `app/meshing/{common,v1}`; roots_binary and l2_chunk_children_binary as its
 * newer versions have them. Serves the layer's files as well. Refuses, fails and dawdles as told.
 */
import { createServer, type IncomingMessage } from "node:http";
import { gunzipSync, gzipSync } from "node:zlib";
import { answerTo, type ServedObject } from "../objects.js";
import type { AskedRequest } from "../recorded.js";
import { listen, type TestServer } from "../static.js";
import { cellOf, type FakeGraph, type Label, layerOf } from "./graph.js";

export interface FakeLayer {
  readonly graph: FakeGraph;
  readonly info: Readonly<Record<string, unknown>>;
  /** Files below `/files/`. */
  readonly files: ReadonlyMap<string, ServedObject>;
  /** Voxels of a chunk, and where chunks begin. */
  readonly chunkSize: readonly number[];
  readonly origin: readonly number[];
  /** The highest layer with meshes, and what a verified manifest calls a node's own mesh; undefined: it has none. */
  readonly maxMeshedLayer: number;
  readonly fragmentOf: (node: Label, isInitial: boolean) => string | undefined;
}

/** What the server does instead of answering, to the next `times` requests whose path it matches. */
export interface Trouble {
  readonly on?: RegExp;
  readonly times: number;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
  /** Milliseconds before the answer. */
  readonly delay?: number;
  /** Bytes of the answer after which the connection breaks. */
  readonly cut?: number;
}

export interface FakeGraphServer extends Omit<TestServer, "requests"> {
  readonly asked: AskedRequest[];
  trouble: Trouble[];
  /** The most requests that were answered at the same time. */
  readonly most: () => number;
}

/** Tokens that are let in, and one that is known but may not see this dataset. */
export const TOKEN = "0123456789abcdef0123456789abcdef";
export const FORBIDDEN = "ffffffffffffffffffffffffffffffff";

interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string;
}

/** @param make gets the server's address, which the info names. */
export async function fakeGraphServer(
  make: (url: string) => FakeLayer | Promise<FakeLayer>,
): Promise<FakeGraphServer> {
  const asked: AskedRequest[] = [];
  let layer: FakeLayer | undefined;
  let [under, most] = [0, 0];
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", async () => {
      const { method = "GET", url = "/", headers } = request;
      most = Math.max(most, ++under);
      response.once("close", () => under--);
      if (url.startsWith("/files/")) {
        const {
          status,
          headers: told,
          body,
        } = answerTo(request, (path) => layer?.files.get(path.replace(/^files\//, "")));
        response.writeHead(status, told).end(method === "HEAD" ? undefined : body);
        return;
      }
      const sent = new Uint8Array(Buffer.concat(pieces));
      asked.push({ method, target: url, headers, body: sent });
      const trouble = made.trouble.find(({ on, times }) => times > 0 && (on?.test(url) ?? true));
      if (trouble !== undefined) {
        made.trouble = made.trouble.map((one) => (one === trouble ? { ...one, times: one.times - 1 } : one));
        if (trouble.delay !== undefined) await new Promise((done) => setTimeout(done, trouble.delay));
      }
      const body = headers["content-encoding"] === "gzip" ? new Uint8Array(gunzipSync(sent)) : sent;
      const own = layer === undefined ? failure(503, "not ready") : reply(layer, request, body);
      const answer: Reply =
        trouble?.status === undefined && trouble?.body === undefined
          ? own
          : { status: trouble.status ?? 200, headers: trouble.headers ?? {}, body: trouble.body ?? "" };
      const packs =
        /gzip/.test(String(headers["accept-encoding"])) && answer.status === 200 && method === "GET";
      const plain = Buffer.from(answer.body as Uint8Array);
      const content = packs ? gzipSync(plain) : plain;
      response.writeHead(answer.status, {
        ...CORS,
        ...(packs ? { "Content-Encoding": "gzip" } : {}),
        "Content-Length": String(content.length),
        ...answer.headers,
      });
      if (trouble?.cut === undefined) response.end(content);
      else response.write(content.subarray(0, trouble.cut), () => response.destroy());
    });
  });
  const made: FakeGraphServer = Object.assign(await listen(server), {
    asked,

    trouble: [],
    most: () => most,
  });
  layer = await make(made.url);
  return made;
}

/** As flask_cors answers by default: whatever is asked for is allowed. */
const CORS = {
  "Access-Control-Allow-Origin": "*",
  "Access-Control-Allow-Headers": "*, Authorization, Content-Encoding",
  "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
};

const json = (value: unknown): Reply => ({
  status: 200,
  headers: { "Content-Type": "application/json" },
  // Labels are beyond 2^53: written as the numbers that they are.
  body: JSON.stringify(value, (_, v) => (typeof v === "bigint" ? `#${v}#` : v)).replace(/"#(\d+)#"/g, "$1"),
});
const binary = (labels: readonly Label[]): Reply => ({
  status: 200,
  headers: { "Content-Type": "application/octet-stream" },
  body: new Uint8Array(BigUint64Array.from(labels).buffer),
});
function failure(status: number, message: string): Reply {
  return {
    status,
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ code: status, message }),
  };
}

function reply(
  layer: FakeLayer,
  { method = "GET", url = "/", headers }: IncomingMessage,
  body: Uint8Array,
): Reply {
  if (method === "OPTIONS") return { status: 200, body: "" };
  const token = /^Bearer (.+)$/.exec(headers.authorization ?? "")?.[1];
  if (token === FORBIDDEN) return failure(403, "missing permission: view");
  if (token !== TOKEN)
    return { ...failure(401, "unauthorized"), headers: { "WWW-Authenticate": 'Bearer realm="test"' } };
  const { pathname, searchParams: query } = new URL(url, "http://any");
  for (const [verb, pattern, run] of ROUTES) {
    const match = pattern.exec(pathname);
    if (match === null) continue;
    return verb === method || verb === "ANY"
      ? run(layer, match.slice(1), query, body)
      : failure(405, "method not allowed");
  }
  return failure(404, "not found");
}

type Run = (layer: FakeLayer, words: readonly string[], query: URLSearchParams, body: Uint8Array) => Reply;

const ROUTES: readonly (readonly [string, RegExp, Run])[] = [
  ["GET", /^\/segmentation\/table\/ds\/info$/, ({ info }) => json(info)],
  [
    "POST",
    /^\/segmentation\/api\/v1\/table\/ds\/roots_binary$/,
    (layer, _, query, body) => roots(layer, labelsIn(body), query, binary),
  ],
  [
    "POST",
    /^\/segmentation\/api\/v1\/table\/ds\/roots$/,
    (layer, _, query, body) => roots(layer, jsonLabels(body), query, (ids) => json({ root_ids: ids })),
  ],
  [
    "GET",
    /^\/segmentation\/api\/v1\/table\/ds\/node\/(\d+)\/leaves$/,
    (layer, [id = ""], query) => json({ leaf_ids: leaves(layer, BigInt(id), query) }),
  ],
  [
    "GET",
    /^\/segmentation\/api\/v1\/table\/ds\/l2_chunk_children_binary\/(\d+)$/,
    (layer, [id = ""], query) => binary(chunkChildren(layer, BigInt(id), query)),
  ],
  [
    "ANY",
    /^\/segmentation\/1\.0\/ds\/graph\/(\d+)\/root$/,
    (layer, [id = ""], query) => roots(layer, [BigInt(id)], query, binary),
  ],
  [
    "ANY",
    /^\/segmentation\/1\.0\/ds\/segment\/(\d+)\/leaves$/,
    (layer, [id = ""], query) => binary(leaves(layer, BigInt(id), query)),
  ],
  [
    "GET",
    /^\/meshing\/(?:api\/v1\/table|1\.0)\/ds\/manifest\/(\d+):0$/,
    (layer, [id = ""], query, body) => manifest(layer, BigInt(id), query, body),
  ],
];

function labelsIn(body: Uint8Array): Label[] {
  return [...new BigUint64Array(body.slice().buffer)];
}
function jsonLabels(body: Uint8Array): Label[] {
  return (Buffer.from(body).toString().match(/\d+/g) ?? []).map(BigInt);
}

function timeIn(query: URLSearchParams): number | undefined {
  const value = query.get("timestamp");
  return value === null ? undefined : Number(value);
}

function roots(
  layer: FakeLayer,
  ids: readonly Label[],
  query: URLSearchParams,
  as: (ids: Label[]) => Reply,
): Reply {
  const { graph } = layer;
  const stop = Number(query.get("stop_layer") ?? graph.layout.layers);
  const found = ids.map((id) => graph.rootOf(id, timeIn(query), stop));
  const at = found.indexOf(undefined);
  return at < 0 ? as(found as Label[]) : failure(400, `${ids[at]} does not exist`);
}

/** Whether a node's chunk touches the box of a query. */
function within({ graph, chunkSize, origin }: FakeLayer, query: URLSearchParams): (node: Label) => boolean {
  const bounds = query.get("bounds");
  if (bounds === null) return () => true;
  const ranges = bounds.split("_").map((range) => range.split("-").map(Number));
  return (node) => {
    const factor = 2 ** Math.max(0, layerOf(graph.layout, node) - 2);
    return cellOf(graph.layout, node).every((cell, a) => {
      const start = cell * factor * chunkSize[a]! + origin[a]!;
      return start < ranges[a]![1]! && start + factor * chunkSize[a]! > ranges[a]![0]!;
    });
  };
}

function leaves(layer: FakeLayer, id: Label, query: URLSearchParams): Label[] {
  const { graph } = layer;
  const state = graph.stateWith(id);
  const stop = Number(query.get("stop_layer") ?? 1);
  const down = (node: Label): Label[] =>
    layerOf(graph.layout, node) <= stop ? [node] : (state?.children.get(node) ?? []).flatMap(down);
  return state === undefined ? [] : down(id).filter(within(layer, query));
}

function chunkChildren({ graph }: FakeLayer, chunkId: Label, query: URLSearchParams): Label[] {
  const state = graph.state(timeIn(query));
  const cell = cellOf(graph.layout, chunkId).join();
  return [...state.children]
    .filter(([node]) => layerOf(graph.layout, node) === 2 && cellOf(graph.layout, node).join() === cell)
    .flatMap(([node, below]) => below.flatMap((leaf) => [node, leaf]));
}

function manifest(layer: FakeLayer, id: Label, query: URLSearchParams, body: Uint8Array): Reply {
  const { graph, maxMeshedLayer, fragmentOf } = layer;
  const is = (name: string): boolean => ["True", "true", "1"].includes(query.get(name) ?? "");
  const asked =
    body.length === 0 ? {} : (JSON.parse(Buffer.from(body).toString()) as { start_layer?: number });
  const start = Math.min(
    asked.start_layer ?? Number(query.get("start_layer") ?? maxMeshedLayer),
    maxMeshedLayer,
  );
  const state = graph.stateWith(id);
  if (state === undefined) return failure(404, `${id} does not exist`);
  const first = graph.state(Number.NEGATIVE_INFINITY);
  const found: [Label, string][] = [];
  const down = (node: Label): void => {
    const layerId = layerOf(graph.layout, node);
    if (layerId < 2 || !within(layer, query)(node)) return;
    const name = layerId <= start ? fragmentOf(node, first.leaves.has(node)) : undefined;
    if (name !== undefined) found.push([node, name]);
    else for (const child of state.children.get(node) ?? []) down(child);
  };
  down(id);
  const fragments = found.map(([node, name]) =>
    is("verify") || !name.startsWith("~") ? name : `~${node}:speculative`,
  );
  return json({ fragments, ...(is("return_seg_ids") ? { seg_ids: found.map(([node]) => node) } : {}) });
}
