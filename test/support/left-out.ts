/** Checks that this machine cannot run: said at once, and again at the end of `npm test`. */
import { appendFileSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";

/** Says that `what` was not checked, and why. */
export function leaveOut(what: string, why: string): void {
  const line = `left out: ${what}: ${why}`;
  const list = process.env.CLOUDVOLUME_LEFT_OUT;
  if (list === undefined) {
    console.log(line);
    return;
  }
  mkdirSync(dirname(list), { recursive: true });
  appendFileSync(list, `${line}\n`);
}
