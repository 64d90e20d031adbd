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
/** Questions about more labels are asked by themselves and not kept: looking at each label would take longer than asking. */
const SHARED = 20_000;

export interface RootsSource {
  readonly server: GrapheneServer;
  readonly service: HttpService;
  /** Whether version 1.0 has to do. */
  readonly isLegacy: boolean;
  /** Bits of a label that hold its layer, and the layer of roots: such labels, and 0, are their own roots. */
  readonly layerBits: number;
  readonly nLayers: number;
  /** Milliseconds since 1970; default: the clock. */
  readonly now?: (() => number) | undefined;
}

export class Roots {
  readonly #source: RootsSource;
  readonly #shared = new SharedQuestions();
  /**
   * Answers about points in time that are past for good: those do not change. Of the present nothing is kept: the next edit may
   * change it.
   */
  readonly cache: RootCache = new RootCache();

  constructor(source: RootsSource) {
    this.#source = source;
  }

  /** The roots of distinct labels, aligned with them. @throws MissingError, DecodingError, and what the service throws. */
  async find(labels: BigUint64Array, question: RootsQuestion, options: Abortable): Promise<BigUint64Array> {
    const roots = labels.slice();
    const open = this.#open(labels, question.stopLayer);
    const asked = open.length === labels.length ? labels : BigUint64Array.from(open, (i) => labels[i]!);
    const found = await (asked.length > SHARED
      ? this.#askServer(asked, question, options.signal)
      : this.#askShared(asked, question, options.signal));
    for (const [n, i] of open.entries()) roots[i] = found[n]!;
    return roots;
  }

  /** The places of labels that are not their own roots. Looks at halves: reading 64-bit labels makes an object of each. */
  #open(labels: BigUint64Array, stopLayer: number | undefined): Uint32Array {
    const { layerBits, nLayers } = this.#source;
    const halves = new Uint32Array(labels.buffer, labels.byteOffset, 2 * labels.length);
    const open = new Uint32Array(labels.length);
    let n = 0;
    for (let i = 0; i < labels.length; i++) {
      const [low, high] = [halves[2 * i]!, halves[2 * i + 1]!];
      const layer = high >>> (32 - layerBits);
      if ((low === 0 && high === 0) || layer === stopLayer || layer === nLayers) continue;
      open[n++] = i;
    }
    return open.subarray(0, n);
  }

  /** What was answered before, what is being asked, and the rest with what others ask for at the same time. */
  async #askShared(
    labels: BigUint64Array,
    question: RootsQuestion,
    signal: AbortSignal | undefined,
  ): Promise<BigUint64Array> {
    const { timestamp, stopLayer, binary } = question;
    const { now = Date.now } = this.#source;
    const keeps = timestamp !== undefined && timestamp <= now() / 1000 - SETTLED;
    const name = `${timestamp ?? "now"} ${stopLayer ?? "root"}`;
    const known = new Map<bigint, bigint>();
    if (keeps)
      for (const label of labels) {
        const root = this.cache.get(name, label);
        if (root !== undefined) known.set(label, root);
      }
    const wanted = [...labels].filter((label) => !known.has(label));
    const send = async (asked: readonly bigint[], own: AbortSignal): Promise<Map<bigint, bigint>> => {
      const sorted = BigUint64Array.from(asked).sort();
      const roots = await this.#askServer(sorted, question, own);
      return new Map([...sorted].map((label, i) => [label, roots[i]!]));
    };
    const answers = await this.#shared.ask(`${name} ${binary}`, wanted, send, signal);
    for (const label of wanted) {
      const root = answers.find((found) => found.has(label))?.get(label) ?? 0n;
      known.set(label, root);
      if (keeps) this.cache.set(name, label, root);
    }
    return labels.map((label) => known.get(label) ?? 0n);
  }

  /** @param labels ascending. */
  async #askServer(
    labels: BigUint64Array,
    question: RootsQuestion,
    signal: AbortSignal | undefined,
  ): Promise<BigUint64Array> {
    const { server, service, isLegacy } = this.#source;
    const roots = new BigUint64Array(labels.length);
    let at = 0;
    if (isLegacy) {
      for (const label of labels)
        roots[at++] = await ask(service, planLegacyRoot(server, label, question.timestamp), { signal });
      return roots;
    }
    for (const planned of planRoots(server, labels, question)) {
      const found = await ask(service, planned, { signal });
      roots.set(found, at);
      at += found.length;
    }
    return roots;
  }
}
