#!/usr/bin/env bash
# Runs a command beside a PostgreSQL and a Redis of its own, on loopback, on free ports, in a
# folder that goes with them. Usage: with-services.sh COMMAND…
set -euo pipefail
. "$(dirname "$0")/common.sh"

bin=$(postgres_bin)
[ -n "$bin" ] || fail "missing: PostgreSQL's server programs; make test installs them"
have redis-server || fail "missing: redis-server; make test installs it"
folder=$(mktemp -d)
chmod 755 "$folder"
postgres_pid=
redis_pid=

stop() {
    end "$redis_pid"
    # "Fast": connections are cut, data is written.
    end "$postgres_pid" INT
    rm -rf "$folder"
}
trap stop EXIT
trap 'exit 130' INT TERM HUP

# PostgreSQL refuses to run as root.
as=()
mkdir "$folder/postgres"
if [ "$(id -u)" = 0 ]; then
    user=$(id -un postgres 2>/dev/null || echo nobody)
    as=(setpriv "--reuid=$user" "--regid=$(id -gn "$user")" --clear-groups)
    chown "$user" "$folder/postgres"
fi
(cd "$folder/postgres" && "${as[@]}" "$bin/initdb" -D data -U tests -A trust -E UTF8 --locale=C.UTF-8 >/dev/null)
port=$(free_port)
"${as[@]}" "$bin/postgres" -D "$folder/postgres/data" -p "$port" -k "$folder/postgres" \
    -c listen_addresses=127.0.0.1 -c max_connections=400 >"$folder/postgres.log" 2>&1 &
postgres_pid=$!
for ((wait = 0; ; wait++)); do
    "$bin/pg_isready" -q -h 127.0.0.1 -p "$port" && break
    if ! kill -0 "$postgres_pid" 2>/dev/null || [ "$wait" = 300 ]; then
        cat "$folder/postgres.log" >&2
        fail "PostgreSQL did not start"
    fi
    sleep 0.1
done

redis_port=$(free_port)
redis-server --port "$redis_port" --bind 127.0.0.1 --save '' --appendonly no --dir "$folder" \
    >"$folder/redis.log" 2>&1 &
redis_pid=$!
for ((wait = 0; ; wait++)); do
    [ "$(redis-cli -p "$redis_port" ping 2>/dev/null)" = PONG ] && break
    if ! kill -0 "$redis_pid" 2>/dev/null || [ "$wait" = 100 ]; then
        cat "$folder/redis.log" >&2
        fail "Redis did not start"
    fi
    sleep 0.1
done

export TEST_DATABASE_URL="postgresql://tests@127.0.0.1:$port/postgres"
export TEST_REDIS_URL="redis://127.0.0.1:$redis_port"
"$@"
