#!/bin/sh
# SPDX-License-Identifier: MIT
# Reads the ticket number in the hero off a picture of the main board (tesseract, ImageMagick):
#     read_number.sh BOARD.png        prints A012; two lines when two calls share the hero; nothing for no call
# The number is cut out of its known place, set dark on light and scaled to small letters, which the recogniser reads
# best.
set -eu
picture=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Pictures of other sizes are brought to the board's own; a shift of 2 px against burn-in does no harm.
convert "$picture" -resize 1920x1080! +repage "$work/board.png"

# recognise LETTERS SPOT...: what the spots show, one of the letters each. There are pictures of each spot in three
# sizes; what most answers say is taken, the first size's where they differ.
recognise() {
    letters=$1
    shift
    for spot in "$@"; do
        printf '%s\n' "$spot" "${spot%.24.png}.32.png" "${spot%.24.png}.40.png"
    done >"$work/list.txt"
    OMP_THREAD_LIMIT=1 tesseract "$work/list.txt" - -l eng --psm 10 --dpi 150 -c "tessedit_char_whitelist=$letters" \
        2>/dev/null | tr -d ' \n' | awk -v RS='\f' '
            length($0) == 1 { votes[$0]++; if (votes[$0] > most) { most = votes[$0]; best = $0 } }
            NR % 3 == 0 { printf "%s", most ? best : "?"; most = 0; split("", votes) }'
}

# cut_out PLACE X: the spot at that place of number.png in three sizes, named by X.
cut_out() {
    name=$(printf '%s/spot-%04d' "$work" "$2")
    convert "$work/number.png" -crop "$1" +repage -filter Lanczos -bordercolor white \
        \( +clone -resize x24 -border 30x24 -write "$name.24.png" +delete \) \
        \( +clone -resize x32 -border 30x24 -write "$name.32.png" +delete \) \
        -resize x40 -border 30x24 "$name.40.png"
}

# The number at y, height high. Each letter and digit is one spot of ink, at least a third of the height. Each is cut
# out by itself and asked for what it can be: the first names the series, the others are digits. (The number may be
# on its way in from the right; the arrow behind it begins further right even then.)
read_at() {
    convert "$work/board.png" -crop "712x$2+56+$1" +repage -colorspace Gray -auto-level "$work/number.png"
    if [ "$(convert "$work/number.png" -format '%[fx:mean<0.5]' info:)" = 1 ]; then
        convert "$work/number.png" -negate "$work/number.png"
    fi
    rm -f "$work"/spot-*
    convert "$work/number.png" -threshold 50% -negate -define connected-components:verbose=true \
        -define connected-components:area-threshold=40 -connected-components 8 null: |
        awk -v least="$(($2 / 3))" 'NR > 1 && $NF != "gray(0)" {
            split($2, box, /[x+]/); if (box[2] >= least) print box[3], $2 }' | sort -n |
        while read -r x place; do
            cut_out "$place" "$x"
        done
    set -- "$work"/spot-*.24.png
    [ -e "$1" ] || return 0
    series=$1
    shift
    echo "$(recognise ABCDEFGHIJKLMNOPQRSTUVWXYZ "$series")$([ $# = 0 ] || recognise 0123456789 "$@")"
}

# Left of the number there is only the ground; where two calls share the hero it is of two colours there.
colours=$(convert "$work/board.png" -crop 4x24+34+220 +repage -format '%k' info:)
if [ "$colours" -gt 1 ]; then
    read_at 110 116
    read_at 238 116
else
    read_at 114 236
fi
