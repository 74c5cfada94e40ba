/* SPDX-License-Identifier: MIT
 * The inside of a frame: nodes as declared and laid out. For common/ui itself; others use ui.h and check.h.
 */
#ifndef COMMON_UI_NODE_H
#define COMMON_UI_NODE_H

#include "common/ui/event.h"
#include "common/ui/list.h"

enum ui_size_kind {
    UI_SIZE_FIT,     /* as large as the content (the zero value) */
    UI_SIZE_FIXED,   /* amount px */
    UI_SIZE_GROW,    /* a share of what is left, by weight amount */
    UI_SIZE_PERCENT, /* of the parent's inside */
};

struct ui_size {
    enum ui_size_kind kind;
    int amount;
};
#define UI_FIT           ((struct ui_size){UI_SIZE_FIT, 0})
#define UI_PX(px)        ((struct ui_size){UI_SIZE_FIXED, (px)})
#define UI_GROW          ((struct ui_size){UI_SIZE_GROW, 1})
#define UI_SHARE(weight) ((struct ui_size){UI_SIZE_GROW, (weight)})
#define UI_PERCENT(part) ((struct ui_size){UI_SIZE_PERCENT, (part)})

struct ui_pad {
    int left, top, right, bottom;
};
#define UI_PAD(px)      ((struct ui_pad){(px), (px), (px), (px)})
#define UI_PAD_XY(x, y) ((struct ui_pad){(x), (y), (x), (y)})

enum ui_align {
    UI_START, /* left or top (the zero value) */
    UI_CENTER,
    UI_END,
    UI_STRETCH,  /* across a box: children without a size of their own fill it */
    UI_SPREAD,   /* along a box: first at the start, last at the end, equal gaps between */
    UI_BASELINE, /* across a row: first lines of text stand on one line */
};

enum ui_valign {
    UI_MIDDLE, /* the zero value */
    UI_TOP,
    UI_BOTTOM,
};

enum ui_look {
    UI_LOOK_PLAIN,   /* draws what `fill`, `border`, ... say; pressed: BRAND_TINT */
    UI_LOOK_CARD,    /* SURFACE, shadow, 16 px corners; pressed: BRAND_TINT, no shadow, 2 px down */
    UI_LOOK_BUTTON,  /* SURFACE, 2 px LINE_STRONG border, 16 px corners */
    UI_LOOK_PRIMARY, /* BRAND, label ON_BRAND; pressed: BRAND_DEEP */
    UI_LOOK_CHIP,    /* BRAND_TINT, 28 px corners, label INK */
    UI_LOOK_KEY,     /* SURFACE, shadow, 12 px corners: keypads */
    UI_LOOK_STOP,    /* SURFACE, 2 px STOP border, label STOP: destructive */
    UI_LOOK_TAB,     /* SUNK, LINE_STRONG border; selected: SURFACE, 4 px BRAND border */
    UI_LOOK_SHEET,   /* SURFACE, 24 px corners, shadow: dialogs; not pressable by itself */
    UI_LOOK_COUNT
};

enum ui_node_kind {
    UI_NODE_ROW,
    UI_NODE_COLUMN,
    UI_NODE_LAYER, /* children lie over one another */
    UI_NODE_TEXT,
    UI_NODE_ICON,
    UI_NODE_CODE,
    UI_NODE_RING,
    UI_NODE_PICTURE,
};

struct ui_node {
    enum ui_node_kind kind;
    int16_t parent, first_child, last_child, next; /* -1: none */
    int16_t child_count;                           /* in the flow */
    bool placed;                                   /* by `at`, outside the flow */
    struct ui_rect at;                             /* as asked for */
    struct ui_rect rect;                           /* result, canvas px, without shifts */
    int baseline;                                  /* of its first line of text, px below its top */
    struct ui_size width, height;
    /* boxes */
    ui_id id;
    enum ui_look look;
    bool selected, disabled, guarded, clip, shadow, capture;
    struct ui_pad pad;
    int gap;
    enum ui_align align, justify;
    enum ui_color fill, border, edge;
    int border_px, edge_px, radius, fade, shift_x, shift_y;
    /* text */
    enum ui_type type;
    enum ui_weight weight;
    enum ui_valign valign;
    int em, em_least, line_px, lines_max, bytes, length;
    int16_t first_line, line_count;
    bool alt, decorative, paragraph, overflow;
    /* icon, code, ring, picture; also the colour of text */
    enum ui_color color, track;
    enum ui_icon icon;
    int amount, thick, quiet;
    /* while drawing: inherited from the parents */
    struct ui_rect draw_clip;
    int draw_x, draw_y, draw_alpha;
};

/* A line of a text node after wrapping. */
struct ui_line {
    int bytes, length; /* in ui->bytes */
    int width;         /* px */
    bool cut;          /* an ellipsis follows */
};

struct ui_hit {
    ui_id id;
    struct ui_rect rect;
    int16_t node;
    bool guarded;
    int16_t order; /* place in the focus order: top to bottom, then left to right */
};

struct ui_press {
    ui_id id; /* 0: this pointer presses nothing */
    int64_t pointer;
    bool down, inside, guarded;
};

#endif
