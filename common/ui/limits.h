/* SPDX-License-Identifier: MIT
 * What one frame can hold. A frame that needs more is cut there, counted in `struct ui` and reported by
 * ui_check; nothing is allocated and nothing is written past an end. */
#ifndef COMMON_UI_LIMITS_H
#define COMMON_UI_LIMITS_H

#include <stdint.h>

enum ui_limits {
    UI_NODES_MAX = 1024,      /* a kiosk screen has about 120 nodes, a gallery of everything about 400 */
    UI_DEPTH_MAX = 24,        /* boxes open at once */
    UI_BYTES_MAX = 64 * 1024, /* text and QR modules of one frame */
    UI_LINES_MAX = 1024,      /* lines of text after wrapping */
    UI_COMMANDS_MAX = 4096,   /* display list: a card is up to 4, a line of text 1 */
    UI_HITS_MAX = 192,        /* things that can be pressed; the largest screen (letter pad) has about 40 */
    UI_OVERFLOWS_MAX = 64,    /* texts that did not fit their box */
    UI_POINTERS_MAX = 4,      /* fingers followed at once */
    UI_CELL = 60,             /* side of a cell of the redraw grid, px */
    UI_CELLS_MAX = 1024,  /* 1080x1920 has 18 x 32, 1920x1080 as many, 3840x2160 is laid out at 1920x1080 */
    UI_DIRTY_MAX = 16,    /* rectangles to redraw; more are merged */
    UI_SIDE_MAX = 8192,   /* px: no canvas is wider or higher */
    UI_QR_SIDE_MAX = 177, /* modules: QR version 40 */
    UI_EM_MAX = 720,      /* px */
};

_Static_assert(UI_NODES_MAX <= INT16_MAX, "node indices are int16_t");
_Static_assert(UI_LINES_MAX <= INT16_MAX, "line indices are int16_t");
_Static_assert(UI_SIDE_MAX <= INT16_MAX, "coordinates are int16_t in the display list");
_Static_assert((1080 / UI_CELL) * (1920 / UI_CELL) <= UI_CELLS_MAX, "the kiosk's grid fits");
_Static_assert(1080 % UI_CELL == 0 && 1920 % UI_CELL == 0, "no cell is cut at the edge of the two canvases");
_Static_assert((UI_QR_SIDE_MAX * UI_QR_SIDE_MAX + 7) / 8 < UI_BYTES_MAX / 8,
               "a QR takes a small part of the bytes");

#endif
