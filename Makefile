# `make` runs everything that a contributor runs. It needs Python 3.11 or newer and the package registries.

.DEFAULT_GOAL := test
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c

PYTHON ?= python3
UV := $(or $(shell command -v uv),.uv/bin/uv)
WORKERS ?= 5
RUN := $(UV) run --no-sync
GROUND := $(RUN) python -m tools.ground run --name

# Without compiled files each of hundreds of Python programs would compile anew all that it imports.
unexport PYTHONDONTWRITEBYTECODE
# Helm and the control plane live for minutes at most: they need not collect garbage as often as services do.
export GOGC ?= 400

.PHONY: demo
demo: setup ## show a rollback, from deployment to destruction, in a terminal
	$(RUN) python -m tools.demo

.PHONY: test
test: setup ## lint, types and every tier of tests
	$(MAKE) --no-print-directory --jobs=2 check unit
	$(MAKE) --no-print-directory real
	$(MAKE) --no-print-directory coverage

CI_FILES := stacks/examples/ci

.PHONY: check
check: setup ## lint, types, dead code, the walls between the layers, CI files, and the site with its links
	$(RUN) ruff check
	$(RUN) ruff format --check
	$(RUN) mypy
	$(RUN) vulture
	$(RUN) lint-imports --no-logo
	$(RUN) check-jsonschema --builtin-schema vendor.github-workflows $(CI_FILES)/.github/workflows/*
	$(RUN) check-jsonschema --builtin-schema vendor.gitlab-ci $(CI_FILES)/.gitlab-ci.yml
	$(SITE)

SITE = $(RUN) sphinx-build -c docs --fresh-env --fail-on-warning --keep-going --quiet . dist/site

.PHONY: docs
docs: setup ## the pages that are made from the code, and the site, in dist/site
	$(RUN) python -m tools.documents
	$(SITE)

.PHONY: pictures
pictures: setup ## the pictures of a terminal in docs/pictures, from a real run
	$(RUN) python -m tools.demo --picture docs/pictures/rollback.svg

.PHONY: links
links: setup ## whether the addresses elsewhere that the documents name still answer; needs the internet
	$(RUN) sphinx-build -c docs --fresh-env --quiet -b linkcheck . dist/links

.PHONY: unit
unit: setup ## what needs no cluster; these tests alone cover all that decides
	COVERAGE_FILE=.coverage-unit $(RUN) pytest tests/unit --numprocesses 2 --cov --cov-report=term-missing --cov-fail-under=0
	COVERAGE_FILE=.coverage-unit $(RUN) coverage report --include='helm_rollback_component/core/*'

.PHONY: real
real: setup ## everything that runs for real: control plane, Helm, provider host, programs
	$(MAKE) --no-print-directory --jobs=2 traced untraced

# What unit tests leave out, these cover to the last line. To trace a test takes as long again as the test.
TRACED := $(addprefix tests/contract/test_,$(addsuffix .py,automatic chart_tests claims claims_in_use \
	client delete edge_execution history identity kubeconfigs least_rights left_behind manual \
	namespaces_that_end owed ownership partial_rollbacks passing_failures points_of_no_return previews \
	recovery scenarios_uninstall storage users validation version_based))
REAL := $(RUN) pytest --dist loadgroup -m "not sweep" --numprocesses $(WORKERS)

.PHONY: traced
traced: setup
	COVERAGE_FILE=.coverage-real $(GROUND) traced --for 5000 -- $(REAL) --cov --cov-report= --cov-fail-under=0 $(TRACED)

.PHONY: untraced
untraced: setup
	$(GROUND) untraced --for 5000 -- $(REAL) $(addprefix --ignore=,$(TRACED)) \
		tests/ground tests/engine tests/contract tests/e2e

.PHONY: sweep
sweep: setup ## what `make` leaves out: pins of Helm's own behaviour, and the same stories on further engines
	$(GROUND) sweep --for 5000 -- $(RUN) pytest --numprocesses $$((2 * $(WORKERS))) --dist loadgroup -m sweep \
		tests/ground tests/engine tests/contract tests/e2e

.PHONY: lowest
lowest: $(UV) ## the unit tests of the product with the lowest versions that pyproject.toml allows, on Python 3.11
	$(UV) venv --quiet --clear --python 3.11 .lowest
	$(UV) pip install --quiet --python .lowest/bin/python --resolution lowest-direct \
		--editable '.[embedded,telemetry]' --group tests --group programs
	.lowest/bin/python -m pytest tests/unit --numprocesses 2 --ignore tests/unit/tools --ignore tests/unit/sandbox \
		--deselect 'tests/unit/test_package.py::test_so_can_every_name_for_tests[LocalEngine]' \
		--deselect tests/unit/test_package.py::test_another_module_that_the_engine_misses_is_named

OLDEST := $(CURDIR)/.oldest
ROLLING_BACK := $(addprefix tests/contract/test_,$(addsuffix .py,automatic delete manual ownership recovery version_based))

# It waits for its whole timeout although a hook has failed, and the user is warned of that.
KNOWN_FAULT_OF_4_0 := tests/contract/test_delete.py::test_a_failing_hook_is_an_error_and_the_claim_stays[helm4]

.PHONY: oldest-helms
oldest-helms: setup $(OLDEST)/v3.13.0/helm $(OLDEST)/v4.0.0/helm ## rollbacks with the oldest Helms that are supported
	HELM3=$(OLDEST)/v3.13.0/helm HELM4=$(OLDEST)/v4.0.0/helm $(GROUND) oldest --for 3000 -- $(RUN) pytest \
		--dist loadgroup --numprocesses $(WORKERS) -m "sweep or not sweep" -k "helm3 or helm4" $(ROLLING_BACK) \
		--deselect '$(KNOWN_FAULT_OF_4_0)'

INSTALL_HELM = GOBIN=$(@D) GOFLAGS=-trimpath go install -ldflags "-X $(1)/internal/version.version=$(2)" $(1)/cmd/helm@$(2)

$(OLDEST)/v3.%/helm:
	$(call INSTALL_HELM,helm.sh/helm/v3,v3.$*)

$(OLDEST)/v4.%/helm:
	$(call INSTALL_HELM,helm.sh/helm/v4,v4.$*)

.PHONY: permissions
permissions: setup ## docs/permissions, made anew from the requests that tests make
	rm -f .rights
	-RECORD_RIGHTS=$(CURDIR)/.rights $(GROUND) rights --for 900 -- $(RUN) pytest tests/contract/test_least_rights.py \
		-k nothing_else
	$(RUN) python -m tools.permissions .rights

.PHONY: reliability
reliability: setup ## docs/reliability.md, made anew, for hours; what was ended goes on where it was
	-$(GROUND) reliability --for 40000 -- $(SHELL) -c "\
		$(RUN) python -m tools.faults sweep --requests '' --at-once 4 --record .faults; \
		$(RUN) python -m tools.faults sweep --watches --at-once 4 --record .faults"
	$(RUN) python -m tools.reliability .faults

.PHONY: coverage
coverage: setup ## the coverage gate, over what the tiers have measured together
	$(RUN) coverage combine --keep .coverage-unit .coverage-real
	$(RUN) coverage report

.PHONY: benchmarks
benchmarks: setup ## speed against what people use today; CASES="healthy many" measures these alone
	$(RUN) python -m benchmarks $(CASES)

.PHONY: fuzz
fuzz: setup ## what reads others' texts, with random ones; MINUTES for each target, 1 unless given
	$(UV) run --locked --all-extras --group fuzz python -m tools.fuzz --minutes $(or $(MINUTES),1)

.PHONY: audit
audit: setup ## known vulnerabilities of the dependencies, by OSV, or by its records in the folders ADVISORIES
	$(RUN) python -m tools.supply_chain audit $(if $(ADVISORIES),--advisories $(ADVISORIES))

.PHONY: licences
licences: setup ## docs/licences.md
	$(RUN) python -m tools.supply_chain licences

.PHONY: sbom
sbom: setup ## dist/sbom.cdx.json, a bill of materials (CycloneDX)
	$(RUN) python -m tools.supply_chain sbom

.PHONY: release
release: setup ## everything that is released, in dist/, from a clean checkout; nothing is published
	$(RUN) python -m tools.release build

.PHONY: version
version: $(UV) ## let every other mention of the version follow that of pyproject.toml
	$(RUN) python -m tools.release version

.PHONY: setup
setup: $(UV)
	$(UV) sync --locked --all-extras

.uv/bin/uv:
	$(PYTHON) -m venv .uv
	.uv/bin/pip install --quiet uv

.PHONY: help
help: ## this list
	@grep -E '^[a-z]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | expand -t 12
