/* SPDX-License-Identifier: MIT */
#include "common/ui_sdl/canvas.h"

#include <SDL.h>
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/ui_sdl/brush.h"
#include "common/ui_sdl/images.h"

/* ---- life ---- */

enum status ui_canvas_init(struct ui_canvas *canvas, const struct ui_canvas_params *params,
                           struct error *error)
{
    memset(canvas, 0, sizeof *canvas);
    canvas->width = params->width;
    canvas->height = params->height;
    canvas->fonts = params->fonts;
    canvas->icons = icons_create();
    if (!canvas->icons)
        return error_set(error, STATUS_MEMORY, "no memory for icons");
    enum status status =
        ui_canvas_scale(canvas, params->scale_permille ? params->scale_permille : 1000, error);
    if (status != STATUS_OK)
        ui_canvas_destroy(canvas);
    return status;
}

enum status ui_canvas_scale(struct ui_canvas *canvas, int scale_permille, struct error *error)
{
    int width = (int)(((int64_t)canvas->width * scale_permille + 500) / 1000);
    int height = (int)(((int64_t)canvas->height * scale_permille + 500) / 1000);
    if (canvas->width < 1 || canvas->height < 1 || width < 1 || height < 1 || width > UI_SIDE_MAX ||
        height > UI_SIDE_MAX)
        return error_set(error, STATUS_LIMIT, "a picture of %dx%d px cannot be made, at most %dx%d", width,
                         height, UI_SIDE_MAX, UI_SIDE_MAX);
    SDL_Surface *surface = SDL_CreateRGBSurfaceWithFormat(0, width, height, 32, SDL_PIXELFORMAT_RGB888);
    if (!surface)
        return error_set(error, STATUS_MEMORY, "no memory for a picture of %dx%d px", width, height);
    SDL_FillRect(surface, NULL, ui_rgb(UI_LIGHT, UI_PAPER));
    SDL_FreeSurface(canvas->surface);
    canvas->surface = surface;
    canvas->scale_permille = scale_permille;
    ui_canvas_forget(canvas);
    return STATUS_OK;
}

void ui_canvas_destroy(struct ui_canvas *canvas)
{
    SDL_FreeSurface(canvas->surface);
    icons_destroy(canvas->icons);
    for (int i = 0; i < UI_PICTURES_MAX; i++)
        SDL_FreeSurface(canvas->pictures[i]);
    memset(canvas, 0, sizeof *canvas);
}

void ui_canvas_forget(struct ui_canvas *canvas)
{
    memset(&canvas->shown, 0, sizeof canvas->shown);
}

enum status ui_canvas_picture_add(struct ui_canvas *canvas, const char *path, int *handle,
                                  struct error *error)
{
    for (int i = 0; i < UI_PICTURES_MAX; i++) {
        if (canvas->pictures[i])
            continue;
        *handle = i + 1;
        return image_load(path, &canvas->pictures[i], error);
    }
    return error_set(error, STATUS_LIMIT, "no room for the picture %s: %d are loaded", path, UI_PICTURES_MAX);
}

/* ---- from logical to picture px ---- */

static int px(const struct ui_canvas *canvas, int logical)
{
    int64_t scaled = (int64_t)logical * canvas->scale_permille;
    return (int)((scaled + (scaled >= 0 ? 500 : -500)) / 1000);
}

/* Edges are scaled, not sizes, so neighbours stay neighbours. */
static struct ui_rect px_rect(const struct ui_canvas *canvas, struct ui_rect rect)
{
    int x = px(canvas, rect.x), y = px(canvas, rect.y);
    return (struct ui_rect){x, y, px(canvas, rect.x + rect.w) - x, px(canvas, rect.y + rect.h) - y};
}

/* A line never vanishes. */
static int px_line(const struct ui_canvas *canvas, int thick)
{
    int scaled = px(canvas, thick);
    return thick > 0 && scaled < 1 ? 1 : scaled;
}

static int px_radius(const struct ui_canvas *canvas, int radius, struct ui_rect rect)
{
    int scaled = px(canvas, radius), least = (rect.w < rect.h ? rect.w : rect.h) / 2;
    return scaled > least ? least : scaled;
}

/* ---- commands ---- */

static void paint_run(struct ui_canvas *canvas, const struct brush *brush, const struct ui_command *run,
                      const char *text)
{
    struct ui_measure measure = ui_fonts_measure(canvas->fonts);
    int em = px(canvas, run->em);
    int baseline = px(canvas, run->baseline);
    int64_t units = 0; /* thousandths of the em so far: rounding does not add up along a line */
    uint32_t before = 0, code = 0;
    for (int at = 0, taken; em > 0 && (taken = ui_utf8_next(text + at, run->length - at, &code)) > 0;
         at += taken) {
        uint32_t shape = ui_shape(text, run->length, at, code, before);
        int advance = measure.advance(measure.context, run->weight, before, shape);
        /* kerning belongs before the glyph: the pen moves by what this pair differs from the glyph alone */
        int alone = measure.advance(measure.context, run->weight, 0, shape);
        int64_t pen =
            ((int64_t)run->rect.x * 1000 + (units + advance - alone) * run->em) * canvas->scale_permille;
        struct ui_glyph glyph = ui_fonts_glyph(canvas->fonts, run->weight, em, shape);
        if (glyph.width > 0)
            brush_mask(brush, glyph.cover, glyph.width, glyph.height,
                       (int)((pen + (pen >= 0 ? 500000 : -500000)) / 1000000) + glyph.left,
                       baseline + glyph.top);
        units += advance;
        before = shape;
    }
}

static void paint_code(const struct ui_canvas *canvas, const struct brush *brush,
                       const struct ui_command *code, const char *bits)
{
    for (int row = 0; row < code->picture; row++)
        for (int column = 0; column < code->picture; column++) {
            int i = row * code->picture + column;
            if (!((unsigned char)bits[i / 8] & 0x80 >> i % 8))
                continue;
            struct ui_rect module = {code->rect.x + column * code->extent, code->rect.y + row * code->extent,
                                     code->extent, code->extent};
            brush_fill(brush, px_rect(canvas, module), 0);
        }
}

static void paint_icon(struct ui_canvas *canvas, const struct brush *brush, const struct ui_command *icon)
{
    struct ui_rect rect = px_rect(canvas, icon->rect);
    const unsigned char *mask =
        rect.w > 0 ? icons_mask(canvas->icons, icon->icon, icon->weight, rect.w) : NULL;
    if (mask)
        brush_mask(brush, mask, rect.w, rect.w, rect.x, rect.y);
}

static void paint_picture(struct ui_canvas *canvas, const struct brush *brush,
                          const struct ui_command *command)
{
    int index = command->picture - 1;
    if (index >= 0 && index < UI_PICTURES_MAX && canvas->pictures[index])
        image_draw(brush, canvas->pictures[index], px_rect(canvas, command->rect));
}

static void paint_command(struct ui_canvas *canvas, struct brush *brush, const struct ui *ui,
                          const struct ui_command *command)
{
    struct ui_rect rect = px_rect(canvas, command->rect);
    int radius = px_radius(canvas, command->radius, rect);
    const char *bytes = ui->bytes + command->bytes;
    brush->rgb = command->rgb;
    brush->alpha = command->alpha;
    switch (command->kind) {
    case UI_FILL:
        brush_fill(brush, rect, radius);
        break;
    case UI_STROKE:
        brush_stroke(brush, rect, radius, px_line(canvas, command->thick));
        break;
    case UI_SHADOW:
        brush_shadow(brush, rect, radius, px(canvas, command->thick), px(canvas, command->extent));
        break;
    case UI_RUN:
        paint_run(canvas, brush, command, bytes);
        break;
    case UI_GLYPH:
        paint_icon(canvas, brush, command);
        break;
    case UI_CODE:
        paint_code(canvas, brush, command, bytes);
        break;
    case UI_RING:
        brush_ring(brush, rect, px_line(canvas, command->thick), command->extent);
        break;
    case UI_PICTURE:
        paint_picture(canvas, brush, command);
        break;
    }
}

/* Everything inside one rectangle, from the background up. area: logical px. */
static void paint_area(struct ui_canvas *canvas, const struct ui *ui, struct ui_rect area)
{
    struct ui_rect whole = {0, 0, canvas->surface->w, canvas->surface->h};
    struct ui_rect inside = ui_rect_cut(px_rect(canvas, area), whole);
    struct brush brush = {.pixels = canvas->surface->pixels,
                          .stride = canvas->surface->pitch / 4,
                          .clip = inside,
                          .rgb = ui->background_rgb,
                          .alpha = 255};
    brush_fill(&brush, inside, 0);
    for (int i = 0; i < ui->command_count; i++) {
        const struct ui_command *command = &ui->commands[i];
        if (ui_rect_empty(ui_rect_cut(ui_command_bounds(command), area)))
            continue;
        brush.clip = ui_rect_cut(px_rect(canvas, command->clip), inside);
        paint_command(canvas, &brush, ui, command);
    }
}

int ui_canvas_paint(struct ui_canvas *canvas, const struct ui *ui, struct ui_rect out[UI_DIRTY_MAX])
{
    struct ui_rect dirty[UI_DIRTY_MAX];
    assert(ui->frame.width == canvas->width && ui->frame.height == canvas->height);
    int count = ui_dirty(ui, &canvas->shown, dirty);
    for (int i = 0; i < count; i++) {
        paint_area(canvas, ui, dirty[i]);
        if (out)
            out[i] = px_rect(canvas, dirty[i]);
    }
    return count;
}

const uint32_t *ui_canvas_pixels(const struct ui_canvas *canvas, int *width, int *height, int *stride)
{
    *width = canvas->surface->w;
    *height = canvas->surface->h;
    *stride = canvas->surface->pitch / 4;
    return canvas->surface->pixels;
}
