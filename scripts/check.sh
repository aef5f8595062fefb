#!/bin/bash
# make check: every look at the code that needs no database. All are made, even when one fails; the end names those.
set -uo pipefail
py=.venv/bin/python
bin=.venv/bin
failed=()

look() {
  local name=$1
  shift
  echo "── $name"
  "$@" || failed+=("$name")
}

packages=($(dirname -- */apps.py) config scripts)  # tests bend types on purpose: they replace parts and hand on **changes

look "format (ruff format)" $bin/ruff format --check .
look "lint (ruff)" $bin/ruff check .
look "types (mypy)" $bin/mypy "${packages[@]}"
look "templates (djlint)" $bin/djlint templates --lint --quiet
look "imports (import-linter)" $bin/lint-imports
look "migrations" env DJANGO_SETTINGS_MODULE=config.settings.test $py -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
look "translations" $py -m scripts.check_messages
look "package-lock.json and host names" $py -m scripts.check_hosts

echo "──"
if [ ${#failed[@]} -gt 0 ]; then
  printf 'failed: %s\n' "${failed[@]}"
  exit 1
fi
echo "all well"
