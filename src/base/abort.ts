import { AbortError, CloudVolumeError } from "./errors.js";

/** Options that every asynchronous function takes last. */
export interface Abortable {
  readonly signal?: AbortSignal | undefined;
}

/** Throws the signal's reason (a typed error as it is, anything else as the cause of an AbortError). */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw abortReason(signal);
}

export function abortReason(signal: AbortSignal): CloudVolumeError {
  const { reason } = signal;
  if (reason instanceof CloudVolumeError) return reason;
  return new AbortError("The operation was aborted", { cause: reason });
}
