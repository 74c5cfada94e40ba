/* SPDX-License-Identifier: MIT */
#include "dispatcher/plan/tomorrow_price.h"

#include <stdlib.h>
#include <string.h>

/* Mean handling time of what a window may be called for, by how many come for it. */
static double handling_min(const struct day_outlook *o, const struct day_window *window)
{
    double sum = 0, visits = 0;
    for (unsigned d = 0; d < o->domain_count; d++) {
        double slow = d == window->primary ? 1 : window->slow, expected = 1e-9;
        if (!(window->may >> d & 1))
            continue;
        for (unsigned bin = 0; bin < o->bin_count; bin++)
            expected += (double)o->domains[d].expected[bin] + (double)o->domains[d].booked[bin];
        sum += expected * day_domain_mean_ms(o, d) * slow / window->speed / MINUTE_MS;
        visits += expected;
    }
    return visits > 0 && sum > 0 ? sum / visits : 1;
}

bool day_prices_init(struct day_prices *prices, const struct day_outlook *outlook)
{
    memset(prices, 0, sizeof *prices);
    prices->windows = outlook->window_count;
    prices->of = calloc(outlook->window_count, sizeof *prices->of);
    if (!prices->of)
        return false;
    for (unsigned w = 0; w < outlook->window_count; w++)
        prices->handling_min[w] = handling_min(outlook, &outlook->windows[w]);
    return true;
}

void day_prices_destroy(struct day_prices *prices)
{
    free(prices->of);
    prices->of = NULL;
}

void day_prices_clear(struct day_prices *prices)
{
    prices->days = 0;
    memset(prices->of, 0, prices->windows * sizeof *prices->of);
}

/* Domains with somebody in line whose time has come. */
static uint64_t waiting_domains(const struct engine_run *run)
{
    uint64_t domains = 0;
    for (unsigned class = 0; class < TICKET_CLASSES; class ++) {
        for (uint64_t left = run->filled[class]; left; left &= left - 1) {
            unsigned d = (unsigned)__builtin_ctzll(left);
            if (run->tickets[run->lines[engine_line_of(d, class)].head].ref_ms <= run->now_ms)
                domains |= (uint64_t)1 << d;
        }
    }
    return domains;
}

static void see(const struct day_play *play, void *userdata)
{
    struct day_prices *prices = userdata;
    unsigned step = (unsigned)(play->run.now_ms / DAY_STEP_MS);
    if (step >= PRICE_STEPS)
        return;
    prices->waiting[step] = waiting_domains(&play->run);
    prices->last_step = step;
}

bool day_prices_add(struct day_prices *prices, struct day_play *play, const struct day_future *future)
{
    const struct day_outlook *o = play->outlook;
    day_watch *watch = play->watch;
    void *userdata = play->userdata;
    prices->first_step = prices->last_step = (unsigned)(o->open_ms / DAY_STEP_MS);
    memset(prices->waiting, 0, sizeof prices->waiting);
    play->watch = see;
    play->userdata = prices;
    bool is_played = day_play_run(play, future);
    play->watch = watch;
    play->userdata = userdata;
    if (!is_played)
        return false;
    for (unsigned w = 0; w < o->window_count; w++) {
        double left_min = 0, each = 1 / prices->handling_min[w];
        for (unsigned step = prices->last_step + 1; step-- > prices->first_step;) {
            bool is_wanted = prices->waiting[step] & o->windows[w].may;
            left_min = is_wanted ? left_min + (double)DAY_STEP_MS / MINUTE_MS : 0;
            prices->of[w][step] += left_min * each;
        }
    }
    prices->days++;
    return true;
}
