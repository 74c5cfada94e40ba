/* SPDX-License-Identifier: MIT
 * A backup of the hall while it serves: a slice of some milliseconds whenever the loop comes by. */
#ifndef DISPATCHER_APP_COPYING_H
#define DISPATCHER_APP_COPYING_H

#include "common/base/status.h"
#include "dispatcher/net/loop.h"
#include "dispatcher/store/backup.h"

struct dispatcher;

struct copying {
    struct dispatcher *dispatcher;
    struct loop_timer timer;
    struct store_backup *backup; /* under way; NULL: none */
    struct store_backup_state state;
    char path[4400];
    char fault[512]; /* of the last one; empty: it was good, or there was none */
};

enum status copying_init(struct copying *copying, struct dispatcher *dispatcher);
void copying_destroy(struct copying *copying); /* an unfinished copy is deleted */

/* Begins a copy into DATA/backups/hall-DATE-TIME.db. EXISTS while one is under way. */
enum status copying_begin(struct copying *copying, struct error *error);

#endif
