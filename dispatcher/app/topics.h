/* SPDX-License-Identifier: MIT
 * What others may watch: each topic is a JSON document that follows the hall, a number that rises with each
 * change, and the last changes, so that a client that was away gets only what it missed. */
#ifndef DISPATCHER_APP_TOPICS_H
#define DISPATCHER_APP_TOPICS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "dispatcher/app/caller.h"
#include "dispatcher/core/hall.h"
#include "dispatcher/net/line.h"
#include "dispatcher/net/sse.h"

struct dispatcher;
struct topic;

enum {
    TOPIC_RING = 256, /* changes kept per topic */
    TOPICS_MAX = 7 + WINDOWS_MAX,
};

/* Somebody who wants to watch; served when the turn is committed, so that nobody sees what may be undone. */
struct topic_wish {
    uint64_t conn_id, request_id, seq; /* a device's subscription, or */
    uint64_t stream_id;                /* a page's, or */
    uint64_t http_id;                  /* a single look */
    char names[256];
    uint64_t last_publication; /* of the stream; 0: none seen */
};

struct topics {
    struct dispatcher *dispatcher;
    struct topic *list[TOPICS_MAX]; /* owned; made when first asked for */
    uint32_t count;
    uint64_t publication;      /* rises with each delta of any topic: the id of server-sent events */
    struct topic_wish *wishes; /* owned */
    uint32_t wish_count, wish_room;
    /* what the turn touched */
    uint32_t ticket_count;
    struct ticket_id tickets[TICKETS_MAX];
    uint64_t ticket_bits[TICKETS_MAX / 64 + 1];
    uint64_t window_bits[WINDOWS_MAX / 64 + 1];
    bool staffing;                           /* duty or pauses changed: who can serve what */
    bool proposals;                          /* what the topic of proposals shows changed */
    bool touched;                            /* something that no event tells of changed: forecasts */
    bool all;                                /* everything may have changed: catalogue, day, start */
    uint16_t windows_of_item[ITEMS_MAX + 1]; /* on duty, not paused; worked out when staffing changes */
    uint16_t windows_of_domain[DOMAINS_MAX + 1];
};

void topics_init(struct topics *topics, struct dispatcher *dispatcher);
void topics_destroy(struct topics *topics);

/* Notes what an event touches; call for each event after the hall took it in. */
void topics_note(struct topics *topics, const struct event *event);

/* After a commit: works out the changes of all topics that somebody watches and sends them. */
void topics_publish(struct topics *topics);

/* After topics_publish, in every turn: serves those who wished to watch. */
void topics_admit(struct topics *topics);

/* The permission that watching a topic needs; false: there is no such topic. */
bool topics_permission(const struct topics *topics, const char *name, enum permission *permission);

/* A device wants to watch: gets the ok, then what it missed since seq or the whole document, then every
 * change. */
void topics_subscribe_line(struct topics *topics, uint64_t conn_id, uint64_t request_id, const char *name,
                           uint64_t seq);
void topics_unsubscribe_line(struct topics *topics, uint64_t conn_id, const char *name); /* NULL: from all */

/* A page wants to watch several topics (comma-separated names, already permitted). Each event: id
 * EPOCH-PUBLICATION, event the topic's name, data {"seq":n,"snapshot":{...}} or {"seq":n,"delta":{...}}.
 * last_id: what the page saw last, NULL: nothing; hostile. */
void topics_subscribe_stream(struct topics *topics, uint64_t stream_id, const char *names,
                             const char *last_id);
void topics_unsubscribe_stream(struct topics *topics, uint64_t stream_id);

/* Answers the HTTP request with the topic's document: {"ok":{"topic":...,"seq":...,"document":{...}}}. */
void topics_look(struct topics *topics, uint64_t http_id, const char *name);

#endif
