#!/usr/bin/env node
/** The `cloudvolume` command. */
import { run } from "./run.js";

process.exit(await run(process.argv.slice(2)));
