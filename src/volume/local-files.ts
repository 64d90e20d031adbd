/** Files of this machine that hold arrays of voxels, or pictures of them. Absent where there are none (browsers). */
export interface LocalFiles {
  /** An absolute path. */
  resolve(...path: readonly string[]): string;
  /** Writes a file that appears under its name when `work` is done, whole or not at all. */
  replace(path: string, work: (file: WritableFile) => Promise<void>): Promise<void>;
  /** Opens a file for reading; undefined if there is none. */
  open(path: string): Promise<ReadableFile | undefined>;
  /** Makes a folder and those above it. */
  makeFolder(path: string): Promise<void>;
  readonly sharedMemory: SharedMemoryFiles;
}

/** Memory that processes share by a name: POSIX shared memory, which Linux shows as files in /dev/shm. */
export interface SharedMemoryFiles {
  /** The file of a location. */
  path(location: string): string;
  /**
   * Gives a location exactly `bytes`, in place: processes that have it mapped see what is written.
   * @throws SharedMemoryAllocationError if that is more than is available.
   */
  allocate(location: string, bytes: number): Promise<WritableFile & ClosableFile>;
  /** @returns false if there was none. */
  unlink(location: string): Promise<boolean>;
}

export interface ClosableFile {
  close(): Promise<void>;
}

export interface WritableFile {
  write(bytes: Uint8Array, position: number): Promise<void>;
}

export interface ReadableFile extends ClosableFile {
  readonly size: number;
  /** Fills `into` from a position. @throws StorageError if the file ends before. */
  read(into: Uint8Array, position: number): Promise<void>;
}

/** Where the platform has files: what gives access to them, loaded on first use. */
export type LocalFilesSource = () => Promise<LocalFiles>;
