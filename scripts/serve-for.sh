#!/usr/bin/env bash
# Runs a command beside a server of its own on SQLite that may collect from loopback; the command
# finds it by E2E_BASE_URL, the mails it sent in E2E_MAIL_DIR and the program as E2E_BINARY; root@example.com looks
# after it. Usage: serve-for.sh BINARY COMMAND…
set -euo pipefail
. "$(dirname "$0")/common.sh"

binary=$(readlink -f "$1")
shift
folder=$(mktemp -d)
server=
trap 'end "$server"; rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM HUP

port=$(free_port)
# A folder of its own also keeps away a .env or config.toml of the developer's.
(
    cd "$folder"
    exec env -u DATABASE_URL -u REDIS_URL -u SMTP_HOST DATA_DIR="$folder" API_HOST=127.0.0.1 \
        API_PORT="$port" LOG_LEVEL="${LOG_LEVEL:-warn}" OUTBOUND_ALLOW=127.0.0.1 RATE_LIMIT_ENABLED=false WELCOME_NEW_USERS=false \
        BOOTSTRAP_ADMIN_EMAIL=root@example.com BOOTSTRAP_ADMIN_PASSWORD="correct horse battery" \
        "$binary" serve
) &
server=$!
export E2E_BASE_URL="http://127.0.0.1:$port" E2E_MAIL_DIR="$folder/mail" E2E_BINARY="$binary"
healthy='fetch(process.env.E2E_BASE_URL + "/health").then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))'
for ((wait = 0; ; wait++)); do
    node -e "$healthy" && break
    kill -0 "$server" 2>/dev/null && [ "$wait" -lt 100 ] || fail "the server did not start"
    sleep 0.1
done
"$@"
