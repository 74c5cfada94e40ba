/* SPDX-License-Identifier: MIT
 * Shared by the files of the store above its driver. */
#ifndef DISPATCHER_STORE_INSIDE_H
#define DISPATCHER_STORE_INSIDE_H

#include "dispatcher/core/fields.h"
#include "dispatcher/core/line.h"
#include "dispatcher/store/driver.h"

enum { CHAIN_BYTES = 16, TICKET_VALUES = 33, ANSWER_DEVICES = 4096 };

/* Where a log ends: what the next entry is chained to. */
struct log_end {
    uint64_t seq;
    int64_t at_ms;
    uint8_t chain[CHAIN_BYTES];
};

/* Tickets that the open transaction touched. */
struct touched {
    uint32_t count;
    uint16_t ids[TICKETS_MAX];
    uint64_t has[TICKETS_MAX / 64 + 1];
};

/* Index of the answers that are still in the order in which they were given (table answers_new). */
struct answer_slot {
    uint64_t hash; /* 0: empty */
    int64_t id;
};
/* The largest folded counter of a device's boot, remembered: a larger one is new without looking. */
struct answer_top {
    uint32_t device;
    bool is_known;
    uint64_t boot;
    int64_t counter; /* -1: none */
};
struct answers {
    int64_t first_id, last_id;   /* in answers_new; last_id < first_id: it is empty */
    int64_t committed_id;        /* last_id before the open transaction */
    int64_t folded_to;           /* folded in the open transaction up to here; 0: not */
    int64_t oldest_ms;           /* no unfolded answer is older */
    int64_t first_day, last_day; /* in answers; 0: it is empty */
    struct answer_slot *slots;   /* owned; a power of two, at most half full */
    size_t slot_count;
    struct answer_top tops[ANSWER_DEVICES];
};

struct store {
    struct driver *driver; /* owned */
    bool is_open;          /* a transaction */
    bool is_undone;        /* it was undone because the disk was full; the turn has not ended yet */
    bool hall_is_ahead;    /* events were taken and then undone: load first */
    enum status failed;    /* not OK: what every call answers from now on */
    struct error fault;
    struct log_end events, events_before; /* now; before the open transaction */
    struct log_end audits, audits_before;
    const struct hall *hall; /* borrowed in a transaction that took events */
    struct touched touched;
    struct answers answers;
    uint16_t number_at[EVENT_KINDS]; /* offset of the ticket's number in struct event; 0: it names none */
};

/* ---- store.c ---- */
/* STATUS_OK when the store may be used; else the standing fault. Begins every function that writes. */
enum status store_ready(struct store *store, struct error *error);
/* Ends every function that writes: undoes the transaction or bars the store as store.h says. Returns
 * `status`. */
enum status store_settle(struct store *store, enum status status, struct error *error);
/* store_settle for a write that, without an open transaction, is one by itself. */
enum status store_write(struct store *store, enum statement statement, const struct sql_value *values,
                        size_t count, sql_row_sink *sink, void *userdata, struct error *error);
/* A transaction of one's own around several statements, unless one is open: begin_own, ..., end_own(status so
 * far). */
enum status store_begin_own(struct store *store, bool *own, struct error *error);
enum status store_end_own(struct store *store, bool own, enum status status, struct error *error);

static inline enum status store_run(struct store *store, enum statement statement,
                                    const struct sql_value *values, size_t count, sql_row_sink *sink,
                                    void *userdata, struct error *error)
{
    return store->driver->ops->run(store->driver, statement, values, count, sink, userdata, error);
}
#define RUN(store, name, values, sink, userdata, error)                                                      \
    store_run(store, STATEMENT_##name, values, sizeof(values) / sizeof((values)[0]), sink, userdata, error)
#define WRITE(store, name, values, sink, userdata, error)                                                    \
    store_write(store, STATEMENT_##name, values, sizeof(values) / sizeof((values)[0]), sink, userdata, error)

/* Sinks for single values: leave *userdata alone when there is no row. */
bool sink_int(const struct sql_row *row, void *int64);
bool sink_text(const struct sql_row *row, void *text); /* appends column 0 to a struct text */

/* ---- log.c ---- */
enum status log_open(struct store *store, struct error *error);
enum status log_append(struct store *store, const struct hall *hall, const struct event *event,
                       struct error *error);
/* The chain value of the next event. */
void log_chain(const uint8_t before[CHAIN_BYTES], uint64_t seq, int64_t at_ms, int32_t date,
               int64_t midnight_ms, struct span body, uint8_t out[CHAIN_BYTES]);
/* Hands out the events in (after, last] with the chain checked from `end` on, which must be that of `after`
 * and moves along. The sink's `before` is false. */
enum status log_scan(struct store *store, struct log_end *end, uint64_t last, store_event_sink *sink,
                     void *userdata, struct error *error);

/* ---- restart.c ---- */
struct checkpoint_row {
    uint64_t seq;
    int64_t at_ms;
    uint64_t events;
    uint8_t chain[CHAIN_BYTES], hash[CHAIN_BYTES];
    bool exists;
};
/* The newest checkpoint of a number below `before`. */
enum status checkpoint_find(struct store *store, uint64_t before, struct checkpoint_row *out,
                            struct error *error);
/* Hands out its events and checks that they are as they were written. */
enum status checkpoint_scan(struct store *store, const struct checkpoint_row *row, store_event_sink *sink,
                            void *userdata, struct error *error);

/* In the open transaction: the closed hall as it is after the last event. Not keeping one is no fault. */
enum status checkpoint_write(struct store *store, const struct hall *hall, struct error *error);

/* ---- tickets.c ---- */
void tickets_open(struct store *store); /* which events name a ticket */
/* Notes what an event touched, after the hall took it in. */
enum status tickets_after(struct store *store, const struct hall *hall, uint64_t seq,
                          const struct event *event, struct error *error);
enum status tickets_flush(struct store *store, struct error *error); /* writes the touched tickets' rows */
void tickets_forget(struct store *store);
/* A ticket's row as values; `items` and `number` hold the texts that they point into. */
struct ticket_texts {
    char number[NUMBER_TEXT_MAX];
    char items[TICKET_ITEMS_MAX * 6];
};
void ticket_values(const struct hall *hall, struct ticket_id id, struct ticket_texts *texts,
                   struct sql_value values[TICKET_VALUES]);

/* ---- answers.c ---- */
enum status answers_open(struct store *store, struct error *error);
void answers_destroy(struct store *store);
enum status answers_before_commit(struct store *store, struct error *error); /* folds when there are many */
void answers_committed(struct store *store);
void answers_undone(struct store *store);
/* One piece of work in an idle moment: folding or pruning. Takes part in an open transaction. */
enum status answers_tidy(struct store *store, int64_t now_ms, uint64_t *deleted, bool *more,
                         struct error *error);

/* ---- audit.c ---- */
enum status audits_open(struct store *store, struct error *error);
enum status audits_verify(struct store *store, uint64_t *count, struct error *error);

#endif
