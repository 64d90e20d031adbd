#!/usr/bin/env bash
# Makes a Python environment with the real tools (CloudVolume, tensorstore, ...) at the versions of
# scripts/requirements.txt, for the tests under test/parity. Does nothing if it is there already.
# usage: scripts/originals.sh        prints the path of its python
set -euo pipefail
cd "$(dirname "$0")/.."
env="${CLOUDVOLUME_PYTHON_ENV:-.cache/originals}"
wanted="$(sha256sum scripts/requirements.txt | cut -d' ' -f1)"
if [[ ! -x "$env/bin/python" || "$(cat "$env/requirements.sha256" 2>/dev/null || true)" != "$wanted" ]]; then
  rm -rf "$env"
  python3 -m venv "$env"
  "$env/bin/python" -m pip install --quiet --disable-pip-version-check --no-input -r scripts/requirements.txt >&2
  "$env/bin/python" -c "import cloudvolume, tensorstore" >&2
  echo "$wanted" >"$env/requirements.sha256"
fi
echo "$(cd "$env" && pwd)/bin/python"
