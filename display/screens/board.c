/* SPDX-License-Identifier: MIT
 * The board as a whole, and its header. */
#include "display/screens/board.h"

#include "common/base/clock.h"
#include "display/screens/board_inside.h"

enum { NAME_W = 720, SLOGAN_X = 792, SLOGAN_W = 776, CLOCK_X = 1592 };

const char *board_say(const struct board_view *view, const char *english)
{
    return words_in(view->board->language, english);
}

struct ui_frame board_frame(const struct board_view *view)
{
    bool alarm = view->scene == BOARD_EMERGENCY;
    return (struct ui_frame){
        .width = B_WIDTH,
        .height = B_HEIGHT,
        .now_ms = view->mono_ms,
        .theme = UI_DARK,
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
    ui_rect(ui, &(struct ui_box){.at = {0, 0, B_WIDTH, BOARD_HEAD_H},
                                 .fill = view->night ? UI_PAPER : UI_SURFACE});
    ui_text(ui, &(struct ui_text){.at = {B_MARGIN, 0, NAME_W, BOARD_HEAD_H},
                                  .type = UI_B_HEAD,
                                  .weight = UI_BOLD,
                                  .em_least = BOARD_EM_LEAST,
                                  .lines_max = 2,
                                  .words = label_words(&view->board->names.hall, view->board->language)});
    ui_text(ui, &(struct ui_text){.at = {SLOGAN_X, 0, SLOGAN_W, BOARD_HEAD_H},
                                  .type = UI_B_HEAD,
                                  .color = UI_INK_2,
                                  .words = board_say(view, "Listen, watch and go when called")});
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
