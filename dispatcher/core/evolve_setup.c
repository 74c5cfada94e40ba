/* SPDX-License-Identifier: MIT
 * What set-up, the business day, duty and bookings do to the hall. */
#include "dispatcher/core/evolve_inside.h"

#include <string.h>

static void windows_refresh(struct hall *hall)
{
    for (unsigned w = 1; w <= hall->windows_top; w++)
        if (hall->windows[w].clerk.value)
            window_refresh(hall, (struct window_id){(uint16_t)w});
}

/* ---- set-up ---- */

void on_policy_set(struct hall *hall, const struct event *event)
{
    hall->policy[event->policy_set.key] = event->policy_set.value;
    for (uint16_t d = 1; event->policy_set.key == POLICY_USE_LEARNED && d <= DOMAINS_MAX; d++)
        domain_mean_refresh(hall, (struct domain_id){d});
    if (event->policy_set.key == POLICY_UTC_OFFSET_MIN && hall->date)
        hall->midnight_ms = hall_midnight_ms(hall, hall->date);
}

void on_zone_set(struct hall *hall, const struct event *event)
{
    hall->zones[event->zone_set.zone.value] = (struct zone){.exists = true, .letter = event->zone_set.letter};
}

void on_domain_set(struct hall *hall, const struct event *event)
{
    const struct domain_set *set = &event->domain_set;
    struct domain *domain = &hall->domains[set->domain.value];
    domain->exists = true;
    domain->retired = set->retired;
    domain->series = set->series;
    domain->slot_capacity = set->slot_capacity;
}

void domain_mean_refresh(struct hall *hall, struct domain_id domain)
{
    uint64_t sum_ms = 0;
    uint32_t count = 0;
    for (unsigned i = 1; i <= hall->items_top; i++) {
        const struct item *item = &hall->items[i];
        if (!item->exists || item->set.retired || item->set.domain.value != domain.value)
            continue;
        sum_ms += hall_item_ms(hall, item->set.item);
        count++;
    }
    hall->domains[domain.value].items_mean_ms = count ? (uint32_t)(sum_ms / count) : 0;
}

void on_item_set(struct hall *hall, const struct event *event)
{
    struct item_id id = event->item_set.item;
    struct item *item = &hall->items[id.value];
    /* A waiting ticket mirrors its item's domain: take it out and put it back around the change. */
    struct domain_id from = item->set.domain;
    bool moves = item->exists && from.value != event->item_set.domain.value;
    for (unsigned t = 1; moves && t <= hall->ticket_count; t++)
        if (hall->tickets[t].state == TICKET_WAITING && ticket_item(&hall->tickets[t]).value == id.value) {
            hall->domains[item->set.domain.value].waiting--;
            hall->domains[event->item_set.domain.value].waiting++;
            hall->waiting[hall->tickets[t].waiting_at].domain = (uint8_t)event->item_set.domain.value;
        }
    item->exists = true;
    item->set = event->item_set;
    if (id.value > hall->items_top)
        hall->items_top = id.value;
    if (moves)
        domain_mean_refresh(hall, from);
    domain_mean_refresh(hall, event->item_set.domain);
    windows_refresh(hall);
}

void on_window_set(struct hall *hall, const struct event *event)
{
    struct window_id id = event->window_set.window;
    struct window *window = &hall->windows[id.value];
    window->exists = true;
    window->set = event->window_set;
    if (id.value > hall->windows_top)
        hall->windows_top = id.value;
    window_refresh(hall, id);
}

void on_kind_set(struct hall *hall, const struct event *event)
{
    hall->kind_exists[event->kind_set.kind] = true;
    hall->kind_class[event->kind_set.kind] = event->kind_set.class;
}

void on_clerk_set(struct hall *hall, const struct event *event)
{
    struct clerk *clerk = &hall->clerks[event->clerk_set.clerk.value];
    clerk->exists = true;
    clerk->set = event->clerk_set;
    if (clerk->window.value)
        window_refresh(hall, clerk->window);
}

void on_authorisation_set(struct hall *hall, const struct event *event)
{
    const struct authorisation_set *set = &event->authorisation_set;
    struct authorisation *authorisation = &hall->authorisations[set->authorisation];
    struct clerk_id before = authorisation->set.clerk;
    authorisation->exists = true;
    authorisation->set = *set;
    if (set->authorisation > hall->authorisations_top)
        hall->authorisations_top = set->authorisation;
    const struct clerk_id touched[] = {before, set->clerk};
    for (unsigned i = 0; i < 2; i++)
        if (hall->clerks[touched[i].value].window.value)
            window_refresh(hall, hall->clerks[touched[i].value].window);
}

void on_week_set(struct hall *hall, const struct event *event)
{
    hall->week[event->week_set.weekday] = event->week_set.sessions;
}

void on_calendar_set(struct hall *hall, const struct event *event)
{
    const struct calendar_set *set = &event->calendar_set;
    uint32_t at = 0;
    while (at < hall->calendar_count && hall->calendar[at].date < set->date)
        at++;
    bool known = at < hall->calendar_count && hall->calendar[at].date == set->date;
    if (!known && hall->calendar_count == CALENDAR_DAYS_MAX) {
        /* Full: the oldest day, which is past, makes room. */
        memmove(&hall->calendar[0], &hall->calendar[1], (CALENDAR_DAYS_MAX - 1) * sizeof hall->calendar[0]);
        hall->calendar_count--;
        at -= at > 0;
    }
    if (!known) {
        memmove(&hall->calendar[at + 1], &hall->calendar[at],
                (hall->calendar_count - at) * sizeof hall->calendar[0]);
        hall->calendar_count++;
    }
    hall->calendar[at] = *set;
}

void on_seed_set(struct hall *hall, const struct event *event)
{
    hall->seed = event->seed_set.seed;
}

/* ---- the business day ---- */

static void day_reset(struct hall *hall)
{
    hall->counts = (struct counts){0};
    hall->order_next = 0;
    memset(hall->series_last, 0, sizeof hall->series_last);
    memset(hall->series_now, 0, sizeof hall->series_now);
    memset(hall->tickets, 0, (hall->ticket_count + 1) * sizeof hall->tickets[0]);
    memset(hall->by_number, 0, sizeof hall->by_number);
    memset(hall->waiting, 0, hall->waiting_count * sizeof hall->waiting[0]);
    hall->ticket_count = 0;
    hall->waiting_count = 0;
    hall->proposal_last = 0;
    memset(hall->proposals_scored, 0, sizeof hall->proposals_scored);
    memset(hall->proposals_expired, 0, sizeof hall->proposals_expired);
    memset(hall->changes_ms, 0, sizeof hall->changes_ms);
    hall->change_count = 0;
    for (unsigned i = 1; i <= hall->items_top; i++)
        hall->items[i].issued = 0;
    for (unsigned d = 1; d <= DOMAINS_MAX; d++)
        hall->domains[d].waiting = hall->domains[d].served = 0;
    for (unsigned w = 1; w <= hall->windows_top; w++) {
        struct window *window = &hall->windows[w];
        window->served = 0;
        window->busy_ms_today = 0;
        window->last_domain.value = 0;
        window->undo = (struct undo_slot){0};
    }
}

void on_day_opened(struct hall *hall, const struct event *event)
{
    if (event->day_opened.date != hall->date)
        day_reset(hall);
    hall->date = event->day_opened.date;
    hall->midnight_ms = hall_midnight_ms(hall, hall->date);
    hall->opened_ms = event->at_ms;
    hall->day_state = DAY_OPEN;
    hall->settled = false;
    windows_refresh(hall);
    for (unsigned w = 1; w <= hall->windows_top; w++) {
        window_idle(hall, (struct window_id){(uint16_t)w}, event->at_ms);
        breaks_forget(&hall->windows[w], event->at_ms);
    }
}

void on_day_closing(struct hall *hall, const struct event *event)
{
    (void)event;
    hall->day_state = DAY_CLOSING;
}

static void duty_end(struct hall *hall, struct window_id id)
{
    struct window *window = &hall->windows[id.value];
    window->posted &= ~window->cover;
    window->cover = 0;
    proposals_forget(hall, id, 0);
    hall->clerks[window->clerk.value].window.value = 0;
    window->clerk.value = 0;
    window->duty_ms = 0;
    window->idle_from_ms = 0;
    window->paused = false;
    window->pause_reason = 0;
    window->pause_until_ms = window->paused_ms = 0;
    window->undo = (struct undo_slot){0};
    window_refresh(hall, id);
}

/* Bookings of this day and before are settled; the rest move together. */
static void bookings_settle(struct hall *hall)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < hall->booking_count; i++)
        if (hall->bookings[i].state == BOOKING_MADE && hall->bookings[i].date > hall->date)
            hall->bookings[kept++] = hall->bookings[i];
    memset(&hall->bookings[kept], 0, (hall->booking_count - kept) * sizeof hall->bookings[0]);
    hall->booking_count = kept;
}

/* A miss counts towards a later suspension, which then lasts. */
static void misses_forget(struct hall *hall)
{
    uint32_t kept = 0;
    int32_t oldest =
        hall->date - hall->policy[POLICY_MISSES_WITHIN_DAYS] - hall->policy[POLICY_SUSPENSION_DAYS];
    for (uint32_t i = 0; i < hall->miss_count; i++)
        if (hall->misses[i].date > oldest)
            hall->misses[kept++] = hall->misses[i];
    memset(&hall->misses[kept], 0, (hall->miss_count - kept) * sizeof hall->misses[0]);
    hall->miss_count = kept;
}

void on_day_closed(struct hall *hall, const struct event *event)
{
    /* A day that closes without having been open is what a checkpoint tells a fresh hall. */
    hall->settled = hall->day_state == DAY_CLOSED;
    hall->date = event->day_closed.date;
    hall->midnight_ms = hall_midnight_ms(hall, hall->date);
    for (unsigned w = 1; w <= hall->windows_top; w++)
        if (hall->windows[w].clerk.value)
            duty_end(hall, (struct window_id){(uint16_t)w});
    for (unsigned w = 1; w <= hall->windows_top; w++)
        breaks_forget(&hall->windows[w], hall->midnight_ms + DAY_MS);
    memset(hall->proposals, 0, sizeof hall->proposals);
    hall->proposal_count = 0;
    hall->uncovered = 0;
    bookings_settle(hall);
    misses_forget(hall);
    hall->day_state = DAY_CLOSED;
}

/* ---- duty ---- */

void on_duty_started(struct hall *hall, const struct event *event)
{
    const struct duty_started *e = &event->duty_started;
    struct window *window = &hall->windows[e->window.value];
    if (window->clerk.value)
        hall->clerks[window->clerk.value].window.value = 0;
    proposals_forget(hall, e->window, window->posted & ~window->cover);
    window->clerk = e->clerk;
    window->duty_ms = event->at_ms;
    window_idle(hall, e->window, event->at_ms);
    hall->clerks[e->clerk.value].window = e->window;
    window_refresh(hall, e->window);
}

void on_duty_ended(struct hall *hall, const struct event *event)
{
    duty_end(hall, event->duty_ended.window);
}

void on_window_paused(struct hall *hall, const struct event *event)
{
    struct window *window = &hall->windows[event->window_paused.window.value];
    window->paused = true;
    window->pause_reason = event->window_paused.reason;
    window->pause_until_ms = event->window_paused.until_ms;
    window->paused_ms = event->at_ms;
    window->idle_from_ms = 0;
}

void on_window_unpaused(struct hall *hall, const struct event *event)
{
    struct window *window = &hall->windows[event->window_unpaused.window.value];
    window->paused = false;
    window->pause_reason = 0;
    window->pause_until_ms = window->paused_ms = 0;
    window_idle(hall, event->window_unpaused.window, event->at_ms);
    coverage_note(hall, event->window_unpaused.window);
}

/* ---- bookings ---- */

void on_booking_made(struct hall *hall, const struct event *event)
{
    const struct booking_made *e = &event->booking_made;
    hall->bookings[hall->booking_count++] = (struct booking){
        .code = e->booking,
        .item = e->item,
        .person = e->person,
        .date = e->date,
        .slot_min = e->slot_min,
        .channel = e->channel,
        .state = BOOKING_MADE,
    };
    hall->seed = seed_next(hall->seed);
}

static void booking_free(struct hall *hall, struct booking_code code)
{
    for (uint32_t i = 0; i < hall->booking_count; i++) {
        if (hall->bookings[i].code.value != code.value)
            continue;
        hall->bookings[i] = hall->bookings[--hall->booking_count];
        hall->bookings[hall->booking_count] = (struct booking){0};
        return;
    }
}

void on_booking_cancelled(struct hall *hall, const struct event *event)
{
    booking_free(hall, event->booking_cancelled.booking);
}

/* A full memory of misses forgets the oldest, in the visitor's favour. */
static void miss_remember(struct hall *hall, struct person_id person, int32_t date)
{
    if (!person.value)
        return;
    if (hall->miss_count == MISSES_MAX) {
        memmove(&hall->misses[0], &hall->misses[1], (MISSES_MAX - 1) * sizeof hall->misses[0]);
        hall->miss_count--;
    }
    hall->misses[hall->miss_count++] = (struct miss){person, date};
}

void on_booking_missed(struct hall *hall, const struct event *event)
{
    booking_free(hall, event->booking_missed.booking);
    miss_remember(hall, event->booking_missed.person, event->booking_missed.date);
}

void on_miss_kept(struct hall *hall, const struct event *event)
{
    miss_remember(hall, event->miss_kept.person, event->miss_kept.date);
}

void on_suspension_lifted(struct hall *hall, const struct event *event)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < hall->miss_count; i++)
        if (hall->misses[i].person.value != event->suspension_lifted.person.value)
            hall->misses[kept++] = hall->misses[i];
    memset(&hall->misses[kept], 0, (hall->miss_count - kept) * sizeof hall->misses[0]);
    hall->miss_count = kept;
}
