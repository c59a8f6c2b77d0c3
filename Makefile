# The front door. Each target sets up what it needs; `make help` lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
BINARY := target/release/workflow-platform
UI := frontend/dist/index.html
UI_SOURCES := $(shell find frontend/src frontend/public frontend/tools -name node_modules -prune -o -type f -print) \
	frontend/index.html frontend/vite.config.ts frontend/package-lock.json

.PHONY: help run demo build test test-crash test-rolling soak sbom docs fuzz-api bench bench-api bench-engine bench-proxy bench-collect bench-exports bench-events bench-ui fmt lint openapi migrate pictures screenshots clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  \1|\2/' | column -t -s '|'

run: build ## build everything, show the main job, and leave the server up on port 8001
	$(BINARY) demo

demo: build ## the same, and stop after the job
	$(BINARY) demo --once

build: ## target/release/workflow-platform with the web interface inside
	scripts/ensure-build.sh
	@$(MAKE) --no-print-directory $(UI)
	cargo build --release --locked -p workflow-platform

$(UI): $(UI_SOURCES)
	npm --prefix frontend run --silent build

test: ## install what the tests need and run all of them
	scripts/ensure-build.sh
	scripts/ensure-test.sh
	scripts/test.sh

test-crash: ## 500 executions on each database while processes are killed, frozen and cut off; prints figures
	scripts/ensure-build.sh
	scripts/ensure-test.sh
	@$(MAKE) --no-print-directory $(UI)
	CI=1 scripts/with-services.sh cargo nextest run --locked -p workflow-platform --test http \
		--run-ignored only -E 'test(crash::)' --no-capture

test-rolling: ## replace two API processes and two workers under load behind nginx; nothing fails, nothing is lost
	scripts/ensure-build.sh
	scripts/ensure-test.sh
	@$(MAKE) --no-print-directory $(UI)
	cargo build --quiet --locked -p workflow-platform
	scripts/with-services.sh node scripts/rolling.mjs target/debug/workflow-platform

soak: build ## mixed load for DURATION seconds (1200); memory, file handles, connections and disk, first and last third
	scripts/ensure-test.sh
	scripts/with-services.sh node scripts/soak.mjs $(BINARY) $(or $(DURATION),1200)

docs: ## target/docs/site: the documents as a site, with every link checked
	scripts/build-docs.sh

sbom: ## target/sbom: bills of materials of the binary and the web interface (CycloneDX)
	scripts/ensure-build.sh
	scripts/sbom.sh

fuzz-api: ## ask a running server whatever its API document allows and forbids, on PostgreSQL and Redis
	scripts/ensure-build.sh
	scripts/ensure-test.sh
	@$(MAKE) --no-print-directory $(UI)
	cargo build --quiet --locked -p workflow-platform
	scripts/with-services.sh scripts/schemathesis.sh target/debug/workflow-platform

bench: build ## start-up time and idle memory; JSON=FILE also writes the figures there
	scripts/bench-idle.sh $(if $(JSON),--json $(JSON))

bench-engine: ## what the engine does on PostgreSQL and SQLite, beside its journal alone; JSON=FILE as above
	scripts/ensure-build.sh
	scripts/ensure-test.sh
	CI=1 scripts/with-services.sh cargo bench --locked -p workflow --bench engine -- $(if $(JSON),--json $(abspath $(JSON)))

bench-api: ## requests and logins a second, beside a bare answer and a hash alone; JSON=FILE as above
	scripts/ensure-build.sh
	scripts/ensure-test.sh
	scripts/ensure-bench.sh
	@$(MAKE) --no-print-directory $(UI)
	CI=1 scripts/with-services.sh cargo bench --locked -p workflow-platform --bench api -- $(if $(JSON),--json $(abspath $(JSON)))

bench-proxy: ## strategies, a test of 10,000 proxies, and the gateway port beside squid; JSON=FILE and FILE.pools
	scripts/ensure-build.sh
	scripts/ensure-test.sh
	@$(MAKE) --no-print-directory $(UI)
	CI=1 scripts/with-services.sh cargo bench --locked -p proxy_pool --bench proxy -- $(if $(JSON),--json $(abspath $(JSON)).pools)
	cargo bench --locked -p workflow-platform --bench proxy -- $(if $(JSON),--json $(abspath $(JSON)))

bench-events: ## events from outbox to handler over PostgreSQL and Redis, beside bare inserts; JSON=FILE as above
	scripts/ensure-build.sh
	scripts/ensure-test.sh
	CI=1 scripts/with-services.sh cargo bench --locked -p event_driven_coordination --bench events -- $(if $(JSON),--json $(abspath $(JSON)))

bench-ui: build ## the interface in a browser: first load, a million executions, 5,000 steps, 100,000 lines and events; JSON=FILE as above
	scripts/ensure-test.sh
	LOG_LEVEL=warn,workflow::infrastructure::audit=off \
		scripts/serve-for.sh $(BINARY) npm --prefix frontend run --silent bench -- $(if $(JSON),--json $(abspath $(JSON)))

bench-collect: build ## pages fetched, extracted and stored, beside Scrapy and nginx alone; FULL=1 crawls 100,000; JSON=FILE as above
	scripts/ensure-test.sh
	scripts/ensure-bench.sh
	cargo bench --locked -p workflow-platform --bench collect -- --binary $(abspath $(BINARY)) \
		$(if $(FULL),--full) $(if $(JSON),--json $(abspath $(JSON)))

bench-exports: build ## a million records out as CSV, JSON Lines, XLSX and Parquet, and the memory that takes; RECORDS=, JSON=FILE as above
	scripts/ensure-test.sh
	scripts/with-services.sh node scripts/bench-exports.mjs $(BINARY) $(RECORDS) $(if $(JSON),--json $(abspath $(JSON)))

fmt: ## format everything
	cargo fmt --all
	scripts/ensure-build.sh
	npm --prefix frontend run --silent format

lint: ## the cheap checks
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	scripts/ensure-build.sh
	npm --prefix frontend run --silent lint

openapi: ## write the API document, the front end's types, the table of variables and the catalogue of events
	cargo run --quiet --locked -p workflow-platform -- openapi --output docs/api/openapi.json
	cargo run --quiet --locked -p workflow-platform -- config reference --output docs/operations/configuration-reference.md
	cargo run --quiet --locked -p workflow-platform -- event-catalog --output docs/api/events.md
	cargo run --quiet --locked -p workflow-platform -- event-catalog --format asyncapi --output docs/api/asyncapi.json
	scripts/ensure-build.sh
	npm --prefix frontend run --silent generate:api

migrate: build ## bring the configured database's schema up to date
	$(BINARY) migrate up

pictures: ## docs/pictures: walks through the guides in a browser, in both languages, and takes their pictures
	scripts/ensure-build.sh
	scripts/ensure-test.sh
	@$(MAKE) --no-print-directory $(UI)
	cargo build --quiet --locked -p workflow-platform
	scripts/serve-for.sh target/debug/workflow-platform npm --prefix frontend run --silent pictures

screenshots: ## frontend/screenshots: every page, narrow to wide, light and dark, in both languages
	scripts/ensure-build.sh
	scripts/ensure-test.sh
	@$(MAKE) --no-print-directory $(UI)
	cargo build --quiet --locked -p workflow-platform
	scripts/serve-for.sh target/debug/workflow-platform npm --prefix frontend run --silent screenshots

clean: ## remove what was built
	cargo clean
	rm -rf frontend/dist frontend/node_modules frontend/screenshots
