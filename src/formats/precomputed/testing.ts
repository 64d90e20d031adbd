/** Storage for this room's tests: layers in one map, with versions, conditional writes, and a place to interfere. */
import { ConflictError } from "../../base/errors.js";
import { stringifyJson } from "../../base/json.js";
import type { Compression } from "../../compression/compression.js";
import type { Store, WriteOptions } from "../../stores/store.js";
import { createNewInfo, type NewInfoOptions } from "./create-info.js";
import type { Info } from "./info.js";

interface StoredObject {
  readonly bytes: Uint8Array;
  readonly compression: Compression;
  readonly version: string;
  readonly written: WriteOptions;
}

export class TestStorage {
  readonly objects: Map<string, StoredObject> = new Map();
  readonly opened: string[] = [];
  readonly closed: string[] = [];
  /** Called before each operation, with e.g. `read mem://a/info`; may throw, may write. */
  before: (operation: string) => void = () => {};
  #writes = 0;

  put(path: string, content: string | Uint8Array | object, compression: Compression = "none"): void {
    const bytes =
      content instanceof Uint8Array
        ? content
        : new TextEncoder().encode(typeof content === "string" ? content : stringifyJson(content));
    this.#set(path, bytes, { compression });
  }

  text(path: string): string {
    return new TextDecoder().decode(this.objects.get(path)?.bytes);
  }

  readonly open = (cloudpath: string): Store => {
    const root = cloudpath.replace(/\/+$/, "");
    const at = (key: string): string => `${root}/${key}`;
    this.opened.push(root);
    return {
      protocol: "mem",
      read: async (key) => {
        this.before(`read ${at(key)}`);
        return this.objects.get(at(key));
      },
      stat: async (key) => {
        const found = this.objects.get(at(key));
        return found && { size: found.bytes.length, compression: found.compression, version: found.version };
      },
      write: async (key, bytes, options = {}) => {
        this.before(`write ${at(key)}`);
        const current = this.objects.get(at(key))?.version;
        if (options.ifVersion !== undefined && options.ifVersion !== (current ?? null)) {
          throw new ConflictError("The object has changed", { where: at(key) });
        }
        this.#set(at(key), bytes, options);
      },
      url: at,
      close: async () => {
        this.closed.push(root);
      },
    };
  };

  #set(path: string, bytes: Uint8Array, written: WriteOptions): void {
    const { compression = "none" } = written;
    this.objects.set(path, { bytes, compression, version: String(++this.#writes), written });
  }
}

/** A small valid info. */
export function sampleInfo(changes: Partial<NewInfoOptions> = {}): Info {
  return createNewInfo({
    numChannels: 1,
    layerType: "image",
    dataType: "uint8",
    encoding: "raw",
    resolution: [1, 1, 1],
    voxelOffset: [0, 0, 0],
    volumeSize: [128, 128, 64],
    mesh: "mesh",
    ...changes,
  });
}
