/* SPDX-License-Identifier: MIT
 * A frame as text, and the rules that screens must keep. */
#include "common/ui/check.h"

#include <stdlib.h>

#include "common/ui/parts.h"

const struct ui_rules ui_rules_kiosk = {.touch_px = K_TOUCH_MIN,
                                        .touch_gap_px = K_TOUCH_GAP,
                                        .touch_top_px = K_CTL_TOP,
                                        .touch_bottom_px = K_HEIGHT,
                                        .em_least = 34,
                                        .em_alt_least = 28,
                                        .contrast_least = 450};
const struct ui_rules ui_rules_board = {.em_least = 40, .em_alt_least = 40, .contrast_least = 450};
const struct ui_rules ui_rules_print = {.em_least = 24, .em_alt_least = 24, .contrast_least = 700};

/* ---- names ---- */

static const char *const kind_names[] = {
    [UI_NODE_ROW] = "row",   [UI_NODE_COLUMN] = "column",   [UI_NODE_LAYER] = "layer",
    [UI_NODE_TEXT] = "text", [UI_NODE_ICON] = "icon",       [UI_NODE_CODE] = "code",
    [UI_NODE_RING] = "ring", [UI_NODE_PICTURE] = "picture",
};
static const char *const look_names[UI_LOOK_COUNT] = {
    [UI_LOOK_CARD] = "card", [UI_LOOK_BUTTON] = "button", [UI_LOOK_PRIMARY] = "primary",
    [UI_LOOK_CHIP] = "chip", [UI_LOOK_KEY] = "key",       [UI_LOOK_STOP] = "stop",
    [UI_LOOK_TAB] = "tab",   [UI_LOOK_SHEET] = "sheet",
};

static void put_id(struct text *out, ui_id id)
{
    text_printf(out, " #%u.%u", (unsigned)UI_ID_KIND(id), (unsigned)UI_ID_INDEX(id));
}

static void put_rect(struct text *out, struct ui_rect rect)
{
    text_printf(out, " %d,%d %dx%d", rect.x, rect.y, rect.w, rect.h);
}

static void put_words(const struct ui *ui, const struct ui_node *node, struct text *out)
{
    text_puts(out, " \"");
    for (int i = 0; i < node->length; i++) {
        char c = ui->bytes[node->bytes + i];
        if (c == '\n')
            text_puts(out, "\\n");
        else
            text_append(out, &c, 1);
    }
    text_puts(out, "\"");
}

/* ---- dump ---- */

static void dump_box(const struct ui_node *node, struct text *out)
{
    const struct {
        bool is;
        const char *word;
    } words[] = {{node->selected, "selected"}, {node->disabled, "disabled"}, {node->guarded, "guarded"},
                 {node->capture, "capture"},   {node->clip, "clip"},         {node->shadow, "shadow"}};
    if (node->look)
        text_printf(out, " %s", look_names[node->look]);
    if (node->id)
        put_id(out, node->id);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (words[i].is)
            text_printf(out, " %s", words[i].word);
    if (node->fill)
        text_printf(out, " fill=%s", ui_color_name(node->fill));
    if (node->border)
        text_printf(out, " border=%s", ui_color_name(node->border));
    if (node->edge)
        text_printf(out, " edge=%s", ui_color_name(node->edge));
    if (node->radius)
        text_printf(out, " radius=%d", node->radius);
    if (node->shift_x || node->shift_y)
        text_printf(out, " shift=%d,%d", node->shift_x, node->shift_y);
}

static void dump_text(const struct ui *ui, const struct ui_node *node, struct text *out)
{
    text_printf(out, " %s", ui_type_name(node->type));
    if (node->em != ui_em(node->type, ui->frame.senior))
        text_printf(out, " em=%d", node->em);
    if (node->weight != ui_type_weight(node->type))
        text_puts(out, node->weight == UI_BOLD ? " bold" : " regular");
    text_printf(out, " %s", ui_color_name(node->color));
    if (node->align == UI_CENTER || node->align == UI_END)
        text_puts(out, node->align == UI_CENTER ? " center" : " end");
    put_words(ui, node, out);
    if (node->line_count != 1)
        text_printf(out, " lines=%d", node->line_count);
    if (node->overflow)
        text_puts(out, node->decorative ? " cut" : " OVERFLOW");
}

static void dump_mark(const struct ui_node *node, struct text *out)
{
    if (node->kind == UI_NODE_ICON)
        text_printf(out, " %s%s %s", ui_icon_name(node->icon), node->weight == UI_BOLD ? " bold" : "",
                    ui_color_name(node->color));
    else if (node->kind == UI_NODE_RING)
        text_printf(out, " %d %s", node->amount, ui_color_name(node->color));
    else if (node->kind == UI_NODE_CODE)
        text_printf(out, " side=%d quiet=%d", node->amount, node->quiet);
    else
        text_printf(out, " #%d", node->amount);
}

static int depth_of(const struct ui *ui, const struct ui_node *node)
{
    int depth = 0;
    for (; node->parent >= 0; node = &ui->nodes[node->parent])
        depth++;
    return depth;
}

static void dump_node(const struct ui *ui, const struct ui_node *node, struct text *out)
{
    text_printf(out, "%*s%s", 2 * depth_of(ui, node), "", kind_names[node->kind]);
    put_rect(out, node->rect);
    if (node->kind == UI_NODE_TEXT)
        dump_text(ui, node, out);
    else if (node->kind <= UI_NODE_LAYER)
        dump_box(node, out);
    else
        dump_mark(node, out);
    if (node->fade)
        text_printf(out, " fade=%d", node->fade);
    text_puts(out, "\n");
}

void ui_dump(const struct ui *ui, struct text *out)
{
    for (int i = 0; i < ui->node_count; i++)
        dump_node(ui, &ui->nodes[i], out);
    for (int order = 0; order < ui->hit_count; order++)
        for (int i = 0; i < ui->hit_count; i++)
            if (ui->hits[i].order == order) {
                text_puts(out, "hit");
                put_id(out, ui->hits[i].id);
                put_rect(out, ui->hits[i].rect);
                text_puts(out, ui->hits[i].guarded ? " guarded\n" : "\n");
            }
}

/* ---- words ---- */

static bool is_below(const struct ui *ui, const struct ui_node *node, const struct ui_node *top)
{
    while (node != top && node->parent >= 0)
        node = &ui->nodes[node->parent];
    return node == top;
}

void ui_words(const struct ui *ui, ui_id id, struct text *out)
{
    const struct ui_node *top = &ui->nodes[0];
    for (int i = 0; id && i < ui->node_count; i++)
        if (ui->nodes[i].id == id)
            top = &ui->nodes[i];
    if (id && top->id != id)
        return;
    bool first = true;
    for (int i = 0; i < ui->node_count; i++) {
        const struct ui_node *node = &ui->nodes[i];
        if (node->kind != UI_NODE_TEXT || node->length == 0 || !is_below(ui, node, top))
            continue;
        text_puts(out, first ? "" : ", ");
        text_append(out, ui->bytes + node->bytes, (size_t)node->length);
        first = false;
    }
}

/* ---- rules ---- */

struct checking {
    const struct ui *ui;
    const struct ui_rules *rules;
    struct text *report;
    int count;
};

static void begin_fault(struct checking *checking, const char *what)
{
    checking->count++;
    text_puts(checking->report, what);
}

static void check_hit(struct checking *checking, const struct ui_hit *hit)
{
    const struct ui_rules *rules = checking->rules;
    int bottom = rules->touch_bottom_px ? rules->touch_bottom_px : checking->ui->frame.height;
    struct ui_rect canvas = {0, rules->touch_top_px, checking->ui->frame.width, bottom - rules->touch_top_px};
    if (hit->rect.w < rules->touch_px || hit->rect.h < rules->touch_px) {
        begin_fault(checking, "touch target too small:");
        put_id(checking->report, hit->id);
        put_rect(checking->report, hit->rect);
        text_printf(checking->report, ", each side must be >= %d\n", rules->touch_px);
    }
    if (!ui_rect_inside(hit->rect, canvas)) {
        begin_fault(checking, "touch target out of reach:");
        put_id(checking->report, hit->id);
        put_rect(checking->report, hit->rect);
        text_printf(checking->report, ", must lie between y=%d and y=%d and on the canvas\n",
                    rules->touch_top_px, bottom);
    }
}

static void check_pair(struct checking *checking, const struct ui_hit *one, const struct ui_hit *other)
{
    struct ui_rect around = ui_rect_grown(one->rect, checking->rules->touch_gap_px);
    if (one->id == other->id) {
        begin_fault(checking, "two touch targets have the same id:");
        put_id(checking->report, one->id);
        put_rect(checking->report, one->rect);
        put_rect(checking->report, other->rect);
        text_puts(checking->report, "\n");
    }
    if (ui_rect_empty(ui_rect_cut(around, other->rect)))
        return;
    begin_fault(checking, "touch targets too close:");
    put_id(checking->report, one->id);
    put_rect(checking->report, one->rect);
    text_puts(checking->report, " and");
    put_id(checking->report, other->id);
    put_rect(checking->report, other->rect);
    text_printf(checking->report, ", must be >= %d apart\n", checking->rules->touch_gap_px);
}

/* The colour under a run: fills before it that hold its middle, mixed from the bottom up. */
static uint32_t ground_of(const struct ui *ui, int index)
{
    const struct ui_rect rect = ui->commands[index].rect;
    uint32_t rgb = ui->background_rgb;
    int x = rect.x + rect.w / 2, y = rect.y + rect.h / 2;
    for (int i = 0; i < index; i++) {
        const struct ui_command *command = &ui->commands[i];
        if (command->kind == UI_FILL && ui_rect_contains(ui_rect_cut(command->rect, command->clip), x, y))
            rgb = ui_mix(rgb, command->rgb, command->alpha);
    }
    return rgb;
}

static void check_contrast(struct checking *checking)
{
    const struct ui *ui = checking->ui;
    for (int i = 0; i < ui->command_count; i++) {
        const struct ui_command *run = &ui->commands[i];
        if (run->kind != UI_RUN || run->alpha < 255) /* a motion under way is not judged */
            continue;
        uint32_t ground = ground_of(ui, i);
        int ratio = ui_contrast(run->rgb, ground);
        if (ratio >= checking->rules->contrast_least)
            continue;
        begin_fault(checking, "too little contrast: \"");
        text_append(checking->report, ui->bytes + run->bytes, (size_t)run->length);
        text_printf(checking->report, "\" #%06X on #%06X is %d.%02d, must be >= %d.%02d\n",
                    (unsigned)run->rgb, (unsigned)ground, ratio / 100, ratio % 100,
                    checking->rules->contrast_least / 100, checking->rules->contrast_least % 100);
    }
}

static void check_node(struct checking *checking, const struct ui_node *node)
{
    const struct ui *ui = checking->ui;
    int least = node->alt ? checking->rules->em_alt_least : checking->rules->em_least;
    if (node->kind == UI_NODE_TEXT && node->length > 0 && node->em < least) {
        begin_fault(checking, "text too small:");
        put_words(ui, node, checking->report);
        text_printf(checking->report, " em %d, must be >= %d%s\n", node->em, least,
                    node->alt ? " (alt)" : "");
    }
    if (node->parent < 0 || ui_rect_empty(node->rect))
        return;
    const struct ui_node *parent = &ui->nodes[node->parent];
    if (!ui_rect_inside(node->rect, parent->rect)) {
        begin_fault(checking, "outside its box:");
        dump_node(ui, node, checking->report);
    }
}

static void check_overflows(struct checking *checking)
{
    const struct ui *ui = checking->ui;
    for (int i = 0; i < ui->overflow_count && i < UI_OVERFLOWS_MAX; i++) {
        const struct ui_node *node = &ui->nodes[ui->overflows[i].node];
        begin_fault(checking, "does not fit:");
        if (node->kind == UI_NODE_TEXT)
            put_words(ui, node, checking->report);
        put_rect(checking->report, node->rect);
        text_printf(checking->report, ", needs %dx%d px\n", ui->overflows[i].wide, ui->overflows[i].high);
    }
    if (ui->overflow_count > UI_OVERFLOWS_MAX) {
        begin_fault(checking, "does not fit:");
        text_printf(checking->report, " and %d more\n", ui->overflow_count - UI_OVERFLOWS_MAX);
    }
    if (ui->dropped > 0) {
        begin_fault(checking, "frame too large:");
        text_printf(checking->report, " %d things found no room (common/ui/limits.h)\n", ui->dropped);
    }
}

int ui_check(const struct ui *ui, const struct ui_rules *rules, struct text *report)
{
    struct checking checking = {.ui = ui, .rules = rules, .report = report};
    for (int i = 0; i < ui->hit_count; i++) {
        check_hit(&checking, &ui->hits[i]);
        for (int j = i + 1; j < ui->hit_count; j++)
            check_pair(&checking, &ui->hits[i], &ui->hits[j]);
    }
    for (int i = 0; i < ui->node_count; i++)
        check_node(&checking, &ui->nodes[i]);
    check_contrast(&checking);
    check_overflows(&checking);
    return checking.count;
}
