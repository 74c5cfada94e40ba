/* SPDX-License-Identifier: MIT
 * Shared by the core's own files only: direct access by id, and the pieces that decisions are made of. */
#ifndef DISPATCHER_CORE_INNER_H
#define DISPATCHER_CORE_INNER_H

#include "dispatcher/core/hall.h"

enum { CLOCK_BEHIND_MS = 60000 }; /* more than this behind the last event: refuse, the clock is wrong */

static inline int64_t policy_of(const struct hall *hall, enum policy_key key)
{
    return hall->policy[key];
}

static inline int64_t policy_minutes_ms(const struct hall *hall, enum policy_key key)
{
    return (int64_t)hall->policy[key] * MINUTE_MS;
}

static inline bool bit_of(const uint64_t *words, unsigned index)
{
    return words[index / 64] >> (index % 64) & 1;
}

static inline uint64_t domain_bit(struct domain_id domain)
{
    return domain.value ? (uint64_t)1 << (domain.value - 1) : 0;
}

static inline struct ticket *ticket_at(struct hall *hall, struct ticket_id id)
{
    return &hall->tickets[id.value];
}

static inline const struct ticket *ticket_read(const struct hall *hall, struct ticket_id id)
{
    return &hall->tickets[id.value];
}

bool zone_exists(const struct hall *hall, struct zone_id zone);
bool domain_exists(const struct hall *hall, struct domain_id domain);
bool item_exists(const struct hall *hall, struct item_id item);
bool window_exists(const struct hall *hall, struct window_id window);
bool clerk_exists(const struct hall *hall, struct clerk_id clerk);
bool domains_exist(const struct hall *hall, uint64_t domains);

/* On duty and not paused. */
static inline bool window_is_active(const struct window *window)
{
    return window->clerk.value && !window->paused;
}

/* What of `domains`, or of all when it is 0, the window may serve as it is staffed. */
static inline uint64_t window_serves(const struct window *window, uint64_t domains)
{
    return domains ? domains & window->may_domains : window->may_domains;
}

bool items_contain(const struct item_list *list, struct item_id item);

/* Whether the clerk has any authorisation that is valid on the date. */
bool clerk_has_authorisation(const struct hall *hall, struct clerk_id clerk, int32_t date);

/* Whether the window's mode and zone allow the item, whoever is on duty there. */
bool window_mode_allows(const struct hall *hall, struct window_id window, struct item_id item);

/* Works out again what the window may be called for; after a change of duty, date, authorisation or
 * catalogue. */
void window_refresh(struct hall *hall, struct window_id window);

/* Whether clerks should be at their windows: not before opening and not between two sessions. */
bool clerks_are_expected(const struct hall *hall, int64_t now_ms);

/* Domains that the window is now posted for, or covers, are no longer uncovered. */
void coverage_note(struct hall *hall, struct window_id window);

/* The next value of the hall's own random sequence (splitmix64). */
uint64_t seed_next(uint64_t seed);
uint64_t seed_draw(uint64_t seed);

/* A booking code that follows from the seed and is not in use. */
struct booking_code booking_code_draw(const struct hall *hall);

/* Opening and closing time of the present business day, wall ms. A day that a manager opened although the
 * calendar has none, or after its closing time, lasts until midnight. */
void business_bounds(const struct hall *hall, int64_t *from_ms, int64_t *to_ms);

/* ---- deciding ---- */
/* What every decision writes to: refuse() or add(), never both. */
struct deciding {
    const struct hall *hall;
    int64_t now_ms; /* never before the last event */
    struct actor by;
    struct decision *out;
};

bool refuse(struct deciding *d, enum refusal_code code);
bool refuse_number(struct deciding *d, enum refusal_code code, struct number number);
bool refuse_value(struct deciding *d, enum refusal_code code, int64_t value);

/* Appends an event of this kind at now by the command's actor, zeroed but for these; at most EVENTS_MAX. */
struct event *add(struct deciding *d, enum event_kind kind);
bool has_room(const struct deciding *d);                      /* for one more event after this one */
bool has_room_for(const struct deciding *d, uint32_t events); /* for so many more */

bool is_staff(struct actor by);

typedef bool decide_function(struct deciding *d, const struct command *command);
decide_function decide_set_policy, decide_set_zone, decide_set_domain, decide_set_item, decide_set_window,
    decide_set_kind, decide_set_clerk, decide_set_authorisation, decide_set_week, decide_set_calendar,
    decide_post, decide_set_seed, decide_open_day, decide_close_day, decide_issue, decide_check_in,
    decide_book, decide_cancel_booking, decide_lift_suspension, decide_start_duty, decide_end_duty,
    decide_pause, decide_unpause, decide_call, decide_call_number, decide_recall, decide_start, decide_finish,
    decide_no_show, decide_hold, decide_resume, decide_transfer, decide_add_item, decide_undo, decide_rejoin,
    decide_cancel, decide_grant, decide_rate, decide_tick, decide_learn_item, decide_learn_clerk,
    decide_set_pair, decide_plan_break, decide_clear_breaks, decide_propose, decide_answer_proposal,
    decide_score_proposal, decide_forecast_ticket, decide_learn_domain;

/* The window of a command, on duty; NULL after refusing. */
const struct window *duty_window(struct deciding *d, struct window_id id);

/* The ticket that the window holds in one of two states; NULL after refusing. Give the same state twice for
 * one. */
const struct ticket *window_ticket(struct deciding *d, struct window_id id, enum ticket_state a,
                                   enum ticket_state b);

/* Reference time that puts a ticket of this domain and class at the place; after: for PLACE_AFTER. */
struct standing {
    struct domain_id domain;
    uint8_t class;
    int64_t original_ref_ms;
};
int64_t place_ref_ms(const struct hall *hall, struct standing standing, enum place place, unsigned after,
                     int64_t now_ms);

/* Why the rule may call this ticket here: it asked, or its turn has come. */
enum call_rule rule_of(const struct ticket *ticket);

/* Withdraws the open proposal of a window, if there is one; of all windows with id 0. */
void withdraw_proposals(struct deciding *d, struct window_id window);

/* At a tick: lets proposals expire that nobody answered. */
void expire_proposals(struct deciding *d);

/* At a tick: emergency cover for domains whose people wait for no window that is posted for them, its end
 * when such a window is there again, and the alarm where no window can. */
void cover_domains(struct deciding *d);

/* Adds the call of a ticket at a window. */
void add_call(struct deciding *d, struct window_id window, struct ticket_id ticket, enum call_rule rule,
              const struct candidate_list *candidates);

#endif
