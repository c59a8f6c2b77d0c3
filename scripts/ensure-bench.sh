#!/usr/bin/env bash
# What benchmarks need on top of the tests: wrk, which makes the load.
set -euo pipefail
. "$(dirname "$0")/common.sh"

have wrk || need_packages wrk
