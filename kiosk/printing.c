/* SPDX-License-Identifier: MIT */
#include "kiosk/printing.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/base/clock.h"
#include "common/base/log.h"

struct print_job {
    struct printing *printing;
    uint64_t key;
    char number[KIOSK_NUMBER_MAX + 1];
    int64_t wall_ms;
    struct ticket_raster raster;
};

static void job_free(struct print_job *job)
{
    ticket_raster_destroy(&job->raster);
    free(job);
}

/* Takes the job off the list and notes what became of it. */
static void finish(struct print_job *job, bool good)
{
    struct printing *printing = job->printing;
    pthread_mutex_lock(&printing->lock);
    for (int i = 0; i < PRINTING_JOBS_MAX; i++)
        if (printing->jobs[i] == job)
            printing->jobs[i] = NULL;
    if (printing->count < PRINTING_RESULTS_MAX)
        printing->results[(printing->first + printing->count++) % PRINTING_RESULTS_MAX] =
            (struct printing_result){job->key, good};
    pthread_mutex_unlock(&printing->lock);
    printing->wake(printing->userdata);
    job_free(job);
}

/* In the worker thread. */
static void print(void *userdata)
{
    struct print_job *job = userdata;
    struct printing *printing = job->printing;
    struct error error = {0};
    struct ticket_job ticket = {.raster = &job->raster, .number = job->number, .wall_ms = job->wall_ms};
    int64_t begun_ms = clock_mono_ms();
    bool good = ticket_printer_print(printing->printer, &ticket, &error) == STATUS_OK;
    if (good)
        log_info("kiosk", "ticket printed number=%s took_ms=%lld", job->number,
                 (long long)(clock_mono_ms() - begun_ms));
    else
        log_error("kiosk", "ticket not printed: %s number=%s", error.text, job->number);
    finish(job, good);
}

enum status printing_init(struct printing *printing, const char *printer, void (*wake)(void *userdata),
                          void *userdata, struct error *error)
{
    *printing = (struct printing){.wake = wake, .userdata = userdata};
    enum status status = ticket_printer_open(&printing->printer, printer, error);
    if (status != STATUS_OK)
        return status;
    pthread_mutex_init(&printing->lock, NULL);
    status = worker_init(&printing->worker, NULL, NULL, error);
    if (status != STATUS_OK) {
        pthread_mutex_destroy(&printing->lock);
        ticket_printer_close(printing->printer);
    }
    return status;
}

void printing_destroy(struct printing *printing)
{
    worker_destroy(&printing->worker);
    for (int i = 0; i < PRINTING_JOBS_MAX; i++)
        if (printing->jobs[i])
            job_free(printing->jobs[i]);
    pthread_mutex_destroy(&printing->lock);
    ticket_printer_close(printing->printer);
}

/* Puts a job where `old` (NULL: nothing) stands on the list. False: it stands nowhere. */
static bool place(struct printing *printing, struct print_job *old, struct print_job *job)
{
    bool placed = false;
    pthread_mutex_lock(&printing->lock);
    for (int i = 0; i < PRINTING_JOBS_MAX && !placed; i++)
        if (printing->jobs[i] == old) {
            printing->jobs[i] = job;
            placed = true;
        }
    pthread_mutex_unlock(&printing->lock);
    return placed;
}

bool printing_add(struct printing *printing, uint64_t key, const char *number, int64_t wall_ms,
                  struct ticket_raster *raster)
{
    struct print_job *job = malloc(sizeof *job);
    if (!job) {
        ticket_raster_destroy(raster);
        return false;
    }
    *job = (struct print_job){.printing = printing, .key = key, .wall_ms = wall_ms, .raster = *raster};
    snprintf(job->number, sizeof job->number, "%s", number);
    *raster = (struct ticket_raster){0};
    bool listed = place(printing, NULL, job); /* before the worker can finish it */
    if (listed && worker_add(&printing->worker, print, NULL, job))
        return true;
    if (listed)
        place(printing, job, NULL);
    job_free(job);
    return false;
}

bool printing_next(struct printing *printing, struct printing_result *result)
{
    pthread_mutex_lock(&printing->lock);
    bool found = printing->count > 0;
    if (found) {
        *result = printing->results[printing->first];
        printing->first = (printing->first + 1) % PRINTING_RESULTS_MAX;
        printing->count--;
    }
    pthread_mutex_unlock(&printing->lock);
    return found;
}
