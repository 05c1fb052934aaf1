# What a user types. Everything that it needs is installed or built on the way.
PYTHON ?= python3
BIN := .venv/bin
AUDIT := .venv-audit/bin
# No release is taken before it is a week old: most that are malicious are found and gone by then.
COOL_DOWN := 7 days
STAMP := .venv/.installed
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help setup toolchain demo test check format lock audit sbom bench baseline clean

help: ## show this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

setup: $(STAMP) ## create .venv with everything but the toolchain

$(STAMP): requirements.lock pyproject.toml dependencies.txt packages/lifecycle-emulator/dependencies.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed: set PYTHON=python3.11 or similar" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || \
	  { echo "this Python cannot create a virtual environment: apt-get install python3-venv" >&2; exit 1; }
	@echo "setup: installing Python packages into .venv" >&2
	@$(PYTHON) -m venv .venv
	@# uv takes seconds where pip takes a minute; pip is for who reaches packages by its settings only.
	@sed -n '/^uv==/,/[^\\]$$/p' requirements.lock > .venv/uv.txt
	@$(PIP) --no-deps --require-hashes -r .venv/uv.txt
	@# Compiled, as pip does: where PYTHONDONTWRITEBYTECODE is set it would happen at each start.
	@$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes \
	  -r requirements.lock || $(PIP) --require-hashes -r requirements.lock
	@$(PIP) --no-deps --no-build-isolation -e .
	@$(BIN)/python -m compileall -q components emulator lifecycle profiles toolchain
	@touch $@

toolchain: setup ## find or build pulumi, its Python host and the aws-native provider
	@$(BIN)/python -m toolchain

demo: setup ## deploy to the local AWS, verify, show the merged profile, tear down
	@$(BIN)/lifecycle demo

test: setup ## run all tests, the end-to-end ones with the real CLI and provider included
	@tests/install_packages postgresql chromium
	@$(BIN)/python -m toolchain >/dev/null
	@# Four at a time on two cores: a good part of most tests is waiting. In their own order, in
	@# which the short ones come last and end together.
	@$(BIN)/python -m pytest -n 4 --dist loadfile --no-loadscope-reorder --quiet

check: setup ## lint, format, types, and the policy over every stack's resources
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/mypy lambdas/deliver.py lambdas/extract.py
	@$(BIN)/python -m pytest --quiet tests/policy
	@tests/install_packages shellcheck
	@actionlint=$$($(BIN)/python -m toolchain --actionlint) && "$$actionlint" .github/workflows/*.yml

format: setup ## rewrite files in the project's format
	@$(BIN)/ruff check --fix --quiet .
	@$(BIN)/ruff format .

bench: setup ## measure speed, each figure a ratio taken in one run
	@$(BIN)/python -m benchmarks

baseline: setup ## keep what this release deploys, for later programs to be compared with
	@$(BIN)/python -m tests.baseline.record

lock: setup ## resolve the lock files anew, of releases that are a week old
	@$(BIN)/uv pip compile pyproject.toml --extra dev $(COMPILE) -o requirements.lock
	@$(BIN)/uv pip compile requirements-audit.in $(COMPILE) -o requirements-audit.lock

COMPILE := --universal --python-version 3.11 --exclude-newer "$(COOL_DOWN)" --generate-hashes \
  --no-emit-index-url --no-header --no-annotate --quiet

audit: setup .venv-audit/.installed ## licences, known vulnerabilities and secrets
	@$(BIN)/python -m supply_chain.licences
	@$(AUDIT)/python -m supply_chain.audit requirements.lock requirements-audit.lock
	@# Names of the local AWS that look like tokens, in the states of the last release.
	@git ls-files -z -- ':!*.lock' | xargs -0 $(AUDIT)/detect-secrets-hook \
	  --disable-plugin KeywordDetector --disable-plugin HexHighEntropyString \
	  --exclude-secrets '^(0+:customer-lifecycle-|cloud-control-lambda-permission-)'

sbom: setup .venv-audit/.installed ## list what is installed as CycloneDX in build/sbom.cdx.json
	@mkdir -p build
	@$(AUDIT)/cyclonedx-py environment $(BIN)/python --pyproject pyproject.toml --mc-type application \
	  --output-reproducible --of JSON -o build/sbom.cdx.json

.venv-audit/.installed: requirements-audit.lock
	@$(PYTHON) -m venv .venv-audit
	@$(AUDIT)/python -m pip install --quiet --disable-pip-version-check --require-hashes \
	  -r requirements-audit.lock
	@touch $@

clean: ## remove what setup made (the toolchain's cache stays)
	rm -rf .venv .venv-audit build dist *.egg-info
