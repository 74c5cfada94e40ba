/* SPDX-License-Identifier: MIT
 * Shared by the topics' own files: what a topic is, and how its document follows the hall. */
#ifndef DISPATCHER_APP_TOPICS_INSIDE_H
#define DISPATCHER_APP_TOPICS_INSIDE_H

#include "dispatcher/app/topics.h"

/* One change as it was sent, for those who come back. */
struct change {
    uint64_t seq, publication;
    struct buffer *line, *event; /* owned holds */
};

struct watchers {
    uint64_t *ids; /* owned */
    uint32_t count, room;
};

struct topic {
    char name[16];
    struct window_id window; /* of window-N */
    bool live;               /* the document follows the hall */
    json_t *document;        /* owned */
    uint64_t seq;
    uint64_t since; /* publications above this are all in the ring */
    struct change ring[TOPIC_RING];
    uint32_t ring_first, ring_count;
    struct watchers lines, streams;
};

/* Works out what the turn changed in the topic's document: the document follows, the changes go into the
 * patch. With topics->all everything is looked at. */
void topic_refresh(struct topics *topics, struct topic *topic, json_t *patch);

/* Counts who can serve what, when duty or pauses changed. */
void topics_count_staffing(struct topics *topics);

/* Whether there is a topic of this name; the window of window-N through *window, 0 for the others. */
bool topic_is_known(const struct topics *topics, const char *name, struct window_id *window);

#endif
