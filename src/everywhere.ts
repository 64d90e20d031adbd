/** What users import wherever they are: in Node and in a page. */
export type { Explanation, Secrets } from "./auth/index.js";
export { Bbox, type Box6, type PhysicalUnit, type Unit } from "./base/bbox.js";
export {
  arrayType,
  bytesPerVoxel,
  DATA_TYPES,
  type DataType,
  dataTypeOf,
  type TypedArray,
  type Voxel,
} from "./base/dtype.js";
export * from "./base/errors.js";
export { type JsonObject, type JsonValue, parseJson, stringifyJson } from "./base/json.js";
export {
  formatNpy,
  formatNpyHeader,
  NPY_HEADER_BYTES,
  type NpyHeader,
  parseNpy,
  parseNpyHeader,
} from "./base/npy.js";
export { type AxisSlice, type Slice, type Slices, slice } from "./base/slicing.js";
export { cStride, fortranStride, type StridedArray, type Vec3, type Vec4 } from "./base/strided.js";
export { Vec } from "./base/vec.js";
export type { ChunkLru, LruChunk, LruEncoding } from "./cache/memory/chunk-lru.js";
export {
  CloudVolume,
  type CreateOptions,
  type FromArrayOptions,
  type FromCrackleOptions,
  type OpenOptions,
  type VolumeHandoff,
} from "./cloudvolume.js";
export {
  codecOf,
  type DecodeChunkOptions,
  decodeChunk,
  type EncodeChunkOptions,
  encodeChunk,
  type StandaloneCodec,
} from "./codecs/chunk.js";
export type { Compression } from "./compression/compression.js";
export { explainCredentials } from "./credentials.js";
export type { GrapheneLabel, LabelLayout } from "./formats/graphene/label-layout.js";
export type { Timestamp } from "./formats/graphene/timestamp.js";
export type { ArrayOptions } from "./formats/new-level.js";
export type { AnnotationBox } from "./formats/precomputed/annotations/geometry.js";
export {
  type AnnotationDimension,
  type AnnotationIndex,
  type AnnotationInfo,
  type AnnotationLevel,
  type AnnotationProperty,
  type AnnotationRelationship,
  type AnnotationType,
  enumLabel,
  type PropertyType,
} from "./formats/precomputed/annotations/info.js";
export type { AnnotationInput, PropertyInput } from "./formats/precomputed/annotations/input.js";
export type { Annotation } from "./formats/precomputed/annotations/layout.js";
export {
  type AnnotationPropertySchema,
  type AnnotationSchema,
  parseAnnotationSchema,
} from "./formats/precomputed/annotations/schema.js";
export { annotationsFromCsv, type CsvOptions } from "./formats/precomputed/annotations/text/csv.js";
export { annotationsFromJsonLines } from "./formats/precomputed/annotations/text/json-lines.js";
export type { TextSource } from "./formats/precomputed/annotations/text/lines.js";
export type { NewInfoOptions } from "./formats/precomputed/create-info.js";
export type { Info, ScaleInfo } from "./formats/precomputed/info.js";
export type { MeshInfo } from "./formats/precomputed/mesh/info.js";
export type { ProvenanceRecord } from "./formats/precomputed/provenance.js";
export type { MipSpec, NewScaleOptions } from "./formats/precomputed/scales.js";
export type {
  SegmentPropertyColumn,
  SegmentPropertyDataType,
} from "./formats/precomputed/segment-properties/info.js";
export {
  SegmentProperties,
  type SegmentPropertyInput,
  type SegmentPropertyValues,
  type SegmentQuery,
} from "./formats/precomputed/segment-properties/segment-properties.js";
export type { ShardingChoice, ShardingWishes } from "./formats/precomputed/sharding.js";
export type { SkeletonInfo, VertexAttributeInfo } from "./formats/precomputed/skeleton/info.js";
export type { HashedShardingOptions } from "./formats/precomputed/skeleton/sharding.js";
export {
  type QueryOptions as SpatialQueryOptions,
  SpatialIndex,
  type SpatialIndexOptions,
  type ToSqlOptions,
} from "./formats/precomputed/spatial-index/spatial-index.js";
export { Mesh, type MeshData, type MeshEncoding, type MeshInit } from "./geometry/mesh/index.js";
export {
  type AttributeSpec,
  DEFAULT_ATTRIBUTES,
  type SkeletonParts,
  type VertexAttribute,
} from "./geometry/skeleton/parts.js";
export { type Path, Skeleton, type SkeletonOptions } from "./geometry/skeleton/skeleton.js";
export type { SwcOptions } from "./geometry/skeleton/swc-write.js";
export { type NeuroglancerUrlOptions, neuroglancerUrl } from "./neuroglancer-url.js";
export { type OpenAnnotationsOptions, openAnnotations } from "./open-annotations.js";
export { type Opened, open, openSegmentProperties } from "./open-any.js";
export { type OpenMeshesOptions, openMeshes } from "./open-meshes.js";
export type { BucketOptions } from "./open-store.js";
export { type Contrast, imageContrast } from "./pictures/contrast.js";
export { type Picture, type PictureOptions, picture } from "./pictures/picture.js";
export type { Axis } from "./pictures/plane.js";
export { segmentColor } from "./pictures/segment-color.js";
export type { LabelStyle } from "./pictures/shade.js";
export { contactSheet } from "./pictures/sheet.js";
export { type TerminalOptions, terminalPicture } from "./pictures/terminal.js";
export {
  openPrecomputed,
  type PrecomputedArray,
  type PrecomputedImage,
  type PrecomputedOptions,
  type PrecomputedReadOptions,
} from "./precomputed.js";
export { configureRuntime, type RuntimeOptions } from "./runtime.js";
export {
  type NeuroglancerExtent,
  type NeuroglancerLayer,
  type NeuroglancerOptions,
  neuroglancerState,
} from "./server/neuroglancer.js";
export {
  computeShardParamsForHashed,
  computeShardParamsForImage,
  type Datum,
  disassembleShard,
  type HashedShardOptions,
  type HashedShardParams,
  type ImageShardOptions,
  imageShardShape,
  type Location as ShardLocation,
  type MadeShard,
  makeShard,
  parseSharding,
  type ShardedStore,
  type ShardingSpec,
  shardingJson,
} from "./shards/neuroglancer-uint64/index.js";
export type { NetworkOptions } from "./stores/network.js";
export { type Aliases, type CloudPath, formatPath, parsePath } from "./stores/url.js";
export {
  type AnnotationBoxOptions,
  type AnnotationIdOptions,
  type AnnotationReadOptions,
  type AnnotationScanOptions,
  Annotations,
} from "./volume/annotations/annotations.js";
export type { AnnotationBoxLike } from "./volume/annotations/box.js";
export { AnnotationList } from "./volume/annotations/list.js";
export type { AnnotationSummary } from "./volume/annotations/summary.js";
export type {
  AnnotationProgress,
  AnnotationSource,
  AnnotationWriteOptions,
} from "./volume/annotations/write/options.js";
export { CrackleCutout } from "./volume/crackle-cutout.js";
export { type CutoutOrigin, VolumeCutout } from "./volume/cutout.js";
export { type LabelSelection, RenumberedCutout } from "./volume/download-labels.js";
export type { BoxExplanation, ExplainedChunk } from "./volume/explain.js";
export type { StoredArray } from "./volume/file-arrays.js";
export type { GraphOptions } from "./volume/graph-options.js";
export { Graph, type LeavesOptions, type RootsOptions } from "./volume/graphene/graph.js";
export { GrapheneMeshes } from "./volume/graphene/meshes.js";
export type { CacheOptions } from "./volume/layer-cache.js";
export { Meshes, type MeshFormat } from "./volume/meshes/meshes.js";
export type { MeshGetOptions, MeshPutOptions, MeshReadOptions } from "./volume/meshes/options.js";
export type { Progress, ProgressListener } from "./volume/progress.js";
export type { SaveImagesOptions } from "./volume/save-images.js";
export { SegmentPropertiesFolder } from "./volume/segment-properties.js";
export type { CdnCacheSetting, CompressSetting, ProgressSetting, VolumeSettings } from "./volume/settings.js";
export { type RawSkeleton, type SkeletonReadOptions, Skeletons } from "./volume/skeletons/skeletons.js";
export type { ChunkStatus } from "./volume/status.js";
export type { TransferExplanation } from "./volume/transfer/explain.js";
export type { TransferOptions } from "./volume/transfer/options.js";
export type { UploadSource } from "./volume/upload.js";
export type { Fault, FaultKind } from "./volume/verify/fault.js";
export type { VerifyResult } from "./volume/verify/verify.js";
export type { UploadArrayOptions } from "./volume/volume-arrays.js";
export type { FlushOptions, VolumeCache } from "./volume/volume-cache.js";
export type { VolumeVerifyOptions } from "./volume/volume-checks.js";
export type {
  BlocksOptions,
  DownloadFilesOptions,
  MemoryCutoutOptions,
  ReadOptions,
  Releasable,
} from "./volume/volume-files.js";
export type { GraphFilesOptions, UniqueOptions } from "./volume/volume-graph.js";
export type { DownloadOptions, OperationOptions, UploadOptions } from "./volume/volume-io.js";
export type {
  CoordinateOptions,
  DownloadPointOptions,
  LabelDownloadOptions,
  PointValue,
  QueryOptions,
} from "./volume/volume-queries.js";
export type { MortonOptions, ShardOptions } from "./volume/volume-shards.js";
export { type WriteAnnotationsOptions, writeAnnotations } from "./write-annotations.js";
export {
  reversedAxes,
  uploadZarrita,
  type ZarritaArray,
  type ZarritaStore,
  zarritaStore,
} from "./zarrita.js";
