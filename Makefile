# make run | test | check | bench; everything else is inside these.
PYTHON ?= $(shell for p in python3 python3.11 python3.12 python3.13 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
export DINGFEN_HOME ?= $(CURDIR)/.home
export PYTHONPATH := $(CURDIR)/src:$(CURDIR)

.PHONY: run test check bench wheel assets messages clean
run: $(VENV)/.run assets messages
	@$(BIN)/dingfen serve --demo

test: $(VENV)/.dev assets messages
	$(BIN)/python scripts/test.py

check: $(VENV)/.dev assets messages
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python scripts/messages.py check
	$(BIN)/python manage.py makemigrations --check --dry-run
	DINGFEN_HTTPS=1 $(BIN)/python manage.py check --deploy --fail-level WARNING
	$(BIN)/python scripts/house.py

# The real files are read only where DATA names them: make bench DATA=../shared/data
bench: $(VENV)/.dev assets messages
	DATA=$(DATA) $(BIN)/python -m benchmarks.run $(BENCH)

wheel: $(VENV)/.run assets messages
	$(BIN)/python -m hatchling build -t wheel

$(VENV)/.venv:
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.run: $(VENV)/.venv requirements/run.txt pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

assets: $(VENV)/.run
	@$(BIN)/python scripts/assets.py

messages: $(VENV)/.run
	@$(BIN)/python scripts/messages.py compile

clean:
	rm -rf $(VENV) build dist .home frontend/node_modules src/dingfen/web/static/vendor
