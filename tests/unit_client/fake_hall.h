/* SPDX-License-Identifier: MIT
 * A small dispatcher in memory, made of the wire room's server side: it greets, carries requests out once per
 * key, keeps answers over restarts, publishes two topics with resume, and misbehaves on demand. No socket, no
 * clock. */
#ifndef TESTS_UNIT_CLIENT_FAKE_HALL_H
#define TESTS_UNIT_CLIENT_FAKE_HALL_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/wire/frame.h"
#include "common/wire/message.h"

enum { FAKE_TOPICS = 2, FAKE_RING = 16, FAKE_REFUSED_AMOUNT = 13 };

struct fake_topic {
    const char *name;
    json_t *document; /* owned; "version" counts its changes over all restarts */
    uint64_t seq;
    json_t *ring[FAKE_RING]; /* owned patches; of seq - FAKE_RING + 1 .. seq, by seq % FAKE_RING */
    uint64_t ring_from;      /* first seq that the ring still has */
    bool subscribed;
};

struct fake_hall {
    /* what survives a restart */
    uint64_t epoch;
    json_t *answers;  /* owned: "boot/key" -> body */
    uint64_t total;   /* sum of all amounts carried out */
    uint64_t carried; /* requests carried out */
    struct fake_topic topics[FAKE_TOPICS];
    int64_t wall_offset_ms; /* its clock minus ours */
    /* the one connection */
    bool connected, greeted, closing;
    uint64_t boot;
    struct wire_frames frames;
    struct text out; /* owned; what it wants to send */
    /* misbehaviour, in percent */
    unsigned again_percent, lose_delta_percent, double_percent;
    size_t snapshot_max; /* bytes of a snapshot frame; 0: the usual */
    uint64_t random;
    /* counters */
    uint64_t repeats, resumes, snapshots;
};

void fake_hall_init(struct fake_hall *hall, uint64_t seed);
void fake_hall_destroy(struct fake_hall *hall);

void fake_hall_connected(struct fake_hall *hall);
void fake_hall_lost(struct fake_hall *hall);
void fake_hall_received(struct fake_hall *hall, int64_t now_ms, struct span bytes);
void fake_hall_beat(struct fake_hall *hall, int64_t now_ms);

/* Changes something in a topic at random and tells its subscriber. */
void fake_hall_change(struct fake_hall *hall, unsigned topic);

/* Ends and starts again: a new epoch, seq and ring begin anew, the connection is gone. */
void fake_hall_restart(struct fake_hall *hall);

unsigned fake_draw(uint64_t *random, unsigned below);

#endif
