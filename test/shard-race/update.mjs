/**
 * One of several writers of one shard: uploads its own chunks, one after the other, each with a value of its own.
 * usage: node update.mjs BUILD_DIR LAYER_PATH FIRST COUNT
 */
import { pathToFileURL } from "node:url";
import { boxOfChunk, valueOfChunk } from "./chunks.mjs";

const [build, path, first, count] = process.argv.slice(2);
const { CloudVolume, configureRuntime } = await import(pathToFileURL(`${build}/index.js`).href);
configureRuntime({ threads: 0 });
const vol = await CloudVolume.open(`file://${path}`);
for (let i = Number(first); i < Number(first) + Number(count); i++) {
  await vol.upload(boxOfChunk(vol, i), valueOfChunk(i));
}
