/* SPDX-License-Identifier: MIT
 * A hall that takes a catalogue's commands through the real core. */
#ifndef TESTS_UNIT_APP_PARTS_CATALOGUE_HALL_H
#define TESTS_UNIT_APP_PARTS_CATALOGUE_HALL_H

#include "dispatcher/app/catalogue.h"
#include "dispatcher/core/hall.h"

extern struct hall *hall; /* made by hall_begin */
bool hall_begin(void);
void hall_end(void);

/* How the core took the commands. */
struct order {
    enum command_kind last;
    size_t count, refused;
    char first[160]; /* the first that was refused, and why */
};

/* Gives all commands of the catalogue to a fresh hall on Monday 2026-11-23 at nine. */
struct order hall_set_up(const struct catalogue *catalogue);

/* Decides and takes the events in. NULL: done; else why it was refused. */
const char *hall_give(const struct command *command);

#endif
