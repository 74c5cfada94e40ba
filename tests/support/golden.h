/* SPDX-License-Identifier: MIT
 * Golden pictures and texts: what a screen looked like when somebody last looked at it and found it right.
 *
 * Files live in tests/golden/<name>.png and .txt ("ui/gallery-zh-light"). On a difference the new one is
 * saved as tests/out/<name>.png (and what differs, in red, as <name>.diff.png), and the check fails. After
 * looking at the new picture, accept it by running the test with EVENHALL_GOLDEN=update. Tests run in the
 * source folder. */
#ifndef TESTS_SUPPORT_GOLDEN_H
#define TESTS_SUPPORT_GOLDEN_H

#include "common/base/span.h"
#include "common/ui/check.h"
#include "common/ui_sdl/canvas.h"

/* Compares every pixel of the canvas with the golden picture. True when equal (or just updated); prints what
 * differs and where the new picture is otherwise. A missing golden picture is a difference. */
bool golden_picture(const struct ui_canvas *canvas, const char *name);

/* The same for a text, line by line: the first line that differs is printed. */
bool golden_text(const struct text *text, const char *name);

/* Lays out with Noto fonts, paints and compares: a screen's test in one call. declare fills in the frame; it
 * is called between ui_begin and ui_end. Checks rules too unless they are NULL. False: printed what is wrong.
 */
struct golden_screen {
    const char *name;
    struct ui_frame frame;
    void (*declare)(struct ui *ui, void *context);
    void *context;
    const struct ui_rules *rules;
    bool dump; /* compare the layout dump too (tests/golden/<name>.txt) */
};
bool golden_screen(const struct golden_screen *screen);

#endif
