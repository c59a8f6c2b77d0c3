#!/usr/bin/env bash
# What benchmarks need on top of the tests: wrk, which makes the load, and Scrapy, to compare with.
set -euo pipefail
. "$(dirname "$0")/common.sh"

have wrk || need_packages wrk

venv="$root/target/bench-venv"
if ! "$venv/bin/python" -c 'import scrapy' 2>/dev/null; then
    python3 -c 'import ensurepip' 2>/dev/null || need_packages python3-venv
    say "installing Scrapy into target/bench-venv"
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check 'scrapy==2.19.0'
fi
