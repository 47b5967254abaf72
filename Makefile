# `make` runs everything that a contributor runs. It needs Python 3.11 or newer and the package registries.

.DEFAULT_GOAL := test
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c

PYTHON ?= python3
UV := $(or $(shell command -v uv),.uv/bin/uv)
WORKERS ?= 7
RUN := $(UV) run --no-sync
GROUND := $(RUN) python -m tools.ground run --name

.PHONY: demo
demo: setup ## show a rollback, from deployment to destruction, in a terminal
	$(RUN) python -m tools.demo

.PHONY: test
test: setup ## lint, types and every tier of tests
	$(MAKE) --no-print-directory --jobs=2 check unit
	$(MAKE) --no-print-directory real

.PHONY: check
check: setup ## lint, formatting, types, dead code, and the walls between the layers
	$(RUN) ruff check
	$(RUN) ruff format --check
	$(RUN) mypy
	$(RUN) vulture
	$(RUN) lint-imports --no-logo

.PHONY: unit
unit: setup ## what needs no cluster, with the coverage gate
	$(RUN) pytest tests/unit --cov

.PHONY: real
real: setup ## everything that runs for real: control plane, Helm, provider host, programs
	$(GROUND) tests --for 5000 -- $(RUN) pytest --numprocesses $(WORKERS) --dist loadgroup \
		tests/ground tests/engine tests/contract tests/e2e

.PHONY: benchmarks
benchmarks: setup ## speed against what people use today; CASES="healthy many" measures these alone
	$(RUN) python -m benchmarks $(CASES)

.PHONY: setup
setup: $(UV)
	$(UV) sync --locked --all-extras

.uv/bin/uv:
	$(PYTHON) -m venv .uv
	.uv/bin/pip install --quiet uv

.PHONY: help
help: ## this list
	@grep -E '^[a-z]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | expand -t 12
