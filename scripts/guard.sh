#!/bin/bash
# Before anything else: stop where going on would make a mess, and say what to do instead.
set -euo pipefail

owner=$(stat -c %u .)
if [ "$(id -u)" = 0 ] && [ -n "${SUDO_UID:-}" ] && [ "$owner" != 0 ]; then
  echo "Call make without sudo: this folder belongs to $(stat -c %U .), and files of root in it would be in the way later." >&2
  echo "make asks for sudo by itself when a system package is missing." >&2
  exit 1
fi
for path in . .venv var node_modules; do
  if [ -e "$path" ] && [ ! -w "$path" ]; then
    echo "$(id -un) may not write to $PWD/$path, which belongs to $(stat -c %U "$path")." >&2
    echo "Give it back first: sudo chown -R $(id -un): \"$PWD\"" >&2
    exit 1
  fi
done
python=${PYTHON:-python3}
if ! "$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null; then
  echo "Python 3.11, 3.12 or 3.13 is needed; '$python' is $("$python" -V 2>&1 || true). Name another: PYTHON=python3.11 make" >&2
  exit 1
fi
# An upgrade of the system's Python leaves the environment without its interpreter: make it anew.
if [ -e .venv ] && ! .venv/bin/python -c '' 2>/dev/null; then
  rm -f var/stamp/venv var/stamp/dev
fi
