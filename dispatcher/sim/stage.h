/* SPDX-License-Identifier: MIT
 * A hall on trial. Every event that it produces is written as text, read back, compared, taken in and
 * followed by the audit; time passes as the dispatcher lets it pass. */
#ifndef DISPATCHER_SIM_STAGE_H
#define DISPATCHER_SIM_STAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/base/span.h"
#include "common/base/status.h"
#include "dispatcher/core/hall.h"

typedef void stage_sink(const struct event *event, void *userdata);

struct stage {
    struct hall *hall; /* owned */
    int64_t now_ms;    /* may lie behind hall->last_ms when the clock was set back */
    struct decision decision;
    uint64_t event_count;
    uint64_t unaudited; /* so many of the next events are taken without audit: for bulk work */
    stage_sink *sink;   /* told of every event taken, as read back from its text; may be NULL */
    void *userdata;
};

/* A fresh hall with default policies. False when memory runs out. */
bool stage_init(struct stage *stage);
void stage_destroy(struct stage *stage);

/* Makes the hall fresh again. */
void stage_clear(struct stage *stage);

/* Decides at stage->now_ms and takes what comes of it. Returns true when accepted (stage->decision.count
 * events), false when refused or when something is broken: then error->status is not STATUS_OK. */
bool stage_act(struct stage *stage, const struct command *command, struct error *error);

/* Takes one event in, with round trip and audit. False: *error says what is broken. */
bool stage_take(struct stage *stage, const struct event *event, struct error *error);

/* Takes in an event as it was stored: no look at the order of time. False: broken. */
bool stage_take_stored(struct stage *stage, const struct event *event, struct error *error);

/* Ticks until none brings events. False: broken. */
bool stage_tick(struct stage *stage, struct error *error);

/* Lets time pass until to_ms, with ticks at every deadline on the way. False: broken. */
bool stage_pass(struct stage *stage, int64_t to_ms, struct error *error);

/* Whether two events say the same, field by field, with their actors. */
bool event_same(const struct event *a, const struct event *b);

/* "09:02:00", with ".123" when there are milliseconds; hours go on beyond 24. Returns out. */
enum { CLOCK_TEXT_MAX = 40 };
const char *clock_text(int64_t since_midnight_ms, char out[CLOCK_TEXT_MAX]);

/* "2026-11-23"; returns out. */
enum { DATE_TEXT_MAX = 32 };
const char *date_text(int32_t date, char out[DATE_TEXT_MAX]);

/* Writes `WORD 09:02:00`, with `date 2026-11-23` on a line before it when the day is not *date. */
void time_write(const char *word, int64_t at_ms, int64_t utc_offset_min, int32_t *date, struct text *out);

/* Reads "2026-11-23"; false when it is not a date. */
bool date_read(struct span text, int32_t *out);

#endif
