#!/usr/bin/env bash
# Builds target/docs/site from the documents, with an index of all operations of the API. Every link and anchor
# within them must lead somewhere, and every document must be in the navigation.
set -euo pipefail
. "$(dirname "$0")/common.sh"
cd "$root"

venv=target/docs-venv
if ! "$venv/bin/python" -c 'import mkdocs, material' 2>/dev/null; then
    python3 -c 'import ensurepip' 2>/dev/null || need_packages python3 python3-venv
    say "installing mkdocs"
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check mkdocs==1.6.1 mkdocs-material==9.8.1
fi

source=target/docs/source
rm -rf target/docs
mkdir -p "$source"
git ls-files --cached --others --exclude-standard 'docs/**.md' docs/pictures docs/api/openapi.json ./*.md LICENSE .env.example |
    grep -v '^target/' | while read -r file; do
    [ -e "$file" ] || continue
    mkdir -p "$source/$(dirname "$file")"
    cp "$file" "$source/$file"
done
node scripts/api-reference.mjs docs/api/openapi.json >"$source/docs/api/reference.md"
node scripts/prepare-docs.mjs "$source" docs/mkdocs.yml target/docs/mkdocs.yml
# Not --quiet: it hides warnings from --strict as well.
NO_MKDOCS_2_WARNING=1 "$venv/bin/mkdocs" build --strict --config-file target/docs/mkdocs.yml >target/docs/log 2>&1 ||
    { cat target/docs/log >&2; fail "the documentation site does not build"; }
say "target/docs/site: $(find target/docs/site -name '*.html' | wc -l) pages, every link leads somewhere"
