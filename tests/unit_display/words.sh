#!/bin/sh
# SPDX-License-Identifier: MIT
# Every English sentence of the displays has a Chinese one in assets/lang/zh_CN.display.po, none there is unused, and
# none is translated otherwise in assets/lang/zh_CN.po, with which it is joined.
# Run in the source folder; needs gettext's tools.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
find display -name '*.[ch]' | sort >"$dir/files"
xgettext --from-code=UTF-8 -L C -kboard_say:2 -kN_ -f "$dir/files" -o "$dir/used.pot"
msgcmp assets/lang/zh_CN.display.po "$dir/used.pot"
msgcmp "$dir/used.pot" assets/lang/zh_CN.display.po 2>"$dir/unused" || true
if grep -q "this message is used" "$dir/unused"; then
    echo "assets/lang/zh_CN.display.po has sentences that no source uses:" >&2
    cat "$dir/unused" >&2
    exit 1
fi

msgcat assets/lang/zh_CN.po assets/lang/zh_CN.display.po | sed '1,/^$/d' >"$dir/joined"
if grep -B4 '^"#-#-#-#-#' "$dir/joined"; then
    echo "these are translated in two ways" >&2
    exit 1
fi
