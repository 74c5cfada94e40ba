/* SPDX-License-Identifier: MIT
 * What was learned, as JSON values for managers. PROTOCOL.md describes their members. Estimates come with the
 * values between which they lie with a probability of 90 %, and the samples behind them. All are owned by the
 * caller; NULL: no memory. */
#ifndef DISPATCHER_APP_LEARNING_VIEWS_H
#define DISPATCHER_APP_LEARNING_VIEWS_H

#include <jansson.h>

#include "dispatcher/app/learning.h"

/* Service times of every item and domain, habits of visitors; of one item (value 0: all) also at each window
 * where it was served. */
json_t *learning_view_items(const struct learning *learning, const struct hall *hall, struct item_id item);

/* Speeds of clerks. */
json_t *learning_view_clerks(const struct learning *learning, const struct hall *hall);

/* Visitors without booking by domain and ten minutes: expected on the date, and for the business day at hand
 * also those who came and what its factor is. */
json_t *learning_view_demand(const struct learning *learning, const struct hall *hall, int32_t date,
                             int64_t now_ms);

#endif
