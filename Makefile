# Every target may be run again at any time; what is done already is not done twice.
# Paths are relative, so a checkout may lie anywhere; CARGO_TARGET_DIR is respected.

CARGO ?= cargo
# What `make demo` cleans and where the results go.
IN ?= samples
OUT ?= out
# What `make bench` compares the tools on: photos, and a folder of clips drawn by `benches/video.py make` (none: no videos).
PHOTOS ?= samples/astronaut.jpg samples/staff-board.jpg
CLIPS ?=
ROUNDS ?= 5
# Which stages `make stages` times, by a part of their name (none: all).
STAGES ?=
PYTHON ?= python3

.DEFAULT_GOAL := help
.PHONY: help setup build demo test lint docs unit minimal bench stages licences clean

help: ## Say what there is
	@echo 'make demo      install what is missing, build, clean $(IN)/ into $(OUT)/'
	@echo 'make test      install what is missing, run everything that CI runs'
	@echo 'make setup     only install what is missing (scripts/setup.sh --check only looks)'
	@echo 'make build     build the program in release'
	@echo 'make bench     time safepost beside its peers (installs them; needs numpy and Pillow)'
	@echo 'make stages    time each stage of the pipeline by itself'
	@echo 'make licences  hold every dependency against deny.toml (needs cargo-deny)'
	@echo 'make clean     remove $(OUT)/ and what was built; what was set up stays'

setup:
	@scripts/setup.sh

build: setup
	$(CARGO) build --release --locked

demo: build
	$(CARGO) run --quiet --release --locked -- clean $(IN) --output $(OUT) --overwrite

# The parts of `make test`, cheapest first; the tests come last, so that their closing lines are the last ones.
# They go one after the other, even under `make -j`: cargo would only wait for its own lock.
test: setup
	@$(MAKE) --no-print-directory lint
	@$(MAKE) --no-print-directory docs
	@$(MAKE) --no-print-directory minimal
	@$(MAKE) --no-print-directory unit

lint:
	$(CARGO) fmt --all --check
	$(CARGO) clippy --locked --all-targets --all-features -- -D warnings
	$(CARGO) clippy --locked --all-targets --no-default-features -- -D warnings

docs:
	RUSTDOCFLAGS='-D warnings' $(CARGO) doc --locked --no-deps --all-features

# The smallest build has tests of its own: a format that it leaves out must be refused with advice.
minimal:
	$(CARGO) test --locked --no-default-features --lib

unit:
	$(CARGO) test --locked --all-features

bench: setup
	$(CARGO) build --release --locked --bin safepost --example clips
	$(PYTHON) benches/peers.py $(PHOTOS) --rounds $(ROUNDS)
	$(if $(CLIPS),$(PYTHON) benches/video.py run --clips $(CLIPS) --rounds $(ROUNDS))

# One stage or several: `make stages STAGES=jpeg`.
stages: setup
	$(CARGO) bench --locked --bench stages -- $(STAGES)

licences:
	$(CARGO) deny check licenses bans sources

clean:
	$(CARGO) clean
	rm -rf $(OUT)
