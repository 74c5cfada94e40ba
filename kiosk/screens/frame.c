/* SPDX-License-Identifier: MIT
 * What stands on every screen: header, accessibility bar, title, status strip. */
#include <stdio.h>
#include <string.h>

#include "kiosk/screens/parts.h"

enum { MINUTE_MS = 60000 };

/* ---- Z0 ---- */

void draw_header(struct ui *ui, const struct kiosk *kiosk, const struct kiosk_view *view)
{
    char clock[KIOSK_WORDS_MAX], date[KIOSK_WORDS_MAX];
    int64_t wall_ms = kiosk_wall_ms(kiosk, view->now_ms);
    ui_icon(ui, &(struct ui_mark){.at = {48, 24, 64, 64}, .icon = UI_ICON_EMBLEM, .color = UI_BRAND});
    if (kiosk->catalogue.domain_count)
        ui_text(ui, &(struct ui_text){.at = {128, 28, 560, 56},
                                      .words = name_in(kiosk, kiosk->catalogue.hall_short),
                                      .weight = UI_BOLD,
                                      .em_least = 34});
    phrase_clock(kiosk, wall_ms, clock);
    phrase_date(kiosk, wall_ms, date);
    ui_text(ui, &(struct ui_text){
                    .at = {692, 12, 340, 56}, .words = clock, .em = 44, .weight = UI_BOLD, .align = UI_END});
    ui_text(ui, &(struct ui_text){.at = {632, 64, 400, 40},
                                  .words = date,
                                  .em = 30,
                                  .color = UI_INK_2,
                                  .align = UI_END,
                                  .alt = true});
    ui_wake_at(ui, view->now_ms + MINUTE_MS - wall_ms % MINUTE_MS);
}

/* ---- Z1 ---- */

void draw_title(struct ui *ui, const char *title, const char *sub)
{
    ui_text(ui, &(struct ui_text){
                    .at = {K_MARGIN, 136, K_WIDE, 80}, .words = title, .type = UI_K_H1, .em_least = 44});
    ui_text(ui, &(struct ui_text){
                    .at = {K_MARGIN, 220, K_WIDE, 48}, .words = sub, .type = UI_K_MIN, .color = UI_INK_2});
}

static const struct ui_rect status_at = {K_MARGIN, 304, K_WIDE, 144};

static void strip(struct ui *ui, enum ui_mood mood, enum ui_icon icon, const char *words)
{
    ui_strip(ui, &(struct ui_strip){
                     .at = status_at, .mood = mood, .icon = icon, .words = words, .type = UI_K_BODY});
}

const char *trouble_words(const struct kiosk *kiosk)
{
    if (strcmp(kiosk->trouble, "bad-token") == 0)
        return say(kiosk, "This machine is not registered. Please tell the manager.");
    if (strcmp(kiosk->trouble, "bad-version") == 0)
        return say(kiosk, "This machine's program does not fit the hall's. Please tell the manager.");
    if (strcmp(kiosk->trouble, "banned") == 0)
        return say(kiosk, "This machine was shut out for a minute. It comes back by itself.");
    return "";
}

bool draw_trouble(struct ui *ui, const struct kiosk *kiosk)
{
    const char *trouble = trouble_words(kiosk);
    if (kiosk->offline)
        strip(ui, UI_MOOD_WARN, UI_ICON_CLOUD_OFF,
              *trouble
                  ? trouble
                  : say(kiosk,
                        "No connection: reconnecting. Numbers may be delayed; staff at the desk can help."));
    else if (kiosk->back_ms != INT64_MIN)
        strip(ui, UI_MOOD_OK, UI_ICON_CHECK, say(kiosk, "Connected again"));
    return kiosk->offline || kiosk->back_ms != INT64_MIN;
}

/* One cell: a small label above, a large figure with its unit below. */
static void cell(struct ui *ui, const char *label, const char *figure, const char *unit)
{
    ui_column_begin(ui, &(struct ui_box){.width = UI_GROW, .height = UI_PERCENT(100), .justify = UI_CENTER});
    ui_text(ui, &(struct ui_text){.words = label, .type = UI_K_MIN, .color = UI_INK_2});
    ui_row_begin(ui, &(struct ui_box){.gap = 8, .align = UI_BASELINE});
    ui_text(ui, &(struct ui_text){.words = figure, .em = 56, .weight = UI_BOLD});
    ui_text(ui, &(struct ui_text){.words = unit, .type = UI_K_MIN, .color = UI_INK_2});
    ui_row_end(ui);
    ui_column_end(ui);
}

static void figure_cell(struct ui *ui, const char *label, int figure, const char *unit)
{
    char words[16];
    snprintf(words, sizeof words, "%d", figure);
    cell(ui, label, words, unit);
}

/* The wait's cell: figures large, words ("under", "over") as the unit's part. */
static void wait_cell(struct ui *ui, const struct kiosk *kiosk, struct kiosk_wait wait)
{
    char words[KIOSK_WORDS_MAX];
    struct kiosk_wait shown = kiosk_wait_shown(wait);
    const char *label = say(kiosk, "Expected wait");
    if (shown.low_min >= KIOSK_WAIT_LONG_MIN) {
        cell(ui, label, ">2", say(kiosk, "hours"));
        return;
    }
    if (shown.low_min < KIOSK_WAIT_STEP_MIN && shown.high_min <= KIOSK_WAIT_SHORT_MIN)
        snprintf(words, sizeof words, "<%d", KIOSK_WAIT_SHORT_MIN);
    else
        snprintf(words, sizeof words, "%d–%d", shown.low_min, shown.high_min);
    cell(ui, label, words, say(kiosk, "min"));
}

void draw_status(struct ui *ui, const struct kiosk *kiosk, const struct kiosk_load *load)
{
    if (draw_trouble(ui, kiosk) || load->waiting < 0)
        return;
    ui_row_begin(
        ui,
        &(struct ui_box){
            .at = status_at, .fill = UI_SUNK, .radius = R_KEY, .pad = UI_PAD_XY(32, 0), .align = UI_CENTER});
    figure_cell(ui, say(kiosk, "Waiting now"), load->waiting, say(kiosk, "people"));
    if (load->wait.low_min >= 0)
        wait_cell(ui, kiosk, load->wait);
    if (load->windows >= 0)
        figure_cell(ui, say(kiosk, "Open now"), load->windows, say(kiosk, "windows"));
    ui_row_end(ui);
}

/* ---- Z4 ---- */

/* Five places of 184 x 136; what is not built yet leaves its place empty, so nothing will move later. */
static struct ui_rect bar_place(int n)
{
    return (struct ui_rect){K_MARGIN + 200 * n, K_ACC_Y, 184, 136};
}

void draw_bar(struct ui *ui, const struct kiosk *kiosk, const struct kiosk_view *view)
{
    char desk[KIOSK_WORDS_MAX];
    const char *phone = kiosk->catalogue.domain_count ? kiosk->catalogue.phone : "";
    struct ui_rect name = bar_place(0), help = bar_place(2);
    ui_column_begin(ui, &(struct ui_box){.at = name, .align = UI_START, .justify = UI_CENTER});
    ui_text(ui, &(struct ui_text){.words = view->device, .type = UI_K_H2, .color = UI_INK_2, .em_least = 34});
    ui_text(ui, &(struct ui_text){
                    .words = say(kiosk, "This machine"), .type = UI_K_ALT, .color = UI_INK_2, .alt = true});
    ui_column_end(ui);
    ui_button(ui, &(struct ui_button){.at = bar_place(1),
                                      .id = KIOSK_UI_ID(KIOSK_ACT_LANGUAGE, 0),
                                      .icon = UI_ICON_GLOBE,
                                      .icon_px = 48,
                                      .upright = true,
                                      .type = UI_K_MIN,
                                      .label = kiosk->language == WORDS_ZH ? "English" : "中文"});
    help.w = 584;
    if (*phone)
        snprintf(desk, sizeof desk, say(kiosk, "Please ask at the help desk, or call %s"), phone);
    else
        snprintf(desk, sizeof desk, "%s", say(kiosk, "Please ask at the help desk"));
    ui_column_begin(ui, &(struct ui_box){.at = help, .pad = {16, 0, 0, 0}, .justify = UI_CENTER});
    ui_text(ui,
            &(struct ui_text){
                .words = say(kiosk, "Need help?"), .type = UI_K_MIN, .weight = UI_BOLD, .color = UI_INK_2});
    ui_text(ui, &(struct ui_text){
                    .words = desk, .type = UI_K_MIN, .color = UI_INK_2, .width = UI_GROW, .lines_max = 2});
    ui_column_end(ui);
}
