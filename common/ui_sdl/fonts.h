/* SPDX-License-Identifier: MIT
 * Noto Sans CJK SC, Regular and Bold, through SDL2_ttf: widths for the layout and glyph pictures for the
 * canvas. Glyph pictures are kept in a cache of bounded size; widths are kept for the whole run (2 bytes a
 * character). */
#ifndef COMMON_UI_SDL_FONTS_H
#define COMMON_UI_SDL_FONTS_H

#include <stddef.h>

#include "common/base/status.h"
#include "common/ui/ui.h"

struct ui_fonts_params {
    const char *folder; /* where NotoSansCJK-Regular.ttc and -Bold.ttc are; NULL: $EVENHALL_FONTS, then the
                           usual places of Debian, Fedora, Arch and macOS packages */
    size_t cache_bytes; /* for glyph pictures; 0: 8 MiB */
};

struct ui_fonts; /* opaque */

/* Opens both fonts. On failure: STATUS_NOT_FOUND with the places searched and the package to install, or
 * STATUS_IO. *fonts is owned by the caller: ui_fonts_close. */
enum status ui_fonts_open(const struct ui_fonts_params *params, struct ui_fonts **fonts, struct error *error);
void ui_fonts_close(struct ui_fonts *fonts); /* NULL is allowed */

/* The callback table for ui_init; borrows fonts. */
struct ui_measure ui_fonts_measure(struct ui_fonts *fonts);

/* One glyph as 8-bit coverage, row by row. left, top: from the pen position on the baseline to its left top
 * corner (top is negative for what stands above the baseline). Valid until the next ui_fonts_glyph. */
struct ui_glyph {
    const unsigned char *cover;
    int width, height, left, top;
};
/* em: px, 1 to UI_EM_MAX * 2. Never fails: a character that no font has shows as an empty box. */
struct ui_glyph ui_fonts_glyph(struct ui_fonts *fonts, enum ui_weight weight, int em, uint32_t code);

/* Bytes in the glyph cache now, and how often it was emptied. */
size_t ui_fonts_cached_bytes(const struct ui_fonts *fonts);

#endif
