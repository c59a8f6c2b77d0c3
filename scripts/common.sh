# Shared by the scripts beside it: messages, and what is installed.
say() { printf '\n== %s\n' "$*"; }
fail() { printf 'error: %s\n' "$*" >&2; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# The newest PostgreSQL whose server programs are installed.
postgres_bin() {
    local found
    found=$(compgen -G '/usr/lib/postgresql/*/bin/initdb' | sort -V | tail -n 1) || true
    if [ -z "$found" ] && have initdb; then found=$(readlink -f "$(command -v initdb)"); fi
    if [ -n "$found" ]; then dirname "$found"; fi
}

# A port of loopback that nobody listens on.
free_port() {
    node -e 'const s=require("net").createServer();s.listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})'
}

# Ends a process of ours, if there is one, and waits for it. Usage: end PID [SIGNAL]
end() {
    [ -n "$1" ] || return 0
    kill "-${2:-TERM}" "$1" 2>/dev/null || true
    wait "$1" 2>/dev/null || true
}

# Installs Debian packages where that is possible; says what is missing elsewhere.
need_packages() {
    if [ "$(id -u)" = 0 ] && have apt-get; then
        say "installing $*"
        export DEBIAN_FRONTEND=noninteractive
        apt-get update -qq
        apt-get install -y -qq --no-install-recommends "$@" >/dev/null
    else
        fail "missing: $*. On Debian, as root: apt-get install $*; elsewhere, install what they hold"
    fi
}
