import type { Abortable } from "../../base/abort.js";
import { UnsupportedFormatError } from "../../base/errors.js";
import type { MeshInfo } from "../../formats/precomputed/mesh/info.js";
import type { MeshFiles } from "./files.js";
import type { ShardReader } from "./multilod-files.js";

export interface Shards extends ShardReader<{ readonly offset: number; readonly key: string }> {
  list(options?: Abortable): AsyncIterable<bigint>;
}

export function shardsOf(files: MeshFiles, _info: MeshInfo): Shards {
  throw new UnsupportedFormatError("Sharded meshes cannot be opened yet", {
    where: files.store.url(files.prefix),
  });
}
