/* SPDX-License-Identifier: MIT
 * Characters of UTF-8 text, and which shape of a mark suits its neighbours. */
#include "common/ui/ui.h"

int ui_utf8_next(const char *text, int length, uint32_t *code)
{
    static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
    if (length <= 0)
        return 0;
    unsigned char first = (unsigned char)text[0];
    int more = first < 0x80                    ? 0
               : first >= 0xF0 && first < 0xF8 ? 3
               : first >= 0xE0                 ? 2
               : first >= 0xC0                 ? 1
                                               : -1;
    *code = 0xFFFD;
    if (more < 0 || first >= 0xF8)
        return 1;
    if (more == 0) {
        *code = first;
        return 1;
    }
    uint32_t value = first & (0x3Fu >> more);
    for (int i = 1; i <= more; i++) {
        if (i >= length || ((unsigned char)text[i] & 0xC0) != 0x80)
            return i;
        value = value << 6 | ((unsigned char)text[i] & 0x3F);
    }
    if (value >= least[more] && value <= 0x10FFFF && (value < 0xD800 || value > 0xDFFF))
        *code = value;
    return more + 1;
}

static bool is_latin(uint32_t code)
{
    return (code > ' ' && code < 0x250) || code >= UI_NARROW_BASE;
}

uint32_t ui_shape(const char *text, int length, int at, uint32_t code, uint32_t before)
{
    uint32_t next = 0;
    switch (code) {
    case 0x2018: /* opening quotation marks look ahead */
    case 0x201C: {
        int taken = ui_utf8_next(text + at, length - at, &next);
        if (ui_utf8_next(text + at + taken, length - at - taken, &next) > 0 && is_latin(next))
            return UI_NARROW_BASE + code;
        return code;
    }
    case 0x2019: /* closing ones look back */
    case 0x201D:
        return is_latin(before) ? UI_NARROW_BASE + code : code;
    case 0x00B7: /* middle dot, ellipsis */
    case 0x2026:
        return before == ' ' || is_latin(before) ? UI_NARROW_BASE + code : code;
    default:
        return code;
    }
}
