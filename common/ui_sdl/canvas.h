/* SPDX-License-Identifier: MIT
 * A picture in memory that display lists are painted on: the same pixels on every machine, with or without a
 * window. The window shows a canvas, golden images and the ticket's raster are read from one.
 *
 * Painting is done here on a plain 32-bit SDL surface rather than through SDL_Renderer: only changed
 * rectangles are painted and shown, a 2x board is drawn at 2x rather than stretched, edges are anti-aliased,
 * and no blending routine chosen by the CPU or a driver can change a pixel. */
#ifndef COMMON_UI_SDL_CANVAS_H
#define COMMON_UI_SDL_CANVAS_H

#include "common/base/status.h"
#include "common/ui_sdl/fonts.h"

struct SDL_Surface;
struct ui_canvas_icons;

struct ui_canvas_params {
    int width, height;      /* logical px, as in ui_frame */
    int scale_permille;     /* picture px a logical px; 0: 1000 */
    struct ui_fonts *fonts; /* borrowed; must outlive the canvas */
};

enum { UI_PICTURES_MAX = 64 };

/* Caller-owned; members are private. */
struct ui_canvas {
    int width, height, scale_permille;
    struct SDL_Surface *surface;                   /* owned */
    struct ui_fonts *fonts;                        /* borrowed */
    struct ui_canvas_icons *icons;                 /* owned: masks by icon and size */
    struct SDL_Surface *pictures[UI_PICTURES_MAX]; /* owned; handle = index + 1 */
    struct ui_grid shown;
};

/* Makes the surface (all UI_PAPER). STATUS_MEMORY or STATUS_LIMIT on failure; then nothing is to be
 * destroyed. */
enum status ui_canvas_init(struct ui_canvas *canvas, const struct ui_canvas_params *params,
                           struct error *error);
void ui_canvas_destroy(struct ui_canvas *canvas);

/* Makes the surface anew at another scale; pictures and icons are kept. On failure the old one stays. */
enum status ui_canvas_scale(struct ui_canvas *canvas, int scale_permille, struct error *error);

/* Paints what differs from the last paint. out (may be NULL) gets the rectangles in picture px; returns how
 * many. */
int ui_canvas_paint(struct ui_canvas *canvas, const struct ui *ui, struct ui_rect out[UI_DIRTY_MAX]);

/* The next paint paints everything. */
void ui_canvas_forget(struct ui_canvas *canvas);

/* Registers a PNG or SVG file (SVG: at its own size) for ui_picture; *handle > 0. Each file once; at most
 * UI_PICTURES_MAX. STATUS_IO, STATUS_PARSE or STATUS_LIMIT on failure. */
enum status ui_canvas_picture_add(struct ui_canvas *canvas, const char *path, int *handle,
                                  struct error *error);

/* Pixels as 0x00RRGGBB; stride in pixels. Borrowed until the next paint or destroy. */
const uint32_t *ui_canvas_pixels(const struct ui_canvas *canvas, int *width, int *height, int *stride);

/* Writes the picture as a PNG (no alpha, no time stamp; with a palette when it has at most 256 colours). */
enum status ui_canvas_write_png(const struct ui_canvas *canvas, const char *path, struct error *error);

/* Packs the picture into 1 bit a dot for a printer: most significant bit first, 1 = black, rows of (width +
 * 7) / 8 bytes. A dot is black when its luminance is below half. out: rows * height bytes, caller-owned. */
void ui_canvas_pack_mono(const struct ui_canvas *canvas, uint8_t *out);

#endif
