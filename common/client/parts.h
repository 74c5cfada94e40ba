/* SPDX-License-Identifier: MIT
 * What the files of the link share; for this room only. */
#ifndef COMMON_CLIENT_PARTS_H
#define COMMON_CLIENT_PARTS_H

#include "common/client/link.h"

/* ---- link.c ---- */
static inline bool link_connection_is_up(const struct link *link)
{
    return link->state == LINK_GREETING || link->state == LINK_READY;
}

/* Ends the connection from our side and waits for the next attempt. code: the server's error code or "". */
void link_drop(struct link *link, int64_t now_ms, const char *code, const char *why);

/* ---- topics.c ---- */
void topics_greeted(struct link *link, int64_t now_ms); /* asks for all of them */
void topics_lost(struct link *link);                    /* the connection ended: none is synced any more */
void topics_destroy(struct link *link);
/* True when the answer was for one of them. error NULL: ok. */
bool topics_answered(struct link *link, int64_t now_ms, uint64_t id, const json_t *ok,
                     const struct wire_error *error);
void topics_snapshot(struct link *link, int64_t now_ms, const struct wire_message *message);
void topics_delta(struct link *link, int64_t now_ms, const struct wire_message *message);
void topics_tick(struct link *link, int64_t now_ms);
int64_t topics_deadline_ms(const struct link *link);

/* ---- requests.c ---- */
void requests_pump(struct link *link, int64_t now_ms); /* writes what waits to be sent */
void requests_lost(struct link *link);                 /* the connection ended: all unanswered wait again */
void requests_answered(struct link *link, int64_t now_ms, uint64_t id, const json_t *ok,
                       const struct wire_error *error);
void requests_tick(struct link *link, int64_t now_ms);
int64_t requests_deadline_ms(const struct link *link);
void requests_destroy(struct link *link);

#endif
