#!/usr/bin/env bash
# Everything that can be checked, cheap checks first.
set -euo pipefail
. "$(dirname "$0")/common.sh"
cd "$root"
begun=$SECONDS

phase() {
    local name=$1 from=$SECONDS
    shift
    say "$name"
    "$@"
    timings+=("$(printf '%4d s  %s' $((SECONDS - from)) "$name")")
}
timings=()

front_end() { (cd frontend && npm run --silent "$@"); }

fresh() {
    cargo run --quiet -p workflow-platform -- openapi --output target/openapi.json
    cmp target/openapi.json docs/api/openapi.json || fail "docs/api/openapi.json is stale: run make openapi"
    front_end check:api
}

# No server may be missing silently.
rust_tests() { CI=1 scripts/with-services.sh cargo nextest run --workspace; }

phase "format" cargo fmt --all --check
phase "front end: lint and types" front_end check
phase "front end: unit tests" front_end test
phase "front end: build" front_end build
phase "clippy" cargo clippy --workspace --all-targets --quiet -- -D warnings
phase "Rust tests on SQLite, PostgreSQL and Redis" rust_tests
phase "generated files are fresh" fresh
phase "browser" scripts/browser.sh
say "all checks passed in $((SECONDS - begun)) s"
printf '%s\n' "${timings[@]}"
