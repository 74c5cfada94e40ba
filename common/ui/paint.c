/* SPDX-License-Identifier: MIT
 * From laid-out nodes to the display list and the hit rectangles; the looks of pressable things live here. */
#include "common/ui/parts.h"

#include <assert.h>

struct look_row {
    enum ui_color fill, border;
    int radius;
    bool shadow;
    enum ui_color pressed, selected;
};

static const struct look_row looks[UI_LOOK_COUNT] = {
    [UI_LOOK_PLAIN] = {UI_NONE, UI_NONE, 0, false, UI_BRAND_TINT, UI_NONE},
    [UI_LOOK_CARD] = {UI_SURFACE, UI_NONE, R_CARD, true, UI_BRAND_TINT, UI_BRAND_TINT},
    [UI_LOOK_BUTTON] = {UI_SURFACE, UI_LINE_STRONG, R_BUTTON, false, UI_BRAND_TINT, UI_BRAND_TINT},
    [UI_LOOK_PRIMARY] = {UI_BRAND, UI_NONE, R_BUTTON, false, UI_BRAND_DEEP, UI_BRAND},
    [UI_LOOK_CHIP] = {UI_BRAND_TINT, UI_NONE, R_CHIP, false, UI_SURFACE, UI_BRAND_TINT},
    [UI_LOOK_KEY] = {UI_SURFACE, UI_NONE, R_KEY, true, UI_BRAND_TINT, UI_BRAND_TINT},
    [UI_LOOK_STOP] = {UI_SURFACE, UI_STOP, R_BUTTON, false, UI_STOP_TINT, UI_STOP_TINT},
    [UI_LOOK_TAB] = {UI_SUNK, UI_LINE_STRONG, R_BUTTON, false, UI_BRAND_TINT, UI_SURFACE},
    [UI_LOOK_SHEET] = {UI_SURFACE, UI_NONE, R_SHEET, true, UI_SURFACE, UI_SURFACE},
};

/* What a box looks like in its present state. */
struct style {
    enum ui_color fill, border;
    int border_px, radius;
    bool shadow;
};

/* The bottom of the command list is kept free: a command that finds no room is built there and forgotten. */
static struct ui_command *command_add(struct ui *ui, const struct ui_node *node, enum ui_command_kind kind,
                                      struct ui_rect rect, uint32_t rgb)
{
    struct ui_command command = {
        .kind = kind, .clip = node->draw_clip, .rgb = rgb, .alpha = node->draw_alpha};
    command.rect = (struct ui_rect){rect.x + node->draw_x, rect.y + node->draw_y, rect.w, rect.h};
    bool nothing = command.alpha == 0 || ui_rect_empty(rect);
    bool full = ui->command_count == UI_COMMANDS_MAX - 1;
    if (full && !nothing)
        ui->dropped++;
    struct ui_command *slot = &ui->commands[nothing || full ? UI_COMMANDS_MAX - 1 : ui->command_count++];
    *slot = command;
    return slot;
}

static uint32_t rgb_of(const struct ui *ui, enum ui_color color)
{
    return ui_rgb(ui->frame.theme, color);
}

/* ---- boxes ---- */

static struct style style_of(const struct ui *ui, const struct ui_node *node)
{
    const struct look_row *look = &looks[node->look];
    bool framed = look->border != UI_NONE;
    struct style style = {
        .fill = node->fill ? node->fill : look->fill,
        .border = node->border ? node->border : look->border,
        .radius = node->radius < 0 ? 0
                  : node->radius   ? node->radius
                                   : look->radius,
        .shadow = node->shadow || look->shadow,
    };
    style.border_px = style.border ? node->border_px ? node->border_px : UI_BORDER : 0;
    if (node->selected) {
        style.fill = look->selected ? look->selected : style.fill;
        style.border = UI_BRAND;
        style.border_px = UI_BORDER_SELECTED;
    }
    if (node->disabled) {
        style.fill = node->look == UI_LOOK_PLAIN ? style.fill : UI_SUNK;
        style.border = framed ? UI_LINE : style.border;
        style.shadow = false;
    } else if (node->id && ui_is_pressed(ui, node->id)) {
        style.fill = look->pressed;
        style.shadow = false;
        if (node->look == UI_LOOK_CHIP) { /* its ground is the pressed colour of the others */
            style.border = UI_BRAND;
            style.border_px = UI_BORDER_SELECTED;
        }
    }
    return style;
}

static void box_paint(struct ui *ui, const struct ui_node *node)
{
    struct style style = style_of(ui, node);
    int least = node->rect.w < node->rect.h ? node->rect.w : node->rect.h;
    int radius = style.radius > least / 2 ? least / 2 : style.radius;
    if (style.shadow) {
        struct ui_command *shadow = command_add(ui, node, UI_SHADOW, node->rect, rgb_of(ui, UI_SCRIM));
        shadow->alpha = shadow->alpha * UI_SHADOW_PERCENT / 100;
        shadow->radius = radius;
        shadow->thick = UI_SHADOW_DROP;
        shadow->extent = UI_SHADOW_BLUR;
    }
    if (style.fill)
        command_add(ui, node, UI_FILL, node->rect, rgb_of(ui, style.fill))->radius = radius;
    if (node->edge) {
        struct ui_command *edge = command_add(ui, node, UI_FILL, node->rect, rgb_of(ui, node->edge));
        struct ui_rect stripe = edge->rect;
        stripe.w = node->edge_px ? node->edge_px : UI_BORDER_SELECTED;
        edge->clip = ui_rect_cut(edge->clip, stripe);
        edge->radius = radius;
    }
    if (style.border) {
        struct ui_command *border = command_add(ui, node, UI_STROKE, node->rect, rgb_of(ui, style.border));
        border->radius = radius;
        border->thick = style.border_px;
    }
}

/* ---- leaves ---- */

static void text_paint(struct ui *ui, const struct ui_node *node)
{
    for (int i = 0; i < node->line_count; i++) {
        const struct ui_line *line = &ui->lines[node->first_line + i];
        int spare = node->rect.w - line->width;
        int x = node->rect.x + (node->align == UI_CENTER ? spare / 2 : node->align == UI_END ? spare : 0);
        struct ui_rect rect = {x, ui_text_top(node, i), line->width, node->line_px};
        struct ui_command *run = command_add(ui, node, UI_RUN, rect, rgb_of(ui, node->color));
        run->baseline = ui_text_baseline(node, i) + node->draw_y;
        run->em = node->em;
        run->weight = node->weight;
        run->bytes = line->bytes;
        run->length = line->length;
    }
}

static struct ui_rect square_in(struct ui_rect rect, int side)
{
    return (struct ui_rect){rect.x + (rect.w - side) / 2, rect.y + (rect.h - side) / 2, side, side};
}

static void ring_paint(struct ui *ui, const struct ui_node *node)
{
    int side = node->rect.w < node->rect.h ? node->rect.w : node->rect.h;
    int thick = node->thick ? node->thick : side / 8;
    if (node->track) {
        struct ui_command *track =
            command_add(ui, node, UI_RING, square_in(node->rect, side), rgb_of(ui, node->track));
        track->thick = thick;
        track->extent = 1000;
    }
    if (node->amount > 0) {
        struct ui_command *ring =
            command_add(ui, node, UI_RING, square_in(node->rect, side), rgb_of(ui, node->color));
        ring->thick = thick;
        ring->extent = node->amount;
    }
}

static void code_paint(struct ui *ui, const struct ui_node *node)
{
    int least = node->rect.w < node->rect.h ? node->rect.w : node->rect.h;
    int modules = node->amount + 2 * node->quiet;
    int module_px = modules > 0 ? least / modules : 0;
    bool empty = node->amount == 0 || module_px == 0;
    struct ui_rect field = square_in(node->rect, empty ? least : modules * module_px);
    command_add(ui, node, UI_FILL, field, 0xFFFFFF);
    if (empty)
        return;
    uint32_t dark = ui->frame.theme == UI_PRINT ? 0x000000 : ui_rgb(UI_LIGHT, UI_INK);
    struct ui_command *code =
        command_add(ui, node, UI_CODE, square_in(field, node->amount * module_px), dark);
    code->extent = module_px;
    code->picture = node->amount;
    code->bytes = node->bytes;
    code->length = node->length;
}

static void icon_paint(struct ui *ui, const struct ui_node *node, struct ui_rect square)
{
    if (!node->icon)
        return;
    struct ui_command *icon = command_add(ui, node, UI_GLYPH, square, rgb_of(ui, node->color));
    icon->icon = node->icon;
    icon->weight = node->weight;
}

static void leaf_paint(struct ui *ui, const struct ui_node *node)
{
    int side = node->rect.w < node->rect.h ? node->rect.w : node->rect.h;
    switch (node->kind) {
    case UI_NODE_TEXT:
        text_paint(ui, node);
        break;
    case UI_NODE_RING:
        ring_paint(ui, node);
        break;
    case UI_NODE_CODE:
        code_paint(ui, node);
        break;
    case UI_NODE_ICON:
        icon_paint(ui, node, square_in(node->rect, side));
        break;
    case UI_NODE_PICTURE:
        if (node->amount > 0)
            command_add(ui, node, UI_PICTURE, node->rect, 0)->picture = node->amount;
        break;
    default:
        box_paint(ui, node);
    }
}

/* ---- the whole ---- */

static void inherit(struct ui *ui, struct ui_node *node)
{
    struct ui_rect canvas = {0, 0, ui->frame.width, ui->frame.height};
    node->draw_clip = canvas;
    node->draw_x = ui->frame.shift_x;
    node->draw_y = ui->frame.shift_y;
    node->draw_alpha = 255;
    if (node->parent >= 0) {
        const struct ui_node *parent = &ui->nodes[node->parent];
        node->draw_clip = parent->draw_clip;
        node->draw_x = parent->draw_x;
        node->draw_y = parent->draw_y;
        node->draw_alpha = parent->draw_alpha;
        if (parent->clip) {
            struct ui_rect inside = parent->rect;
            inside.x += parent->draw_x;
            inside.y += parent->draw_y;
            node->draw_clip = ui_rect_cut(node->draw_clip, inside);
        }
    }
    int fade = node->fade < 0 ? 0 : node->fade > 255 ? 255 : node->fade;
    node->draw_alpha = (node->draw_alpha * (255 - fade) + 127) / 255;
    node->draw_x += node->shift_x;
    node->draw_y += node->shift_y;
    if (node->id && !node->disabled && ui_is_pressed(ui, node->id))
        node->draw_y += UI_PRESS_DROP;
}

static void hit_add(struct ui *ui, const struct ui_node *node)
{
    if (node->capture)
        ui->hit_count = 0;
    if (!node->id || node->disabled || node->draw_alpha == 0 || ui_rect_empty(node->rect))
        return;
    if (ui->hit_count == UI_HITS_MAX) {
        ui->dropped++;
        return;
    }
    ui->hits[ui->hit_count++] = (struct ui_hit){
        .id = node->id, .rect = node->rect, .node = (int16_t)(node - ui->nodes), .guarded = node->guarded};
}

static bool reads_before(const struct ui_hit *one, const struct ui_hit *other)
{
    return one->rect.y != other->rect.y ? one->rect.y < other->rect.y : one->rect.x < other->rect.x;
}

static void order_hits(struct ui *ui)
{
    for (int i = 0; i < ui->hit_count; i++) {
        int16_t order = 0;
        for (int j = 0; j < ui->hit_count; j++)
            if (reads_before(&ui->hits[j], &ui->hits[i]) ||
                (j < i && !reads_before(&ui->hits[i], &ui->hits[j])))
                order++;
        ui->hits[i].order = order;
    }
}

static void focus_paint(struct ui *ui)
{
    for (int i = 0; i < ui->hit_count && ui->focus_shown; i++) {
        if (ui->hits[i].id != ui->focus)
            continue;
        const struct ui_node *node = &ui->nodes[ui->hits[i].node];
        int radius = style_of(ui, node).radius;
        const int grown[] = {UI_FOCUS_RING + UI_FOCUS_OUTER, UI_FOCUS_RING};
        for (int ring = 0; ring < 2; ring++) {
            struct ui_command *command =
                command_add(ui, node, UI_STROKE, ui_rect_grown(node->rect, grown[ring]),
                            rgb_of(ui, ring == 0 ? UI_FOCUS_EDGE : UI_FOCUS));
            command->thick = ring == 0 ? UI_FOCUS_OUTER : UI_FOCUS_RING;
            command->radius = radius > 0 ? radius + grown[ring] : 0;
        }
    }
}

void ui_build(struct ui *ui)
{
    for (int i = 0; i < ui->node_count; i++) {
        inherit(ui, &ui->nodes[i]);
        leaf_paint(ui, &ui->nodes[i]);
        hit_add(ui, &ui->nodes[i]);
    }
    order_hits(ui);
    focus_paint(ui);
    for (int i = 0; i < ui->command_count; i++)
        ui_command_hash(&ui->commands[i], ui->bytes);
}
