/* SPDX-License-Identifier: MIT
 * A closed hall written as the few events that rebuild it, so that a restart need not replay years. */
#ifndef DISPATCHER_CORE_CHECKPOINT_H
#define DISPATCHER_CORE_CHECKPOINT_H

#include "dispatcher/core/hall.h"

typedef void checkpoint_sink(const struct event *event, void *userdata);

/* Hands out, in order, events that turn a fresh hall into one with the same digest. The day must be closed.
 */
void hall_checkpoint(const struct hall *hall, checkpoint_sink *sink, void *userdata);

#endif
