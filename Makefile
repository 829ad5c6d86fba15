# The two commands are `make run` and `make test`; the others are for people who change the product.
SHELL := /bin/bash
LISTEN ?= 127.0.0.1:7300
DATA ?= var/data
KEY ?= var/key/root.key

.PHONY: run test dev check bench demo console packages

# Builds everything and starts the product; the first start prints a one-time link for setting it up.
run: console
	cargo run --release --locked --bin zhike -- serve --listen $(LISTEN) --data $(DATA) --key $(KEY)

# Installs what the tests need and runs all of them: SQLite, PostgreSQL, Chromium.
test:
	scripts/test.sh

# Server on :7300 and console with hot reload on :5173, side by side.
dev: web/node_modules
	trap 'kill 0' EXIT; cargo run --bin zhike -- serve --listen $(LISTEN) --data $(DATA) --key $(KEY) & npm --prefix web run dev

# What a reviewer would say first: format, lints, types.
check: web/node_modules
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	npm --prefix web run check

# Measures and prints ratios against a ceiling of the same run; judges nothing.
bench: console
	cargo run --release --locked -p bench

# The sample company in a folder of its own that is thrown away at the end.
demo: console
	scripts/demo.sh $(LISTEN)

console: web/node_modules
	npm --prefix web run build

web/node_modules: web/package-lock.json
	npm --prefix web ci --no-audit --no-fund
	touch web/node_modules
