/* SPDX-License-Identifier: MIT
 * Days of a hall out of a scenario: who is away when, and every visit. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "dispatcher/plan/draw.h"
#include "dispatcher/sim/days_inside.h"

enum { LONGEST_SERVICE_MIN = 480, MINUTE_AFTER = 1 };

/* One day while it is made. */
struct making {
    const struct days_scenario *s;
    const struct hall_file *hall;
    uint64_t seed;
    struct day_file *out;
    unsigned room; /* of out->tickets */
    struct error *error;
    double visits[DOMAINS_MAX];    /* expected ones of the whole day */
    double item_below[ITEMS_MAX];  /* running sum of shares inside the item's domain */
    double share_sum[DOMAINS_MAX]; /* the last of these sums */
};

static struct rng stream(const struct making *m, enum days_part part, unsigned n)
{
    return days_stream(m->seed, m->hall->hall, (int)m->out->day, part, n);
}

static double draw_between(struct rng *rng, double from, double to)
{
    return from + (to - from) * rng_unit(rng);
}

/* ---- who is away when ---- */

static void put_off(struct day_file_window *window, double from, double minutes, bool planned)
{
    assert(window->off_count < DAY_OFFS_MAX);
    unsigned at = window->off_count++;
    while (at > 0 && window->offs[at - 1].from_min > from) {
        window->offs[at] = window->offs[at - 1];
        at--;
    }
    window->offs[at] = (struct day_off){from, from + minutes, planned};
}

/* What would begin during another begins a minute after its end; what lies beyond closing is cut off. */
static void untangle(struct day_file_window *window, double close_min)
{
    unsigned kept = 0;
    for (unsigned i = 0; i < window->off_count; i++) {
        struct day_off off = window->offs[i];
        double late = kept ? window->offs[kept - 1].to_min + MINUTE_AFTER - off.from_min : 0;
        if (late > 0 && off.from_min < window->offs[kept - 1].to_min) {
            off.from_min += late;
            off.to_min += late;
        }
        off.from_min = days_round_min(off.from_min);
        off.to_min = days_round_min(fmin(off.to_min, close_min));
        if (off.to_min > off.from_min)
            window->offs[kept++] = off;
    }
    window->off_count = kept;
}

static void make_absences(const struct making *m, unsigned w)
{
    struct day_file_window *window = &m->out->windows[w];
    const struct days_scenario *s = m->s;
    struct rng absences = stream(m, DAYS_ABSENCES, w), breaks = stream(m, DAYS_BREAKS, w);
    window->absent = rng_unit(&absences) < s->absent_all_day;
    bool is_short = rng_unit(&absences) < s->absent_short;
    double short_from = draw_between(&absences, s->absent_short_from_min, s->absent_short_to_min);
    if (window->absent)
        return;
    for (unsigned i = 0; i < s->break_count; i++)
        put_off(window, draw_between(&breaks, s->break_from_min[i], s->break_to_min[i]), s->break_min, true);
    if (s->lunch_count)
        put_off(window, s->lunch_from_min[w % s->lunch_count], s->lunch_min, true);
    if (is_short)
        put_off(window, short_from, s->absent_short_min, false);
    untangle(window, m->hall->close_min);
}

/* ---- visits ---- */

static bool add_ticket(struct making *m, const struct day_ticket *ticket)
{
    struct day_file *day = m->out;
    if (day->ticket_count == TICKETS_MAX) {
        error_set(m->error, STATUS_LIMIT, "%s, hall %u, day %u: more than %d tickets", day->scenario,
                  day->hall, day->day, TICKETS_MAX);
        return false;
    }
    if (day->ticket_count == m->room) {
        unsigned room = m->room ? m->room * 2 : 1024;
        struct day_ticket *grown = realloc(day->tickets, room * sizeof *grown);
        if (!grown) {
            error_set(m->error, STATUS_MEMORY, "no memory for a day of %u tickets", room);
            return false;
        }
        day->tickets = grown;
        m->room = room;
    }
    day->tickets[day->ticket_count++] = *ticket;
    return true;
}

static unsigned draw_item(const struct making *m, struct rng *rng, unsigned domain)
{
    double at = rng_unit(rng) * m->share_sum[domain];
    unsigned last = 0;
    for (unsigned i = 0; i < m->hall->item_count; i++) {
        if (m->hall->items[i].domain != domain)
            continue;
        last = i;
        if (at < m->item_below[i])
            break;
    }
    return last;
}

static unsigned draw_domain(const struct making *m, struct rng *rng)
{
    double at = rng_unit(rng), below = 0;
    for (unsigned d = 0; d + 1 < m->hall->domain_count; d++)
        if (at < (below += m->hall->domains[d].visit_share))
            return d;
    return m->hall->domain_count - 1;
}

static double draw_service_min(const struct making *m, struct rng *rng, unsigned item)
{
    double minutes = draw_lognormal(rng, m->hall->items[item].mean_min, m->hall->service_cv);
    return days_round_min(fmin(fmax(minutes, m->s->service_least_min), LONGEST_SERVICE_MIN));
}

/* What the visitor has come for. */
static void draw_work(const struct making *m, struct rng *rng, unsigned domain, struct day_ticket *ticket)
{
    ticket->item = draw_item(m, rng, domain);
    ticket->standard_min = draw_service_min(m, rng, ticket->item);
    ticket->item2 = -1;
    if (rng_unit(rng) >= m->hall->multi_item_share || ticket->no_show)
        return;
    unsigned second = rng_unit(rng) < m->s->second_in_same_domain ? domain : draw_domain(m, rng);
    ticket->item2 = (int)draw_item(m, rng, second);
    ticket->standard2_min = draw_service_min(m, rng, (unsigned)ticket->item2);
}

/* Minutes after the slot, by the scenario's table, straight lines between its rows. */
static double draw_late_min(const struct days_scenario *s, struct rng *rng)
{
    double at = rng_unit(rng);
    unsigned i = 1;
    while (i + 1 < s->late_count && at >= s->late_below[i])
        i++;
    double width = s->late_below[i] - s->late_below[i - 1];
    double part = width > 0 ? (at - s->late_below[i - 1]) / width : 0;
    return s->late_min[i - 1] + part * (s->late_min[i] - s->late_min[i - 1]);
}

/* So many bookings are made that the expected ones come; whoever is too early for a number waits at the door.
 */
static bool make_bookings(struct making *m, unsigned domain)
{
    const struct days_scenario *s = m->s;
    struct rng rng = stream(m, DAYS_BOOKINGS, domain);
    unsigned slots = (unsigned)floor(s->last_slot_min / s->slot_min) + 1;
    double bookings = m->visits[domain] * m->hall->booked_share / (1 - s->booked_no_show);
    unsigned count = (unsigned)fmin(floor(bookings + rng_unit(&rng)), TICKETS_MAX);
    for (unsigned i = 0; i < count; i++) {
        struct day_ticket ticket = {.class = DAY_BOOKED};
        bool is_coming = rng_unit(&rng) >= s->booked_no_show;
        ticket.slot_min = days_round_min(rng_below(&rng, slots) * s->slot_min);
        double arrival = ticket.slot_min + draw_late_min(s, &rng), at_door = rng_unit(&rng);
        if (arrival < m->hall->tickets_from_min)
            arrival = fmin(m->hall->tickets_from_min + at_door, s->last_ticket_min);
        ticket.arrival_min = days_round_min(arrival);
        draw_work(m, &rng, domain, &ticket);
        if (is_coming && ticket.arrival_min <= s->last_ticket_min && !add_ticket(m, &ticket))
            return false;
    }
    return true;
}

/* When the walk-ins come: the steps' weights between two times, and a time drawn by them. */
struct profile {
    double from_min[DAYS_STEPS_MAX], to_min[DAYS_STEPS_MAX], below[DAYS_STEPS_MAX];
    unsigned count;
};

static void profile_make(const struct days_scenario *s, double from_min, double to_min, struct profile *out)
{
    double sum = 0;
    assert(s->step_count > 0);
    out->count = s->step_count;
    for (unsigned i = 0; i < s->step_count; i++) {
        double end = i + 1 < s->step_count ? s->step_from_min[i + 1] : s->last_ticket_min;
        out->from_min[i] = fmax(s->step_from_min[i], from_min);
        out->to_min[i] = fmax(out->from_min[i], fmin(end, to_min));
        out->below[i] = sum += s->step_rate[i] * (out->to_min[i] - out->from_min[i]);
    }
}

static double profile_sum(const struct profile *profile)
{
    assert(profile->count > 0);
    return profile->below[profile->count - 1];
}

static double profile_draw(const struct profile *profile, struct rng *rng)
{
    double at = rng_unit(rng) * profile_sum(profile), before = 0;
    unsigned i = 0;
    while (i + 1 < profile->count && at >= profile->below[i])
        before = profile->below[i++];
    double part = (at - before) / (profile->below[i] - before);
    return profile->from_min[i] + part * (profile->to_min[i] - profile->from_min[i]);
}

static bool add_walk_ins(struct making *m, struct rng *rng, unsigned domain, double expected,
                         const struct profile *profile)
{
    unsigned count =
        expected > 0 && profile_sum(profile) > 0 ? draw_poisson(rng, fmin(expected, 2 * TICKETS_MAX)) : 0;
    for (unsigned i = 0; i < count; i++) {
        struct day_ticket ticket = {.arrival_min = days_round_min(profile_draw(profile, rng))};
        double class = rng_unit(rng);
        ticket.class = class < m->s->priority_share                       ? DAY_PRIORITY
                       : class < m->s->priority_share + m->s->green_share ? DAY_GREEN
                                                                          : DAY_WALK_IN;
        ticket.no_show = rng_unit(rng) < m->hall->walk_in_no_show;
        draw_work(m, rng, domain, &ticket);
        if (!add_ticket(m, &ticket))
            return false;
    }
    return true;
}

/* Which domains have more walk-ins than usual for a while. */
static uint64_t draw_surges(const struct making *m)
{
    struct rng rng = stream(m, DAYS_SURGES, 0);
    unsigned left = m->s->surge_domains;
    uint64_t bits = 0;
    for (unsigned d = 0; d < m->hall->domain_count; d++)
        if (rng_below(&rng, m->hall->domain_count - d) < left) {
            bits |= UINT64_C(1) << d;
            left--;
        }
    return bits;
}

/* A lognormal factor with mean 1. */
static double draw_factor(struct rng *rng, double noise)
{
    return exp(noise * draw_normal(rng) - noise * noise / 2);
}

static bool make_visits(struct making *m)
{
    const struct days_scenario *s = m->s;
    struct rng factors = stream(m, DAYS_FACTORS, 0);
    struct profile day = {0}, surge = {0};
    double day_factor = draw_factor(&factors, s->day_noise);
    uint64_t surging = draw_surges(m);
    profile_make(s, s->tickets_from_min, s->last_ticket_min, &day);
    profile_make(s, s->surge_from_min, s->surge_to_min, &surge);
    for (unsigned d = 0; d < m->hall->domain_count; d++) {
        double factor = day_factor * draw_factor(&factors, s->domain_noise);
        double expected = m->visits[d] * (1 - m->hall->booked_share) * factor;
        double more = surging >> d & 1 ? (s->surge_factor - 1) * profile_sum(&surge) / profile_sum(&day) : 0;
        struct rng usual = stream(m, DAYS_WALK_INS, d), extra = stream(m, DAYS_SURGES, d + 1);
        if (!make_bookings(m, d) || !add_walk_ins(m, &usual, d, expected, &day) ||
            !add_walk_ins(m, &extra, d, expected * more, &surge))
            return false;
    }
    return true;
}

/* ---- the whole ---- */

/* By arrival; the rest only makes the order complete, so that it does not depend on the sort. */
static int compare_tickets(const void *left, const void *right)
{
    const struct day_ticket *a = left, *b = right;
    const double keys[][2] = {{a->arrival_min, b->arrival_min},     {(double)a->class, (double)b->class},
                              {a->slot_min, b->slot_min},           {a->item, b->item},
                              {a->standard_min, b->standard_min},   {a->item2, b->item2},
                              {a->standard2_min, b->standard2_min}, {a->no_show, b->no_show}};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (keys[i][0] != keys[i][1])
            return keys[i][0] < keys[i][1] ? -1 : 1;
    return 0;
}

static void prepare(struct making *m)
{
    for (unsigned d = 0; d < m->hall->domain_count; d++)
        for (unsigned b = 0; b < m->hall->bin_count; b++)
            m->visits[d] += m->hall->domains[d].expected_per_10min[b];
    for (unsigned i = 0; i < m->hall->item_count; i++) {
        const struct hall_file_item *item = &m->hall->items[i];
        m->item_below[i] = m->share_sum[item->domain] += item->share_in_domain;
    }
}

enum status days_day(const struct days_scenario *scenario, const struct hall_file *hall, unsigned day,
                     uint64_t seed, struct day_file *out, struct error *error)
{
    assert(day <= DAY_NUMBER_MAX);
    memset(out, 0, sizeof *out);
    memcpy(out->scenario, hall->scenario, sizeof out->scenario);
    out->hall = hall->hall;
    out->day = day;
    struct making *m = calloc(1, sizeof *m);
    if (!m)
        return error_set(error, STATUS_MEMORY, "no memory for a day");
    *m = (struct making){.s = scenario, .hall = hall, .seed = seed, .out = out, .error = error};
    prepare(m);
    for (unsigned w = 0; w < hall->window_count; w++)
        make_absences(m, w);
    days_post(hall, out);
    bool is_made = make_visits(m);
    free(m);
    if (!is_made) {
        day_file_destroy(out);
        return error->status;
    }
    if (out->ticket_count)
        qsort(out->tickets, out->ticket_count, sizeof *out->tickets, compare_tickets);
    return STATUS_OK;
}
