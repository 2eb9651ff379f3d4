# Everything a newcomer types. Each target first brings the machine to the point where it can work (scripts/setup).
.DEFAULT_GOAL := help
.PHONY: help setup demo test bench bench-allocation soak screenshots

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## install what is missing on this machine
	@scripts/setup

demo: ## a district's night in your browser: sign-in links are printed
	@scripts/setup demo
	cargo run --release -p muster -- demo

test: setup ## all but the long checks (make soak); the last line is the count
	@scripts/test

bench: setup ## the numbers that are promised, measured on this machine
	cargo run --release -p benches

bench-allocation: ## who goes where, against LEMON, OR-Tools, HiGHS and others (SIZES="S M L general")
	@benches/allocation/setup
	@python3 benches/allocation/run.py

soak: setup ## hours: the long versions of the reliability tests (SOAK_MINUTES=480)
	@scripts/soak

screenshots: setup ## take the pictures of README.md again, into docs/pictures/
	@scripts/screenshots
