/* SPDX-License-Identifier: MIT
 * Printing without making the screen wait: tickets go to a worker thread, results come back to the loop. */
#ifndef KIOSK_PRINTING_H
#define KIOSK_PRINTING_H

#include <pthread.h>

#include "common/base/worker.h"
#include "common/ticket/printer.h"
#include "kiosk/model/kiosk.h"

enum { PRINTING_JOBS_MAX = 16, PRINTING_RESULTS_MAX = 2 * PRINTING_JOBS_MAX };

struct print_job;

struct printing_result {
    uint64_t key;
    bool good;
};

/* Caller-owned; must not move between init and destroy. Private. */
struct printing {
    struct worker worker;
    struct ticket_printer *printer; /* owned */
    void (*wake)(void *userdata);
    void *userdata;
    pthread_mutex_t lock;
    struct print_job *jobs[PRINTING_JOBS_MAX]; /* owned; NULL: free */
    struct printing_result results[PRINTING_RESULTS_MAX];
    size_t first, count;
};

/* Opens the printer and starts the thread. wake is called in that thread when a result is there. */
enum status printing_init(struct printing *printing, const char *printer, void (*wake)(void *userdata),
                          void *userdata, struct error *error);

/* Lets the ticket at hand be printed, drops the rest. */
void printing_destroy(struct printing *printing);

/* Queues a ticket; the raster is taken over. key names it in the result. False: the queue is full (the raster
 * is freed). */
bool printing_add(struct printing *printing, uint64_t key, const char *number, int64_t wall_ms,
                  struct ticket_raster *raster);

/* The next result; false: there is none. */
bool printing_next(struct printing *printing, struct printing_result *result);

#endif
