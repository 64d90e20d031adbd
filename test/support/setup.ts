/** In every test file that opens volumes: workers run the bundled module, two of them however many cores there are. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { inject } from "vitest";
import { configureRuntime } from "../../src/runtime.js";
import type {} from "./build.js";

configureRuntime({ workerUrl: pathToFileURL(join(inject("build"), "worker.js")), threads: 2 });
