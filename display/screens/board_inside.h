/* SPDX-License-Identifier: MIT
 * What the files of the board's screen share: each draws one part. */
#ifndef DISPLAY_SCREENS_BOARD_INSIDE_H
#define DISPLAY_SCREENS_BOARD_INSIDE_H

#include "display/screens/board.h"

/* Where the parts are, px. */
enum {
    BOARD_HEAD_H = 104,
    BOARD_HERO_Y = 104,
    BOARD_HERO_H = 256,
    BOARD_COLUMNS_Y = 360,
    BOARD_COLUMNS_H = 56,
    BOARD_ROWS_Y = 416,
    BOARD_ROWS_H = 576,
    BOARD_FOOT_Y = 992,
    BOARD_FOOT_H = 88,
    BOARD_NUMBER_X = 48,
    BOARD_SERVICE_X = 560,
    BOARD_WINDOW_X = 1332,
    BOARD_RIGHT = B_WIDTH - B_MARGIN,
    BOARD_EM_LEAST = 40, /* nothing on a board is set smaller */
    BOARD_DIM_FADE = 128,
};

/* A ground over the whole width. */
void board_ground(struct ui *ui, int y, int height, enum ui_color color);

/* Marks a sentence that is looked up later, for xgettext. */
#define N_(english) english

/* The sentence in the board's language. */
const char *board_say(const struct board_view *view, const char *english) __attribute__((format_arg(2)));

void board_hero(struct ui *ui, const struct board_view *view); /* the latest call, or two */
void board_rows(struct ui *ui, const struct board_view *view); /* column heads and calls */
void board_foot(struct ui *ui, const struct board_view *view); /* the footer, or that nothing is new */
void board_panel(struct ui *ui,
                 const struct board_view *view); /* instead of hero and rows: nothing to call */
void board_alarm(struct ui *ui, const struct board_view *view); /* the manager's emergency words */

#endif
