/* SPDX-License-Identifier: MIT
 * From wishes to rectangles, without recursion: nodes are stored parents first, so a walk backwards sees
 * children before their parent and a walk forwards a parent before its children. Widths come first (content
 * up, shares down), then text is wrapped, then the same for heights, then positions. */
#include "common/ui/parts.h"

#include <assert.h>

enum axis { ACROSS, DOWN }; /* x and w, y and h */

enum { MARK_PX = 64, MODULE_PX = 4 };

static int extent(const struct ui_node *node, enum axis axis)
{
    return axis == ACROSS ? node->rect.w : node->rect.h;
}

static void extent_set(struct ui_node *node, enum axis axis, int px)
{
    *(axis == ACROSS ? &node->rect.w : &node->rect.h) = px < 0 ? 0 : px;
}

static int asked_extent(const struct ui_node *node, enum axis axis)
{
    return axis == ACROSS ? node->at.w : node->at.h;
}

static struct ui_size wish(const struct ui_node *node, enum axis axis)
{
    return axis == ACROSS ? node->width : node->height;
}

static int pads(const struct ui_node *node, enum axis axis)
{
    return axis == ACROSS ? node->pad.left + node->pad.right : node->pad.top + node->pad.bottom;
}

static bool runs_along(const struct ui_node *box, enum axis axis)
{
    return (box->kind == UI_NODE_ROW && axis == ACROSS) || (box->kind == UI_NODE_COLUMN && axis == DOWN);
}

static struct ui_node *first_child(struct ui *ui, const struct ui_node *box)
{
    return box->first_child < 0 ? NULL : &ui->nodes[box->first_child];
}

static struct ui_node *next_child(struct ui *ui, const struct ui_node *node)
{
    return node->next < 0 ? NULL : &ui->nodes[node->next];
}

static int gaps(const struct ui_node *box)
{
    return box->child_count > 1 ? box->gap * (box->child_count - 1) : 0;
}

/* ---- content up ---- */

static int content_of_box(struct ui *ui, const struct ui_node *box, enum axis axis)
{
    bool along = runs_along(box, axis);
    int sum = 0;
    for (struct ui_node *child = first_child(ui, box); child; child = next_child(ui, child)) {
        int px = extent(child, axis);
        if (child->placed)
            continue;
        sum = along ? sum + px : px > sum ? px : sum;
    }
    return sum + (along ? gaps(box) : 0) + pads(box, axis);
}

static int content_of_mark(const struct ui_node *node, enum axis axis)
{
    if (axis == DOWN && node->rect.w > 0)
        return node->rect.w;
    struct ui_size other = wish(node, axis == ACROSS ? DOWN : ACROSS);
    if (other.kind == UI_SIZE_FIXED)
        return other.amount;
    return node->kind == UI_NODE_CODE ? (node->amount + 2 * node->quiet) * MODULE_PX : MARK_PX;
}

static int content_of(struct ui *ui, const struct ui_node *node, enum axis axis)
{
    switch (node->kind) {
    case UI_NODE_ROW:
    case UI_NODE_COLUMN:
    case UI_NODE_LAYER:
        return content_of_box(ui, node, axis);
    case UI_NODE_TEXT:
        return axis == ACROSS ? ui_wrap_natural(ui, node) : node->line_count * node->line_px;
    default:
        return content_of_mark(node, axis);
    }
}

static void content_up(struct ui *ui, enum axis axis)
{
    for (int i = ui->node_count - 1; i >= 0; i--) {
        struct ui_node *node = &ui->nodes[i];
        int asked = asked_extent(node, axis);
        struct ui_size size = wish(node, axis);
        if (asked > 0)
            extent_set(node, axis, asked);
        else if (size.kind == UI_SIZE_FIXED)
            extent_set(node, axis, size.amount);
        else
            extent_set(node, axis, content_of(ui, node, axis));
    }
}

/* ---- shares down ---- */

/* Hands out `px` by weight: each running total is rounded, so the parts add up exactly. */
struct shares {
    int64_t px, weights, given_weight;
    int given;
};

static int share_next(struct shares *shares, int64_t weight)
{
    shares->given_weight += weight;
    int total = (int)(shares->px * shares->given_weight / shares->weights);
    int share = total - shares->given;
    shares->given = total;
    return share;
}

static bool may_shrink(const struct ui_node *child, enum axis axis)
{
    return !child->placed && axis == ACROSS && wish(child, axis).kind == UI_SIZE_FIT &&
           (child->kind <= UI_NODE_LAYER || child->kind == UI_NODE_TEXT);
}

static void share_along(struct ui *ui, const struct ui_node *box, enum axis axis)
{
    int inner = extent(box, axis) - pads(box, axis);
    int64_t weights = 0, shrinkable = 0;
    int used = gaps(box);
    for (struct ui_node *child = first_child(ui, box); child; child = next_child(ui, child)) {
        struct ui_size size = wish(child, axis);
        if (child->placed)
            continue;
        if (size.kind == UI_SIZE_PERCENT)
            extent_set(child, axis, inner * size.amount / 100);
        if (size.kind == UI_SIZE_GROW)
            weights += size.amount;
        else
            used += extent(child, axis);
        if (may_shrink(child, axis))
            shrinkable += extent(child, axis);
    }
    int left = inner - used;
    struct shares grow = {.px = left > 0 ? left : 0, .weights = weights};
    struct shares shrink = {.px = left < 0 && shrinkable > 0 ? left : 0, .weights = shrinkable};
    for (struct ui_node *child = first_child(ui, box); child; child = next_child(ui, child)) {
        if (child->placed)
            continue;
        if (wish(child, axis).kind == UI_SIZE_GROW)
            extent_set(child, axis, weights ? share_next(&grow, wish(child, axis).amount) : 0);
        else if (shrink.px && may_shrink(child, axis))
            extent_set(child, axis, extent(child, axis) + share_next(&shrink, extent(child, axis)));
    }
}

static void share_one(struct ui_node *child, enum axis axis, int room, bool stretch)
{
    struct ui_size size = wish(child, axis);
    if (size.kind == UI_SIZE_PERCENT)
        extent_set(child, axis, room * size.amount / 100);
    else if (size.kind == UI_SIZE_GROW || (size.kind == UI_SIZE_FIT && stretch))
        extent_set(child, axis, room);
    else if (size.kind == UI_SIZE_FIT && extent(child, axis) > room)
        extent_set(child, axis, room);
}

static void shares_down(struct ui *ui, enum axis axis)
{
    for (int i = 0; i < ui->node_count; i++) {
        const struct ui_node *box = &ui->nodes[i];
        if (box->first_child < 0)
            continue;
        if (runs_along(box, axis))
            share_along(ui, box, axis);
        int inner = extent(box, axis) - pads(box, axis);
        /* a layer's `align` is about x, its y has `justify` */
        bool stretch = (box->kind == UI_NODE_LAYER && axis == DOWN ? box->justify : box->align) == UI_STRETCH;
        for (struct ui_node *child = first_child(ui, box); child; child = next_child(ui, child)) {
            int start = axis == ACROSS ? child->at.x : child->at.y;
            if (child->placed && asked_extent(child, axis) == 0)
                share_one(child, axis, extent(box, axis) - start, false);
            else if (!child->placed && !runs_along(box, axis))
                share_one(child, axis, inner, stretch);
        }
    }
}

/* ---- text ---- */

static void wrap_all(struct ui *ui)
{
    for (int i = 0; i < ui->node_count; i++) {
        struct ui_node *node = &ui->nodes[i];
        if (node->kind != UI_NODE_TEXT)
            continue;
        int height = node->at.h > 0                       ? node->at.h
                     : node->height.kind == UI_SIZE_FIXED ? node->height.amount
                                                          : 0;
        ui_wrap(ui, node, node->rect.w, height);
    }
}

/* Thousandths of a px from the top of a text's box to the baseline of a line. */
static int64_t baseline_down(const struct ui_node *node, int line)
{
    int64_t block = (int64_t)node->line_count * node->line_px;
    int64_t spare = node->rect.h - block;
    int64_t top = node->valign == UI_TOP ? 0 : node->valign == UI_BOTTOM ? spare * 1000 : spare * 500;
    return top + (int64_t)line * node->line_px * 1000 + (int64_t)node->line_px * 500 +
           (int64_t)node->em * UI_MIDDLE_PERMILLE;
}

int ui_text_baseline(const struct ui_node *node, int line)
{
    int64_t down = baseline_down(node, line) + 500;
    return node->rect.y + (int)(down >= 0 ? down / 1000 : (down - 999) / 1000);
}

int ui_text_top(const struct ui_node *node, int line)
{
    return ui_text_baseline(node, line) - (node->line_px * 500 + node->em * UI_MIDDLE_PERMILLE) / 1000;
}

static void overflow_add(struct ui *ui, const struct ui_node *node, int wide, int high)
{
    if (ui->overflow_count < UI_OVERFLOWS_MAX)
        ui->overflows[ui->overflow_count] = (struct ui_overflow){(int16_t)(node - ui->nodes), wide, high};
    ui->overflow_count++;
}

static void overflows_find(struct ui *ui)
{
    for (int i = 0; i < ui->node_count; i++) {
        struct ui_node *node = &ui->nodes[i];
        if (node->kind == UI_NODE_CODE && node->amount > 0) {
            int least = node->amount + 2 * node->quiet;
            if (node->rect.w < least || node->rect.h < least)
                overflow_add(ui, node, least, least);
        }
        if (node->kind != UI_NODE_TEXT || node->line_count == 0)
            continue;
        int ink = (node->line_count - 1) * node->line_px + node->em * UI_INK_PERMILLE / 1000;
        if (ink > node->rect.h)
            node->overflow = true;
        if (node->overflow && !node->decorative)
            overflow_add(ui, node, ui_wrap_natural(ui, node), ink);
    }
}

/* ---- positions ---- */

static int aligned(enum ui_align align, int start, int room, int px)
{
    if (align == UI_CENTER)
        return start + (room - px) / 2;
    return align == UI_END ? start + room - px : start;
}

/* Where along its box the first child begins, and the gap that UI_SPREAD makes. */
static int begin_along(struct ui *ui, const struct ui_node *box, enum axis axis, int *gap)
{
    int start = axis == ACROSS ? box->rect.x + box->pad.left : box->rect.y + box->pad.top;
    int room = extent(box, axis) - pads(box, axis);
    int used = content_of_box(ui, box, axis) - pads(box, axis);
    *gap = box->gap;
    if (box->justify == UI_SPREAD && box->child_count > 1) {
        *gap += (room - used) / (box->child_count - 1);
        return start;
    }
    return aligned(box->justify, start, room, used);
}

/* Where in the box the line is on which the texts of a row stand. */
static int row_baseline(struct ui *ui, const struct ui_node *row)
{
    int lowest = 0, below = 0;
    for (struct ui_node *child = first_child(ui, row); child; child = next_child(ui, child)) {
        if (child->placed)
            continue;
        lowest = child->baseline > lowest ? child->baseline : lowest;
        below = child->rect.h - child->baseline > below ? child->rect.h - child->baseline : below;
    }
    /* the texts as a whole sit in the middle of a row that is higher than them */
    int spare = row->rect.h - pads(row, DOWN) - (lowest + below);
    return row->pad.top + lowest + (spare > 0 ? spare / 2 : 0);
}

static int baseline_of_box(struct ui *ui, const struct ui_node *box)
{
    const struct ui_node *first = first_child(ui, box);
    while (first && first->placed)
        first = next_child(ui, first);
    if (!first)
        return box->rect.h;
    if (box->kind == UI_NODE_ROW && box->align == UI_BASELINE)
        return row_baseline(ui, box);
    int gap, room = box->rect.h - pads(box, DOWN);
    int top = box->kind == UI_NODE_COLUMN ? begin_along(ui, box, DOWN, &gap) - box->rect.y
                                          : aligned(box->kind == UI_NODE_ROW ? box->align : box->justify,
                                                    box->pad.top, room, first->rect.h);
    return top + first->baseline;
}

static void find_baselines(struct ui *ui)
{
    for (int i = ui->node_count - 1; i >= 0; i--) {
        struct ui_node *node = &ui->nodes[i];
        node->baseline = node->kind == UI_NODE_TEXT    ? (int)((baseline_down(node, 0) + 500) / 1000)
                         : node->kind <= UI_NODE_LAYER ? baseline_of_box(ui, node)
                                                       : node->rect.h;
    }
}

static void place_children(struct ui *ui, const struct ui_node *box)
{
    int gap = 0, x_room = box->rect.w - pads(box, ACROSS), y_room = box->rect.h - pads(box, DOWN);
    int x = box->rect.x + box->pad.left, y = box->rect.y + box->pad.top;
    int baseline =
        box->kind == UI_NODE_ROW && box->align == UI_BASELINE ? box->rect.y + row_baseline(ui, box) : 0;
    int pen =
        box->kind == UI_NODE_LAYER ? 0 : begin_along(ui, box, box->kind == UI_NODE_ROW ? ACROSS : DOWN, &gap);
    for (struct ui_node *child = first_child(ui, box); child; child = next_child(ui, child)) {
        if (child->placed) {
            child->rect.x = box->rect.x + child->at.x;
            child->rect.y = box->rect.y + child->at.y;
        } else if (box->kind == UI_NODE_ROW) {
            child->rect.x = pen;
            child->rect.y = box->align == UI_BASELINE ? baseline - child->baseline
                                                      : aligned(box->align, y, y_room, child->rect.h);
            pen += child->rect.w + gap;
        } else if (box->kind == UI_NODE_COLUMN) {
            child->rect.x = aligned(box->align, x, x_room, child->rect.w);
            child->rect.y = pen;
            pen += child->rect.h + gap;
        } else {
            child->rect.x = aligned(box->align, x, x_room, child->rect.w);
            child->rect.y = aligned(box->justify, y, y_room, child->rect.h);
        }
    }
}

void ui_layout(struct ui *ui)
{
    content_up(ui, ACROSS);
    shares_down(ui, ACROSS);
    wrap_all(ui);
    content_up(ui, DOWN);
    shares_down(ui, DOWN);
    ui->nodes[0].rect.x = ui->nodes[0].rect.y = 0;
    find_baselines(ui);
    for (int i = 0; i < ui->node_count; i++)
        if (ui->nodes[i].first_child >= 0)
            place_children(ui, &ui->nodes[i]);
    overflows_find(ui);
}
