/* SPDX-License-Identifier: MIT
 * The paper ticket: what stands on it, and its raster. It is drawn with our own fonts as one picture of black
 * and white dots, so that every printer gives the same paper. The words come from the caller, in the
 * visitor's language; a member that is NULL or "" leaves its line out. Never a name, an ID number or a phone
 * number of a person. */
#ifndef COMMON_TICKET_TICKET_H
#define COMMON_TICKET_TICKET_H

#include <stdint.h>

#include "common/base/status.h"
#include "common/ticket/code.h"
#include "common/ui_sdl/fonts.h"

enum ticket_paper {
    TICKET_80, /* 80 mm wide, 576 dots printable */
    TICKET_58, /* 58 mm wide, 384 dots printable */
};

enum {
    TICKET_DOTS_PER_MM = 8, /* 203.2 dpi */
    TICKET_DOTS_PER_METRE = 8000,
    TICKET_HIGH_MAX = 110 * TICKET_DOTS_PER_MM,
    TICKET_LINES_MAX = 3,
    TICKET_FLAGS_MAX = 3,
};

/* All borrowed. */
struct ticket {
    const char *hall;                     /* 泌阳县行政服务中心 */
    const char *heading;                  /* 不动产登记 · 综合受理 */
    const char *number;                   /* A012 */
    const char *lines[TICKET_LINES_MAX];  /* people ahead, where to wait, when */
    const char *flags[TICKET_FLAGS_MAX];  /* in a box: 优先, 离线号, 补打 */
    const char *link;                     /* text of the QR code; left out when it is too long */
    const char *beside[TICKET_LINES_MAX]; /* small, to the right of the code */
    const char *rule;                     /* small: what to do when the call was missed */
    const char *contact, *made;           /* small, last line: whom to ask; when and where it was printed */
};

/* Rows of dots, stride bytes each, most significant bit first, 1 = black. */
struct ticket_raster {
    int width, height, stride;
    uint8_t *bits; /* owned */
};

/* Draws the ticket. Takes some milliseconds; only in the thread that owns the fonts. With very long texts the
 * small print is left out. STATUS_MEMORY, or STATUS_LIMIT when it would still be longer than TICKET_HIGH_MAX;
 * nothing is owned then. */
enum status ticket_render(const struct ticket *ticket, enum ticket_paper paper, struct ui_fonts *fonts,
                          struct ticket_raster *out, struct error *error);
void ticket_raster_destroy(struct ticket_raster *raster);

/* Declares the ticket in a begun frame of its width (for ticket_render and for layout tests). */
struct ui_frame ticket_frame(enum ticket_paper paper, int height);
void ticket_draw(struct ui *ui, const struct ticket *ticket, enum ticket_paper paper);

#endif
