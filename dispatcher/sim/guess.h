/* SPDX-License-Identifier: MIT
 * From an event back to the command that must have been given. */
#ifndef DISPATCHER_SIM_GUESS_H
#define DISPATCHER_SIM_GUESS_H

#include "dispatcher/core/hall.h"

/* The n-th command that might have brought the event in this hall, by the event's own actor; the caller
 * decides it and compares. False: there is no further one. */
bool guess_command(const struct hall *hall, const struct event *event, unsigned n, struct command *out);

#endif
