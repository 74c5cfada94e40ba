/* SPDX-License-Identifier: MIT
 * Starting again quickly: a checkpoint at the end of each day, and loading from the newest. */
#include "dispatcher/store/inside.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/base/log.h"
#include "dispatcher/core/checkpoint.h"

/* ---- one checkpoint ---- */
static bool take_checkpoint(const struct sql_row *row, void *userdata)
{
    struct checkpoint_row *out = userdata;
    struct span chain = row_bytes(row, 3), hash = row_bytes(row, 4);
    out->seq = (uint64_t)row_int(row, 0);
    out->at_ms = row_int(row, 1);
    out->events = (uint64_t)row_int(row, 2);
    if (chain.length == CHAIN_BYTES && hash.length == CHAIN_BYTES) {
        memcpy(out->chain, chain.data, CHAIN_BYTES);
        memcpy(out->hash, hash.data, CHAIN_BYTES);
    }
    out->exists = true;
    return true;
}

enum status checkpoint_find(struct store *store, uint64_t before, struct checkpoint_row *out,
                            struct error *error)
{
    *out = (struct checkpoint_row){0};
    const struct sql_value values[] = {sql_int((int64_t)before)};
    return RUN(store, CHECKPOINT_BEFORE, values, take_checkpoint, out, error);
}

struct checkpoint_scanning {
    store_event_sink *sink;
    void *userdata;
    struct error *error;
    enum status status;
    uint64_t count;
    bool is_stopped;
    uint8_t hash[CHAIN_BYTES];
};

static bool scan_checkpoint_row(const struct sql_row *row, void *userdata)
{
    struct checkpoint_scanning *s = userdata;
    struct line_fault fault;
    struct store_event event = {.midnight_ms = row_int(row, 2), .text = row_bytes(row, 3)};
    int64_t at_ms = row_int(row, 1);
    log_chain(s->hash, (uint64_t)row_int(row, 0), at_ms, 0, event.midnight_ms, event.text, s->hash);
    if (!line_to_event(event.text.data, event.text.length, event.midnight_ms, &event.event, &fault)) {
        s->status = error_set(s->error, STATUS_CORRUPT, "row %llu of a checkpoint cannot be read: %s",
                              (unsigned long long)s->count + 1, fault.text);
        return false;
    }
    event.event.at_ms = at_ms;
    s->count++;
    s->is_stopped = !s->sink(&event, s->userdata);
    return !s->is_stopped;
}

enum status checkpoint_scan(struct store *store, const struct checkpoint_row *row, store_event_sink *sink,
                            void *userdata, struct error *error)
{
    struct checkpoint_scanning s = {.sink = sink, .userdata = userdata, .error = error};
    const struct sql_value values[] = {sql_int((int64_t)row->seq)};
    enum status status = RUN(store, CHECKPOINT_EVENTS, values, scan_checkpoint_row, &s, error);
    if (status == STATUS_OK)
        status = s.status;
    if (status != STATUS_OK || s.is_stopped)
        return status;
    if (s.count != row->events || memcmp(s.hash, row->hash, CHAIN_BYTES) != 0)
        return error_set(error, STATUS_CORRUPT,
                         "the checkpoint at event %llu is damaged: keep the file and restore a backup",
                         (unsigned long long)row->seq);
    return STATUS_OK;
}

/* ---- writing one ---- */
struct checkpoint_writing {
    struct store *store;
    const struct hall *hall;
    struct hall *again; /* the hall that the rows give */
    struct error *error;
    enum status status;
    uint64_t count;
    uint8_t hash[CHAIN_BYTES];
};

static void write_checkpoint_row(const struct event *event, void *userdata)
{
    struct checkpoint_writing *w = userdata;
    char line[LINE_MAX_BYTES];
    if (w->status != STATUS_OK)
        return;
    int64_t midnight_ms = hall_midnight_ms(w->hall, hall_date_at(w->hall, event->at_ms));
    struct span body = {line, line_from_event(event, midnight_ms, line)};
    w->count++;
    log_chain(w->hash, w->count, event->at_ms, 0, midnight_ms, body, w->hash);
    const struct sql_value values[] = {sql_int((int64_t)w->store->events.seq), sql_int((int64_t)w->count),
                                       sql_int(event->at_ms), sql_int(midnight_ms), sql_text(body)};
    w->status = RUN(w->store, CHECKPOINT_EVENT_PUT, values, NULL, NULL, w->error);
    hall_evolve(w->again, event);
}

/* The next day as the hall would find it; the closed day's own tickets are in no checkpoint. */
static uint64_t next_morning(struct hall *hall)
{
    const struct event opened = {
        .kind = EVENT_DAY_OPENED, .at_ms = hall->last_ms, .day_opened = {.date = hall->date + 1}};
    hall_evolve(hall, &opened);
    return hall_digest(hall);
}

static bool gives_the_same(const struct checkpoint_writing *w)
{
    uint64_t again = next_morning(w->again);
    memcpy(w->again, w->hall, sizeof *w->hall);
    return again == next_morning(w->again);
}

static enum status keep_checkpoint(struct checkpoint_writing *w, struct error *error)
{
    const struct log_end *end = &w->store->events;
    const struct sql_value values[] = {
        sql_int((int64_t)end->seq),     sql_int(end->at_ms),
        sql_int((int64_t)w->count),     sql_blob(end->chain, CHAIN_BYTES),
        sql_blob(w->hash, CHAIN_BYTES),
    };
    return RUN(w->store, CHECKPOINT_PUT, values, NULL, NULL, error);
}

static enum status drop_checkpoint(struct checkpoint_writing *w, struct error *error)
{
    const struct sql_value values[] = {sql_int((int64_t)w->store->events.seq)};
    log_error("store",
              "a checkpoint would not give the same hall and was not kept; the next start reads more events "
              "seq=%llu",
              (unsigned long long)w->store->events.seq);
    return RUN(w->store, CHECKPOINT_EVENTS_DROP, values, NULL, NULL, error);
}

enum status checkpoint_write(struct store *store, const struct hall *hall, struct error *error)
{
    struct checkpoint_row newest;
    enum status status = checkpoint_find(store, store->events.seq + 1, &newest, error);
    if (status != STATUS_OK || newest.seq == store->events.seq)
        return status;
    struct hall *again = calloc(1, sizeof *again);
    if (!again) {
        log_error("store", "no memory for a checkpoint; the next start reads more events");
        return STATUS_OK;
    }
    hall_init(again);
    struct checkpoint_writing w = {.store = store, .hall = hall, .again = again, .error = error};
    hall_checkpoint(hall, write_checkpoint_row, &w);
    if (w.status == STATUS_OK)
        w.status = gives_the_same(&w) ? keep_checkpoint(&w, error) : drop_checkpoint(&w, error);
    free(again);
    return w.status;
}

enum status store_checkpoint(struct store *store, const struct hall *hall, struct error *error)
{
    bool own;
    assert(!store->is_open);
    assert(hall->day_state == DAY_CLOSED && !store->hall_is_ahead);
    enum status status = store_begin_own(store, &own, error);
    if (status == STATUS_OK)
        status = store_end_own(store, own, checkpoint_write(store, hall, error), error);
    return status;
}

enum status store_checkpoint_events(struct store *store, uint64_t seq, store_event_sink *sink, void *userdata,
                                    uint64_t *at, struct error *error)
{
    struct checkpoint_row checkpoint;
    enum status status = checkpoint_find(store, seq + 1, &checkpoint, error);
    *at = checkpoint.seq;
    if (status == STATUS_OK && checkpoint.exists)
        status = checkpoint_scan(store, &checkpoint, sink, userdata, error);
    return status;
}

/* ---- loading ---- */
enum { PROGRESS_EVERY = 16384 };
struct loading {
    struct hall *hall;
    store_progress *progress;
    void *userdata;
    uint64_t done, total;
};

static bool load_event(const struct store_event *event, void *userdata)
{
    struct loading *l = userdata;
    hall_evolve(l->hall, &event->event);
    l->done++;
    if (l->progress && l->done % PROGRESS_EVERY == 0)
        l->progress("events", l->done, l->total, l->userdata);
    return true;
}

static enum status load(struct store *store, struct loading *l, struct store_load_report *report,
                        struct error *error)
{
    struct checkpoint_row checkpoint;
    enum status status = checkpoint_find(store, store->events.seq + 1, &checkpoint, error);
    if (status == STATUS_OK && checkpoint.exists)
        status = checkpoint_scan(store, &checkpoint, load_event, l, error);
    if (status != STATUS_OK)
        return status;
    report->checkpoint_events = l->done;
    l->done = 0;
    l->total = store->events.seq - checkpoint.seq;
    struct log_end end = {.seq = checkpoint.seq, .at_ms = checkpoint.at_ms};
    memcpy(end.chain, checkpoint.chain, CHAIN_BYTES);
    status = log_scan(store, &end, store->events.seq, load_event, l, error);
    if (status != STATUS_OK)
        return status;
    if (end.seq != store->events.seq || memcmp(end.chain, store->events.chain, CHAIN_BYTES) != 0)
        return error_set(error, STATUS_CORRUPT,
                         "the log ends at event %llu and not at %llu: restore a backup",
                         (unsigned long long)end.seq, (unsigned long long)store->events.seq);
    report->events = l->done;
    report->last_seq = end.seq;
    report->last_ms = end.at_ms;
    return STATUS_OK;
}

enum status store_load(struct store *store, struct hall *hall, store_progress *progress, void *userdata,
                       struct store_load_report *report, struct error *error)
{
    int64_t began_us = clock_mono_us();
    struct loading loading = {.hall = hall, .progress = progress, .userdata = userdata};
    assert(!store->is_open);
    store->is_undone = false;
    *report = (struct store_load_report){0};
    enum status status = store_ready(store, error);
    if (status != STATUS_OK)
        return status;
    memset(hall, 0, sizeof *hall);
    hall_init(hall);
    status = store_settle(store, load(store, &loading, report, error), error);
    if (status == STATUS_OK)
        store->hall_is_ahead = false;
    report->took_us = clock_mono_us() - began_us;
    return status;
}
