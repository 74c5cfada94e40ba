/* SPDX-License-Identifier: MIT
 * Two ways of posting windows without looking at the queues: what the static policies work with. */
#include <assert.h>

#include "dispatcher/sim/days_inside.h"

enum { ROUNDS_MAX = 100 };

/* Expected work and the speeds posted for it, for each domain. */
struct load {
    const struct hall_file *hall;
    double work_min[DOMAINS_MAX], speed[DOMAINS_MAX];
};

static double speed_in(const struct hall_file *hall, unsigned w, unsigned d)
{
    const struct hall_file_window *window = &hall->windows[w];
    double slow = d == window->primary  ? 1
                  : window->all_domains ? hall->all_domain_slowdown
                                        : hall->off_primary_slowdown;
    return window->speed_estimate / slow;
}

/* Work times the cube of the load: an overloaded domain counts far more than an idle one saves. */
static double cost_of(const struct load *load, unsigned d, double speed)
{
    double minutes = load->hall->close_min - load->hall->open_min;
    if (speed < 1e-9)
        return load->work_min[d] * 1e9;
    double share = load->work_min[d] / (speed * minutes);
    return load->work_min[d] * share * share * share;
}

/* True when the window does more good at `to` than at `from`; it is moved then. */
static bool move(struct load *load, unsigned w, unsigned from, unsigned to)
{
    double from_speed = load->speed[from] - speed_in(load->hall, w, from);
    double to_speed = load->speed[to] + speed_in(load->hall, w, to);
    double before = cost_of(load, from, load->speed[from]) + cost_of(load, to, load->speed[to]);
    double after = cost_of(load, from, from_speed) + cost_of(load, to, to_speed);
    if (after >= before * (1 - 1e-9))
        return false;
    load->speed[from] = from_speed;
    load->speed[to] = to_speed;
    return true;
}

/* From the primary domains on, each window in turn goes where it does more good, until none does. `is_open`
 * says which windows count; on_domain[w] becomes the domain of each of them. */
static void settle(struct load *load, const bool *is_open, unsigned *on_domain)
{
    const struct hall_file *hall = load->hall;
    bool moved = true;
    for (unsigned w = 0; w < hall->window_count; w++) {
        on_domain[w] = hall->windows[w].primary;
        if (is_open[w])
            load->speed[on_domain[w]] += speed_in(hall, w, on_domain[w]);
    }
    for (unsigned round = 0; moved && round < ROUNDS_MAX; round++) {
        moved = false;
        for (unsigned w = 0; w < hall->window_count; w++)
            for (unsigned d = 0; is_open[w] && d < hall->domain_count; d++)
                if (d != on_domain[w] && hall->windows[w].authorised >> d & 1 &&
                    move(load, w, on_domain[w], d)) {
                    on_domain[w] = d;
                    moved = true;
                }
    }
}

static void begin(const struct hall_file *hall, struct load *load)
{
    *load = (struct load){.hall = hall};
    for (unsigned d = 0; d < hall->domain_count; d++) {
        for (unsigned b = 0; b < hall->bin_count; b++)
            load->work_min[d] += hall->domains[d].expected_per_10min[b];
        load->work_min[d] *= hall->domains[d].mean_min;
    }
}

static void post_dedicated(const struct hall_file *hall, struct day_file *day)
{
    struct load load;
    bool is_open[WINDOWS_MAX] = {0};
    unsigned on_domain[WINDOWS_MAX] = {0};
    begin(hall, &load);
    for (unsigned w = 0; w < hall->window_count; w++)
        is_open[w] = !day->windows[w].absent;
    settle(&load, is_open, on_domain);
    for (unsigned w = 0; w < hall->window_count; w++)
        day->windows[w].posted_dedicated = UINT64_C(1) << on_domain[w];
}

/* Windows for all domains are posted for all; half of their time is counted for their primary domain, half of
 * the rest for the others, and the other windows are settled around them. */
static void post_mixed(const struct hall_file *hall, struct day_file *day)
{
    struct load load;
    bool is_open[WINDOWS_MAX] = {0};
    unsigned on_domain[WINDOWS_MAX] = {0};
    begin(hall, &load);
    for (unsigned w = 0; w < hall->window_count; w++) {
        const struct hall_file_window *window = &hall->windows[w];
        is_open[w] = !day->windows[w].absent && !window->all_domains;
        for (unsigned d = 0; window->all_domains && !day->windows[w].absent && d < hall->domain_count; d++)
            load.speed[d] +=
                speed_in(hall, w, d) * (d == window->primary ? 0.5 : 0.25 / (hall->domain_count - 1));
    }
    settle(&load, is_open, on_domain);
    for (unsigned w = 0; w < hall->window_count; w++)
        day->windows[w].posted_mixed =
            hall->windows[w].all_domains ? hall->windows[w].authorised : UINT64_C(1) << on_domain[w];
}

void days_post(const struct hall_file *hall, struct day_file *day)
{
    post_dedicated(hall, day);
    post_mixed(hall, day);
}
