/** What `scripts/model.mjs` bundles and calls. */
export { configureRuntime } from "../../src/node.js";
export { runModel } from "./run.js";
