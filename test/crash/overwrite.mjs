/**
 * The process that is killed: overwrites every chunk of a layer again and again, each time with the next pattern.
 * usage: node overwrite.mjs BUILD_DIR LAYER_PATH COMPRESS
 * Prints the number of each pattern before it begins to write it.
 */
import { pathToFileURL } from "node:url";
import { patternOf } from "./pattern.mjs";

const [build, path, compress] = process.argv.slice(2);
const { CloudVolume, configureRuntime } = await import(pathToFileURL(`${build}/index.js`).href);
configureRuntime({ threads: 2 });
const vol = await CloudVolume.open(`file://${path}`, { compress, compressLevel: 1 });
const [x, y, z] = vol.volumeSize;
for (let k = 1; ; k++) {
  const array = new Uint8Array(x * y * z);
  patternOf(array, k);
  process.stdout.write(`${k}\n`);
  await vol.upload("...", array);
}
