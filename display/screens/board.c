/* SPDX-License-Identifier: MIT
 * The board as a whole, and its header. */
#include "display/screens/board.h"

#include "common/base/clock.h"
#include "display/screens/board_inside.h"

enum { NAME_END = 1560, CLOCK_X = 1592, RULE_H = 44 };

const char *board_say(const struct board_view *view, const char *english)
{
    return words_in(view->board->language, english);
}

void board_ground(struct ui *ui, int y, int height, enum ui_color color)
{
    ui_rect(ui, &(struct ui_box){.at = {0, y, B_WIDTH, height}, .fill = color});
}

struct ui_frame board_frame(const struct board_view *view)
{
    bool alarm = view->scene == BOARD_EMERGENCY;
    return (struct ui_frame){
        .width = B_WIDTH,
        .height = B_HEIGHT,
        .now_ms = view->mono_ms,
        .theme = alarm ? UI_LIGHT : UI_DARK, /* white on a deep red */
        .screen = (uint32_t)view->scene + 1,
        .background = alarm         ? UI_STOP
                      : view->night ? UI_SURFACE
                                    : UI_PAPER,
        .shift_x = view->shift_x,
        .shift_y = view->shift_y,
    };
}

static void head(struct ui *ui, const struct board_view *view)
{
    struct clock_parts now = clock_parts_of(view->wall_ms);
    const char *name = label_words(&view->board->names.hall, view->board->language);
    board_ground(ui, 0, BOARD_HEAD_H, view->night ? UI_PAPER : UI_SURFACE);
    ui_row_begin(ui, &(struct ui_box){.at = {B_MARGIN, 0, NAME_END - B_MARGIN, BOARD_HEAD_H},
                                      .align = UI_CENTER,
                                      .gap = 32});
    if (name[0]) {
        ui_text(ui, &(struct ui_text){.type = UI_B_HEAD,
                                      .weight = UI_BOLD,
                                      .em_least = BOARD_EM_LEAST,
                                      .lines_max = 2,
                                      .words = name});
        ui_rect(ui, &(struct ui_box){.width = UI_PX(2), .height = UI_PX(RULE_H), .fill = UI_LINE});
    }
    ui_text(ui, &(struct ui_text){.type = UI_B_HEAD,
                                  .em_least = BOARD_EM_LEAST,
                                  .lines_max = 2,
                                  .color = UI_INK_2,
                                  .words = board_say(view, "Listen, watch and go when called")});
    ui_row_end(ui);
    ui_textf(ui,
             &(struct ui_text){.at = {CLOCK_X, 0, BOARD_RIGHT - CLOCK_X, BOARD_HEAD_H},
                               .type = UI_B_CLOCK,
                               .align = UI_END},
             "%02d:%02d:%02d", now.hour, now.minute, now.second);
}

void board_screen(struct ui *ui, const struct board_view *view)
{
    if (view->scene == BOARD_EMERGENCY) {
        board_alarm(ui, view);
    } else {
        head(ui, view);
        if (view->scene == BOARD_BUSY) {
            board_hero(ui, view);
            board_rows(ui, view);
        } else {
            board_panel(ui, view);
        }
    }
    board_foot(ui, view);
}
