# Shared by the scripts beside it: messages, and what is installed.
say() { printf '\n== %s\n' "$*"; }
fail() { printf 'error: %s\n' "$*" >&2; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# The newest PostgreSQL whose server programs are installed.
postgres_bin() {
    local found
    found=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
    if [ -n "$found" ]; then printf '%s' "$found"; return; fi
    if have initdb; then dirname "$(readlink -f "$(command -v initdb)")"; fi
}

# Installs Debian packages where that is possible; says what is missing elsewhere.
need_packages() {
    if [ "$(id -u)" = 0 ] && have apt-get; then
        say "installing $*"
        export DEBIAN_FRONTEND=noninteractive
        apt-get update -qq
        apt-get install -y -qq --no-install-recommends "$@" >/dev/null
    else
        fail "missing: $*. On Debian, as root: apt-get install $*"
    fi
}
