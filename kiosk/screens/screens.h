/* SPDX-License-Identifier: MIT
 * The kiosk's screens: the state of the model as nodes of common/ui. Portrait, 1080 x 1920; rectangles are
 * those of the screen specification, so that every screen has its parts in the same places. */
#ifndef KIOSK_SCREENS_SCREENS_H
#define KIOSK_SCREENS_SCREENS_H

#include "common/ui/ui.h"
#include "kiosk/model/kiosk.h"

/* A QR code's modules; side 0: there is none. Borrowed. */
struct kiosk_code {
    const uint8_t *modules;
    int side;
};

/* What the model does not know. */
struct kiosk_view {
    int64_t now_ms;
    const char *device;       /* "K1", borrowed */
    struct kiosk_code link;   /* of the number on the screen */
    struct kiosk_code online; /* the hall on the net, shown while it is closed */
    bool still;               /* no motion (tests, films) */
};

/* The ids of what can be pressed: UI_ID(act, index). */
#define KIOSK_UI_ID(act, index) UI_ID((act), (index))

/* The frame to begin with. */
struct ui_frame kiosk_screen_frame(const struct kiosk *kiosk, const struct kiosk_view *view);

/* Declares the whole screen, between ui_begin and ui_end. */
void kiosk_screen_draw(struct ui *ui, const struct kiosk *kiosk, const struct kiosk_view *view);

#endif
