# On a machine with Python 3.11 or newer and make, every target works at once: what it needs is set up first, in $(VENV).

PYTHON ?= python3

# Where that is. Elsewhere, such as VENV=/tmp/venv, for a clone that cannot be written.
VENV ?= .venv

# Extra arguments for the target's command, as in `make test ARGS="-n 2 -k pages"`.
ARGS ?=

# Where `make update-spec` finds the new document.
FROM ?= latest

# What `make test-fast` runs: no type checkers, no forks, no bombs of compressed bytes.
FAST := tests/client tests/generated $(addprefix --ignore=tests/,client/test_body.py client/test_transport.py \
	client/test_typing.py)

BIN := $(VENV)/bin
PACKAGES := custom generated
COMPILE := $(VENV)-lock/bin/uv pip compile --quiet --no-config --no-python-downloads --system-certs \
	--universal --no-strip-extras --generate-hashes --custom-compile-command "make lock"

# Pyright asks the network for a newer release of itself unless told not to.
export PYRIGHT_PYTHON_IGNORE_WARNINGS := 1

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup run regenerate check record update-spec check-upstream test test-fast test-wheel test-spark bench docs docs-check docs-serve coverage mutate lint format typecheck lock check-locks changelog build publish clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

setup: $(VENV)/ready ## Install the locked tools and this project into .venv, once: a minute or two

run: $(VENV)/ready ## See the client at work against an embedded server
	@$(BIN)/python -m scripts.demo $(ARGS)

regenerate: $(VENV)/ready ## Render the client again from the committed slice
	@$(BIN)/python -m scripts.regenerate $(ARGS)

check: $(VENV)/ready ## Prove that generated/ is exactly what the pipeline makes
	@$(BIN)/python -m scripts.regenerate --check $(ARGS)

record: $(VENV)/ready ## Record the cassettes again, from the sandbox; with a test key in STRIPE_API_KEY, from Stripe
	@$(BIN)/python -m scripts.record $(ARGS)

update-spec: $(VENV)/ready ## Take over a new document and report on it: make update-spec FROM=<file, URL or package==version>
	@$(BIN)/python -m scripts.update_spec --from '$(FROM)' $(ARGS) || case $$? in 10 | 20) ;; *) exit 2 ;; esac

check-upstream: $(VENV)/ready ## Tell what a newer API version has, by the newest stripe package on the index
	@$(BIN)/python -m scripts.check_upstream $(ARGS) || case $$? in 10) ;; *) exit 2 ;; esac

test: $(VENV)/ready ## Run the whole test suite, and show which tests are slow
	$(BIN)/python -m pytest --durations=15 --durations-min=1 $(ARGS)

test-fast: $(VENV)/ready ## Run the quick tests of the client and the models: under a minute
	HYPOTHESIS_PROFILE=fast $(BIN)/python -m pytest -n 2 $(FAST) $(ARGS)

test-wheel: $(VENV)/ready ## Run the client's and the sandbox's tests on the built wheel, on each Python here
	@$(BIN)/python -m scripts.test_wheel $(ARGS)

test-spark: $(VENV)-spark/ready ## Run the tests of the Spark data source, which require Java 17; sets up pyspark (500 MB) once
	$(VENV)-spark/bin/python -m stripe_invoice_payments.spark
	$(VENV)-spark/bin/python -m pytest tests/spark $(ARGS)

bench: $(VENV)/ready ## Measure, and write the table into docs/adopt/benchmarks.md; ARGS=--quick only prints
	@$(BIN)/python -m scripts.benchmarks $(ARGS)

docs: $(VENV)-docs/ready ## Build the documentation as a site into build/site/html
	@$(VENV)-docs/bin/python -m scripts.site $(ARGS)

docs-check: docs ## Look at each page of that site in a browser; needs Node.js and Chromium, and says so without
	@if command -v npm >/dev/null; then \
		npm ci --prefix scripts/site/browser --silent --no-audit --no-fund --ignore-scripts && \
		node scripts/site/browser/check.mjs build/site/html build/site/screenshots; \
	else echo "No Node.js: the site was not checked in a browser."; fi

docs-serve: $(VENV)-docs/ready ## Show that site at http://127.0.0.1:8000 while you write
	@$(VENV)-docs/bin/python -m scripts.site --serve $(ARGS)

coverage: $(VENV)/ready ## Run the test suite and show which lines it does not reach
	$(BIN)/python -m pytest --cov $(ARGS)

mutate: $(VENV)-mutate/ready ## Change the client in small ways and see whether a test notices; takes half an hour
	@$(VENV)-mutate/bin/python -m scripts.mutate $(ARGS)

lint: $(VENV)/ready ## Check style and formatting
	$(BIN)/ruff check $(ARGS)
	$(BIN)/ruff format --check
	$(BIN)/lint-imports --no-cache

format: $(VENV)/ready ## Repair style and formatting where that is safe
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

typecheck: $(VENV)/ready ## Check the types with mypy and pyright
	$(BIN)/mypy
	$(BIN)/mypy --python-version 3.10 $(PACKAGES)
	$(BIN)/pyright --project pyproject.toml --pythonpath $(BIN)/python

lock: $(VENV)-lock/ready ## Write requirements/*.txt again; ARGS=--upgrade takes newer releases
	$(COMPILE) --python-version 3.11 --group lock -o requirements/lock.txt $(ARGS)
	$(COMPILE) --python-version 3.10 pyproject.toml --extra sandbox --group test -o requirements/test.txt $(ARGS)
	$(COMPILE) --python-version 3.10 pyproject.toml --extra sandbox -c requirements/test.txt \
		-o requirements/runtime.txt $(ARGS)
	$(COMPILE) --python-version 3.11 pyproject.toml --extra sandbox --group dev -c requirements/test.txt \
		-o requirements/dev.txt $(ARGS)
	$(COMPILE) --python-version 3.11 pyproject.toml --extra sandbox --group mutate -c requirements/dev.txt \
		-o requirements/mutate.txt $(ARGS)
	$(COMPILE) --python-version 3.11 --group docs -o requirements/docs.txt $(ARGS)
	$(COMPILE) --python-version 3.11 pyproject.toml --extra sandbox --group spark -c requirements/test.txt \
		-o requirements/spark.txt $(ARGS)
	$(COMPILE) --python-version 3.10 --group pip-oldest -o requirements/pip-oldest.txt $(ARGS)
	$(COMPILE) --python-version 3.10 --group pip-newest -o requirements/pip-newest.txt $(ARGS)

check-locks: $(VENV)/ready ## Resolve requirements/*.txt with the oldest and newest pip; ARGS=--index against the real index
	@$(BIN)/python -m scripts.check_locks $(ARGS)

changelog: $(VENV)/ready ## Turn the news in changes/ into this version's entry; ARGS=--draft only prints it
	@$(BIN)/towncrier build --yes $(ARGS)

build: $(VENV)/ready ## Build the wheel and the sdist into dist/
	@$(BIN)/python -m scripts.build

publish: $(VENV)/ready ## Check, build and upload this version: make publish INDEX=<name or url>
	@$(BIN)/python -m scripts.publish '$(INDEX)'

clean: ## Remove .venv and everything else that the tools wrote
	rm -rf $(VENV) $(VENV)-docs $(VENV)-lock $(VENV)-mutate $(VENV)-spark .cache build dist htmlcov .coverage .coverage.* .hypothesis .*_cache
	find . \( -name __pycache__ -o -name .ruff_cache \) -type d -prune -exec rm -rf {} +

# --- What the targets above stand on ---

SET_UP := @command -v $(PYTHON) >/dev/null || { \
	echo "error: no $(PYTHON) found; install Python 3.11 or newer, or name one: make PYTHON=python3.12" >&2; exit 2; }; \
	$(PYTHON) scripts/set_up.py

$(VENV)/ready: requirements/dev.txt pyproject.toml custom/stripe_invoice_payments/_version.py scripts/set_up.py
	$(SET_UP) '$(VENV)' requirements/dev.txt --project

$(VENV)-mutate/ready: requirements/mutate.txt scripts/set_up.py
	$(SET_UP) '$(VENV)-mutate' requirements/mutate.txt

$(VENV)-docs/ready: requirements/docs.txt scripts/set_up.py
	$(SET_UP) '$(VENV)-docs' requirements/docs.txt

$(VENV)-spark/ready: requirements/spark.txt pyproject.toml scripts/set_up.py
	$(SET_UP) '$(VENV)-spark' requirements/spark.txt --project

$(VENV)-lock/ready: requirements/lock.txt scripts/set_up.py
	$(SET_UP) '$(VENV)-lock' requirements/lock.txt
