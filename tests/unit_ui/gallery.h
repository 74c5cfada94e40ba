/* SPDX-License-Identifier: MIT
 * Screens that show everything the toolkit can do; golden pictures are made of them, and
 * tests/unit_ui/gallery_main.c shows them in a window. */
#ifndef TESTS_UNIT_UI_GALLERY_H
#define TESTS_UNIT_UI_GALLERY_H

#include "common/ui/check.h"
#include "common/ui/widget.h"

enum gallery_page {
    GALLERY_HALL,
    GALLERY_WIDGETS,
    GALLERY_ICONS,
    GALLERY_SHEET,
    GALLERY_BOARD,
    GALLERY_TICKET
};

struct gallery {
    enum gallery_page page;
    bool english;
    enum ui_theme theme;
    bool senior;
    int64_t start_ms; /* when the page appeared, for motion */
};

/* The canvas of a page and the rules it keeps. */
struct ui_frame gallery_frame(const struct gallery *gallery, int64_t now_ms);
const struct ui_rules *gallery_rules(const struct gallery *gallery);

/* Declares the page; context: struct gallery *. Goes between ui_begin and ui_end. */
void gallery_declare(struct ui *ui, void *context);

/* Parts: the words in the page's language; modules that look like a QR code (side * side bytes); pages. */
const char *gallery_say(const struct gallery *gallery, const char *zh, const char *en);
void gallery_code(uint8_t *modules, int side);
void gallery_board(struct ui *ui, const struct gallery *gallery);
void gallery_ticket(struct ui *ui);

#endif
