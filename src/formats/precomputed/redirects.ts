import type { Abortable } from "../../base/abort.js";
import {
  CyclicRedirect,
  InfoError,
  InfoUnavailableError,
  RedirectError,
  TooManyRedirects,
} from "../../base/errors.js";
import { type JsonObject, parseJson } from "../../base/json.js";
import { object, orNull, placeOf, record, text } from "../../base/verify.js";
import type { Store } from "../../stores/store.js";
import { readLayerFile } from "../layer-files.js";
import { canonicalPath, checkRedirect } from "./redirect-policy.js";

/** Opens the storage of a cloud path. */
export type OpenStore = (cloudpath: string) => Store | Promise<Store>;

export interface RedirectOptions extends Abortable {
  /** How many info files may be read, the first one included; 0 reads the first and stays there. Default 10. */
  readonly maxRedirects?: number | undefined;
  /** Needed to leave the first store. */
  readonly openStore?: OpenStore | undefined;
  /** Follow redirects also to less safe places; see {@link checkRedirect}. Default false. */
  readonly allowUnsafeRedirects?: boolean | undefined;
}

/** A layer's place. */
export interface Layer {
  readonly store: Store;
  readonly cloudpath: string;
}

/** An info file as it was read, not verified. */
export interface FetchedInfo extends Layer {
  readonly json: JsonObject;
  readonly version: string | undefined;
  /** The cloud paths that were left, in order. */
  readonly redirectedFrom: readonly string[];
}

/** Reads the info file of a layer, and of no other. @throws InfoUnavailableError, InfoError. */
export async function fetchInfoFile(layer: Layer, options: Abortable = {}): Promise<FetchedInfo> {
  const where = layer.store.url("info");
  const file = await readLayerFile(layer.store, "info", options);
  if (file === undefined) {
    throw new InfoUnavailableError("There is no info file", {
      where,
      fix: "Check the path, or create the layer",
    });
  }
  const json = object(parseJson(file.bytes, { where, error: InfoError }), placeOf(where));
  return { ...layer, json, version: file.version, redirectedFrom: [] };
}

/**
 * Reads the info file where `redirect` finally leads. A redirect to itself ends quietly. Stores that were
 * opened on the way are closed again.
 * @throws CyclicRedirect, TooManyRedirects, RedirectError (see {@link checkRedirect}), InfoUnavailableError.
 */
export async function followRedirects(start: Layer, options: RedirectOptions = {}): Promise<FetchedInfo> {
  const { maxRedirects = 10 } = options;
  if (maxRedirects <= 0) return fetchInfoFile(start, options);
  const left: string[] = [];
  let layer = start;
  try {
    for (let i = 0; i < maxRedirects; i++) {
      const fetched = await fetchInfoFile(layer, options);
      const next = await nextLayer(fetched, left, options);
      if (next === undefined) return { ...fetched, redirectedFrom: left };
      left.push(layer.cloudpath);
      await release(layer, start);
      layer = next;
    }
    throw new TooManyRedirects("Too many redirects", {
      where: start.cloudpath,
      expected: `the layer after at most ${maxRedirects} info files`,
      got: [...left, layer.cloudpath].join(" -> "),
      fix: "Open the last path, or raise maxRedirects",
    });
  } catch (error) {
    await release(layer, start);
    throw error;
  }
}

const redirecting = record({ redirect: orNull(text({ max: 4096 })) });

async function nextLayer(
  { json, store, cloudpath }: FetchedInfo,
  left: readonly string[],
  { openStore, allowUnsafeRedirects = false }: RedirectOptions,
): Promise<Layer | undefined> {
  const { redirect } = redirecting(json, placeOf(store.url("info")));
  if (!redirect) return undefined;
  const target = canonicalPath(redirect);
  if (target === canonicalPath(cloudpath)) return undefined;
  if (left.some((path) => canonicalPath(path) === target)) {
    throw new CyclicRedirect("The redirects lead in a circle", {
      where: left[0] ?? cloudpath,
      got: [...left, cloudpath, redirect].join(" -> "),
    });
  }
  if (!allowUnsafeRedirects) checkRedirect(cloudpath, redirect);
  if (openStore === undefined) {
    throw new RedirectError("The layer has moved", {
      where: cloudpath,
      got: redirect,
      fix: "Open the target",
    });
  }
  const next = await openStore(redirect);
  if (next.url("info") !== store.url("info")) return { store: next, cloudpath: redirect };
  if (next !== store) await next.close?.();
  return undefined;
}

async function release(layer: Layer, start: Layer): Promise<void> {
  if (layer.store !== start.store) await layer.store.close?.();
}
