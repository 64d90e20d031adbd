// The whole table beside the peers: every row of `ROWS`, by the peers' own compare.py, which runs both sides in turn.
// usage: node bench/table.mjs ROOT [--only TEXT] [--rounds 3] [--out FILE]
// PEERS: the folder of compare.py and the peers' scripts; PEERS_PYTHON: a Python with their packages. zarrita is found where the peers look for it.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { median } from "./measure.mjs";

const args = process.argv.slice(2);
const option = (name, otherwise) => (args.includes(name) ? args[args.indexOf(name) + 1] : otherwise);
const [root] = args;
const { PEERS: folder, PEERS_PYTHON: python = "python3" } = process.env;
if (root === undefined || folder === undefined) {
  console.error("usage: PEERS=FOLDER node bench/table.mjs ROOT [--only TEXT] [--rounds 3] [--out FILE]");
  process.exit(2);
}
const rounds = option("--rounds", "3");
const only = option("--only", "");
const here = fileURLToPath(new URL(".", import.meta.url));
const ours = `${process.execPath} ${join(here, "run.mjs")}`;
const script = (name) => `${python} ${join(folder, name)}`;
const PEERS = {
  CloudVolume: script("peer_cloudvolume.py"),
  // Its rows of two processes have names of their own.
  "CloudVolume parallel=2": `sh ${join(here, "peer-p2.sh")} ${script("peer_cloudvolume.py")}`,
  TensorStore: script("peer_tensorstore.py"),
  zarrita: `${process.execPath} --expose-gc ${join(folder, "peer_zarrita.mjs")}`,
};

/** What is measured: operation, workloads, and how many times better than which peer it should be. */
const ROWS = [
  [
    "full_read",
    ["seg-raw-c64", "seg-cseg-c64"],
    { CloudVolume: 2, "CloudVolume parallel=2": 2, TensorStore: 1 },
  ],
  ["full_read", ["seg-raw_gzip-c64", "seg-cseg_gzip-c64"], { CloudVolume: 2 }],
  ["full_read", ["seg-raw_gzip-c64"], { "CloudVolume parallel=2": 2 }],
  ["full_read", ["seg-raw_br-c64", "seg-compresso-c64", "seg-crackle-c64"], { CloudVolume: 2 }],
  ["full_read", ["img-png-c64", "img-jpeg-c64"], { CloudVolume: 1.7, TensorStore: 1 }],
  ["full_read", ["img-raw_gzip-c64"], { CloudVolume: 1.7 }],
  [
    "full_read",
    ["img-jxl-c64", "flow-fpzip-c64", "flow-kempressed-c64", "flow-zfpc-c64"],
    { CloudVolume: 1.5 },
  ],
  ["full_read", ["seg-raw_sharded-c64", "seg-cseg_sharded-c64"], { CloudVolume: 4, TensorStore: 1 }],
  [
    "full_read",
    ["seg-zarr2_blosc-c64", "seg-zarr3_gzip-c64"],
    { CloudVolume: 2, TensorStore: 1, zarrita: 3 },
  ],
  ["full_write", ["seg-raw_gzip-c64", "seg-cseg_gzip-c64"], { CloudVolume: 1.8 }],
  ["full_write", ["seg-zarr2_blosc-c64", "seg-zarr3_gzip-c64"], { CloudVolume: 1.8, TensorStore: 1 }],
  ["full_write", ["img-jpeg-c64"], { CloudVolume: 1.5, TensorStore: 1 }],
  ["full_write", ["img-png-c64"], { CloudVolume: 1.2, TensorStore: 1 }],
  ["cutout64", ["seg-raw-c64", "seg-cseg-c64"], { CloudVolume: 3, TensorStore: 1 }],
  ["cutout64", ["seg-raw_gzip-c64", "seg-cseg_gzip-c64"], { CloudVolume: 3 }],
  ["cutout64", ["img-raw-c64", "img-jpeg-c64"], { CloudVolume: 3, TensorStore: 1 }],
  ["cutout64_lru", ["seg-raw_gzip-c64", "seg-cseg_gzip-c64"], { CloudVolume: 4 }],
  ["cutout64_lru", ["img-jpeg-c64"], { CloudVolume: 4, TensorStore: 1 }],
  ["cutout64", ["seg-raw_sharded-c64", "seg-cseg_sharded-c64"], { CloudVolume: 60, TensorStore: 1 }],
  [
    "cutout64",
    ["seg-zarr2_blosc-c64", "seg-zarr3_gzip-c64"],
    { CloudVolume: 40, TensorStore: 1, zarrita: 3 },
  ],
  ["points500", ["seg-raw_gzip-c64"], { CloudVolume: 8 }],
  ["points500", ["seg-cseg-c64", "img-jpeg-c64"], { CloudVolume: 8, TensorStore: 1 }],
  ["http_read@0", ["seg-raw_gzip-c64"], { CloudVolume: 2, TensorStore: 1 }],
  ["http_read@30", ["seg-raw_gzip-c64"], { CloudVolume: 2, TensorStore: 1 }],
  ["http_cutout64@30", ["seg-raw_gzip-c64"], { CloudVolume: 1.5, TensorStore: 1 }],
  ["transfer_copy", ["seg-raw_gzip-c64"], { CloudVolume: 2 }],
  ["transfer_transcode", ["seg-raw_gzip-c64"], { CloudVolume: 3 }],
  ["mesh_get", ["mesh-legacy"], { CloudVolume: 4 }],
  ["mesh_get", ["mesh-multilod"], { CloudVolume: 3 }],
  ["skeleton_get", ["skel-sharded"], { CloudVolume: 15 }],
  ["spatial_query", ["spatial-mesh"], { CloudVolume: 4 }],
  ["startup", ["seg-raw-c64"], { CloudVolume: 5, TensorStore: 1 }],
];
/** Measured beside what is asked for, without a wish. */
const isBeside = (op, workload) =>
  op === "startup_import" ||
  op === "startup_noop" ||
  (op.endsWith("_p95") && (op !== "cutout64_p95" || /sharded|zarr/.test(workload)));
/** The higher the better; else the lower. */
const UP = new Set(["MVx/s"]);

const scratch = mkdtempSync(join(tmpdir(), "table-"));
const lines = [
  `${cpus().length} threads of ${cpus()[0]?.model}, node ${process.version}; ${rounds} rounds alternating; load ${loadavg()[0].toFixed(2)} at the start.`,
  "",
  "| workload | operation | unit | ours | peer | better | range | wanted | peak RSS ours, peer (MB) | load |",
  "|---|---|---|---|---|---|---|---|---|---|",
];
const say = (line) => {
  lines.push(line);
  console.log(line);
};

/** Both sides of one operation, and what each round gave. */
function compared(peer, workload, op) {
  const json = join(scratch, "rows.jsonl");
  rmSync(json, { force: true });
  const command = [join(folder, "compare.py"), root, "--ours", ours, "--peer", PEERS[peer]];
  spawnSync(python, [...command, "--workloads", workload, "--ops", op, "--rounds", rounds, "--json", json], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const byOp = new Map();
  for (const line of readFileSync(json, "utf8").trim().split("\n").filter(Boolean)) {
    const row = JSON.parse(line);
    const sides = byOp.get(row.op) ?? { unit: row.unit, ours: [], peer: [], memory: { ours: [], peer: [] } };
    byOp.set(row.op, sides);
    sides[row.side].push(row.median);
    sides.memory[row.side].push(row.peak_rss_mb ?? 0);
  }
  return byOp;
}

const short = (n) => String(Number(n.toPrecision(3)));

for (const [op, workloads, wishes] of ROWS)
  for (const workload of workloads)
    for (const [peer, wish] of Object.entries(wishes)) {
      if (!`${op} ${workload} ${peer}`.includes(only)) continue;
      const load = loadavg()[0].toFixed(1);
      for (const [name, { unit, ours: mine, peer: theirs, memory }] of compared(peer, workload, op)) {
        if (mine.length === 0 || theirs.length === 0) {
          say(
            `| ${workload} | ${name} | ${unit} | ${mine.join(" ")} | ${peer} ${theirs.join(" ")} | only one side | | | | ${load} |`,
          );
          continue;
        }
        const ratio = (a, b) => (UP.has(unit) ? a / b : b / a);
        const each = mine.map((value, i) => ratio(value, theirs[i] ?? Number.NaN));
        const better = ratio(median(mine), median(theirs));
        const verdict = isBeside(name, workload) ? "" : `${wish}: ${better >= wish ? "met" : "**missed**"}`;
        const rss = [memory.ours, memory.peer].map((values) => Math.round(median(values))).join(", ");
        say(
          `| ${workload} | ${name} | ${unit} | ${short(median(mine))} | ${peer} ${short(median(theirs))} | ${short(better)}x | ${short(Math.min(...each))}-${short(Math.max(...each))} | ${verdict} | ${rss} | ${load} |`,
        );
      }
    }
rmSync(scratch, { recursive: true });
const out = option("--out");
if (out !== undefined) writeFileSync(out, `${lines.join("\n")}\n`);
