/* SPDX-License-Identifier: MIT
 * One worker thread for work that would make the loop wait: passwords, printing, planning. Jobs run in order.
 */
#ifndef COMMON_BASE_WORKER_H
#define COMMON_BASE_WORKER_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "common/base/status.h"

enum { WORKER_JOBS_MAX = 64 };

typedef void worker_function(void *userdata);
/* How `done` gets back to the loop's thread: must arrange that call(userdata) runs there, in order
 * (loop_post). */
typedef void worker_post(worker_function *call, void *userdata, void *context);

struct worker_job {
    worker_function *work, *done;
    void *userdata;
};

/* Caller-owned; must not move between init and destroy. Private. */
struct worker {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t ready;
    bool stopping;
    size_t first, count;
    struct worker_job jobs[WORKER_JOBS_MAX];
    worker_post *post;
    void *context;
};

/* Starts the thread. post NULL: `done` runs in the worker thread. */
enum status worker_init(struct worker *worker, worker_post *post, void *context, struct error *error);

/* Lets the job at hand end, drops the rest (their `done` is not called), joins the thread. */
void worker_destroy(struct worker *worker);

/* Queues a job: work runs in the worker thread, then done (may be NULL) is posted. False: the queue is full.
 */
bool worker_add(struct worker *worker, worker_function *work, worker_function *done, void *userdata);

#endif
