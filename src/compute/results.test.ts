import { describe, expect, it } from "vitest";
import { Results } from "./results.js";

const MB = 1 << 20;

function counted(): { results: Results; made: () => number } {
  let made = 0;
  const results = new Results((bytes) => {
    made++;
    return new ArrayBuffer(bytes);
  });
  return { results, made: () => made };
}

describe("arrays of small results", () => {
  it("serve again once they are released, and what the caller had is detached", () => {
    const { results, made } = counted();
    const first = new Uint8Array(results.take(MB)).fill(7);
    const lifetime = results.lifetime(first.buffer);
    lifetime.release();
    lifetime.release();
    expect(first.length).toBe(0);
    const second = new Uint8Array(results.take(MB));
    expect(second.length).toBe(MB);
    expect(second[MB - 1]).toBe(7);
    results.take(MB);
    expect(made()).toBe(2);
  });

  it("serve only for results of their own length", () => {
    const { results, made } = counted();
    results.lifetime(results.take(MB)).release();
    expect(results.take(MB + 8).byteLength).toBe(MB + 8);
    expect(results.take(MB).byteLength).toBe(MB);
    expect(made()).toBe(2);
  });

  it("leave those alone that are kept, small, or with another thread", () => {
    const { results, made } = counted();
    const kept = results.take(MB);
    results.lifetime(kept).keep();
    const small = results.take(64);
    results.lifetime(small).release();
    expect([kept.byteLength, small.byteLength]).toEqual([MB, 64]);
    const sent = results.take(MB);
    const lifetime = results.lifetime(sent);
    const there = structuredClone(sent, { transfer: [sent] });
    lifetime.release();
    expect(there.byteLength).toBe(MB);
    results.take(MB);
    expect(made()).toBe(4);
  });

  it("hold no more than 32 MB for later", () => {
    const { results, made } = counted();
    const all = Array.from({ length: 40 }, () => results.take(MB));
    for (const buffer of all) results.lifetime(buffer).release();
    for (let i = 0; i < 40; i++) results.take(MB);
    expect(made()).toBe(40 + 8);
  });
});
