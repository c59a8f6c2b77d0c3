#!/usr/bin/env bash
# Puts a real nginx with deploy/nginx/workflow-platform.conf and a throw-away certificate in front of a
# running server. Usage: check-nginx.sh, with the server's address in E2E_BASE_URL, its mails in
# E2E_MAIL_DIR, and TRUSTED_PROXIES=127.0.0.1 set for it.
set -euo pipefail
. "$(dirname "$0")/common.sh"
cd "$root"

folder=$(mktemp -d)
nginx=
trap 'end "$nginx" QUIT; rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM HUP

plain=$(free_port)
secure=$(free_port)
openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=workflow.example.com \
    -addext subjectAltName=DNS:workflow.example.com \
    -keyout "$folder/privkey.pem" -out "$folder/fullchain.pem" 2>/dev/null
sed -e "s#127.0.0.1:8001#${E2E_BASE_URL#http://}#" -e "s#/etc/nginx/tls#$folder#" \
    -e '/\[::\]/d' -e "s/listen 80;/listen 127.0.0.1:$plain;/" \
    -e "s/listen 443 /listen 127.0.0.1:$secure /" deploy/nginx/workflow-platform.conf >"$folder/site.conf"
mkdir "$folder/temp"
cat >"$folder/nginx.conf" <<CONF
worker_processes 1;
pid $folder/nginx.pid;
error_log $folder/error.log;
daemon off;
events {}
http {
    access_log off;
    client_body_temp_path $folder/temp/body;
    proxy_temp_path $folder/temp/proxy;
    fastcgi_temp_path $folder/temp/fastcgi;
    uwsgi_temp_path $folder/temp/uwsgi;
    scgi_temp_path $folder/temp/scgi;
    include $folder/site.conf;
}
CONF
nginx -t -q -c "$folder/nginx.conf"
nginx -c "$folder/nginx.conf" &
nginx=$!

site=https://workflow.example.com:$secure
ask() { curl -s --cacert "$folder/fullchain.pem" --resolve "workflow.example.com:$secure:127.0.0.1" "$@"; }
for ((wait = 0; ; wait++)); do
    ask -o /dev/null "$site/health/live" && break
    kill -0 "$nginx" 2>/dev/null && [ "$wait" -lt 100 ] || { cat "$folder/error.log" >&2; fail "nginx did not start"; }
    sleep 0.1
done
is() { [ "$2" = "$3" ] || fail "$1: $2, not $3"; printf '  %s: %s\n' "$1" "$2"; }

for version in 1.2 1.3; do
    is "TLS $version" "$(ask --tlsv$version --tls-max $version -o /dev/null -w '%{http_code}' "$site/health/live")" 200
done
old=$(curl -s --tls-max 1.1 --ciphers 'DEFAULT@SECLEVEL=0' -k -o /dev/null -w '%{http_code}' "https://127.0.0.1:$secure/" || true)
is "TLS 1.1" "$old" 000
weak=$(curl -s --tls-max 1.2 --ciphers AES128-SHA -k -o /dev/null -w '%{http_code}' "https://127.0.0.1:$secure/" || true)
is "a cipher without forward secrecy" "$weak" 000
is "HTTP version" "$(ask --http2 -o /dev/null -w '%{http_version}' "$site/health/live")" 2
headers=$(ask -D - -o /dev/null "$site/health/live")
grep -qi '^strict-transport-security: max-age=63072000' <<<"$headers" || fail "no HSTS: $headers"
grep -qiE '^server: nginx.*[0-9]' <<<"$headers" && fail "nginx tells its version"
is "plain HTTP" "$(curl -s -o /dev/null -w '%{http_code} %{redirect_url}' -H 'Host: workflow.example.com' "http://127.0.0.1:$plain/x?y=1")" \
    "308 https://workflow.example.com/x?y=1"
is "metrics from outside" "$(ask -o /dev/null -w '%{http_code}' "$site/metrics")" 404
head -c 120000000 /dev/zero >"$folder/large"
is "a body above the limit" "$(ask -o /dev/null -w '%{http_code}' --data-binary "@$folder/large" "$site/api/v1/files")" 413

# A forged address does not get through: the session has that of the connection.
token=$(node scripts/sign-up.mjs "$E2E_BASE_URL" "$E2E_MAIL_DIR")
me=$(ask -H "Authorization: Bearer $token" -H 'X-Forwarded-For: 203.0.113.9' "$site/api/v1/users/me")
grep -q '"success":true' <<<"$me" || fail "a request of somebody signed in: $me"
post() { ask -X POST -H "Authorization: Bearer $token" -H 'X-Forwarded-For: 203.0.113.9' -H 'Content-Type: application/json' -d "$2" "$site/api/v1$1"; }
ask -X POST -H 'X-Forwarded-For: 203.0.113.9' -H 'Content-Type: application/json' \
    -d '{"identifier":"root@example.com","password":"correct horse battery"}' "$site/api/v1/users/auth/login" >"$folder/login"
admin=$(node -p "JSON.parse(require('fs').readFileSync('$folder/login')).data.access_token")
sessions=$(ask -H "Authorization: Bearer $admin" "$site/api/v1/users/me/sessions")
grep -q '203.0.113.9' <<<"$sessions" && fail "a forged address was believed: $sessions"
grep -q '"127.0.0.1"' <<<"$sessions" || fail "the client's address is not known: $sessions"

# Events arrive while the execution still runs.
source='name: slow\nsteps: [{id: a, uses: wait.for, with: {duration: 1s}}, {id: b, uses: wait.for, with: {duration: 30s}, needs: [a]}]'
definition=$(post /workflow/definitions "{\"source\":\"$source\"}" | node -p 'JSON.parse(require("fs").readFileSync(0)).data.id')
execution=$(post /workflow/executions "{\"definition_id\":\"$definition\"}" | node -p 'JSON.parse(require("fs").readFileSync(0)).data.id')
ask -N --max-time 5 -H "Authorization: Bearer $token" "$site/api/v1/workflow/executions/$execution/events" >"$folder/events" || true
grep -q '^data:' "$folder/events" || fail "no event came through: $(cat "$folder/events")"
say "nginx: TLS, HTTP/2, limits, addresses and event streams are right"
