/* SPDX-License-Identifier: MIT
 * Snapshots of municipal offices, one line a queue every five minutes or so. Columns:
 *
 *   office    name
 *   queue_id  of the queue; its service's name may change, the id does not
 *   service   name
 *   date      YYYY-MM-DD; a trailing x marks a day recorded apart (kept apart, otherwise a day like others)
 *   minute    of the day, 0 .. 1439; rising within a queue's day
 *   windows   open counters of the queue
 *   waiting   people in line
 *   called, arrived_est   numbers called and people come since the snapshot before (3 or 3.0)
 *   published_service_min  the office's own figure; read, not used
 *
 * The lines of a queue's day stand together; days and queues may come in any order. */
#ifndef DISPATCHER_SIM_TRACE_OFFICES_H
#define DISPATCHER_SIM_TRACE_OFFICES_H

#include <stdint.h>

#include "dispatcher/sim/trace.h"

enum { OFFICES_MAX = 64, OFFICE_QUEUES_MAX = 64, OFFICE_NAME_MAX = 48, OFFICE_ID_MAX = 16 };
enum { OFFICE_SERVICE_MAX = 128 };

struct office_snap {
    uint16_t minute, windows, waiting, called, arrived;
};

/* A queue's day. */
struct office_series {
    unsigned office, queue; /* queue: of the office */
    int32_t date;
    bool apart;         /* the date had an x */
    size_t from, count; /* in snaps */
};

struct office_queue {
    char id[OFFICE_ID_MAX], service[OFFICE_SERVICE_MAX];
};

struct office_names {
    char name[OFFICE_NAME_MAX];
    struct office_queue queues[OFFICE_QUEUES_MAX];
    unsigned queue_count;
};

struct offices_trace {
    struct office_names *offices; /* owned; OFFICES_MAX */
    unsigned office_count;
    struct office_series *series; /* owned */
    size_t series_count, series_room;
    struct office_snap *snaps; /* owned */
    size_t snap_count, snap_room;
};

/* Reads a file behind what is there; a queue's day that is there already is refused. On failure what was read
 * stays. A zeroed struct is empty. */
enum status offices_read(struct offices_trace *trace, const char *path, struct error *error);
void offices_destroy(struct offices_trace *trace);

#endif
