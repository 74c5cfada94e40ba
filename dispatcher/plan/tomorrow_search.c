/* SPDX-License-Identifier: MIT */
#include "dispatcher/plan/tomorrow_search.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dispatcher/plan/staffing.h"

enum { PATIENCE = 12 };
#define BETA         0.5 /* of the square-root rule: somebody waits in two cases out of five */
#define CROWDED_COST 1e6

/* A clerk whose breaks could lie better. */
struct wish {
    unsigned window;
    double gain;
};

/* ---- one step ---- */

bool search_goes_on(struct search *s)
{
    double done = s->params->days ? (double)s->played / s->params->days : 1;
    if (s->outcome == OUTCOME_DONE && s->params->progress &&
        !s->params->progress(done < 1 ? done : 1, s->params->userdata))
        s->outcome = OUTCOME_CANCELLED;
    return s->outcome == OUTCOME_DONE;
}

static bool fails(struct search *s)
{
    s->outcome = OUTCOME_NO_MEMORY;
    return false;
}

/* Draws the next future into s->future. */
static bool draw(struct search *s)
{
    return day_future_draw(&s->chance, s->params->seed, s->next_future++, &s->future) || fails(s);
}

static bool compare_day(struct search *s, struct day_play *first, struct day_play *second, double *more_min)
{
    if (!draw(s))
        return false;
    if (!day_play_run(first, &s->future) || !day_play_run(second, &s->future))
        return fails(s);
    *more_min = day_play_cost_min(second, &s->future) - day_play_cost_min(first, &s->future);
    s->played += 2;
    return true;
}

bool search_compare(struct search *s, const struct day_outlook *first, const struct day_outlook *second,
                    unsigned days, double *difference, double *error)
{
    struct day_play plays[2] = {0};
    double sum = 0, squares = 0;
    bool enough = day_play_init(&plays[0], first) && day_play_init(&plays[1], second);
    if (!enough)
        fails(s);
    for (unsigned day = 0; enough && day < days; day++) {
        double more_min = 0;
        enough = compare_day(s, &plays[0], &plays[1], &more_min);
        sum += more_min;
        squares += more_min * more_min;
    }
    day_play_destroy(&plays[0]);
    day_play_destroy(&plays[1]);
    if (!enough)
        return false;
    double rest = squares - sum * sum / days;
    *difference = sum / days;
    *error = days > 1 && rest > 0 ? sqrt(rest / days / (days - 1)) : 0;
    return search_goes_on(s);
}

static bool price(struct search *s)
{
    struct day_play play;
    bool enough = day_play_init(&play, s->plan) || fails(s);
    day_prices_clear(&s->prices);
    for (unsigned day = 0; enough && day < s->price_days; day++) {
        enough = draw(s) && (day_prices_add(&s->prices, &play, &s->future) || fails(s));
        s->played++;
    }
    day_play_destroy(&play);
    return enough && search_goes_on(s);
}

/* ---- breaks ---- */

static int by_gain(const void *a, const void *b)
{
    const struct wish *x = a, *y = b;
    if (x->gain != y->gain)
        return x->gain < y->gain ? 1 : -1;
    return (x->window > y->window) - (x->window < y->window);
}

static void window_costs(const struct search *s, unsigned w, double cost[ROSTER_STEPS])
{
    for (unsigned step = 0; step < ROSTER_STEPS; step++)
        cost[step] = day_price(&s->prices, w, step);
}

/* What each clerk could gain alone, most first; by some chance, so that not always the same are tried. */
static unsigned find_wishes(struct search *s, struct wish *wishes)
{
    unsigned count = 0;
    for (unsigned w = 0; w < s->plan->window_count; w++) {
        struct day_window window = s->plan->windows[w];
        double cost[ROSTER_STEPS], sum, chance = 0.3 + 0.7 * rng_unit(&s->rng);
        window_costs(s, w, cost);
        double now = roster_cost(&window, cost);
        roster_take(&s->roster, &window);
        roster_place(&s->roster, cost, &window, &sum);
        roster_put(&s->roster, &s->plan->windows[w]);
        if (now - sum > 1e-9)
            wishes[count++] = (struct wish){w, (now - sum) * chance};
    }
    qsort(wishes, count, sizeof *wishes, by_gain);
    return count;
}

/* Grants wishes on the trial, at most `most`; where several have just been moved to, prices no longer hold.
 */
static unsigned grant(struct search *s, const struct wish *wishes, unsigned count, unsigned most,
                      uint8_t *relaxed)
{
    struct roster roster = s->roster;
    uint8_t fresh[ROSTER_STEPS] = {0};
    unsigned granted = 0, crowd = s->plan->window_count / 10 + 1;
    for (unsigned i = 0; i < count && granted < most; i++) {
        unsigned w = wishes[i].window;
        struct day_window *window = &s->trial->windows[w], before = *window;
        double cost[ROSTER_STEPS], sum;
        window_costs(s, w, cost);
        double now = roster_cost(window, cost);
        for (unsigned step = 0; step < ROSTER_STEPS; step++)
            cost[step] += fresh[step] >= crowd ? CROWDED_COST : 0;
        roster_take(&roster, &before);
        unsigned given_up = roster_place(&roster, cost, window, &sum);
        if (now - sum <= 1e-9) {
            *window = before;
            roster_put(&roster, &before);
            continue;
        }
        roster_put(&roster, window);
        relaxed[w] = (uint8_t)given_up;
        for (unsigned b = 0; b < window->break_count; b++)
            for (int32_t at_ms = window->breaks[b].from_ms; at_ms < window->breaks[b].to_ms;
                 at_ms += DAY_STEP_MS)
                fresh[at_ms / DAY_STEP_MS]++;
        granted++;
    }
    return granted;
}

static void copy_windows(struct day_outlook *to, const struct day_outlook *from)
{
    memcpy(to->windows, from->windows, from->window_count * sizeof *from->windows);
}

void search_breaks(struct search *s, unsigned days)
{
    unsigned windows = s->plan->window_count, batch = windows, failures = 0;
    struct wish *wishes = malloc(windows * sizeof *wishes);
    uint8_t relaxed[WINDOWS_MAX];
    if (!wishes)
        fails(s);
    while (s->outcome == OUTCOME_DONE && s->played < days && failures < PATIENCE) {
        double difference = 0, error;
        if (!price(s))
            break;
        copy_windows(s->trial, s->plan);
        memcpy(relaxed, s->relaxed, sizeof relaxed);
        unsigned granted = grant(s, wishes, find_wishes(s, wishes), batch, relaxed);
        if (granted && !search_compare(s, s->plan, s->trial, s->pair_days, &difference, &error))
            break;
        if (granted && difference < 0) {
            copy_windows(s->plan, s->trial);
            memcpy(s->relaxed, relaxed, sizeof relaxed);
            roster_init(&s->roster, s->plan, &s->params->rules);
            batch += batch < windows;
            failures = 0;
        } else {
            batch = batch > 2 ? batch * 2 / 3 : 1 + rng_below(&s->rng, 2);
            failures += batch <= 2;
        }
    }
    free(wishes);
}

/* ---- windows by the square-root rule ---- */

/* Mean handling time of a domain's visitors over the windows that may serve them, ms. */
static double handling_ms(const struct day_outlook *o, unsigned d)
{
    double factors = 0;
    unsigned windows = 0;
    for (unsigned w = 0; w < o->window_count; w++) {
        const struct day_window *window = &o->windows[w];
        if (!window->duty_count || !(window->may >> d & 1))
            continue;
        factors += (d == window->primary ? 1 : window->slow) / window->speed;
        windows++;
    }
    return day_domain_mean_ms(o, d) * (windows ? factors / windows : 1);
}

static void add_load(double *load, int32_t at_ms, double ms)
{
    if (at_ms >= 0 && at_ms < DAY_MS)
        load[at_ms / DAY_HALF_MS] += ms / DAY_HALF_MS;
}

static void domain_load(const struct day_outlook *o, unsigned d, double load[DAY_HALVES])
{
    const struct day_domain *domain = &o->domains[d];
    double each_ms = handling_ms(o, d) * (1 + o->second_share);
    for (unsigned bin = 0; bin < o->bin_count; bin++) {
        double visits =
            ((double)domain->expected[bin] * (1 - o->no_show_share) + (double)domain->booked[bin]) *
            (double)domain->arrival_factor[bin];
        int32_t at_ms = o->bins_from_ms + (int32_t)bin * DAY_BIN_MS;
        add_load(load, at_ms > o->open_ms ? at_ms : o->open_ms, visits * each_ms);
    }
    for (unsigned b = 0; b < o->booking_count; b++)
        if (o->items[o->bookings[b].item].domain == d)
            add_load(load, o->bookings[b].slot_ms, each_ms * o->booked_came_share);
}

void search_loads(struct search *s)
{
    double sums[DAY_HALVES] = {0};
    memset(s->load, 0, sizeof s->load);
    for (unsigned d = 0; d < s->plan->domain_count; d++) {
        domain_load(s->plan, d, s->load[d]);
        for (unsigned half = 0; half < DAY_HALVES; half++)
            sums[half] += s->load[d][half];
    }
    for (unsigned half = 0; half < DAY_HALVES; half++)
        s->needed[half] = staffing_windows(sums[half], BETA);
}

/* ---- postings ---- */

/* Each window goes where most of the need is still open, those with few authorisations first. */
static void post_by_need(const struct search *s, unsigned half, uint64_t posted[WINDOWS_MAX])
{
    double given[DOMAINS_MAX] = {0};
    int32_t at_ms = (int32_t)half * DAY_HALF_MS;
    for (int count = 1; count <= DOMAINS_MAX; count++) {
        for (unsigned w = 0; w < s->plan->window_count; w++) {
            const struct day_window *window = &s->plan->windows[w];
            double most = -INFINITY;
            int best = -1;
            if (__builtin_popcountll(window->may) != count || !day_window_on_duty(window, at_ms))
                continue;
            for (uint64_t may = window->may; may; may &= may - 1) {
                int d = __builtin_ctzll(may);
                double load = s->load[d][half], need = load + BETA * sqrt(load);
                double open = need > 0 ? (need - given[d]) / need : -1e3;
                if (open > most) {
                    most = open;
                    best = d;
                }
            }
            if (best >= 0)
                given[best]++;
            posted[w] = best >= 0 && count > 1 ? (uint64_t)1 << best : 0;
        }
    }
}

/* Takes the trial for the plan when it is better beyond doubt: a first look, then a thorough one. */
static bool try_postings(struct search *s)
{
    double difference, error;
    if (!search_compare(s, s->plan, s->trial, s->pair_days / 2, &difference, &error) || difference > -error)
        return false;
    if (!search_compare(s, s->plan, s->trial, 3 * s->pair_days, &difference, &error) ||
        difference > -2 * error)
        return false;
    copy_windows(s->plan, s->trial);
    return true;
}

bool search_postings(struct search *s, unsigned days)
{
    unsigned windows = s->plan->window_count;
    uint64_t(*posted)[WINDOWS_MAX] = calloc(DAY_HALVES, sizeof *posted);
    bool found = false;
    if (!posted)
        fails(s);
    for (unsigned half = 0; posted && half < DAY_HALVES; half++)
        post_by_need(s, half, posted[half]);
    /* all windows alike, all by need, then one window after the other by need */
    for (unsigned try = 0; posted && try < windows + 2 && s->outcome == OUTCOME_DONE && s->played < days;
         try++) {
        copy_windows(s->trial, s->plan);
        for (unsigned w = try < 2 ? 0 : try - 2; w < (try < 2 ? windows : try - 1); w++)
            for (unsigned half = 0; half < DAY_HALVES; half++)
                s->trial->windows[w].posted[half] = try ? posted[half][w] : 0;
        bool differs = false;
        for (unsigned w = 0; w < windows; w++)
            differs = differs || memcmp(s->trial->windows[w].posted, s->plan->windows[w].posted,
                                        sizeof s->plan->windows[w].posted) != 0;
        found = (differs && try_postings(s)) || found;
    }
    free(posted);
    return found;
}
