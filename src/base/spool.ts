/** Room for bytes that are too many to be held in memory for a while. */
export interface Spool {
  /** @returns where the bytes are. */
  append(bytes: Uint8Array): Promise<number>;
  /** @throws IntegrityError for bytes that were never put there. */
  read(offset: number, length: number): Promise<Uint8Array>;
  /** Gives the room back. */
  close(): Promise<void>;
}

/** Makes room when it is needed. */
export type OpenSpool = () => Promise<Spool>;
