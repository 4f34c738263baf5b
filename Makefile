# Checkride: two commands do all the set-up, `make demo` and `make test`.
# Every target finds or installs what it needs first; see docker/setup.sh.

CARGO ?= cargo
TARGET := $(or $(CARGO_TARGET_DIR),target)
HOST := $(shell rustc -vV 2>/dev/null | sed -n 's/^host: //p')
PROGRAMS := $(TARGET)/$(HOST)/release
CHECKRIDE := $(PROGRAMS)/checkride
# What the browser's tests start.
export CHECKRIDE_BIN := $(abspath $(CHECKRIDE))
EXAMPLES := $(PROGRAMS)/examples
# Systems that the tests run at a time: each takes a tenth of a core, and some seconds of one to start. More of them
# take as long, since the processors are used up, and their pages come late. Besides, each waits for room on the
# machine (tests/docker/room.rs).
SYSTEMS ?= $(shell echo $$(( $$(nproc) * 5 / 2 )))
# What the lab is by itself: every cause with every persona, bad luck, sudden ends while it starts and breaks. All other
# tests on a real system (doors, leases, debriefs, strangers) are chosen as what these are not: none is in neither.
LAB := causes:: database:: luck:: sudden::
# What uses the machine up goes after all other systems of the tests, beside the page, which waits for what it asks.
LAST := abuse
LAST_IN_FULL := abuse killed_at_random

.DEFAULT_GOAL := help
.PHONY: help setup programs build images demo lab test test-doors test-last test-full ci e2e screenshots lint lint-page lint-code unit unit-page unit-code bench doctor clean

help: ## Show this list
	@awk 'BEGIN { FS = ":.*## " } /^[a-z0-9-]+:.*## / { printf "  %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Find or install what is missing, and start the Docker engine where none runs
	@docker/setup.sh

# What is compiled and tested without an engine needs none.
programs:
	@docker/setup.sh programs

build: setup web/dist/index.html ## Build the programs, with the console's page in them
	@$(CARGO) build --release --workspace --bins

web/node_modules/.package-lock.json: web/package-lock.json | programs
	@cd web && npm ci --no-audit --no-fund --loglevel=error

# The types among them are written anew by each check, and come from openapi.json.
PAGE := $(filter-out web/src/api/schema.d.ts,$(shell find web/src web/public -type f 2>/dev/null)) \
	web/index.html web/vite.config.ts web/openapi.json
web/dist/index.html: $(PAGE) web/node_modules/.package-lock.json
	@cd web && npm run --silent build
	@touch $@

images: build ## Build the images of the payments lab
	@$(CHECKRIDE) images payments

demo: build ## Break the payments lab and let a scripted person find out why; writes a report
	@$(CHECKRIDE) rehearse payments --cause leaky-release --persona methodical

lab: build ## Sit in front of the broken payments lab yourself
	@$(CHECKRIDE) practice payments

# 20 minutes from nothing on two cores is what this may take; what would make it longer goes to `ci`.
test: build images ## Unit tests, and the real lab with every cause and persona; what a change needs first
	@$(MAKE) --no-print-directory unit
	@$(CARGO) test --release --workspace --test docker -- --test-threads=$(SYSTEMS) $(LAB)

unit: web/dist/index.html ## Unit tests alone, without Docker
	@$(MAKE) --no-print-directory -j2 unit-page unit-code

unit-page: web/dist/index.html
	@cd web && npm test --silent

unit-code: web/dist/index.html
	@$(CARGO) test --release --workspace --tests

test-doors: images ## All other tests on a real system: every door, what outlives a kill, strangers
	@$(CARGO) test --release --workspace --test docker --test image -- --test-threads=$(SYSTEMS) $(addprefix --skip ,$(LAB) $(LAST))

test-last: images
	@$(CARGO) test --release --workspace --test docker $(LAST)

ci: ## Everything that CI runs: lints, `make test`, every door, and the console in a browser
	@$(MAKE) --no-print-directory lint
	@$(MAKE) --no-print-directory test
	@$(MAKE) --no-print-directory test-doors
	@$(MAKE) --no-print-directory -j2 test-last e2e

test-full: ci ## What takes longer: everything in full, every rehearsal three times, each crate's own Docker tests
	@CHECKRIDE_TEST_FULL=1 $(CARGO) test --release --workspace --tests
	@CHECKRIDE_TEST_FULL=1 $(CARGO) test --release --workspace --test docker --test engine -- --test-threads=$(SYSTEMS) $(LAST_IN_FULL:%=--skip %)
	@CHECKRIDE_TEST_FULL=1 $(CARGO) test --release --workspace --test docker -- $(LAST_IN_FULL)
	@cd web && npm run --silent speed

e2e: images ## The console in a real browser, on a real lab, both roles at once
	@docker/setup.sh browser
	@cd web && npm run --silent e2e

screenshots: images ## Pictures of every page of the console, light and dark, into docs/pictures
	@docker/setup.sh browser
	@cd web && npm run --silent screenshots

lint: web/dist/index.html ## Formatting and lints
	@$(MAKE) --no-print-directory -j2 lint-page lint-code

lint-page: web/dist/index.html
	@cd web && npm run --silent lint && npm run --silent check

lint-code: web/dist/index.html
	@$(CARGO) fmt --all --check
	@$(CARGO) clippy --release --workspace --all-targets -- -D warnings
	@$(CARGO) clippy --release --workspace --test docker --test engine --test image -- -D warnings

bench: images ## Print how fast things are, as ratios measured in the same run
	@$(CARGO) build --release -q --workspace --examples
	@$(EXAMPLES)/floor labs/payments $(PROGRAMS) 5
	@$(EXAMPLES)/echo labs/payments $(PROGRAMS) 500
	@$(EXAMPLES)/gate labs/payments $(PROGRAMS) 400
	@$(EXAMPLES)/console $(CHECKRIDE) 500
	@$(EXAMPLES)/hosting $(CHECKRIDE) 20
	@$(CARGO) bench -q --workspace --bench programs
	@$(EXAMPLES)/journal
	@$(CHECKRIDE) rehearse payments --cause leaky-release --persona methodical --json | grep -A5 '"timings"'
# Last, since it fails where it misses its goals.
	@docker/setup.sh browser
	@cd web && npm run --silent bench

doctor: build ## Check whether this machine has what Checkride needs
	@$(CHECKRIDE) doctor

clean: build ## Remove what ended sessions left on the engine
	@$(CHECKRIDE) clean
