/** Roots of labels: what need not be asked, what was asked before, what is being asked, and the rest. */
import type { Abortable } from "../../base/abort.js";
import { planLegacyRoot, planRoots, type RootsQuestion } from "../../formats/graphene/graph-requests.js";
import type { GrapheneServer } from "../../formats/graphene/server.js";
import type { HttpService } from "../../stores/http/service.js";
import { ask } from "./ask.js";
import { RootCache } from "./root-cache.js";
import { SharedQuestions } from "./shared-questions.js";

/**
 * Seconds after which a point in time is past for good: an edit is dated when it begins, and appears when it is done.
 * PyChunkedGraph gives up edits that take longer than its locks last, which is minutes.
 */
const SETTLED = 600;

export interface RootsSource {
  readonly server: GrapheneServer;
  readonly service: HttpService;
  /** Whether version 1.0 has to do. */
  readonly isLegacy: boolean;
  /** Labels of these layers, and 0, are their own roots. */
  readonly isRoot: (label: bigint, stopLayer: number | undefined) => boolean;
  /** Milliseconds since 1970; default: the clock. */
  readonly now?: (() => number) | undefined;
}

export class Roots {
  readonly #source: RootsSource;
  readonly #shared = new SharedQuestions();
  /**
   * Answers about points in time that are past for good: those do not change. Of the present nothing is kept, as any edit may
   * change it.
   */
  readonly cache: RootCache = new RootCache();

  constructor(source: RootsSource) {
    this.#source = source;
  }

  /** The roots of distinct labels, aligned with them. @throws MissingError, DecodingError, and what the service throws. */
  async find(labels: BigUint64Array, question: RootsQuestion, options: Abortable): Promise<BigUint64Array> {
    const { timestamp, stopLayer, binary } = question;
    const { isRoot, now = Date.now } = this.#source;
    const keeps = timestamp !== undefined && timestamp <= now() / 1000 - SETTLED;
    const answer = `${timestamp ?? "now"} ${stopLayer ?? "root"}`;
    const roots = new BigUint64Array(labels.length);
    const open: number[] = [];
    for (let i = 0; i < labels.length; i++) {
      const label = labels[i]!;
      const known = isRoot(label, stopLayer) ? label : keeps ? this.cache.get(answer, label) : undefined;
      if (known === undefined) open.push(i);
      else roots[i] = known;
    }
    const send = async (asked: readonly bigint[], signal: AbortSignal): Promise<Map<bigint, bigint>> =>
      await this.#ask(asked, question, signal);
    const wanted = open.map((i) => labels[i]!);
    const found = await this.#shared.ask(`${answer} ${binary}`, wanted, send, options.signal);
    for (const i of open) {
      const label = labels[i]!;
      const root = found.find((answers) => answers.has(label))?.get(label) ?? 0n;
      roots[i] = root;
      if (keeps) this.cache.set(answer, label, root);
    }
    return roots;
  }

  async #ask(
    asked: readonly bigint[],
    question: RootsQuestion,
    signal: AbortSignal,
  ): Promise<Map<bigint, bigint>> {
    const { server, service, isLegacy } = this.#source;
    const roots = new Map<bigint, bigint>();
    if (isLegacy) {
      for (const label of asked)
        roots.set(label, await ask(service, planLegacyRoot(server, label, question.timestamp), { signal }));
      return roots;
    }
    const labels = BigUint64Array.from(asked).sort();
    let at = 0;
    for (const planned of planRoots(server, labels, question))
      for (const root of await ask(service, planned, { signal })) roots.set(labels[at++]!, root);
    return roots;
  }
}
