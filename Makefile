# Polku. `make` alone prints this help.
PY := .venv/bin/python
ONCE ?=
export PYTHON TORCH_INDEX

.DEFAULT_GOAL := help
.PHONY: read-cost help setup demo up test test-fast quality calibrate bench eligibility next-steps replay access-log explanations cv-import lint format protos breaking baseline lock browser clean scrubber swap

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

quality: setup ## how good linking is: DATA=folder (MELO format), else the built-in tasks; CASES=2000 SEED=7: the match; JSON=file
	@$(PY) -m services.matching.evaluation$(if $(CASES),.cases --cases $(CASES) --seed $(or $(SEED),7) --figures) \
		--model "$$($(PY) -m deploy.embedded.model var)" --plain-model "$$($(PY) -m deploy.embedded.model --base var)" \
		$(if $(DATA),--data "$(DATA)") $(if $(JSON),--json "$(JSON)")

calibrate: setup ## fit the score's weights on generated cases of other occupations, into weights.toml; CASES=1400 SEED=11
	@$(PY) -m services.matching.evaluation.calibrate --cases $(or $(CASES),1400) --seed $(or $(SEED),11) \
		--model "$$($(PY) -m deploy.embedded.model var)"

bench: setup ## how fast the match is, beside floors and peers, into docs/figures.md: FULL=1, OPENINGS=10000,100000
	@OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 GRPC_ENABLE_FORK_SUPPORT=0 $(PY) -m tests.bench --write $(if $(FULL),--full) \
		$(if $(OPENINGS),--openings "$(OPENINGS)") --model "$$($(PY) -m deploy.embedded.model var)"

eligibility: setup ## that columns and the plain reference agree on generated pairs: PAIRS=1000000
	@$(PY) -m tests.proofs.eligibility $(PAIRS)

next-steps: setup ## that each next step opens what it is said to open, and its time: CASES=2000
	@$(PY) -m tests.proofs.next_steps $(CASES)

replay: setup ## that recorded lists come out the same after an index rebuild and other weights: DECISIONS=1000
	@$(PY) -m tests.proofs.replay $(DECISIONS)

access-log: setup ## that every answered reading is in the access log, kills or not, and a broken log is found: READS=10000
	@GRPC_ENABLE_FORK_SUPPORT=0 $(PY) -m tests.proofs.access_log $(READS)

cv-import: setup ## how well CVs in six languages are read: occupations and skills that are suggested; PART=check
	@$(PY) -m tests.proofs.cv_import --part $(or $(PART),all) --model "$$($(PY) -m deploy.embedded.model var)"

scrubber: setup ## that CVs go to the model without who wrote them, and words about work stay: CVS=500 TERMS=20000
	@$(PY) -m tests.proofs.scrubber $(or $(CVS),500) $(or $(TERMS),20000)

read-cost: setup ## what permission, record and encryption cost where a person is read: CALLS=1000
	@$(PY) -m tests.proofs.read_cost $(or $(CALLS),1000)

swap: setup ## that who a person is changes nothing of their list: PROFILES=200 OPENINGS=1000
	@$(PY) -m tests.proofs.swap $(or $(PROFILES),200) $(or $(OPENINGS),1000)

explanations: setup ## how faithful reasons and gaps are: CASES=2000
	@$(PY) -m tests.proofs.explanations $(CASES)

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
