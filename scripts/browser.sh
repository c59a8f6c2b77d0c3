#!/usr/bin/env bash
# The web interface in a real browser against a real server.
set -euo pipefail
. "$(dirname "$0")/common.sh"
cd "$root"
cargo build --quiet -p workflow-platform
scripts/serve-for.sh target/debug/workflow-platform npm --prefix frontend run --silent e2e
