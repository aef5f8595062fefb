#!/bin/bash
# Installs what is missing of the Debian packages listed in $1, and touches nothing when all are there: a machine
# without network or without the right to install never notices, as long as it has the packages.
set -euo pipefail

installed() { [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }
known() { apt-cache show --no-all-versions "$1" >/dev/null 2>&1; }

if ! command -v dpkg-query >/dev/null; then
  echo "This is not Debian or Ubuntu. Install yourself what $1 lists, then: touch var/stamp/$(basename "$1" .txt)" >&2
  exit 1
fi

missing=()
while read -r names; do
  found=
  alternatives=${names%\?}
  for name in ${alternatives//|/ }; do installed "$name" && found=1; done
  [ -n "$found" ] || missing+=("$names")
done < <(sed 's/#.*//' "$1" | tr -d ' \t' | grep .)
[ ${#missing[@]} -gt 0 ] || exit 0

as_root=()
if [ "$(id -u)" != 0 ]; then
  if command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
    as_root=(sudo)
  else
    echo "These system packages are missing and need root once. Ask for this to be run, then call make again:" >&2
    first=("${missing[@]%\?}")
    echo "  apt-get update && apt-get install -y --no-install-recommends ${first[*]%%|*}" >&2
    exit 1
  fi
fi

echo "Installing missing system packages (${missing[*]})"
# Right after the first boot unattended-upgrades may hold the locks: wait for it.
apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=a apt-get -qq -o DPkg::Lock::Timeout=300)
for attempt in 1 2 3 4 5; do
  "${apt[@]}" update && break
  [ "$attempt" != 5 ] || echo "apt-get update failed; trying with the lists that are here." >&2
  sleep "$attempt"
done
chosen=()
for names in "${missing[@]}"; do
  alternatives=${names%\?}
  pick=${alternatives%%|*}
  [ "$names" = "$alternatives" ] || pick=
  for name in ${alternatives//|/ }; do known "$name" && { pick=$name; break; }; done
  [ -z "$pick" ] || chosen+=("$pick")
done
[ ${#chosen[@]} -gt 0 ] || exit 0
"${apt[@]}" install -y --no-install-recommends "${chosen[@]}" >/dev/null
