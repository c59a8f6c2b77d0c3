#!/usr/bin/env bash
# Checks the files of deploy/ by the programs that read them, without a server. What needs one is in
# check-monitoring.sh and check-nginx.sh.
set -euo pipefail
. "$(dirname "$0")/common.sh"
cd "$root"

tools=target/deploy-tools/bin
"$tools/hadolint" deploy/docker/Dockerfile
"$tools/check-jsonschema" --quiet --builtin-schema vendor.compose-spec deploy/compose/docker-compose*.yml
"$tools/check-jsonschema" --quiet --builtin-schema vendor.github-workflows .github/workflows/*.yml
target/deploy-tools/layer/helm/helm lint --quiet --strict deploy/helm/workflow-platform
# As kustomize and Helm render them; 1.30 is the version that preStop's sleep came with.
manifests=target/deploy-tools/manifests
rm -rf "$manifests"
node scripts/check-manifests.mjs "$manifests"
"$tools/kubernetes-validate" --kubernetes-version 1.30 --strict "$manifests"/*.yaml >/dev/null
"$tools/yamllint" --strict -d '{extends: relaxed, ignore: [deploy/tools, "deploy/helm/*/templates"], rules: {line-length: disable}}' deploy .github

# The file for containers is the one for machines with another upstream.
diff <(sed -n '/^upstream/,$p' deploy/nginx/workflow-platform.conf | sed 's/127.0.0.1:8001/api:8001/') \
    <(sed -n '/^upstream/,$p' deploy/compose/nginx.conf) || fail "deploy/compose/nginx.conf is stale"

if have systemd-analyze; then
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
    for unit in deploy/systemd/*.service; do
        sed 's#/usr/local/bin/workflow-platform#/bin/true#' "$unit" >"$folder/$(basename "$unit")"
    done
    systemd-analyze verify "$folder"/*.service
fi
say "deploy/: images, compose files, manifests and units are right"
