# Two commands: `make demo` and `make test`. Each sets up .venv by itself, from Python 3.11+ and pip alone.
PYTHON ?= python3
VENV := .venv
RUNS := $(VENV)/.running
STAMP := $(VENV)/.installed
NATIVE := $(VENV)/.compiled
TOOLS ?= build/tools

.PHONY: demo test test-full check docs bench bench-check audit release lock clean

# With what nianbao needs to run, and nothing else.
demo: $(NATIVE)
	$(VENV)/bin/nianbao demo

test: $(STAMP)
	$(VENV)/bin/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder --durations 20

# By hand, for hours: the long forms of the tests, then every battery whole, written into docs/reliability.md.
test-full: $(STAMP)
	$(VENV)/bin/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder --durations 20 --full
	$(VENV)/bin/python -m tests.batteries

check: $(STAMP)
	$(VENV)/bin/ruff check --no-cache .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy

# The reference from the code, then the site: build/docs. It asks nobody for anything.
docs: $(STAMP)
	$(VENV)/bin/python -m docs.writing
	$(VENV)/bin/python -m sphinx -W --keep-going -b html docs build/docs

# By hand: every row against its reference, into docs/performance.md; and whether any has become worse since.
bench: $(STAMP)
	$(VENV)/bin/python -m benchmarks --write
bench-check: $(STAMP)
	$(VENV)/bin/python -m benchmarks --check

# Not part of CI: it asks PyPI what is known of the versions in the lock, and without an answer says so and fails.
audit: $(TOOLS)/audit/.installed
	@mkdir -p build && rm -f build/audit.json
	@$(TOOLS)/audit/bin/pip-audit --strict --require-hashes --disable-pip --progress-spinner off \
		-r requirements.lock --format json --output build/audit.json; code=$$?; \
		test -s build/audit.json || { echo "not audited: no answer from the advisory service" >&2; exit 2; }; \
		test $$code = 0 && echo "audited: nothing is known against any version in requirements.lock"

# The last commit → dist/: sdist, wheel, documentation, SBOM; built twice, and tried where nothing else is installed.
release: $(TOOLS)/release/.installed
	$(TOOLS)/release/bin/python .ci/release.py dist

# Programs that judge and pack, in environments of their own.
$(TOOLS)/%/.installed: tests/tools/%.lock
	$(PYTHON) -m venv $(@D)
	$(@D)/bin/python -m pip install --quiet --require-hashes -r $<
	touch $@

$(RUNS): runtime.lock tests/tools/build.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 11) else "nianbao needs Python 3.11 or later")'
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --require-hashes -r runtime.lock -r tests/tools/build.lock
	PYTHONWARNINGS=ignore $(VENV)/bin/python -m pip install --quiet --no-deps --no-build-isolation -e .
	touch $(RUNS)

# What all characters of a PDF go through, in C; without a compiler Python does it, and the line says so.
$(NATIVE): $(RUNS) $(wildcard parsers/pdf/native/*.c parsers/pdf/native/*.h)
	@$(VENV)/bin/python -m parsers.pdf.native || test $$? = 4
	@touch $(NATIVE)

$(STAMP): requirements.lock $(NATIVE)
	$(VENV)/bin/python -m pip install --quiet --require-hashes -r requirements.lock
	touch $(STAMP)

# Writes names, versions and hashes only: no index, no host, no path. runtime.lock: what runs, of requirements.lock;
# full.lock: the same with the extras of the full image.
LOCK := uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	--no-emit-index-url --no-emit-find-links
lock:
	$(LOCK) pyproject.toml --group dev -o requirements.lock
	$(LOCK) pyproject.toml -c requirements.lock -o runtime.lock
	$(LOCK) pyproject.toml --extra browser --extra ocr -c requirements.lock -o full.lock
	$(LOCK) --group build -c requirements.lock -o tests/tools/build.lock
	$(LOCK) --group release -c requirements.lock -o tests/tools/release.lock
	$(LOCK) --group audit -o tests/tools/audit.lock

clean:
	rm -rf $(VENV) build dist *.egg-info nianbao-archive parsers/pdf/native/compiled.*
