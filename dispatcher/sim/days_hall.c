/* SPDX-License-Identifier: MIT
 * Halls out of a scenario: domains and items, windows with authorisations and speeds, expected visits. */
#include <assert.h>
#include <string.h>

#include "dispatcher/plan/draw.h"
#include "dispatcher/sim/days_inside.h"

enum { LONGEST_MEAN_MIN = 240 };

/* ---- domains and items ---- */

static void make_domains(const struct days_scenario *s, uint64_t seed, struct hall_file *out)
{
    struct rng rng = days_stream(seed, out->hall, DAYS_OF_HALL, DAYS_VISIT_SHARES, 0);
    double sum = 0;
    for (unsigned d = 0; d < s->domain_count; d++) {
        out->domains[d].mean_min = s->domain_mean_min[d];
        out->domains[d].visit_share = s->visit_share[d] * exp(s->visit_share_noise * draw_normal(&rng));
        sum += out->domains[d].visit_share;
    }
    for (unsigned d = 0; d < s->domain_count; d++)
        out->domains[d].visit_share = days_round(out->domains[d].visit_share / sum, 1e5);
}

/* Every domain has an item, the others fall anywhere; shares are exponential, means lognormal, scaled so that
 * they give the domain's mean. */
static void make_items(const struct days_scenario *s, uint64_t seed, struct hall_file *out)
{
    struct rng rng = days_stream(seed, out->hall, DAYS_OF_HALL, DAYS_ITEMS, 0);
    double shares[DOMAINS_MAX] = {0}, minutes[DOMAINS_MAX] = {0};
    for (unsigned i = 0; i < s->item_count; i++) {
        struct hall_file_item *item = &out->items[i];
        item->domain = rng_below(&rng, s->domain_count);
        if (i < s->domain_count)
            item->domain = i;
        item->share_in_domain = draw_exponential(&rng, 1);
        item->mean_min = exp(s->item_mean_noise * draw_normal(&rng));
        shares[item->domain] += item->share_in_domain;
        minutes[item->domain] += item->share_in_domain * item->mean_min;
    }
    for (unsigned i = 0; i < s->item_count; i++) {
        struct hall_file_item *item = &out->items[i];
        unsigned d = item->domain;
        double mean = item->mean_min * out->domains[d].mean_min * shares[d] / minutes[d];
        item->mean_min = days_round_min(fmin(fmax(mean, 0.01), LONGEST_MEAN_MIN));
        item->share_in_domain = days_round(item->share_in_domain / shares[d], 1e5);
    }
}

/* ---- windows ---- */

static uint64_t all_domains(unsigned count)
{
    return count == 64 ? UINT64_MAX : (UINT64_C(1) << count) - 1;
}

/* First every domain gets a window, the busiest first; then whichever lacks most of its share of the work. */
static void make_primaries(struct hall_file *out)
{
    double lack[DOMAINS_MAX] = {0}, work = 0;
    unsigned given[DOMAINS_MAX] = {0};
    for (unsigned d = 0; d < out->domain_count; d++)
        work += out->domains[d].visit_share * out->domains[d].mean_min;
    for (unsigned d = 0; d < out->domain_count; d++)
        lack[d] = out->window_count * out->domains[d].visit_share * out->domains[d].mean_min / work;
    for (unsigned w = 0; w < out->window_count; w++) {
        unsigned best = 0;
        for (unsigned d = 1; d < out->domain_count; d++) {
            bool is_first_round = w < out->domain_count && given[d] != given[best];
            if (is_first_round ? given[d] < given[best] : lack[d] > lack[best])
                best = d;
        }
        out->windows[w].primary = best;
        given[best]++;
        lack[best]--;
    }
}

/* Which windows are for one domain, which for all: so many each, anywhere. */
static void make_kinds(const struct days_scenario *s, uint64_t seed, struct hall_file *out)
{
    struct rng rng = days_stream(seed, out->hall, DAYS_OF_HALL, DAYS_WINDOW_KINDS, 0);
    unsigned count = s->window_count, order[WINDOWS_MAX] = {0};
    unsigned single = (unsigned)lround(s->single_domain_share * count);
    unsigned all = (unsigned)lround(s->all_domains_share * count);
    if (single > count)
        single = count;
    if (all > count - single)
        all = count - single;
    for (unsigned w = 0; w < count; w++) {
        unsigned at = rng_below(&rng, w + 1);
        order[w] = order[at];
        order[at] = w;
    }
    for (unsigned i = 0; i < single + all; i++) {
        out->windows[order[i]].all_domains = i < all;
        out->windows[order[i]].single_domain = i >= all;
    }
}

/* `count` different domains other than the primary one, each as likely as any. */
static uint64_t draw_others(struct rng *rng, unsigned domain_count, unsigned primary, unsigned count)
{
    unsigned left[DOMAINS_MAX], left_count = 0;
    uint64_t bits = 0;
    for (unsigned d = 0; d < domain_count; d++)
        if (d != primary)
            left[left_count++] = d;
    while (count-- && left_count) {
        unsigned at = rng_below(rng, left_count);
        bits |= UINT64_C(1) << left[at];
        left[at] = left[--left_count];
    }
    return bits;
}

static void make_windows(const struct days_scenario *s, uint64_t seed, struct hall_file *out)
{
    make_primaries(out);
    make_kinds(s, seed, out);
    for (unsigned w = 0; w < s->window_count; w++) {
        struct hall_file_window *window = &out->windows[w];
        struct rng rng = days_stream(seed, out->hall, DAYS_OF_HALL, DAYS_AUTHORISED, w);
        struct rng speeds = days_stream(seed, out->hall, DAYS_OF_HALL, DAYS_SPEEDS, w);
        unsigned others = window->single_domain ? 0 : s->other_domains;
        window->authorised =
            UINT64_C(1) << window->primary | draw_others(&rng, s->domain_count, window->primary, others);
        if (window->all_domains)
            window->authorised = all_domains(s->domain_count);
        window->single_domain = __builtin_popcountll(window->authorised) == 1;
        double speed = fmin(fmax(exp(s->speed_noise * draw_normal(&speeds)), s->speed_least), s->speed_most);
        double estimate = speed * exp(s->speed_estimate_noise * draw_normal(&speeds));
        window->speed = days_round(speed, 1e5);
        window->speed_estimate = days_round(fmin(fmax(estimate, 0.05), 20), 1e5);
    }
}

/* ---- expected visits ---- */

/* Visits of a day that give the windows the scenario's load. */
static double visits_of(const struct days_scenario *s, const struct hall_file *hall)
{
    double speed = 0, mean = 0;
    double minutes = s->close_min - s->break_count * s->break_min - (s->lunch_count ? s->lunch_min : 0);
    for (unsigned w = 0; w < hall->window_count; w++)
        speed += hall->windows[w].speed;
    for (unsigned d = 0; d < hall->domain_count; d++)
        mean += hall->domains[d].visit_share * hall->domains[d].mean_min;
    double coming = 1 - s->walk_in_no_show * (1 - s->booked_share);
    return s->load * speed * minutes / (mean * coming * (1 + s->second_item));
}

/* Length of what two spans have in common. */
static double overlap(double from, double to, double low, double high)
{
    return fmax(0, fmin(to, high) - fmax(from, low));
}

/* The share of a day's walk-ins that comes between two times. */
static double walk_in_share(const struct days_scenario *s, double from, double to)
{
    double within = 0, all = 0;
    for (unsigned i = 0; i < s->step_count; i++) {
        double low = s->step_from_min[i];
        double high = i + 1 < s->step_count ? s->step_from_min[i + 1] : s->last_ticket_min;
        within += s->step_rate[i] * overlap(from, to, low, high);
        all += s->step_rate[i] * (high - low);
    }
    return within / all;
}

static void make_expected(const struct days_scenario *s, struct hall_file *out)
{
    double visits = visits_of(s, out);
    double booked_to = fmin(s->last_slot_min + s->slot_min, s->last_ticket_min);
    out->bin_count = (unsigned)ceil((s->close_min - s->tickets_from_min) / 10);
    for (unsigned b = 0; b < out->bin_count; b++) {
        double from = s->tickets_from_min + 10 * b;
        double booked =
            overlap(from, from + 10, s->tickets_from_min, booked_to) / (booked_to - s->tickets_from_min);
        double share = (1 - s->booked_share) * walk_in_share(s, from, from + 10) + s->booked_share * booked;
        for (unsigned d = 0; d < out->domain_count; d++)
            out->domains[d].expected_per_10min[b] =
                days_round_min(visits * out->domains[d].visit_share * share);
    }
}

void days_hall(const struct days_scenario *s, unsigned hall, uint64_t seed, struct hall_file *out)
{
    assert(hall <= HALL_NUMBER_MAX);
    memset(out, 0, sizeof *out);
    memcpy(out->scenario, s->name, sizeof out->scenario);
    out->hall = hall;
    out->tickets_from_min = s->tickets_from_min;
    out->open_min = s->open_min;
    out->close_min = s->close_min;
    out->off_primary_slowdown = s->off_primary_slowdown;
    out->all_domain_slowdown = s->all_domain_slowdown;
    out->changeover_min = s->changeover_min;
    out->service_cv = s->service_cv;
    out->walk_in_no_show = s->walk_in_no_show;
    out->no_show_handling_min = s->no_show_handling_min;
    out->multi_item_share = s->second_item;
    out->booked_share = s->booked_share;
    out->domain_count = s->domain_count;
    out->item_count = s->item_count;
    out->window_count = s->window_count;
    make_domains(s, seed, out);
    make_items(s, seed, out);
    make_windows(s, seed, out);
    make_expected(s, out);
}
