#!/usr/bin/env bash
# What the build needs: a Rust toolchain, a C compiler, Node 20 and its packages.
set -euo pipefail
. "$(dirname "$0")/common.sh"

have cargo || fail "missing: a Rust toolchain (1.95 or newer) with cargo on the PATH"
have node || fail "missing: Node 20 or newer on the PATH"
have npm || fail "missing: npm on the PATH"
[ "$(node -p 'process.versions.node.split(".")[0]')" -ge 20 ] || fail "Node $(node -v) is too old: 20 or newer is needed"
missing=()
have cc || missing+=(build-essential)
have cmake || missing+=(cmake)
[ ${#missing[@]} -eq 0 ] || need_packages "${missing[@]}"

cd "$root/frontend"
if [ ! -e node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
    say "installing the front end's packages"
    npm ci --no-audit --no-fund --loglevel=error
fi
