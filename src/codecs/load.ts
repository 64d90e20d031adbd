/** A codec when it is needed; pages load it then. */
export { loadedCodec } from "./index.js";
