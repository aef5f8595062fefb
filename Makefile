# make run    set up what is missing and serve on http://127.0.0.1:8000/ (PORT=8001 make run for another port)
# make test   set up, then every test that a change needs      make test ARGS="-k voucher"
# make check  format, lint, types, templates, imports, migrations
# Relative paths only, so that a project folder with spaces works.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.PHONY: help setup run test test-full check guard clean
export PYTHONUTF8 := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
PYTHON ?= python3
PY := .venv/bin/python
ARGS ?=

setup: guard var/stamp/static var/stamp/messages

run: setup
	@exec $(PY) -m scripts.up

test: setup var/stamp/dev var/stamp/browser
	@exec $(PY) -m pytest -q -n 2 -m "not long" $(ARGS)

test-full: setup var/stamp/dev var/stamp/browser
	@exec $(PY) -m pytest -q -n 2 $(ARGS)

check: guard var/stamp/dev
	@exec bash scripts/check.sh

guard:
	@bash scripts/guard.sh

var/stamp/system_packages: scripts/system_packages.txt | guard
	@bash scripts/system_packages.sh $<
	@mkdir -p $(@D) && touch $@

var/stamp/system_packages_test: scripts/system_packages_test.txt | guard
	@bash scripts/system_packages.sh $<
	@mkdir -p $(@D) && touch $@

var/stamp/venv: requirements.txt var/stamp/system_packages
	@$(PY) -c '' 2>/dev/null || { echo "Making .venv"; $(PYTHON) -m venv --clear .venv; }
	@echo "Installing Python packages"
	@$(PY) -m pip install --quiet --no-compile -r requirements.txt
	@touch $@

var/stamp/dev: requirements-dev.txt var/stamp/venv
	@echo "Installing Python packages for tests and checks"
	@$(PY) -m pip install --quiet -r requirements-dev.txt
	@touch $@

var/stamp/browser: scripts/browser.py var/stamp/system_packages_test var/stamp/dev
	@$(PY) -m scripts.browser
	@touch $@

var/stamp/npm: package-lock.json package.json .npmrc var/stamp/venv
	@echo "Installing browser libraries"
	@PATH="$$PWD/.venv/bin:$$PATH" npm ci --ignore-scripts --loglevel=error
	@touch $@

var/stamp/static: var/stamp/npm config/settings/base.py common/staticfiles.py $(shell find static -type f)
	@$(PY) manage.py collectstatic --noinput --clear -v0
	@touch $@

var/stamp/messages: scripts/messages.py var/stamp/venv $(wildcard locale_src/*.po)
	@$(PY) -m scripts.messages
	@touch $@

clean:
	rm -rf .venv node_modules var/stamp var/static
