/* SPDX-License-Identifier: MIT
 * What anybody can ask of the hall. A command names intentions only; hall_decide turns it into events or
 * refuses. */
#ifndef DISPATCHER_CORE_COMMAND_H
#define DISPATCHER_CORE_COMMAND_H

#include "dispatcher/core/event.h"

/* Set-up commands carry the event's own struct (policy_set .. window_posted), and so do learned values,
 * breaks, pairs, scores and forecasts. The rest: */
struct open_day {
    int32_t date;
}; /* 0: the date of now */
struct close_day {
    bool anyway;
}; /* anyway: lapse even tickets that are being served */
struct issue {
    struct item_list items; /* 1..TICKET_ITEMS_MAX, the first is served first */
    struct person_id person;
    struct window_id window;
    struct clerk_id clerk;
    uint16_t kind;
    uint8_t class; /* CLASS_NORMAL, or CLASS_GREEN by staff with a reason; a kind brings its own class */
    uint8_t channel;
    struct number number; /* only for numbers that a kiosk gave while cut off (letter L) */
    int64_t ref_ms;       /* and when it gave them; 0: now */
    struct words reason;
};
struct check_in {
    struct booking_code booking;
    uint8_t channel;
};
struct book {
    struct item_id item;
    int32_t date;
    uint16_t slot_min;
    struct person_id person;
    uint8_t channel;
};
struct cancel_booking {
    struct booking_code booking;
};
struct lift_suspension {
    struct person_id person;
    struct words reason;
};
struct start_duty {
    struct window_id window;
    struct clerk_id clerk;
    bool takeover;
};
struct end_duty {
    struct window_id window;
};
struct pause {
    struct window_id window;
    uint8_t reason;
    int64_t until_ms;
}; /* until 0: open-ended; else within a day */
struct unpause {
    struct window_id window;
};
struct call {
    struct window_id window;
};
struct call_number {
    struct window_id window;
    struct number number;
    struct words reason;
};
struct recall {
    struct window_id window;
};
struct start {
    struct window_id window;
};
struct finish {
    struct window_id window;
};
struct no_show {
    struct window_id window;
};
struct hold {
    struct window_id window;
    struct words reason;
};
struct resume {
    struct window_id window;
    struct number number;
    bool to_waiting;
};
struct transfer {
    struct window_id window; /* where it is now */
    struct item_id item;
    struct window_id to_window;
    struct clerk_id to_clerk;
    uint16_t after; /* with PLACE_AFTER: so many callable tickets go first */
    uint8_t place;
    bool returns;
    struct words reason;
};
struct add_item {
    struct window_id window;
    struct item_id item;
};
struct undo {
    struct window_id window;
};
struct rejoin {
    struct number number;
};
struct cancel {
    struct number number;
    struct words reason;
};
struct grant {
    struct number number;
    uint16_t kind;
    uint8_t class;
    struct words reason;
};
struct rate {
    struct number number;
    uint8_t level;
    uint32_t tags;
};
struct propose { /* by the system only */
    struct window_id window;
    uint8_t trigger;
    struct number oldest;
    uint64_t after;
    uint64_t seed;
    uint32_t cycle;
    int32_t gain, gain_error;
    int32_t changeovers;
    struct effect_list effects;
};
struct answer_proposal {
    uint32_t proposal;
    uint8_t answer; /* a manager: accepted, rejected (with a reason), reverted; the system: withdrawn */
    struct words reason;
};
struct tick {
    char unused;
};

/* X(KIND, "wire-name", union member, struct) */
#define COMMANDS(X)                                                                                          \
    X(SET_POLICY, "set-policy", set_policy, policy_set)                                                      \
    X(SET_ZONE, "set-zone", set_zone, zone_set)                                                              \
    X(SET_DOMAIN, "set-domain", set_domain, domain_set)                                                      \
    X(SET_ITEM, "set-item", set_item, item_set)                                                              \
    X(SET_WINDOW, "set-window", set_window, window_set)                                                      \
    X(SET_KIND, "set-kind", set_kind, kind_set)                                                              \
    X(SET_CLERK, "set-clerk", set_clerk, clerk_set)                                                          \
    X(SET_AUTHORISATION, "set-authorisation", set_authorisation, authorisation_set)                          \
    X(SET_WEEK, "set-week", set_week, week_set)                                                              \
    X(SET_CALENDAR, "set-calendar", set_calendar, calendar_set)                                              \
    X(POST, "post", post, window_posted)                                                                     \
    X(SET_SEED, "set-seed", set_seed, seed_set)                                                              \
    X(OPEN_DAY, "open-day", open_day, open_day)                                                              \
    X(CLOSE_DAY, "close-day", close_day, close_day)                                                          \
    X(ISSUE, "issue", issue, issue)                                                                          \
    X(CHECK_IN, "check-in", check_in, check_in)                                                              \
    X(BOOK, "book", book, book)                                                                              \
    X(CANCEL_BOOKING, "cancel-booking", cancel_booking, cancel_booking)                                      \
    X(LIFT_SUSPENSION, "lift-suspension", lift_suspension, lift_suspension)                                  \
    X(START_DUTY, "start-duty", start_duty, start_duty)                                                      \
    X(END_DUTY, "end-duty", end_duty, end_duty)                                                              \
    X(PAUSE, "pause", pause, pause)                                                                          \
    X(UNPAUSE, "unpause", unpause, unpause)                                                                  \
    X(CALL, "call", call, call)                                                                              \
    X(CALL_NUMBER, "call-number", call_number, call_number)                                                  \
    X(RECALL, "recall", recall, recall)                                                                      \
    X(START, "start", start, start)                                                                          \
    X(FINISH, "finish", finish, finish)                                                                      \
    X(NO_SHOW, "no-show", no_show, no_show)                                                                  \
    X(HOLD, "hold", hold, hold)                                                                              \
    X(RESUME, "resume", resume, resume)                                                                      \
    X(TRANSFER, "transfer", transfer, transfer)                                                              \
    X(ADD_ITEM, "add-item", add_item, add_item)                                                              \
    X(UNDO, "undo", undo, undo)                                                                              \
    X(REJOIN, "rejoin", rejoin, rejoin)                                                                      \
    X(CANCEL, "cancel", cancel, cancel)                                                                      \
    X(GRANT, "grant", grant, grant)                                                                          \
    X(RATE, "rate", rate, rate)                                                                              \
    X(TICK, "tick", tick, tick)                                                                              \
    X(LEARN_ITEM, "learn-item", learn_item, item_learned)                                                    \
    X(LEARN_CLERK, "learn-clerk", learn_clerk, clerk_learned)                                                \
    X(SET_PAIR, "set-pair", set_pair, pair_set)                                                              \
    X(PLAN_BREAK, "plan-break", plan_break, break_planned)                                                   \
    X(CLEAR_BREAKS, "clear-breaks", clear_breaks, breaks_cleared)                                            \
    X(PROPOSE, "propose", propose, propose)                                                                  \
    X(ANSWER_PROPOSAL, "answer-proposal", answer_proposal, answer_proposal)                                  \
    X(SCORE_PROPOSAL, "score-proposal", score_proposal, proposal_scored)                                     \
    X(FORECAST_TICKET, "forecast-ticket", forecast_ticket, wait_forecast)                                    \
    X(LEARN_DOMAIN, "learn-domain", learn_domain, domain_learned)

enum command_kind {
#define X(name, wire, member, type) COMMAND_##name,
    COMMANDS(X)
#undef X
        COMMAND_KINDS
};

struct command {
    enum command_kind kind;
    struct actor by;
    union {
#define X(name, wire, member, type) struct type member;
        COMMANDS(X)
#undef X
    };
};

const char *command_name(enum command_kind kind);

#endif
