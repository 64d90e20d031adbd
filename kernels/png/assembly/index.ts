export { adler32 } from "./adler32";
export { filter } from "./filter";
export { unfilter } from "./unfilter";
