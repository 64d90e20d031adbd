/** Property tests try the same cases at every run; CLOUDVOLUME_SEED tries others. */
import fc from "fast-check";

fc.configureGlobal({ seed: Number(process.env.CLOUDVOLUME_SEED ?? 20261123) });
