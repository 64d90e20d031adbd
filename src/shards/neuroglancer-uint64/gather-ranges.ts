/** Reads of parts of one object that are asked for at about the same time become few requests. */
import type { Store, Stored } from "../../stores/store.js";
import type { Span } from "./shard-index.js";

export interface GatherOptions {
  /** Bytes between two parts that are rather read than asked for around. */
  readonly gap: number;
  /** Most bytes of a request that serves several parts. */
  readonly most: number;
}

interface Ask {
  readonly span: Span;
  readonly signal: AbortSignal | undefined;
  readonly resolve: (stored: Stored | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/** After the callers that are about to run have run. */
const soon: (act: () => void) => void =
  typeof setImmediate === "function" ? (act) => void setImmediate(act) : (act) => void setTimeout(act, 0);

/** Which parts are read together: each group is one request. Pure; parts come sorted by offset. */
export function groupSpans<T extends { readonly span: Span }>(
  sorted: readonly T[],
  { gap, most }: GatherOptions,
): { readonly span: Span; readonly members: readonly T[] }[] {
  const groups: { span: Span; members: T[] }[] = [];
  for (const member of sorted) {
    const last = groups.at(-1);
    const { offset, length } = member.span;
    const end = last === undefined ? 0 : last.span.offset + last.span.length;
    const reach = Math.max(end, offset + length);
    if (last !== undefined && offset - end <= gap && reach - last.span.offset <= most) {
      last.span = { offset: last.span.offset, length: reach - last.span.offset };
      last.members.push(member);
    } else groups.push({ span: member.span, members: [member] });
  }
  return groups;
}

export class RangeGatherer {
  readonly #store: Store;
  readonly #options: GatherOptions;
  #asked = new Map<string, Ask[]>();

  constructor(store: Store, options: GatherOptions) {
    this.#store = store;
    this.#options = options;
  }

  /** One part of an object. Its bytes may be a view on those of a larger read. */
  read(key: string, span: Span, signal: AbortSignal | undefined): Promise<Stored | undefined> {
    return new Promise((resolve, reject) => {
      if (this.#asked.size === 0) soon(() => this.#send());
      const asks = this.#asked.get(key);
      const ask: Ask = { span, signal, resolve, reject };
      if (asks === undefined) this.#asked.set(key, [ask]);
      else asks.push(ask);
    });
  }

  #send(): void {
    const all = this.#asked;
    this.#asked = new Map();
    for (const [key, asks] of all) {
      asks.sort((a, b) => a.span.offset - b.span.offset);
      for (const { span, members } of groupSpans(asks, this.#options)) {
        void serve(this.#store, key, span, members);
      }
    }
  }
}

/** One request; it is aborted once all who wait for it are. Never rejects. */
async function serve(store: Store, key: string, span: Span, members: readonly Ask[]): Promise<void> {
  const controller = new AbortController();
  let waiting = members.length;
  const leaving = members.map(({ signal, reject }) => {
    const leave = (): void => {
      reject(signal?.reason);
      if (--waiting === 0) controller.abort(signal?.reason);
    };
    if (signal?.aborted) leave();
    else signal?.addEventListener("abort", leave, { once: true });
    return leave;
  });
  try {
    if (waiting === 0) return;
    const stored = await store.read(key, { range: span, signal: controller.signal });
    for (const { span: own, resolve } of members) resolve(stored && cut(stored, span, own));
  } catch (error) {
    for (const { reject } of members) reject(error);
  } finally {
    members.forEach(({ signal }, i) => {
      signal?.removeEventListener("abort", leaving[i]!);
    });
  }
}

function cut(stored: Stored, whole: Span, own: Span): Stored {
  if (own.offset === whole.offset && own.length === whole.length) return stored;
  const start = own.offset - whole.offset;
  return { ...stored, bytes: stored.bytes.subarray(start, start + own.length) };
}
