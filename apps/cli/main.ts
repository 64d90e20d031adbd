#!/usr/bin/env node
/** The `cloudvolume` command. */
import { run } from "./run.js";

/** How long a failed or interrupted run may take to put its files in order. */
const LAST_WORDS_MS = 5000;

const status = await run(process.argv.slice(2));
if (status === 0) process.exit();
// What threads are writing at this moment is finished, or its temporary files removed: the process ends by itself then.
process.exitCode = status;
setTimeout(() => process.exit(), LAST_WORDS_MS).unref();
