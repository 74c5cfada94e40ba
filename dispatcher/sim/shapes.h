/* SPDX-License-Identifier: MIT
 * Halls made up from a seed: the set-up commands of a small, a county's or a city's hall. */
#ifndef DISPATCHER_SIM_SHAPES_H
#define DISPATCHER_SIM_SHAPES_H

#include "dispatcher/core/command.h"
#include "dispatcher/plan/rng.h"

struct shape {
    const char *name;
    uint8_t zones, domains;
    uint16_t items, windows, clerks; /* at most, when odd; else exactly */
    uint16_t day_commands;           /* of a random day, about */
    uint16_t audit_every;            /* events; 1: each */
};

extern const struct shape shapes[]; /* small, county, city; ended by name NULL */

/* The shape of this name; NULL when there is none. */
const struct shape *shape_find(const char *name);

typedef void shape_sink(const struct command *command, void *userdata);

/* Hands out the commands that set the hall up. odd: sizes vary, some clerks are untrained, some
 * authorisations have run out, some items are closed, some policies are unusual; for finding faults. */
void shape_build(const struct shape *shape, struct rng *rng, bool odd, int32_t today, shape_sink *sink,
                 void *userdata);

#endif
