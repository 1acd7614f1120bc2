# On a machine with Python 3.11 or newer and make, every target works at once: what it needs is set up first, in .venv.

PYTHON ?= python3

# Extra arguments for the target's command, as in `make test ARGS="-n 2 -k pages"`.
ARGS ?=

# Where `make update-spec` finds the new document.
FROM ?= latest

BIN := .venv/bin
PIP_INSTALL := -m pip install --disable-pip-version-check --no-input -qq
PACKAGES := custom generated
COMPILE := .venv-lock/bin/uv pip compile --quiet --no-config --no-python-downloads --system-certs \
	--universal --no-strip-extras --generate-hashes --custom-compile-command "make lock"

# Pyright asks the network for a newer release of itself unless told not to.
export PYRIGHT_PYTHON_IGNORE_WARNINGS := 1

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup run regenerate check record test bench test-wheel coverage mutate lint format typecheck lock build publish clean python

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: .venv/ready ## Install the pinned tools and this project into .venv; costs nothing when up to date

run: .venv/ready ## See the client at work against an embedded server
	@$(BIN)/python -m scripts.demo $(ARGS)

regenerate: .venv/ready ## Render the client again from the committed slice
	@$(BIN)/python -m scripts.regenerate $(ARGS)

check: .venv/ready ## Prove that generated/ is exactly what the pipeline makes
	@$(BIN)/python -m scripts.regenerate --check $(ARGS)

record: .venv/ready ## Record the cassettes again, from the sandbox; with a test key in STRIPE_API_KEY, from Stripe
	@$(BIN)/python -m scripts.record $(ARGS)

update-spec: .venv/ready ## Take over a new document and report on it: make update-spec FROM=<file, URL or package==version>
	@$(BIN)/python -m scripts.update_spec --from '$(FROM)' $(ARGS) || case $$? in 10 | 20) ;; *) exit 2 ;; esac

test: .venv/ready ## Run the whole test suite
	$(BIN)/python -m pytest $(ARGS)

test-wheel: .venv/ready ## Run the client's and the sandbox's tests on the built wheel, on each Python here
	@$(BIN)/python -m scripts.test_wheel $(ARGS)

bench: .venv/ready ## Measure, and write the table into docs/benchmarks.md; ARGS=--quick only prints
	@$(BIN)/python -m scripts.benchmarks $(ARGS)

coverage: .venv/ready ## Run the test suite and show which lines it does not reach
	$(BIN)/python -m pytest --cov $(ARGS)

mutate: .venv-mutate/ready ## Change the client in small ways and see whether a test notices; takes half an hour
	@.venv-mutate/bin/python -m scripts.mutate $(ARGS)

lint: .venv/ready ## Check style and formatting
	$(BIN)/ruff check $(ARGS)
	$(BIN)/ruff format --check

format: .venv/ready ## Repair style and formatting where that is safe
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

typecheck: .venv/ready ## Check the types with mypy and pyright
	$(BIN)/mypy
	$(BIN)/mypy --python-version 3.10 $(PACKAGES)
	$(BIN)/pyright --project pyproject.toml

lock: .venv-lock/ready ## Write requirements/*.txt again; ARGS=--upgrade takes newer releases
	$(COMPILE) --python-version 3.11 --group lock -o requirements/lock.txt $(ARGS)
	$(COMPILE) --python-version 3.10 pyproject.toml --extra sandbox --group test -o requirements/test.txt $(ARGS)
	$(COMPILE) --python-version 3.10 pyproject.toml --extra sandbox -c requirements/test.txt \
		-o requirements/runtime.txt $(ARGS)
	$(COMPILE) --python-version 3.11 pyproject.toml --extra sandbox --group dev -c requirements/test.txt \
		-o requirements/dev.txt $(ARGS)
	$(COMPILE) --python-version 3.11 pyproject.toml --extra sandbox --group mutate -c requirements/dev.txt \
		-o requirements/mutate.txt $(ARGS)

build: .venv/ready ## Build the wheel and the sdist into dist/
	@$(BIN)/python -m scripts.build

publish: .venv/ready ## Check, build and upload this version: make publish INDEX=<name or url>
	@$(BIN)/python -m scripts.publish '$(INDEX)'

clean: ## Remove .venv and everything else that the tools wrote
	rm -rf .venv .venv-lock .venv-mutate .cache build dist htmlcov .coverage .coverage.* .hypothesis .*_cache
	find . \( -name __pycache__ -o -name .ruff_cache \) -type d -prune -exec rm -rf {} +

# --- What the targets above stand on ---

python:
	@command -v $(PYTHON) >/dev/null || \
		{ echo "error: no $(PYTHON) found; install Python 3.11 or newer, or name one: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "error: $(PYTHON) is older than Python 3.11; install a newer one, or name one: make PYTHON=python3.12" >&2; exit 1; }

# The tools: made from nothing whenever the lock changes, so that .venv holds what the lock says and no more.
.venv/tools: requirements/dev.txt | python
	@echo "Installing the pinned tools into .venv (once, about a minute) ..."
	@$(PYTHON) -m venv --clear .venv
	@$(BIN)/python $(PIP_INSTALL) --require-hashes -r requirements/dev.txt
	@touch $@

# The project itself, editable.
.venv/ready: .venv/tools pyproject.toml custom/stripe_invoice_payments/_version.py
	@$(BIN)/python $(PIP_INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

.venv-mutate/ready: requirements/mutate.txt | python
	@$(PYTHON) -m venv --clear .venv-mutate
	@.venv-mutate/bin/python $(PIP_INSTALL) --require-hashes -r requirements/mutate.txt
	@touch $@

.venv-lock/ready: requirements/lock.txt | python
	@$(PYTHON) -m venv --clear .venv-lock
	@.venv-lock/bin/python $(PIP_INSTALL) --require-hashes -r requirements/lock.txt
	@touch $@
