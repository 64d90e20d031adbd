import fc from "fast-check";
import { expect, test } from "vitest";
import { show } from "./show.js";

test("show writes any value, shortly", () => {
  const cycle: unknown[] = [];
  cycle.push(cycle);
  expect(show([1, "a", null])).toBe('[1,"a",null]');
  expect(show(5n)).toBe("5");
  expect(show([5n])).toBe('["5n"]');
  expect(show(undefined)).toBe("undefined");
  expect(show(Number.NaN)).toBe("NaN");
  expect(show(cycle)).toBe("[object Array]");
  expect(show(Symbol("s"))).toBe("Symbol(s)");
  expect(show("x".repeat(500), 10)).toBe('"xxxxxxxxx…');
  fc.assert(
    fc.property(
      fc.anything({ withBigInt: true, withNullPrototype: true, withSparseArray: true }),
      (value) => {
        expect(show(value, 50).length).toBeLessThanOrEqual(51);
      },
    ),
  );
});
