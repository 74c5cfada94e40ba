/* SPDX-License-Identifier: MIT
 * The hall's memory on disk: events, the answers given for them, what they left of each ticket and
 * booking, messages to send, and the few documents and people that administration keeps. One writer, one
 * thread, no locks.
 *
 * One turn of the dispatcher, for as many commands as are ready:
 *     store_begin
 *     per command: store_find_answer; known: give that answer again; else
 *                  hall_decide, store_take (events go to the log and into the hall), store_put_answer
 *     store_commit: one sync to the disk for all of them
 *     publish, answer: nobody sees anything earlier
 *
 * What can go wrong, in three groups:
 *   - NOT_FOUND, EXISTS, LIMIT, DENIED: nothing was written by that call; an open transaction goes on.
 *   - FULL: no space, or read-only. The whole transaction is undone, the store is whole and usable, but the
 *     hall has gone ahead of it: store_load before the next command. Refuse what was asked and try again
 *     later, perhaps after store_release_reserve. Further calls of the same turn give FULL too.
 *   - all others (IO, CORRUPT, MEMORY): it is not known what the disk holds. Answer nobody and end the
 *     process; a fresh start reads what is there. Every later call gives the same status again.
 * Reading for reports (store_day, store_tickets ...) and store_verify only report their fault.
 *
 * People and documents are in records.h, copies and restoring in backup.h. */
#ifndef DISPATCHER_STORE_STORE_H
#define DISPATCHER_STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/span.h"
#include "common/base/status.h"
#include "dispatcher/core/hall.h"

struct store;

/* Told now and then during long work: "events", 120000 of 500000. total 0: not known. */
typedef void store_progress(const char *what, uint64_t done, uint64_t total, void *userdata);

/* ---- open and close ---- */
struct store_params {
    const char *path; /* of the database file; beside it live PATH-wal and PATH-reserve */
    bool create;      /* make a new store when there is no file at all; an existing file is never replaced */
    int64_t reserve_bytes; /* space kept back for a full disk; 0: 64 MB; negative: none */
    int wal_pages; /* the write-ahead log is folded into the file at this length at the latest; 0: default */
    const char *vfs; /* SQLite's file layer; NULL: the system's. For tests */
};

/* Opens the file, alone: a second opener is refused. Checks that it is a whole store of this program and
 * brings an older one up to date. Status: NOT_FOUND (no file and !create), CLOSED (another process has
 * it open), NEWER, CORRUPT (empty, foreign or damaged: the file is left as it is), FULL (read-only), IO.
 * The text says what to do. *out is set on STATUS_OK only; the caller closes it. */
enum status store_open_sqlite(const struct store_params *params, struct store **out, struct error *error);

/* An empty store in memory, the same in every respect except that nothing lasts, and that
 * store_memory_fail works. */
enum status store_open_memory(struct store **out, struct error *error);

/* Undoes an open transaction, folds the log into the file and closes. NULL is allowed. *error may say
 * that the last fold failed; nothing committed is lost by that. The store is gone in any case. */
enum status store_close(struct store *store, struct error *error);

/* ---- start ---- */
struct store_load_report {
    uint64_t checkpoint_events; /* read from the checkpoint */
    uint64_t events;            /* replayed after it */
    uint64_t last_seq;          /* of the log; 0: the store is empty */
    int64_t last_ms; /* wall time of the last event; a clock that is earlier must be set right first */
    int64_t took_us;
};

/* Makes *hall (any content is overwritten) what the log says: newest checkpoint, then every later event.
 * Checks the hash chain from the checkpoint to the end, that time never runs backwards, and that the
 * checkpoint is as it was written. Never reads older history. progress may be NULL.
 * CORRUPT names the first bad event. */
enum status store_load(struct store *store, struct hall *hall, store_progress *progress, void *userdata,
                       struct store_load_report *report, struct error *error);

/* ---- transactions ---- */
/* Begins; must not be open already. */
enum status store_begin(struct store *store, struct error *error);

/* For each event in order: gives it the next sequence number and appends it to the log, lets the hall
 * take it in (hall_evolve), and remembers which tickets and bookings it touched. `hall` must be the one
 * loaded from this store and outlive the transaction. *last_seq (may be NULL) becomes the number of the
 * last event. */
enum status store_take(struct store *store, struct hall *hall, const struct event *events, size_t count,
                       uint64_t *last_seq, struct error *error);

/* Writes the rows of all touched tickets as the hall has them now, then makes everything durable. On any
 * status but OK the transaction is undone. */
enum status store_commit(struct store *store, struct error *error);

/* Undoes the transaction; allowed when none is open. When events were taken, store_load must follow. */
void store_rollback(struct store *store);

bool store_is_open(const struct store *store); /* whether a transaction is open */

/* Sequence number of the last event appended; inside a transaction with those not yet durable. */
uint64_t store_last_seq(const struct store *store);

/* ---- answers: the same key gets the same bytes ---- */
struct store_key {
    uint32_t device;
    uint64_t boot;    /* chosen by the device at its start */
    uint64_t counter; /* rises with each request of that boot */
};

/* Keeps the answer with the open transaction. EXISTS when the key has one already; LIMIT beyond
 * STORE_ANSWER_MAX bytes. */
enum { STORE_ANSWER_MAX = 64 * 1024 };
enum status store_put_answer(struct store *store, const struct store_key *key, struct span answer,
                             int64_t now_ms, struct error *error);

/* Clears *out and fills it with the answer given for the key; NOT_FOUND when there is none. Sees the open
 * transaction. Cheap for keys with a counter not used before. Answers are kept for STORE_ANSWER_KEEP_MS. */
enum { STORE_ANSWER_KEEP_MS = 48 * 60 * 60 * 1000 };
enum status store_find_answer(struct store *store, const struct store_key *key, struct text *out,
                              struct error *error);

/* ---- outbox: what other systems must be told, written with the event that causes it ---- */
struct store_message {
    int64_t id; /* rises */
    int64_t at_ms;
    struct span kind; /* "sms", "platform-rating" ...; borrowed until the callback returns */
    struct span body;
    int32_t tries;
    int64_t next_ms;
};
typedef void store_message_sink(const struct store_message *message, void *userdata);

/* *id may be NULL. Outside a transaction this is one by itself. */
enum status store_put_outbox(struct store *store, const char *kind, struct span body, int64_t now_ms,
                             int64_t *id, struct error *error);
/* Hands out at most `limit` unsent messages whose time has come, oldest first. The sink must not call
 * the store. */
enum status store_outbox_due(struct store *store, int64_t now_ms, uint32_t limit, store_message_sink *sink,
                             void *userdata, struct error *error);
/* When the next message is due, wall ms; INT64_MAX: none. */
enum status store_outbox_next(struct store *store, int64_t *next_ms, struct error *error);
enum status store_outbox_done(struct store *store, int64_t id, int64_t now_ms, struct error *error);
/* Not delivered: tries + 1, again at next_ms. */
enum status store_outbox_retry(struct store *store, int64_t id, int64_t next_ms, struct error *error);

/* ---- business days ---- */
/* Writes the closed hall down, so that the next start reads from here on. The store does so by itself right
 * before each day-opened (store_take); this is for tools that have just set a hall up. The closed day's
 * tickets are not in it: rating them ends with the next start. Not inside a transaction. */
enum status store_checkpoint(struct store *store, const struct hall *hall, struct error *error);

struct store_event {
    uint64_t seq;        /* 0 for rows of a checkpoint */
    int32_t date;        /* business day (days since 1970-01-01); 0: while the hall was closed */
    int64_t midnight_ms; /* from which the text's clock fields count */
    struct span text;    /* the line as stored; borrowed until the callback returns */
    struct event event;  /* with at_ms */
    bool before;         /* store_day: belongs to the state in which the day began */
};
/* Return false to stop early. The sink must not call the store. */
typedef bool store_event_sink(const struct store_event *event, void *userdata);

/* All that a replay of the business day needs: the checkpoint before it and what followed (before =
 * true; together they turn a fresh hall into the morning's), then the day's own events from day-opened
 * to day-closed and, when the day was opened twice, all between. NOT_FOUND when there was no such day. */
enum status store_day(struct store *store, int32_t date, store_event_sink *sink, void *userdata,
                      struct error *error);

struct store_day_row {
    int32_t date;
    uint64_t opened_seq, closed_seq; /* closed_seq 0: still open */
    int64_t opened_ms, closed_ms;
};
typedef void store_day_sink(const struct store_day_row *day, void *userdata);
/* Every opening of a business day within [from, to], in order. */
enum status store_days(struct store *store, int32_t from_date, int32_t to_date, store_day_sink *sink,
                       void *userdata, struct error *error);

/* The newest checkpoint that is not later than event `seq`, as the events that turn a fresh hall into what it
 * was then; *at becomes its number, 0 when there is none. With store_events from there on, history can be
 * read at any pace. */
enum status store_checkpoint_events(struct store *store, uint64_t seq, store_event_sink *sink, void *userdata,
                                    uint64_t *at, struct error *error);

/* Events with a number above `after`, at most `limit`, in order. */
enum status store_events(struct store *store, uint64_t after, uint32_t limit, store_event_sink *sink,
                         void *userdata, struct error *error);

/* What the events left of a ticket: one row each, for reports. Fields are those of the core's struct
 * ticket. */
struct store_ticket {
    int32_t date;
    struct ticket_id id;
    struct domain_id domain; /* of the item it was last waiting or served for */
    struct ticket ticket;    /* waiting_at and order are 0 */
};
typedef void store_ticket_sink(const struct store_ticket *ticket, void *userdata);
/* Tickets of the business days [from, to] in order of issue. The sink must not call the store. */
enum status store_tickets(struct store *store, int32_t from_date, int32_t to_date, store_ticket_sink *sink,
                          void *userdata, struct error *error);

/* ---- keeping house ---- */
/* One bounded piece (some ms) of work that can wait: folding the write-ahead log, pruning answers,
 * making the reserve again. Call when nothing is ready. *more: there is further work at once. FULL is no
 * fault here. */
enum status store_idle(struct store *store, int64_t now_ms, bool *more, struct error *error);

struct store_retention_report {
    uint64_t answers, persons, contacts, messages, sessions, checkpoints; /* rows deleted or emptied */
    bool more; /* call again: the bound was reached */
};
/* Deletes what may no longer be kept (records.h says how long), at most some hundred rows a call. Daily,
 * until !more. */
enum status store_retention(struct store *store, int64_t now_ms, struct store_retention_report *report,
                            struct error *error);

struct store_verify_report {
    uint64_t events, audits, tickets, days, checkpoints;
    int64_t took_us;
};
/* Reads everything: structure of the file, both hash chains from the first event on, every checkpoint,
 * and every ticket row against a replay of its day. Takes minutes on years of data. CORRUPT names what
 * differs first. */
enum status store_verify(struct store *store, store_progress *progress, void *userdata,
                         struct store_verify_report *report, struct error *error);

struct store_space {
    int64_t free_bytes;    /* for this user on the file system; INT64_MAX in memory */
    int64_t file_bytes;    /* database */
    int64_t wal_bytes;     /* write-ahead log */
    int64_t reserve_bytes; /* held back now; 0: released, or could not be made */
};
enum status store_space(struct store *store, struct store_space *space, struct error *error);

/* Gives the reserve's space to the file system, so that calls can go on. True when there was one.
 * store_idle makes it again once twice its size is free. */
bool store_release_reserve(struct store *store);

/* ---- for tests ---- */
enum store_call {
    STORE_CALL_ANY, /* every call to the backend counts */
    STORE_CALL_BEGIN,
    STORE_CALL_READ,
    STORE_CALL_WRITE, /* appended events, answers, ticket rows, records */
    STORE_CALL_COMMIT,
};
struct store_failure {
    enum store_call call;
    uint32_t after;     /* so many matching calls succeed first */
    bool for_ever;      /* false: only the next one fails */
    bool took_effect;   /* commit only: it was durable all the same */
    enum status status; /* STATUS_OK: no failure any more */
};
/* Stores of store_open_memory only. */
void store_memory_fail(struct store *store, const struct store_failure *failure);

#endif
