#!/usr/bin/env bash
# Checks deploy/monitoring by Prometheus' own tools, and by a Prometheus that scrapes a running server.
# Usage: check-monitoring.sh, with the server's address in E2E_BASE_URL and its mails in E2E_MAIL_DIR.
set -euo pipefail
. "$(dirname "$0")/common.sh"
cd "$root"

folder=$(mktemp -d)
prometheus=
trap 'end "$prometheus"; rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM HUP

cp -r deploy/monitoring/. "$folder"
printf 'no-token' >"$folder/metrics-token"
promtool check config "$folder/prometheus.yml"
promtool test rules "$folder/rules/workflow-platform.test.yml"
amtool check-config "$folder/alertmanager.yml"

# What no scrape has would make rules and dashboards that are always silent.
node scripts/some-work.mjs "$E2E_BASE_URL" "$E2E_MAIL_DIR" "${PROXY_GATEWAY_PORT-}"
node scripts/check-metrics.mjs

# The shipped configuration with the server of this run as its only target.
target=${E2E_BASE_URL#http://}
sed -i -e "/dns_sd_configs:/,/target_label: role/c\\    static_configs: [{targets: [\"$target\"]}]" -e 's/_interval: 15s/_interval: 1s/' "$folder/prometheus.yml"
port=$(free_port)
prometheus_log=$folder/prometheus.log
prometheus --config.file="$folder/prometheus.yml" --storage.tsdb.path="$folder/data" \
    --web.listen-address="127.0.0.1:$port" >"$prometheus_log" 2>&1 &
prometheus=$!
ask() { curl -sf --get "http://127.0.0.1:$port/api/v1/query" --data-urlencode "query=$1"; }
scraped='data.result[0]?.value[1] === "1"'
for ((wait = 0; ; wait++)); do
    if ask 'up{job="workflow-platform"}' 2>/dev/null |
        node -e "const {data} = JSON.parse(require('fs').readFileSync(0)); process.exit($scraped ? 0 : 1)" 2>/dev/null; then
        break
    fi
    kill -0 "$prometheus" 2>/dev/null && [ "$wait" -lt 100 ] || { cat "$prometheus_log" >&2; fail "Prometheus scraped nothing"; }
    sleep 0.2
done
ask 'sum(http_requests_total)' | grep -q '"value"' || fail "the scrape has no requests"
rules=$(curl -sf "http://127.0.0.1:$port/api/v1/rules")
grep -q '"health":"err"' <<<"$rules" && fail "a rule cannot be evaluated: $rules"
say "monitoring: configuration, rules, dashboards and a scrape are right"
