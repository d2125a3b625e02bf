# `make build` grows the posts, `make test` proves it; both make .venv first, from the lock with its hashes.
PYTHON ?= python3
CORES ?= 2
BIN := .venv/bin

.DELETE_ON_ERROR:
.PHONY: build site ledger map test test-all lint reproduce install lock manifest clean

build: .venv/installed
	$(BIN)/snakemake --cores $(CORES)

site: .venv/installed
	$(BIN)/snakemake --cores $(CORES) site

# No verdict fell since the committed ones; `proofweave ledger --accept` takes in what did.
ledger: build
	$(BIN)/proofweave ledger --check

test: .venv/installed lint
	$(BIN)/pytest -n $(CORES)

# The slow tests too: other seeds, planted errors, whole builds, killed runs.
test-all: .venv/installed lint
	$(BIN)/pytest -n $(CORES) -m ""

lint: .venv/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/snakefmt --check Snakefile rules
	$(BIN)/snakemake --lint

reproduce: .venv/installed
	$(BIN)/proofweave reproduce

install: .venv/installed

.venv/installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "proofweave needs Python 3.11 or newer; name one: make PYTHON=python3.12" >&2; exit 2; }
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

# docs/map.md shows the rooms of the code as they are.
map:
	$(PYTHON) docs/draw_map.py

# The lock is made by hand, with uv, for every platform: it names each package's hashes.
lock:
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --custom-compile-command "make lock" requirements.in -o requirements.lock

# Accept what is built as what every machine has to build.
manifest: build
	$(BIN)/proofweave manifest --lock

clean:
	rm -rf build .snakemake .proofweave
