/* SPDX-License-Identifier: MIT
 * Rectangles, hashes of the display list, and what of the picture differs from the one shown before. */
#include "common/ui/list.h"

#include <assert.h>
#include <string.h>

#include "common/ui/parts.h"
#include "common/ui/ui.h"

bool ui_rect_empty(struct ui_rect rect)
{
    return rect.w <= 0 || rect.h <= 0;
}

bool ui_rect_contains(struct ui_rect rect, int x, int y)
{
    return x >= rect.x && y >= rect.y && x < rect.x + rect.w && y < rect.y + rect.h;
}

bool ui_rect_inside(struct ui_rect inner, struct ui_rect outer)
{
    return inner.x >= outer.x && inner.y >= outer.y && inner.x + inner.w <= outer.x + outer.w &&
           inner.y + inner.h <= outer.y + outer.h;
}

static int least(int a, int b)
{
    return a < b ? a : b;
}

static int most(int a, int b)
{
    return a > b ? a : b;
}

struct ui_rect ui_rect_cut(struct ui_rect one, struct ui_rect other)
{
    int x = most(one.x, other.x);
    int y = most(one.y, other.y);
    int right = least(one.x + one.w, other.x + other.w);
    int bottom = least(one.y + one.h, other.y + other.h);
    if (right <= x || bottom <= y)
        return (struct ui_rect){x, y, 0, 0};
    return (struct ui_rect){x, y, right - x, bottom - y};
}

struct ui_rect ui_rect_join(struct ui_rect one, struct ui_rect other)
{
    if (ui_rect_empty(one))
        return other;
    if (ui_rect_empty(other))
        return one;
    int x = least(one.x, other.x);
    int y = least(one.y, other.y);
    return (struct ui_rect){x, y, most(one.x + one.w, other.x + other.w) - x,
                            most(one.y + one.h, other.y + other.h) - y};
}

struct ui_rect ui_rect_grown(struct ui_rect rect, int by)
{
    return (struct ui_rect){rect.x - by, rect.y - by, rect.w + 2 * by, rect.h + 2 * by};
}

struct ui_rect ui_command_bounds(const struct ui_command *command)
{
    struct ui_rect rect = command->rect;
    if (command->kind == UI_RUN) /* overhanging strokes and accents */
        rect = ui_rect_grown(rect, command->em / 4);
    else if (command->kind == UI_SHADOW)
        rect = ui_rect_grown(rect, command->extent + command->thick);
    return ui_rect_cut(rect, command->clip);
}

static uint64_t mix(uint64_t hash, uint64_t value)
{
    hash = (hash ^ value) * 0x9E3779B97F4A7C15u;
    return hash ^ hash >> 29;
}

static uint64_t mix_rect(uint64_t hash, struct ui_rect rect)
{
    hash = mix(hash, (uint64_t)(uint32_t)rect.x << 32 | (uint32_t)rect.y);
    return mix(hash, (uint64_t)(uint32_t)rect.w << 32 | (uint32_t)rect.h);
}

static uint64_t mix_bytes(uint64_t hash, const char *bytes, int length)
{
    for (int i = 0; i < length; i += 8) {
        uint64_t word = 0;
        memcpy(&word, bytes + i, (size_t)least(8, length - i));
        hash = mix(hash, word);
    }
    return mix(hash, (uint64_t)length);
}

void ui_command_hash(struct ui_command *command, const char *bytes)
{
    const int numbers[] = {(int)command->kind,   (int)command->rgb,  command->alpha,    command->radius,
                           command->thick,       command->extent,    command->baseline, command->em,
                           (int)command->weight, (int)command->icon, command->picture};
    uint64_t hash = mix_rect(mix_rect(1, command->rect), command->clip);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        hash = mix(hash, (uint32_t)numbers[i]);
    command->hash = mix_bytes(hash, bytes + command->bytes, command->length);
}

/* ---- the grid ---- */

struct cells {
    int side, columns, rows;
};

static struct cells cells_of(int width, int height)
{
    struct cells cells = {.side = UI_CELL};
    for (;; cells.side *= 2) {
        cells.columns = (width + cells.side - 1) / cells.side;
        cells.rows = (height + cells.side - 1) / cells.side;
        if (cells.columns * cells.rows <= UI_CELLS_MAX)
            return cells;
    }
}

void ui_grid_fill(struct ui *ui)
{
    struct ui_grid *grid = &ui->grid;
    struct ui_rect canvas = {0, 0, ui->frame.width, ui->frame.height};
    struct cells cells = cells_of(canvas.w, canvas.h);
    grid->width = canvas.w;
    grid->height = canvas.h;
    for (int i = 0; i < cells.columns * cells.rows; i++)
        grid->cells[i] = mix(2, ui->background_rgb);
    ui->hash = mix(3, ui->background_rgb);
    for (int i = 0; i < ui->command_count; i++) {
        const struct ui_command *command = &ui->commands[i];
        struct ui_rect area = ui_rect_cut(ui_command_bounds(command), canvas);
        ui->hash = mix(ui->hash, command->hash);
        if (ui_rect_empty(area))
            continue;
        for (int row = area.y / cells.side; row <= (area.y + area.h - 1) / cells.side; row++)
            for (int column = area.x / cells.side; column <= (area.x + area.w - 1) / cells.side; column++) {
                uint64_t *cell = &grid->cells[row * cells.columns + column];
                *cell = mix(*cell, command->hash);
            }
    }
}

static int64_t area_of(struct ui_rect rect)
{
    return (int64_t)rect.w * rect.h;
}

/* Adds a rectangle to a list; when it is full, joins it to the one that grows least. */
static int add_rect(struct ui_rect *rects, int count, struct ui_rect rect)
{
    for (int i = 0; i < count; i++)
        if (rects[i].x == rect.x && rects[i].w == rect.w && rects[i].y + rects[i].h == rect.y) {
            rects[i].h += rect.h;
            return count;
        }
    if (count < UI_DIRTY_MAX) {
        rects[count] = rect;
        return count + 1;
    }
    int best = 0;
    for (int i = 1; i < count; i++)
        if (area_of(ui_rect_join(rects[i], rect)) - area_of(rects[i]) <
            area_of(ui_rect_join(rects[best], rect)) - area_of(rects[best]))
            best = i;
    rects[best] = ui_rect_join(rects[best], rect);
    return count;
}

int ui_dirty(const struct ui *ui, struct ui_grid *shown, struct ui_rect out[UI_DIRTY_MAX])
{
    const struct ui_grid *grid = &ui->grid;
    struct ui_rect canvas = {0, 0, grid->width, grid->height};
    if (shown->width != grid->width || shown->height != grid->height) {
        *shown = *grid;
        out[0] = canvas;
        return 1;
    }
    struct cells cells = cells_of(grid->width, grid->height);
    int count = 0;
    for (int row = 0; row < cells.rows; row++) {
        const uint64_t *now = &grid->cells[(size_t)row * (size_t)cells.columns];
        const uint64_t *then = &shown->cells[(size_t)row * (size_t)cells.columns];
        for (int column = 0; column < cells.columns; column++) {
            int first = column;
            while (column < cells.columns && now[column] != then[column])
                column++;
            if (column == first)
                continue;
            struct ui_rect rect = {first * cells.side, row * cells.side, (column - first) * cells.side,
                                   cells.side};
            count = add_rect(out, count, ui_rect_cut(rect, canvas));
        }
    }
    if (count > 0)
        *shown = *grid;
    return count;
}
