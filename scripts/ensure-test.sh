#!/usr/bin/env bash
# What the tests need on top of the build: PostgreSQL, Redis, nginx, Chromium, the pages that are
# crawled, and nextest.
set -euo pipefail
. "$(dirname "$0")/common.sh"

missing=()
[ -n "$(postgres_bin)" ] || missing+=(postgresql)
have redis-server || missing+=(redis-server)
have nginx || missing+=(nginx-light)
have chromium || missing+=(chromium)
[ -e /usr/share/doc/postgresql-doc-15/html/index.html ] || missing+=(postgresql-doc-15)
ls /usr/share/fonts/opentype/noto/NotoSansCJK* >/dev/null 2>&1 || missing+=(fonts-noto-cjk)
[ ${#missing[@]} -eq 0 ] || need_packages "${missing[@]}"
if ! cargo nextest --version >/dev/null 2>&1; then
    say "installing cargo-nextest"
    cargo install --locked --quiet cargo-nextest
fi
