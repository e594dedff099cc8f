# What a person does with this project; `make` alone lists it. Every target sets up what it needs
# in .venv first. Stamps in .venv make a second run go straight to work, and a run that was cut
# short go on where it stopped.

PYTHON ?= python3
BIN := .venv/bin
DONE := .venv/done
VENDOR := dashboard/static/vendor/lock.sha256
COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --no-annotate $(if $(UPGRADE),--upgrade)

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1
export UV_SYSTEM_CERTS := 1
export UV_NO_PROGRESS := 1

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help install demo test check format migration wheel lock clean distclean

# uv installs in one minute what takes pip seven; where it cannot run or fails, pip does the work,
# unless the second argument ends it. A person's own package mirror, set for pip, is used by both.
define install
mirror=$${PIP_INDEX_URL:-$$($(BIN)/python -m pip config get global.index-url 2>/dev/null)}; \
if $(BIN)/uv --version >/dev/null 2>&1; then \
	$(BIN)/uv pip install --quiet --python $(BIN)/python --build-constraints requirements-build.lock \
		$${mirror:+--default-index "$$mirror"} $(1) && exit 0; \
	$(2) echo "uv could not install it; trying pip" >&2; \
fi; \
$(BIN)/python -m pip install --quiet $(1)
endef

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1|\2/p' $(MAKEFILE_LIST) | \
		while IFS='|' read -r name text; do printf '%-16s %s\n' "$$name" "$$text"; done

install: $(DONE)/project ## set up .venv/bin/chengqing and nothing else
	@echo "Ready: .venv/bin/chengqing --help"

demo: $(DONE)/project ## run the whole chain on a fictional crisis (ARGS=--once: without a browser)
	@$(BIN)/chengqing demo $(ARGS)

test: $(DONE)/project $(DONE)/dev ## run the tests (ARGS="tests/storage -k bucket": some of them)
	@$(BIN)/python -m pytest -n auto -r fEs $(ARGS)

check: $(DONE)/project $(DONE)/dev ## formatter, linter, types, and who may import whom
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(DONE)/dev ## put the code into the house's format
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

migration: $(DONE)/project ## draft the next migration from changed tables (NAME="what changed")
	@$(BIN)/python -c 'import sys; from storage.migrate import draft; draft(sys.argv[1])' "$(NAME)"

wheel: $(DONE)/project $(DONE)/dev ## build dist/*.whl, which needs no npm to install
	@$(BIN)/python -m hatchling build -t wheel

lock: $(DONE)/uv ## resolve the locks again after a change of dependencies (UPGRADE=1: newest versions)
	@$(COMPILE) --group setup -o requirements-uv.lock
	@$(COMPILE) --group build -o requirements-build.lock
	@$(COMPILE) pyproject.toml --extra fast -o requirements.lock
	@$(COMPILE) --group dev -c requirements.lock -o requirements-dev.lock

clean: ## remove caches and builds
	@rm -rf build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +

distclean: clean ## remove also .venv and the fetched JavaScript
	@rm -rf .venv dashboard/static/vendor

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { echo \
		"Python 3.11 or newer is needed; name one: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo \
		"Python lacks venv; on Debian and Ubuntu: sudo apt install python3-venv" >&2; exit 1; }
	@echo "Setting up .venv (once)"
	@$(PYTHON) -m venv .venv || { rm -rf .venv; exit 1; }

$(DONE)/uv: requirements-uv.lock | $(BIN)/python
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip >/dev/null
	@$(BIN)/python -m pip install --quiet --only-binary :all: --require-hashes -r $< || \
		echo "uv is not to be had here; pip will do, more slowly" >&2
	@mkdir -p $(DONE) && touch $@

$(DONE)/runtime: requirements.lock requirements-build.lock $(DONE)/uv
	@echo "Installing what the product needs (about a minute, once)"
	@$(call install,--require-hashes -r $<)
	@touch $@

$(DONE)/dev: requirements-dev.lock $(DONE)/runtime
	@echo "Installing what tests and checks need"
	@$(call install,--require-hashes -r $<)
	@touch $@

# Also brings the dashboard's JavaScript, by the build hook; gone from its folder, it is fetched again.
ifeq ($(wildcard $(VENDOR)),)
.PHONY: $(DONE)/project
endif
$(DONE)/project: pyproject.toml hatch_build.py dashboard/package-lock.json $(DONE)/runtime
	@echo "Installing the project and the dashboard's JavaScript"
	@$(call install,--no-deps --force-reinstall -e .,exit 1;)
	@touch $@
