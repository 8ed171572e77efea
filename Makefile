# Two commands: `make demo` and `make test`. Each sets up what it needs first.
SHELL := /bin/bash
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8420
SHARED ?= $(or $(NEWSREEL_SHARED),../shared)

.PHONY: help install demo serve test lint torture evaluate bench soak image train constraints clean

help:  ## what there is
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

install: $(VENV)/.installed  ## make .venv with the `newsreel` command in it

# torch first and by its exact version: any other order may bring another build of it.
$(VENV)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "torch==2.13.0"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[bench,build,evaluate,openvino,otel,redis,tensorflow,test]"
	touch $@

demo: install  ## build the models and the sample archive, search it, say what to open
	$(BIN)/newsreel demo --port $(PORT)

serve: install  ## open the demo's page
	$(BIN)/newsreel serve --archive demo/archive --port $(PORT)

# A worker a core, each with one thread for its models; files in order, since the long ones come first.
test: lint  ## everything: unit, contract, golden, integration, browser, lint
	-tests/browser/install-chromium
	-tests/deploy/install-prometheus
	$(BIN)/newsreel models build
	NEWSREEL_THREADS=1 $(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder

lint: install  ## ruff, mypy --strict, import-linter
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

torture: install  ## hundreds of kills at random moments, and a film of six hours
	$(BIN)/python -m pytest -m torture -s

evaluate: install  ## quality: retrieval on ECB+, named entities on seven sets, shots on films
	$(BIN)/newsreel evaluate retrieval $(SHARED)/data/news/ecbplus
	$(BIN)/newsreel evaluate entities $(SHARED)/data/ner
	$(BIN)/newsreel evaluate shots $(SHARED)/data/video

bench: install  ## speed beside its peers: encoders (ten minutes, and as many to install them at first), entities, shots
	$(BIN)/newsreel models build
	$(BIN)/python -m bench.encoders --json build/encoders.json --plot build/encoders.png
	$(BIN)/python -m bench.entities $(if $(WEIGHTS),--weights $(WEIGHTS)) --json build/entities.json
	$(BIN)/python -m bench.shots --json build/shots.json
	$(BIN)/python -m bench.live --json build/live.json --plot build

soak: install  ## ten minutes of load, malformed requests and clients who hang up, and SIGTERM in the middle
	$(BIN)/newsreel models build
	$(BIN)/python -m bench.soak --json build/soak.json --plot build/soak.png

image: install  ## what the container's image holds, made without an engine, served from and weighed
	NEWSREEL_ARTIFACTS=build/image $(BIN)/newsreel models build embed
	$(BIN)/python -m deploy.docker.steps --build-context artifacts=build/image

train: install  ## the named-entity model that ships, from the corpora: an hour on two quiet cores
	$(BIN)/python -m training.entities $(SHARED)/data/ner

constraints: install  ## write down what is installed now, exactly
	$(BIN)/python -m pip freeze --exclude-editable | sed -E 's/\+cpu$$//' > constraints.txt

clean:  ## remove what install and demo made
	rm -rf $(VENV) demo build dist
