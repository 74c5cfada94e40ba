/* SPDX-License-Identifier: MIT
 * A laid-out frame as text, and the checks that every screen must pass. For tests, and for a program's
 * --dump. */
#ifndef COMMON_UI_CHECK_H
#define COMMON_UI_CHECK_H

#include "common/base/span.h"
#include "common/ui/ui.h"

/* Appends the nodes, one a line, indented by depth, and then the hit rectangles in focus order:
 *   column 48,544 312x192 card #3.0 fill=surface
 *     text 72,632 264x55 k-h2 ink "社会保障" lines=1
 *   hit #3.0 48,544 312x192
 * The same declarations always give the same text, whatever the machine. */
void ui_dump(const struct ui *ui, struct text *out);

struct ui_rules {
    int touch_px;     /* least side of a hit rectangle */
    int touch_gap_px; /* least distance of two hit rectangles (or they overlap by design: a sheet's buttons)
                       */
    int touch_top_px; /* no hit rectangle begins above this y */
    int touch_bottom_px; /* nor ends below this y; 0: the canvas height */
    int em_least;        /* px of text that is not `alt` */
    int em_alt_least;    /* px of `alt` text */
    int contrast_least;  /* of text to what lies under it, in hundredths */
};
extern const struct ui_rules ui_rules_kiosk; /* 88, 16, 480, 1920, 34, 28, 450 */
extern const struct ui_rules ui_rules_board; /* nothing to press; 40, 40, 450 */
extern const struct ui_rules ui_rules_print; /* 24, 24, 700 */

/* Appends one sentence a line for each rule that the frame breaks, and for every overflow and dropped node.
 * Returns how many; 0 means the screen is good. */
int ui_check(const struct ui *ui, const struct ui_rules *rules, struct text *report);

/* Appends all words inside the box with that id, in reading order, separated by ", ": what the speak mode
 * says. id 0: of the whole screen. */
void ui_words(const struct ui *ui, ui_id id, struct text *out);

#endif
