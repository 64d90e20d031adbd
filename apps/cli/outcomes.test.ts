/** What scripts see when things go wrong: exit statuses, and nothing half-written. */
import { once } from "node:events";
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { CloudVolume } from "../../src/node.js";
import { type Cli, countingNpy, openCli, outcome, readArray } from "./testing.js";

let cli: Cli;
const servers: Server[] = [];
beforeAll(async () => {
  cli = openCli("outcomes");
  const image = readArray(countingNpy(new Uint8Array(64 * 64 * 8), [64, 64, 8, 1]));
  await CloudVolume.fromArray(image, { path: file("em"), chunkSize: [64, 64, 8], compress: "none" });
});
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  }
});
afterAll(() => cli.remove());

const file = (name: string): string => join(cli.folder, name);
const leftovers = (): string[] => readdirSync(cli.folder).filter((name) => name.includes(".tmp"));
const INFO = CloudVolume.createNewInfo({
  layerType: "image",
  dataType: "uint8",
  numChannels: 1,
  encoding: "raw",
  resolution: [4, 4, 40],
  voxelOffset: [0, 0, 0],
  volumeSize: [64, 64, 64],
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Answers the info file, and every chunk with `status`. */
const chunksWith =
  (status: number): RequestListener =>
  ({ url }, response) => {
    const known = url?.endsWith("/info") === true;
    response.writeHead(known ? 200 : url?.endsWith("/provenance") ? 404 : status);
    response.end(known ? JSON.stringify(INFO) : undefined);
  };

describe("missing, denied, failed", () => {
  it("an info that is refused (403): 4; one that is missing (404): 3", async () => {
    const denied = await serve((_, response) => response.writeHead(403).end());
    const missing = await serve((_, response) => response.writeHead(404).end());
    const [a, b] = await Promise.all([cli.run(["info", `${denied}/em`]), cli.run(["info", `${missing}/em`])]);
    expect([a.status, b.status]).toEqual([4, 3]);
    expect([a.stdout, b.stdout]).toEqual(["", ""]);
  });

  it("a chunk that is refused is never background", async () => {
    const url = await serve(chunksWith(403));
    const { status, stderr } = await cli.run(["download", `${url}/em`, "no.npy", "--fill-missing"]);
    expect(status).toBe(4);
    expect(stderr).toMatch(/^error: .+\.\n$/);
    expect(existsSync(file("no.npy"))).toBe(false);
  });

  it("a chunk that is missing: 3, or background", async () => {
    const url = await serve(chunksWith(404));
    expect((await cli.run(["download", `${url}/em`, "no.npy"])).status).toBe(3);
    expect((await cli.run(["download", `${url}/em`, "filled.npy", "--fill-missing"])).status).toBe(0);
    expect((await cli.run(["has-data", `${url}/em`])).stdout).toBe("false\n");
  });

  it("a damaged chunk: 1, and the output of before stays", async () => {
    await CloudVolume.create(file("bad"), { info: INFO });
    const chunk = join(cli.folder, "bad", "4_4_40", "0-64_0-64_0-64");
    mkdirSync(join(chunk, ".."), { recursive: true });
    writeFileSync(chunk, new Uint8Array(100));
    writeFileSync(file("before.npy"), "before");
    const { status, stderr } = await cli.run(["download", "bad", "before.npy"]);
    expect(status).toBe(1);
    expect(stderr).toContain("4_4_40/0-64_0-64_0-64");
    expect(readFileSync(file("before.npy"), "utf8")).toBe("before");
    expect(leftovers()).toEqual([]);
  });

  it("protocols that cannot be opened: 2", async () => {
    expect((await cli.run(["info", "s4://bucket/layer"])).status).toBe(2);
    expect((await cli.run(["info", "graphene://https://host.example/segmentation"])).status).toBe(2);
  });

  it("a graph server without a token: 4", async () => {
    const env = {
      ...process.env,
      HOME: cli.folder,
      CLOUD_VOLUME_DIR: cli.folder,
      CLOUD_FILES_DIR: cli.folder,
    };
    const asked = ["info", "graphene://https://host.example/segmentation/table/layer"];
    expect((await cli.run(asked, { env })).status).toBe(4);
  });
});

describe("interrupted", () => {
  it.each(["SIGINT", "SIGTERM"] as const)("%s while reading: ends, and leaves no file", async (signal) => {
    let asked: () => void = () => {};
    const reading = new Promise<void>((done) => {
      asked = done;
    });
    const answer = chunksWith(404);
    const url = await serve((request, response) => {
      if (/\/(info|provenance)$/.test(request.url ?? "")) answer(request, response);
      else asked();
    });
    const child = cli.start(["download", `${url}/em`, "interrupted.npy", "--progress"]);
    const result = outcome(child);
    await Promise.race([reading, result]);
    child.kill(signal);
    const { status, stderr } = await result;
    expect(status).toBe(signal === "SIGINT" ? 130 : 143);
    expect(stderr).toMatch(/Interrupted\.\n$/);
    expect(stderr).not.toContain("error:");
    expect(existsSync(file("interrupted.npy"))).toBe(false);
    expect(leftovers()).toEqual([]);
  });

  it("while standard input is still open: writes nothing", async () => {
    await CloudVolume.create(file("quiet"), { info: INFO });
    const child = cli.start(["upload", "-", "quiet", "--debug"]);
    child.stdin?.write(countingNpy(new Uint8Array(64 ** 3), [64, 64, 64, 1]).subarray(0, 70_000));
    await new Promise((done) => setTimeout(done, 600));
    child.kill("SIGINT");
    const status = await new Promise((done) => child.on("close", done));
    expect(status).toBe(130);
    expect(readdirSync(file("quiet")).sort()).toEqual(["info", "provenance"]);
  });
});

describe("interrupted while chunks are written", () => {
  it("no temporary file is left beside them", async () => {
    const info = { ...structuredClone(INFO), scales: INFO.scales.map((scale) => ({ ...scale })) };
    Object.assign(info.scales[0] ?? {}, { size: [256, 256, 128], chunk_sizes: [[16, 16, 16]] });
    await CloudVolume.create(file("busy"), { info });
    writeFileSync(file("busy.npy"), countingNpy(new Uint8Array(256 * 256 * 128), [256, 256, 128, 1]));
    const chunks = join(file("busy"), "4_4_40");
    const written = (): string[] => (existsSync(chunks) ? readdirSync(chunks) : []);
    const child = cli.start(["upload", "busy.npy", "busy"]);
    const ended = outcome(child);
    while (written().length < 20) await new Promise((done) => setTimeout(done, 5));
    child.kill("SIGINT");
    expect((await ended).status).toBe(130);
    const left = written();
    expect(left.length).toBeLessThan(4096 / 2);
    expect(left.filter((name) => !/^\d+-\d+_\d+-\d+_\d+-\d+\.gz$/.test(name))).toEqual([]);
  });
});

describe("standard output", () => {
  it("a reader that has gone ends the run quietly", async () => {
    const child = cli.start(["info", "em"]);
    child.stdout?.destroy();
    const { status, stderr } = await outcome(child);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  });

  it("an array that nobody takes to the end is a failure", async () => {
    const child = cli.start(["download", "em", "-"]);
    child.stdout?.destroy();
    const { status, stderr } = await outcome(child);
    expect(status).toBe(1);
    expect(stderr).toBe("error: The reader of standard output has gone.\n");
  });

  it.runIf(existsSync("/dev/full"))("a full disk is a failure", async () => {
    const full = openSync("/dev/full", "w");
    try {
      for (const args of [
        ["info", "em"],
        ["download", "em", "-"],
        ["download", "em", "/dev/full"],
      ]) {
        const { status, stderr } = await outcome(cli.start(args, { stdio: ["ignore", full, "pipe"] }));
        expect({ args, status }).toEqual({ args, status: 1 });
        expect(stderr).toContain("error:");
      }
    } finally {
      closeSync(full);
    }
  });

  it("shows progress on standard error only, and only when asked to where nobody looks", async () => {
    const loud = await cli.run(["exists", "em", "--bbox", "0,0,0,64,64,8", "--json", "--progress"]);
    expect(JSON.parse(loud.stdout)).toEqual({ "4_4_40/0-64_0-64_0-8": true });
    expect(loud.stderr).toContain("100%");
    const quiet = await cli.run(["exists", "em", "--bbox", "0,0,0,64,64,8", "--json"]);
    expect(quiet.stderr).toBe("");
  });
});
