/* SPDX-License-Identifier: MIT
 * A closed hall written as the few events that rebuild it, so that a restart need not replay years. */
#ifndef DISPATCHER_CORE_CHECKPOINT_H
#define DISPATCHER_CORE_CHECKPOINT_H

#include "dispatcher/core/hall.h"

typedef void checkpoint_sink(const struct event *event, void *userdata);

/* Hands out, in order, events that turn a fresh hall into this one as the next business day will find it: it
 * opens a later date with the same digest. The closed day's own tickets are left out, so the best moment is
 * right before the next day opens: until then they can still be asked about and rated. A hall so rebuilt
 * refuses to open the closed date again, because it no longer knows which numbers were given. The day must
 * be closed. */
void hall_checkpoint(const struct hall *hall, checkpoint_sink *sink, void *userdata);

#endif
