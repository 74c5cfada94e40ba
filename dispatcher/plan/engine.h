/* SPDX-License-Identifier: MIT
 * A hall in simulated time, as small and fast as can be: lines of tickets, windows, arrivals, breaks. What it
 * leaves out of the real hall (numbers, undo, bookings' paperwork) cannot change a wait. Everything that asks
 * "what if" runs on it: proposals, forecasts, tomorrow's plan, the baselines and bounds. The call rule is the
 * core's own (dispatcher/core/rule_index.h).
 *
 * Times are ms from any fixed instant (the day's opening, or now). A model is constant while runs share it; a
 * run is memory that is used again for each future. */
#ifndef DISPATCHER_PLAN_ENGINE_H
#define DISPATCHER_PLAN_ENGINE_H

#include <stdbool.h>
#include <stdint.h>

#include "dispatcher/core/event.h"
#include "dispatcher/core/limits.h"

enum { NO_DOMAIN = 255, NO_TICKET = UINT16_MAX, ENGINE_OFFS_MAX = 12 };
enum { ENGINE_NEVER = INT32_MAX };

/* A time span in which a window does not call. */
struct engine_off {
    int32_t from_ms, to_ms;
};

struct engine_window {
    uint64_t may;    /* bit d: authorised for domain d */
    uint64_t posted; /* bit d: prefers it */
    uint8_t primary; /* domain, or NO_DOMAIN */
    bool absent;
    uint8_t off_count;
    struct engine_off offs[ENGINE_OFFS_MAX]; /* by time, not overlapping */
    /* where it stands when the run begins */
    int32_t ready_ms;    /* serves until then */
    int32_t idle_ms;     /* idle since; when it is free at the beginning */
    int32_t busy_ms;     /* served so far today, for the choice among idle windows */
    uint8_t last_domain; /* or NO_DOMAIN */
    uint32_t pace_q16;   /* what services take against true_factor_q16; 0 like 65536: as much */
};

/* What a run must know of a hall; `factor` tables have windows * domains rows: handling ms = standard ms *
 * factor / 65536 (slowdown over speed). */
struct engine_model {
    unsigned domains, windows;
    int32_t mean_ms[DOMAINS_MAX]; /* expected standard length */
    int32_t changeover_ms, no_show_ms, early_ms;
    int32_t open_ms;             /* nobody is called before */
    uint16_t aside[DOMAINS_MAX]; /* tickets that wait in no line (for a certain window); part of the crowd */
    struct engine_window *window;
    uint32_t *true_factor_q16; /* what services will take */
    uint32_t *rule_factor_q16; /* what the rule believes */
};

struct engine_ticket {
    int32_t arrive_ms;
    int32_t ref_ms;                /* its place in line, and from when its wait counts */
    int32_t length_ms, length2_ms; /* standard lengths as they will turn out */
    int32_t expect_ms, expect2_ms; /* expectation of its items */
    int32_t item_ms;               /* of the one item that the rule looks at; 0: expect_ms */
    uint8_t domain, domain2;       /* domain2: another leg; NO_DOMAIN: none (length_ms holds all) */
    uint8_t class;                 /* enum ticket_class */
    bool no_show;
    bool is_ghost;   /* waits for its turn but takes no service and makes no crowd: it only asks "when?" */
    bool is_awaited; /* a play also ends when all awaited tickets, if there are any, have been called */
};

/* What became of a ticket. */
struct engine_result {
    int32_t first_call_ms; /* ENGINE_NEVER: not yet */
    int32_t wait_ms;       /* of all legs that were called */
    int32_t done_ms;       /* end of the last leg; ENGINE_NEVER: not yet */
    uint16_t window;       /* of the last call */
};

enum engine_window_state { ENGINE_ABSENT, ENGINE_IDLE, ENGINE_BUSY, ENGINE_OFF };

struct engine_window_run {
    uint8_t state;
    uint8_t last_domain;
    uint8_t off_next;
    uint16_t ticket; /* served now */
    int32_t idle_ms;
    int32_t busy_ms;
    int32_t off_ms;      /* in breaks */
    int32_t last_off_ms; /* end of its last break */
    uint32_t calls, changeovers, served;
    int64_t standard_ms;
};

struct engine_run;

/* How a free window chooses and which idle window takes an arrival. */
struct engine_policy {
    /* The line (domain * TICKET_CLASSES + class) whose head window w calls now, or -1. */
    int (*pick)(struct engine_run *run, unsigned w);
    /* Whether idle window a should rather take a ticket of domain d than idle window b. */
    bool (*prefers)(const struct engine_run *run, unsigned a, unsigned b, unsigned d);
    /* Called every five minutes after opening; may change run->serves. May be NULL. */
    void (*review)(struct engine_run *run);
    const void *knobs;
};

struct engine_line {
    uint16_t head, tail;
    uint32_t count;
};

struct engine_run {
    const struct engine_model *model;
    const struct engine_policy *policy;
    struct engine_ticket *tickets; /* borrowed; in order of arrival; legs change domain, class and ref */
    struct engine_result *results; /* borrowed; one a ticket */
    unsigned ticket_count;
    int32_t now_ms;
    uint64_t filled[TICKET_CLASSES]; /* bit d: the line has a head */
    struct engine_line lines[DOMAINS_MAX * TICKET_CLASSES];
    uint32_t crowd[DOMAINS_MAX]; /* tickets waiting in a domain, without ghosts */
    uint64_t idle[WINDOWS_MAX / 64];
    uint64_t serves[WINDOWS_MAX]; /* bit d: may be called for it */
    int32_t next_ms[WINDOWS_MAX]; /* when its service or break ends, or its next break begins */
    unsigned soonest;             /* the window with the least of them, while that is known */
    struct engine_window_run window[WINDOWS_MAX];
    uint16_t chosen; /* set by a pick that means another ticket of the line than its head */
    unsigned waiting;
    unsigned arrived; /* tickets[0 .. arrived) have come */
    uint32_t posted_changes;
    uint64_t posted[WINDOWS_MAX];
    int32_t review_ms;
    uint16_t *next; /* owned; links of the lines */
    uint8_t *leg;   /* owned; 1: waits for its second leg */
    unsigned capacity;
    unsigned awaited; /* tickets, and those of them not called yet */
    unsigned to_call;
};

/* A run for at most `tickets` tickets; false without memory. */
bool engine_init(struct engine_run *run, unsigned tickets);
void engine_destroy(struct engine_run *run);

/* Plays the tickets from start_ms until nothing is left to do or until_ms. Those with arrive_ms <= start_ms
 * wait already. Results of all tickets are set. */
void engine_play(struct engine_run *run, const struct engine_model *model, const struct engine_policy *policy,
                 struct engine_ticket *tickets, struct engine_result *results, unsigned count,
                 int32_t start_ms, int32_t until_ms);

/* ---- for policies ---- */
static inline unsigned engine_line_of(unsigned domain, unsigned class)
{
    return domain * TICKET_CLASSES + class;
}

/* Handling that the rule expects at window w for a standard length in domain d, ms, with changeover. */
/* An idle window whose domains grew looks for work now; nothing for a busy one. */
void engine_free_now(struct engine_run *run, unsigned w);

int32_t engine_expected_ms(const struct engine_run *run, unsigned w, unsigned d, int32_t standard_ms);

#endif
