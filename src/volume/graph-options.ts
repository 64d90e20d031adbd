/** What operations of a graphene layer take besides: how supervoxels are put together. */
import type { Timestamp } from "../formats/graphene/timestamp.js";

export interface GraphOptions {
  /** Graphene: roots in place of supervoxels. Default: the volume's `agglomerate`. */
  readonly agglomerate?: boolean | undefined;
  /** Graphene: the state of the graph at this time. Default: the volume's `timestamp`, else now. */
  readonly timestamp?: Timestamp | undefined;
  /** Graphene: the lowest ancestor at or above this layer instead of the root; 1: supervoxels. */
  readonly stopLayer?: number | undefined;
}
