# `make` lists what can be done here.
.DEFAULT_GOAL := help
SHELL := bash
export PATH := $(or $(CARGO_HOME),$(HOME)/.cargo)/bin:$(PATH)

target := $(or $(CARGO_TARGET_DIR),target)
shijian := $(target)/release/shijian
tools := $(target)/tools
node := PATH=$(abspath $(tools))/python/bin:$$PATH REDOCLY_TELEMETRY=off $(tools)/node_modules/.bin

.PHONY: help run test check spec-lint fuzz fmt openapi bench matching clean-data

help: ## List what can be done
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

run: ## Install what is missing, build, make the demo district once, serve it (DATABASE_URL chooses another database)
	@scripts/install.sh
	cargo build --release --package shijian-api
	@SHIJIAN_PROFILE=demo $(shijian) seed-demo
	@SHIJIAN_PROFILE=demo exec $(shijian) serve

test: ## Install what is missing, then check and test everything on both engines
	@scripts/install.sh --tests
	@$(MAKE) --no-print-directory check spec-lint
	cargo build --workspace
	scripts/with-postgres.sh cargo test --workspace
	scripts/fuzz.sh $(target)/debug/shijian --max-examples 10 --phases examples,coverage,fuzzing

check: ## Formatting, lints, and a reason for each dependency
	scripts/check-dependencies.sh
	cargo fmt --check
	cargo clippy --workspace --all-targets -- -D warnings

spec-lint: $(tools)/node_modules ## The published spec against the rules of redocly and spectral
	$(node)/redocly lint openapi/openapi.json --config openapi/redocly.yaml
	$(node)/spectral lint openapi/openapi.json --ruleset openapi/.spectral.yaml

fuzz: $(tools)/python ## Send hundreds of thousands of requests that the spec allows and forbids
	cargo build --package shijian-api
	scripts/fuzz.sh $(target)/debug/shijian --max-examples 500

fmt: ## Format the code
	cargo fmt

openapi: ## Write openapi/ anew from the code
	cargo run --quiet --package shijian-api -- openapi --out openapi --profile demo

bench: ## Measure the hot operations, and write docs/performance.md
	cargo build --release --package shijian-api --package integration-tests
	$(target)/release/bench

matching: ## Play years of orders on the demo district, and write what came of them into docs/matching.md
	cargo build --package shijian-api
	rm -f $(target)/matching.db*
	$(target)/debug/shijian --profile demo --database sqlite:$(target)/matching.db seed-demo --today 2026-11-01
	sed -i '/^## What came of it/q' docs/matching.md
	echo >> docs/matching.md
	$(target)/debug/shijian --profile demo --database sqlite:$(target)/matching.db orders compare-matching >> docs/matching.md

clean-data: ## Remove the demo's database; the next `make run` makes it anew
	rm -rf data

# Python and Node with the checks of the spec, at the versions that the project names.
$(tools)/python: scripts/requirements.txt
	python3 -m venv $@
	$@/bin/pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

$(tools)/node_modules: openapi/package.json openapi/package-lock.json $(tools)/python
	cp $(wordlist 1,2,$^) $(tools)
	PATH=$(abspath $(tools))/python/bin:$$PATH npm ci --prefix $(tools) --no-audit --no-fund --ignore-scripts
	@touch $@
