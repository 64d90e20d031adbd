/**
 * Every error this library throws on purpose. Names follow CloudVolume's `exceptions.py`;
 * the fields say what happened, where, what was expected, what was got, and what to do next.
 */

/** The facts of a failure, joined into the message and kept as fields. */
export interface ErrorFacts {
  /** The cloud path, key, box or argument concerned. */
  readonly where?: string;
  readonly expected?: string;
  readonly got?: string;
  /** What the caller can do next, as a sentence. */
  readonly fix?: string;
  readonly cause?: unknown;
}

/** How an outcome is told apart by scripts: the exit status of the command line follows it. */
export type ErrorKind = "failed" | "usage" | "missing" | "denied" | "aborted";

export class CloudVolumeError extends Error {
  override readonly name: string = "CloudVolumeError";
  readonly kind: ErrorKind = "failed";
  readonly what: string;
  readonly where: string | undefined;
  readonly expected: string | undefined;
  readonly got: string | undefined;
  readonly fix: string | undefined;

  constructor(what: string, facts: ErrorFacts = {}) {
    super(sentence(what, facts), facts.cause === undefined ? undefined : { cause: facts.cause });
    this.what = what;
    this.where = facts.where;
    this.expected = facts.expected;
    this.got = facts.got;
    this.fix = facts.fix;
  }
}

function sentence(what: string, { where, expected, got, fix }: ErrorFacts): string {
  const parts = [where === undefined ? what : `${what} (${where})`];
  if (expected !== undefined && got !== undefined) parts.push(`expected ${expected}, got ${got}`);
  else if (expected !== undefined) parts.push(`expected ${expected}`);
  else if (got !== undefined) parts.push(`got ${got}`);
  const text = parts.join(": ").replace(/\.$/, "");
  return fix === undefined ? text : `${text}. ${fix}`;
}

// ---- arguments and geometry ----
/** An argument has the wrong type, value or form. */
export class ArgumentError extends CloudVolumeError {
  override readonly name: string = "ArgumentError";
  override readonly kind: ErrorKind = "usage";
}
export class DimensionError extends ArgumentError {
  override readonly name: string = "DimensionError";
}
export class AlignmentError extends ArgumentError {
  override readonly name: string = "AlignmentError";
}
export class OutOfBoundsError extends ArgumentError {
  override readonly name: string = "OutOfBoundsError";
}
export class SubvoxelVolumeError extends ArgumentError {
  override readonly name: string = "SubvoxelVolumeError";
}
export class EmptyRequestException extends ArgumentError {
  override readonly name: string = "EmptyRequestException";
}
export class UnsupportedCompressionType extends ArgumentError {
  override readonly name: string = "UnsupportedCompressionType";
}
export class UnsupportedFormatError extends ArgumentError {
  override readonly name: string = "UnsupportedFormatError";
}
export class UnsupportedProtocolError extends ArgumentError {
  override readonly name: string = "UnsupportedProtocolError";
}

/** A graph server offers no version of its interface that is known here. */
export class UnsupportedGrapheneAPIVersionError extends ArgumentError {
  override readonly name: string = "UnsupportedGrapheneAPIVersionError";
}

// ---- missing, denied, failed: three different outcomes ----
/** A thing that should be there is not. */
export class MissingError extends CloudVolumeError {
  override readonly name: string = "MissingError";
  override readonly kind: ErrorKind = "missing";
}
/** A chunk of the requested box is not in storage. */
export class EmptyVolumeException extends MissingError {
  override readonly name: string = "EmptyVolumeException";
}
export class EmptyFileException extends MissingError {
  override readonly name: string = "EmptyFileException";
}
/** A segment has no mesh, or a part of its mesh is missing. */
export class MeshMissingError extends MissingError {
  override readonly name: string = "MeshMissingError";
}
export class InfoUnavailableError extends MissingError {
  override readonly name: string = "InfoUnavailableError";
}
export class ScaleUnavailableError extends MissingError {
  override readonly name: string = "ScaleUnavailableError";
}
/** The storage refused the request (HTTP 401/403, EACCES): never taken for a missing chunk. */
export class AuthorizationError extends CloudVolumeError {
  override readonly name: string = "AuthorizationError";
  override readonly kind: ErrorKind = "denied";
}
/** Credentials are absent or malformed. */
export class AuthenticationError extends AuthorizationError {
  override readonly name: string = "AuthenticationError";
}
/** The storage failed (network, disk, server), after the retries that made sense. */
export class StorageError extends CloudVolumeError {
  override readonly name: string = "StorageError";
}
/** An attempt or the whole request took longer than allowed. */
export class TimeoutError extends StorageError {
  override readonly name: string = "TimeoutError";
}
/** Bytes differ in length or checksum from what was declared. */
export class IntegrityError extends StorageError {
  override readonly name: string = "IntegrityError";
}
/** A conditional write lost against another writer. */
export class ConflictError extends StorageError {
  override readonly name: string = "ConflictError";
}

// ---- shared memory ----
/** A shared memory, or a file that holds an array, is absent or of another size than the array's. */
export class SharedMemoryReadError extends StorageError {
  override readonly name: string = "SharedMemoryReadError";
}
/** More shared memory is asked for than is available. */
export class SharedMemoryAllocationError extends StorageError {
  override readonly name: string = "SharedMemoryAllocationError";
}

// ---- metadata ----
export class InfoError extends CloudVolumeError {
  override readonly name: string = "InfoError";
}
export class ProvenanceError extends InfoError {
  override readonly name: string = "ProvenanceError";
}
export class RedirectError extends CloudVolumeError {
  override readonly name: string = "RedirectError";
}
export class TooManyRedirects extends RedirectError {
  override readonly name: string = "TooManyRedirects";
}
export class CyclicRedirect extends RedirectError {
  override readonly name: string = "CyclicRedirect";
}
export class ReadOnlyException extends CloudVolumeError {
  override readonly name: string = "ReadOnlyException";
}
export class WriteLockAcquisitionError extends CloudVolumeError {
  override readonly name: string = "WriteLockAcquisitionError";
}
export class WriteLockReleaseError extends CloudVolumeError {
  override readonly name: string = "WriteLockReleaseError";
}
/** A file breaks the specification of its format. */
export class SpecViolation extends CloudVolumeError {
  override readonly name: string = "SpecViolation";
}

// ---- bytes ----
export class DecodingError extends CloudVolumeError {
  override readonly name: string = "DecodingError";
}
export class DecompressionError extends DecodingError {
  override readonly name: string = "DecompressionError";
}
/** A mesh, or the manifest of one, cannot be decoded. */
export class MeshDecodeError extends DecodingError {
  override readonly name: string = "MeshDecodeError";
}
export class EncodingError extends CloudVolumeError {
  override readonly name: string = "EncodingError";
}
export class CompressionError extends EncodingError {
  override readonly name: string = "CompressionError";
}

// ---- skeletons and spatial indices ----
/** A skeleton file is damaged, or (a {@link SkeletonMissingError}) not there. */
export class SkeletonDecodeError extends DecodingError {
  override readonly name: string = "SkeletonDecodeError";
}
export class SkeletonMissingError extends SkeletonDecodeError {
  override readonly name: string = "SkeletonMissingError";
  override readonly kind: ErrorKind = "missing";
}
export class SkeletonEncodeError extends EncodingError {
  override readonly name: string = "SkeletonEncodeError";
}
/** An edge leads to a vertex that does not exist. */
export class SkeletonUnassignedEdgeError extends CloudVolumeError {
  override readonly name: string = "SkeletonUnassignedEdgeError";
}
export class SkeletonTransformError extends CloudVolumeError {
  override readonly name: string = "SkeletonTransformError";
}
export class SkeletonAttributeMixingError extends ArgumentError {
  override readonly name: string = "SkeletonAttributeMixingError";
}
/** A file of a spatial index is not there. */
export class SpatialIndexGapError extends MissingError {
  override readonly name: string = "SpatialIndexGapError";
}

// ---- running ----
/** A worker thread died; its task is rejected and the pool goes on with a new one. */
export class WorkerError extends CloudVolumeError {
  override readonly name: string = "WorkerError";
}
/** The caller's signal was aborted. */
export class AbortError extends CloudVolumeError {
  override readonly name: string = "AbortError";
  override readonly kind: ErrorKind = "aborted";
}

/** One line about any thrown value. */
export function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
