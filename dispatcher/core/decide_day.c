/* SPDX-License-Identifier: MIT
 * The business day: opening, closing step by step, and what time alone brings. */
#include <stddef.h>

#include "dispatcher/core/inner.h"
#include "dispatcher/core/rule.h"

/* First opening and last closing of a date, wall ms; false when the hall is closed that day. */
static bool day_bounds(const struct hall *hall, int32_t date, int64_t *from_ms, int64_t *to_ms)
{
    struct session_list sessions = hall_sessions(hall, date);
    if (!sessions.count)
        return false;
    int64_t midnight_ms = hall_midnight_ms(hall, date);
    *from_ms = midnight_ms + (int64_t)sessions.sessions[0].from_min * MINUTE_MS;
    *to_ms = midnight_ms + (int64_t)sessions.sessions[sessions.count - 1].to_min * MINUTE_MS;
    return true;
}

/* When numbers begin, which opens the business day; never before the date itself begins. */
static int64_t open_from_ms(const struct hall *hall, int32_t date, int64_t from_ms)
{
    int64_t open_ms = from_ms - policy_minutes_ms(hall, POLICY_ISSUE_BEFORE_OPEN_MIN);
    int64_t midnight_ms = hall_midnight_ms(hall, date);
    return open_ms > midnight_ms ? open_ms : midnight_ms;
}

static bool open_is_due(const struct hall *hall, int64_t now_ms, int32_t *date)
{
    int64_t from_ms, to_ms;
    *date = hall_date_at(hall, now_ms);
    return hall->day_state == DAY_CLOSED && *date > hall->date && day_bounds(hall, *date, &from_ms, &to_ms) &&
           now_ms >= open_from_ms(hall, *date, from_ms) && now_ms < to_ms;
}

static bool hall_is_empty(const struct hall *hall)
{
    const uint32_t *states = hall->counts.states;
    return !states[TICKET_WAITING] && !states[TICKET_CALLED] && !states[TICKET_SERVING] &&
           !states[TICKET_HELD];
}

void business_bounds(const struct hall *hall, int64_t *from_ms, int64_t *to_ms)
{
    if (day_bounds(hall, hall->date, from_ms, to_ms) && hall->opened_ms < *to_ms)
        return;
    *from_ms = hall->opened_ms;
    *to_ms = hall->midnight_ms + DAY_MS;
}

bool clerks_are_expected(const struct hall *hall, int64_t now_ms)
{
    struct session_list sessions = hall_sessions(hall, hall->date);
    int64_t from_ms, to_ms;
    business_bounds(hall, &from_ms, &to_ms);
    for (unsigned i = 1; i < sessions.count; i++) {
        int64_t rest_ms = hall->midnight_ms + (int64_t)sessions.sessions[i - 1].to_min * MINUTE_MS;
        int64_t again_ms = hall->midnight_ms + (int64_t)sessions.sessions[i].from_min * MINUTE_MS;
        if (rest_ms <= now_ms && now_ms < again_ms)
            return false;
    }
    return now_ms >= from_ms;
}

/* When the day ends by the calendar: at closing time if nobody is left, else when the grace is over. */
static int64_t close_due_ms(const struct hall *hall)
{
    int64_t from_ms, to_ms;
    business_bounds(hall, &from_ms, &to_ms);
    return hall_is_empty(hall) ? to_ms : to_ms + policy_minutes_ms(hall, POLICY_CLOSE_GRACE_MIN);
}

bool decide_open_day(struct deciding *d, const struct command *command)
{
    int32_t today = hall_date_at(d->hall, d->now_ms);
    if (d->hall->day_state != DAY_CLOSED)
        return refuse(d, REFUSED_DAY_ALREADY_OPEN);
    if (command->open_day.date && command->open_day.date != today)
        return refuse_value(d, REFUSED_BAD_VALUE, command->open_day.date);
    if (today < d->hall->date)
        return refuse(d, REFUSED_WAIT_FOR_CLOCK);
    if (today == d->hall->date && d->hall->settled)
        return refuse(d, REFUSED_DAY_SETTLED);
    add(d, EVENT_DAY_OPENED)->day_opened.date = today;
    return true;
}

bool decide_close_day(struct deciding *d, const struct command *command)
{
    const struct hall *hall = d->hall;
    if (hall->day_state != DAY_OPEN)
        return refuse(d, REFUSED_DAY_NOT_OPEN);
    if (!command->close_day.anyway &&
        (hall->counts.states[TICKET_CALLED] || hall->counts.states[TICKET_SERVING]))
        return refuse(d, REFUSED_DAY_STILL_BUSY);
    add(d, EVENT_DAY_CLOSING)->day_closing.date = hall->date;
    return true;
}

static bool is_open_state(uint8_t state)
{
    return state == TICKET_WAITING || state == TICKET_CALLED || state == TICKET_SERVING ||
           state == TICKET_HELD || state == TICKET_MISSED;
}

/* Whether the booking's slot came and went while the hall was open; a visitor whom the hall shut out has
 * missed nothing. */
static bool booking_was_missed(const struct deciding *d, const struct booking *booking)
{
    const struct hall *hall = d->hall;
    int64_t slot_end_min = booking->slot_min + policy_of(hall, POLICY_SLOT_MIN);
    return booking->date == hall->date && d->now_ms >= hall->midnight_ms + slot_end_min * MINUTE_MS;
}

/* As much of the closing as one decision holds; the next tick goes on. */
static void close_step(struct deciding *d)
{
    const struct hall *hall = d->hall;
    withdraw_proposals(d, (struct window_id){0});
    for (uint32_t t = 1; t <= hall->ticket_count; t++) {
        if (!is_open_state(hall->tickets[t].state))
            continue;
        if (!has_room(d))
            return;
        struct ticket_lapsed *e = &add(d, EVENT_TICKET_LAPSED)->ticket_lapsed;
        e->number = hall->tickets[t].number;
        e->reason = LAPSE_DAY_CLOSED;
    }
    for (uint32_t i = 0; i < hall->booking_count; i++) {
        const struct booking *booking = &hall->bookings[i];
        if (booking->state != BOOKING_MADE || booking->date > hall->date)
            continue;
        if (!has_room(d))
            return;
        if (booking_was_missed(d, booking))
            add(d, EVENT_BOOKING_MISSED)->booking_missed =
                (struct booking_missed){booking->code, booking->person, booking->date};
        else
            add(d, EVENT_BOOKING_CANCELLED)->booking_cancelled.booking = booking->code;
    }
    add(d, EVENT_DAY_CLOSED)->day_closed.date = hall->date;
}

/* ---- ticks ---- */

static int64_t auto_start_due_ms(const struct hall *hall, const struct window *window)
{
    int64_t after_ms = policy_of(hall, POLICY_AUTO_START_MS);
    if (!after_ms || !window->ticket.value)
        return INT64_MAX;
    const struct ticket *ticket = ticket_read(hall, window->ticket);
    int64_t from_ms = ticket->recalled_ms > ticket->called_ms ? ticket->recalled_ms : ticket->called_ms;
    return ticket->state == TICKET_CALLED ? from_ms + after_ms : INT64_MAX;
}

static void start_services(struct deciding *d)
{
    const struct hall *hall = d->hall;
    for (unsigned w = 1; w <= hall->windows_top && has_room(d); w++) {
        if (auto_start_due_ms(hall, &hall->windows[w]) > d->now_ms)
            continue;
        struct service_started *e = &add(d, EVENT_SERVICE_STARTED)->service_started;
        e->number = ticket_read(hall, hall->windows[w].ticket)->number;
        e->window.value = (uint16_t)w;
    }
}

/* Missed numbers that can no longer rejoin, and tickets that have waited too long to go unnoticed. */
static void watch_tickets(struct deciding *d)
{
    const struct hall *hall = d->hall;
    int64_t within_ms = policy_minutes_ms(hall, POLICY_REJOIN_WITHIN_MIN);
    int64_t alarm_ms = policy_minutes_ms(hall, POLICY_ALARM_WAIT_MIN);
    if (hall->counts.states[TICKET_MISSED]) {
        for (uint32_t t = 1; t <= hall->ticket_count && has_room(d); t++) {
            const struct ticket *ticket = &hall->tickets[t];
            bool spent = ticket->rejoins >= policy_of(hall, POLICY_REJOIN_LIMIT);
            int64_t limit_ms = spent ? policy_of(hall, POLICY_UNDO_MS) : within_ms;
            if (ticket->state != TICKET_MISSED || d->now_ms <= ticket->ended_ms + limit_ms)
                continue;
            struct ticket_lapsed *e = &add(d, EVENT_TICKET_LAPSED)->ticket_lapsed;
            e->number = ticket->number;
            e->reason = LAPSE_NO_SHOW;
        }
    }
    for (uint32_t i = 0; i < hall->waiting_count && has_room(d); i++) {
        const struct ticket *ticket = ticket_read(hall, hall->waiting[i].ticket);
        int64_t waited_ms = d->now_ms - ticket->wait_from_ms;
        if (ticket->alarmed || waited_ms < alarm_ms)
            continue;
        struct wait_alarmed *e = &add(d, EVENT_WAIT_ALARMED)->wait_alarmed;
        e->number = ticket->number;
        e->waited_ms = waited_ms;
    }
}

static bool is_idle(const struct window *window)
{
    return window->clerk.value && !window->paused && !window->ticket.value;
}

/* Among idle windows the one whose primary domain it is goes first, then the least busy today. */
static bool goes_before(const struct window *a, bool a_primary, const struct window *b, bool b_primary)
{
    if (a_primary != b_primary)
        return a_primary;
    if (a->busy_ms_today != b->busy_ms_today)
        return a->busy_ms_today < b->busy_ms_today;
    return a->set.window.value < b->set.window.value;
}

/* Lets one idle window call, where the hall rules so. */
static void call_by_itself(struct deciding *d)
{
    const struct hall *hall = d->hall;
    struct candidate_list best_list, list;
    struct ticket_id best_ticket = {0}, ticket;
    const struct window *best = NULL;
    bool best_primary = false;
    if (!policy_of(hall, POLICY_AUTO_CALL) || !hall->waiting_count || hall->day_state != DAY_OPEN ||
        !has_room(d))
        return;
    for (unsigned w = 1; w <= hall->windows_top; w++) {
        const struct window *window = &hall->windows[w];
        if (!is_idle(window) || !rule_pick(hall, window->set.window, d->now_ms, &list, &ticket))
            continue;
        bool primary = hall_ticket_domain(hall, ticket_read(hall, ticket)).value == window->set.primary.value;
        if (best && !goes_before(window, primary, best, best_primary))
            continue;
        best = window;
        best_primary = primary;
        best_list = list;
        best_ticket = ticket;
    }
    if (best)
        add_call(d, best->set.window, best_ticket, rule_of(ticket_read(hall, best_ticket)), &best_list);
}

bool decide_tick(struct deciding *d, const struct command *command)
{
    (void)command;
    int32_t date;
    if (d->hall->day_state == DAY_CLOSING) {
        close_step(d);
        return true;
    }
    if (d->hall->day_state == DAY_OPEN) {
        if (d->now_ms >= close_due_ms(d->hall)) {
            add(d, EVENT_DAY_CLOSING)->day_closing.date = d->hall->date;
            return true;
        }
        start_services(d);
        expire_proposals(d);
        uint32_t before = d->out->count;
        cover_domains(d);
        bool postings_change = d->out->count > before;
        watch_tickets(d);
        if (!postings_change) /* else at the next tick, by the new postings */
            call_by_itself(d);
    } else if (open_is_due(d->hall, d->now_ms, &date)) {
        add(d, EVENT_DAY_OPENED)->day_opened.date = date;
    }
    return true;
}

/* The next opening on this date or one of the following days. */
static int64_t open_due_ms(const struct hall *hall, int64_t now_ms)
{
    int32_t today = hall_date_at(hall, now_ms);
    for (int32_t date = today; date < today + 40; date++) {
        int64_t from_ms, to_ms;
        if (date > hall->date && day_bounds(hall, date, &from_ms, &to_ms) && now_ms < to_ms)
            return open_from_ms(hall, date, from_ms);
    }
    return now_ms + DAY_MS;
}

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t next_due_ms(const struct hall *hall, int64_t now_ms)
{
    if (hall->day_state == DAY_CLOSING)
        return now_ms;
    if (hall->day_state == DAY_CLOSED)
        return open_due_ms(hall, now_ms);
    int64_t due_ms = close_due_ms(hall);
    bool watches = hall->waiting_count || hall->counts.states[TICKET_MISSED];
    for (unsigned w = 1; w <= hall->windows_top; w++) {
        due_ms = earlier(due_ms, auto_start_due_ms(hall, &hall->windows[w]));
        watches = watches || hall->windows[w].cover;
    }
    if (watches)
        due_ms = earlier(due_ms, (now_ms / MINUTE_MS + 1) * MINUTE_MS);
    for (uint32_t i = 0; i < hall->proposal_count; i++)
        if (!hall->proposals[i].is_applied)
            due_ms = earlier(due_ms, hall->proposals[i].made.expires_ms);
    return due_ms;
}

int64_t hall_next_deadline(const struct hall *hall, int64_t now_ms)
{
    int64_t due_ms = next_due_ms(hall, now_ms);
    /* A clock that is far behind is refused until it has caught up. */
    int64_t heard_ms = hall->last_ms - CLOCK_BEHIND_MS;
    return due_ms > heard_ms ? due_ms : heard_ms;
}
