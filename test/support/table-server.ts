/** A layer on disk whose chunks are packed in several ways, served over real sockets; and requests as they are. */
import { writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, expect } from "vitest";
import type { Compression } from "../../src/compression/compression.js";
import { compress } from "../../src/compression/index.js";
import { CloudVolume, type Serving, serve } from "../../src/node.js";
import { scratchDirectory } from "./scratch.js";

export const SIZE: number = 16 ** 3;
export const content: Uint8Array = Uint8Array.from({ length: SIZE }, (_, i) => (i * 7 + (i >> 8)) & 255);
/** Each of these chunks is the same, but stored otherwise. */
export const PLAIN = "/em/4_4_40/0-16_0-16_0-16";
export const GZIP = "/em/4_4_40/16-32_0-16_0-16";
export const BR = "/em/4_4_40/32-48_0-16_0-16";
export const ZSTD = "/em/4_4_40/48-64_0-16_0-16";
export const HERE: Readonly<Record<string, Compression>> = {
  [PLAIN]: "none",
  [GZIP]: "gzip",
  [BR]: "br",
  [ZSTD]: "zstd",
};
export const VIEWER = "https://viewer.example";

/** Servers of one layer: for any page, for pages of one origin, and for other machines. */
export interface TableServers {
  open: Serving | undefined;
  narrow: Serving | undefined;
  wide: Serving | undefined;
}

/** Starts the servers before the tests of a file, and ends them after. */
export function tableServers(): TableServers {
  const servers: TableServers = { open: undefined, narrow: undefined, wide: undefined };
  beforeAll(async () => {
    const folder = scratchDirectory();
    writeFileSync(join(folder, "secret"), "secret");
    const info = CloudVolume.createNewInfo({
      ...{ numChannels: 1, layerType: "image", dataType: "uint8", encoding: "raw", resolution: [4, 4, 40] },
      ...{ voxelOffset: [0, 0, 0], volumeSize: [64, 16, 16], chunkSize: [16, 16, 16] },
    });
    const vol = await CloudVolume.create(`file://${folder}/em`, { info });
    for (const [path, compression] of Object.entries(HERE)) {
      const bytes = await compress(compression, content);
      await vol.context.store.write?.(path.slice("/em/".length), bytes, { compression });
    }
    writeFileSync(join(folder, "em", "deep.bin"), content);
    servers.open = await serve([vol], { port: 0 });
    servers.narrow = await serve([vol], { port: 0, cors: [`${VIEWER}/`] });
    servers.wide = await serve([vol], { port: 0, host: "0.0.0.0", names: ["box.lab.example"] });
  });
  afterAll(async () => {
    for (const server of Object.values(servers)) await server?.close();
  });
  return servers;
}

type Headers = Record<string, string>;
interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** As they are: fetch would tidy paths and undo codings. */
export function ask(
  server: Serving | undefined,
  path: string,
  { method = "GET", ...headers }: Headers = {},
): Promise<Reply> {
  return new Promise((done, fail) => {
    const sent = request({ host: "127.0.0.1", port: server?.port, path, method, headers }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("end", () => {
        done({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts) });
      });
    });
    sent.on("error", fail);
    sent.end();
  });
}

/** Whether these are the bytes of the file from here to there. */
export function same(body: Uint8Array, from: number, to: number): void {
  expect(Buffer.compare(body, content.subarray(from, to))).toBe(0);
}
