#!/usr/bin/env bash
# What the build needs: a Rust toolchain, a C compiler, Node 20 and the front end's packages.
set -euo pipefail
. "$(dirname "$0")/common.sh"

have cargo || fail "missing: a Rust toolchain (1.95 or newer) with cargo on the PATH; https://rustup.rs has one"
have node || fail "missing: Node 20 or newer on the PATH; https://nodejs.org has it"
have npm || fail "missing: npm on the PATH; it comes with Node"
[ "$(node -p 'process.versions.node.split(".")[0]')" -ge 20 ] || fail "Node $(node -v) is too old: 20 or newer is needed"
have cc || need_packages build-essential

cd "$root/frontend"
if [ ! -e node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
    say "installing the front end's packages"
    npm ci --no-audit --no-fund --loglevel=error
fi
