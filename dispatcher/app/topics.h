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
    TOPICS_MAX = 6 + WINDOWS_MAX,
    TOPIC_SUBSCRIBERS_MAX = 4096,
};

struct topics {
    struct dispatcher *dispatcher;
    struct topic *list[TOPICS_MAX]; /* owned; made when first asked for */
    uint32_t count;
    uint64_t publication; /* rises with each delta of any topic: the id of server-sent events */
    /* what the turn touched */
    uint64_t tickets[TICKETS_MAX / 64 + 1];
    uint16_t ticket_ids[TICKETS_MAX];
    uint32_t ticket_count;
    bool all; /* everything changed: catalogue, day, start */
};

void topics_init(struct topics *topics, struct dispatcher *dispatcher);
void topics_destroy(struct topics *topics);

/* Notes what an event touches; call for each event after the hall took it in. */
void topics_note(struct topics *topics, const struct event *event);

/* After a commit: works out the changes of all topics that somebody watches and sends them. */
void topics_publish(struct topics *topics);

/* The permission that watching a topic needs; false: there is no such topic. */
bool topics_permission(const char *name, enum permission *permission);

/* The topic's document now, borrowed; *seq its number. NULL: no such topic. Only what is committed may be
 * read, so call it outside of an open transaction. */
const json_t *topics_document(struct topics *topics, const char *name, uint64_t *seq);

/* Sends the ok of the request, then what was missed since seq or the whole document, then every change. */
bool topics_subscribe_line(struct topics *topics, struct line_conn *conn, uint64_t request_id,
                           const char *name, uint64_t seq);
void topics_unsubscribe_line(struct topics *topics, uint64_t conn_id,
                             const char *name); /* name NULL: from all */

/* Event stream of several topics (comma-separated names). Each event: id EPOCH-PUBLICATION, event the topic's
 * name, data
 * {"seq":n,"snapshot":{...}} or {"seq":n,"delta":{...}}. last_id: what the client saw last, NULL: nothing.
 * False: a name is wrong (nothing was sent). */
bool topics_subscribe_stream(struct topics *topics, struct sse_stream *stream, const char *names,
                             const char *last_id);
void topics_unsubscribe_stream(struct topics *topics, uint64_t stream_id);

#endif
