/* SPDX-License-Identifier: MIT
 * From SDL's events to ours, as a pure function: what a tap is, is decided here. For window.c and its test.
 */
#ifndef COMMON_UI_SDL_EVENTS_H
#define COMMON_UI_SDL_EVENTS_H

#include <SDL.h>

#include "common/ui/event.h"

/* Where the picture is in the window. */
struct ui_view {
    int left, top, scale_permille; /* real px; picture px a logical px */
    int real_width, real_height;   /* of the window */
};

/* False: nothing that concerns a screen, among it the emulated twin of a touch or of the mouse. */
bool ui_event_from_sdl(const struct ui_view *view, const SDL_Event *sdl, int64_t now_ms,
                       struct ui_event *event);

#endif
