import type { BlockContexts } from "./contexts.js";
import type { Layout } from "./layout.js";
import type { Channel, SharedTree } from "./modular.js";

/** What has been read of the image so far. */
export interface FrameState {
  readonly layout: Layout;
  readonly shared: SharedTree | undefined;
  readonly contexts: BlockContexts;
  /** The three planes: DC coefficients. */
  readonly dc: readonly Channel[];
  /** By tiles: how much of luma is in the first and the last plane. */
  readonly correlation: readonly [Channel, Channel];
  readonly blockQuantization: Channel;
}
