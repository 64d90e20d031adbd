/** `boss://` on the command line. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Cli, countingNpy, openCli, readArray } from "../../apps/cli/testing.js";
import type { FakeBoss } from "../servers/boss.js";
import { pathOf, startBoss, TOKEN } from "./support.js";

let boss: FakeBoss;
let cli: Cli;
beforeAll(async () => {
  boss = await startBoss();
  cli = openCli("boss");
});
afterAll(() => cli.remove());

const run = (
  args: readonly string[],
  token: string | undefined,
  input?: Uint8Array,
): ReturnType<Cli["run"]> =>
  cli.run(args, {
    env: { ...process.env, HOME: cli.folder, ...(token === undefined ? {} : { BOSS_TOKEN: token }) },
    ...(input === undefined ? {} : { input }),
  });

describe("the command line", () => {
  test("tells of a channel, reads and writes it", async () => {
    const path = pathOf(boss, "lab/plain/uint8");
    const info = await run(["info", path, "--json"], TOKEN);
    expect(JSON.parse(info.stdout)).toMatchObject({ scales: [{ key: "4_4_40" }, {}, {}] });
    const npy = countingNpy(new Uint8Array(64 * 64 * 16).fill(9), [64, 64, 16, 1]);
    expect(await run(["upload", "-", path, "--offset", "64,0,16"], TOKEN, npy)).toMatchObject({ status: 0 });
    const read = await run(["download", path, "-", "--bbox", "63,0,16,66,1,17"], TOKEN);
    expect(read.stderr).toBe("");
    expect(readArray(read.bytes).shape.slice(0, 3)).toEqual([3, 1, 1]);
    expect(Number(readArray(read.bytes).data[2])).toBe(
      Number(boss.voxels("lab/plain/uint8").read(0, 0, [65, 0, 16, 66, 1, 17])[0]),
    );
    const auth = await run(["auth", path, "--json"], TOKEN);
    expect(JSON.parse(auth.stdout)).toMatchObject({ source: "BOSS_TOKEN", kind: "token" });
    expect(auth.stdout + read.stderr).not.toContain(TOKEN);
  });

  test("tells missing, denied and unsupported apart", async () => {
    expect((await run(["info", pathOf(boss, "lab/plain/none")], TOKEN)).status).toBe(3);
    expect((await run(["info", pathOf(boss, "lab/plain/uint8")], undefined)).status).toBe(4);
    const exists = await run(["exists", pathOf(boss, "lab/plain/uint8"), "--bbox", "0,0,0,1,1,1"], TOKEN);
    expect(exists.status).toBe(2);
    expect(exists.stderr).toMatch(/does not tell what is stored/);
  });
});
