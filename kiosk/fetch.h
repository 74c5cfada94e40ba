/* SPDX-License-Identifier: MIT
 * Reads the hall's catalogue over the link, page by page, again whenever its version changes. */
#ifndef KIOSK_FETCH_H
#define KIOSK_FETCH_H

#include "common/client/link.h"
#include "kiosk/model/catalogue.h"

/* Called with each whole catalogue; takes it over. */
typedef void fetch_done(struct kiosk_catalogue *catalogue, void *userdata);

/* Caller-owned; must not move once a request is under way. Private. */
struct fetch {
    struct link *link; /* borrowed */
    fetch_done *done;
    void *userdata;
    uint32_t wanted, had; /* versions; 0: none */
    bool asking;
    enum kiosk_part part;
    int64_t from; /* next row */
    uint32_t version;
    json_t *rows[KIOSK_PARTS]; /* owned: what has come so far */
    int64_t pause_ms;          /* ask no sooner */
};

void fetch_init(struct fetch *fetch, struct link *link, fetch_done *done, void *userdata);
void fetch_destroy(struct fetch *fetch);

/* The version that topic `hall` tells; 0: not known. */
void fetch_want(struct fetch *fetch, uint32_t version);

/* Asks for the next page if one is missing; call it after each client_step. */
void fetch_step(struct fetch *fetch, int64_t now_ms);

/* Milliseconds until fetch_step has something to do by itself; -1: never. */
int fetch_wait_ms(const struct fetch *fetch, int64_t now_ms);

#endif
