#!/usr/bin/env bash
# Asks a running server whatever its API document allows, and what it does not, as a signed-in
# ordinary user; any answer that the document or the rules of HTTP do not allow is a failure.
# Reproducible by its seed. Needs TEST_DATABASE_URL and TEST_REDIS_URL, which with-services.sh sets.
# Usage: with-services.sh schemathesis.sh BINARY [ARGUMENTS OF schemathesis run…]
set -euo pipefail
. "$(dirname "$0")/common.sh"
cd "$root"

version=4.32.5
binary=$(readlink -f "$1")
shift
tools="$root/target/schemathesis/$version"
if [ ! -x "$tools/bin/schemathesis" ]; then
    say "installing schemathesis $version"
    have python3 && python3 -c 'import ensurepip' 2>/dev/null || need_packages python3 python3-venv
    rm -rf "$tools"
    python3 -m venv "$tools"
    "$tools/bin/pip" install --quiet --disable-pip-version-check "schemathesis==$version"
fi

folder=$(mktemp -d)
server=
trap 'end "$server"; rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM HUP
port=$(free_port)
base="http://127.0.0.1:$port"

# Nobody waits for limits here: the tests of the limits are elsewhere.
(
    cd "$folder"
    exec env DATA_DIR="$folder" DATABASE_URL="$TEST_DATABASE_URL" REDIS_URL="$TEST_REDIS_URL" \
        JWT_SECRET_KEY="$(head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n')" \
        API_HOST=127.0.0.1 API_PORT="$port" LOG_LEVEL=warn RATE_LIMIT_ENABLED=false \
        "$binary" serve
) >"$folder/server.log" 2>&1 &
server=$!
for ((wait = 0; ; wait++)); do
    node -e 'fetch(process.argv[1] + "/health").then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))' "$base" && break
    if ! kill -0 "$server" 2>/dev/null || [ "$wait" = 200 ]; then
        cat "$folder/server.log" >&2
        fail "the server did not start"
    fi
    sleep 0.1
done

run() {
    local token
    token=$(node scripts/sign-up.mjs "$base" "$folder/mail")
    "$tools/bin/schemathesis" --config-file scripts/schemathesis.toml run "$base/api/openapi.json" \
        --header "Authorization: Bearer $token" "$@"
}

# What ends the session of the run is asked last, each with a session of its own.
enders=(/api/v1/users/auth/logout /api/v1/users/me/deletion)
# A stream of notifications goes on for an hour.
others=(--exclude-path /api/v1/notifications/events)
for path in "${enders[@]}"; do others+=(--exclude-path "$path"); done
status=0
run "${others[@]}" "$@" || status=$?
for path in "${enders[@]}"; do run --include-path "$path" "$@" || status=$?; done
if grep -q '"level":"ERROR"' "$folder/server.log"; then
    grep '"level":"ERROR"' "$folder/server.log" | head -20 >&2
    fail "the server logged errors"
fi
exit "$status"
