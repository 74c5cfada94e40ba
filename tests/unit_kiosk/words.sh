#!/bin/sh
# SPDX-License-Identifier: MIT
# Every English sentence of the kiosk has a Chinese one in assets/lang/zh_CN.po, and none there is unused.
# Run in the source folder; needs gettext's tools.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
find kiosk common -name '*.[ch]' | sort >"$dir/files"
xgettext --from-code=UTF-8 -L C -ksay:2 -kN_ -kwords_in:2 -f "$dir/files" -o "$dir/used.pot"
wrong=0
msgcmp assets/lang/zh_CN.po "$dir/used.pot" 2>"$dir/report" || wrong=1
grep -q 'not used' "$dir/report" && wrong=1
grep -E 'used|similar' "$dir/report" | sed "s|$dir/||" >&2 || true
exit $wrong
