/* SPDX-License-Identifier: MIT
 * One random hall on trial: a list of acts, played from a fresh hall, each followed by every check. The list
 * alone decides what happens, so that a failing one can be shortened and played again. */
#ifndef DISPATCHER_SIM_TRIAL_H
#define DISPATCHER_SIM_TRIAL_H

#include "dispatcher/core/command.h"
#include "dispatcher/sim/stage.h"

enum act_kind {
    ACT_COMMAND,    /* at at_ms */
    ACT_PASS,       /* time passes until at_ms, with ticks */
    ACT_CHECKPOINT, /* the second hall is rebuilt from the closed one's checkpoint */
    ACT_SETTLE,     /* both are */
};

struct act {
    enum act_kind kind;
    int64_t at_ms;
    struct command command;
};

struct acts {
    struct act *list; /* owned */
    size_t count, room;
    bool failed; /* out of memory */
};

void acts_add(struct acts *acts, const struct act *act);

struct trial {
    struct stage stage;
    struct hall *shadow;    /* owned: is told nothing but the events' text */
    struct decision *again; /* owned */
    bool shadow_alike;      /* false between a checkpoint and the next day */
    uint64_t acted, refused, checkpoints;
    uint64_t accepted_by_kind[COMMAND_KINDS], refused_by_kind[COMMAND_KINDS], refused_by_code[REFUSAL_CODES];
    uint64_t events_by_kind[EVENT_KINDS];
    unsigned audit_every, audit_count;
    uint64_t shrink_acts; /* played while shortening */
    int find;             /* an event kind to stop at; -1: none */
    bool found;
};

bool trial_init(struct trial *trial, unsigned audit_every);
void trial_destroy(struct trial *trial);
void trial_clear(struct trial *trial); /* fresh halls */

/* Plays one act. False: *error says which rule is broken. */
bool trial_play(struct trial *trial, const struct act *act, struct error *error);

/* Compares the two halls, if they should be alike. False: broken. */
bool trial_compare(struct trial *trial, struct error *error);

/* Leaves out of the list what is not needed for the same kind of failure. Plays it many times. */
void trial_shrink(struct trial *trial, struct acts *acts, const struct error *failure);

/* The list as a scenario file's text, with a comment line per note. */
void trial_write(const struct acts *acts, const char *note, struct text *out);

#endif
