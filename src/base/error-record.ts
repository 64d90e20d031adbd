/** Errors as plain values, for crossing to another thread. */
import {
  AbortError,
  AlignmentError,
  ArgumentError,
  AuthenticationError,
  AuthorizationError,
  CloudVolumeError,
  CompressionError,
  ConflictError,
  CyclicRedirect,
  DecodingError,
  DecompressionError,
  DimensionError,
  describe,
  EmptyFileException,
  EmptyRequestException,
  EmptyVolumeException,
  EncodingError,
  type ErrorFacts,
  InfoError,
  InfoUnavailableError,
  IntegrityError,
  MeshDecodeError,
  MeshMissingError,
  MissingError,
  OutOfBoundsError,
  ProvenanceError,
  ReadOnlyException,
  RedirectError,
  ScaleUnavailableError,
  SharedMemoryAllocationError,
  SharedMemoryReadError,
  SkeletonAttributeMixingError,
  SkeletonDecodeError,
  SkeletonEncodeError,
  SkeletonMissingError,
  SkeletonTransformError,
  SkeletonUnassignedEdgeError,
  SpatialIndexGapError,
  SpecViolation,
  StorageError,
  SubvoxelVolumeError,
  TimeoutError,
  TooManyRedirects,
  UnsupportedCompressionType,
  UnsupportedFormatError,
  UnsupportedGrapheneAPIVersionError,
  UnsupportedProtocolError,
  WorkerError,
  WriteLockAcquisitionError,
  WriteLockReleaseError,
} from "./errors.js";

/** By their names, which are what they are outside of a minified bundle. */
const CLASSES: Readonly<Record<string, new (what: string, facts?: ErrorFacts) => CloudVolumeError>> = {
  CloudVolumeError,
  ArgumentError,
  DimensionError,
  AlignmentError,
  OutOfBoundsError,
  SubvoxelVolumeError,
  EmptyRequestException,
  UnsupportedCompressionType,
  UnsupportedFormatError,
  UnsupportedGrapheneAPIVersionError,
  UnsupportedProtocolError,
  MissingError,
  EmptyVolumeException,
  EmptyFileException,
  MeshMissingError,
  InfoUnavailableError,
  ScaleUnavailableError,
  AuthorizationError,
  AuthenticationError,
  StorageError,
  TimeoutError,
  IntegrityError,
  ConflictError,
  SharedMemoryReadError,
  SharedMemoryAllocationError,
  InfoError,
  ProvenanceError,
  RedirectError,
  TooManyRedirects,
  CyclicRedirect,
  ReadOnlyException,
  WriteLockAcquisitionError,
  WriteLockReleaseError,
  SpecViolation,
  DecodingError,
  DecompressionError,
  MeshDecodeError,
  EncodingError,
  CompressionError,
  SkeletonDecodeError,
  SkeletonMissingError,
  SkeletonEncodeError,
  SkeletonUnassignedEdgeError,
  SkeletonTransformError,
  SkeletonAttributeMixingError,
  SpatialIndexGapError,
  WorkerError,
  AbortError,
};

/** The plain form of an error, for crossing to another thread. */
export interface ErrorRecord extends Omit<ErrorFacts, "cause"> {
  readonly name: string;
  readonly what: string;
  readonly cause?: string;
}

export function toRecord(error: unknown): ErrorRecord {
  if (!(error instanceof CloudVolumeError)) return { name: "CloudVolumeError", what: describe(error) };
  const { name, what, where, expected, got, fix, cause } = error;
  return {
    name,
    what,
    ...(where === undefined ? {} : { where }),
    ...(expected === undefined ? {} : { expected }),
    ...(got === undefined ? {} : { got }),
    ...(fix === undefined ? {} : { fix }),
    ...(cause === undefined ? {} : { cause: describe(cause) }),
  };
}

export function fromRecord(record: ErrorRecord): CloudVolumeError {
  const at = Object.hasOwn(CLASSES, record.name) ? CLASSES[record.name] : undefined;
  return new (at ?? CloudVolumeError)(record.what, record);
}
