# Two commands: `make demo` and `make test`. Everything else is in `make help`.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

VENV ?= .venv
export PYTHON
unexport PYTHONDONTWRITEBYTECODE # a program that keeps its bytecode starts in half the time, and tests start hundreds
BIN := $(VENV)/bin
MADE := $(VENV)/.made
SERVER := $(VENV)/.server
DEV := $(VENV)/.dev
CACHE ?= var
STORE := sqlite:///$(CACHE)/creditgate.db
PIP := $(BIN)/python -m pip install -qq --disable-pip-version-check
UV := $(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps $(if $(PIP_INDEX_URL),--default-index $(PIP_INDEX_URL))
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
  --extra server pyproject.toml tools/build.in

T ?=
JOBS ?= 4 # on two cores: tests wait for processes that they start
TOGETHER := -n $(JOBS) --dist loadfile --no-loadscope-reorder
SEED ?=

.PHONY: help setup demo serve quick test soak lint bench proto lock sample clean

help: ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 16

setup: $(DEV) ## make the virtual environment with all that development needs, from requirements/dev.lock

$(MADE): tools/find_python.sh
	@python="$$(tools/find_python.sh)" && echo "setup: using $$python" && \
	if [ -d $(VENV) ] && ! $(BIN)/python -c 'pass' 2>/dev/null; then rm -rf $(VENV); fi && \
	"$$python" -m venv $(VENV)
	@touch $@

$(SERVER): $(MADE) requirements/server.lock pyproject.toml
	@$(call install,requirements/server.lock)
	@touch $@

$(DEV): $(MADE) requirements/dev.lock pyproject.toml # has all of server.lock, too
	@$(call install,requirements/dev.lock)
	@touch $(SERVER) $@

# By uv, which takes a fifth of pip's time; by pip where uv finds no index, since it knows none of pip's settings: what pip then says is what counts.
define install
uv="$$(mktemp)"; trap 'rm -f "$$uv"' EXIT; sed -n '/^uv==/,/[^\\]$$/p' requirements/dev.lock > "$$uv"; \
{ $(PIP) --no-compile --require-hashes -r "$$uv" && $(UV) --require-hashes -r $(1) 2> /dev/null; } || $(PIP) --require-hashes -r $(1); \
$(UV) --no-build-isolation -e . 2> /dev/null || $(PIP) --no-deps --no-build-isolation -e .
endef

demo: $(SERVER) ## start the service with the sample registry, ask real checks, print the answers
	@$(BIN)/python tools/demo.py

serve: $(SERVER) ## run the service on 127.0.0.1:50051 with the rule library and a local SQLite store
	@mkdir -p $(CACHE) && $(BIN)/creditgate-server serve --rules rules --store $(STORE) --listen 127.0.0.1:50051

quick: $(DEV) ## run the tests that start no process: under two minutes
	@$(BIN)/python -m pytest --lane quick $(TOGETHER)

test: $(DEV) $(if $(T),,lint) ## run every check and every test; T=tests/…/test_x.py runs that file alone
	@$(BIN)/python -m pytest $(if $(T),$(T),$(TOGETHER))

soak: $(DEV) ## run the long campaigns with a new seed, which is printed; SEED=… repeats one, T=… takes one file
	@$(BIN)/python -m pytest --lane soak $(if $(SEED),--seed $(SEED)) $(T)

lint: $(DEV) ## ruff, mypy strict, import contracts, buf
	@said="$$(mktemp)"; trap 'rm -f "$$said"' EXIT; status=0; \
	$(BIN)/mypy --num-workers 2 > "$$said" 2>&1 & mypy=$$!; \
	{ $(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/lint-imports --no-cache && \
	$(BIN)/buf lint && $(BIN)/buf format --diff --exit-code; } || status=$$?; \
	wait $$mypy || status=$$?; cat "$$said"; exit $$status

bench: $(DEV) ## measure against a bare gRPC echo in the same run; writes bench/RESULTS.md
	@$(BIN)/python -m bench

proto: $(DEV) ## regenerate the stubs in client/creditgate/v1, and what is made of them, of calls/ and of the service's titles
	@$(BIN)/python tools/generate_stubs.py client
	@$(BIN)/python tools/generate_values.py && $(BIN)/python tools/generate_sync.py && $(BIN)/python tools/generate_titles.py

sample: $(DEV) ## regenerate the sample registry (seeded)
	@$(BIN)/python tools/make_sample.py

lock: $(DEV) ## resolve the lock files again: what the service needs, and what development needs besides
	@$(LOCK) -o requirements/server.lock
	@$(LOCK) --group dev --constraint requirements/server.lock -o requirements/dev.lock

clean: ## remove what the targets made
	@rm -rf $(VENV) $(CACHE) .mypy_cache .ruff_cache .pytest_cache .hypothesis
