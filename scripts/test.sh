#!/usr/bin/env bash
# Everything that can be checked, cheap checks first. The web interface is built before the binary,
# which has it inside.
set -euo pipefail
. "$(dirname "$0")/common.sh"
cd "$root"

timings=()
current=
summary() {
    local code=$?
    [ "$code" = 0 ] && say "all checks passed in $SECONDS s" || say "failed at: $current (after $SECONDS s)"
    printf '%s\n' "${timings[@]}"
}
trap summary EXIT
trap 'exit 130' INT TERM HUP

phase() {
    local from=$SECONDS
    current=$1
    shift
    say "$current"
    "$@"
    timings+=("$(printf '%5d s  %s' $((SECONDS - from)) "$current")")
}

front_end() { npm --prefix frontend run --silent "$@"; }
architecture() { cargo nextest run --locked --workspace --test architecture; }
# With CI set, a missing server is a failed test and not a skipped one.
rust_tests() { CI=1 scripts/with-services.sh cargo nextest run --locked --workspace; }
fresh() {
    target/debug/workflow-platform openapi --output target/openapi.json
    cmp target/openapi.json docs/api/openapi.json || fail "docs/api/openapi.json is stale: make openapi"
    front_end check:api
}
fuzz() { scripts/with-services.sh scripts/schemathesis.sh target/debug/workflow-platform; }
# Documents whose shell lines are run as they stand.
documents() {
    scripts/serve-for.sh target/debug/workflow-platform scripts/run-docs.sh \
        docs/user-module-api.md docs/api/VERIFICATION_CODE_API_GUIDE.md docs/api/README.md \
        docs/api/subscription.md docs/datasets.md docs/automations.md docs/events.md \
        docs/first-workflow.md docs/zh/first-workflow.md docs/zh/installation.md \
        docs/operations/installation.md docs/operations/troubleshooting.md
}
# The files of deploy/, by the programs that read them.
deployment() {
    scripts/check-deploy.sh
    PROXY_GATEWAY_PORT=$(free_port) TRUSTED_PROXIES=127.0.0.1 scripts/serve-for.sh target/debug/workflow-platform \
        bash -c 'scripts/check-monitoring.sh && scripts/check-nginx.sh && node scripts/check-nginx-containers.mjs'
}
rolling() { scripts/with-services.sh node scripts/rolling.mjs target/debug/workflow-platform; }
browser() { scripts/serve-for.sh target/debug/workflow-platform npm --prefix frontend run --silent e2e; }

phase "format" cargo fmt --all --check
phase "documents and their links" scripts/build-docs.sh
phase "front end: lint and types" front_end check
phase "front end: unit tests" front_end test
phase "front end: build" make --no-print-directory frontend/dist/index.html
phase "arrows and licences" architecture
phase "clippy" cargo clippy --locked --workspace --all-targets --quiet -- -D warnings
phase "building the tests" cargo nextest run --locked --workspace --no-run
phase "Rust tests on SQLite, PostgreSQL and Redis" rust_tests
phase "generated files are fresh" fresh
phase "schemathesis" fuzz
phase "lines of the documents" documents
phase "deployment files" deployment
phase "rolling restart" rolling
phase "browser" browser
