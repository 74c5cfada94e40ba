/* SPDX-License-Identifier: MIT
 * Reading everything that is stored and asking whether it fits together. */
#include "dispatcher/store/inside.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/clock.h"

enum { PROGRESS_EVERY = 16384 };

struct verifying {
    struct store *store;
    struct hall *hall; /* replayed from the first event */
    store_progress *progress;
    void *userdata;
    struct store_verify_report *report;
    struct error *error;
    enum status status;
};

/* ---- ticket rows against the hall ---- */
struct comparing {
    struct verifying *v;
    uint32_t next; /* ticket id expected */
};

static bool value_is(const struct sql_row *row, int column, const struct sql_value *value)
{
    struct span bytes = row_bytes(row, column);
    if (value->type == SQL_INTEGER)
        return row_int(row, column) == value->integer;
    if (bytes.length != value->bytes.length)
        return false;
    return bytes.length == 0 || memcmp(bytes.data, value->bytes.data, bytes.length) == 0;
}

static bool compare_row(const struct sql_row *row, void *userdata)
{
    struct comparing *c = userdata;
    struct verifying *v = c->v;
    struct ticket_texts texts;
    struct sql_value values[TICKET_VALUES];
    c->next++;
    bool is_right = c->next <= v->hall->ticket_count;
    if (is_right) {
        ticket_values(v->hall, (struct ticket_id){(uint16_t)c->next}, &texts, values);
        for (int i = 0; i < TICKET_VALUES && is_right; i++)
            is_right = value_is(row, i, &values[i]);
    }
    if (!is_right) {
        struct span number = row_bytes(row, 2);
        v->status =
            error_set(v->error, STATUS_CORRUPT, "the row of ticket %.*s (id %lld) is not what its events say",
                      (int)number.length, number.data, (long long)row_int(row, 0));
    }
    v->report->tickets++;
    return is_right;
}

static enum status compare_day(struct verifying *v)
{
    if (v->hall->date == 0)
        return STATUS_OK;
    struct comparing c = {v, 0};
    const int64_t first = (int64_t)v->hall->date * 65536;
    const struct sql_value values[] = {sql_int(first), sql_int(first + 65535)};
    enum status status = RUN(v->store, TICKETS, values, compare_row, &c, v->error);
    if (status == STATUS_OK)
        status = v->status;
    if (status == STATUS_OK && c.next != v->hall->ticket_count)
        status = error_set(v->error, STATUS_CORRUPT, "day %d has %u ticket rows and %u tickets by its events",
                           v->hall->date, c.next, v->hall->ticket_count);
    return status;
}

/* ---- the log ---- */
static bool replay(const struct store_event *event, void *userdata)
{
    struct verifying *v = userdata;
    if (event->event.kind == EVENT_DAY_OPENED) {
        v->report->days++;
        if (event->event.day_opened.date != v->hall->date)
            v->status = compare_day(v);
    }
    if (v->status != STATUS_OK)
        return false;
    hall_evolve(v->hall, &event->event);
    v->report->events++;
    if (v->progress && v->report->events % PROGRESS_EVERY == 0)
        v->progress("events", v->report->events, v->store->events.seq, v->userdata);
    return true;
}

static enum status verify_log(struct verifying *v)
{
    struct log_end end = {0};
    enum status status = log_scan(v->store, &end, v->store->events.seq, replay, v, v->error);
    if (status == STATUS_OK)
        status = v->status;
    if (status == STATUS_OK && end.seq != v->store->events.seq)
        status = error_set(v->error, STATUS_CORRUPT, "the log ends at event %llu and not at %llu",
                           (unsigned long long)end.seq, (unsigned long long)v->store->events.seq);
    return status == STATUS_OK ? compare_day(v) : status;
}

/* ---- checkpoints ---- */
static bool ignore_event(const struct store_event *event, void *userdata)
{
    (void)event;
    (void)userdata;
    return true;
}

struct chain_at {
    uint8_t chain[CHAIN_BYTES];
    bool is_found;
};

static bool take_chain(const struct sql_row *row, void *userdata)
{
    struct chain_at *at = userdata;
    struct span chain = row_bytes(row, 2);
    at->is_found = chain.length == CHAIN_BYTES;
    if (at->is_found)
        memcpy(at->chain, chain.data, CHAIN_BYTES);
    return true;
}

static enum status verify_checkpoint(struct verifying *v, const struct checkpoint_row *row)
{
    struct chain_at at = {.is_found = row->seq == 0};
    const struct sql_value values[] = {sql_int((int64_t)row->seq)};
    enum status status = RUN(v->store, EVENT_AT, values, take_chain, &at, v->error);
    if (status == STATUS_OK && (!at.is_found || memcmp(at.chain, row->chain, CHAIN_BYTES) != 0))
        status = error_set(v->error, STATUS_CORRUPT, "the checkpoint at event %llu is not of this log",
                           (unsigned long long)row->seq);
    return status == STATUS_OK ? checkpoint_scan(v->store, row, ignore_event, NULL, v->error) : status;
}

static enum status verify_checkpoints(struct verifying *v)
{
    struct checkpoint_row row = {.seq = v->store->events.seq + 1, .exists = true};
    enum status status = STATUS_OK;
    while (status == STATUS_OK) {
        status = checkpoint_find(v->store, row.seq, &row, v->error);
        if (status != STATUS_OK || !row.exists)
            break;
        status = verify_checkpoint(v, &row);
        v->report->checkpoints++;
    }
    return status;
}

enum status store_verify(struct store *store, store_progress *progress, void *userdata,
                         struct store_verify_report *report, struct error *error)
{
    int64_t began_us = clock_mono_us();
    *report = (struct store_verify_report){0};
    struct hall *hall = calloc(1, sizeof *hall);
    if (!hall)
        return error_set(error, STATUS_MEMORY, "no memory to verify a store");
    hall_init(hall);
    struct verifying v = {store, hall, progress, userdata, report, error, STATUS_OK};
    enum status status = store->driver->ops->check(store->driver, progress, userdata, error);
    if (status == STATUS_OK)
        status = audits_verify(store, &report->audits, error);
    if (status == STATUS_OK)
        status = verify_checkpoints(&v);
    if (status == STATUS_OK)
        status = verify_log(&v);
    free(hall);
    report->took_us = clock_mono_us() - began_us;
    return status;
}
