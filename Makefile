# make run · make test · make fuzz · make bench · make pictures · make lint — each sets up what it needs.
SHELL := /bin/bash
VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	command -v $$p >/dev/null && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
PACKAGES := $(shell sed 's/\#.*//' .ci/debian-packages)
export KIVY_NO_ARGS := 1
# Else each of the tests' many processes would compile all modules anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test fuzz bench pictures lint setup clean

run: setup
	$(BIN)/kiosk run

test: setup lint
	$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder

fuzz: setup
	$(BIN)/python -m tests.fuzz

bench: setup
	$(BIN)/python -m tests.benchmarks

pictures: setup
	$(BIN)/python -m kiosk.ui.pictures out/pictures

lint: setup
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m kiosk.translations check

setup: $(VENV)/.packages $(VENV)/.ready

# Installed here where that is allowed (root or sudo without a question), else the one command is said.
$(VENV)/.packages: .ci/debian-packages
	@missing=""; for p in $(PACKAGES); do dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$p"; done; \
	case "$$missing" in *nodejs*|*npm*) command -v node >/dev/null && command -v npm >/dev/null && missing="$$(echo "$$missing" | sed -E 's/\b(nodejs|npm)\b//g')";; esac; \
	missing="$$(echo $$missing)"; \
	if [ -n "$$missing" ]; then \
		if [ "$$(id -u)" = 0 ]; then apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing; \
		elif sudo -n true 2>/dev/null; then sudo apt-get update -qq && sudo DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing; \
		else echo "These Debian packages are missing. Please type:"; echo "  sudo apt-get install --no-install-recommends $$missing"; exit 1; fi; fi
	@mkdir -p $(VENV) && touch $@

$(VENV)/.ready: pyproject.toml constraints.txt $(VENV)/.packages
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q --require-hashes -r constraints.txt
	$(BIN)/python -m pip install -q --no-deps --no-build-isolation -e .
	$(BIN)/python -m kiosk.translations compile
	$(BIN)/python -m compileall -q hardware kiosk
	@touch $@

clean:
	rm -rf $(VENV) .cache out
