/* SPDX-License-Identifier: MIT */
#include "common/ui_sdl/window.h"

#include <SDL.h>
#include <SDL_syswm.h>
#include <assert.h>
#include <errno.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/ui_sdl/events.h"

enum { SLICE_MS = 20 }; /* for video drivers without a descriptor */

#ifdef __SANITIZE_ADDRESS__
/* libdbus, which SDL asks about input methods, keeps a table for the life of the process. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libdbus";
}
#endif

/* ---- opening ---- */

static void set_hints(void)
{
    static const char *const hints[][2] = {
        {SDL_HINT_FRAMEBUFFER_ACCELERATION, "0"},
        {SDL_HINT_TOUCH_MOUSE_EVENTS, "0"}, /* asked for here, and enforced in events.c */
        {SDL_HINT_MOUSE_TOUCH_EVENTS, "0"},
        {SDL_HINT_VIDEO_MINIMIZE_ON_FOCUS_LOSS, "0"},
        {SDL_HINT_VIDEO_X11_NET_WM_BYPASS_COMPOSITOR, "0"},
        {SDL_HINT_APP_NAME, "Evenhall"},
    };
    for (size_t i = 0; i < sizeof hints / sizeof hints[0]; i++)
        SDL_SetHint(hints[i][0], hints[i][1]);
}

static int display_fd_of(SDL_Window *window)
{
    SDL_SysWMinfo info;
    SDL_VERSION(&info.version);
#ifdef SDL_VIDEO_DRIVER_X11
    if (SDL_GetWindowWMInfo(window, &info) && info.subsystem == SDL_SYSWM_X11)
        return ConnectionNumber(info.info.x11.display);
#endif
    return -1;
}

/* The window's first size: as asked, or the picture's own, or what the screen has room for. */
static void first_size(const struct ui_window_params *params, int *width, int *height)
{
    SDL_Rect room = {0, 0, params->width, params->height};
    if (params->fullscreen) { /* asked for at once: without a window manager nobody makes it so later */
        SDL_GetDisplayBounds(0, &room);
        *width = room.w;
        *height = room.h;
        return;
    }
    SDL_GetDisplayUsableBounds(0, &room);
    int wide = params->wide ? params->wide : params->width;
    if (!params->wide && params->width > room.w)
        wide = room.w;
    if (!params->wide && (int64_t)wide * params->height / params->width > room.h)
        wide = (int)((int64_t)room.h * params->width / params->height);
    *width = wide < 1 ? 1 : wide;
    *height = (int)((int64_t)*width * params->height / params->width);
    *height = *height < 1 ? 1 : *height;
}

/* Fits the picture into the window's present size. */
static enum status fit(struct ui_window *window, struct error *error)
{
    struct ui_canvas *canvas = &window->canvas;
    SDL_GetWindowSize(window->window, &window->real_width, &window->real_height);
    int64_t across = (int64_t)window->real_width * 1000 / canvas->width;
    int64_t down = (int64_t)window->real_height * 1000 / canvas->height;
    int scale = (int)(across < down ? across : down);
    window->redraw = true;
    if (scale != canvas->scale_permille) {
        enum status status = ui_canvas_scale(canvas, scale < 1 ? 1 : scale, error);
        if (status != STATUS_OK)
            return status;
    }
    window->left = (window->real_width - canvas->surface->w) / 2;
    window->top = (window->real_height - canvas->surface->h) / 2;
    return STATUS_OK;
}

/* Without an X server SDL would go on with a display that nobody sees; that has to be asked for. */
static enum status start_video(struct error *error)
{
    const char *display = SDL_getenv("DISPLAY");
    int failed = SDL_InitSubSystem(SDL_INIT_VIDEO);
    const char *driver = failed ? NULL : SDL_GetCurrentVideoDriver();
    if (driver &&
        (SDL_getenv("SDL_VIDEODRIVER") || (strcmp(driver, "offscreen") != 0 && strcmp(driver, "dummy") != 0)))
        return STATUS_OK;
    error_set(error, STATUS_IO, "cannot start the display: %s (DISPLAY is %s); start it under an X server",
              driver ? "no X server answers" : SDL_GetError(), display ? display : "not set");
    if (driver)
        SDL_QuitSubSystem(SDL_INIT_VIDEO);
    return STATUS_IO;
}

enum status ui_window_open(struct ui_window *window, const struct ui_window_params *params,
                           struct error *error)
{
    int width, height;
    memset(window, 0, sizeof *window);
    window->wake_fd = window->display_fd = -1;
    set_hints();
    enum status status = start_video(error);
    if (status != STATUS_OK)
        return status;
    struct ui_canvas_params canvas = {
        .width = params->width, .height = params->height, .fonts = params->fonts};
    status = ui_canvas_init(&window->canvas, &canvas, error);
    if (status != STATUS_OK)
        goto no_canvas;
    window->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (window->wake_fd < 0) {
        status = error_set_errno(error, errno, "cannot make an eventfd");
        goto no_window;
    }
    first_size(params, &width, &height);
    uint32_t flags =
        params->fullscreen ? SDL_WINDOW_FULLSCREEN_DESKTOP | SDL_WINDOW_BORDERLESS : SDL_WINDOW_RESIZABLE;
    window->window =
        SDL_CreateWindow(params->title, SDL_WINDOWPOS_CENTERED, SDL_WINDOWPOS_CENTERED, width, height, flags);
    if (!window->window) {
        status = error_set(error, STATUS_IO, "cannot open a window on the %s display: %s",
                           SDL_GetCurrentVideoDriver(), SDL_GetError());
        goto no_window;
    }
    status = fit(window, error);
    if (status != STATUS_OK)
        goto no_window;
    window->display_fd = display_fd_of(window->window);
    SDL_ShowCursor(params->hide_pointer ? SDL_DISABLE : SDL_ENABLE);
    SDL_DisableScreenSaver();
    SDL_StartTextInput();
    return STATUS_OK;
no_window:
    ui_window_close(window);
    return status;
no_canvas:
    SDL_QuitSubSystem(SDL_INIT_VIDEO);
    return status;
}

void ui_window_close(struct ui_window *window)
{
    if (window->window)
        SDL_DestroyWindow(window->window);
    if (window->wake_fd >= 0)
        close(window->wake_fd);
    ui_canvas_destroy(&window->canvas);
    SDL_QuitSubSystem(SDL_INIT_VIDEO);
    window->window = NULL;
    window->wake_fd = window->display_fd = -1;
}

struct ui_canvas *ui_window_canvas(struct ui_window *window)
{
    return &window->canvas;
}

/* ---- sleeping ---- */

void ui_window_wake(struct ui_window *window)
{
    uint64_t one = 1;
    ssize_t written = write(window->wake_fd, &one, sizeof one); /* full means: it is awake already */
    (void)written;
}

static bool woken(struct ui_window *window)
{
    uint64_t count;
    return read(window->wake_fd, &count, sizeof count) == (ssize_t)sizeof count;
}

static int lesser_timeout(int left_ms, int slice_ms)
{
    return left_ms < 0 || left_ms > slice_ms ? slice_ms : left_ms;
}

int ui_window_wait(struct ui_window *window, struct pollfd *fds, int count, int timeout_ms)
{
    assert(count >= 0 && count <= UI_WINDOW_FDS_MAX);
    struct pollfd all[UI_WINDOW_FDS_MAX + 2] = {{.fd = window->wake_fd, .events = POLLIN},
                                                {.fd = window->display_fd, .events = POLLIN}};
    int64_t end_ms = timeout_ms < 0 ? INT64_MAX : clock_mono_ms() + timeout_ms;
    for (int i = 0; i < count; i++)
        all[i + 2] = (struct pollfd){.fd = fds[i].fd, .events = fds[i].events};
    for (;;) {
        SDL_PumpEvents(); /* also sends what Xlib has buffered, and reads what it has received */
        bool ready = SDL_HasEvents(SDL_FIRSTEVENT, SDL_LASTEVENT);
        int64_t left = timeout_ms < 0 ? -1 : end_ms - clock_mono_ms();
        int wait = ready || (timeout_ms >= 0 && left <= 0) ? 0 : (int)left;
        if (window->display_fd < 0)
            wait = lesser_timeout(wait, SLICE_MS);
        int result = poll(all, (nfds_t)count + 2, wait);
        int own = 0;
        for (int i = 0; i < count; i++) {
            fds[i].revents = result > 0 ? all[i + 2].revents : 0;
            own += fds[i].revents != 0;
        }
        bool interrupted = result < 0; /* a signal: SDL makes SIGINT and SIGTERM a QUIT event */
        if (woken(window) || own > 0 || ready || interrupted ||
            (timeout_ms >= 0 && clock_mono_ms() >= end_ms))
            return own;
    }
}

bool ui_window_next(struct ui_window *window, struct ui_event *event)
{
    SDL_Event sdl;
    while (SDL_PollEvent(&sdl)) {
        struct ui_view view = {window->left, window->top, window->canvas.scale_permille, window->real_width,
                               window->real_height};
        if (!ui_event_from_sdl(&view, &sdl, clock_mono_ms(), event))
            continue;
        if (event->kind == UI_EVENT_REDRAW) {
            struct error error = {0};
            if (fit(window, &error) != STATUS_OK)
                log_warn("ui", "the window's new size is not used: %s", error.text);
        }
        return true;
    }
    return false;
}

/* ---- showing ---- */

static void show(struct ui_window *window, SDL_Surface *screen, struct ui_rect rect)
{
    SDL_Rect from = {rect.x, rect.y, rect.w, rect.h};
    SDL_Rect to = {window->left + rect.x, window->top + rect.y, rect.w, rect.h};
    SDL_BlitSurface(window->canvas.surface, &from, screen, &to);
}

void ui_window_present(struct ui_window *window, const struct ui *ui)
{
    struct ui_rect dirty[UI_DIRTY_MAX];
    SDL_Rect rects[UI_DIRTY_MAX];
    int count = ui_canvas_paint(&window->canvas, ui, dirty);
    if (count == 0 && !window->redraw)
        return;
    SDL_Surface *screen = SDL_GetWindowSurface(window->window);
    if (!screen) {
        log_warn("ui", "nothing can be shown: %s", SDL_GetError());
        return;
    }
    SDL_SetSurfaceBlendMode(window->canvas.surface, SDL_BLENDMODE_NONE);
    if (window->redraw) {
        uint32_t rgb = ui->background_rgb;
        SDL_FillRect(screen, NULL,
                     SDL_MapRGB(screen->format, (uint8_t)(rgb >> 16), (uint8_t)(rgb >> 8), (uint8_t)rgb));
        show(window, screen, (struct ui_rect){0, 0, window->canvas.surface->w, window->canvas.surface->h});
        SDL_UpdateWindowSurface(window->window);
        window->redraw = false;
        return;
    }
    for (int i = 0; i < count; i++) {
        show(window, screen, dirty[i]);
        rects[i] = (SDL_Rect){window->left + dirty[i].x, window->top + dirty[i].y, dirty[i].w, dirty[i].h};
    }
    SDL_UpdateWindowSurfaceRects(window->window, rects, count);
}
