/** usage: node scripts/faulted-reads.mjs [READS] [PERCENT] [SEED] */
import { faultedReads, TRANSPORTS } from "./faulted-reads.js";

const [reads = 100_000, percent = 5, seed = 1] = process.argv.slice(2).map(Number);
for (const transport of TRANSPORTS) {
  const outcome = await faultedReads(transport, { reads, percent, seed });
  console.log(JSON.stringify(outcome));
  if (outcome.amplification > 1.2) throw new Error("more than a fifth of further requests");
}
