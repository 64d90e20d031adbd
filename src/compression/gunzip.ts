/** The gzip decoders of workspaces. Node has them from the start, to decode small reads without waiting. */
export { gunzipPieces, MOST_LEFT } from "./gunzip-pieces.js";
export { gunzipInto } from "./gunzip-workspace.js";
