/** `serve` and `view` as a new user meets them: addresses, ports, origins, wrong paths, Ctrl-C. */
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CloudVolume } from "../../src/node.js";
import { type Cli, countingNpy, openCli, outcome, readArray } from "./testing.js";

let cli: Cli;
beforeAll(async () => {
  cli = openCli("serve");
  mkdirSync(join(cli.folder, "empty"));
  const image = readArray(countingNpy(new Uint8Array(32 * 32 * 8), [32, 32, 8, 1]));
  for (const name of ["data/em", "data/my labels"])
    await CloudVolume.fromArray(image, {
      path: join(cli.folder, name),
      chunkSize: [32, 32, 8],
      ...(name.endsWith("labels") ? { layerType: "segmentation", dtype: "uint8", encoding: "crackle" } : {}),
    });
});
afterAll(() => cli.remove());

/** Starts a server, and waits for so many lines of what it prints. */
async function started(
  args: readonly string[],
  lines = 1,
): Promise<{ readonly child: ChildProcess; readonly said: readonly string[] }> {
  const child = cli.start(args);
  let text = "";
  let errors = "";
  child.stderr?.on("data", (part) => {
    errors += part;
  });
  for await (const part of child.stdout!.iterator({ destroyOnReturn: false })) {
    text += part;
    if (text.split("\n").length > lines) break;
  }
  const said = text.split("\n").slice(0, -1);
  if (said.length < lines) throw new Error(`it ended: ${text} ${errors}`);
  return { child, said };
}

async function interrupted(child: ChildProcess): Promise<number | null> {
  child.kill("SIGINT");
  return (await outcome(child)).status;
}

const shapeAt = async (address: string): Promise<unknown> => {
  const info = await (await fetch(`${address}/info`)).json();
  return [info.data_type, info.scales[0].encoding, info.scales[0].size];
};

describe("serve", () => {
  test("two layers have addresses, until Ctrl-C", async () => {
    const { child, said } = await started(["serve", "data/em", "data/my labels", "--port", "0"], 2);
    expect(said.map((line) => new URL(line).pathname)).toEqual(["/em", "/my-labels"]);
    expect(await shapeAt(said[0]!)).toEqual(["uint8", "raw", [32, 32, 8]]);
    expect(await shapeAt(said[1]!)).toEqual(["uint8", "raw", [32, 32, 8]]);
    expect(await interrupted(child)).toBe(130);
    await expect(fetch(`${said[0]}/info`)).rejects.toThrow();
  });

  test("a folder of layers", async () => {
    const { child, said } = await started(["serve", "data", "--port", "0"]);
    expect(await shapeAt(`${said[0]}/my%20labels`)).toEqual(["uint8", "raw", [32, 32, 8]]);
    expect((await fetch(`${said[0]}/`)).status).toBe(404);
    expect(await interrupted(child)).toBe(130);
  });

  test("pages of the origins alone; options come before paths, too", async () => {
    const [one, two] = ["https://a.example", "https://b.example"];
    const { child, said } = await started(["serve", "--cors", one, "--cors", two, "data/em", "--port", "0"]);
    for (const [Origin, status] of [
      [one, 200],
      [two, 200],
      ["https://c.example", 403],
    ] as const) {
      const reply = await fetch(`${said[0]}/info`, { headers: { Origin } });
      expect([Origin, reply.status]).toEqual([Origin, status]);
      const allowed = reply.headers.get("access-control-allow-origin");
      expect(allowed).toBe(status === 200 ? Origin : null);
    }
    expect(await interrupted(child)).toBe(130);
  });

  test("a port that is taken", async () => {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const failed = await cli.run(["serve", "data/em", "--port", String(port)]);
    expect([failed.status, failed.stdout]).toEqual([1, ""]);
    expect(failed.stderr).toMatch(/cannot listen there .*Choose another port/);
    server.close();
  });

  test.each(["serve", "view"])("%s says which path is wrong", async (command) => {
    const none = await cli.run([command, "data/em", "nowhere", "--port", "0"]);
    expect([none.status, none.stdout]).toEqual([3, ""]);
    expect(none.stderr).toContain("nowhere/info");
    expect((await cli.run([command])).status).toBe(2);
    expect((await cli.run([command, "data/em", "--cors", "*", "--port", "0"])).status).toBe(2);
  });
});

describe("view", () => {
  test("leads to Neuroglancer on both layers, until Ctrl-C", async () => {
    const { child, said } = await started([
      ...["view", "data/em", "data/my labels", "--no-browser"],
      ...["--port", "0", "--at", "3,4,5"],
    ]);
    const home = await fetch(said[0]!, { redirect: "manual" });
    const [page, fragment] = home.headers.get("location")!.split("#!");
    const state = JSON.parse(decodeURIComponent(fragment!));
    expect(state.layers.map((layer: { name: string }) => layer.name)).toEqual(["em", "my-labels"]);
    expect(state.layers.map((layer: { type: string }) => layer.type)).toEqual(["image", "segmentation"]);
    expect(state.position).toEqual([3.5, 4.5, 5.5]);
    const script = /src="([^"]+\.js)"/.exec(await (await fetch(page!)).text())?.[1];
    expect((await fetch(new URL(script!, page))).status).toBe(200);
    for (const { source } of state.layers)
      expect(await shapeAt(source.replace("precomputed://", ""))).toEqual(["uint8", "raw", [32, 32, 8]]);
    expect(await interrupted(child)).toBe(130);
  });

  test("not on a folder", async () => {
    const { status, stderr } = await cli.run(["view", "data", "--no-browser", "--port", "0"]);
    expect(status).toBe(2);
    expect(stderr).toContain("Name the layers in it");
  });
});
