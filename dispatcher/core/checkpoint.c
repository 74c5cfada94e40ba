/* SPDX-License-Identifier: MIT */
#include "dispatcher/core/checkpoint.h"

#include <assert.h>
#include <string.h>

struct writing {
    const struct hall *hall;
    checkpoint_sink *sink;
    void *userdata;
    struct event event;
};

static struct event *fresh(struct writing *w, enum event_kind kind)
{
    memset(&w->event, 0, sizeof w->event);
    w->event.kind = kind;
    w->event.at_ms = w->hall->last_ms;
    return &w->event;
}

static void hand_out(struct writing *w)
{
    w->sink(&w->event, w->userdata);
}

static void write_rules(struct writing *w)
{
    for (unsigned key = 0; key < POLICY_KEYS; key++) {
        if (w->hall->policy[key] == policy_row((enum policy_key)key)->standard)
            continue;
        fresh(w, EVENT_POLICY_SET)->policy_set = (struct policy_set){(uint16_t)key, w->hall->policy[key]};
        hand_out(w);
    }
    for (unsigned kind = 1; kind <= PRIORITY_KINDS_MAX; kind++) {
        if (!w->hall->kind_exists[kind])
            continue;
        fresh(w, EVENT_KIND_SET)->kind_set = (struct kind_set){(uint16_t)kind, w->hall->kind_class[kind]};
        hand_out(w);
    }
    for (unsigned weekday = 0; weekday < 7; weekday++) {
        if (!w->hall->week[weekday].count)
            continue;
        fresh(w, EVENT_WEEK_SET)->week_set = (struct week_set){(uint16_t)weekday, w->hall->week[weekday]};
        hand_out(w);
    }
    for (uint32_t i = 0; i < w->hall->calendar_count; i++) {
        fresh(w, EVENT_CALENDAR_SET)->calendar_set = w->hall->calendar[i];
        hand_out(w);
    }
}

static void write_catalogue(struct writing *w)
{
    const struct hall *hall = w->hall;
    for (unsigned z = 1; z <= ZONES_MAX; z++)
        if (hall->zones[z].exists) {
            fresh(w, EVENT_ZONE_SET)->zone_set = (struct zone_set){{(uint16_t)z}, hall->zones[z].letter};
            hand_out(w);
        }
    for (unsigned d = 1; d <= DOMAINS_MAX; d++)
        if (hall->domains[d].exists) {
            fresh(w, EVENT_DOMAIN_SET)->domain_set = (struct domain_set){{(uint16_t)d},
                                                                         hall->domains[d].series,
                                                                         hall->domains[d].slot_capacity,
                                                                         hall->domains[d].retired};
            hand_out(w);
        }
    for (unsigned i = 1; i <= ITEMS_MAX; i++)
        if (hall->items[i].exists) {
            fresh(w, EVENT_ITEM_SET)->item_set = hall->items[i].set;
            hand_out(w);
        }
    for (unsigned from = 1; from <= DOMAINS_MAX; from++)
        for (unsigned to = 1; to <= DOMAINS_MAX; to++)
            if (hall->pair_modes[from][to]) {
                fresh(w, EVENT_PAIR_SET)->pair_set =
                    (struct pair_set){{(uint16_t)from}, {(uint16_t)to}, hall->pair_modes[from][to]};
                hand_out(w);
            }
}

static void write_learned(struct writing *w)
{
    const struct hall *hall = w->hall;
    for (unsigned i = 1; i <= ITEMS_MAX; i++)
        if (hall->items[i].learned_ms) {
            fresh(w, EVENT_ITEM_LEARNED)->item_learned =
                (struct item_learned){{(uint16_t)i}, hall->items[i].learned_ms};
            hand_out(w);
        }
    for (unsigned d = 1; d <= DOMAINS_MAX; d++)
        if (hall->domains[d].learned_ms) {
            fresh(w, EVENT_DOMAIN_LEARNED)->domain_learned =
                (struct domain_learned){{(uint16_t)d}, hall->domains[d].learned_ms};
            hand_out(w);
        }
    for (unsigned c = 1; c <= CLERKS_MAX; c++)
        if (hall->clerks[c].learned_permille) {
            fresh(w, EVENT_CLERK_LEARNED)->clerk_learned =
                (struct clerk_learned){{(uint16_t)c}, hall->clerks[c].learned_permille};
            hand_out(w);
        }
}

static void write_posting(struct writing *w, uint16_t n)
{
    const struct window *window = &w->hall->windows[n];
    if (window->posted || window->posted_ms) {
        fresh(w, EVENT_WINDOW_POSTED)->window_posted =
            (struct window_posted){.window = {n}, .domains = window->posted, .since_ms = window->posted_ms};
        hand_out(w);
    }
    for (unsigned i = 0; i < window->break_count; i++) {
        fresh(w, EVENT_BREAK_PLANNED)->break_planned =
            (struct break_planned){{n}, window->breaks[i].from_ms, window->breaks[i].to_ms};
        hand_out(w);
    }
}

static void write_windows_and_staff(struct writing *w)
{
    const struct hall *hall = w->hall;
    for (unsigned n = 1; n <= WINDOWS_MAX; n++) {
        if (!hall->windows[n].exists)
            continue;
        fresh(w, EVENT_WINDOW_SET)->window_set = hall->windows[n].set;
        hand_out(w);
        write_posting(w, (uint16_t)n);
    }
    for (unsigned c = 1; c <= CLERKS_MAX; c++)
        if (hall->clerks[c].exists) {
            fresh(w, EVENT_CLERK_SET)->clerk_set = hall->clerks[c].set;
            hand_out(w);
        }
    for (unsigned a = 1; a <= AUTHORISATIONS_MAX; a++)
        if (hall->authorisations[a].exists) {
            fresh(w, EVENT_AUTHORISATION_SET)->authorisation_set = hall->authorisations[a].set;
            hand_out(w);
        }
    /* Clerks who have signed on before the day opens. */
    for (unsigned n = 1; n <= WINDOWS_MAX; n++) {
        const struct window *window = &hall->windows[n];
        if (!window->clerk.value)
            continue;
        struct event *event = fresh(w, EVENT_DUTY_STARTED);
        event->at_ms = window->duty_ms;
        event->duty_started = (struct duty_started){{(uint16_t)n}, window->clerk, {0}};
        hand_out(w);
        if (!window->paused)
            continue;
        event = fresh(w, EVENT_WINDOW_PAUSED);
        event->at_ms = window->paused_ms;
        event->window_paused =
            (struct window_paused){{(uint16_t)n}, window->pause_reason, window->pause_until_ms};
        hand_out(w);
    }
}

/* Used bookings of the day that was just closed are gone; what is left was made for later days. */
static void write_bookings(struct writing *w)
{
    const struct hall *hall = w->hall;
    for (uint32_t i = 0; i < hall->booking_count; i++) {
        const struct booking *b = &hall->bookings[i];
        fresh(w, EVENT_BOOKING_MADE)->booking_made =
            (struct booking_made){b->code, b->item, b->date, b->slot_min, b->person, b->channel};
        hand_out(w);
    }
    for (uint32_t i = 0; i < hall->miss_count; i++) {
        fresh(w, EVENT_MISS_KEPT)->miss_kept =
            (struct miss_kept){hall->misses[i].person, hall->misses[i].date};
        hand_out(w);
    }
    fresh(w, EVENT_SEED_SET)->seed_set.seed = hall->seed;
    hand_out(w);
}

void hall_checkpoint(const struct hall *hall, checkpoint_sink *sink, void *userdata)
{
    struct writing w = {.hall = hall, .sink = sink, .userdata = userdata};
    assert(hall->day_state == DAY_CLOSED);
    if (hall->date) {
        fresh(&w, EVENT_DAY_CLOSED)->day_closed.date = hall->date;
        hand_out(&w);
    }
    write_rules(&w);
    write_catalogue(&w);
    write_windows_and_staff(&w);
    write_learned(&w);
    write_bookings(&w);
}
