/* SPDX-License-Identifier: MIT
 * B-01, the main board: its view as nodes on 1920 x 1080 px. */
#ifndef DISPLAY_SCREENS_BOARD_H
#define DISPLAY_SCREENS_BOARD_H

#include "common/ui/ui.h"
#include "display/model/board.h"

/* Theme, size, ground and shift of the frame that board_screen is declared in. */
struct ui_frame board_frame(const struct board_view *view);

/* Declares the board; between ui_begin(board_frame) and ui_end. While something moves it asks for the next
 * frame (ui_wait_ms); all else is for board_wake_ms to say. */
void board_screen(struct ui *ui, const struct board_view *view);

#endif
