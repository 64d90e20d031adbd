/**
 * The process whose memory is measured, and that is killed.
 * usage: node run.mjs BUILD_DIR SOURCE DESTINATION OPTIONS(JSON)
 * Prints its progress as lines of `done total`, at the end `peak BYTES`.
 */
import { pathToFileURL } from "node:url";

const [build, source, destination, options] = process.argv.slice(2);
const { CloudVolume } = await import(pathToFileURL(`${build}/index.js`).href);
const vol = await CloudVolume.open(`file://${source}`);
const progress = ({ done, total }) => process.stdout.write(`${done} ${total}\n`);
await vol.transferTo(`file://${destination}`, { ...JSON.parse(options), progress });
process.stdout.write(`peak ${process.resourceUsage().maxRSS * 1024}\n`);
