/* SPDX-License-Identifier: MIT
 * A small hall for tests of learning: commands go through the core, what comes of them to learning. */
#ifndef TESTS_UNIT_PLAN_LEARN_KIT_H
#define TESTS_UNIT_PLAN_LEARN_KIT_H

#include "dispatcher/core/hall.h"
#include "dispatcher/plan/demand.h"
#include "dispatcher/plan/learn.h"

enum { KIT_DATE = 20780, KIT_OFFSET_MIN = 480 }; /* a Monday: 2026-11-23 */

struct kit_event {
    struct event event;
};

struct kit {
    struct hall *hall;
    struct learn *learn;
    struct demand *demand;
    int64_t now_ms;
    struct decision decision;
    bool records;
    struct event *log; /* owned; while records */
    size_t log_count, log_capacity;
};

void kit_init(struct kit *kit);
void kit_destroy(struct kit *kit);

/* Does it at kit->now_ms; the test fails when the hall refuses. */
void kit_do(struct kit *kit, struct command command);
bool kit_try(struct kit *kit, struct command command);

/* Domains 1.., items 1.. dealt to them in turn, undifferentiated windows 1.. with a clerk each who may do
 * everything, open 9:00-17:00 on working days. */
struct kit_shape {
    unsigned domains, items, windows, clerks;
    uint32_t expected_ms;
    uint16_t speed_permille;
};
void kit_found(struct kit *kit, const struct kit_shape *shape);

/* Sets the clock to a minute of the date and opens the day; clerk 1 to window 1 and so on. */
void kit_open(struct kit *kit, int32_t date, unsigned minute, unsigned windows);
void kit_close(struct kit *kit);
int64_t kit_at_ms(int32_t date, unsigned minute);

/* A ticket is issued and called at the window: its number. */
struct number kit_call(struct kit *kit, unsigned window, const struct item_list *items);

/* Called, started and finished after ms. */
void kit_serve(struct kit *kit, unsigned window, unsigned item, int64_t ms);

/* The latest value of one event of the last command. */
const struct event *kit_event_of(const struct kit *kit, enum event_kind kind);

#endif
