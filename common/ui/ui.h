/* SPDX-License-Identifier: MIT
 * The screen toolkit. A program declares its whole screen anew each time something changed; the toolkit lays
 * it out, knows what can be pressed, and makes a display list that a canvas (common/ui_sdl) draws. No memory
 * is allocated.
 *
 *     for (;;) {
 *         ui_window_wait(&window, fds, count, ui_wait_ms(&ui, clock_mono_ms()));
 *         while (ui_window_next(&window, &event)) {
 *             struct ui_result result = ui_input(&ui, &event);
 *             if (result.clicked)
 *                 model_click(&model, result.clicked);       // changes state; nothing is drawn here
 *         }
 *         ui_begin(&ui, &(struct ui_frame){.width = 1080, .height = 1920, .now_ms = clock_mono_ms(), .screen
 * = 1}); ui_text(&ui, &(struct ui_text){.at = {48, 136, 984, 80}, .type = UI_K_H1, .words =
 * "请选择要办理的业务"}); ui_row_begin(&ui, &(struct ui_box){.at = {48, 544, 312, 192}, .id = UI_ID(CARD, 0),
 * .look = UI_LOOK_CARD, .pad = UI_PAD(24), .gap = 16, .align = UI_CENTER}); ui_icon(&ui, &(struct
 * ui_mark){.icon = UI_ICON_PERSON, .width = UI_PX(64), .height = UI_PX(64)}); ui_text(&ui, &(struct
 * ui_text){.type = UI_K_H2, .width = UI_GROW, .lines_max = 2, .words = "社会保障"}); ui_row_end(&ui);
 *         ui_end(&ui);
 *         ui_window_present(&window, &ui);                   // draws only what changed
 *     }
 *
 * Zero means "the usual" in every struct: a member that is left out needs no thought.
 * Rectangles: `at` places a node at fixed px from the left top corner of its parent box (of the canvas at the
 * outside), not counting the parent's padding, and takes it out of the flow; its w or h 0 means "by
 * width/height below". A node with an all-zero `at` is in the flow of its parent. */
#ifndef COMMON_UI_UI_H
#define COMMON_UI_UI_H

#include <stdarg.h>

#include "common/ui/node.h"

/* Widths of characters; the only thing the toolkit must be told about fonts (common/ui_sdl/fonts.h fills it
 * in). */
struct ui_measure {
    /* Advance of `code` in thousandths of the em, with the kerning between it and `before` (0: line begins).
     * Codes from UI_NARROW_BASE on are the narrow, Western forms of quotation marks, the middle dot and the
     * ellipsis
     * (`code - UI_NARROW_BASE`): the toolkit asks for them beside Latin text. */
    int (*advance)(void *context, enum ui_weight weight, uint32_t before, uint32_t code);
    void *context;
};
enum { UI_NARROW_BASE = 0xF0000 };

/* ---- one frame ---- */

struct ui_frame {
    int width, height; /* logical canvas, px */
    int64_t now_ms;    /* clock_mono_ms, or any clock in a test */
    enum ui_theme theme;
    bool senior;     /* types use their senior column */
    bool still;      /* no motion: every ui_motion is at its end */
    uint32_t screen; /* another number than before: touches that are down are dropped, the focus leaves */
    enum ui_color background; /* UI_NONE: UI_PAPER */
    int shift_x, shift_y;     /* whole picture (against burn-in); does not move what can be pressed */
};

struct ui_overflow {
    int16_t node;
    int wide, high; /* px that the text needs */
};

/* Caller-owned, about 750 KB: static or on the heap, not on the stack. All members are private to common/ui
 * except those marked "read". */
struct ui {
    struct ui_measure measure;
    struct ui_frame frame;
    int16_t node_count, line_count, depth;
    int16_t open[UI_DEPTH_MAX];
    struct ui_node nodes[UI_NODES_MAX];
    struct ui_line lines[UI_LINES_MAX];
    int byte_count;
    char bytes[UI_BYTES_MAX];                    /* read: what commands point into */
    int command_count;                           /* read */
    struct ui_command commands[UI_COMMANDS_MAX]; /* read: the display list */
    uint32_t background_rgb;                     /* read: what lies below all commands */
    uint64_t hash;                               /* read: of the whole picture; equal hash, equal picture */
    struct ui_grid grid;                         /* read: by cell */
    int hit_count;                               /* read */
    struct ui_hit hits[UI_HITS_MAX];             /* read: later ones lie above earlier ones */
    int overflow_count; /* read: may exceed UI_OVERFLOWS_MAX; the rest is not listed */
    struct ui_overflow overflows[UI_OVERFLOWS_MAX];
    int dropped;     /* read: nodes, lines, commands, hits that found no room in this frame */
    int64_t wake_ms; /* INT64_MAX: nothing moves by itself */
    struct ui_press presses[UI_POINTERS_MAX];
    int64_t guard_until_ms;
    ui_id focus;
    bool focus_shown; /* keys were used last, not touch */
    bool declaring;
};

/* Prepares an empty ui. measure: copied; its context is borrowed. Never fails. */
void ui_init(struct ui *ui, const struct ui_measure *measure);

/* Begins a frame; everything declared before is forgotten (presses and focus are kept). */
void ui_begin(struct ui *ui, const struct ui_frame *frame);

/* Lays out, builds the display list, its hashes and the hit rectangles. Every box must have been ended. */
void ui_end(struct ui *ui);

/* ---- boxes ---- */

/* A box holds children in a row, in a column, or over one another (layer). With an id it can be pressed. */
struct ui_box {
    struct ui_rect at;
    struct ui_size width,
        height; /* in the flow: UI_PX, UI_GROW, UI_SHARE, UI_PERCENT; left out: fits the content */
    struct ui_pad pad;
    int gap;               /* px between children */
    enum ui_align align;   /* across: START CENTER END STRETCH, in a row also BASELINE; in a layer: x */
    enum ui_align justify; /* along: START CENTER END SPREAD; in a layer: y */
    ui_id id;              /* not 0: can be pressed; the look shows it */
    enum ui_look look;
    bool selected; /* 4 px BRAND border; with a look other than PLAIN also BRAND_TINT */
    bool disabled; /* SUNK, no shadow, not pressable; give labels UI_INK_3 */
    bool guarded;  /* for presses that cost something (take a number, open a list of such): after a
                      click on a guarded box every guarded box ignores touches for 700 ms */
    bool capture;  /* a sheet: what lies under and outside it cannot be pressed or focused */
    bool clip;     /* children are not drawn outside it */
    bool shadow;   /* for PLAIN */
    enum ui_color fill, border; /* for PLAIN, and over what the look says */
    int border_px;              /* 0 with a border colour: 2 px */
    int radius;                 /* -1: none even where the look has one */
    enum ui_color edge;         /* a stripe along the left edge, inside the rounding */
    int edge_px;                /* 0 with an edge colour: 4 px */
    int fade;                   /* 0: as it is, 255: invisible; for the box and all in it */
    int shift_x, shift_y;       /* px that it and all in it are drawn away from where they are pressed */
};

void ui_row_begin(struct ui *ui, const struct ui_box *box);
void ui_row_end(struct ui *ui);
void ui_column_begin(struct ui *ui, const struct ui_box *box);
void ui_column_end(struct ui *ui);
void ui_layer_begin(struct ui *ui, const struct ui_box *box);
void ui_layer_end(struct ui *ui);

/* A box without children: a card's ground, a rule, a strip, a gap (with only width/height). */
void ui_rect(struct ui *ui, const struct ui_box *box);

/* ---- leaves ---- */

/* Text. One line unless lines_max says more. Text that does not fit is first set smaller (down to em_least),
 * then cut with an ellipsis and listed in ui->overflows (a fault that screen tests fail on), unless it is
 * decorative. */
struct ui_text {
    struct ui_rect at;
    struct ui_size width,
        height;        /* left out: as wide as the line, or as the box when it wraps; as high as the lines */
    const char *words; /* UTF-8, copied; '\n' breaks; broken bytes show as U+FFFD; NULL is empty */
    enum ui_type type; /* left out: UI_K_BODY */
    int em;            /* px, instead of the type's; the senior column does not apply to it */
    enum ui_weight weight; /* instead of the type's */
    enum ui_color color;   /* left out: UI_INK */
    enum ui_align align;   /* START CENTER END */
    enum ui_valign valign; /* MIDDLE TOP BOTTOM, by the optical middle of Han text and digits */
    int lines_max;         /* 0 is 1; -1: as many as fit the height */
    bool paragraph;        /* lines 1.5 em apart and filled; otherwise 1.25 em apart, and of even length
                                     where the last line would hold one character or short word */
    int em_least;          /* px; 0: never smaller than asked */
    bool alt;              /* the second-language echo, may be smaller than UI_K_MIN (UI_K_ALT implies it) */
    bool decorative;       /* may be cut without being a fault */
};
void ui_text(struct ui *ui, const struct ui_text *text);

/* ui_text with words made as printf does; text->words is ignored. Long results are cut at 1023 bytes. */
void ui_textf(struct ui *ui, const struct ui_text *text, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Icon, ring, QR code, picture: each fits the largest square (picture: its own shape) in the middle of its
 * box. */
struct ui_mark {
    struct ui_rect at;
    struct ui_size width, height;
    enum ui_color color;   /* left out: UI_INK */
    enum ui_icon icon;     /* for ui_icon; UI_ICON_NONE draws nothing */
    enum ui_weight weight; /* icon: UI_BOLD has strokes that go with bold text of its height */
    /* ring: */
    int amount;          /* thousandths shown, clockwise from the top */
    int thick;           /* px; left out: 1/8 of the side */
    enum ui_color track; /* the whole circle below it */
    /* picture: */
    int picture; /* handle from ui_canvas_picture_add */
    int fade;    /* 0: as it is, 255: invisible */
};
void ui_icon(struct ui *ui, const struct ui_mark *mark);
void ui_ring(struct ui *ui, const struct ui_mark *mark);
void ui_picture(struct ui *ui, const struct ui_mark *mark);

/* A QR code: always dark on white, modules a whole number of px, with its quiet zone. */
struct ui_code {
    struct ui_rect at;
    struct ui_size width, height;
    const uint8_t
        *modules; /* side * side bytes, row by row, lowest bit 1 = dark (as libqrencode gives); copied */
    int side;     /* 21 to 177; 0 draws an empty white field */
    int quiet;    /* modules of white around; 0: 4, as the standard asks; -1: none (paper is white) */
};
void ui_code(struct ui *ui, const struct ui_code *code);

/* ---- input and time ---- */

/* Takes an event against the hit rectangles of the last frame. Call it for each event; between ui_end and
 * ui_begin. */
struct ui_result ui_input(struct ui *ui, const struct ui_event *event);

/* Is this id held down right now (finger on it)? For "press and hold to show". */
bool ui_is_pressed(const struct ui *ui, ui_id id);

/* The focused id, 0 when none; and a way to set it (0 takes it away). shown: draw the focus ring. */
ui_id ui_focus(const struct ui *ui);
void ui_focus_set(struct ui *ui, ui_id id, bool shown);

/* Drops every touch that is down: it will not click. For time limits, wipes and anything that changes under a
 * finger. */
void ui_touch_drop(struct ui *ui);

/* While declaring: eased amount (0 to 1000) of a motion of length_ms begun at start_ms; asks for the next
 * picture while it lasts. frame.still: always 1000. */
int ui_motion(struct ui *ui, int64_t start_ms, int64_t length_ms);

/* While declaring: a new frame is wanted at this time (a clock's next minute, a countdown's next second). */
void ui_wake_at(struct ui *ui, int64_t time_ms);

/* Milliseconds from now until a frame is wanted, for poll(): 0 = at once, -1 = only when something happens.
 */
int ui_wait_ms(const struct ui *ui, int64_t now_ms);

/* ---- for renderers ---- */

/* The rectangles that differ from what `shown` remembers, in out[0..UI_DIRTY_MAX), and remembers the new
 * picture. Returns how many; 0: nothing changed. A zeroed or differently sized grid gives the whole canvas.
 */
int ui_dirty(const struct ui *ui, struct ui_grid *shown, struct ui_rect out[UI_DIRTY_MAX]);

/* Next character of UTF-8 text: stores the code (U+FFFD for broken bytes, at least 1 byte taken) and returns
 * the number of bytes; 0 at the end. */
int ui_utf8_next(const char *text, int length, uint32_t *code);

/* The code to measure and draw for the character at text[at]: itself, or its narrow form beside Latin text.
 */
uint32_t ui_shape(const char *text, int length, int at, uint32_t code, uint32_t before);

#endif
