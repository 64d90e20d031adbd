#!/usr/bin/env bash
# Installs Chromium, which the tests of the viewers drive. Does nothing where it is there.
# Needs root and Debian's apt-get.
# usage: scripts/browser.sh
set -euo pipefail

for program in chromium chromium-browser google-chrome; do
  [[ -x "/usr/bin/$program" ]] && exit 0
done
if [[ "$(id -u)" -ne 0 ]] || ! command -v apt-get >/dev/null; then
  echo "Chromium is not installed (Debian: apt-get install chromium, as root)" >&2
  exit 1
fi
export DEBIAN_FRONTEND=noninteractive
if ! { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core; } >&2; then
  echo "Chromium could not be installed" >&2
  exit 1
fi
