/** What the small reader needs beyond small reads, loaded on first use. */
type Large = typeof import("./read-large-now.js");

export const readLarge: Large["readLarge"] = async (...args) =>
  await (await import("./read-large-now.js")).readLarge(...args);

export const chunksInShards: Large["chunksInShards"] = async (...args) =>
  await (await import("./read-large-now.js")).chunksInShards(...args);
