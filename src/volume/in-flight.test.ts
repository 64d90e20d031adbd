import { expect, it } from "vitest";
import { InFlight } from "./in-flight.js";

const later = (act: () => void, ms = 1): Promise<void> =>
  new Promise((done) => setTimeout(() => done(act()), ms));

it("runs at most so many at a time, and all of them", async () => {
  const flight = new InFlight(3);
  let running = 0;
  let most = 0;
  let done = 0;
  for (let i = 0; i < 20; i++)
    await flight.start(async () => {
      most = Math.max(most, ++running);
      await later(() => running--, 1 + (i % 4));
      done++;
    });
  await flight.all();
  expect([most, done]).toEqual([3, 20]);
});

it("fails with what failed first, after all that runs has ended", async () => {
  const flight = new InFlight(8);
  let ended = false;
  const end = (): void => {
    ended = true;
  };
  await flight.start(() => later(end, 20));
  const failing = flight.start(() => Promise.reject(new Error("full")));
  await expect(failing.then(() => later(() => {})).then(() => flight.all())).rejects.toThrow("full");
  expect(ended).toBe(true);
});
