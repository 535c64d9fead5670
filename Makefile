# Thin: packages by scripts/setup, the program by CMake, the page by npm. `make help` lists the targets.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PREFIX ?= /usr/local
LISTEN ?= 127.0.0.1:8080
DATA ?= $(or $(XDG_DATA_HOME),$(HOME)/.local/share)/trackside
JOBS := $(shell nproc)

.PHONY: help run build test test-unit test-asan test-tsan test-clang test-e2e test-web test-cluster test-faults \
	bench lint format fuzz fuzz-night debian13 install uninstall clean setup web \
	cluster cluster-stop cluster-status cluster-clean

help: ## this list
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

setup:
	@scripts/setup build

run: build ## build what is missing and start with a demo race under way (LISTEN=, DATA=)
	@build/trackside serve --listen $(LISTEN) --data "$(DATA)" --demo

web: setup
	@scripts/npm-ci web
	@cd web && { npm run --silent build >dist.log 2>&1 || { cat dist.log; exit 1; }; }

build: web ## the program, build/trackside, with the page inside
	@scripts/build release

test: build ## everything that needs no cluster: C, page, API, browser, sanitizers
	@scripts/setup test
	@scripts/test all

test-unit: build ## the C tests alone
	@scripts/test unit

test-asan: setup ## the C tests under asan + ubsan, with clang
	@scripts/setup test
	@scripts/test asan

test-tsan: setup ## the threaded parts under tsan
	@scripts/test tsan

test-clang: setup ## the C tests, and the golden hashes, with clang
	@scripts/setup test
	@scripts/test clang

test-web: build ## the page's models
	@scripts/test web

test-e2e: build ## API, processes and page against the real program
	@scripts/setup test
	@scripts/test e2e

test-cluster: build ## against the real Kafka and Pinot, which it starts and stops
	@scripts/setup test
	@scripts/setup cluster
	@scripts/test cluster

test-faults: build ## Kafka and Pinot stopped, killed and hung for FAULT_SECONDS (60)
	@scripts/setup test
	@scripts/setup cluster
	@FAULT_SECONDS=$${FAULT_SECONDS:-60} scripts/test faults

bench: build ## measure; see bench/README.md
	@bench/run

lint: build ## clang-tidy, clang-format, include order, shellcheck, types
	@scripts/setup test
	@scripts/lint

format: ## clang-format over all C
	@scripts/setup test
	@git ls-files '*.c' '*.h' | xargs clang-format -i

fuzz: setup ## each fuzz target for FUZZ_SECONDS (60)
	@scripts/setup test
	@scripts/fuzz

fuzz-night: setup ## each fuzz target for an hour
	@scripts/setup test
	@scripts/fuzz-night

debian13: ## build and test on Debian 13, in a chroot (as root, with debootstrap)
	@scripts/debian13

install: ## to PREFIX (/usr/local)
	@test -x build/trackside || $(MAKE) build
	@DESTDIR="$(DESTDIR)" cmake --install build --prefix "$(PREFIX)"

uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/trackside $(DESTDIR)$(PREFIX)/share/man/man1/trackside.1
	rm -rf $(DESTDIR)$(PREFIX)/share/trackside

clean: ## remove what was built (not the data)
	rm -rf build build-* web/dist web/node_modules tests/e2e/node_modules

cluster: ## start the real Kafka and Pinot on loopback (fetched by Maven once)
	@scripts/setup cluster
	@cluster/cluster start

cluster-stop: ## stop them
	@cluster/cluster stop

cluster-status: ## what runs, and where
	@cluster/cluster status

cluster-clean: ## stop them and remove their data
	@cluster/cluster clean

pictures: build ## the pictures of the README, from the real program
	@scripts/setup test
	@scripts/npm-ci tests/e2e
	@node tests/e2e/pictures.mjs
