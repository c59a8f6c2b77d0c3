#!/usr/bin/env bash
# How soon the server answers /health on SQLite and how much memory it holds idle, beside a bare
# Node HTTP server measured in the same run. Usage: bench-idle.sh [--json FILE]
set -euo pipefail
. "$(dirname "$0")/common.sh"
cd "$root"
[ -x target/release/workflow-platform ] || fail "build first: make build"
exec node scripts/bench-idle.mjs "$@"
