PYTHON ?= python3.11
VENV := .venv
SETUP := $(VENV)/.setup-done

.PHONY: setup sandbox demo test chaos lint bench lock

setup: $(SETUP)

$(SETUP): pyproject.toml requirements-dev.lock
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(VENV)/bin/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

sandbox: setup
	$(VENV)/bin/amends sandbox start

demo: setup
	$(VENV)/bin/amends demo

test: setup
	$(VENV)/bin/pytest -n 2

# SEED, COMPLAINTS and DATABASE (sqlite or postgresql) may be given; without, 500 on each of the two.
chaos: setup
	PYTHONPATH=tests $(VENV)/bin/python -m chaos $(if $(SEED),--seed $(SEED)) $(if $(COMPLAINTS),--complaints $(COMPLAINTS)) $(if $(DATABASE),--database $(DATABASE))

lint: setup
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

# SUBJECTS may be given (drain, steady, …); the libraries it is measured against are installed first.
bench: setup
	$(VENV)/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bench.lock
	PYTHONPATH=tests $(VENV)/bin/python -m bench $(SUBJECTS)

# Needs the uv command; run it after changing the dependencies in pyproject.toml.
lock:
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --upgrade -o requirements.lock
	uv pip compile pyproject.toml --extra dev -c requirements.lock --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --upgrade -o requirements-dev.lock
	uv pip compile pyproject.toml --extra bench -c requirements-dev.lock --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --upgrade -o requirements-bench.lock
