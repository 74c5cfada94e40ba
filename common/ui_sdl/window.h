/* SPDX-License-Identifier: MIT
 * A window that shows one canvas and turns what SDL reports into ui_event.
 *
 * Sleeping: ui_window_wait sleeps in one poll(2) on the X connection, on the caller's descriptors and on an
 * eventfd that other threads write to. SDL's own wait cannot watch foreign descriptors; a helper thread that
 * polls them and pushes SDL events would work too, but adds a hand-over between threads to every message of
 * the dispatcher. SDL is pumped directly before the poll, so nothing that Xlib has already read is slept on.
 * Video drivers without a descriptor (dummy, offscreen, Wayland) are pumped every 20 ms instead: for tests
 * and desktops, not for kiosks.
 *
 * Touch: with a touch screen SDL reports each tap twice, as a finger and as an emulated mouse (which of the
 * two comes first differs). Emulated events are dropped here, whichever way the emulation goes, so a tap is
 * one tap.
 *
 * Software only: SDL_FRAMEBUFFER_ACCELERATION=0 is set before SDL starts, because without a GPU the
 * "accelerated" path goes through a software OpenGL that costs 5 times the time and memory. */
#ifndef COMMON_UI_SDL_WINDOW_H
#define COMMON_UI_SDL_WINDOW_H

#include <poll.h>

#include "common/ui_sdl/canvas.h"

struct SDL_Window;

struct ui_window_params {
    const char *title;
    int width,
        height;      /* logical px; the picture is scaled as a whole, with bars, to the window's real size */
    bool fullscreen; /* no border, covers the screen */
    int wide; /* width of the window in real px; 0: the logical width, or less if the screen is smaller */
    bool hide_pointer;      /* no mouse pointer */
    struct ui_fonts *fonts; /* borrowed */
};

/* Caller-owned; members are private. */
struct ui_window {
    struct SDL_Window *window;
    struct ui_canvas canvas;
    int left, top; /* real px: where the picture begins in the window */
    int real_width, real_height;
    int wake_fd;    /* eventfd */
    int display_fd; /* X connection, -1: none */
    bool redraw;    /* the next present shows everything */
    bool quit_seen;
};

/* Starts SDL video, opens the window. STATUS_IO with SDL's words and the video driver's name on failure. */
enum status ui_window_open(struct ui_window *window, const struct ui_window_params *params,
                           struct error *error);
void ui_window_close(struct ui_window *window);

/* Sleeps until there is input, ui_window_wake was called, one of fds is ready (its revents say so) or
 * timeout_ms passed (-1: no limit). fds may be NULL with count 0; at most UI_WINDOW_FDS_MAX. Returns the
 * number of ready fds. */
enum { UI_WINDOW_FDS_MAX = 32 };
int ui_window_wait(struct ui_window *window, struct pollfd *fds, int count, int timeout_ms);

/* The next event, if any; does not wait. Times are clock_mono_ms. */
bool ui_window_next(struct ui_window *window, struct ui_event *event);

/* Makes a sleeping ui_window_wait return. From any thread. */
void ui_window_wake(struct ui_window *window);

/* Paints what changed and shows just that. Cheap when nothing did. */
void ui_window_present(struct ui_window *window, const struct ui *ui);

/* The canvas, for ui_canvas_picture_add and ui_canvas_write_png. */
struct ui_canvas *ui_window_canvas(struct ui_window *window);

#endif
