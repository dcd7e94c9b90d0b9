# Two commands: `make data` builds a release from data/raw, `make test` proves the program.
# Both set everything up first. Python 3.11 or newer and make are all they need.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Nothing here calls home.
export GX_ANALYTICS_ENABLED := false
export DAGSTER_DISABLE_TELEMETRY := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help setup data nightly test lint docs facsimiles lock ui clean

help: ## Show what can be done
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: $(VENV)/.installed ## Make .venv with the locked packages and the yusuan command

$(VENV)/.installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(f"Python 3.11 or newer is needed, {sys.executable} is {v.major}.{v.minor}; say make PYTHON=python3.12" if v < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --no-deps --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	touch $@

data: setup ## Build a release from data/raw into data/curated
	$(BIN)/yusuan build --strict

nightly: setup ## Run a night as operations.yml orders it
	$(BIN)/yusuan nightly

test: setup lint ## Pass every check and test
	$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder

lint: setup ## Style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

docs: setup ## Write the generated pages of docs again
	$(BIN)/python -m pipeline.docs

facsimiles: setup ## Typeset the facsimiles in data/raw again
	$(BIN)/python -m tests.facsimile --out data/raw

ui: setup ## Show the asset graph at http://localhost:3000
	mkdir -p .dagster
	cp assets/instance.yaml .dagster/dagster.yaml
	DAGSTER_HOME=$(CURDIR)/.dagster $(BIN)/dagster dev -w workspace.yaml

lock: setup ## Resolve the dependencies again (needs uv)
	uv pip compile --universal --generate-hashes --python-version 3.11 --group dev --extra cluster pyproject.toml \
	  --no-emit-index-url --no-emit-find-links --no-annotate --no-header --quiet --upgrade -o requirements.lock

clean: ## Remove the environment and everything that builds made
	rm -rf $(VENV) .dagster data/curated/releases data/curated/latest data/curated/staging data/curated/work \
	  data/curated/nights data/curated/register.sqlite*
