/* SPDX-License-Identifier: MIT
 * The daemon as one struct: every part by value, in the order in which they start. */
#ifndef DISPATCHER_APP_DISPATCHER_H
#define DISPATCHER_APP_DISPATCHER_H

#include "common/base/worker.h"
#include "dispatcher/app/accounts.h"
#include "dispatcher/app/catalogue.h"
#include "dispatcher/app/copying.h"
#include "dispatcher/app/devices.h"
#include "dispatcher/app/planning.h"
#include "dispatcher/app/topics.h"
#include "dispatcher/app/turn.h"
#include "dispatcher/app/web.h"
#include "dispatcher/core/hall.h"
#include "dispatcher/net/http.h"
#include "dispatcher/net/line.h"
#include "dispatcher/net/loop.h"
#include "dispatcher/store/store.h"

enum { DISPATCHER_LOW_BYTES = 32 << 20 }; /* below this much free space no new numbers are issued */

struct dispatcher_params {
    const char *data;                   /* folder: hall.db and what belongs to it */
    const char *assets;                 /* folder with console/ */
    const char *generated;              /* folder with tokens.css */
    const char *host;                   /* address of all listeners; loopback by default */
    uint16_t device_port, console_port; /* 0: the system chooses */
    int64_t reserve_bytes;  /* space kept back for a full disk; 0: the store's default, negative: none */
    const char *ports_file; /* written when listening: `device 7200`, `console 7280`; NULL: none */
    struct planning_params planning;
};

struct dispatcher {
    struct dispatcher_params params;
    struct loop loop;
    struct worker worker;
    struct store *store;
    struct hall *hall; /* owned, on the heap: some 12 MB */
    struct catalogue catalogue;
    uint64_t epoch;     /* rises with each start */
    uint8_t secret[32]; /* the hall's own key, for ticket links and pseudonyms */
    struct accounts accounts;
    struct turn turn;
    struct topics topics;
    struct line_server line_server;
    struct devices devices;
    struct http_server console_server;
    struct web web;
    struct copying copying;
    struct planning planning;
    struct loop_timer tick_timer, beat_timer, idle_timer;
    struct loop_signal sigint, sigterm;
    uint16_t device_port, console_port; /* as they turned out */
    char farewells[LINE_REASON_COUNT][256];
    int64_t started_ms;
    int64_t retention_ms; /* when retention last ran through */
    bool has_loop, has_worker;
    bool stopping;
    int exit_code;
};

/* Opens the store, replays the hall, starts listeners. On failure everything is taken down again. */
enum status dispatcher_start(struct dispatcher *dispatcher, const struct dispatcher_params *params,
                             struct error *error);
/* Serves until a signal or a fault that must end the process. Returns the exit code. */
int dispatcher_serve(struct dispatcher *dispatcher);
void dispatcher_stop(struct dispatcher *dispatcher);

#endif
