/* SPDX-License-Identifier: MIT
 * The hall as JSON values, one entity each; topics are made of them. PROTOCOL.md describes their members.
 * Members without a value are left out. All are owned by the caller. */
#ifndef DISPATCHER_APP_VIEWS_H
#define DISPATCHER_APP_VIEWS_H

#include <jansson.h>

#include "dispatcher/core/hall.h"

struct dispatcher;
struct topics;

json_t *view_hall(struct dispatcher *dispatcher); /* topic hall */
json_t *view_call(const struct hall *hall,
                  const struct ticket *ticket); /* board: called or served; NULL: neither */
json_t *view_missed(const struct hall *hall, const struct ticket *ticket); /* board; NULL: not missed */
json_t *view_domain(const struct topics *topics, struct domain_id domain); /* board, kiosk */
json_t *view_item(const struct topics *topics, struct item_id item, uint32_t waiting); /* kiosk */
json_t *view_window(const struct hall *hall, struct window_id window);                 /* windows */
json_t *view_waiting(const struct hall *hall, const struct ticket *ticket); /* queue; NULL: not waiting */
json_t *view_counter(const struct hall *hall, struct window_id window);     /* window-N */

#endif
