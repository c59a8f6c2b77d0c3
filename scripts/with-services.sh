#!/usr/bin/env bash
# Runs a command beside a PostgreSQL and a Redis of its own, on loopback, on free ports, in a
# folder that goes with them. Usage: with-services.sh COMMAND…
set -euo pipefail
. "$(dirname "$0")/common.sh"

bin=$(postgres_bin)
[ -n "$bin" ] || fail "missing: PostgreSQL's server programs"
have redis-server || fail "missing: redis-server"
folder=$(mktemp -d)
chmod 755 "$folder"
postgres_pid=
redis_pid=

free_port() {
    node -e 'const s=require("net").createServer();s.listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})'
}

stop() {
    if [ -n "$redis_pid" ]; then kill "$redis_pid" 2>/dev/null || true; wait "$redis_pid" 2>/dev/null || true; fi
    if [ -n "$postgres_pid" ]; then kill -INT "$postgres_pid" 2>/dev/null || true; wait "$postgres_pid" 2>/dev/null || true; fi
    rm -rf "$folder"
}
trap stop EXIT
trap 'exit 130' INT TERM

# PostgreSQL refuses to run as root.
as=()
if [ "$(id -u)" = 0 ]; then
    as=(setpriv --reuid=postgres --regid=postgres --clear-groups)
    mkdir "$folder/postgres" && chown postgres:postgres "$folder/postgres"
else
    mkdir "$folder/postgres"
fi
"${as[@]}" "$bin/initdb" -D "$folder/postgres/data" -U tests -A trust -E UTF8 --locale=C.UTF-8 >/dev/null
port=$(free_port)
"${as[@]}" "$bin/postgres" -D "$folder/postgres/data" -p "$port" -k "$folder/postgres" \
    -c listen_addresses=127.0.0.1 -c max_connections=400 >"$folder/postgres/log" 2>&1 &
postgres_pid=$!
for _ in $(seq 200); do
    "$bin/pg_isready" -q -h 127.0.0.1 -p "$port" && break
    kill -0 "$postgres_pid" 2>/dev/null || { cat "$folder/postgres/log" >&2; fail "PostgreSQL did not start"; }
    sleep 0.1
done
redis_port=$(free_port)
redis-server --port "$redis_port" --bind 127.0.0.1 --save '' --appendonly no --dir "$folder" >"$folder/redis.log" 2>&1 &
redis_pid=$!

export TEST_DATABASE_URL="postgresql://tests@127.0.0.1:$port/postgres"
export TEST_REDIS_URL="redis://127.0.0.1:$redis_port"
"$@"
