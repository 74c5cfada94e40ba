/* SPDX-License-Identifier: MIT
 * What happens in the hall. Events are the only truth: the state is what they leave behind, every report is a
 * count of them, and they are stored for ever.
 *
 * To change this file: never rename or renumber a kind, never change the meaning of a field; new fields are
 * optional and their absence means what happened before they existed. Stored days of every release are
 * replayed by a test. */
#ifndef DISPATCHER_CORE_EVENT_H
#define DISPATCHER_CORE_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "dispatcher/core/ids.h"
#include "dispatcher/core/limits.h"

enum actor_kind { ACTOR_SYSTEM, ACTOR_VISITOR, ACTOR_KIOSK, ACTOR_CLERK, ACTOR_MANAGER };
/* Who asked: a kiosk's device id, a clerk's id, a manager's account id, a visitor without name. */
struct actor {
    enum actor_kind kind;
    uint32_t id;
};

/* Order matters: a later class is never lowered to an earlier one. */
enum ticket_class { CLASS_NORMAL, CLASS_REJOINED, CLASS_PRIORITY, CLASS_BOOKED, CLASS_GREEN, TICKET_CLASSES };
enum case_type { CASE_ON_THE_SPOT, CASE_COMMITTED_TIME, CASE_TYPES };
enum window_mode { MODE_UNDIFFERENTIATED, MODE_DOMAIN, MODE_SPECIAL, WINDOW_MODES };
enum authorisation_class {
    AUTHORISATION_WINDOW,
    AUTHORISATION_CHIEF,
    AUTHORISATION_COMPREHENSIVE,
    AUTHORISATION_CLASSES
};
enum pause_reason { PAUSE_BREAK, PAUSE_MEETING, PAUSE_EQUIPMENT, PAUSE_OTHER, PAUSE_REASONS };
enum call_rule { RULE_FAIR, RULE_ASKED_WINDOW, RULE_ASKED_CLERK, RULE_NUMBER, CALL_RULES };
enum place { PLACE_ORIGINAL, PLACE_HEAD, PLACE_AFTER, PLACE_END, PLACES };
enum channel { CHANNEL_KIOSK, CHANNEL_PHONE, CHANNEL_ONLINE, CHANNEL_STAFF, CHANNELS };
enum lapse_reason { LAPSE_DAY_CLOSED, LAPSE_NO_SHOW, LAPSE_REASONS };
enum window_act { ACT_NONE, ACT_CALL, ACT_FINISH, ACT_NO_SHOW, ACT_TRANSFER, WINDOW_ACTS };
enum pair_mode { PAIR_DEFAULT, PAIR_OFF, PAIR_ADVISE, PAIR_CONFIRM, PAIR_AUTOMATIC, PAIR_MODES };
/* What becomes of a proposal; the values of policy allocation-mode. */
enum allocation_mode {
    ALLOCATION_OFF,
    ALLOCATION_ADVISE,
    ALLOCATION_CONFIRM,
    ALLOCATION_AUTOMATIC,
    ALLOCATION_MODES
};
enum proposal_trigger {
    TRIGGER_LONG_WAIT,
    TRIGGER_QUEUE_GROWS,
    TRIGGER_IDLE_WINDOW,
    TRIGGER_UNCOVERED,
    TRIGGER_BREAK_AHEAD,
    TRIGGER_ROUTINE,
    TRIGGERS
};
enum proposal_answer { /* the first two and reverted by a manager, the rest by the system */
                       ANSWER_ACCEPTED,
                       ANSWER_REJECTED,
                       ANSWER_EXPIRED,
                       ANSWER_WITHDRAWN,
                       ANSWER_APPLIED,
                       ANSWER_REVERTED,
                       ANSWERS
};
enum rating_level { /* the five words in their order; the last two are bad ratings */
                    RATING_NONE,
                    RATING_VERY_SATISFIED,
                    RATING_SATISFIED,
                    RATING_FAIRLY_SATISFIED,
                    RATING_DISSATISFIED,
                    RATING_VERY_DISSATISFIED,
                    RATING_LEVELS
};

struct item_list {
    uint16_t count;
    struct item_id items[ITEM_LIST_MAX];
};

struct session {
    uint16_t from_min, to_min;
}; /* minutes of the day */
struct session_list {
    uint16_t count;
    struct session sessions[SESSIONS_MAX];
};

/* A reason in a person's words, NUL-terminated UTF-8. */
struct words {
    char bytes[WORDS_MAX + 1];
};

/* What an index is made of, in the order of the terms of a candidate. */
enum rule_term {
    TERM_WEIGHT,     /* of its class */
    TERM_WAIT,       /* how long it has waited */
    TERM_SPEED,      /* how soon it will be done here */
    TERM_EFFICIENCY, /* how well this window suits it */
    TERM_CROWD,      /* how many wait in its domain */
    TERM_POSTING,    /* whether its domain is posted here */
    RULE_TERMS
};

/* One ticket that the rule weighed: what it had waited, what it would take here, and its index (log2, Q16),
 * which is the sum of its terms. */
struct candidate {
    struct number number;
    uint8_t class;      /* enum ticket_class */
    uint8_t posted;     /* 1: its domain is posted at the window */
    int32_t age_s;      /* since its reference time */
    int32_t handling_s; /* expected at this window, with changeover */
    int32_t index_q16;
    int32_t terms_q16[RULE_TERMS]; /* all 0 in old logs */
};
struct candidate_list {
    uint16_t count;
    struct candidate list[CANDIDATES_MAX]; /* best first; the first is the one called */
};

/* What a proposal would do to the mean wait of a domain's visitors: predicted mean with its P10 and P90, if
 * nothing changes and if it is done. */
struct effect {
    struct domain_id domain; /* 0: the whole hall */
    uint16_t now_s, now_low_s, now_high_s;
    uint16_t after_s, after_low_s, after_high_s;
};
struct effect_list {
    uint16_t count;
    struct effect list[EFFECTS_MAX];
};

/* ---- set-up: command and event carry the same ---- */
struct policy_set {
    uint16_t key;
    int32_t value;
};
struct zone_set {
    struct zone_id zone;
    char letter;
};
struct domain_set {
    struct domain_id domain;
    char series;
    uint16_t slot_capacity;
    bool retired;
};
struct item_set {
    struct item_id item;
    struct domain_id domain;
    uint32_t expected_ms;   /* handling time */
    uint16_t daily_quota;   /* numbers a day; 0: no limit */
    uint16_t slot_capacity; /* bookings a slot; 0: the domain's */
    uint32_t zones;         /* bit z-1 set: served in zone z only; 0: anywhere */
    uint8_t case_type;
    bool needs_identity, bookable, special_only, retired;
};
struct window_set {
    struct window_id window;
    struct zone_id zone;
    struct domain_id primary; /* the domain its clerks do most; 0: none */
    uint64_t domains;         /* domain windows: bit d-1 */
    struct item_list items;   /* special windows */
    uint8_t mode;
    bool retired;
};
struct kind_set {
    uint16_t kind;
    uint8_t class;
};
struct clerk_set {
    struct clerk_id clerk;
    uint16_t speed_permille;
    bool trained, retired;
};
struct authorisation_set {
    uint16_t authorisation;
    struct clerk_id clerk;
    uint64_t domains;       /* whole domains, bit d-1 */
    struct item_list items; /* and single items */
    int32_t from_date, to_date;
    uint8_t class;
    bool revoked;
};
struct week_set {
    uint16_t weekday;
    struct session_list sessions;
}; /* 0 = Sunday */
struct calendar_set {
    int32_t date;
    struct session_list sessions;
}; /* none: closed that day */
struct window_posted {
    struct window_id window;
    uint64_t domains; /* 0: all that it may do */
    /* of the event only: */
    uint64_t leaves;  /* domains that this leaves without an on-duty window posted for them */
    int64_t since_ms; /* in checkpoints: when its posting last changed */
};
/* What was learned from services; used beside the configured values where policy use-learned says so. */
struct item_learned {
    struct item_id item;
    uint32_t expected_ms; /* handling time; 0: forgotten */
};
struct domain_learned {
    struct domain_id domain;
    uint32_t expected_ms; /* mean handling time of its tickets; 0: forgotten */
};
struct clerk_learned {
    struct clerk_id clerk;
    uint16_t speed_permille; /* 0: forgotten */
};
/* How far a window that loses one domain and gains another may be moved by proposals. */
struct pair_set {
    struct domain_id from, to;
    uint8_t mode; /* enum pair_mode; default: policy allocation-mode */
};
/* Known ahead; they tell the planner what is coming and do nothing by themselves. */
struct break_planned {
    struct window_id window;
    int64_t from_ms, to_ms;
};
struct breaks_cleared {
    struct window_id window;
};

/* ---- the business day ---- */
struct day_opened {
    int32_t date;
};
struct day_closing {
    int32_t date;
};
struct day_closed {
    int32_t date;
};

/* ---- windows ---- */
struct duty_started {
    struct window_id window;
    struct clerk_id clerk;
    struct clerk_id taken_from;
};
struct duty_ended {
    struct window_id window;
    struct clerk_id clerk;
};
struct window_paused {
    struct window_id window;
    uint8_t reason;
    int64_t until_ms;
};
struct window_unpaused {
    struct window_id window;
};

/* ---- tickets ---- */
struct ticket_issued {
    struct number number;
    struct item_list items;
    int64_t ref_ms;              /* from when its waiting counts; may lie ahead for a booking */
    struct booking_code booking; /* checked in with it */
    struct person_id person;
    struct window_id window; /* asked for */
    struct clerk_id clerk;   /* asked for */
    uint16_t kind;           /* priority kind */
    uint8_t class;
    uint8_t channel;
    struct words reason; /* of a green-channel grant */
};
struct ticket_called {
    struct number number;
    struct window_id window;
    struct clerk_id clerk;
    int64_t waited_ms;
    uint8_t rule;
    struct words reason; /* of a call out of order */
    struct candidate_list candidates;
};
struct ticket_recalled {
    struct number number;
    struct window_id window;
};
struct service_started {
    struct number number;
    struct window_id window;
};
struct service_finished {
    struct number number;
    struct window_id window;
    struct clerk_id clerk;
    int64_t served_ms;
    uint32_t done; /* bit i: the ticket's i-th item was done here */
};
/* After a finish that left items for other windows, or that returns to a sender. */
struct ticket_requeued {
    struct number number;
    int64_t ref_ms;
    struct window_id window; /* the sender it returns to */
    uint8_t class;
};
struct ticket_missed {
    struct number number;
    struct window_id window;
};
struct ticket_rejoined {
    struct number number;
    int64_t ref_ms;
    uint8_t class;
};
struct ticket_held {
    struct number number;
    struct window_id window;
    struct words reason;
};
/* window 0: back to waiting with its old place. */
struct ticket_resumed {
    struct number number;
    struct window_id window;
};
struct ticket_transferred {
    struct number number;
    struct window_id from;
    struct item_id item;        /* the item it now waits for; 0: unchanged. It takes the present item's place;
                                   with return_to it comes beside it */
    struct window_id window;    /* waits for this window; 0: any */
    struct clerk_id clerk;      /* waits for this clerk; 0: any */
    struct window_id return_to; /* comes back here after it; 0: does not */
    int64_t ref_ms;
    uint8_t place;
    struct words reason;
};
struct item_added {
    struct number number;
    struct item_id item;
};
struct ticket_cancelled {
    struct number number;
    struct words reason;
};
struct ticket_granted {
    struct number number;
    uint16_t kind;
    uint8_t class;
    struct words reason;
};
struct ticket_lapsed {
    struct number number;
    uint8_t reason;
};
struct ticket_rated {
    struct number number;
    uint8_t level;
    uint32_t tags;
};
struct act_undone {
    struct window_id window;
    struct number number;
    uint8_t act;
};
struct wait_alarmed {
    struct number number;
    int64_t waited_ms;
};

/* What the visitor may expect: P50 and P90 of the remaining wait; and how it was made, before it was
 * corrected by what earlier ones had come to (both 0: it was not corrected). */
struct wait_forecast {
    struct number number;
    uint16_t low_s, high_s;
    uint16_t made_low_s, made_high_s;
};

/* ---- allocation ---- */
struct proposal_made {
    uint32_t proposal; /* 1.., by day */
    struct window_id window;
    uint8_t trigger, mode; /* mode: enum allocation_mode in force */
    struct number oldest;  /* the ticket that waits longest in a domain that would gain; may be none */
    uint64_t before, after;
    uint64_t seed; /* with the cycle: replays the planner's decision */
    uint32_t cycle;
    int32_t gain, gain_error; /* weighted person-seconds, and its standard error */
    int32_t changeovers;      /* added, permille an hour */
    int64_t expires_ms;
    struct effect_list effects;
};
struct proposal_answered {
    uint32_t proposal;
    struct window_id window;
    uint8_t answer;
    struct words reason;
};
/* What it was said to bring and what it brought: weighted person-minutes, seconds of mean wait. */
struct proposal_scored {
    uint32_t proposal;
    int32_t predicted_gain, realised_gain;
    int32_t predicted_wait_s, realised_wait_s;
};
/* Emergency cover: the window is posted for the domain until another window is. */
struct domain_covered {
    struct domain_id domain;
    struct window_id window;
};
struct cover_ended {
    struct domain_id domain;
    struct window_id window;
};
/* People wait and no window can cover the domain. */
struct domain_uncovered {
    struct domain_id domain;
    uint32_t waiting;
};

/* ---- bookings ---- */
struct booking_made {
    struct booking_code booking;
    struct item_id item;
    int32_t date;
    uint16_t slot_min; /* minute of the day when the slot begins */
    struct person_id person;
    uint8_t channel;
};
struct booking_cancelled {
    struct booking_code booking;
};
struct booking_missed {
    struct booking_code booking;
    struct person_id person;
    int32_t date;
};
struct suspension_lifted {
    struct person_id person;
    struct words reason;
};
/* Rebuild what a closed day leaves: only in checkpoints. */
struct miss_kept {
    struct person_id person;
    int32_t date;
};
struct seed_set {
    uint64_t seed;
};

/* X(KIND, "wire-name", union member). The order is the number in stored snapshots: append only. */
#define EVENTS(X)                                                                                            \
    X(POLICY_SET, "policy-set", policy_set)                                                                  \
    X(ZONE_SET, "zone-set", zone_set)                                                                        \
    X(DOMAIN_SET, "domain-set", domain_set)                                                                  \
    X(ITEM_SET, "item-set", item_set)                                                                        \
    X(WINDOW_SET, "window-set", window_set)                                                                  \
    X(KIND_SET, "kind-set", kind_set)                                                                        \
    X(CLERK_SET, "clerk-set", clerk_set)                                                                     \
    X(AUTHORISATION_SET, "authorisation-set", authorisation_set)                                             \
    X(WEEK_SET, "week-set", week_set)                                                                        \
    X(CALENDAR_SET, "calendar-set", calendar_set)                                                            \
    X(WINDOW_POSTED, "window-posted", window_posted)                                                         \
    X(DAY_OPENED, "day-opened", day_opened)                                                                  \
    X(DAY_CLOSING, "day-closing", day_closing)                                                               \
    X(DAY_CLOSED, "day-closed", day_closed)                                                                  \
    X(DUTY_STARTED, "duty-started", duty_started)                                                            \
    X(DUTY_ENDED, "duty-ended", duty_ended)                                                                  \
    X(WINDOW_PAUSED, "window-paused", window_paused)                                                         \
    X(WINDOW_UNPAUSED, "window-unpaused", window_unpaused)                                                   \
    X(TICKET_ISSUED, "ticket-issued", ticket_issued)                                                         \
    X(TICKET_CALLED, "ticket-called", ticket_called)                                                         \
    X(TICKET_RECALLED, "ticket-recalled", ticket_recalled)                                                   \
    X(SERVICE_STARTED, "service-started", service_started)                                                   \
    X(SERVICE_FINISHED, "service-finished", service_finished)                                                \
    X(TICKET_REQUEUED, "ticket-requeued", ticket_requeued)                                                   \
    X(TICKET_MISSED, "ticket-missed", ticket_missed)                                                         \
    X(TICKET_REJOINED, "ticket-rejoined", ticket_rejoined)                                                   \
    X(TICKET_HELD, "ticket-held", ticket_held)                                                               \
    X(TICKET_RESUMED, "ticket-resumed", ticket_resumed)                                                      \
    X(TICKET_TRANSFERRED, "ticket-transferred", ticket_transferred)                                          \
    X(ITEM_ADDED, "item-added", item_added)                                                                  \
    X(TICKET_CANCELLED, "ticket-cancelled", ticket_cancelled)                                                \
    X(TICKET_GRANTED, "ticket-granted", ticket_granted)                                                      \
    X(TICKET_LAPSED, "ticket-lapsed", ticket_lapsed)                                                         \
    X(TICKET_RATED, "ticket-rated", ticket_rated)                                                            \
    X(ACT_UNDONE, "act-undone", act_undone)                                                                  \
    X(WAIT_ALARMED, "wait-alarmed", wait_alarmed)                                                            \
    X(BOOKING_MADE, "booking-made", booking_made)                                                            \
    X(BOOKING_CANCELLED, "booking-cancelled", booking_cancelled)                                             \
    X(BOOKING_MISSED, "booking-missed", booking_missed)                                                      \
    X(SUSPENSION_LIFTED, "suspension-lifted", suspension_lifted)                                             \
    X(MISS_KEPT, "miss-kept", miss_kept)                                                                     \
    X(SEED_SET, "seed-set", seed_set)                                                                        \
    X(ITEM_LEARNED, "item-learned", item_learned)                                                            \
    X(CLERK_LEARNED, "clerk-learned", clerk_learned)                                                         \
    X(PAIR_SET, "pair-set", pair_set)                                                                        \
    X(BREAK_PLANNED, "break-planned", break_planned)                                                         \
    X(BREAKS_CLEARED, "breaks-cleared", breaks_cleared)                                                      \
    X(PROPOSAL_MADE, "proposal-made", proposal_made)                                                         \
    X(PROPOSAL_ANSWERED, "proposal-answered", proposal_answered)                                             \
    X(PROPOSAL_SCORED, "proposal-scored", proposal_scored)                                                   \
    X(DOMAIN_COVERED, "domain-covered", domain_covered)                                                      \
    X(COVER_ENDED, "cover-ended", cover_ended)                                                               \
    X(DOMAIN_UNCOVERED, "domain-uncovered", domain_uncovered)                                                \
    X(WAIT_FORECAST, "wait-forecast", wait_forecast)                                                         \
    X(DOMAIN_LEARNED, "domain-learned", domain_learned)

enum event_kind {
#define X(name, wire, member) EVENT_##name,
    EVENTS(X)
#undef X
        EVENT_KINDS
};

struct event {
    enum event_kind kind;
    int64_t at_ms; /* wall time, UTC; never runs backwards from one event to the next */
    struct actor by;
    union {
#define X(name, wire, member) struct member member;
        EVENTS(X)
#undef X
    };
};

const char *event_name(enum event_kind kind);

#endif
