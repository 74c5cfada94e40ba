/* SPDX-License-Identifier: MIT
 * The canvas's picture as a PNG file and as dots for a printer. */
#include <SDL.h>
#include <SDL_image.h>
#include <stdlib.h>
#include <string.h>

#include "common/ui_sdl/canvas.h"

enum { PALETTE = 256 };

/* Finds the colours of the picture; false when there are more than a palette holds. */
static bool find_palette(const SDL_Surface *surface, SDL_Color colors[PALETTE], uint8_t *indices)
{
    static const uint32_t free_slot = 0xFFFFFFFF;
    uint32_t slots[4 * PALETTE];
    uint8_t index_of[4 * PALETTE] = {0};
    int count = 0;
    memset(slots, 0xFF, sizeof slots);
    for (int y = 0; y < surface->h; y++) {
        const uint32_t *row = (const uint32_t *)surface->pixels + (ptrdiff_t)y * (surface->pitch / 4);
        for (int x = 0; x < surface->w; x++) {
            uint32_t rgb = row[x] & 0xFFFFFF;
            uint32_t slot = rgb * 0x9E3779B1u >> 22;
            while (slots[slot] != free_slot && slots[slot] != rgb)
                slot = (slot + 1) % (4 * PALETTE);
            if (slots[slot] == free_slot) {
                if (count == PALETTE)
                    return false;
                slots[slot] = rgb;
                index_of[slot] = (uint8_t)count;
                colors[count++] = (SDL_Color){(uint8_t)(rgb >> 16), (uint8_t)(rgb >> 8), (uint8_t)rgb, 255};
            }
            *indices++ = index_of[slot];
        }
    }
    return true;
}

/* The picture with a palette where its colours allow (a third of the size), else as RGB. NULL: no memory. */
static SDL_Surface *for_file(SDL_Surface *surface)
{
    SDL_Color colors[PALETTE] = {{0}};
    uint8_t *indices = malloc((size_t)surface->w * (size_t)surface->h);
    bool few = indices && find_palette(surface, colors, indices);
    SDL_Surface *out =
        few ? SDL_CreateRGBSurfaceWithFormat(0, surface->w, surface->h, 8, SDL_PIXELFORMAT_INDEX8)
            : SDL_ConvertSurfaceFormat(surface, SDL_PIXELFORMAT_RGB24, 0);
    if (few && out) {
        SDL_SetPaletteColors(out->format->palette, colors, 0, PALETTE);
        for (int y = 0; y < out->h; y++)
            memcpy((uint8_t *)out->pixels + (ptrdiff_t)y * out->pitch, indices + (ptrdiff_t)y * out->w,
                   (size_t)out->w);
    }
    free(indices);
    return out;
}

enum status ui_canvas_write_png(const struct ui_canvas *canvas, const char *path, struct error *error)
{
    SDL_Surface *surface = for_file(canvas->surface);
    if (!surface)
        return error_set(error, STATUS_MEMORY, "no memory to write %s", path);
    int failed = IMG_SavePNG(surface, path);
    SDL_FreeSurface(surface);
    return failed ? error_set(error, STATUS_IO, "cannot write the picture %s: %s", path, SDL_GetError())
                  : STATUS_OK;
}

void ui_canvas_pack_mono(const struct ui_canvas *canvas, uint8_t *out)
{
    int width, height, stride;
    const uint32_t *pixels = ui_canvas_pixels(canvas, &width, &height, &stride);
    size_t row_bytes = ((size_t)width + 7) / 8;
    memset(out, 0, row_bytes * (size_t)height);
    for (int y = 0; y < height; y++, out += row_bytes)
        for (int x = 0; x < width; x++) {
            uint32_t rgb = pixels[(ptrdiff_t)y * stride + x];
            uint32_t light = 299 * (rgb >> 16 & 0xFF) + 587 * (rgb >> 8 & 0xFF) + 114 * (rgb & 0xFF);
            if (light < 127500)
                out[x / 8] = (uint8_t)(out[x / 8] | 0x80 >> x % 8);
        }
}
