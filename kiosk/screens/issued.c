/* SPDX-License-Identifier: MIT
 * K-07: the number. */
#include <stdio.h>

#include "kiosk/screens/parts.h"

enum { SECOND_MS = 1000 };

static void line(struct ui *ui, struct ui_rect at, const char *words, int em, enum ui_color color)
{
    ui_text(ui, &(struct ui_text){
                    .at = at, .words = words, .em = em, .color = color, .align = UI_CENTER, .em_least = 34});
}

/* When and where, in one line. */
static void put_place(const struct kiosk *kiosk, char out[KIOSK_WORDS_MAX])
{
    char turn[KIOSK_WORDS_MAX], zones[KIOSK_WORDS_MAX];
    phrase_zones(kiosk, zones);
    if (phrase_turn(kiosk, turn))
        snprintf(out, KIOSK_WORDS_MAX, say(kiosk, "Your turn about %s. %s"), turn, zones);
    else
        snprintf(out, KIOSK_WORDS_MAX, "%s", zones);
}

/* ---- pieces ---- */

static void draw_paper(struct ui *ui, const struct kiosk *kiosk)
{
    static const struct {
        enum ui_mood mood;
        enum ui_icon icon;
    } looks[] = {
        [KIOSK_PRINT_NONE] = {UI_MOOD_NOTE, UI_ICON_PHONE},
        [KIOSK_PRINT_BUSY] = {UI_MOOD_CALM, UI_ICON_PRINTER},
        [KIOSK_PRINT_DONE] = {UI_MOOD_OK, UI_ICON_ARROW_DOWN},
        [KIOSK_PRINT_FAILED] = {UI_MOOD_WARN, UI_ICON_PAPER_OUT},
        [KIOSK_PRINT_LATE] = {UI_MOOD_WARN, UI_ICON_PAPER_OUT},
    };
    const char *const words[] = {
        [KIOSK_PRINT_NONE] = say(kiosk, "No paper here: photograph or scan your number"),
        [KIOSK_PRINT_BUSY] = say(kiosk, "Printing…"),
        [KIOSK_PRINT_DONE] = say(kiosk, "Take your ticket below"),
        [KIOSK_PRINT_FAILED] = say(kiosk, "Not printed: photograph or scan your number"),
        [KIOSK_PRINT_LATE] = say(kiosk, "No paper came out? Photograph or scan it"),
    };
    enum kiosk_print print = kiosk->ticket.print;
    enum ui_color colors[] = {
        [UI_MOOD_CALM] = UI_INK, [UI_MOOD_OK] = UI_OK, [UI_MOOD_WARN] = UI_ON_FILL, [UI_MOOD_NOTE] = UI_WARN};
    enum ui_color fills[] = {[UI_MOOD_CALM] = UI_SUNK,
                             [UI_MOOD_OK] = UI_OK_TINT,
                             [UI_MOOD_WARN] = UI_WARN_FILL,
                             [UI_MOOD_NOTE] = UI_WARN_TINT};
    ui_row_begin(ui, &(struct ui_box){.at = {K_MARGIN, 880, K_WIDE, 96},
                                      .fill = fills[looks[print].mood],
                                      .radius = R_KEY,
                                      .pad = UI_PAD_XY(24, 0),
                                      .gap = 16,
                                      .align = UI_CENTER,
                                      .justify = UI_CENTER});
    ui_icon(ui, &(struct ui_mark){.icon = looks[print].icon,
                                  .width = UI_PX(48),
                                  .height = UI_PX(48),
                                  .color = colors[looks[print].mood]});
    ui_text(ui, &(struct ui_text){.words = words[print],
                                  .weight = UI_BOLD,
                                  .color = colors[looks[print].mood],
                                  .em_least = 34});
    ui_row_end(ui);
}

static void draw_code(struct ui *ui, const struct kiosk *kiosk, const struct kiosk_view *view)
{
    if (!view->link.side)
        return;
    ui_code(ui, &(struct ui_code){
                    .at = {340, 1000, 400, 400}, .modules = view->link.modules, .side = view->link.side});
    ui_text(ui, &(struct ui_text){.at = {K_MARGIN, 1416, K_WIDE, 48},
                                  .words = say(kiosk, "Keep this code: it proves that the number is yours"),
                                  .type = UI_K_MIN,
                                  .color = UI_INK_2,
                                  .align = UI_CENTER});
}

static void draw_buttons(struct ui *ui, const struct kiosk *kiosk, const struct kiosk_view *view)
{
    char seconds[12] = "";
    int64_t whole = 1, left_ms = kiosk_ring_left_ms(kiosk, view->now_ms, &whole);
    bool rings = left_ms > 0;
    if (kiosk->ticket.cancelling || kiosk_can_cancel(kiosk, view->now_ms)) {
        ui_button(ui,
                  &(struct ui_button){.at = {K_MARGIN, 1480, 480, K_TOUCH_STD},
                                      .id = KIOSK_UI_ID(KIOSK_ACT_CANCEL, 0),
                                      .look = UI_LOOK_STOP,
                                      .label = kiosk->ticket.cancelling ? say(kiosk, "Cancelling…")
                                                                        : say(kiosk, "Cancel this number"),
                                      .type = UI_K_BODY,
                                      .guarded = true,
                                      .disabled = kiosk->ticket.cancelling});
        ui_wake_at(ui, kiosk->ticket.issued_ms + KIOSK_CANCEL_MS);
    }
    if (rings) {
        snprintf(seconds, sizeof seconds, "%d", (int)((left_ms + SECOND_MS - 1) / SECOND_MS));
        ui_wake_at(ui, view->now_ms + (left_ms - 1) % SECOND_MS + 1);
    }
    ui_button(ui, &(struct ui_button){.at = {560, K_NAV_Y, 472, K_PRIMARY},
                                      .id = KIOSK_UI_ID(KIOSK_ACT_DONE, 0),
                                      .look = UI_LOOK_PRIMARY,
                                      .label = say(kiosk, "Done"),
                                      .guarded = true,
                                      .ring = rings ? (int)(left_ms * 1000 / whole) : 0,
                                      .ring_words = seconds});
}

void draw_issued(struct ui *ui, const struct kiosk *kiosk, const struct kiosk_view *view)
{
    char words[KIOSK_WORDS_MAX];
    const struct kiosk_item *item = kiosk_item_find(&kiosk->catalogue, kiosk->ticket.item);
    ui_row_begin(ui,
                 &(struct ui_box){
                     .at = {K_MARGIN, 128, K_WIDE, 80}, .gap = 16, .align = UI_CENTER, .justify = UI_CENTER});
    ui_icon(ui, &(struct ui_mark){
                    .icon = UI_ICON_CHECK, .width = UI_PX(64), .height = UI_PX(64), .color = UI_OK});
    ui_text(ui, &(struct ui_text){.words = say(kiosk, "Your number"), .type = UI_K_H1, .color = UI_OK});
    ui_row_end(ui);
    ui_text(ui, &(struct ui_text){.at = {K_MARGIN, 216, K_WIDE, 320},
                                  .words = kiosk->ticket.number,
                                  .type = UI_K_NUMBER,
                                  .color = UI_BRAND_DEEP,
                                  .align = UI_CENTER,
                                  .em_least = 160});
    if (item)
        ui_text(ui, &(struct ui_text){.at = {K_MARGIN, 552, K_WIDE, 64},
                                      .words = name_in(kiosk, item->name),
                                      .type = UI_K_H2,
                                      .align = UI_CENTER,
                                      .em_least = 34});
    phrase_ahead(kiosk, words);
    line(ui, (struct ui_rect){K_MARGIN, 632, K_WIDE, 64}, words, 44, UI_INK);
    put_place(kiosk, words);
    line(ui, (struct ui_rect){K_MARGIN, 704, K_WIDE, 64}, words, 44, UI_BRAND);
    phrase_windows(kiosk, words);
    line(ui, (struct ui_rect){K_MARGIN, 784, K_WIDE, 72}, words, 40, UI_INK);
    draw_paper(ui, kiosk);
    draw_code(ui, kiosk, view);
    draw_buttons(ui, kiosk, view);
}
