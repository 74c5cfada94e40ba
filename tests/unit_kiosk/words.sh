#!/bin/sh
# SPDX-License-Identifier: MIT
# Every English sentence of kiosk and ticket has a Chinese one in assets/lang/zh_CN.po, and none there is unused.
# Run in the source folder; needs gettext's tools.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
find kiosk common -name '*.[ch]' | sort >"$dir/files"
xgettext --from-code=UTF-8 -L C -ksay:2 -kN_ -kwords_in:2 -f "$dir/files" -o "$dir/used.pot"
msgcmp assets/lang/zh_CN.po "$dir/used.pot"
msgcmp "$dir/used.pot" assets/lang/zh_CN.po 2>"$dir/unused" || true
if grep -q "this message is used" "$dir/unused"; then
    echo "assets/lang/zh_CN.po has sentences that no source uses:" >&2
    cat "$dir/unused" >&2
    exit 1
fi
