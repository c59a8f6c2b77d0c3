#!/usr/bin/env bash
# Checks the files of deploy/ by the programs that read them, without a server. What needs one is in
# check-monitoring.sh and check-nginx.sh.
set -euo pipefail
. "$(dirname "$0")/common.sh"
cd "$root"

tools=target/deploy-tools/bin
"$tools/hadolint" deploy/docker/Dockerfile deploy/docker/frontend.Dockerfile
"$tools/check-jsonschema" --quiet --builtin-schema vendor.compose-spec deploy/compose/docker-compose*.yml
"$tools/check-jsonschema" --quiet --builtin-schema vendor.github-workflows .github/workflows/*.yml
target/deploy-tools/layer/helm/helm lint --quiet --strict deploy/helm/workflow-platform
# As kustomize and Helm render them; 1.30 is the version that preStop's sleep came with.
manifests=target/deploy-tools/manifests
rm -rf "$manifests"
node scripts/check-manifests.mjs "$manifests"
"$tools/kubernetes-validate" --kubernetes-version 1.30 --strict "$manifests"/*.yaml deploy/kubernetes/components/*/cronjob.yaml \
    >"$manifests/log" 2>&1 ||
    { grep -v '^INFO' "$manifests/log" >&2; fail "a manifest is none that Kubernetes takes"; }
"$tools/yamllint" --strict -d '{extends: relaxed, ignore: [deploy/tools, "deploy/helm/*/templates"], rules: {line-length: disable}}' deploy .github

# The provider's schemas are not in a package registry: the GitHub workflow runs terraform validate.
"$tools/python" scripts/check-terraform.py deploy/terraform/ecs
if have terraform; then TF_CLI_CONFIG_FILE=/dev/null terraform fmt -check -recursive deploy/terraform >/dev/null; fi

# Logstash itself is in no package registry either: here its grammar, its own test in the GitHub workflow.
"$tools/python" scripts/check-elk.py deploy/elk

# The file for containers is the one for machines, with a name that is looked up instead of an upstream.
diff <(sed -n '/^# Coarse/,$p' deploy/nginx/workflow-platform.conf) \
    <(sed -n -e '/^ *resolver /d; /^ *set .workflow_platform_upstream/d; s#//.workflow_platform_upstream#//workflow_platform#' \
        -e '/^# Coarse/,$p' deploy/compose/nginx.conf) || fail "deploy/compose/nginx.conf is stale"

if have systemd-analyze; then
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
    for unit in deploy/systemd/*.service deploy/systemd/*.timer; do
        sed 's#/usr/local/bin/workflow-platform#/bin/true#' "$unit" >"$folder/$(basename "$unit")"
    done
    systemd-analyze verify "$folder"/*.service "$folder"/*.timer
fi
say "deploy/: images, compose files, manifests and units are right"
