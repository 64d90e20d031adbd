#!/usr/bin/env bash
# Packs the package and uses it as a stranger would: installs it into an empty folder, imports it, runs its command.
set -euo pipefail
cd "$(dirname "$0")/.."
npm run --silent build
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
npm pack --silent --pack-destination "$folder" >/dev/null
cd "$folder"
contents="$(tar -tzf cloudvolume-*.tgz)"
for file in package.json LICENSE README.md CHANGELOG.md dist/index.js dist/worker.js dist/cli.js dist/small-viewer.js dist/small-viewer.css dist/browser/index.js dist/browser/precomputed.js dist/browser/worker.js dist/types/src/node.d.ts dist/types/src/browser.d.ts; do
  grep -qx "package/$file" <<<"$contents" || { echo "the package lacks $file"; exit 1; }
done
if grep -Ev '^package/(dist/|package\.json$|LICENSE$|README\.md$|CHANGELOG\.md$)' <<<"$contents"; then
  echo "the package holds more than it should"
  exit 1
fi
if grep -E '\.test\.|/testing|(^|/)test/' <<<"$contents"; then
  echo "the package holds tests"
  exit 1
fi
# From an empty folder to a first picture: two commands, 60 s.
mkdir first && mv cloudvolume-*.tgz first && cd first
SECONDS=0
npm install --no-fund --no-audit --silent ./cloudvolume-*.tgz
npx --no-install cloudvolume demo demo >/dev/null
test "$(head -c 4 demo/picture.png | tail -c 3)" = PNG
echo "from an empty folder to a first picture: $SECONDS s"
test "$SECONDS" -le "${FIRST_PICTURE_SECONDS:-60}"
npx --no-install cloudvolume png demo/image --over demo/segmentation --axis x -o first.png
test -s first.png
cat >use.mjs <<'JS'
import { CloudVolume } from "cloudvolume";
const data = new Uint8Array(40 ** 3).map((_, i) => i);
const vol = await CloudVolume.fromArray({ data, shape: [40, 40, 40], stride: [1, 40, 1600] }, { path: "layer", chunkSize: [8, 8, 8] });
const read = await vol.download();
if (Buffer.compare(read.data, data) !== 0) throw new Error("the voxels differ");
console.log("read back equal");
JS
node use.mjs | grep -q "read back equal"
npx --no-install cloudvolume info layer --json | grep -q '"dataType":"uint8"'
npx --no-install cloudvolume download layer cut.npy --bbox 0,0,0,8,8,8
test "$(wc -c <cut.npy)" -gt 512
echo "the package works"
