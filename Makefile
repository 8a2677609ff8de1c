# Two commands: `make demo` and `make test`. Each sets up .venv by itself, from Python 3.11+ and pip alone.
PYTHON ?= python3
VENV := .venv
STAMP := $(VENV)/.installed

.PHONY: demo test test-full check lock clean

demo: $(STAMP)
	$(VENV)/bin/nianbao demo

test: $(STAMP)
	$(VENV)/bin/python -m pytest -n 2 --dist loadfile --durations 20

# By hand, for hours: the long forms of the tests, then every battery whole, written into docs/reliability.md.
test-full: $(STAMP)
	$(VENV)/bin/python -m pytest -n 2 --dist loadfile --durations 20 --full
	$(VENV)/bin/python -m tests.batteries

check: $(STAMP)
	$(VENV)/bin/ruff check --no-cache .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy

$(STAMP): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 11) else "nianbao needs Python 3.11 or later")'
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --require-hashes -r requirements.lock
	PYTHONWARNINGS=ignore $(VENV)/bin/python -m pip install --quiet --no-deps --no-build-isolation -e .
	touch $(STAMP)

# Writes names, versions and hashes only: no index, no host, no path.
lock:
	uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes \
		--no-header --no-annotate --no-emit-index-url --no-emit-find-links -o requirements.lock

clean:
	rm -rf $(VENV) build *.egg-info nianbao-archive
