import { describe, expect, it } from "vitest";
import { AbortError, AuthenticationError } from "../base/errors.js";
import { type Chain, chain, type Source } from "./chain.js";

interface Watched {
  readonly chain: Chain<{ token: string }>;
  looks: number;
  time: number;
  fail: boolean;
}

/** A chain with one source whose credentials are numbered and last for an hour. */
function watched(life: number | undefined = 3600_000): Watched {
  const state = { looks: 0, time: 0, fail: false };
  const source: Source<{ token: string }> = {
    name: "numbers",
    look: async () => {
      state.looks++;
      if (state.fail) throw new AuthenticationError("no more numbers");
      const expires = life === undefined ? undefined : state.time + life;
      return { credential: { token: `${state.looks}` }, expires, source: "numbers", kind: "number" };
    },
  };
  return Object.assign(state, { chain: chain([source], () => state.time) });
}

describe("a chain", () => {
  it("looks once for all who ask at once", async () => {
    const state = watched();
    const all = await Promise.all(Array.from({ length: 50 }, () => state.chain.get()));
    expect(new Set(all.map((c) => c?.token))).toEqual(new Set(["1"]));
    await state.chain.get();
    expect(state.looks).toBe(1);
  });

  it("renews a minute before the end, and keeps what is valid if that fails", async () => {
    const state = watched();
    await state.chain.get();
    state.time = 3600_000 - 60_001;
    expect(await state.chain.get()).toEqual({ token: "1" });
    state.time = 3600_000 - 59_999;
    state.fail = true;
    expect(await state.chain.get()).toEqual({ token: "1" });
    state.fail = false;
    expect(await state.chain.get()).toEqual({ token: "3" });
    state.fail = true;
    state.time *= 3;
    await expect(state.chain.get()).rejects.toThrow("no more numbers");
  });

  it("renews once for all whose credentials were refused", async () => {
    const state = watched();
    const old = (await state.chain.get())!;
    const newer = await Promise.all(Array.from({ length: 50 }, () => state.chain.refresh(old)));
    expect(new Set(newer.map((c) => c?.token))).toEqual(new Set(["2"]));
    // Who comes late gets what the others found.
    expect(await state.chain.refresh(old)).toEqual({ token: "2" });
    expect(state.looks).toBe(2);
  });

  it("has nothing newer where the same is found again", async () => {
    const source: Source<{ token: string }> = {
      name: "file",
      look: async () => ({ credential: { token: "static" }, source: "file", kind: "token" }),
    };
    const fixed = chain([source], () => 0);
    expect(await fixed.refresh((await fixed.get())!)).toBeUndefined();
  });

  it("takes the first place that has any, and no other one if that is broken", async () => {
    const place = (name: string, act: "absent" | "found" | "broken"): Source<string> => ({
      name,
      look: async () => {
        if (act === "broken") throw new AuthenticationError("broken");
        return act === "absent" ? { absent: "empty" } : { credential: name, source: name, kind: "word" };
      },
    });
    const first = chain([place("a", "absent"), place("b", "found"), place("c", "broken")], () => 0);
    expect(await first.get()).toBe("b");
    expect(await first.explain()).toEqual({
      source: "b",
      kind: "word",
      tried: [
        { source: "a", outcome: "empty" },
        { source: "b", outcome: "taken: word" },
        { source: "c", outcome: "not asked" },
      ],
    });
    const broken = chain([place("a", "broken"), place("b", "found")], () => 0);
    await expect(broken.get()).rejects.toThrow(AuthenticationError);
    expect((await broken.explain()).kind).toBe("unusable");
    const none = chain([place("a", "absent")], () => 0);
    expect(await none.get()).toBeUndefined();
    expect((await none.explain()).kind).toBe("anonymous");
  });

  it("looks again for what was not there, after a while", async () => {
    let there = false;
    let time = 0;
    const source: Source<string> = {
      name: "file",
      look: async () => (there ? { credential: "x", source: "file", kind: "word" } : { absent: "empty" }),
    };
    const late = chain([source], () => time);
    expect(await late.get()).toBeUndefined();
    there = true;
    expect(await late.get()).toBeUndefined();
    time = 31_000;
    expect(await late.get()).toBe("x");
  });

  it("lets one caller go without ending the search of the others", async () => {
    let finish = (): void => undefined;
    const slow: Source<string> = {
      name: "slow",
      look: async () => {
        await new Promise<void>((resolve) => {
          finish = resolve;
        });
        return { credential: "x", source: "slow", kind: "word" };
      },
    };
    const both = chain([slow], () => 0);
    const controller = new AbortController();
    const impatient = both.get({ signal: controller.signal });
    const patient = both.get();
    controller.abort();
    await expect(impatient).rejects.toThrow(AbortError);
    finish();
    expect(await patient).toBe("x");
  });
});
