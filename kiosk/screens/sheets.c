/* SPDX-License-Identifier: MIT
 * What lies over a screen: work under way, a sentence with what to do, "still there?". */
#include <stdio.h>
#include <string.h>

#include "kiosk/screens/parts.h"

enum { SECOND_MS = 1000, TICK_MS = 100, TITLE_EM = 56, INSIDE_WIDE = 888 };

static const struct ui_box sheet_box = {.at = {K_MARGIN, 720, K_WIDE, 640},
                                        .pad = UI_PAD(48),
                                        .gap = 24,
                                        .align = UI_CENTER,
                                        .justify = UI_SPREAD};

static void sentence(struct ui *ui, const char *words, enum ui_type type, int em, enum ui_weight weight,
                     enum ui_color color)
{
    ui_text(ui, &(struct ui_text){.words = words,
                                  .type = type,
                                  .em = em,
                                  .weight = weight,
                                  .color = color,
                                  .width = UI_PERCENT(100),
                                  .align = UI_CENTER,
                                  .lines_max = 3,
                                  .em_least = 40});
}

/* ---- taking ---- */

static void draw_taking(struct ui *ui, const struct kiosk *kiosk, const struct kiosk_view *view)
{
    int64_t begun_ms = kiosk->taking.begun_ms, spent_ms = view->now_ms - begun_ms;
    const struct kiosk_item *item = kiosk_item_find(&kiosk->catalogue, kiosk->taking.item);
    bool slow = spent_ms >= KIOSK_SLOW_MS || kiosk->offline;
    if (spent_ms < KIOSK_PROGRESS_MS) {
        ui_wake_at(ui, begun_ms + KIOSK_PROGRESS_MS);
        return;
    }
    ui_wake_at(ui, view->now_ms + TICK_MS);
    ui_sheet_begin(ui, &sheet_box);
    ui_ring(ui,
            &(struct ui_mark){
                .width = UI_PX(144),
                .height = UI_PX(144),
                .color = slow ? UI_WARN : UI_BRAND,
                .track = UI_SUNK,
                .amount = (int)(spent_ms < KIOSK_TAKE_MS_MAX ? spent_ms * 1000 / KIOSK_TAKE_MS_MAX : 1000)});
    ui_column_begin(ui, &(struct ui_box){.width = UI_PERCENT(100), .gap = 16, .align = UI_CENTER});
    sentence(ui, slow ? say(kiosk, "Slow network, retrying…") : say(kiosk, "Getting your number…"), UI_K_H1,
             TITLE_EM, UI_BOLD, slow ? UI_WARN : UI_INK);
    if (item)
        sentence(ui, name_in(kiosk, item->name), UI_K_BODY, 0, UI_REGULAR, UI_INK);
    ui_column_end(ui);
    sentence(ui, say(kiosk, "Please wait here. You will get one number only."), UI_K_MIN, 34, UI_REGULAR,
             UI_INK_2);
    ui_sheet_end(ui);
}

/* ---- notice ---- */

/* What it is about: the number, the item or the domain. */
static const char *notice_subject(const struct kiosk *kiosk)
{
    const struct kiosk_item *item = kiosk_item_find(&kiosk->catalogue, kiosk->notice.item);
    const struct kiosk_domain *domain = kiosk_domain_find(&kiosk->catalogue, kiosk->notice.domain);
    return item ? name_in(kiosk, item->name) : domain ? name_in(kiosk, domain->name) : "";
}

static void draw_notice_words(struct ui *ui, const struct kiosk *kiosk, const struct kiosk_reason *reason)
{
    const char *what = *reason->what ? say(kiosk, reason->what) : kiosk->notice.own[kiosk->language];
    const char *subject = notice_subject(kiosk), *hours = name_in(kiosk, kiosk->catalogue.hours);
    ui_column_begin(ui, &(struct ui_box){.width = UI_PERCENT(100), .gap = 16, .align = UI_CENTER});
    if (*subject)
        sentence(ui, subject, UI_K_MIN, 34, UI_REGULAR, UI_INK_2);
    sentence(ui, *what ? what : say(kiosk, "That did not work"), UI_K_H1, TITLE_EM, UI_BOLD, UI_INK);
    if (*kiosk->notice.number)
        sentence(ui, kiosk->notice.number, UI_K_KEY, 72, UI_BOLD, UI_BRAND_DEEP);
    sentence(ui, say(kiosk, reason->todo), UI_K_BODY, 0, UI_REGULAR, UI_INK);
    if (kiosk->notice.domain && *hours)
        sentence(ui, hours, UI_K_MIN, 34, UI_REGULAR, UI_INK_2);
    ui_column_end(ui);
}

static void draw_notice(struct ui *ui, const struct kiosk *kiosk)
{
    const struct kiosk_reason *reason = kiosk_reason_find(kiosk->notice.code);
    ui_sheet_begin(ui, &sheet_box);
    ui_icon(ui, &(struct ui_mark){.icon = reason->good ? UI_ICON_CHECK : UI_ICON_WARNING,
                                  .width = UI_PX(96),
                                  .height = UI_PX(96),
                                  .color = reason->good ? UI_OK : UI_WARN});
    draw_notice_words(ui, kiosk, reason);
    ui_button(ui, &(struct ui_button){.width = UI_PX(K_PRIMARY_WIDE),
                                      .height = UI_PX(K_PRIMARY),
                                      .id = KIOSK_UI_ID(KIOSK_ACT_CLOSE, 0),
                                      .look = UI_LOOK_PRIMARY,
                                      .label = say(kiosk, "OK"),
                                      .guarded = true});
    ui_text(ui, &(struct ui_text){.at = {704, 580, 240, 40},
                                  .words = reason->mark,
                                  .type = UI_K_ALT,
                                  .color = UI_INK_3,
                                  .align = UI_END});
    ui_sheet_end(ui);
}

/* ---- still there? ---- */

static void draw_still_there(struct ui *ui, const struct kiosk *kiosk, const struct kiosk_view *view)
{
    char words[KIOSK_WORDS_MAX], seconds[12];
    int64_t left_ms = kiosk_warning_left_ms(kiosk, view->now_ms);
    int64_t whole_ms = kiosk_warning_left_ms(kiosk, kiosk->sheet_ms);
    int left = (int)((left_ms + SECOND_MS - 1) / SECOND_MS);
    snprintf(words, sizeof words, say(kiosk, "Back to the first page in %d s"), left);
    snprintf(seconds, sizeof seconds, "%d", left);
    if (left_ms > 0)
        ui_wake_at(ui, view->now_ms + (left_ms - 1) % SECOND_MS + 1);
    struct ui_size side = UI_PX(144);
    ui_sheet_begin(ui, &sheet_box);
    ui_layer_begin(ui,
                   &(struct ui_box){.width = side, .height = side, .align = UI_CENTER, .justify = UI_CENTER});
    ui_ring(ui, &(struct ui_mark){.width = side,
                                  .height = side,
                                  .color = UI_BRAND,
                                  .track = UI_SUNK,
                                  .thick = 12,
                                  .amount = (int)(left_ms * 1000 / whole_ms)});
    ui_text(ui, &(struct ui_text){.words = seconds, .type = UI_K_KEY});
    ui_layer_end(ui);
    ui_column_begin(ui, &(struct ui_box){.width = UI_PERCENT(100), .gap = 16, .align = UI_CENTER});
    sentence(ui, say(kiosk, "Do you need more time?"), UI_K_H1, TITLE_EM, UI_BOLD, UI_INK);
    sentence(ui, words, UI_K_BODY, 0, UI_REGULAR, UI_INK);
    ui_column_end(ui);
    ui_row_begin(ui, &(struct ui_box){.width = UI_PX(INSIDE_WIDE), .gap = K_GUT});
    ui_button(ui, &(struct ui_button){.width = UI_GROW,
                                      .height = UI_PX(160),
                                      .id = KIOSK_UI_ID(KIOSK_ACT_FINISH, 0),
                                      .label = say(kiosk, "Finish"),
                                      .guarded = true});
    ui_button(ui, &(struct ui_button){.width = UI_GROW,
                                      .height = UI_PX(160),
                                      .id = KIOSK_UI_ID(KIOSK_ACT_CONTINUE, 0),
                                      .look = UI_LOOK_PRIMARY,
                                      .label = say(kiosk, "Continue"),
                                      .guarded = true});
    ui_row_end(ui);
    ui_sheet_end(ui);
}

void draw_sheet(struct ui *ui, const struct kiosk *kiosk, const struct kiosk_view *view)
{
    if (kiosk->sheet == KIOSK_SHEET_TAKING)
        draw_taking(ui, kiosk, view);
    else if (kiosk->sheet == KIOSK_SHEET_NOTICE)
        draw_notice(ui, kiosk);
    else if (kiosk->sheet == KIOSK_SHEET_STILL_THERE)
        draw_still_there(ui, kiosk, view);
}
