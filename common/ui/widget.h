/* SPDX-License-Identifier: MIT
 * Things made of boxes and text that screens share: buttons, strips, input fields. */
#ifndef COMMON_UI_WIDGET_H
#define COMMON_UI_WIDGET_H

#include "common/ui/ui.h"

/* A button: icon and label, centred; `second` is the language echo below the label. */
struct ui_button {
    struct ui_rect at;
    struct ui_size width, height;
    ui_id id;
    enum ui_look look; /* left out (PLAIN): UI_LOOK_BUTTON */
    enum ui_icon icon;
    int icon_px;  /* 0: 1.2 em of the label */
    bool upright; /* icon above the label (accessibility bar, cards) */
    const char *label;
    const char *second;       /* UI_K_ALT, INK_2; NULL: none */
    enum ui_type type;        /* of the label; left out: UI_K_H2 */
    enum ui_type second_type; /* left out: UI_K_ALT */
    int em;                   /* instead of the type's */
    enum ui_weight weight;
    int lines_max;         /* of the label; 0 is 1 */
    enum ui_color color;   /* of label and icon; left out: what fits the look */
    enum ui_align justify; /* left out: UI_CENTER (START cannot be asked for: write a box) */
    bool selected, disabled, guarded;
    bool ticked;            /* a tick in the right top corner: a mode that is on, a chosen slot */
    int ring;               /* thousandths of a countdown ring at the right end; 0: none */
    const char *ring_words; /* seconds printed inside it */
};
void ui_button(struct ui *ui, const struct ui_button *button);

/* A strip that says something about the state of things: icon, sentence. No buttons in it. */
enum ui_mood {
    UI_MOOD_CALM, /* SUNK, INK */
    UI_MOOD_OK,   /* OK_TINT, OK */
    UI_MOOD_WARN, /* WARN_FILL, ON_FILL */
    UI_MOOD_NOTE, /* WARN_TINT, WARN */
    UI_MOOD_STOP, /* STOP_TINT, STOP */
};
struct ui_strip {
    struct ui_rect at;
    struct ui_size width, height;
    enum ui_mood mood;
    enum ui_icon icon;
    const char *words;
    enum ui_type type; /* left out: UI_K_MIN */
    int lines_max;     /* 0: 2 */
    int radius;        /* -1: square */
};
void ui_strip(struct ui *ui, const struct ui_strip *strip);

/* A typed value, or the hint while it is empty. It shows a caret; it is typed into by the screen's own pad.
 */
struct ui_field {
    struct ui_rect at;
    struct ui_size width, height;
    ui_id id; /* 0: not pressable */
    enum ui_icon icon;
    const char *value;
    const char *hint;
    enum ui_type type; /* of the value; left out: UI_K_KEY */
    bool wrong;        /* STOP border */
    bool caret;        /* draw the caret (blinks unless frame.still) */
};
void ui_field(struct ui *ui, const struct ui_field *field);

/* A dimmed ground over the whole canvas (60 % SCRIM) and a sheet on it; end with ui_sheet_end. What lies
 * below cannot be pressed. */
void ui_sheet_begin(struct ui *ui, const struct ui_box *box);
void ui_sheet_end(struct ui *ui);

#endif
