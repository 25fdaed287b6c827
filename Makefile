# Every verb of the project; `make help` lists them.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c

export WAREHOUSE_HOME ?= $(CURDIR)/var
INBOX ?=
RECORDING ?= var/recording.json.gz
BIN := .venv/bin

# The first interpreter on the machine that the locked packages support; PYTHON=... overrides.
PYTHON ?= $(shell for python in python3.12 python3.11 python3.13 python3; do \
	$$python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && echo $$python && break; done)

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

.venv/ready: requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 is needed; name it with PYTHON=..."; exit 1; }
	@echo "Environment: installing $$(grep -c == requirements.lock) packages into .venv with $(PYTHON); one to three minutes"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index -e .
	@touch $@

.PHONY: env
env: .venv/ready ## create the environment

.PHONY: demo
demo: .venv/ready ## run the main job on the sample submissions (INBOX=folder WAREHOUSE_HOME=folder for others)
	@$(BIN)/warehouse demo $(if $(INBOX),--inbox "$(INBOX)")

.PHONY: up
up: .venv/ready ## start Airflow: scheduler, api-server, dag-processor, triggerer, UI; prints the login (PORT=8090 for another port)
	@$(BIN)/warehouse up $(if $(PORT),--port "$(PORT)")

.PHONY: down
down: .venv/ready ## stop it
	@$(BIN)/warehouse down

# The statement reaches the command by the environment, so that neither make nor the shell reads anything in it.
unexport Q
sql: export WAREHOUSE_SQL = $(value Q)
.PHONY: sql
sql: .venv/ready ## SQL prompt on the current edition, or one query: make sql Q="select ..."
	@$(BIN)/warehouse query $(if $(value Q),-- "$$WAREHOUSE_SQL")

.PHONY: board
board: .venv/ready ## print the target board of the current edition
	@$(BIN)/warehouse board

.PHONY: superset
superset: .venv/ready ## Superset with the dashboards, in an environment of its own (PORT=8088; WAREHOUSE_BI_READER_URL=postgresql://... for the BI server)
	@$(BIN)/python -m bi.superset.install $(if $(PORT),--port "$(PORT)")

.PHONY: lint
lint: .venv/ready ## format, ruff, types, the rooms' imports, SQL, generated files, dead code
	@$(BIN)/python -m dev.checks lint

.PHONY: test-fast
test-fast: .venv/ready ## the quick tests; a minute is the aim
	@$(BIN)/python -m dev.checks test-fast

.PHONY: test
test: .venv/ready ## lint and all tests that need nothing but the environment; eight minutes are the aim
	@$(BIN)/python -m dev.checks test

.PHONY: test-all
test-all: .venv/ready ## what make test leaves out: exhaustive tests, and those that need PostgreSQL (.ci/run installs it)
	@$(BIN)/python -m dev.checks test-all

.PHONY: test-up
test-up: .venv/ready ## the tests of a running `make up` alone
	@$(BIN)/pytest tests/deploy

.PHONY: record
record: .venv/ready ## record what the samples become (RECORDING=file), and print how that differs from the recorded baseline
	@mkdir -p "$(dir $(RECORDING))"
	@$(BIN)/python -m tests.support.recording make "$(RECORDING)"
	@$(BIN)/python -m tests.support.recording compare tests/fixtures/recorded/outputs.json.gz "$(RECORDING)"

.PHONY: generate
generate: .venv/ready ## write the files that come from the contracts (dbt sources, data dictionary)
	@$(BIN)/python -m dev.generate

.PHONY: bench
bench: .venv/ready ## measure `make demo` by stage: wall time and peak memory
	@$(BIN)/python -m bench.demo

.PHONY: lock
lock: .venv/ready ## compile requirements.lock from pyproject.toml (needs uv), and of it the lock of servers
	@uv pip compile --universal --generate-hashes --no-emit-index-url --no-header --group dev pyproject.toml -o requirements.lock --quiet
	@$(BIN)/python -m dev.generate

.PHONY: clean
clean: ## remove the environment and all caches; the warehouse home stays
	@rm -rf .venv .venv-superset .cache .pytest_cache .ruff_cache .mypy_cache .import_linter_cache .hypothesis build *.egg-info
