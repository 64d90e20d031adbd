/**
 * Whether a server keeps to If-Match and If-None-Match when it stores: old ones pass over them in silence, and the
 * writer would never know that he undid another's work. So they are asked once, by an object of their own.
 */
import { StorageError } from "../../base/errors.js";
import { judge } from "./refusal.js";
import type { BucketRequest, Send } from "./send.js";

export type Condition = "if-match" | "if-none-match";

/** An ETag that no object has. */
const NEVER = '"00000000000000000000000000000000"';

/** @returns a check that is run once for each condition. @throws StorageError where it is not kept. */
export function conditionCheck(
  send: Send,
  probe: string,
  where: string,
): (condition: Condition, signal: AbortSignal | undefined) => Promise<void> {
  const known = new Map<Condition, Promise<boolean>>();

  async function isKept(condition: Condition, signal: AbortSignal | undefined): Promise<boolean> {
    const path = `${probe}-${crypto.randomUUID()}`;
    const body = new TextEncoder().encode(condition);
    const put: BucketRequest = { method: "PUT", path, body, signal };
    let isWritten = false;
    try {
      if (condition === "if-none-match") {
        isWritten = true;
        judge(await send(put), where);
      }
      const headers = { [condition]: condition === "if-match" ? NEVER : "*" };
      const { status } = await send({ ...put, headers });
      isWritten ||= status < 300;
      return status === 412 || (condition === "if-match" && status === 404);
    } finally {
      if (isWritten) await send({ method: "DELETE", path });
    }
  }

  return async (condition, signal) => {
    let kept = known.get(condition);
    if (kept === undefined) {
      kept = isKept(condition, signal);
      known.set(condition, kept);
      kept.catch(() => known.delete(condition));
    }
    if (await kept) return;
    throw new StorageError("This storage cannot write under a condition", {
      where,
      expected: `a server that keeps to ${condition}`,
      got: "one that passes over it",
      fix: "Make sure that nobody else writes at the same time, and give unsafe: true",
    });
  };
}
