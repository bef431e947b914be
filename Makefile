# Everything runs in .venv, which is made from the lock files when it is first needed.
# Only Python 3.11 (or later) and make have to be there.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
WORKERS ?= 2
export PYTHONUTF8 = 1
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help demo test long lint bench year pictures lock clean

help:
	@echo "make demo      solve the demo park, draw its flow map, write its report"
	@echo "make test      check the style and the types, run all tests"
	@echo "make long      laws on many random parks, 500 of them by three solvers"
	@echo "make lint      style and types only"
	@echo "make bench     side-by-side runs against other tools"
	@echo "make year      design beside exact on 672, 2184 and 8760 hours of Anqing; hours"
	@echo "make pictures  the pictures of the README"
	@echo "make lock      renew the lock files"

.venv/bin/python:
	$(PYTHON) -m venv .venv

# The package itself comes last and alone: all it needs has been installed with hashes.
.venv/.runtime: requirements.lock pyproject.toml | .venv/bin/python
	$(PIP) install --quiet --require-hashes --requirement requirements.lock
	$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.dev: requirements-dev.lock .venv/.runtime
	$(PIP) install --quiet --require-hashes --requirement requirements-dev.lock
	@touch $@

demo: .venv/.runtime
	@$(BIN)/circularpark solve anqing-hightech --out output/anqing-hightech
	@$(BIN)/circularpark map anqing-hightech --out output/anqing-hightech/flowmap.html
	@$(BIN)/circularpark report anqing-hightech --out output/anqing-hightech

# What measures wall time belongs to `bench`, what takes minutes to `long`.
test: lint
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile -m "not speed and not long"

long: .venv/.dev
	$(BIN)/python -m pytest -m long -n $(WORKERS)

lint: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# The other tools bring 40 packages that nothing else needs: they have an environment of their own.
.venv-bench/.done: requirements-bench.lock pyproject.toml
	$(PYTHON) -m venv .venv-bench
	.venv-bench/bin/python -m pip --disable-pip-version-check install --quiet \
		--require-hashes --requirement requirements-bench.lock
	.venv-bench/bin/python -m pip --disable-pip-version-check install --quiet \
		--no-deps --no-build-isolation --editable .
	@touch $@

bench: .venv-bench/.done
	.venv-bench/bin/python -m benchmarks
	.venv-bench/bin/python -m benchmarks.heat
	.venv-bench/bin/python -m benchmarks.report
	.venv-bench/bin/python -m benchmarks.choices 10 20 60
	.venv-bench/bin/python -m benchmarks.maps
	.venv-bench/bin/python -m pytest -m speed

# Each run may take an hour of the processor; what takes longer is ended, and the table says so.
year: .venv/.dev
	$(BIN)/python -m benchmarks.anqing_design --hours 672,2184,8760

pictures: .venv/.dev
	$(BIN)/python docs/make_pictures.py

# A later lock never changes what an older checkout installs: hashes, and no index address.
COMPILE := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --no-annotate
lock:
	$(COMPILE) pyproject.toml requirements-build.in --output-file requirements.lock
	$(COMPILE) pyproject.toml requirements-build.in --extra dev \
		--constraint requirements.lock --output-file requirements-dev.lock
	$(COMPILE) pyproject.toml requirements-build.in --extra dev --extra bench \
		--constraint requirements-dev.lock --output-file requirements-bench.lock

clean:
	rm -rf .venv .venv-bench output build dist
