# Polku. `make` alone prints this help.
PY := .venv/bin/python
ONCE ?=
export PYTHON TORCH_INDEX

.DEFAULT_GOAL := help
.PHONY: help setup demo up test test-fast lint format protos breaking baseline lock browser clean

help: ## print this help
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## virtual environment, locked packages, compiled protos (done by every other target when needed)
	@deploy/setup.sh

demo: setup ## start everything, load the demo city and print its matches; ONCE=1 stops again at the end
	@$(PY) -m deploy.command demo $(if $(ONCE),--once)

up: setup ## start everything and keep it running until Ctrl-C
	@$(PY) -m deploy.command up

test: setup ## all tests, on real PostgreSQL and NATS processes; browser tests where Chromium is installed
	@$(PY) -m pytest -q $(ARGS)

test-fast: setup ## unit and contract tests only
	@$(PY) -m pytest -q tests/unit $(ARGS)

lint: setup ## ruff, mypy, import contracts, buf lint and breaking
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy
	@$(PY) .venv/bin/lint-imports
	@cd protos && ../.venv/bin/buf lint gen/image.binpb --path polku
	@$(MAKE) --no-print-directory breaking

format: setup ## format the code and sort its imports
	@$(PY) -m ruff check --fix .
	@$(PY) -m ruff format .

protos: setup ## compile the protos anew
	@$(PY) protos/compile.py

breaking: setup ## compare the protos with the committed baseline image
	@cd protos && ../.venv/bin/buf breaking gen/image.binpb --against baseline.binpb --path polku

baseline: protos ## take the protos of now as the new baseline (a deliberate break is recorded in protos/BREAKS.md)
	@cp protos/gen/image.binpb protos/baseline.binpb

lock: setup ## resolve pyproject.toml anew into deploy/requirements.lock, with hashes and without torch
	@printf "torch ; python_version < '0'\n" > .venv/without-torch
	@$(PY) -m uv pip compile pyproject.toml --quiet --all-extras --override .venv/without-torch --generate-hashes \
		--python-version 3.11 --python-platform linux --no-header --output-file deploy/requirements.lock

browser: ## install Debian's Chromium for the browser tests
	@deploy/browser.sh

clean: ## remove what was built and what the embedded stack keeps (.venv stays)
	@$(PY) -m deploy.command clean
	@rm -rf protos/gen build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@rm -f .venv/.done-protos
