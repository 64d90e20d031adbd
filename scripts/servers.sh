#!/usr/bin/env bash
# Installs the servers that the tests under test/peers start on loopback: moto and versitygw (S3), fake-gcs-server
# (Google Cloud Storage), nginx. Does nothing for those that are there at the wanted version.
# Needs Python 3, Go (1.24 or later), and for nginx root with Debian's apt-get, unless it is installed.
# usage: scripts/servers.sh        they go to .cache/servers, or CLOUDVOLUME_SERVERS
set -euo pipefail
cd "$(dirname "$0")/.."
home="${CLOUDVOLUME_SERVERS:-.cache/servers}"
mkdir -p "$home/bin"
home="$(cd "$home" && pwd)"

moto='moto[server]==5.2.5'
go_programs=(github.com/versity/versitygw/cmd/versitygw@v1.8.0 github.com/fsouza/fake-gcs-server@v1.56.1)
failed=0

if [[ "$(cat "$home/moto/version" 2>/dev/null || true)" != "$moto" ]]; then
  rm -rf "$home/moto"
  if python3 -m venv "$home/moto" && "$home/moto/bin/python" -m pip install --quiet --disable-pip-version-check --no-input "$moto" >&2; then
    echo "$moto" >"$home/moto/version"
  else
    echo "moto could not be installed" >&2
    failed=1
  fi
fi

for program in "${go_programs[@]}"; do
  name="$(basename "${program%@*}")"
  [[ "$(cat "$home/bin/$name.version" 2>/dev/null || true)" == "$program" && -x "$home/bin/$name" ]] && continue
  if command -v go >/dev/null && GOBIN="$home/bin" go install "$program" >&2; then
    echo "$program" >"$home/bin/$name.version"
  else
    echo "$name could not be built (is Go installed?)" >&2
    failed=1
  fi
done

if ! command -v nginx >/dev/null && [[ ! -x /usr/sbin/nginx ]]; then
  if [[ "$(id -u)" -eq 0 ]] && command -v apt-get >/dev/null; then
    export DEBIAN_FRONTEND=noninteractive
    if ! { apt-get update -qq && apt-get install -y -qq --no-install-recommends nginx-light; } >&2; then
      echo "nginx could not be installed" >&2
      failed=1
    fi
  else
    echo "nginx is not installed (Debian: apt-get install nginx-light, as root)" >&2
    failed=1
  fi
fi

exit "$failed"
