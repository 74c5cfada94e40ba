/* SPDX-License-Identifier: MIT */
#include "common/ui/widget.h"

enum { CARET_HALF_MS = 500, ICON_PERCENT = 120, SCRIM_FADE = 255 - 255 * 60 / 100, RING_PX = 72 };

/* ---- button ---- */

static const enum ui_color label_colors[UI_LOOK_COUNT] = {
    [UI_LOOK_PRIMARY] = UI_ON_BRAND,
    [UI_LOOK_STOP] = UI_STOP,
};

static enum ui_color label_color(const struct ui_button *button, enum ui_look look)
{
    if (button->disabled)
        return UI_INK_3;
    if (button->color)
        return button->color;
    return label_colors[look] ? label_colors[look] : UI_INK;
}

static void button_words(struct ui *ui, const struct ui_button *button, enum ui_color color, bool centred)
{
    enum ui_align align = centred ? UI_CENTER : UI_START;
    int lines = button->lines_max ? button->lines_max : 1;
    ui_text(ui, &(struct ui_text){.words = button->label,
                                  .type = button->type ? button->type : UI_K_H2,
                                  .em = button->em,
                                  .weight = button->weight,
                                  .color = color,
                                  .align = align,
                                  .lines_max = lines});
    if (button->second)
        ui_text(ui, &(struct ui_text){.words = button->second,
                                      .type = button->second_type ? button->second_type : UI_K_ALT,
                                      .color = color == UI_INK ? UI_INK_2 : color,
                                      .align = align,
                                      .alt = true});
}

static void button_icon(struct ui *ui, const struct ui_button *button, enum ui_color color)
{
    if (!button->icon)
        return;
    int em = button->em ? button->em : ui_em(button->type ? button->type : UI_K_H2, ui->frame.senior);
    int px = button->icon_px ? button->icon_px : (em * ICON_PERCENT / 100 + 3) / 4 * 4;
    ui_icon(ui,
            &(struct ui_mark){.icon = button->icon, .width = UI_PX(px), .height = UI_PX(px), .color = color});
}

static void button_ring(struct ui *ui, const struct ui_button *button, enum ui_color color)
{
    struct ui_size side = UI_PX(RING_PX);
    ui_layer_begin(ui,
                   &(struct ui_box){.width = side, .height = side, .align = UI_CENTER, .justify = UI_CENTER});
    ui_ring(
        ui,
        &(struct ui_mark){
            .width = side, .height = side, .color = color, .amount = button->ring, .thick = UI_FOCUS_RING});
    if (button->ring_words)
        ui_text(ui,
                &(struct ui_text){.words = button->ring_words, .em = 34, .weight = UI_BOLD, .color = color});
    ui_layer_end(ui);
}

static void button_tick(struct ui *ui, const struct ui_button *button)
{
    int wide = button->at.w ? button->at.w : button->width.kind == UI_SIZE_FIXED ? button->width.amount : 0;
    if (button->ticked && wide > 0)
        ui_icon(ui,
                &(struct ui_mark){.at = {wide - 40, 8, 32, 32}, .icon = UI_ICON_CHECK, .color = UI_BRAND});
}

void ui_button(struct ui *ui, const struct ui_button *button)
{
    enum ui_look look = button->look ? button->look : UI_LOOK_BUTTON;
    enum ui_color color = label_color(button, look);
    struct ui_box box = {.at = button->at,
                         .width = button->width,
                         .height = button->height,
                         .id = button->id,
                         .look = look,
                         .selected = button->selected,
                         .disabled = button->disabled,
                         .guarded = button->guarded,
                         .pad = UI_PAD_XY(button->upright ? 8 : 16, 8),
                         .gap = button->upright ? 0 : 16,
                         .align = UI_CENTER,
                         .justify = button->justify ? button->justify : UI_CENTER};
    if (button->upright) {
        ui_column_begin(ui, &box);
        button_icon(ui, button, color);
        button_words(ui, button, color, true);
        button_tick(ui, button);
        ui_column_end(ui);
        return;
    }
    bool beside = button->icon != UI_ICON_NONE;
    ui_row_begin(ui, &box);
    button_icon(ui, button, color);
    ui_column_begin(ui, &(struct ui_box){.align = beside ? UI_START : UI_CENTER});
    button_words(ui, button, color, !beside);
    ui_column_end(ui);
    if (button->ring > 0)
        button_ring(ui, button, color);
    button_tick(ui, button);
    ui_row_end(ui);
}

/* ---- strip ---- */

void ui_strip(struct ui *ui, const struct ui_strip *strip)
{
    static const enum ui_color colors[][2] = {
        [UI_MOOD_CALM] = {UI_SUNK, UI_INK},          [UI_MOOD_OK] = {UI_OK_TINT, UI_OK},
        [UI_MOOD_WARN] = {UI_WARN_FILL, UI_ON_FILL}, [UI_MOOD_NOTE] = {UI_WARN_TINT, UI_WARN},
        [UI_MOOD_STOP] = {UI_STOP_TINT, UI_STOP},
    };
    enum ui_color fill = colors[strip->mood][0], color = colors[strip->mood][1];
    enum ui_type type = strip->type ? strip->type : UI_K_MIN;
    ui_row_begin(ui, &(struct ui_box){.at = strip->at,
                                      .width = strip->width,
                                      .height = strip->height,
                                      .fill = fill,
                                      .radius = strip->radius ? strip->radius : R_KEY,
                                      .pad = UI_PAD_XY(24, 12),
                                      .gap = 16,
                                      .align = UI_CENTER});
    if (strip->icon) {
        struct ui_size side = UI_PX((ui_em(type, ui->frame.senior) * ICON_PERCENT / 100 + 3) / 4 * 4);
        ui_icon(ui, &(struct ui_mark){.icon = strip->icon, .width = side, .height = side, .color = color});
    }
    ui_text(ui, &(struct ui_text){.words = strip->words,
                                  .type = type,
                                  .color = color,
                                  .width = UI_GROW,
                                  .lines_max = strip->lines_max ? strip->lines_max : 2});
    ui_row_end(ui);
}

/* ---- field ---- */

static bool caret_is_on(struct ui *ui)
{
    if (ui->frame.still)
        return true;
    int64_t now = ui->frame.now_ms;
    ui_wake_at(ui, now - now % CARET_HALF_MS + CARET_HALF_MS);
    return now / CARET_HALF_MS % 2 == 0;
}

void ui_field(struct ui *ui, const struct ui_field *field)
{
    enum ui_type type = field->type ? field->type : UI_K_KEY;
    int em = ui_em(type, ui->frame.senior);
    bool empty = !field->value || !*field->value;
    struct ui_size icon = UI_PX(48), caret_height = UI_PX(em);
    ui_row_begin(ui, &(struct ui_box){.at = field->at,
                                      .width = field->width,
                                      .height = field->height,
                                      .id = field->id,
                                      .look = UI_LOOK_BUTTON,
                                      .border = field->wrong ? UI_STOP : UI_NONE,
                                      .border_px = field->wrong ? UI_BORDER_SELECTED : 0,
                                      .pad = UI_PAD_XY(24, 8),
                                      .gap = 4,
                                      .align = UI_CENTER});
    if (field->icon) {
        ui_icon(ui, &(struct ui_mark){.icon = field->icon, .width = icon, .height = icon, .color = UI_INK_2});
        ui_rect(ui, &(struct ui_box){.width = UI_PX(12), .height = UI_PX(1)});
    }
    if (!empty)
        ui_text(ui, &(struct ui_text){.words = field->value, .type = type, .color = UI_INK});
    if (field->caret)
        ui_rect(ui, &(struct ui_box){.width = UI_PX(4),
                                     .height = caret_height,
                                     .fill = caret_is_on(ui) ? UI_BRAND : UI_NONE});
    if (empty)
        ui_text(ui, &(struct ui_text){
                        .words = field->hint, .type = UI_K_MIN, .color = UI_INK_3, .width = UI_GROW});
    ui_row_end(ui);
}

/* ---- sheet ---- */

void ui_sheet_begin(struct ui *ui, const struct ui_box *box)
{
    struct ui_box sheet = *box;
    struct ui_rect canvas = {0, 0, ui->frame.width, ui->frame.height};
    sheet.look = UI_LOOK_SHEET;
    ui_layer_begin(ui, &(struct ui_box){.at = canvas, .capture = true});
    ui_rect(ui, &(struct ui_box){.at = canvas, .fill = UI_SCRIM, .fade = SCRIM_FADE});
    ui_column_begin(ui, &sheet);
}

void ui_sheet_end(struct ui *ui)
{
    ui_column_end(ui);
    ui_layer_end(ui);
}
