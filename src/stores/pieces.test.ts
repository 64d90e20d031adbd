import fc from "fast-check";
import { expect, it } from "vitest";
import { ownMd5 } from "./md5.js";
import { nodeMd5 } from "./md5.node.js";
import { partsOf } from "./pieces.js";

it("cuts any pieces into parts of one size", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.uint8Array({ maxLength: 40 })),
      fc.integer({ min: 1, max: 30 }),
      async (pieces, size) => {
        const all = Buffer.concat(pieces);
        const source = {
          size: all.length,
          pieces: async function* () {
            yield* pieces;
          },
        };
        const parts: Uint8Array[] = [];
        for await (const part of partsOf(source, size, "test")) parts.push(part);
        expect(Buffer.compare(Buffer.concat(parts), all)).toBe(0);
        expect(parts.length).toBe(Math.max(1, Math.ceil(all.length / size)));
        for (const part of parts.slice(0, -1)) expect(part.length).toBe(size);
      },
    ),
  );
});

it("has an MD5 of its own that is Node's", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      expect(ownMd5(bytes)).toEqual(nodeMd5(bytes));
    }),
  );
  for (const length of [55, 56, 63, 64, 65, 119, 120, 100_000]) {
    const bytes = new Uint8Array(length).fill(length);
    expect(ownMd5(bytes)).toEqual(nodeMd5(bytes));
  }
});
