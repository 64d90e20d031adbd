/** Segment properties of a layer, or in a folder of their own. */
import type { Abortable } from "../base/abort.js";
import { InfoUnavailableError } from "../base/errors.js";
import { parseJson } from "../base/json.js";
import { decompress } from "../compression/index.js";
import { writeLayerFile } from "../formats/layer-files.js";
import { SegmentProperties } from "../formats/precomputed/segment-properties/segment-properties.js";
import type { Store } from "../stores/store.js";

/** Most bytes of the info of segment properties, which holds all of them. */
const LIMIT = 2 ** 29;

export interface PropertiesHost {
  readonly store: Store;
  /** In it, without a slash at its end; undefined: the layer names none. */
  readonly folder: string | undefined;
  /** The folder to write to; makes the layer's info name it. @throws ReadOnlyException. */
  readonly claim: () => string;
}

export class SegmentPropertiesFolder {
  readonly #host: PropertiesHost;

  constructor(host: PropertiesHost) {
    this.#host = host;
  }

  /** The folder that the layer's info names. */
  get path(): string | undefined {
    return this.#host.folder;
  }

  /** All properties; undefined if the layer names none. Costs one request. @throws InfoUnavailableError, InfoError, StorageError. */
  async read({ signal }: Abortable = {}): Promise<SegmentProperties | undefined> {
    const { store, folder } = this.#host;
    if (folder === undefined) return undefined;
    const key = folder === "" ? "info" : `${folder}/info`;
    const where = store.url(key);
    const stored = await store.read(key, { signal });
    if (stored === undefined) throw new InfoUnavailableError("There are no segment properties", { where });
    const bytes = await decompress(stored.compression, stored.bytes, { limit: LIMIT, where, signal });
    return SegmentProperties.parse(parseJson(bytes, { where, maxBytes: LIMIT }), where);
  }

  /**
   * Stores properties in place of all that were there. A layer that names no folder gets `segment_properties`: store its info
   * by `commitInfo`. @throws ReadOnlyException, StorageError.
   */
  async write(properties: SegmentProperties, options: Abortable = {}): Promise<void> {
    const folder = this.#host.claim();
    const key = folder === "" ? "info" : `${folder}/info`;
    await writeLayerFile(this.#host.store, key, properties.toJson(), options);
  }
}
