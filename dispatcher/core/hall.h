/* SPDX-License-Identifier: MIT
 * The hall as one plain value. hall_decide reads it and says what would happen; hall_evolve is the only
 * function that changes it and never refuses; hall_next_deadline says when time alone will make something
 * happen. No I/O, no clock, no allocation: the shell owns the memory (some 12 MB) and zeroes it before
 * hall_init. */
#ifndef DISPATCHER_CORE_HALL_H
#define DISPATCHER_CORE_HALL_H

#include <stdbool.h>
#include <stdint.h>

#include "dispatcher/core/calendar.h"
#include "dispatcher/core/command.h"
#include "dispatcher/core/event.h"
#include "dispatcher/core/limits.h"
#include "dispatcher/core/policy.h"
#include "dispatcher/core/refusal.h"

enum { ITEM_WORDS = ITEMS_MAX / 64 };
enum { NUMBER_SLOTS = 2 * TICKETS_MAX }; /* open addressing, at most half full */
enum { SERIES_LETTERS = 26 };
enum { PROPOSAL_WORDS = PROPOSALS_DAY_MAX / 64 };
/* Within which policies allocation-per-cycle and allocation-per-hour count. */
enum { ALLOCATION_CYCLE_MS = 5 * 60 * 1000, ALLOCATION_HOUR_MS = 60 * 60 * 1000 };

enum day_state { DAY_CLOSED, DAY_OPEN, DAY_CLOSING };

enum ticket_state {
    TICKET_NONE,
    TICKET_WAITING,
    TICKET_CALLED,
    TICKET_SERVING,
    TICKET_HELD,
    TICKET_MISSED,
    TICKET_FINISHED,
    TICKET_CANCELLED,
    TICKET_LAPSED,
    TICKET_STATES
};
extern const char *const ticket_state_names[]; /* "waiting"; ended by NULL */

struct zone {
    bool exists;
    char letter;
};

struct domain {
    bool exists, retired;
    char series;
    uint16_t slot_capacity;
    uint32_t learned_ms;    /* mean handling time learned from its tickets; 0: none */
    uint32_t items_mean_ms; /* plain mean over its items */
    uint32_t waiting;       /* tickets whose current item is of this domain */
    uint32_t served;        /* services finished today */
};

struct item {
    bool exists;
    struct item_set set;
    uint32_t issued;     /* today: tickets with this item that were not cancelled */
    uint32_t learned_ms; /* handling time learned from services; 0: none */
};

struct clerk {
    bool exists;
    uint16_t learned_permille; /* speed learned from services; 0: none */
    struct clerk_set set;
    struct window_id window; /* on duty at; 0: off duty */
};

struct authorisation {
    bool exists;
    struct authorisation_set set;
};

struct ticket {
    struct number number;
    uint8_t state; /* enum ticket_state */
    uint8_t class;
    uint8_t channel;
    uint8_t item_count;
    uint32_t done; /* bit i: items[i] is done */
    struct item_id items[TICKET_ITEMS_MAX];
    uint8_t current;                  /* index of the item it waits for or is served for */
    uint8_t return_item;              /* with return_to: index of the item that its sender goes on with */
    uint8_t recalls, rejoins, rating; /* rating: enum rating_level */
    uint16_t kind;
    bool alarmed, transferred;
    bool has_forecast;                                 /* then these are told, P50 and P90 of the remaining */
    uint16_t low_s, high_s, first_low_s, first_high_s; /* wait: the latest and the first */
    struct window_id window;       /* called, served or held here; for closed tickets: where last */
    struct clerk_id clerk;         /* who called it last */
    struct window_id asked_window; /* waits for this one only; 0: any */
    struct clerk_id asked_clerk;
    struct window_id return_to; /* the sender that it goes back to */
    struct person_id person;
    struct booking_code booking;
    uint32_t waiting_at; /* position in hall.waiting while waiting */
    uint32_t order;      /* tie-break of equal reference times: smaller first */
    int64_t ref_ms;      /* from when the rule counts its waiting */
    int64_t issued_ms;
    int64_t wait_from_ms;                                 /* begin of the present wait */
    int64_t waited_ms;                                    /* of all earlier waits */
    int64_t called_ms, recalled_ms, started_ms, ended_ms; /* the last of each; 0: never */
    int64_t served_ms;                                    /* of all services */
    int64_t rated_ms;
};

/* The last act at a window, with what it changed, kept so that it can be undone. */
struct undo_slot {
    uint8_t act; /* enum window_act */
    int64_t at_ms;
    struct ticket_id ticket;
    struct ticket before;
    int64_t busy_ms_before;
    uint32_t served_before;
    struct domain_id last_domain_before;
    struct domain_id domain; /* of the ticket's item then; the catalogue may change meanwhile */
};

struct planned_break {
    int64_t from_ms, to_ms;
};

struct window {
    bool exists, paused;
    uint8_t pause_reason;
    int64_t pause_until_ms;
    int64_t paused_ms;     /* when the present pause began */
    int64_t duty_ms;       /* when the present duty began */
    int64_t idle_from_ms;  /* when it last became free; 0: it is not */
    int64_t busy_ms_today; /* from call to end, finished services */
    struct window_set set;
    uint64_t posted;      /* bit d-1; 0: everything that it may do */
    uint64_t cover;       /* those of them that it only stands in for: hall_posting */
    int64_t posted_ms;    /* when its posting, covers apart, last changed; 0: never */
    uint64_t may_domains; /* bit d-1: may be called for some item of domain d */
    uint16_t break_count; /* breaks that are known ahead, by time; past ones may still be there */
    struct planned_break breaks[BREAKS_MAX];
    struct clerk_id clerk;        /* on duty; 0: nobody */
    struct ticket_id ticket;      /* called or served; 0: free */
    struct domain_id last_domain; /* for changeovers */
    uint32_t served;              /* today */
    uint64_t may[ITEM_WORDS]; /* bit i-1: may be called for item i (mode, zone, authorisations, training) */
    struct undo_slot undo;
};

enum booking_state { BOOKING_FREE, BOOKING_MADE, BOOKING_USED };
struct booking {
    struct booking_code code;
    struct item_id item;
    struct person_id person;
    int32_t date;
    uint16_t slot_min;
    uint8_t channel;
    uint8_t state;
};

struct miss {
    struct person_id person;
    int32_t date;
};

/* A waiting ticket as the call rule scans it: what it needs of struct ticket, side by side. */
struct waiting {
    int64_t ref_ms;
    uint32_t order;
    struct ticket_id ticket;
    struct item_id item;
    uint8_t domain;
    uint8_t class;
    struct window_id asked_window;
    struct clerk_id asked_clerk;
};

struct counts { /* of the business day; I9: issued = the sum of the states */
    uint32_t issued;
    uint32_t states[TICKET_STATES];
    uint32_t green_grants;
    uint32_t calls;
};

/* A proposal that is open, or that was applied by itself and can still be reverted: until made.expires_ms,
 * later it means nothing. */
struct proposal {
    struct proposal_made made;
    int64_t made_ms;
    bool is_applied;
};

struct hall {
    /* set-up */
    int32_t policy[POLICY_KEYS];
    struct zone zones[ZONES_MAX + 1];
    struct domain domains[DOMAINS_MAX + 1];
    struct item items[ITEMS_MAX + 1];
    struct window windows[WINDOWS_MAX + 1];
    struct clerk clerks[CLERKS_MAX + 1];
    struct authorisation authorisations[AUTHORISATIONS_MAX + 1];
    uint16_t authorisations_top; /* the largest number in use */
    uint16_t windows_top, items_top;
    bool kind_exists[PRIORITY_KINDS_MAX + 1];
    uint8_t kind_class[PRIORITY_KINDS_MAX + 1];
    struct session_list week[7];
    uint32_t calendar_count;
    struct calendar_set calendar[CALENDAR_DAYS_MAX];      /* by date */
    uint8_t pair_modes[DOMAINS_MAX + 1][DOMAINS_MAX + 1]; /* [from][to]: enum pair_mode */

    /* lasting */
    uint64_t seed;
    int64_t last_ms;        /* time of the last event */
    uint32_t booking_count; /* in use, including holes */
    struct booking bookings[BOOKINGS_MAX];
    uint32_t miss_count;
    struct miss misses[MISSES_MAX];

    /* the business day */
    uint8_t day_state;
    bool settled; /* the day is closed and its tickets are no longer here, only in the store */
    int32_t date;
    int64_t midnight_ms;
    int64_t opened_ms;
    struct counts counts;
    uint32_t order_next;
    uint16_t series_last[SERIES_LETTERS];
    char series_now[DOMAINS_MAX + 1]; /* the letter a domain uses now; 0: its own */
    uint32_t ticket_count;
    struct ticket tickets[TICKETS_MAX + 1]; /* by ticket_id */
    uint16_t by_number[NUMBER_SLOTS];
    uint32_t waiting_count;
    struct waiting waiting[TICKETS_MAX]; /* in no order */
    uint64_t uncovered;                  /* bit d-1: alarmed, and no window has been posted for it since */
    uint32_t proposal_last;              /* number of the day's latest proposal */
    uint32_t proposal_count;
    struct proposal proposals[PROPOSALS_MAX];                                     /* by number */
    uint64_t proposals_scored[PROPOSAL_WORDS], proposals_expired[PROPOSAL_WORDS]; /* bit: number - 1 */
    uint32_t change_count;
    int64_t changes_ms[CHANGES_MAX]; /* when proposals were carried out, oldest first; the latest of them */
};

/* What a command leads to: either a refusal or events, in order. */
struct decision {
    struct refusal refusal;
    uint32_t count;
    struct event events[EVENTS_MAX];
};

/* Sets the policies to their defaults. `hall` must be zeroed memory. */
void hall_init(struct hall *hall);

/* Says what the command would do at time now_ms. Reads only. Returns true and the events (perhaps none), or
 * false and the refusal. Every command either happens whole or not at all. */
bool hall_decide(const struct hall *hall, const struct command *command, int64_t now_ms,
                 struct decision *out);

/* Takes an event in. Never refuses: events come from hall_decide or from the store. */
void hall_evolve(struct hall *hall, const struct event *event);

/* When to send the next tick at the latest, wall ms; a value not after now_ms means at once. Where free
 * windows call by themselves (policy auto-call), also send ticks after every command until one brings no
 * events. */
int64_t hall_next_deadline(const struct hall *hall, int64_t now_ms);

/* ---- reading (no effects) ---- */
/* The ticket of the present business day with this number; NULL when there is none. */
const struct ticket *hall_ticket(const struct hall *hall, struct number number);
struct ticket_id hall_ticket_id(const struct hall *hall, struct number number);
const struct booking *hall_booking(const struct hall *hall, struct booking_code code);

/* Whether the window, as it is now staffed, may be called tickets for the item. */
bool hall_window_may_serve(const struct hall *hall, struct window_id window, struct item_id item);

/* The item that a ticket waits for or is served for, and its domain. */
struct item_id ticket_item(const struct ticket *ticket);
struct domain_id hall_ticket_domain(const struct hall *hall, const struct ticket *ticket);

/* Sessions of a date: the calendar's exception or the weekly rule. count 0: closed. */
struct session_list hall_sessions(const struct hall *hall, int32_t date);
int64_t hall_midnight_ms(const struct hall *hall, int32_t date);

/* The civil date at a wall time, in the hall's zone. */
int32_t hall_date_at(const struct hall *hall, int64_t at_ms);

/* Whether an authorisation of the clerk that is valid on the date covers the item; training is not looked at.
 */
bool hall_clerk_authorised(const struct hall *hall, struct clerk_id clerk, struct item_id item, int32_t date);

/* Waiting tickets of the ticket's domain that stand before it: a higher class, or its class and earlier;
 * normal and rejoined tickets stand in one line. */
uint32_t hall_people_ahead(const struct hall *hall, const struct ticket *ticket);

/* Places left in a slot for a channel; negative when the slot is not offered at all. */
int32_t hall_slot_left(const struct hall *hall, struct item_id item, int32_t date, uint16_t slot_min,
                       enum channel channel);

/* Windows on duty and not paused that may serve the item. */
uint32_t hall_windows_for(const struct hall *hall, struct item_id item);

/* ---- learned values ---- */
/* Handling time of an item in ms and speed of a clerk in permille (1000 when none is set): as learned where
 * policy use-learned says so and something was learned, else as configured. */
uint32_t hall_item_ms(const struct hall *hall, struct item_id item);
uint32_t hall_domain_ms(const struct hall *hall,
                        struct domain_id domain); /* a ticket of the domain; 0: it has no items */
uint16_t hall_clerk_permille(const struct hall *hall, struct clerk_id clerk);

/* ---- postings and proposals ---- */
/* The domains that the window is posted for, of those that it may serve as it is now staffed; without those
 * that it only covers. A window that is posted for nothing in particular is posted for all of them. 0: off
 * duty. */
uint64_t hall_posting(const struct hall *hall, struct window_id window);

/* Domains that would have no on-duty window posted for them (covers apart) if this window, which is posted
 * for them now, were posted for `domains` (0: all that it may do) instead. Other windows count while they are
 * not paused. The manager is warned of these; proposals are refused. */
uint64_t hall_posting_leaves(const struct hall *hall, struct window_id window, uint64_t domains);

/* What would become of a proposal that moves the window: the lowest mode over the pairs of a domain that it
 * loses and one that it gains; policy allocation-mode for pairs without their own and for moves without
 * pairs. Always off while that policy is. */
enum allocation_mode hall_move_mode(const struct hall *hall, struct window_id window, uint64_t after);

/* The proposal with this number, if it is open or applied; NULL when there is none. */
const struct proposal *hall_proposal(const struct hall *hall, uint32_t number);

/* The open proposal for the window; NULL when there is none. In mode confirm its clerk should be told. */
const struct proposal *hall_window_proposal(const struct hall *hall, struct window_id window);

/* How many changes proposals have brought within the last span_ms. */
int32_t hall_changes_within(const struct hall *hall, int64_t now_ms, int64_t span_ms);

/* How many further changes by proposals the limits a cycle and an hour allow at now_ms. */
int32_t hall_changes_left(const struct hall *hall, int64_t now_ms);

/* Days of booking suspension left for a person on a date; 0: none. It begins with the miss that reaches the
 * limit. */
int32_t hall_suspended_days(const struct hall *hall, struct person_id person, int32_t date);

/* A 64-bit digest of everything in the hall: equal halls give equal digests on every machine and build. */
uint64_t hall_digest(const struct hall *hall);

#endif
