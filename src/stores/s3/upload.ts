import type { HttpAnswer } from "../http/transport.js";
import type { RetryOptions } from "../retry.js";
import { failureOf } from "./refusal.js";
import type { Send } from "./send.js";

/** An object about to be stored. */
export interface Upload {
  readonly send: Send;
  /** In the bucket. */
  readonly path: string;
  readonly where: string;
  /** What the object is to be labelled with. */
  readonly headers: Readonly<Record<string, string>>;
  /** Parts under way at the same time. */
  readonly lanes: number;
  readonly retry: Omit<RetryOptions, "signal">;
  readonly signal: AbortSignal | undefined;
}

/** @throws what every answer but a success means. */
export function checkAnswer(answer: HttpAnswer, where: string): HttpAnswer {
  if (answer.status >= 200 && answer.status < 300) return answer;
  throw failureOf(answer, where);
}
