# SPDX-License-Identifier: Apache-2.0
#
# The two commands are `make run` and `make test`; `make help` lists the rest.
# All of them work on a fresh Debian 12 machine, as root or with sudo.
#   SETUP=0   installs nothing
#   JOBS=N    compiles with N processes (default: one per core)

.DEFAULT_GOAL := help
.PHONY: help run test build bench coverage fuzz interop aws-smoke leakcheck clean
export SETUP JOBS

help: ## show this list
	@echo 'Aloft: make COMMAND'
	@sed -nE 's/^([a-z-]+):.*## (.*)/  \1\t\2/p' Makefile | expand -t 10
	@echo 'SETUP=0 installs nothing. make run takes RATE=, CONSOLE_PORT=, XRAY_PORT=,'
	@echo 'PAYMENTS_PORT=, LEDGER_PORT=, FRAUD_PORT=.'

run: ## build release, start the console and the example system with traffic
	@scripts/setup run
	@scripts/run

test: ## build with checks, then run every test, the browser tests included
	@scripts/setup test
	@scripts/test

build: ## build the libraries and programs for release into build/release/bin
	@scripts/setup run
	@bash -c 'set -eu; source scripts/lib.sh; build release'

bench: ## build with the flags of release and run the benchmarks
	@scripts/setup test
	@scripts/bench

coverage: ## which lines of tracer, middleware and redaction the unit tests run
	@scripts/setup test
	@scripts/coverage

fuzz: ## look for inputs that break a parser, SECONDS_EACH=60 for each fuzzer
	@scripts/setup ci
	@scripts/fuzz --seconds $(or $(SECONDS_EACH),60)

interop: ## run AWS's own X-Ray daemon and more SDKs against the console; needs Go
	@scripts/setup run
	@scripts/interop

leakcheck: ## plant secrets in the running example system and search all that it emits and writes
	@scripts/setup run
	@bash -c 'set -eu; source scripts/lib.sh; build release aloft-console fraud ledger payments; \
	  exec python3 -B "$$root/tests/leakcheck/leakcheck.py" "$$root/build/release/bin" --rounds 20'

aws-smoke: ## send one trace a wire into your own AWS account and read it back; asks first
	@scripts/setup test
	@scripts/aws-smoke

clean: ## remove everything that was built
	rm -rf build
