/** What the small reader needs beyond small reads: there from the start in Node, loaded on first use in a page. */
export { chunksInShards, readLarge } from "./read-large-now.js";
