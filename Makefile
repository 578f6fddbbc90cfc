# Every target installs what it needs first, so that any of them works on a fresh clone.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo dev test test-slow test-crash trust-report soak bench bench-transfer check audit pins sbom clean

demo: $(READY) ## one simulated day through Dagster, from index to metrics
	@$(BIN)/recordings-pipeline demo

dev: $(READY) ## Dagster UI and daemon, watcher and, without credentials, a simulator
	@$(BIN)/recordings-pipeline dev

# Tests wait for the simulator more than they compute: two processes a core take a third less time.
TEST_PROCESSES := $(shell expr 2 \* $$(getconf _NPROCESSORS_ONLN))

test: check ## lint, types, architecture and tests
	$(BIN)/pytest -m "not slow" --numprocesses $(TEST_PROCESSES) --dist worksteal

test-slow: $(READY) ## the sweeps that take minutes
	-$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[fuzz]'
	$(BIN)/pytest -m slow

test-crash: $(READY) ## what breaks it: a fault at every call, kills, power cuts, mutants: an hour
	RECORDINGS_KILLS=$${RECORDINGS_KILLS:-1000} $(BIN)/pytest tests/crash tests/storage

trust-report: $(READY) ## what the tests of trust find, as tables: ten minutes, more by its variables
	-$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[fuzz]'
	@$(BIN)/python -m tests.trust_report

soak: $(READY) ## ten minutes of exports with faults: memory, descriptors and threads stay
	$(BIN)/python benchmarks/soak.py $(MINUTES)

bench: $(READY) ## how fast it is, next to something real
	$(BIN)/python benchmarks/simulator.py
	$(BIN)/python benchmarks/api_cost.py
	$(BIN)/python benchmarks/allowance.py
	$(BIN)/python benchmarks/index_memory.py
	$(BIN)/python benchmarks/finished_day.py
	$(BIN)/python benchmarks/sound_files.py
	$(BIN)/python benchmarks/verify.py
	$(BIN)/python benchmarks/audit.py
	$(BIN)/python benchmarks/ledger.py
	$(BIN)/python benchmarks/trust_overhead.py
	$(BIN)/python benchmarks/queries.py
	$(BIN)/python benchmarks/speech.py
	$(BIN)/python benchmarks/speech_memory.py
	$(BIN)/python benchmarks/backfill.py
	$(BIN)/python benchmarks/transfer.py
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[bench,vad]'
	$(BIN)/python benchmarks/diarization.py

bench-transfer: $(READY) ## the transfer engine, next to aria2c, curl and rclone
	$(BIN)/python benchmarks/transfer.py

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy

# Tools of their own environment: what they depend on is none of what we ship. With --strict a
# package that nobody could be asked about is a failure; without it pip-audit ends with 0 even when
# it has reached nobody.
SUPPLY := $(VENV)/supply
audit: pins $(READY) $(SUPPLY)/.ready ## what is publicly known against the pinned versions; needs PyPI's JSON API
	$(SUPPLY)/bin/pip-audit --strict --no-deps --disable-pip --requirement $(PINS)

# Of a file without pins pip-audit finds nothing either, and ends with 0.
PINS := constraints.txt
LEAST_PINS := 150
pins:
	@count=$$(grep -c == $(PINS) || true); test "0$$count" -ge $(LEAST_PINS) || { echo "$(PINS) has $$count pins, of $(LEAST_PINS) at least: nothing was audited"; exit 2; }

sbom: $(READY) $(SUPPLY)/.ready ## what is installed, with licences, as CycloneDX in build/sbom.json
	mkdir -p build
	$(SUPPLY)/bin/cyclonedx-py environment --output-reproducible --output-format JSON --output-file build/sbom.json $(BIN)/python

$(SUPPLY)/.ready: $(READY)
	$(PYTHON) -m venv $(SUPPLY)
	$(SUPPLY)/bin/pip install --quiet --disable-pip-version-check --constraint constraints.txt 'cyclonedx-bom>=7' 'pip-audit>=2.9'
	@touch $@

clean:
	rm -rf $(VENV) data/demo

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=python3.12 …"; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $(READY)
