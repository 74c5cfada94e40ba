/* SPDX-License-Identifier: MIT
 * Emergency cover: when people wait for a domain and no window that is posted for it can call them, a window
 * that may serve them is posted for it as well, until one of its own is back. */
#include "dispatcher/core/inner.h"

enum { SETTLING_MS = 5 * MINUTE_MS }; /* so long after opening and after lunch clerks may still sit down */

/* What the windows are posted for while one decision changes it. */
struct covering {
    struct deciding *d;
    uint64_t posted[WINDOWS_MAX + 1];
    uint64_t own;     /* domains that active windows are posted for, covers apart */
    uint64_t covered; /* domains that active windows stand in for */
};

static void add_posting(struct covering *c, unsigned w)
{
    struct window_posted *e = &add(c->d, EVENT_WINDOW_POSTED)->window_posted;
    e->window.value = (uint16_t)w;
    e->domains = c->posted[w];
}

/* A cover ends when the domain has a window of its own again, or when the window that stands in is away. */
static void end_covers(struct covering *c, unsigned w)
{
    const struct window *window = &c->d->hall->windows[w];
    uint64_t over = window->cover;
    if (window_is_active(window))
        over &= c->own | ~window->may_domains;
    for (unsigned domain = 1; domain <= DOMAINS_MAX && has_room_for(c->d, 2); domain++) {
        if (!(over >> (domain - 1) & 1))
            continue;
        c->posted[w] &= ~((uint64_t)1 << (domain - 1));
        add(c->d, EVENT_COVER_ENDED)->cover_ended = (struct cover_ended){{(uint16_t)domain}, {(uint16_t)w}};
    }
    if (c->posted[w] != window->posted)
        add_posting(c, w);
    if (window_is_active(window))
        c->covered |= c->posted[w] & window->may_domains;
}

static uint64_t waiting_of(const struct hall *hall, uint64_t domains)
{
    uint64_t waiting = 0;
    for (unsigned domain = 1; domain <= DOMAINS_MAX; domain++)
        if (domains >> (domain - 1) & 1)
            waiting += hall->domains[domain].waiting;
    return waiting;
}

/* Of the windows that may serve the domain the one whose posted domains have the fewest waiting; 0: none. */
static unsigned find_cover(const struct covering *c, unsigned domain)
{
    const struct hall *hall = c->d->hall;
    unsigned best = 0;
    uint64_t best_waiting = 0;
    for (unsigned w = 1; w <= hall->windows_top; w++) {
        const struct window *window = &hall->windows[w];
        if (!window_is_active(window) || !(window->may_domains >> (domain - 1) & 1))
            continue;
        uint64_t waiting = waiting_of(hall, c->posted[w] & window->may_domains);
        if (best && waiting >= best_waiting)
            continue;
        best = w;
        best_waiting = waiting;
    }
    return best;
}

static void begin_cover(struct covering *c, unsigned domain)
{
    const struct hall *hall = c->d->hall;
    bool off = policy_of(hall, POLICY_ALLOCATION_MODE) == ALLOCATION_OFF;
    unsigned w = off ? 0 : find_cover(c, domain);
    if (w) {
        c->posted[w] |= (uint64_t)1 << (domain - 1);
        add(c->d, EVENT_DOMAIN_COVERED)->domain_covered =
            (struct domain_covered){{(uint16_t)domain}, {(uint16_t)w}};
        add_posting(c, w);
    } else if (!(hall->uncovered >> (domain - 1) & 1)) {
        add(c->d, EVENT_DOMAIN_UNCOVERED)->domain_uncovered =
            (struct domain_uncovered){{(uint16_t)domain}, hall->domains[domain].waiting};
    }
}

void cover_domains(struct deciding *d)
{
    const struct hall *hall = d->hall;
    struct covering c = {.d = d};
    if (!clerks_are_expected(hall, d->now_ms) || !clerks_are_expected(hall, d->now_ms - SETTLING_MS))
        return;
    for (unsigned w = 1; w <= hall->windows_top; w++) {
        c.posted[w] = hall->windows[w].posted;
        if (window_is_active(&hall->windows[w]))
            c.own |= hall_posting(hall, (struct window_id){(uint16_t)w});
    }
    for (unsigned w = 1; w <= hall->windows_top; w++)
        if (hall->windows[w].cover && has_room_for(d, 2))
            end_covers(&c, w);
    for (unsigned domain = 1; domain <= DOMAINS_MAX && has_room_for(d, 2); domain++)
        if (hall->domains[domain].waiting && !((c.own | c.covered) >> (domain - 1) & 1))
            begin_cover(&c, domain);
}
