# Everything one does with this project, as targets; `make help` lists them. Needs python3 (3.11 or newer), make and a
# C compiler. All of it lives in .venv, build/ and var/; nothing is installed elsewhere.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
PYTHON_PATHS := server sync agent_api fixtures tests
PHONE := agent_api/phone
CONSOLE := server/console
# The node of the wheel, found before any of the machine's own.
NODE := PATH="$(abspath $(BIN)):$$PATH"

# The first command on the path that really runs and is new enough: a shim may exist without a Python behind it.
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	"$$name" -c 'import sys; sys.version_info >= (3, 11) or sys.exit(1); print(sys.executable)' 2>/dev/null && break; done)

.PHONY: help install install-test phone console browser demo screenshots test check format lock bench bench-console bench-phone simulate clean

help: ## Explain each target
	@printf 'Bangban (帮办). Targets:\n\n'
	@sed -nE 's/^([a-z-]+):.*## (.*)$$/\1|\2/p' $(firstword $(MAKEFILE_LIST)) | while IFS='|' read -r name text; do \
		printf '  make %-14s %s\n' "$$name" "$$text"; done

install: $(VENV)/.installed ## Put what running needs into .venv, by hash
install-test: $(VENV)/.installed-test ## Put what the tests need into .venv as well

phone: build/phone.built ## Build the helpers' phone app into build/phone, served at /app/
console: build/console.built ## Fetch what the console's pages use in the browser into build/console
browser: install-test ## See to it that the browser journeys have a Chromium and Chinese letters
	@$(BIN)/python -m tests.journeys.chromium

demo: install phone console ## Load the Xuancheng world, run the main job, report, stay up (ONCE=1: end after the report)
	$(BIN)/bangban demo $(if $(ONCE),--once)

screenshots: install-test phone console browser ## Photograph every page of the console and every screen of the phone into build/, a few into docs/images (ARGS="--small")
	$(BIN)/python -m tests.journeys.screenshots $(ARGS)
	$(BIN)/python -m tests.journeys.phone_pictures

test: install-test phone console browser check ## Everything: the checks, then every test (PYTEST="-k word" to choose)
	$(BIN)/python -m tests.side_by_side $(PYTEST)

check: install-test $(PHONE)/node_modules/.installed ## Lint, format, types, import contracts, architecture and phone units, in a minute
	$(BIN)/ruff check $(PYTHON_PATHS)
	$(BIN)/ruff format --check $(PYTHON_PATHS)
	$(BIN)/mypy --strict
	$(BIN)/lint-imports --no-logo
	cd $(PHONE) && $(NODE) npm run --silent types
	cd $(PHONE) && $(NODE) npm run --silent test
	$(BIN)/python -m pytest tests/architecture

format: install-test ## Sort imports and format all Python
	$(BIN)/ruff check --select I --fix $(PYTHON_PATHS)
	$(BIN)/ruff format $(PYTHON_PATHS)

lock: $(BIN)/python ## Resolve the lock files again (UPGRADE=1: take the newest versions)
	$(PIP) install --quiet uv
	$(LOCK) --extra build --output-file requirements.lock
	$(LOCK) --extra build --extra test --constraint requirements.lock --output-file requirements-test.lock

# No addresses of registries and no comments: a lock is names, versions and hashes, the same wherever it was made.
LOCK = $(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate $(if $(UPGRADE),--upgrade)

bench: install ## Measure speed as ratios inside one run (ARGS="--json")
	$(BIN)/bangban bench $(ARGS)

bench-console: install-test console browser ## Measure in Chromium how soon each page of the console paints and what it weighs (ARGS="--small")
	$(BIN)/python -m tests.journeys.page_weight $(ARGS)

bench-phone: install-test phone browser ## Measure the phone app in Chromium: first load, second start offline, taps (ARGS="--json")
	$(BIN)/python -m tests.bench.phone $(ARGS)

SEEDS ?= 100
FROM ?= 1
simulate: install ## Search simulated worlds for faults (SEEDS=100 FROM=1 ARGS="--json")
	$(BIN)/bangban simulate --seeds $(SEEDS) --from $(FROM) $(ARGS)

clean: ## Remove caches and build products (.venv and var/ stay)
	rm -rf build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .schemathesis
	find $(PYTHON_PATHS) -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamps are touched last, so an interrupted install starts again and a finished one is skipped at once.
$(BIN)/python:
	@[ -n "$(PYTHON)" ] || { echo "Bangban needs Python 3.11 or newer; say where: make PYTHON=/path/to/python3" >&2; exit 1; }
	"$(PYTHON)" -m venv $(VENV) || { rm -rf $(VENV); \
		echo "Python's venv module does not work here. On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }

$(VENV)/.locked: requirements.lock | $(BIN)/python
	@echo "Installing $$(grep -c '==' $<) packages into $(VENV) …"
	$(PIP) install --quiet --require-hashes -r $<
	@touch $@

$(VENV)/.locked-test: requirements-test.lock $(VENV)/.locked
	@echo "Installing $$(grep -c '==' $<) packages for the tests into $(VENV) …"
	$(PIP) install --quiet --require-hashes -r $<
	@touch $@

$(VENV)/.installed: pyproject.toml $(VENV)/.locked
	PYTHONWARNINGS=ignore $(PIP) install --quiet --no-index --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.installed-test: $(VENV)/.locked-test $(VENV)/.installed
	@touch $@

# Scripts of packages do not run: what is fetched is only read by the builder.
$(PHONE)/node_modules/.installed: $(PHONE)/package-lock.json $(PHONE)/package.json | $(VENV)/.installed
	@echo "Installing what the phone app is built with …"
	cd $(PHONE) && $(NODE) npm ci --silent --ignore-scripts
	@touch $@

build/phone.built: $(PHONE)/node_modules/.installed $(shell find $(PHONE)/src $(PHONE)/public $(PHONE)/proving -type f) \
		server/console/static/tokens.css $(PHONE)/index.html $(PHONE)/vite.config.ts $(PHONE)/tsconfig.json
	cd $(PHONE) && $(NODE) npm run --silent build -- --logLevel warn
	cd $(PHONE) && $(NODE) npm run --silent proving -- --logLevel warn
	@touch $@

# The console works without it: pages then do not refresh by themselves.
build/console.built: $(CONSOLE)/package.json $(CONSOLE)/package-lock.json | $(VENV)/.installed
	@echo "Fetching what the console's pages use in the browser …"
	rm -rf build/console build/console.npm
	mkdir -p build/console build/console.npm
	cp $(CONSOLE)/package.json $(CONSOLE)/package-lock.json $(PHONE)/.npmrc build/console.npm
	cd build/console.npm && $(NODE) npm ci --silent --ignore-scripts
	cp build/console.npm/node_modules/htmx.org/dist/htmx.min.js build/console
	rm -rf build/console.npm
	@touch $@
