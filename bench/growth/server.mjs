// A server of volumes that are not there: every chunk has the same bytes, indices of shards are made when asked for.
// usage: node server.mjs [latency in ms]; prints its address. `/plain/XxYxZ` is a volume of so many voxels, `/sharded/BITS`
// one of 2^BITS chunks in shards; `/count` tells how many requests there were since it was asked before.
import { createServer } from "node:http";

const latency = Number(process.argv[2] ?? 0);
const CHUNK = 64;
const chunk = Buffer.alloc(CHUNK ** 3, 7);
/** Keys of a minishard, and minishards of a shard, as powers of two. */
const [PRESHIFT, MINISHARD] = [9, 6];

const infoOf = (size, sharding) => ({
  "@type": "neuroglancer_multiscale_volume",
  type: "image",
  data_type: "uint8",
  num_channels: 1,
  scales: [
    {
      key: "0",
      size,
      resolution: [8, 8, 8],
      voxel_offset: [0, 0, 0],
      chunk_sizes: [[CHUNK, CHUNK, CHUNK]],
      encoding: "raw",
      ...(sharding && { sharding }),
    },
  ],
});

/** The bits of a chunk's number go to x, y, z in turn. */
function gridOf(bits) {
  return [0, 1, 2].map((axis) => 2 ** Math.floor((bits + 2 - axis) / 3));
}

const shardingOf = (bits) => {
  const preshift = Math.min(PRESHIFT, bits);
  const minishard = Math.min(MINISHARD, bits - preshift);
  return {
    "@type": "neuroglancer_uint64_sharded_v1",
    hash: "identity",
    preshift_bits: preshift,
    minishard_bits: minishard,
    shard_bits: bits - preshift - minishard,
    minishard_index_encoding: "raw",
    data_encoding: "raw",
  };
};

/** Bytes of one shard: its index, the indices of its minishards, and one chunk that all keys share. */
function shardRange(bits, shard, from, to) {
  const { preshift_bits: preshift, minishard_bits: minishard } = shardingOf(bits);
  const [keys, minishards] = [2 ** preshift, 2 ** minishard];
  const [head, index] = [16 * minishards, 24 * keys];
  const data = minishards * index;
  const out = Buffer.alloc(to - from);
  const put = (at, bytes) => {
    const start = Math.max(at, from);
    const end = Math.min(at + bytes.length, to);
    if (start < end) bytes.copy(out, start - from, start - at, end - at);
  };
  if (from < head) {
    const words = BigUint64Array.from({ length: 2 * minishards }, (_, i) =>
      BigInt(((i >> 1) + (i & 1)) * index),
    );
    put(0, Buffer.from(words.buffer));
  }
  for (let m = 0; m < minishards; m++) {
    const at = head + m * index;
    if (at >= to || at + index <= from) continue;
    const first = (BigInt(shard) << BigInt(preshift + minishard)) | (BigInt(m) << BigInt(preshift));
    const words = new BigUint64Array(3 * keys);
    for (let k = 0; k < keys; k++) {
      words[k] = k === 0 ? first : 1n;
      // Starts are told as distances from the end of the one before: all lie at the same place.
      words[keys + k] = k === 0 ? BigInt(data) : BigInt.asUintN(64, -BigInt(chunk.length));
      words[2 * keys + k] = BigInt(chunk.length);
    }
    put(at, Buffer.from(words.buffer));
  }
  put(head + data, chunk);
  return { bytes: out, size: head + data + chunk.length };
}

let requests = 0;
const server = createServer((request, response) => {
  const [, kind, what, ...rest] = request.url.split("/");
  const answer = (status, bytes, headers = {}) =>
    setTimeout(
      () =>
        response.writeHead(status, { etag: '"1"', "content-length": bytes.length, ...headers }).end(bytes),
      latency,
    );
  if (kind === "count") {
    response.end(String(requests));
    requests = 0;
    return;
  }
  requests++;
  const bits = Number(what);
  const isSharded = kind === "sharded";
  if (rest[0] === "info") {
    const size = isSharded ? gridOf(bits).map((n) => n * CHUNK) : what.split("x").map(Number);
    return answer(200, Buffer.from(JSON.stringify(infoOf(size, isSharded ? shardingOf(bits) : undefined))));
  }
  if (rest[0] !== "0") return answer(404, Buffer.alloc(0));
  if (!isSharded) return answer(200, chunk);
  const range = /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? "");
  if (range === null) return answer(400, Buffer.alloc(0));
  const [from, to] = [Number(range[1]), Number(range[2]) + 1];
  const { bytes, size } = shardRange(bits, Number.parseInt(rest[1], 16), from, to);
  return answer(206, bytes, { "content-range": `bytes ${from}-${to - 1}/${size}` });
});
server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));
process.on("disconnect", () => process.exit());
