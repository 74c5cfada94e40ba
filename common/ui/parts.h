/* SPDX-License-Identifier: MIT
 * What the files of common/ui share among themselves: each step of a frame, in order. */
#ifndef COMMON_UI_PARTS_H
#define COMMON_UI_PARTS_H

#include "common/ui/ui.h"

/* Height of a line of Han text or digits without the space around it, and how far the optical middle of both
 * lies above the baseline: thousandths of the em, measured on Noto Sans CJK SC (digits 0 to 733, Han about
 * -85 to 830). */
enum { UI_INK_PERMILLE = 920, UI_MIDDLE_PERMILLE = 370 };

/* ui.c: room for bytes in the frame; -1 when there is none (counted in ui->dropped). */
int ui_bytes_add(struct ui *ui, const char *bytes, int length);

/* wrap.c: width in px of a text node on one line; and its lines within width and height px (height 0: not
 * known). */
int ui_wrap_natural(struct ui *ui, const struct ui_node *node);
void ui_wrap(struct ui *ui, struct ui_node *node, int width, int height);

/* layout.c: rectangles of all nodes. Baseline y of a line of a text node that has its rectangle. */
void ui_layout(struct ui *ui);
int ui_text_baseline(const struct ui_node *node, int line);
int ui_text_top(const struct ui_node *node, int line);

/* paint.c: display list and hit rectangles from the laid-out nodes. */
void ui_build(struct ui *ui);

/* list.c */
struct ui_rect ui_rect_grown(struct ui_rect rect, int by);
void ui_command_hash(struct ui_command *command, const char *bytes);
void ui_grid_fill(struct ui *ui);

/* input.c: after ui_end, forgets touches and focus on what is no longer there. */
void ui_input_settle(struct ui *ui);

#endif
