/* SPDX-License-Identifier: MIT
 * One turn of the dispatcher: commands are decided as they arrive, their events go into one transaction, and
 * when it is durable everything is published and answered. Nobody sees anything that a power cut could take
 * back. */
#ifndef DISPATCHER_APP_TURN_H
#define DISPATCHER_APP_TURN_H

#include "common/base/span.h"
#include "dispatcher/app/router.h"
#include "dispatcher/core/hall.h"
#include "dispatcher/store/store.h"

struct dispatcher;

/* An answer that waits for the commit. */
struct turn_reply {
    struct reply_to to;
    int status;          /* HTTP */
    size_t from, length; /* of the body in turn.bodies */
};

struct turn {
    struct dispatcher *dispatcher;
    struct decision decision;   /* of the command at hand */
    struct turn_reply *replies; /* owned */
    size_t reply_count, reply_room;
    struct text bodies;                            /* all bodies of this turn */
    struct text frame;                             /* the frame being written */
    bool failed;                                   /* nothing of this turn was stored: answer so */
    bool full;                                     /* the store has no room: no new numbers */
    int64_t full_until_ms;                         /* mono: when to look again */
    uint64_t commands, refusals, commits, repeats; /* since the start */
    int64_t commit_us_last, commit_us_max;
};

void turn_init(struct turn *turn, struct dispatcher *dispatcher);
void turn_destroy(struct turn *turn);

/* Decides the command and takes its events into the open transaction (begun when there is none). Returns true
 * and the decision, or false: refused (turn->decision.refusal), or not possible to store (*unstorable set:
 * answer storage-full or store-unavailable). */
bool turn_command(struct turn *turn, const struct command *command, bool *unstorable);

/* Queues an answer body (`"ok":{...}` or `"error":{...}`, without braces around) until the commit. */
void turn_reply(struct turn *turn, struct reply_to to, int status, struct span body);

/* At the end of each turn: commit, publish, answer. Faults that leave the disk's state unknown end the
 * process. */
void turn_end(struct turn *turn);

/* Lets time pass: ticks until none brings events, then arms the timer for the next deadline. */
void turn_tick(struct turn *turn);

#endif
