#!/usr/bin/env bash
# Installs what the tests of spatial indices in databases need: MariaDB and PostgreSQL, from Debian's packages. Does
# nothing if both are there. The tests start servers of their own; none is left running.
# usage: scripts/databases.sh        exit status 0: both are there
set -euo pipefail

mariadb() { command -v mariadbd || ls /usr/sbin/mariadbd; }
postgres() { command -v postgres || ls /usr/lib/postgresql/*/bin/postgres; }

wanted=()
mariadb >/dev/null 2>&1 || wanted+=(mariadb-server)
postgres >/dev/null 2>&1 || wanted+=(postgresql)
[[ ${#wanted[@]} -eq 0 ]] && exit 0

if [[ $(id -u) -ne 0 ]] || ! command -v apt-get >/dev/null; then
  echo "missing: ${wanted[*]} (install them, or run this as root on Debian)" >&2
  exit 1
fi
export DEBIAN_FRONTEND=noninteractive
{
  apt-get update
  apt-get install -y --no-install-recommends "${wanted[@]}"
} >&2
mariadb >/dev/null && postgres >/dev/null
