/* SPDX-License-Identifier: MIT
 * The display list: what to draw, in order, in logical px, with colours resolved. It is complete in itself
 * (strings and QR modules are in the frame's bytes), so a renderer needs nothing else, and each command has a
 * hash, so a renderer redraws only the cells of the screen whose hash changed. */
#ifndef COMMON_UI_LIST_H
#define COMMON_UI_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/ui/icon.h"
#include "common/ui/limits.h"
#include "common/ui/theme.h"

struct ui_rect {
    int x, y, w, h;
};

bool ui_rect_empty(struct ui_rect rect);
bool ui_rect_contains(struct ui_rect rect, int x, int y);
bool ui_rect_inside(struct ui_rect inner, struct ui_rect outer);
struct ui_rect ui_rect_cut(struct ui_rect one,
                           struct ui_rect other); /* what both cover; w = h = 0 when nothing */
struct ui_rect ui_rect_join(struct ui_rect one,
                            struct ui_rect other); /* least that holds both; an empty one is ignored */

enum ui_command_kind {
    UI_FILL,   /* rounded rectangle */
    UI_STROKE, /* its border, inside rect, `thick` px */
    UI_SHADOW, /* below rect: drop `thick`, blur `extent`; outside of rect only */
    UI_RUN,    /* one line of text */
    UI_GLYPH,  /* an icon, fitted to rect */
    UI_CODE,   /* QR modules */
    UI_RING,   /* part of a circle line, clockwise from the top */
    UI_PICTURE /* an image registered with the renderer, fitted to rect */
};

struct ui_command {
    enum ui_command_kind kind;
    struct ui_rect rect; /* where it is; a run's line box, a ring's square */
    struct ui_rect clip; /* draw nothing outside */
    uint32_t rgb;        /* 0xRRGGBB */
    int alpha;           /* 0 to 255 */
    int radius;          /* FILL, STROKE, SHADOW, px */
    int thick;           /* STROKE, RING: line px; SHADOW: drop px */
    int extent;          /* SHADOW: blur px; RING: thousandths of the circle; CODE: px of a module */
    int baseline;        /* RUN: y of the baseline */
    int em;              /* RUN: px */
    enum ui_weight weight;
    enum ui_icon icon;
    int picture;       /* PICTURE: handle; CODE: modules on a side */
    int bytes, length; /* RUN: UTF-8, CODE: bits, row by row, most significant first; offset in ui->bytes */
    uint64_t hash;     /* of everything above and of the bytes pointed to */
};

/* All that a command may touch: its rectangle with overhanging strokes or blur, clipped. */
struct ui_rect ui_command_bounds(const struct ui_command *command);

/* Hashes of the cells of a screen: what a renderer remembers of the picture it showed last. Zero it to begin;
 * caller-owned. */
struct ui_grid {
    int width, height;
    uint64_t cells[UI_CELLS_MAX];
};

#endif
