/* SPDX-License-Identifier: MIT
 * When no numbers are given: the hall is closed (K-16), or nothing is known of it yet. */
#include <stdio.h>

#include "kiosk/screens/parts.h"

static void centred(struct ui *ui, const char *words, enum ui_type type, int em, enum ui_color color)
{
    ui_text(ui, &(struct ui_text){.words = words,
                                  .type = type,
                                  .em = em,
                                  .color = color,
                                  .align = UI_CENTER,
                                  .width = UI_PERCENT(100),
                                  .lines_max = 3});
}

static void open_column(struct ui *ui, enum ui_icon icon)
{
    ui_column_begin(
        ui, &(struct ui_box){
                .at = {K_MARGIN, 464, K_WIDE, 1256}, .gap = 20, .align = UI_CENTER, .justify = UI_CENTER});
    ui_icon(ui,
            &(struct ui_mark){.icon = icon, .width = UI_PX(112), .height = UI_PX(112), .color = UI_BRAND});
}

/* ---- closed ---- */

static const char *closed_title(const struct kiosk *kiosk)
{
    if (kiosk->counts.numbers == KIOSK_NUMBERS_NOT_YET)
        return say(kiosk, "Numbers are not given out yet");
    if (kiosk->counts.numbers == KIOSK_NUMBERS_STOPPED)
        return say(kiosk, "Numbers have stopped for today");
    return say(kiosk, "The hall is closed now");
}

static void draw_hours(struct ui *ui, const struct kiosk *kiosk, const struct kiosk_view *view)
{
    char when[KIOSK_WORDS_MAX], words[2 * KIOSK_WORDS_MAX];
    int64_t wall_ms = kiosk_wall_ms(kiosk, view->now_ms);
    const char *hours = name_in(kiosk, kiosk->catalogue.hours);
    if (kiosk->counts.numbers == KIOSK_NUMBERS_STOPPED)
        centred(ui, say(kiosk, "If you hold a number, please stay: it will be called."), UI_K_H2, 0, UI_INK);
    if (*hours)
        centred(ui, hours, UI_K_BODY, 48, UI_INK);
    else if (*kiosk->counts.sessions) {
        snprintf(words, sizeof words, say(kiosk, "Open today %s"), kiosk->counts.sessions);
        centred(ui, words, UI_K_BODY, 48, UI_INK);
    }
    if (kiosk->counts.next_open_ms > wall_ms) {
        phrase_day_and_clock(kiosk, kiosk->counts.next_open_ms, wall_ms, when);
        snprintf(words, sizeof words, say(kiosk, "Next numbers: %s"), when);
        centred(ui, words, UI_K_H2, 48, UI_CALL);
    }
}

void draw_closed(struct ui *ui, const struct kiosk *kiosk, const struct kiosk_view *view)
{
    draw_trouble(ui, kiosk);
    open_column(ui, UI_ICON_CLOCK);
    centred(ui, closed_title(kiosk), UI_K_H1, 76, UI_INK);
    draw_hours(ui, kiosk, view);
    if (*kiosk->counts.notice[kiosk->language])
        centred(ui, kiosk->counts.notice[kiosk->language], UI_K_BODY, 0, UI_INK);
    if (view->online.side) {
        ui_rect(ui, &(struct ui_box){.width = UI_PX(1), .height = UI_PX(16)});
        ui_code(ui, &(struct ui_code){.width = UI_PX(400),
                                      .height = UI_PX(400),
                                      .modules = view->online.modules,
                                      .side = view->online.side});
        centred(ui, say(kiosk, "The online hall never closes: scan to go there"), UI_K_MIN, 0, UI_INK_2);
    }
    if (*name_in(kiosk, kiosk->catalogue.self_service))
        centred(ui, name_in(kiosk, kiosk->catalogue.self_service), UI_K_MIN, 0, UI_INK_2);
    ui_column_end(ui);
}

/* ---- connecting ---- */

static const char *connecting_words(const struct kiosk *kiosk)
{
    const char *trouble = trouble_words(kiosk);
    if (*trouble)
        return trouble;
    if (kiosk->linked)
        return say(kiosk, "Loading the hall's services.");
    return say(kiosk, "It connects by itself. In a hurry? Staff at the help desk give numbers too.");
}

void draw_connecting(struct ui *ui, const struct kiosk *kiosk, const struct kiosk_view *view)
{
    (void)view;
    const char *title = *trouble_words(kiosk) ? say(kiosk, "Not connected to the hall")
                        : kiosk->linked       ? say(kiosk, "One moment please")
                                              : say(kiosk, "Connecting to the hall…");
    open_column(ui, kiosk->linked ? UI_ICON_CLOCK : UI_ICON_CLOUD_OFF);
    centred(ui, title, UI_K_H1, 0, UI_INK);
    centred(ui, connecting_words(kiosk), UI_K_BODY, 0, UI_INK_2);
    ui_column_end(ui);
}
