# The only task runner. `make help` lists the targets.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help setup claude checkov kubernetes demo up test check bench bench-peers golden bindings mutants crash storm models-faults models-load migrate fmt lock

BIN := .venv/bin
PORT ?= 8000
DATA_DIR ?= .data
OUT ?= out
TESTS ?= tests
REQUEST ?= examples/churn-scores.md
# Taken as typed, so that a dollar sign in a request stays one.
override export PROMPT := $(value PROMPT)
override export REQUEST := $(value REQUEST)
export OUT

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' Makefile

setup:  ## make .venv and install the locked dependencies (quick when nothing changed)
	@sh scripts/setup

claude: setup  ## add the code model's own program, 360 MB (optional)
	@$(BIN)/uv --system-certs pip install --quiet --python $(BIN)/python --require-hashes -r requirements/claude.lock

checkov: setup  ## add Checkov's rules to the checks, in an environment of its own (optional)
	@sh scripts/setup-checkov

kubernetes: setup  ## add the schemas of Kubernetes to the checks, 110 MB (optional)
	@$(BIN)/uv --system-certs pip install --quiet --python $(BIN)/python --require-hashes -r requirements/kubernetes.lock

demo: setup  ## one request to a validated repository: REQUEST=path or PROMPT="..."
	@sh scripts/demo

up: setup  ## the whole platform on http://127.0.0.1:8000 (PORT=), Ctrl-C ends it
	@exec $(BIN)/decisionworks up --port $(PORT) --data-dir $(DATA_DIR)

test: setup  ## the test suite, on DATABASE_URL, a container or the embedded PostgreSQL (TESTS=path)
	@$(BIN)/python -m pytest -n 2 --dist worksteal $(TESTS) $(ARGS)

check: setup  ## formatting, lint, types, import contracts
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy libs api worker
	@$(BIN)/lint-imports

bench: setup  ## measures the main job, then the engine beside its peers (ARGS=, PEERS=--quick)
	@$(BIN)/python -m benchmarks $(ARGS)
	@sh scripts/setup-peers
	@$(BIN)/python -m benchmarks.peers $(PEERS)

bench-peers: setup  ## the engine beside its peers alone (benchmarks/peers/README.md)
	@sh scripts/setup-peers
	@$(BIN)/python -m benchmarks.peers $(PEERS)

golden: setup  ## renders and checks every whole plan, a third of them in full (ARGS="--third 1", ARGS=--update)
	@$(BIN)/python -m tests.golden $(ARGS)

bindings: setup  ## every generated block and reference beside HashiCorp's own bindings of the AWS provider (59 MB)
	@$(BIN)/python -m pip download --quiet --no-deps --require-hashes -r requirements/bindings.lock -d .data/bindings
	@$(BIN)/python -m tests.golden.compare_terraform .data/bindings/*.whl $(ARGS)

mutants: setup  ## breaks every Terraform module, line by line: does its own test fail? (ARGS="--most 8 bucket")
	@$(BIN)/python -m tests.golden.break_modules $(ARGS)

crash: setup  ## a kill at every statement and outside call of whole runs, resumably (SHARD=i/n JOBS=2 ONLY=text)
	@$(BIN)/python -m tests.crash --shard $(or $(SHARD),1/1) --jobs $(or $(JOBS),2) --only "$(ONLY)"

storm: setup  ## random kills or PostgreSQL restarts under load: KILLS=100, RESTARTS=50
	@$(BIN)/python -m tests.crash.storm --kills $(or $(KILLS),0) --restarts $(or $(RESTARTS),0)

models-faults: setup  ## every fault of every model vendor, what became of it and what it took, as a table
	@$(BIN)/python -m tests.contracts.models

models-load: setup  ## parallel runs against a fake vendor that allows RATE=5 requests a second: RUNS=50
	@$(BIN)/python -m tests.load.models --runs $(or $(RUNS),50) --rate $(or $(RATE),5)

migrate: setup  ## bring the schema of DATABASE_URL up to date
	@$(BIN)/decisionworks migrate

fmt: setup  ## format and apply the safe fixes
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format --quiet .

lock: setup  ## compile requirements/*.lock again after a change of dependencies
	@sh scripts/lock
