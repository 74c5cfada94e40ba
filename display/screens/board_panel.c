/* SPDX-License-Identifier: MIT
 * What the board says when there is nothing to call: not yet, not now, not connected. And the manager's
 * emergency words, which take the whole picture. */
#include <stdio.h>
#include <string.h>

#include "common/base/clock.h"
#include "display/screens/board_inside.h"

enum { TITLE_EM = 120, ECHO_EM = 56, ICON_PX = 160, DAY_MS = 24 * 60 * 60 * 1000, ALARM_ECHO_EM = 64 };

static void title(struct ui *ui, const struct board_view *view, const char *english)
{
    ui_text(ui, &(struct ui_text){.type = UI_B_ZONE_NO,
                                  .em = TITLE_EM,
                                  .em_least = TITLE_EM / 2,
                                  .lines_max = 2,
                                  .align = UI_CENTER,
                                  .words = board_say(view, english)});
    if (view->board->language != WORDS_EN)
        ui_text(
            ui,
            &(struct ui_text){
                .type = UI_B_FOOT, .em = ECHO_EM, .color = UI_INK_2, .align = UI_CENTER, .words = english});
}

static void line(struct ui *ui, const char *words)
{
    ui_text(ui, &(struct ui_text){.type = UI_B_FOOT,
                                  .em = ECHO_EM,
                                  .em_least = BOARD_EM_LEAST,
                                  .lines_max = 2,
                                  .align = UI_CENTER,
                                  .words = words});
}

/* ---- what each panel adds ---- */

static void connecting_lines(struct ui *ui, const struct board_view *view)
{
    if (view->trouble)
        line(ui, view->trouble);
}

static bool same_date(struct clock_parts one, struct clock_parts other)
{
    return one.year == other.year && one.month == other.month && one.day == other.day;
}

/* "Tue 24 Nov", "11月24日 周二"; today and tomorrow by name. */
static void put_date(const struct board_view *view, struct clock_parts date, char *out, size_t size)
{
    static const char *const days[] = {N_("Sun"), N_("Mon"), N_("Tue"), N_("Wed"),
                                       N_("Thu"), N_("Fri"), N_("Sat")};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    if (same_date(date, clock_parts_of(view->wall_ms)))
        snprintf(out, size, "%s", board_say(view, "today"));
    else if (same_date(date, clock_parts_of(view->wall_ms + DAY_MS)))
        snprintf(out, size, "%s", board_say(view, "tomorrow"));
    else if (view->board->language == WORDS_EN)
        snprintf(out, size, "%s %d %s", days[date.weekday], date.day, months[date.month - 1]);
    else
        snprintf(out, size, "%d月%d日 %s", date.month, date.day, board_say(view, days[date.weekday]));
}

static void closed_lines(struct ui *ui, const struct board_view *view)
{
    char date[64], words[128];
    int64_t open_ms = view->board->next_open_ms;
    if (open_ms <= view->wall_ms)
        return;
    struct clock_parts opens = clock_parts_of(open_ms);
    put_date(view, opens, date, sizeof date);
    snprintf(words, sizeof words, board_say(view, "Opens %s at %02d:%02d"), date, opens.hour, opens.minute);
    line(ui, words);
}

/* Today's hours, with the dash of a range. */
static void quiet_lines(struct ui *ui, const struct board_view *view)
{
    const struct board *board = view->board;
    char hours[96] = "", words[160];
    for (int i = 0; i < board->session_count; i++) {
        const char *dash = strchr(board->sessions[i], '-');
        size_t used = strlen(hours);
        snprintf(hours + used, sizeof hours - used, "%s%.*s%s%s", i ? "  " : "",
                 (int)(dash ? dash - board->sessions[i] : BOARD_SESSION_BYTES), board->sessions[i],
                 dash ? "–" : "", dash ? dash + 1 : "");
    }
    if (board->session_count == 0)
        return;
    snprintf(words, sizeof words, board_say(view, "Open today %s"), hours);
    line(ui, words);
}

static const struct {
    enum ui_icon icon;
    enum ui_color color;
    const char *title;
    void (*lines)(struct ui *ui, const struct board_view *view);
} panels[] = {
    [BOARD_CONNECTING] = {UI_ICON_CLOUD_OFF, UI_INK_2, N_("Connecting"), connecting_lines},
    [BOARD_CLOSED] = {UI_ICON_CLOCK, UI_INK_2, N_("The hall is closed"), closed_lines},
    [BOARD_QUIET] = {UI_ICON_MEGAPHONE, UI_CALL, N_("Please wait to be called"), quiet_lines},
};

void board_panel(struct ui *ui, const struct board_view *view)
{
    const char *words = panels[view->scene].title;
    if (view->scene == BOARD_QUIET && view->is_first)
        words = N_("Please wait. Calls begin soon");
    ui_column_begin(ui, &(struct ui_box){.at = {B_MARGIN, BOARD_HERO_Y, B_WIDTH - 2 * B_MARGIN,
                                                BOARD_FOOT_Y - BOARD_HERO_Y},
                                         .align = UI_CENTER,
                                         .justify = UI_CENTER,
                                         .gap = 48,
                                         .fade = view->dimmed ? BOARD_DIM_FADE : 0});
    ui_icon(ui, &(struct ui_mark){.width = UI_PX(ICON_PX),
                                  .height = UI_PX(ICON_PX),
                                  .icon = panels[view->scene].icon,
                                  .color = panels[view->scene].color});
    title(ui, view, words);
    panels[view->scene].lines(ui, view);
    ui_column_end(ui);
}

void board_alarm(struct ui *ui, const struct board_view *view)
{
    const struct board *board = view->board;
    const char *first = label_words(&board->notice, board->language);
    const char *echo = board->notice.en;
    ui_column_begin(
        ui, &(struct ui_box){.at = {B_MARGIN, B_MARGIN, B_WIDTH - 2 * B_MARGIN, BOARD_FOOT_Y - 2 * B_MARGIN},
                             .align = UI_CENTER,
                             .justify = UI_CENTER,
                             .gap = 48});
    ui_icon(ui, &(struct ui_mark){.width = UI_PX(ICON_PX),
                                  .height = UI_PX(ICON_PX),
                                  .icon = UI_ICON_WARNING,
                                  .color = UI_ON_STOP});
    ui_text(ui, &(struct ui_text){.type = UI_B_ZONE_NO,
                                  .em = TITLE_EM,
                                  .em_least = TITLE_EM / 2,
                                  .lines_max = 5,
                                  .align = UI_CENTER,
                                  .color = UI_ON_STOP,
                                  .words = first});
    if (board->language != WORDS_EN && echo[0] && echo != first)
        ui_text(ui, &(struct ui_text){.type = UI_B_FOOT,
                                      .em = ALARM_ECHO_EM,
                                      .em_least = BOARD_EM_LEAST,
                                      .lines_max = 3,
                                      .align = UI_CENTER,
                                      .color = UI_ON_STOP,
                                      .words = echo});
    ui_column_end(ui);
}
