#!/usr/bin/env bash
# Makes Python environments with the real tools at pinned versions, for the tests against them. Does nothing for what is
# there already. The tools of Zarr and N5 have one of their own: they want other versions of what they share.
# usage: scripts/originals.sh            CloudVolume, tensorstore, …; prints the path of its python
#        scripts/originals.sh arrays     zarr-python, ome-zarr, z5py, dask, xarray, tensorstore
set -euo pipefail
cd "$(dirname "$0")/.."
case "${1:-}" in
  arrays) env="${CLOUDVOLUME_ARRAYS_ENV:-.cache/arrays}" list=scripts/requirements-arrays.txt check="import zarr, ome_zarr, z5py, dask, xarray, tensorstore" ;;
  "") env="${CLOUDVOLUME_PYTHON_ENV:-.cache/originals}" list=scripts/requirements.txt check="import cloudvolume, tensorstore" ;;
  *) echo "unknown environment: $1" >&2 && exit 2 ;;
esac
wanted="$(sha256sum "$list" | cut -d' ' -f1)"
if [[ ! -x "$env/bin/python" || "$(cat "$env/requirements.sha256" 2>/dev/null || true)" != "$wanted" ]]; then
  rm -rf "$env"
  python3 -m venv "$env"
  "$env/bin/python" -m pip install --quiet --disable-pip-version-check --no-input -r "$list" >&2
  "$env/bin/python" -c "$check" >&2
  echo "$wanted" >"$env/requirements.sha256"
fi
echo "$(cd "$env" && pwd)/bin/python"
