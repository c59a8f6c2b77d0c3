#!/usr/bin/env bash
# Runs a command beside a server of its own on SQLite, with the demo site's addresses allowed.
# Usage: serve-for.sh BINARY COMMAND…
set -euo pipefail
. "$(dirname "$0")/common.sh"

binary=$1
shift
folder=$(mktemp -d)
server=
stop() {
    if [ -n "$server" ]; then kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; fi
    rm -rf "$folder"
}
trap stop EXIT
trap 'exit 130' INT TERM

port=$(node -e 'const s=require("net").createServer();s.listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})')
DATA_DIR="$folder" API_PORT="$port" LOG_LEVEL=warn "$binary" serve &
server=$!
for _ in $(seq 200); do
    node -e "fetch(\"http://127.0.0.1:$port/health\").then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))" && break
    kill -0 "$server" 2>/dev/null || fail "the server did not start"
    sleep 0.1
done
export E2E_BASE_URL="http://127.0.0.1:$port" E2E_MAIL_DIR="$folder/mail"
"$@"
