// The job that the caller describes: u32 fields at these byte offsets. Sections lie inside the source, and buffers are large
// enough for the shape: the caller has checked both. What the sections say is checked here.

/** Addresses and counts of the sections: ids, window values, locations (each of LABEL_BYTES or WINDOW_BYTES), windows. */
export const IDS: usize = 0;
export const ID_COUNT: usize = 4;
export const VALUES: usize = 8;
export const VALUE_COUNT: usize = 12;
export const LOCATIONS: usize = 16;
export const LOCATION_COUNT: usize = 20;
export const WINDOWS: usize = 24;
export const WINDOW_COUNT: usize = 28;
/** Address of the z index, 0 for none, and the bytes of an entry. */
export const Z_INDEX: usize = 32;
export const Z_BYTES: usize = 36;
export const LABEL_BYTES: usize = 40;
export const WINDOW_BYTES: usize = 44;
/** Voxels along x, y, z: at most 65535 each. */
export const SHAPE: usize = 48;
/** Voxels of a block along x, y, z: at most 64 together. */
export const STEPS: usize = 60;
/** 4 or 6. */
export const CONNECTIVITY: usize = 72;
/** Decoding: the slices whose voxels are needed; all of them without a z index. */
export const Z_FROM: usize = 76;
export const Z_TO: usize = 80;
/** Decoding: where whole slices go, and steps in bytes along y and z. A step of 0 along z: one slice at a time. */
export const OUT: usize = 84;
export const OUT_Y: usize = 88;
export const OUT_Z: usize = 92;
/** Decoding slice by slice: the sub-box in x and y that is then copied to the target, steps in bytes along y and z. */
export const BOX: usize = 96;
export const TARGET: usize = 112;
export const TARGET_Y: usize = 116;
export const TARGET_Z: usize = 120;
/** Scratch: a bit for each voxel of the slices; 4 bytes for each run of free voxels that is held at a time. */
export const BITS: usize = 124;
export const RUNS: usize = 128;
/** Encoding: dense voxels; scratch of `encodeScratchSize`; the output and, as results, what it holds. */
export const SOURCE: usize = 132;
export const SCRATCH: usize = 136;
export const OUTPUT: usize = 140;
export const RESULT: usize = 144;

// Status.
export const OK: i32 = 0;
export const BAD_WINDOW: i32 = 1;
export const TOO_MANY_WINDOWS: i32 = 2;
export const TOO_FEW_IDS: i32 = 3;
export const WRONG_IDS: i32 = 4;
export const TOO_FEW_LOCATIONS: i32 = 5;
export const WRONG_LOCATIONS: i32 = 6;
export const BAD_LOCATION: i32 = 7;
export const BAD_Z_INDEX: i32 = 8;
/** Encoding: more distinct windows than 16 bits can name. */
export const MANY_WINDOWS: i32 = 9;
/** Remapping: a label that the mapping lacks; one that the labels' type cannot hold. */
export const MISSING_LABEL: i32 = 10;
export const WIDE_LABEL: i32 = 11;
