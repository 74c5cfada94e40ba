/* SPDX-License-Identifier: MIT
 * The footer, one page at a time; and in its place the strip that says that nothing is new. */
#include <stdio.h>

#include "common/ui/motion.h"
#include "display/screens/board_inside.h"

enum {
    ICON_PX = 56,
    UNDER_MIN = 10,
    HOURS_FROM_MIN = 120,
};

static void words(struct ui *ui, enum ui_color color, enum ui_weight weight, const char *text)
{
    ui_text(ui, &(struct ui_text){.type = UI_B_FOOT,
                                  .height = UI_PX(BOARD_FOOT_H),
                                  .em_least = BOARD_EM_LEAST,
                                  .color = color,
                                  .weight = weight,
                                  .words = text});
}

/* Two lines where one is not enough. */
static void sentence(struct ui *ui, const char *text)
{
    ui_text(ui, &(struct ui_text){.type = UI_B_FOOT,
                                  .width = UI_GROW,
                                  .height = UI_PX(BOARD_FOOT_H),
                                  .em_least = BOARD_EM_LEAST,
                                  .lines_max = 2,
                                  .words = text});
}

/* ---- pages ---- */

static void notice_page(struct ui *ui, const struct board_view *view, int index)
{
    (void)index;
    sentence(ui, label_words(&view->board->notice, view->board->language));
}

static void stopped_page(struct ui *ui, const struct board_view *view, int index)
{
    (void)index;
    sentence(ui, board_say(view, "No more numbers today. If you hold one, please wait"));
}

static void missed_page(struct ui *ui, const struct board_view *view, int index)
{
    const struct board *board = view->board;
    words(ui, UI_STOP, UI_BOLD, board_say(view, "Missed"));
    for (int i = index * BOARD_FOOT_MISSED; i < board->missed_count && i < (index + 1) * BOARD_FOOT_MISSED;
         i++)
        words(ui, UI_INK, UI_BOLD, board->missed[i].number);
    words(ui, UI_INK_2, UI_REGULAR, board_say(view, "rejoin at a kiosk"));
}

static void forecast(struct ui *ui, const struct board_view *view, const struct board_wait *wait)
{
    char text[64];
    if (wait->low_min < 0)
        return;
    if (wait->high_min <= UNDER_MIN)
        snprintf(text, sizeof text, board_say(view, "under %d min"), UNDER_MIN);
    else if (wait->low_min >= HOURS_FROM_MIN)
        snprintf(text, sizeof text, board_say(view, "over %d hours"), HOURS_FROM_MIN / 60);
    else
        snprintf(text, sizeof text, board_say(view, "%d to %d min"), wait->low_min, wait->high_min);
    words(ui, UI_INK_2, UI_REGULAR, text);
}

static void waiting_page(struct ui *ui, const struct board_view *view, int index)
{
    const struct board *board = view->board;
    if (board->language != WORDS_EN) /* in English each figure says it */
        words(ui, UI_INK_2, UI_REGULAR, board_say(view, "Waiting now"));
    for (int i = index * view->waits_on_page; i < (index + 1) * view->waits_on_page; i++) {
        const struct board_wait *wait = &board->waits[i];
        char people[32];
        ui_row_begin(ui, &(struct ui_box){.width = UI_GROW, .align = UI_CENTER, .gap = 16});
        if (i < board->wait_count) {
            snprintf(people, sizeof people, board_say(view, "%d queueing"), wait->people);
            words(ui, UI_INK, UI_REGULAR, label_words(&board->names.domains[wait->domain], board->language));
            words(ui, UI_INK, UI_BOLD, people);
            forecast(ui, view, wait);
        }
        ui_row_end(ui);
    }
}

static void nobody_page(struct ui *ui, const struct board_view *view, int index)
{
    (void)index;
    sentence(ui, board_say(view, "Nobody is waiting now"));
}

static void line_page(struct ui *ui, const struct board_view *view, int index)
{
    sentence(ui, label_words(&view->board->names.lines[index], view->board->language));
}

static const struct {
    enum ui_icon icon;
    enum ui_color color;
    void (*draw)(struct ui *ui, const struct board_view *view, int index);
} pages[BOARD_FOOT_KINDS] = {
    [BOARD_FOOT_NOTICE] = {UI_ICON_MEGAPHONE, UI_CALL, notice_page},
    [BOARD_FOOT_STOPPED] = {UI_ICON_CLOCK, UI_CALL, stopped_page},
    [BOARD_FOOT_NUMBERS] = {UI_ICON_TICKET, UI_STOP, missed_page},
    [BOARD_FOOT_WAITING] = {UI_ICON_PEOPLE, UI_INK_2, waiting_page},
    [BOARD_FOOT_NOBODY] = {UI_ICON_PEOPLE, UI_OPEN, nobody_page},
    [BOARD_FOOT_LINE] = {UI_ICON_HELP, UI_INK_2, line_page},
};

static void page(struct ui *ui, const struct board_view *view, struct board_foot foot, int fade)
{
    if (!pages[foot.kind].draw)
        return;
    ui_row_begin(ui, &(struct ui_box){.at = {B_MARGIN, BOARD_FOOT_Y, B_WIDTH - 2 * B_MARGIN, BOARD_FOOT_H},
                                      .align = UI_CENTER,
                                      .gap = 32,
                                      .fade = fade});
    ui_icon(ui, &(struct ui_mark){.width = UI_PX(ICON_PX),
                                  .height = UI_PX(ICON_PX),
                                  .icon = pages[foot.kind].icon,
                                  .color = pages[foot.kind].color});
    pages[foot.kind].draw(ui, view, foot.index);
    ui_row_end(ui);
}

/* ---- the strip ---- */

static void stale_strip(struct ui *ui, const struct board_view *view)
{
    const char *advice = view->dimmed ? board_say(view, "No news for %02d:%02d. Please ask at a window")
                                      : board_say(view, "No news for %02d:%02d. Please listen to the calls");
    board_ground(ui, BOARD_FOOT_Y, BOARD_FOOT_H, UI_WARN_FILL);
    ui_row_begin(ui, &(struct ui_box){.at = {B_MARGIN, BOARD_FOOT_Y, B_WIDTH - 2 * B_MARGIN, BOARD_FOOT_H},
                                      .align = UI_CENTER,
                                      .gap = 32});
    ui_icon(ui, &(struct ui_mark){.width = UI_PX(ICON_PX),
                                  .height = UI_PX(ICON_PX),
                                  .icon = UI_ICON_CLOUD_OFF,
                                  .color = UI_ON_FILL});
    ui_textf(ui, &(struct ui_text){.type = UI_B_FOOT, .weight = UI_BOLD, .color = UI_ON_FILL}, advice,
             (int)(view->lost_s / 60), (int)(view->lost_s % 60));
    ui_row_end(ui);
}

void board_foot(struct ui *ui, const struct board_view *view)
{
    if (view->stale) {
        stale_strip(ui, view);
        return;
    }
    if (view->scene == BOARD_EMERGENCY)
        return;
    board_ground(ui, BOARD_FOOT_Y, BOARD_FOOT_H, view->night ? UI_PAPER : UI_SURFACE);
    bool turned = view->foot_before.kind != view->foot.kind || view->foot_before.index != view->foot.index;
    int come = turned ? ui_motion(ui, view->foot_ms, M_SLOW) : 1000;
    if (come < 1000)
        page(ui, view, view->foot_before, motion_between(0, 255, come));
    page(ui, view, view->foot, motion_between(255, 0, come));
}
