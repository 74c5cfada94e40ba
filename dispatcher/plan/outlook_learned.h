/* SPDX-License-Identifier: MIT
 * The outlook of a hall that learns: what learn.h and demand.h know, as planning takes it. */
#ifndef DISPATCHER_PLAN_OUTLOOK_LEARNED_H
#define DISPATCHER_PLAN_OUTLOOK_LEARNED_H

#include "dispatcher/plan/demand.h"
#include "dispatcher/plan/learn.h"
#include "dispatcher/plan/outlook.h"

/* For the business day at hand, which must be open and taken in by both. Depends on nothing but the log so
 * far, so that a replay plans with the same outlook. */
void outlook_learned(const struct learn *learn, const struct demand *demand, const struct hall *hall,
                     struct outlook *out);

#endif
