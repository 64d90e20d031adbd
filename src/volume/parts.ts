import type { Abortable } from "../base/abort.js";
import type { PrecomputedMetadata } from "../formats/precomputed/metadata.js";
import type { CloudPath } from "../stores/url.js";
import type { VolumeContext } from "./context.js";

/** What an opened volume consists of; views at other mips share it. */
export interface VolumeParts {
  readonly path: CloudPath;
  readonly context: VolumeContext;
  readonly metadata: PrecomputedMetadata;
  /** Opens another layer the way this one was opened. */
  readonly reopen: (cloudpath: string, options: Abortable) => Promise<VolumeParts>;
}
