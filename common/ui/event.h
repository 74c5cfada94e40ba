/* SPDX-License-Identifier: MIT
 * What a person does to a screen, and what comes of it. A window (common/ui_sdl/window.h) makes these events;
 * tests write them by hand. Times are milliseconds of clock_mono_ms. */
#ifndef COMMON_UI_EVENT_H
#define COMMON_UI_EVENT_H

#include <stdbool.h>
#include <stdint.h>

/* Names a thing that can be pressed: non-zero, the same thing keeps its id from frame to frame.
 * UI_ID(kind, index) packs a caller's enumerator (1 to 65535) and a row number (0 to 65535). */
typedef uint32_t ui_id;
#define UI_ID(kind, index) (((ui_id)(kind) << 16) | (uint16_t)(index))
#define UI_ID_KIND(id)     ((id) >> 16)
#define UI_ID_INDEX(id)    ((id)&0xFFFF)

enum ui_event_kind {
    UI_EVENT_NONE,
    UI_EVENT_DOWN,   /* a finger or the left button came down at x, y */
    UI_EVENT_MOVE,   /* it moved */
    UI_EVENT_UP,     /* it was lifted at x, y */
    UI_EVENT_CANCEL, /* the system took the touch away: nothing is clicked */
    UI_EVENT_KEY,    /* a key went down, or repeats */
    UI_EVENT_TEXT,   /* characters were typed or came from a scanner that acts as a keyboard */
    UI_EVENT_REDRAW, /* the window's picture was lost or its size changed */
    UI_EVENT_QUIT,   /* the window system asks the program to end */
};

/* The keys the toolkit knows, also sent by the five-key tactile pad. Others arrive as UI_EVENT_TEXT or not at
 * all. */
enum ui_key {
    UI_KEY_NONE,
    UI_KEY_NEXT,     /* Tab: focus moves on */
    UI_KEY_PREVIOUS, /* Shift+Tab */
    UI_KEY_UP,
    UI_KEY_DOWN,
    UI_KEY_LEFT,
    UI_KEY_RIGHT,
    UI_KEY_OK,     /* Enter, Space: clicks what has the focus */
    UI_KEY_BACK,   /* Escape */
    UI_KEY_ERASE,  /* Backspace */
    UI_KEY_REPEAT, /* the pad's "say it again"; F12 on a keyboard */
};

struct ui_event {
    enum ui_event_kind kind;
    int64_t time_ms;
    int x, y;        /* logical px, for DOWN MOVE UP */
    int64_t pointer; /* which finger; 0 is the mouse */
    enum ui_key key; /* for KEY */
    bool repeat;     /* for KEY: held down */
    char text[32];   /* for TEXT: UTF-8, NUL-terminated */
};

/* What an event did. Zero ids mean "nothing". */
struct ui_result {
    ui_id clicked; /* pressed and lifted inside, or OK on the focus: act on it now, once */
    ui_id pressed; /* went down with this event: for the tap sound */
    ui_id focused; /* the focus moved here by a key: for the speak mode */
    bool changed;  /* the looks changed: declare and present a frame */
};

#endif
