# Every command of artrec. `make` lists them. Each first brings .venv up to date, if it is not;
# only the environment is kept, the work itself is always done.
# Plain make 3.81 (macOS) is enough; paths below are relative, so the folder's name is free.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help setup setup-dev setup-all recommend serve data test check lint format types walls test-slow \
        test-release tune dvc viz viz-build notebook bench lock wheel clean clean-venv FORCE

export DO_NOT_TRACK := true

BIN := .venv/bin
UV := $(shell command -v uv 2>/dev/null)
PINS := pyproject.toml constraints.txt
# the folder was moved or copied: scripts in .venv still name the old place, so make it anew
MOVED := $(shell if [ -f .venv/.root ] && [ "$$(cat .venv/.root)" != "$$(pwd)" ]; then echo FORCE; fi)

# PyTorch's documented CPU line; used on Linux, where its default wheel brings gigabytes of CUDA,
# and only where no wheel folder is configured
TORCH_CPU := --extra-index-url https://download.pytorch.org/whl/cpu
ifneq ($(shell uname -s),Linux)
  TORCH_CPU :=
endif
ifdef PIP_FIND_LINKS
  TORCH_CPU :=
  UV_LINKS := --find-links "$(PIP_FIND_LINKS)"
endif

help: ## list these commands
	@grep -E '^[a-z-]+:.*## ' Makefile | sed -E 's/:[^#]*## /|/' | awk -F'|' '{printf "  make %-13s %s\n", $$1, $$2}'

# --- environment ---------------------------------------------------------------------------------

define python
	@set -e; \
	if [ -f .venv/.root ] && [ "$$(cat .venv/.root)" != "$$(pwd)" ]; then \
	  echo "the project folder was moved: making .venv anew"; rm -rf .venv; fi; \
	if [ ! -x $(BIN)/python ]; then \
	  for name in python3.13 python3.12 python3.11 python3 python; do \
	    if "$$name" -c 'import sys, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; \
	    then found=$$name; break; fi; \
	  done; \
	  if [ -n "$(UV)" ]; then "$(UV)" venv --quiet --python '>=3.11' .venv; \
	  elif [ -n "$$found" ]; then echo "making .venv with $$found"; "$$found" -m venv .venv; \
	  else echo "artrec needs Python 3.11 or newer with venv, and found none." >&2; \
	    echo "  hint: install python3.11 and its venv package (Debian: python3.11-venv), or uv" >&2; \
	    exit 1; fi; \
	fi; \
	pwd > .venv/.root
endef

# $(1): what to install, $(2): further options
define install
	@if [ -n "$(UV)" ]; then \
	  "$(UV)" pip install --python $(BIN)/python --compile-bytecode \
	    -c constraints.txt $(if $(2),$(2) --index-strategy unsafe-best-match) $(UV_LINKS) -e '$(1)'; \
	else \
	  $(BIN)/python -m pip install --disable-pip-version-check --progress-bar off --quiet \
	    --no-compile -c constraints.txt $(2) -e '$(1)'; \
	  $(BIN)/python -m compileall -q -j 0 .venv/lib >/dev/null 2>&1 || true; \
	fi
endef

.venv/.core.stamp: $(PINS) $(MOVED)
	$(python)
	@echo "installing artrec into .venv (a few minutes the first time)"
	$(call install,.)
	@touch $@

.venv/.serve.stamp: $(PINS) $(MOVED)
	$(python)
	@echo "installing artrec and what the service needs into .venv"
	$(call install,.[serve])
	@touch .venv/.core.stamp $@

.venv/.dev.stamp: $(PINS) $(MOVED)
	$(python)
	@echo "installing artrec and its development tools into .venv (a few minutes the first time)"
	$(call install,.[dev])
	@touch .venv/.core.stamp $@

.venv/.all.stamp: $(PINS) $(MOVED)
	$(python)
	@echo "installing artrec with every extra into .venv (a few minutes the first time)"
	$(call install,.[all],$(TORCH_CPU))
	@touch .venv/.core.stamp .venv/.serve.stamp .venv/.dev.stamp $@

setup: .venv/.core.stamp ## make or update .venv: what the main job needs
setup-dev: .venv/.dev.stamp ## ... and the tools to test and check
setup-all: .venv/.all.stamp ## ... and every extra (torch, gensim, mutation testing)

# --- the main job --------------------------------------------------------------------------------

recommend: .venv/.core.stamp ## raw ratings to evaluated recommendations and a published bundle
	@$(BIN)/kedro run --pipeline=recommend

serve: .venv/.serve.stamp ## the page and the API at http://127.0.0.1:8000/, from the published bundle
	@$(BIN)/artrec serve

data: .venv/.core.stamp ## fetch books, art and richer film data (200 MB), and hand them to DVC
	@$(BIN)/artrec data fetch --track

tune: .venv/.core.stamp ## choose parameters on validation, same budget for every model
	@$(BIN)/kedro run --pipelines=tune

viz: .venv/.core.stamp ## look at the pipeline in the browser, left to right
	@$(BIN)/python tools/viz_site.py --serve

viz-build: .venv/.core.stamp ## write the same as a static site into build/viz
	@$(BIN)/python tools/viz_site.py

notebook: .venv/.dev.stamp ## execute the notebooks as tests
	@$(BIN)/python -m pytest --nbmake notebooks

dvc: .venv/.core.stamp ## write dvc.yaml from the registry and the catalog
	@$(BIN)/python -m artrec.dvc_stages

bench: .venv/.dev.stamp ## measure the figures under benchmarks/
	@set -e; for script in benchmarks/*.py; do \
	  echo "== $$script"; $(BIN)/python "$$script"; done

# one process a core, four at most; who is done takes over from the others. Threads within a test
# would only wait for each other
SPREAD := OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 \
  $(BIN)/python -m pytest -n logical --maxprocesses 4 --dist worksteal

# --- tests and checks ----------------------------------------------------------------------------

test: .venv/.dev.stamp ## the tests that need minutes, not more
	@echo "left out here: slow tests (make test-slow), release tests (make test-release)"
	@$(BIN)/python -c 'import torch, gensim' 2>/dev/null || \
	  echo "left out here: tests that need torch or gensim (make setup-all)"
	@$(BIN)/python -c 'import alembic, itsdangerous, playwright, redis, schemathesis' 2>/dev/null || \
	  echo "left out here: tests of the service (make setup-all)"
	@if [ -z "$$ARTREC_MIRROR" ]; then \
	  echo "left out here: tests on larger public data (set ARTREC_MIRROR to a folder of them)"; fi
	@$(SPREAD) -m "not slow and not release"

test-slow: .venv/.dev.stamp ## the tests that need minutes each
	@$(SPREAD) -m "slow and not release" || \
	  { [ $$? -eq 5 ] && echo "there is no slow test in this checkout"; }

test-release: .venv/.all.stamp ## soaks, kills, full data, mutation
	@$(BIN)/python -m pytest -m release || { [ $$? -eq 5 ] && echo "no test is marked release"; }
	@$(BIN)/python tools/mutation.py

lint: .venv/.dev.stamp ## style and format
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

format: .venv/.dev.stamp ## put style and format right where that is safe
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

types: .venv/.dev.stamp ## types, strictly
	@$(BIN)/mypy

walls: .venv/.dev.stamp ## which package may import which
	@$(BIN)/lint-imports

check: lint types walls test ## the one ritual before a commit

# --- upkeep --------------------------------------------------------------------------------------

lock: .venv/.all.stamp ## renew constraints.txt from what resolves today
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip
	@$(BIN)/python -m pip install --dry-run --ignore-installed --quiet --report .venv/lock.json \
	  $(TORCH_CPU) -e '.[all]'
	@$(BIN)/python tools/lock.py .venv/lock.json constraints.txt
	@$(BIN)/python tools/serving_lock.py constraints.txt requirements-serving.txt
	@git --no-pager diff --stat constraints.txt requirements-serving.txt

wheel: .venv/.dev.stamp ## build a wheel into dist/
	@$(BIN)/python -m build --wheel

clean: ## remove caches and build products; .venv, data and results stay
	@rm -rf build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find src tests tools -name __pycache__ -type d -prune -exec rm -rf {} +

clean-venv: ## remove .venv
	@rm -rf .venv
