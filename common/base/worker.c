/* SPDX-License-Identifier: MIT */
#include "common/base/worker.h"

#include <errno.h>
#include <signal.h>

static bool next_job(struct worker *worker, struct worker_job *job)
{
    pthread_mutex_lock(&worker->lock);
    while (!worker->count && !worker->stopping)
        pthread_cond_wait(&worker->ready, &worker->lock);
    bool found = !worker->stopping;
    if (found) {
        *job = worker->jobs[worker->first];
        worker->first = (worker->first + 1) % WORKER_JOBS_MAX;
        worker->count--;
    }
    pthread_mutex_unlock(&worker->lock);
    return found;
}

static void *run(void *userdata)
{
    struct worker *worker = userdata;
    struct worker_job job;
    while (next_job(worker, &job)) {
        job.work(job.userdata);
        if (!job.done)
            continue;
        if (worker->post)
            worker->post(job.done, job.userdata, worker->context);
        else
            job.done(job.userdata);
    }
    return NULL;
}

enum status worker_init(struct worker *worker, worker_post *post, void *context, struct error *error)
{
    *worker = (struct worker){.post = post, .context = context};
    pthread_mutex_init(&worker->lock, NULL);
    pthread_cond_init(&worker->ready, NULL);
    /* Signals belong to the main thread: the worker is born with all of them blocked. */
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    int failed = pthread_create(&worker->thread, NULL, run, worker);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return failed ? error_set_errno(error, failed, "cannot start the worker thread") : STATUS_OK;
}

void worker_destroy(struct worker *worker)
{
    pthread_mutex_lock(&worker->lock);
    worker->stopping = true;
    pthread_cond_signal(&worker->ready);
    pthread_mutex_unlock(&worker->lock);
    pthread_join(worker->thread, NULL);
    pthread_cond_destroy(&worker->ready);
    pthread_mutex_destroy(&worker->lock);
}

bool worker_add(struct worker *worker, worker_function *work, worker_function *done, void *userdata)
{
    pthread_mutex_lock(&worker->lock);
    bool fits = worker->count < WORKER_JOBS_MAX;
    if (fits) {
        worker->jobs[(worker->first + worker->count++) % WORKER_JOBS_MAX] =
            (struct worker_job){work, done, userdata};
        pthread_cond_signal(&worker->ready);
    }
    pthread_mutex_unlock(&worker->lock);
    return fits;
}
