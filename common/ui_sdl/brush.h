/* SPDX-License-Identifier: MIT
 * Drawing on 32-bit pixels, anti-aliased, with integer blending that is the same everywhere. For canvas.c. */
#ifndef COMMON_UI_SDL_BRUSH_H
#define COMMON_UI_SDL_BRUSH_H

#include <stdint.h>

#include "common/ui/list.h"

/* Where and with what to draw. Coordinates are picture px. */
struct brush {
    uint32_t *pixels; /* 0x00RRGGBB, borrowed */
    int stride;       /* in pixels */
    struct ui_rect clip;
    uint32_t rgb;
    int alpha; /* 0 to 255 */
};

/* Edges have 16 levels of coverage: the eye sees no more at these sizes, and golden pictures are a third as
 * large. Gives the level (0, 17, ... 255) nearest to a coverage of 0 to 255. */
int brush_level(int cover);

void brush_fill(const struct brush *brush, struct ui_rect rect, int radius);
void brush_stroke(const struct brush *brush, struct ui_rect rect, int radius, int thick);

/* The soft shadow of a rectangle, drawn around it only: it may be translucent itself. */
void brush_shadow(const struct brush *brush, struct ui_rect rect, int radius, int drop, int blur);

/* A circle line inside the square, `permille` of it clockwise from the top, with round ends. */
void brush_ring(const struct brush *brush, struct ui_rect square, int thick, int permille);

/* 8-bit coverage, rows of `width`, with its left top corner at x, y. */
void brush_mask(const struct brush *brush, const unsigned char *cover, int width, int height, int x, int y);

/* One pixel of another colour and opacity. */
void brush_pixel(const struct brush *brush, int x, int y, uint32_t rgb, int alpha);

#endif
