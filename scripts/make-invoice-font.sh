#!/usr/bin/env bash
# Makes the font of invoices: Noto Sans CJK SC with the characters of GB 2312, Latin letters and
# the signs of currencies. The same bytes each time.
# Usage: scripts/make-invoice-font.sh [OUTPUT]
set -euo pipefail
. "$(dirname "$0")/common.sh"

version=4.68.0
source=/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc
output=$(readlink -m "${1:-$root/workflow-platform/bounded_contexts/subscription/assets/invoice-font.otf}")
have python3 && python3 -c 'import ensurepip' 2>/dev/null || need_packages python3 python3-venv
[ -e "$source" ] || need_packages fonts-noto-cjk
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/tools"
"$folder/tools/bin/pip" install --quiet --disable-pip-version-check "fonttools==$version"
python3 - >"$folder/characters" <<'END'
import sys

def decoded(row, cell):
    try:
        return bytes([row, cell]).decode("gb2312")
    except UnicodeDecodeError:
        return ""

characters = {decoded(row, cell) for row in range(0xA1, 0xF8) for cell in range(0xA1, 0xFF)}
characters |= {chr(code) for code in [*range(0x20, 0x7F), *range(0xA0, 0x180)]}
characters |= set("–—‘’“”…€·※−×〓￥¥£")
sys.stdout.reconfigure(encoding="utf-8")
print("".join(sorted(characters)), end="")
END
"$folder/tools/bin/pyftsubset" "$source" --font-number=2 --text-file="$folder/characters" \
    --no-hinting --layout-features= --drop-tables+=GSUB,GPOS,GDEF,vhea,vmtx,VORG,BASE \
    --notdef-outline --name-IDs=0,1,2,4,5,6,13,14 --output-file="$output"
say "$output: $(stat -c %s "$output") bytes"
