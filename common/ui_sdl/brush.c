/* SPDX-License-Identifier: MIT */
#include "common/ui_sdl/brush.h"

#include <math.h>

enum { BLUR_MOST = 64 };

static uint32_t *pixel_at(const struct brush *brush, int x, int y)
{
    return brush->pixels + (ptrdiff_t)y * brush->stride + x;
}

static void blend(uint32_t *pixel, uint32_t rgb, int alpha)
{
    if (alpha == 255)
        *pixel = rgb;
    else if (alpha > 0)
        *pixel = ui_mix(*pixel, rgb, alpha);
}

int brush_level(int cover)
{
    return (cover * 15 + 127) / 255 * 17;
}

static int scaled(const struct brush *brush, int cover)
{
    return (brush->alpha * cover + 127) / 255;
}

/* Pixels x to end - 1 of a row, clipped. */
static void span(const struct brush *brush, int y, int x, int end, int cover)
{
    int last = brush->clip.x + brush->clip.w;
    x = x < brush->clip.x ? brush->clip.x : x;
    end = end > last ? last : end;
    int alpha = scaled(brush, cover);
    for (uint32_t *pixel = pixel_at(brush, x, y); x < end; x++, pixel++)
        blend(pixel, brush->rgb, alpha);
}

void brush_pixel(const struct brush *brush, int x, int y, uint32_t rgb, int alpha)
{
    if (ui_rect_contains(brush->clip, x, y))
        blend(pixel_at(brush, x, y), rgb, scaled(brush, alpha));
}

void brush_mask(const struct brush *brush, const unsigned char *cover, int width, int height, int x, int y)
{
    struct ui_rect area = ui_rect_cut((struct ui_rect){x, y, width, height}, brush->clip);
    for (int row = area.y; row < area.y + area.h; row++) {
        const unsigned char *from = cover + (ptrdiff_t)(row - y) * width + (area.x - x);
        uint32_t *to = pixel_at(brush, area.x, row);
        for (int i = 0; i < area.w; i++)
            if (from[i])
                blend(&to[i], brush->rgb, scaled(brush, from[i]));
    }
}

/* ---- rounded rectangles ---- */

static int cover_of(double distance) /* of a pixel's middle outside an edge */
{
    double cover = 0.5 - distance;
    return cover <= 0.0 ? 0 : cover >= 1.0 ? 255 : brush_level((int)(cover * 255.0 + 0.5));
}

/* How much of a pixel in one of the four corner squares is inside the rounding. */
static int corner_cover(struct ui_rect rect, int radius, int x, int y)
{
    double middle_x = x < rect.x + radius ? rect.x + radius : rect.x + rect.w - radius;
    double middle_y = y < rect.y + radius ? rect.y + radius : rect.y + rect.h - radius;
    double dx = x + 0.5 - middle_x, dy = y + 0.5 - middle_y;
    return cover_of(sqrt(dx * dx + dy * dy) - radius);
}

static int rounded_cover(struct ui_rect rect, int radius, int x, int y)
{
    if (!ui_rect_contains(rect, x, y))
        return 0;
    bool middle_column = x >= rect.x + radius && x < rect.x + rect.w - radius;
    bool middle_row = y >= rect.y + radius && y < rect.y + rect.h - radius;
    return middle_column || middle_row ? 255 : corner_cover(rect, radius, x, y);
}

void brush_fill(const struct brush *brush, struct ui_rect rect, int radius)
{
    struct ui_rect area = ui_rect_cut(rect, brush->clip);
    for (int y = area.y; y < area.y + area.h; y++) {
        bool straight = y >= rect.y + radius && y < rect.y + rect.h - radius;
        int inset = straight ? 0 : radius;
        for (int i = 0; i < inset; i++) {
            int right = rect.x + rect.w - 1 - i;
            brush_pixel(brush, rect.x + i, y, brush->rgb, corner_cover(rect, radius, rect.x + i, y));
            brush_pixel(brush, right, y, brush->rgb, corner_cover(rect, radius, right, y));
        }
        span(brush, y, rect.x + inset, rect.x + rect.w - inset, 255);
    }
}

void brush_stroke(const struct brush *brush, struct ui_rect rect, int radius, int thick)
{
    struct ui_rect inner = {rect.x + thick, rect.y + thick, rect.w - 2 * thick, rect.h - 2 * thick};
    struct ui_rect area = ui_rect_cut(rect, brush->clip);
    int inner_radius = radius > thick ? radius - thick : 0;
    int bend = radius > thick ? radius : thick;
    for (int y = area.y; y < area.y + area.h; y++) {
        bool straight = y >= rect.y + bend && y < rect.y + rect.h - bend;
        int inset = straight ? thick : bend;
        for (int i = 0; i < 2 * inset; i++) {
            int x = i < inset ? rect.x + i : rect.x + rect.w - 1 - (i - inset);
            int cover = rounded_cover(rect, radius, x, y) - rounded_cover(inner, inner_radius, x, y);
            brush_pixel(brush, x, y, brush->rgb, cover < 0 ? 0 : cover);
        }
        if (y < rect.y + thick || y >= rect.y + rect.h - thick)
            span(brush, y, rect.x + bend, rect.x + rect.w - bend, 255);
    }
}

/* ---- shadow ---- */

/* Darkness of a blurred edge, `inside` px on its dark side, 0 to 255. */
static int edge_shade(const int *table, int blur, int inside)
{
    return inside >= blur ? 255 : inside <= -blur ? 0 : table[inside + blur];
}

void brush_shadow(const struct brush *brush, struct ui_rect rect, int radius, int drop, int blur)
{
    int table[2 * BLUR_MOST + 1];
    blur = blur > BLUR_MOST ? BLUR_MOST : blur < 1 ? 1 : blur;
    for (int i = -blur; i <= blur; i++) /* a Gaussian whose deviation is half the blur */
        table[i + blur] = (int)(255.0 * 0.5 * (1.0 + erf((i + 0.5) / (blur * 0.5 * sqrt(2.0)))) + 0.5);
    struct ui_rect reach = {rect.x - blur, rect.y - blur + drop, rect.w + 2 * blur, rect.h + 2 * blur};
    struct ui_rect area = ui_rect_cut(reach, brush->clip);
    for (int y = area.y; y < area.y + area.h; y++) {
        bool beside = y >= rect.y && y < rect.y + rect.h;
        int bend = y >= rect.y + radius && y < rect.y + rect.h - radius ? 0 : radius;
        int top = y - rect.y - drop, bottom = rect.y + rect.h + drop - 1 - y;
        int down = edge_shade(table, blur, top < bottom ? top : bottom);
        for (int x = area.x; x < area.x + area.w; x++) {
            if (beside && x >= rect.x + bend && x < rect.x + rect.w - bend)
                x = rect.x + rect.w - bend; /* the rectangle itself casts no shadow on what it covers */
            if (x >= area.x + area.w)
                break;
            int left = x - rect.x, right = rect.x + rect.w - 1 - x;
            int across = edge_shade(table, blur, left < right ? left : right);
            int uncovered = beside ? 255 - rounded_cover(rect, radius, x, y) : 255;
            blend(pixel_at(brush, x, y), brush->rgb, scaled(brush, across * down / 255 * uncovered / 255));
        }
    }
}

/* ---- ring ---- */

struct arc {
    double middle_x, middle_y, radius, half; /* of the line's middle; half its thickness */
    double end_x, end_y;                     /* direction of the end */
    int permille;
};

static int lesser(int a, int b)
{
    return a < b ? a : b;
}

static int greater(int a, int b)
{
    return a > b ? a : b;
}

static int arc_cover(const struct arc *arc, double dx, double dy)
{
    int line = cover_of(fabs(sqrt(dx * dx + dy * dy) - arc->radius) - arc->half);
    if (line == 0 || arc->permille >= 1000)
        return line;
    int after_start = cover_of(-dx);
    int before_end = cover_of(arc->end_x * dy - arc->end_y * dx);
    int within = arc->permille <= 500 ? lesser(after_start, before_end) : greater(after_start, before_end);
    double sx = dx, sy = dy + arc->radius; /* from the middles of the round ends */
    double ex = dx - arc->end_x * arc->radius, ey = dy - arc->end_y * arc->radius;
    int ends =
        greater(cover_of(sqrt(sx * sx + sy * sy) - arc->half), cover_of(sqrt(ex * ex + ey * ey) - arc->half));
    return greater(lesser(line, within), ends);
}

void brush_ring(const struct brush *brush, struct ui_rect square, int thick, int permille)
{
    double angle = 2.0 * 3.14159265358979323846 * permille / 1000.0;
    struct arc arc = {.middle_x = square.x + square.w / 2.0,
                      .middle_y = square.y + square.h / 2.0,
                      .radius = (square.w - thick) / 2.0,
                      .half = thick / 2.0,
                      .end_x = sin(angle),
                      .end_y = -cos(angle),
                      .permille = permille};
    struct ui_rect area = ui_rect_cut(square, brush->clip);
    for (int y = area.y; y < area.y + area.h; y++)
        for (int x = area.x; x < area.x + area.w; x++)
            brush_pixel(brush, x, y, brush->rgb,
                        arc_cover(&arc, x + 0.5 - arc.middle_x, y + 0.5 - arc.middle_y));
}
