/* SPDX-License-Identifier: MIT */
#include "common/ui_sdl/images.h"

#include <SDL.h>
#include <SDL_image.h>
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/ui_sdl/drawings.h"

enum { MASKS = 192, IMAGE_SIDE_MAX = 4096, SVG_BYTES = 4096, BOLD_STROKE = '7' };

struct mask {
    enum ui_icon icon;
    enum ui_weight weight;
    int px;
    unsigned char *cover; /* owned */
};

struct ui_canvas_icons {
    struct mask masks[MASKS];
    int count;
};

struct ui_canvas_icons *icons_create(void)
{
    return calloc(1, sizeof(struct ui_canvas_icons));
}

static void icons_empty(struct ui_canvas_icons *icons)
{
    for (int i = 0; i < icons->count; i++)
        free(icons->masks[i].cover);
    icons->count = 0;
}

void icons_destroy(struct ui_canvas_icons *icons)
{
    if (icons)
        icons_empty(icons);
    free(icons);
}

static const char *svg_of(enum ui_icon icon)
{
    for (const struct ui_drawing *drawing = ui_drawings; drawing->name; drawing++)
        if (strcmp(drawing->name, ui_icon_name(icon)) == 0)
            return drawing->svg;
    return NULL;
}

static uint32_t argb_at(const SDL_Surface *surface, int x, int y)
{
    uint32_t pixel;
    const uint8_t *row = (const uint8_t *)surface->pixels + (size_t)y * (size_t)surface->pitch;
    memcpy(&pixel, row + (size_t)x * sizeof pixel, sizeof pixel);
    return pixel;
}

static SDL_Surface *to_argb(SDL_Surface *loaded)
{
    SDL_Surface *argb = loaded ? SDL_ConvertSurfaceFormat(loaded, SDL_PIXELFORMAT_ARGB8888, 0) : NULL;
    SDL_FreeSurface(loaded);
    return argb;
}

static unsigned char *draw_icon(enum ui_icon icon, enum ui_weight weight, int px)
{
    char svg[SVG_BYTES];
    const char *drawing = svg_of(icon);
    if (!drawing || snprintf(svg, sizeof svg, "%s", drawing) >= SVG_BYTES)
        return NULL;
    char *stroke = strstr(svg, "stroke-width=\"4\""); /* of the whole drawing: it comes first */
    if (weight == UI_BOLD && stroke)
        stroke[sizeof "stroke-width=\"" - 1] = BOLD_STROKE;
    SDL_RWops *file = SDL_RWFromConstMem(svg, (int)strlen(svg));
    SDL_Surface *argb = file ? to_argb(IMG_LoadSizedSVG_RW(file, px, px)) : NULL;
    if (file)
        SDL_RWclose(file);
    unsigned char *cover = argb ? calloc((size_t)px, (size_t)px) : NULL;
    for (int y = 0; cover && y < px && y < argb->h; y++)
        for (int x = 0; x < px && x < argb->w; x++)
            cover[y * px + x] = (unsigned char)brush_level((int)(argb_at(argb, x, y) >> 24));
    SDL_FreeSurface(argb);
    return cover;
}

const unsigned char *icons_mask(struct ui_canvas_icons *icons, enum ui_icon icon, enum ui_weight weight,
                                int px)
{
    for (int i = 0; i < icons->count; i++)
        if (icons->masks[i].icon == icon && icons->masks[i].weight == weight && icons->masks[i].px == px)
            return icons->masks[i].cover;
    if (icons->count == MASKS)
        icons_empty(icons);
    struct mask *mask = &icons->masks[icons->count];
    *mask = (struct mask){icon, weight, px, draw_icon(icon, weight, px)};
    if (mask->cover)
        icons->count++;
    return mask->cover;
}

/* ---- image files ---- */

enum status image_load(const char *path, SDL_Surface **surface, struct error *error)
{
    *surface = NULL;
    SDL_RWops *file = SDL_RWFromFile(path, "rb");
    if (!file)
        return error_set(error, STATUS_IO, "cannot open the picture %s: %s", path, SDL_GetError());
    SDL_Surface *argb = to_argb(IMG_Load_RW(file, 1));
    if (!argb)
        return error_set(error, STATUS_PARSE, "%s is not a picture that can be shown (PNG or SVG): %s", path,
                         IMG_GetError());
    if (argb->w > IMAGE_SIDE_MAX || argb->h > IMAGE_SIDE_MAX || argb->w < 1 || argb->h < 1) {
        int w = argb->w, h = argb->h;
        SDL_FreeSurface(argb);
        return error_set(error, STATUS_LIMIT, "the picture %s is %dx%d, at most %dx%d is shown", path, w, h,
                         IMAGE_SIDE_MAX, IMAGE_SIDE_MAX);
    }
    *surface = argb;
    return STATUS_OK;
}

/* Mean of the image's pixels x0..x1-1, y0..y1-1, colours weighted by their opacity. */
static uint32_t mean_of(const SDL_Surface *image, int x0, int y0, int x1, int y1)
{
    uint64_t alpha = 0, red = 0, green = 0, blue = 0;
    for (int y = y0; y < y1; y++)
        for (int x = x0; x < x1; x++) {
            uint32_t pixel = argb_at(image, x, y);
            uint32_t a = pixel >> 24;
            alpha += a;
            red += (uint64_t)(pixel >> 16 & 0xFF) * a;
            green += (uint64_t)(pixel >> 8 & 0xFF) * a;
            blue += (uint64_t)(pixel & 0xFF) * a;
        }
    if (alpha == 0)
        return 0;
    uint64_t count = (uint64_t)(x1 - x0) * (uint64_t)(y1 - y0);
    return (uint32_t)((alpha / count) << 24 | (red / alpha) << 16 | (green / alpha) << 8 | blue / alpha);
}

void image_draw(const struct brush *brush, const SDL_Surface *image, struct ui_rect rect)
{
    int w = rect.w, h = (int)((int64_t)rect.w * image->h / image->w);
    if (h > rect.h) {
        h = rect.h;
        w = (int)((int64_t)rect.h * image->w / image->h);
    }
    int left = rect.x + (rect.w - w) / 2, top = rect.y + (rect.h - h) / 2;
    struct ui_rect area = ui_rect_cut((struct ui_rect){left, top, w, h}, brush->clip);
    for (int y = area.y; y < area.y + area.h; y++)
        for (int x = area.x; x < area.x + area.w; x++) {
            int x0 = (int)((int64_t)(x - left) * image->w / w),
                x1 = (int)((int64_t)(x - left + 1) * image->w / w);
            int y0 = (int)((int64_t)(y - top) * image->h / h),
                y1 = (int)((int64_t)(y - top + 1) * image->h / h);
            uint32_t argb = mean_of(image, x0, y0, x1 > x0 ? x1 : x0 + 1, y1 > y0 ? y1 : y0 + 1);
            brush_pixel(brush, x, y, argb & 0xFFFFFF, (int)(argb >> 24));
        }
}
