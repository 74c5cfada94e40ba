/* SPDX-License-Identifier: MIT
 * The log of events: appending, the hash chain, and reading it back. */
#include "dispatcher/store/inside.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

static_assert(CHAIN_BYTES == crypto_generichash_BYTES_MIN, "BLAKE2b-128");

/* ---- appending ---- */
static void put_le64(uint8_t *out, uint64_t value)
{
    for (int i = 0; i < 8; i++)
        out[i] = (uint8_t)(value >> (8 * i));
}

void log_chain(const uint8_t before[CHAIN_BYTES], uint64_t seq, int64_t at_ms, int32_t date,
               int64_t midnight_ms, struct span body, uint8_t out[CHAIN_BYTES])
{
    uint8_t head[CHAIN_BYTES + 4 * 8];
    memcpy(head, before, CHAIN_BYTES);
    put_le64(head + CHAIN_BYTES, seq);
    put_le64(head + CHAIN_BYTES + 8, (uint64_t)at_ms);
    put_le64(head + CHAIN_BYTES + 16, (uint64_t)date);
    put_le64(head + CHAIN_BYTES + 24, (uint64_t)midnight_ms);
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, CHAIN_BYTES);
    crypto_generichash_update(&state, head, sizeof head);
    crypto_generichash_update(&state, (const uint8_t *)body.data, body.length);
    crypto_generichash_final(&state, out, CHAIN_BYTES);
}

/* The business day an event belongs to; 0 while the hall is closed. */
static int32_t date_of(const struct hall *hall, const struct event *event)
{
    if (event->kind == EVENT_DAY_OPENED)
        return event->day_opened.date;
    return hall->day_state == DAY_CLOSED ? 0 : hall->date;
}

enum status log_append(struct store *store, const struct hall *hall, const struct event *event,
                       struct error *error)
{
    char line[LINE_MAX_BYTES];
    struct log_end *end = &store->events;
    struct log_end next = {.seq = end->seq + 1, .at_ms = event->at_ms};
    int32_t date = date_of(hall, event);
    int64_t midnight_ms = hall_midnight_ms(hall, date ? date : hall_date_at(hall, event->at_ms));
    struct span body = {line, line_from_event(event, midnight_ms, line)};
    log_chain(end->chain, next.seq, event->at_ms, date, midnight_ms, body, next.chain);
    const struct sql_value values[] = {
        sql_int((int64_t)next.seq), sql_int(event->at_ms), sql_int(date),
        sql_int(midnight_ms),       sql_text(body),        sql_blob(next.chain, CHAIN_BYTES),
    };
    enum status status = RUN(store, EVENT_APPEND, values, NULL, NULL, error);
    if (status == STATUS_OK)
        *end = next;
    return status;
}

static bool take_end(const struct sql_row *row, void *userdata)
{
    struct log_end *end = userdata;
    struct span chain = row_bytes(row, 2);
    end->seq = (uint64_t)row_int(row, 0);
    end->at_ms = row_int(row, 1);
    memcpy(end->chain, chain.data, chain.length < CHAIN_BYTES ? chain.length : CHAIN_BYTES);
    return true;
}

enum status log_open(struct store *store, struct error *error)
{
    store->events = (struct log_end){0};
    return store_run(store, STATEMENT_EVENT_LAST, NULL, 0, take_end, &store->events, error);
}

/* ---- reading ---- */
struct scanning {
    struct log_end *end;
    store_event_sink *sink;
    void *userdata;
    struct error *error;
    enum status status;
};

static enum status bad_event(struct scanning *s, uint64_t seq, const char *what)
{
    return error_set(s->error, STATUS_CORRUPT, "event %llu %s: keep the file and restore a backup",
                     (unsigned long long)seq, what);
}

static enum status check_event(struct scanning *s, const struct store_event *event, int64_t at_ms,
                               struct span chain)
{
    struct log_end *end = s->end;
    uint8_t expected[CHAIN_BYTES];
    if (event->seq != end->seq + 1)
        return bad_event(s, end->seq + 1, "is missing");
    log_chain(end->chain, event->seq, at_ms, event->date, event->midnight_ms, event->text, expected);
    if (chain.length != CHAIN_BYTES || memcmp(expected, chain.data, CHAIN_BYTES) != 0)
        return bad_event(s, event->seq, "breaks the hash chain");
    if (at_ms < end->at_ms)
        return bad_event(s, event->seq, "is earlier than the one before it");
    *end = (struct log_end){.seq = event->seq, .at_ms = at_ms};
    memcpy(end->chain, expected, CHAIN_BYTES);
    return STATUS_OK;
}

static bool scan_row(const struct sql_row *row, void *userdata)
{
    struct scanning *s = userdata;
    struct line_fault fault;
    struct store_event event = {
        .seq = (uint64_t)row_int(row, 0),
        .date = (int32_t)row_int(row, 2),
        .midnight_ms = row_int(row, 3),
        .text = row_bytes(row, 4),
    };
    int64_t at_ms = row_int(row, 1);
    s->status = check_event(s, &event, at_ms, row_bytes(row, 5));
    if (s->status != STATUS_OK)
        return false;
    if (!line_to_event(event.text.data, event.text.length, event.midnight_ms, &event.event, &fault)) {
        s->status = error_set(s->error, STATUS_CORRUPT, "event %llu cannot be read by this program: %s",
                              (unsigned long long)event.seq, fault.text);
        return false;
    }
    event.event.at_ms = at_ms;
    return s->sink(&event, s->userdata);
}

enum status log_scan(struct store *store, struct log_end *end, uint64_t last, store_event_sink *sink,
                     void *userdata, struct error *error)
{
    struct scanning s = {end, sink, userdata, error, STATUS_OK};
    const struct sql_value values[] = {sql_int((int64_t)end->seq), sql_int((int64_t)last)};
    enum status status = RUN(store, EVENTS_BETWEEN, values, scan_row, &s, error);
    return status == STATUS_OK ? s.status : status;
}

/* The end of the log as it was right after event `seq`. */
static enum status end_at(struct store *store, uint64_t seq, struct log_end *out, struct error *error)
{
    *out = (struct log_end){.seq = seq};
    if (seq == 0)
        return STATUS_OK;
    struct log_end found = {0};
    const struct sql_value values[] = {sql_int((int64_t)seq)};
    enum status status = RUN(store, EVENT_AT, values, take_end, &found, error);
    if (status == STATUS_OK && found.seq != seq)
        status = error_set(error, STATUS_NOT_FOUND, "there is no event %llu", (unsigned long long)seq);
    *out = found;
    return status;
}

struct limited {
    store_event_sink *sink;
    void *userdata;
    uint32_t left;
};

static bool take_limited(const struct store_event *event, void *userdata)
{
    struct limited *l = userdata;
    return l->left-- > 0 && l->sink(event, l->userdata) && l->left > 0;
}

enum status store_events(struct store *store, uint64_t after, uint32_t limit, store_event_sink *sink,
                         void *userdata, struct error *error)
{
    struct log_end end;
    struct limited limited = {sink, userdata, limit};
    if (after >= store->events.seq || limit == 0)
        return STATUS_OK;
    enum status status = end_at(store, after, &end, error);
    return status == STATUS_OK ? log_scan(store, &end, store->events.seq, take_limited, &limited, error)
                               : status;
}

/* ---- business days ---- */
struct each_day {
    store_day_sink *sink;
    void *userdata;
};

static bool day_row(const struct sql_row *row, void *userdata)
{
    const struct each_day *each = userdata;
    const struct store_day_row day = {
        .date = (int32_t)row_int(row, 0),
        .opened_seq = (uint64_t)row_int(row, 1),
        .closed_seq = (uint64_t)row_int(row, 2),
        .opened_ms = row_int(row, 3),
        .closed_ms = row_int(row, 4),
    };
    each->sink(&day, each->userdata);
    return true;
}

enum status store_days(struct store *store, int32_t from_date, int32_t to_date, store_day_sink *sink,
                       void *userdata, struct error *error)
{
    struct each_day each = {sink, userdata};
    const struct sql_value values[] = {sql_int(from_date), sql_int(to_date)};
    return RUN(store, DAYS, values, day_row, &each, error);
}

/* First opening and last closing of one date. */
static void span_day(const struct store_day_row *day, void *userdata)
{
    struct store_day_row *whole = userdata;
    if (whole->opened_seq == 0)
        whole->opened_seq = day->opened_seq;
    whole->closed_seq = day->closed_seq;
    whole->date = day->date;
}

struct before {
    store_event_sink *sink;
    void *userdata;
    uint64_t opened_seq;
    bool is_stopped;
};

static bool mark_before(const struct store_event *event, void *userdata)
{
    struct before *b = userdata;
    struct store_event marked = *event;
    marked.before = event->seq < b->opened_seq;
    b->is_stopped = !b->sink(&marked, b->userdata);
    return !b->is_stopped;
}

enum status store_day(struct store *store, int32_t date, store_event_sink *sink, void *userdata,
                      struct error *error)
{
    struct store_day_row day = {0};
    enum status status = store_days(store, date, date, span_day, &day, error);
    if (status == STATUS_OK && day.opened_seq == 0)
        status = error_set(error, STATUS_NOT_FOUND, "the hall was not open on that day");
    if (status != STATUS_OK)
        return status;
    struct before before = {sink, userdata, day.opened_seq, false};
    struct checkpoint_row checkpoint;
    status = checkpoint_find(store, day.opened_seq, &checkpoint, error);
    if (status == STATUS_OK && checkpoint.exists)
        status = checkpoint_scan(store, &checkpoint, mark_before, &before, error);
    if (status != STATUS_OK || before.is_stopped)
        return status;
    struct log_end end = {.seq = checkpoint.seq, .at_ms = checkpoint.at_ms};
    memcpy(end.chain, checkpoint.chain, CHAIN_BYTES);
    return log_scan(store, &end, day.closed_seq ? day.closed_seq : store->events.seq, mark_before, &before,
                    error);
}
