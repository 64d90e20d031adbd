/** The names of the compressions that an object can have at rest. */
export type Compression = "none" | "gzip" | "br" | "zstd" | "xz" | "bz2";
