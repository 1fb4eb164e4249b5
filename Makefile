# Two commands: `make demo` and `make test`. Everything else is in `make help`.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

VENV ?= .venv
export PYTHON
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
CACHE ?= var

.PHONY: help setup demo serve test lint bench proto lock sample clean

help: ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 16

setup: $(STAMP) ## make the virtual environment from the lock file

$(STAMP): requirements.lock pyproject.toml tools/find_python.sh
	@python="$$(tools/find_python.sh)" && echo "setup: using $$python" && \
	if [ -d $(VENV) ] && ! $(BIN)/python -c 'pass' 2>/dev/null; then rm -rf $(VENV); fi && \
	"$$python" -m venv $(VENV)
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: setup ## start the service with the sample registry, ask real checks, print the answers
	@$(BIN)/python tools/demo.py

serve: setup ## run the service on 127.0.0.1:50051 with the rule library and a local SQLite store
	@mkdir -p $(CACHE) && $(BIN)/creditgate-server serve --rules rules --store sqlite:///$(CACHE)/creditgate.db --listen 127.0.0.1:50051

test: setup lint ## run every check and every test
	@$(BIN)/python -m pytest

lint: setup ## ruff, mypy strict, import contracts, buf
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/buf lint && $(BIN)/buf format --diff --exit-code

bench: setup ## measure against a bare gRPC echo in the same run; writes bench/RESULTS.md
	@$(BIN)/python -m bench

proto: setup ## regenerate the stubs in client/creditgate/v1
	@$(BIN)/python tools/generate_stubs.py client

sample: setup ## regenerate the sample registry (seeded)
	@$(BIN)/python tools/make_sample.py

lock: ## resolve the lock file again
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  --extra server --group dev pyproject.toml tools/build.in -o requirements.lock

clean: ## remove what the targets made
	@rm -rf $(VENV) $(CACHE) .mypy_cache .ruff_cache .pytest_cache .hypothesis
