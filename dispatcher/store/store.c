/* SPDX-License-Identifier: MIT */
#include "dispatcher/store/inside.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

/* ---- opening and closing ---- */
static void store_free(struct store *store)
{
    answers_destroy(store);
    free(store);
}

enum status store_open_driver(struct driver *driver, struct store **out, struct error *error)
{
    struct store *store = calloc(1, sizeof *store);
    enum status status = STATUS_OK;
    if (!store || sodium_init() < 0)
        status = error_set(error, STATUS_MEMORY, "no memory for a store");
    if (status == STATUS_OK) {
        store->driver = driver;
        tickets_open(store);
        status = log_open(store, error);
    }
    if (status == STATUS_OK)
        status = audits_open(store, error);
    if (status == STATUS_OK)
        status = answers_open(store, error);
    if (status != STATUS_OK) {
        struct error ignored;
        driver->ops->close(driver, &ignored);
        if (store)
            store_free(store);
        return status;
    }
    *out = store;
    return STATUS_OK;
}

enum status store_open_sqlite(const struct store_params *params, struct store **out, struct error *error)
{
    struct driver *driver = NULL;
    if (sodium_init() < 0)
        return error_set(error, STATUS_IO, "no random numbers from the system");
    enum status status = driver_open_sqlite(params, &driver, error);
    return status == STATUS_OK ? store_open_driver(driver, out, error) : status;
}

enum status store_open_memory(struct store **out, struct error *error)
{
    struct driver *inner = NULL, *failing = NULL;
    enum status status = driver_open_sqlite(&(struct store_params){.path = NULL}, &inner, error);
    if (status == STATUS_OK)
        status = driver_open_failing(inner, &failing, error);
    return status == STATUS_OK ? store_open_driver(failing, out, error) : status;
}

enum status store_close(struct store *store, struct error *error)
{
    if (!store)
        return STATUS_OK;
    store_rollback(store);
    enum status status = store->driver->ops->close(store->driver, error);
    store_free(store);
    return status;
}

/* ---- transactions ---- */
static void forget_transaction(struct store *store)
{
    if (store->hall)
        store->hall_is_ahead = true;
    store->is_open = false;
    store->hall = NULL;
    store->events = store->events_before;
    store->audits = store->audits_before;
    tickets_forget(store);
    answers_undone(store);
}

enum status store_ready(struct store *store, struct error *error)
{
    if (store->failed == STATUS_OK && !store->is_undone)
        return STATUS_OK;
    *error = store->fault;
    return store->failed != STATUS_OK ? store->failed : STATUS_FULL;
}

enum status store_settle(struct store *store, enum status status, struct error *error)
{
    switch (status) {
    case STATUS_OK:
    case STATUS_NOT_FOUND:
    case STATUS_EXISTS:
    case STATUS_LIMIT:
    case STATUS_DENIED:
        return status;
    case STATUS_FULL:
        break;
    default:
        store->failed = status;
    }
    store->fault = *error;
    if (!store->is_open)
        return status;
    store->driver->ops->rollback(store->driver);
    forget_transaction(store);
    store->is_undone = status == STATUS_FULL;
    return status;
}

enum status store_begin(struct store *store, struct error *error)
{
    assert(!store->is_open);
    store->is_undone = false;
    enum status status = store_ready(store, error);
    if (status != STATUS_OK)
        return status;
    status = store->driver->ops->begin(store->driver, error);
    if (status != STATUS_OK)
        return store_settle(store, status, error);
    store->is_open = true;
    store->events_before = store->events;
    store->audits_before = store->audits;
    return STATUS_OK;
}

/* The hall forgets the tickets of the day before: their rows are written while it has them, and the state in
 * between is the best place for a restart to begin. */
static enum status turn_day(struct store *store, const struct hall *hall, struct error *error)
{
    enum status status = tickets_flush(store, error);
    return status == STATUS_OK ? checkpoint_write(store, hall, error) : status;
}

static enum status take(struct store *store, struct hall *hall, const struct event *event,
                        struct error *error)
{
    enum status status = STATUS_OK;
    if (event->kind == EVENT_DAY_OPENED && event->day_opened.date != hall->date)
        status = turn_day(store, hall, error);
    if (status == STATUS_OK)
        status = log_append(store, hall, event, error);
    if (status != STATUS_OK)
        return status;
    hall_evolve(hall, event);
    return tickets_after(store, hall, store->events.seq, event, error);
}

enum status store_take(struct store *store, struct hall *hall, const struct event *events, size_t count,
                       uint64_t *last_seq, struct error *error)
{
    enum status status = store_ready(store, error);
    if (status != STATUS_OK)
        return status;
    assert(store->is_open);
    assert(!store->hall_is_ahead); /* store_load comes first */
    store->hall = hall;
    for (size_t i = 0; i < count && status == STATUS_OK; i++)
        status = take(store, hall, &events[i], error);
    if (last_seq)
        *last_seq = store->events.seq;
    if (status == STATUS_EXISTS)
        status =
            error_set(error, STATUS_CORRUPT, "event %llu is there already: the log and its index disagree",
                      (unsigned long long)store->events.seq + 1);
    return store_settle(store, status, error);
}

enum status store_commit(struct store *store, struct error *error)
{
    enum status status = store_ready(store, error);
    if (status != STATUS_OK) {
        store->is_undone = false;
        return status;
    }
    assert(store->is_open);
    status = tickets_flush(store, error);
    if (status == STATUS_OK)
        status = answers_before_commit(store, error);
    if (status == STATUS_OK)
        status = store->driver->ops->commit(store->driver, error);
    if (status != STATUS_OK) {
        store_settle(store, status, error);
        store->is_undone = false;
        return status;
    }
    store->is_open = false;
    store->hall = NULL;
    answers_committed(store);
    return STATUS_OK;
}

void store_rollback(struct store *store)
{
    store->is_undone = false;
    if (!store->is_open)
        return;
    store->driver->ops->rollback(store->driver);
    forget_transaction(store);
}

bool store_is_open(const struct store *store)
{
    return store->is_open;
}

uint64_t store_last_seq(const struct store *store)
{
    return store->events.seq;
}

/* ---- writes that may stand alone ---- */
enum status store_write(struct store *store, enum statement statement, const struct sql_value *values,
                        size_t count, sql_row_sink *sink, void *userdata, struct error *error)
{
    enum status status = store_ready(store, error);
    if (status == STATUS_OK)
        status =
            store_settle(store, store_run(store, statement, values, count, sink, userdata, error), error);
    return status;
}

enum status store_begin_own(struct store *store, bool *own, struct error *error)
{
    enum status status = store_ready(store, error);
    *own = status == STATUS_OK && !store->is_open;
    return *own ? store_begin(store, error) : status;
}

enum status store_end_own(struct store *store, bool own, enum status status, struct error *error)
{
    store_settle(store, status, error);
    if (!own)
        return status;
    if (status == STATUS_OK)
        return store_commit(store, error);
    store_rollback(store);
    return status;
}

bool sink_int(const struct sql_row *row, void *int64)
{
    *(int64_t *)int64 = row_int(row, 0);
    return true;
}

bool sink_text(const struct sql_row *row, void *text)
{
    struct span bytes = row_bytes(row, 0);
    text_append(text, bytes.data, bytes.length);
    return true;
}

/* ---- keeping house ---- */
enum status store_idle(struct store *store, int64_t now_ms, bool *more, struct error *error)
{
    uint64_t deleted;
    *more = false;
    enum status status = store_ready(store, error);
    if (status != STATUS_OK || store->is_open)
        return status;
    status = store->driver->ops->tidy(store->driver, more, error);
    if (status == STATUS_OK && !*more)
        status = answers_tidy(store, now_ms, &deleted, more, error);
    if (status == STATUS_FULL) { /* it was undone and can wait */
        *more = false;
        return STATUS_OK;
    }
    return store_settle(store, status, error);
}

enum status store_space(struct store *store, struct store_space *space, struct error *error)
{
    return store->driver->ops->space(store->driver, space, error);
}

bool store_release_reserve(struct store *store)
{
    return store->driver->ops->release_reserve(store->driver);
}

void store_memory_fail(struct store *store, const struct store_failure *failure)
{
    assert(store->driver->ops->fail);
    store->driver->ops->fail(store->driver, failure);
}
