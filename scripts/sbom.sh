#!/usr/bin/env bash
# Bills of materials in CycloneDX's form, by the tools of its makers: target/sbom/workflow-platform.cdx.json for
# the binary, target/sbom/frontend.cdx.json for the web interface inside it.
set -euo pipefail
. "$(dirname "$0")/common.sh"
cd "$root"

if ! cargo cyclonedx --version >/dev/null 2>&1; then
    say "installing cargo-cyclonedx"
    cargo install --locked --quiet cargo-cyclonedx
fi
if [ ! -e deploy/tools/node_modules/@cyclonedx/cyclonedx-npm ]; then npm ci --prefix deploy/tools --loglevel=error; fi

out=target/sbom
mkdir -p "$out"
# It writes beside each crate's manifest.
cargo cyclonedx --quiet --format json --spec-version 1.5 --describe binaries --manifest-path workflow-platform/Cargo.toml
mv workflow-platform/workflow-platform_bin.cdx.json "$out/workflow-platform.cdx.json"
find workflow-platform -name '*.cdx.json' -delete
node deploy/tools/node_modules/@cyclonedx/cyclonedx-npm/bin/cyclonedx-npm-cli.js --omit dev \
    --output-reproducible --spec-version 1.6 --output-file "$out/frontend.cdx.json" frontend/package.json
for name in workflow-platform frontend; do
    count=$(node -p "JSON.parse(require('fs').readFileSync('$out/$name.cdx.json')).components.length")
    [ "$count" -gt 10 ] || fail "$out/$name.cdx.json has $count components only"
    say "$out/$name.cdx.json: $count components"
done
