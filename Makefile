# Every target works from a fresh clone: `setup` makes .venv once (and again when the pins change), the rest run in it.
.DEFAULT_GOAL := help
SHELL := bash
PYTHON := .venv/bin/python
export SAM_CLI_TELEMETRY := 0
READY := .venv/.ready

.PHONY: help setup build up console down demo test lint clients test-clients test-browser docs chaos emulator-limits pins

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(READY) ## Make .venv with Python 3.13 and every pinned package, and build the console's page
	@$(PYTHON) -m local.console

$(READY): requirements-dev.txt local/setup.sh
	@bash local/setup.sh
	@touch $@

build: setup ## Build what `sam deploy` uploads: the console's page, then functions and layers, compiled
	PATH="$(CURDIR)/.venv/bin:$$PATH" .venv/bin/sam build $(if $(ARCHITECTURE),--parameter-overrides Architecture=$(ARCHITECTURE))
	@$(PYTHON) -m local.bytecode

up: $(READY) ## Start the embedded stack, write .local/stack.json and print links to open in a browser
	@$(PYTHON) -m local.stack up

console: $(READY) ## Print new links to the running stack: the console signed in, a connect page, the org
	@$(PYTHON) -m local.stack links

down: $(READY) ## Stop the embedded stack and remove what it left
	@$(PYTHON) -m local.stack down

demo: $(READY) ## Run the main job from start to end on a stack of its own
	@$(PYTHON) -m local.demo

test: $(READY) ## Run the unit, integration and stack tests
	$(PYTHON) -m pytest --numprocesses 2 --dist loadgroup

lint: $(READY) ## Check style, types, import contracts and the template
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	$(PYTHON) -m local.console --check
	AWS_DEFAULT_REGION=us-east-1 .venv/bin/sam validate --lint
	bash local/checkov.sh

clients: $(READY) ## Generate the models and routes of the client packages from docs/ again
	@$(PYTHON) -m clients.generate

test-clients: $(READY) ## Drive the running API, queues and org with independent AWS and Salesforce clients
	$(PYTHON) -m tests.clients.run

test-browser: $(READY) ## Walk the pages and the console in a headless browser
	$(PYTHON) -m tests.browser.run
	$(PYTHON) -m tests.browser.examples

docs: $(READY) ## Build the documentation site into .local/site/html; a broken link fails
	@$(PYTHON) -m local.site

chaos: $(READY) ## Kill, delay and break the parts while changes flow, and count what is lost or doubled
	$(PYTHON) -m tests.chaos.run

emulator-limits: $(READY) ## Run the demo, the chaos campaign and a large import with AWS's limits: KILLS, CHANGES, ROWS, LIMITS
	$(PYTHON) -m tests.chaos.limits --kills $(or $(KILLS),20) --changes $(or $(CHANGES),20000) --rows $(or $(ROWS),100000) --limits $(or $(LIMITS),all)

pins: $(READY) ## Resolve requirements*.in again into pinned files with hashes
	.venv/bin/uv pip compile --quiet --universal --python-version 3.13 --generate-hashes --no-header --no-annotate \
	  --upgrade requirements-dev.in --output-file requirements-dev.txt
	.venv/bin/uv pip compile --quiet --universal --python-version 3.13 --generate-hashes \
	  --no-header --no-annotate requirements.in --constraint requirements-dev.txt \
	  --output-file layers/dependencies/requirements.txt
	.venv/bin/uv pip compile --quiet --universal --python-version 3.13 --generate-hashes --no-header --no-annotate \
	  requirements-checkov.in --output-file requirements-checkov.txt
