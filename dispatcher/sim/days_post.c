/* SPDX-License-Identifier: MIT
 * Two ways of posting windows without looking at the queues: what the static policies work with. */
#include <math.h>

#include "dispatcher/sim/days_inside.h"

enum { ROUNDS_MAX = 100 };

/* Expected work and the speeds posted for it, for each domain, and the speed that can be used for any of
 * them. */
struct load {
    const struct hall_file *hall;
    double work_min[DOMAINS_MAX], speed[DOMAINS_MAX];
    double spare_speed;
    double cost;
};

static double speed_in(const struct hall_file *hall, unsigned w, unsigned d)
{
    const struct hall_file_window *window = &hall->windows[w];
    double slow = d == window->primary  ? 1
                  : window->all_domains ? hall->all_domain_slowdown
                                        : hall->off_primary_slowdown;
    return window->speed_estimate / slow;
}

static double load_of(const struct load *load, unsigned d)
{
    double minutes = load->hall->close_min - load->hall->open_min;
    return load->speed[d] < 1e-9 ? 1e3 : load->work_min[d] / (load->speed[d] * minutes);
}

/* The load to which the spare speed brings down the fullest domains when it is poured out like water. */
static double level_of(const struct load *load)
{
    const struct hall_file *hall = load->hall;
    double work = 0, speed = load->spare_speed * (hall->close_min - hall->open_min);
    bool is_reached[DOMAINS_MAX] = {0};
    for (unsigned count = 0; speed > 0 && count < hall->domain_count; count++) {
        unsigned fullest = 0;
        for (unsigned d = 1; d < hall->domain_count; d++)
            if (is_reached[fullest] || (!is_reached[d] && load_of(load, d) > load_of(load, fullest)))
                fullest = d;
        if (count && work / speed >= load_of(load, fullest))
            break;
        is_reached[fullest] = true;
        work += load->work_min[fullest];
        speed += load->speed[fullest] * (hall->close_min - hall->open_min);
    }
    return speed > 0 ? work / speed : HUGE_VAL;
}

/* Work times the cube of the load: an overloaded domain counts far more than an idle one saves. */
static double cost_of(const struct load *load)
{
    double cost = 0, level = level_of(load);
    for (unsigned d = 0; d < load->hall->domain_count; d++) {
        double share = fmin(load_of(load, d), level);
        cost += load->work_min[d] * share * share * share;
    }
    return cost;
}

/* True when the window does more good at `to` than at `from`; it is moved then. */
static bool move(struct load *load, unsigned w, unsigned from, unsigned to)
{
    double from_speed = load->speed[from], to_speed = load->speed[to];
    load->speed[from] = fmax(0, from_speed - speed_in(load->hall, w, from));
    load->speed[to] = to_speed + speed_in(load->hall, w, to);
    double cost = cost_of(load);
    if (cost < load->cost * (1 - 1e-9)) {
        load->cost = cost;
        return true;
    }
    load->speed[from] = from_speed;
    load->speed[to] = to_speed;
    return false;
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
    load->cost = cost_of(load);
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

/* Windows for all domains are posted for all; they will be where most is to do, and the other windows are
 * settled with that in mind. */
static void post_mixed(const struct hall_file *hall, struct day_file *day)
{
    struct load load;
    bool is_open[WINDOWS_MAX] = {0};
    unsigned on_domain[WINDOWS_MAX] = {0};
    begin(hall, &load);
    for (unsigned w = 0; w < hall->window_count; w++) {
        bool is_there = !day->windows[w].absent, is_for_all = hall->windows[w].all_domains;
        is_open[w] = is_there && !is_for_all;
        if (is_there && is_for_all)
            load.spare_speed += hall->windows[w].speed_estimate;
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
