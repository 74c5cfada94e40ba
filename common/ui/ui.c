/* SPDX-License-Identifier: MIT
 * Declaring a frame: nodes go into the arena as they are named. */
#include "common/ui/ui.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "common/ui/motion.h"
#include "common/ui/parts.h"

enum { FRAME_MS = 16, TEXTF_BYTES = 1024 };

void ui_init(struct ui *ui, const struct ui_measure *measure)
{
    memset(ui, 0, sizeof *ui);
    ui->measure = *measure;
    ui->wake_ms = INT64_MAX;
}

int ui_bytes_add(struct ui *ui, const char *bytes, int length)
{
    if (length > UI_BYTES_MAX - ui->byte_count) {
        ui->dropped++;
        return -1;
    }
    int at = ui->byte_count;
    if (length > 0)
        memcpy(ui->bytes + at, bytes, (size_t)length);
    ui->byte_count += length;
    return at;
}

static bool is_box(const struct ui_node *node)
{
    return node->kind == UI_NODE_ROW || node->kind == UI_NODE_COLUMN || node->kind == UI_NODE_LAYER;
}

/* Appends a zeroed node as the last child of the open box. When the arena is full, a spare last node is lent
 * that belongs to nobody, so that callers need no special case. */
static struct ui_node *node_add(struct ui *ui, enum ui_node_kind kind, struct ui_rect at)
{
    assert(ui->declaring);
    bool full = ui->node_count == UI_NODES_MAX - 1;
    int16_t index = full ? UI_NODES_MAX - 1 : ui->node_count++;
    struct ui_node *node = &ui->nodes[index];
    *node = (struct ui_node){
        .kind = kind, .parent = -1, .first_child = -1, .last_child = -1, .next = -1, .at = at};
    node->placed = at.x || at.y || at.w || at.h;
    if (full) {
        ui->dropped++;
        return node;
    }
    if (ui->depth == 0)
        return node;
    int16_t parent_index = ui->open[ui->depth - 1];
    struct ui_node *parent = &ui->nodes[parent_index];
    if (!is_box(parent))
        return node;
    node->parent = parent_index;
    if (parent->last_child >= 0)
        ui->nodes[parent->last_child].next = index;
    else
        parent->first_child = index;
    parent->last_child = index;
    if (!node->placed)
        parent->child_count++;
    return node;
}

static void box_set(struct ui_node *node, const struct ui_box *box)
{
    assert(box->look < UI_LOOK_COUNT && box->fill < UI_COLOR_COUNT && box->border < UI_COLOR_COUNT);
    node->width = box->width;
    node->height = box->height;
    node->pad = box->pad;
    node->gap = box->gap;
    node->align = box->align;
    node->justify = box->justify;
    node->id = box->id;
    node->look = box->look;
    node->selected = box->selected;
    node->disabled = box->disabled;
    node->guarded = box->guarded;
    node->capture = box->capture;
    node->clip = box->clip;
    node->shadow = box->shadow;
    node->fill = box->fill;
    node->border = box->border;
    node->border_px = box->border_px;
    node->radius = box->radius;
    node->edge = box->edge;
    node->edge_px = box->edge_px;
    node->fade = box->fade;
    node->shift_x = box->shift_x;
    node->shift_y = box->shift_y;
}

static void box_begin(struct ui *ui, enum ui_node_kind kind, const struct ui_box *box)
{
    assert(ui->depth < UI_DEPTH_MAX);
    struct ui_node *node = node_add(ui, kind, box->at);
    box_set(node, box);
    ui->open[ui->depth++] = (int16_t)(node - ui->nodes);
}

static void box_end(struct ui *ui, enum ui_node_kind kind)
{
    assert(ui->depth > 1);
    int16_t index = ui->open[--ui->depth];
    assert(index == UI_NODES_MAX - 1 ||
           ui->nodes[index].kind == kind); /* the spare node has been many things */
    (void)index;
    (void)kind;
}

void ui_row_begin(struct ui *ui, const struct ui_box *box)
{
    box_begin(ui, UI_NODE_ROW, box);
}

void ui_row_end(struct ui *ui)
{
    box_end(ui, UI_NODE_ROW);
}

void ui_column_begin(struct ui *ui, const struct ui_box *box)
{
    box_begin(ui, UI_NODE_COLUMN, box);
}

void ui_column_end(struct ui *ui)
{
    box_end(ui, UI_NODE_COLUMN);
}

void ui_layer_begin(struct ui *ui, const struct ui_box *box)
{
    box_begin(ui, UI_NODE_LAYER, box);
}

void ui_layer_end(struct ui *ui)
{
    box_end(ui, UI_NODE_LAYER);
}

void ui_rect(struct ui *ui, const struct ui_box *box)
{
    box_set(node_add(ui, UI_NODE_LAYER, box->at), box);
}

static void text_add(struct ui *ui, const struct ui_text *text, const char *words)
{
    assert(text->em >= 0 && text->em <= UI_EM_MAX && text->type < UI_TYPE_COUNT);
    struct ui_node *node = node_add(ui, UI_NODE_TEXT, text->at);
    size_t size = words ? strlen(words) : 0;
    int at = ui_bytes_add(ui, words, size > UI_BYTES_MAX ? UI_BYTES_MAX + 1 : (int)size);
    node->bytes = at < 0 ? 0 : at;
    node->length = at < 0 ? 0 : (int)size;
    node->width = text->width;
    node->height = text->height;
    node->type = text->type ? text->type : UI_K_BODY;
    node->em = text->em ? text->em : ui_em(node->type, ui->frame.senior);
    node->em_least = text->em_least && text->em_least < node->em ? text->em_least : node->em;
    node->weight = text->weight ? text->weight : ui_type_weight(node->type);
    node->color = text->color ? text->color : UI_INK;
    node->align = text->align;
    node->valign = text->valign;
    node->lines_max = text->lines_max == 0 ? 1 : text->lines_max;
    node->paragraph = text->paragraph;
    node->alt = text->alt || node->type == UI_K_ALT;
    node->decorative = text->decorative;
}

void ui_text(struct ui *ui, const struct ui_text *text)
{
    text_add(ui, text, text->words);
}

void ui_textf(struct ui *ui, const struct ui_text *text, const char *format, ...)
{
    char words[TEXTF_BYTES];
    va_list args;
    va_start(args, format);
    vsnprintf(words, sizeof words, format, args);
    va_end(args);
    text_add(ui, text, words);
}

static struct ui_node *mark_add(struct ui *ui, enum ui_node_kind kind, const struct ui_mark *mark)
{
    struct ui_node *node = node_add(ui, kind, mark->at);
    node->width = mark->width;
    node->height = mark->height;
    node->color = mark->color ? mark->color : UI_INK;
    node->track = mark->track;
    node->fade = mark->fade;
    return node;
}

void ui_icon(struct ui *ui, const struct ui_mark *mark)
{
    assert(mark->icon < UI_ICON_COUNT);
    struct ui_node *node = mark_add(ui, UI_NODE_ICON, mark);
    node->icon = mark->icon;
    node->weight = mark->weight == UI_BOLD ? UI_BOLD : UI_REGULAR;
}

void ui_ring(struct ui *ui, const struct ui_mark *mark)
{
    struct ui_node *node = mark_add(ui, UI_NODE_RING, mark);
    node->amount = mark->amount < 0 ? 0 : mark->amount > 1000 ? 1000 : mark->amount;
    node->thick = mark->thick;
}

void ui_picture(struct ui *ui, const struct ui_mark *mark)
{
    mark_add(ui, UI_NODE_PICTURE, mark)->amount = mark->picture;
}

void ui_code(struct ui *ui, const struct ui_code *code)
{
    assert(code->side >= 0 && code->side <= UI_QR_SIDE_MAX && (code->side == 0 || code->modules));
    struct ui_node *node = node_add(ui, UI_NODE_CODE, code->at);
    char bits[(UI_QR_SIDE_MAX * UI_QR_SIDE_MAX + 7) / 8] = {0};
    int count = code->side * code->side;
    for (int i = 0; i < count; i++)
        if (code->modules[i] & 1)
            bits[i / 8] = (char)(bits[i / 8] | 0x80 >> i % 8);
    int at = ui_bytes_add(ui, bits, (count + 7) / 8);
    node->width = code->width;
    node->height = code->height;
    node->amount = at < 0 ? 0 : code->side;
    node->bytes = at < 0 ? 0 : at;
    node->length = at < 0 ? 0 : (count + 7) / 8;
    node->quiet = code->quiet < 0 ? 0 : code->quiet == 0 ? 4 : code->quiet;
}

/* ---- frame ---- */

void ui_begin(struct ui *ui, const struct ui_frame *frame)
{
    assert(!ui->declaring && frame->width > 0 && frame->width <= UI_SIDE_MAX && frame->height > 0 &&
           frame->height <= UI_SIDE_MAX);
    if (frame->screen != ui->frame.screen) {
        ui_touch_drop(ui);
        ui->focus = 0;
    }
    ui->frame = *frame;
    ui->background_rgb = ui_rgb(frame->theme, frame->background ? frame->background : UI_PAPER);
    ui->node_count = ui->line_count = ui->depth = 0;
    ui->byte_count = ui->command_count = ui->hit_count = ui->overflow_count = ui->dropped = 0;
    ui->wake_ms = INT64_MAX;
    ui->declaring = true;
    struct ui_rect canvas = {0, 0, frame->width, frame->height};
    box_begin(ui, UI_NODE_LAYER, &(struct ui_box){.at = canvas});
}

void ui_end(struct ui *ui)
{
    assert(ui->declaring && ui->depth == 1);
    ui->depth = 0;
    ui->declaring = false;
    ui_layout(ui);
    ui_build(ui);
    ui_grid_fill(ui);
    ui_input_settle(ui);
}

int ui_motion(struct ui *ui, int64_t start_ms, int64_t length_ms)
{
    int progress = ui->frame.still ? 1000 : motion_progress(ui->frame.now_ms, start_ms, length_ms);
    if (progress < 1000)
        ui_wake_at(ui, start_ms > ui->frame.now_ms ? start_ms : ui->frame.now_ms + FRAME_MS);
    return motion_ease(progress);
}

void ui_wake_at(struct ui *ui, int64_t time_ms)
{
    if (time_ms < ui->wake_ms)
        ui->wake_ms = time_ms;
}

int ui_wait_ms(const struct ui *ui, int64_t now_ms)
{
    if (ui->wake_ms == INT64_MAX)
        return -1;
    int64_t wait = ui->wake_ms - now_ms;
    return wait <= 0 ? 0 : wait > INT32_MAX ? INT32_MAX : (int)wait;
}
