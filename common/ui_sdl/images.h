/* SPDX-License-Identifier: MIT
 * Pictures for the canvas: icons drawn at the size needed and kept, image files, both as plain pixels. */
#ifndef COMMON_UI_SDL_IMAGES_H
#define COMMON_UI_SDL_IMAGES_H

#include "common/base/status.h"
#include "common/ui/icon.h"
#include "common/ui_sdl/brush.h"

struct SDL_Surface;
struct ui_canvas_icons;

struct ui_canvas_icons *icons_create(void); /* NULL: no memory */
void icons_destroy(struct ui_canvas_icons *icons);

/* The icon as px * px bytes of coverage, borrowed until the next call; NULL when it cannot be drawn. */
const unsigned char *icons_mask(struct ui_canvas_icons *icons, enum ui_icon icon, enum ui_weight weight,
                                int px);

/* Loads PNG or SVG into ARGB8888; the caller owns *surface (SDL_FreeSurface). */
enum status image_load(const char *path, struct SDL_Surface **surface, struct error *error);

/* Draws the image as large as fits in rect, in its own shape, in the middle; each pixel is the mean of what
 * it covers. */
void image_draw(const struct brush *brush, const struct SDL_Surface *image, struct ui_rect rect);

#endif
