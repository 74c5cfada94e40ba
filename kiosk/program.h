/* SPDX-License-Identifier: MIT
 * The kiosk put together: every part by value, one loop that sleeps until something happens. */
#ifndef KIOSK_PROGRAM_H
#define KIOSK_PROGRAM_H

#include "common/client/tcp.h"
#include "common/ui_sdl/window.h"
#include "kiosk/fetch.h"
#include "kiosk/model/kiosk.h"
#include "kiosk/printing.h"
#include "kiosk/screens/screens.h"

struct program_settings {
    const char *server, *device, *token_file; /* "HOST:PORT", "K1" */
    const char *printer;                      /* "file:FOLDER"; NULL: none */
    enum ticket_paper paper;
    enum words_language language;
    int wide; /* of the window, real px; 0: as the screen allows */
    bool fullscreen;
    const char *shots; /* folder for pictures, one for each SIGUSR1; NULL: none */
};

/* Caller-owned, large: static. Private. */
struct program {
    struct program_settings settings;
    int signal_fd;
    struct client client;
    struct fetch fetch;
    struct ui_fonts *fonts; /* owned */
    struct ui_window window;
    struct ui ui;
    struct printing printing;
    struct kiosk kiosk;
    struct ticket_code link_code, online_code;
    uint64_t link_code_key; /* of the ticket that link_code is for; 0: none */
    uint64_t noted_key;     /* of the number that was shown last */
    uint64_t hall_revision, counts_revision, shown_revision;
    bool wants_picture, wants_shot, is_ending;
    unsigned shot_count;
};

/* Opens everything. On failure: a sentence in error, nothing stays open. */
enum status program_start(struct program *program, const struct program_settings *settings,
                          struct error *error);

/* Runs until SIGINT, SIGTERM or the window is closed. */
void program_run(struct program *program);

void program_stop(struct program *program);

#endif
