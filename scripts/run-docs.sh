#!/usr/bin/env bash
# Runs the shell lines of documents against a server, one document after the other, each in a shell
# of its own. Every curl must succeed. Usage, beside a server: serve-for.sh BINARY run-docs.sh FILE…
#
# A line `CODE=…` takes the code of the next mail, a line `TOTP=…` what an authenticator shows. AUTH
# and TOKEN are somebody signed in, until the document signs in itself.
set -euo pipefail
. "$(dirname "$0")/common.sh"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export DOCS_SEEN="$work/seen" DOCS_ANSWERS="$work/answers" DOCS_FAULTS="$work/faults" DOCS_TO="$work/to" DOCS_SCRIPTS="$root/scripts"
touch "$DOCS_SEEN" "$DOCS_ANSWERS" "$DOCS_FAULTS" "$DOCS_TO"

# What the shell of a document knows beside the document itself.
cat >"$work/prelude" <<'PRELUDE'
set -uo pipefail
curl() {
    # Whom the next code goes to, when the request says so.
    case "$*" in *send-verification-code*) sed -nE 's/.*"email": ?"([^"]*)".*/\1/p' <<<"$*" >"$DOCS_TO" ;; esac
    command curl -S --fail-with-body --max-time 30 "$@" | tee -a "$DOCS_ANSWERS"
    [ "${PIPESTATUS[0]}" = 0 ] || printf 'curl %s\n' "$*" >>"$DOCS_FAULTS"
}
mailed_code() {
    local mail code
    for ((turn = 0; turn < 100; turn++)); do
        for mail in "$E2E_MAIL_DIR"/*.eml; do
            grep -qxF "$mail" "$DOCS_SEEN" && continue
            grep -qF "$(cat "$DOCS_TO")" "$mail" || continue
            code=$(sed '1,/^\r\?$/d' "$mail" | grep -owE '[0-9]{6}' | head -1)
            [ -n "$code" ] || continue
            printf '%s\n' "$mail" >>"$DOCS_SEEN"
            printf '%s' "$code"
            return
        done
        sleep 0.1
    done
    echo "no mail with a code came" >>"$DOCS_FAULTS"
}
shown_totp() {
    local secret
    secret=$(grep -o '"secret":"[A-Z2-7]*' "$DOCS_ANSWERS" | tail -1 | cut -d'"' -f4)
    node "$DOCS_SCRIPTS/totp.mjs" "$secret"
}
PRELUDE

# The shell lines of a document, made ready to run.
lines_of() {
    awk '/^```sh$/ { inside = 1; next } /^```/ { inside = 0 } inside' "$1" |
        sed -E -e "s|http://127\.0\.0\.1:8001|$E2E_BASE_URL|g" \
            -e 's/^CODE=[0-9]+.*/CODE=$(mailed_code)/' -e 's/^TOTP=[0-9]+.*/TOTP=$(shown_totp)/'
}

TOKEN=$(node "$root/scripts/sign-up.mjs" "$E2E_BASE_URL" "$E2E_MAIL_DIR")
export TOKEN AUTH="authorization: Bearer $TOKEN"
printf '%s\n' "$E2E_MAIL_DIR"/*.eml >"$DOCS_SEEN"
for document in "$@"; do
    lines_of "$document" >"$work/lines"
    asked=$(grep -cE '(^|\| |[ (])curl |^post ' "$work/lines") || fail "$document has no line that asks the server"
    : >"$DOCS_ANSWERS"
    (cd "$work" && cat prelude lines | bash >"$work/out" 2>"$work/err") || echo "the shell ended with $?" >>"$DOCS_FAULTS"
    if [ -s "$DOCS_FAULTS" ] || [ -s "$work/err" ]; then
        cat "$DOCS_FAULTS" "$work/err" >&2
        tail -c 2000 "$DOCS_ANSWERS" >&2
        fail "$document does not work as it stands"
    fi
    say "$document: $asked requests as documented"
done
