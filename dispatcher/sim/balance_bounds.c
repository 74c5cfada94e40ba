/* SPDX-License-Identifier: MIT
 * Bounds that follow from a hall and its day alone. */
#include "dispatcher/sim/balance.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- B0 ---- */

struct job {
    double arrival_min, work, left, mean_busy_min;
};

static int by_work(const void *a, const void *b)
{
    const struct job *x = *(struct job *const *)a, *y = *(struct job *const *)b;
    return (x->work > y->work) - (x->work < y->work);
}

/* All windows as one machine, working at `speed` without breaks; jobs[] in order of arrival. At any time the
 * job with the least work in all is worked on; a job's mean busy date is the mean over its work of when it is
 * done. */
static void run_preemptive(struct job *jobs, unsigned count, struct job **order, double speed,
                           double open_min)
{
    double now_min = open_min;
    unsigned come = 0, done = 0, waiting = 0;
    while (done < count) {
        while (come < count && jobs[come].arrival_min <= now_min)
            order[waiting++] = &jobs[come++];
        if (!waiting) {
            now_min = fmax(now_min, jobs[come].arrival_min);
            continue;
        }
        qsort(order, waiting, sizeof *order, by_work);
        struct job *job = order[0];
        double next_min = come < count ? jobs[come].arrival_min : INFINITY;
        double end_min = fmin(now_min + job->left / speed, next_min);
        double part = (end_min - now_min) * speed;
        job->mean_busy_min += part / job->work * (now_min + end_min) / 2;
        job->left -= part;
        now_min = end_min;
        if (job->left < 1e-9) {
            memmove(order, order + 1, --waiting * sizeof *order);
            done++;
        }
    }
}

/* wait = completion - arrival - service >= mean busy date - arrival - service / 2, summed over all; a service
 * lasts at most as long as at the slowest window, off its primary domain, after a changeover. */
double bound_mean_wait_min(const struct hall_file *hall, const struct day_file *day)
{
    struct job *jobs = calloc(day->ticket_count + 1u, sizeof *jobs);
    struct job **order = calloc(day->ticket_count + 1u, sizeof *order);
    double speed = 0, slowest = INFINITY, sum = 0;
    unsigned count = 0;
    for (unsigned w = 0; w < hall->window_count; w++) {
        if (day->windows[w].absent)
            continue;
        speed += hall->windows[w].speed;
        slowest = fmin(slowest, hall->windows[w].speed);
    }
    for (unsigned t = 0; jobs && order && t < day->ticket_count; t++) {
        const struct day_ticket *from = &day->tickets[t];
        double work = from->standard_min + (from->item2 >= 0 ? from->standard2_min : 0);
        if (from->no_show || work <= 0)
            continue;
        double due_min =
            from->class == DAY_BOOKED ? fmax(from->arrival_min, from->slot_min) : from->arrival_min;
        jobs[count++] = (struct job){.arrival_min = from->arrival_min, .work = work, .left = work};
        sum -= due_min;
    }
    if (count && speed > 0) {
        run_preemptive(jobs, count, order, speed, hall->open_min);
        for (unsigned j = 0; j < count; j++)
            sum += jobs[j].mean_busy_min - jobs[j].work / slowest / 2;
    }
    free(order);
    free(jobs);
    return count ? fmax(0, sum / count) : 0;
}

/* ---- B4 ---- */

/* Minutes that a window is there for visitors. */
static double available_min(const struct hall_file *hall, const struct day_file_window *window)
{
    double minutes = hall->close_min - hall->open_min;
    for (unsigned o = 0; o < window->off_count; o++)
        minutes -= window->offs[o].to_min - window->offs[o].from_min;
    return window->absent || minutes < 0 ? 0 : minutes;
}

enum { LEVEL_ROUNDS = 20000 };

struct levels {
    const struct hall_file *hall;
    double minutes[WINDOWS_MAX], busy[WINDOWS_MAX];
    double poured[DOMAINS_MAX][WINDOWS_MAX]; /* minutes of the window */
};

static double level(const struct levels *l, unsigned w)
{
    return l->busy[w] / l->minutes[w];
}

static bool may_take(const struct levels *l, unsigned w, unsigned d)
{
    return l->hall->windows[w].authorised >> d & 1 && l->minutes[w] > 0;
}

static void pour(struct levels *l, unsigned d, double work)
{
    double speed = 0;
    for (unsigned w = 0; w < l->hall->window_count; w++)
        speed += may_take(l, w, d) ? l->hall->windows[w].speed : 0;
    for (unsigned w = 0; w < l->hall->window_count; w++) {
        if (!may_take(l, w, d))
            continue;
        l->poured[d][w] = work / speed;
        l->busy[w] += work / speed;
    }
}

/* Moves work of the domain from the busiest window that has some to the least busy one; how far apart they
 * were. */
static double level_once(struct levels *l, unsigned d)
{
    int from = -1, to = -1;
    for (unsigned w = 0; w < l->hall->window_count; w++) {
        if (!may_take(l, w, d))
            continue;
        if (l->poured[d][w] > 1e-9 && (from < 0 || level(l, w) > level(l, (unsigned)from)))
            from = (int)w;
        if (to < 0 || level(l, w) < level(l, (unsigned)to))
            to = (int)w;
    }
    if (from < 0 || from == to)
        return 0;
    double gap = level(l, (unsigned)from) - level(l, (unsigned)to);
    double ratio = l->hall->windows[from].speed / l->hall->windows[to].speed;
    double move = fmin(l->poured[d][from], gap / (1 / l->minutes[from] + ratio / l->minutes[to]));
    l->poured[d][from] -= move;
    l->busy[from] -= move;
    l->poured[d][to] += move * ratio;
    l->busy[to] += move * ratio;
    return gap;
}

static struct levels *levels_of(const struct hall_file *hall, const struct day_file *day)
{
    double work[DOMAINS_MAX] = {0};
    struct levels *l = calloc(1, sizeof *l);
    if (!l)
        return NULL;
    l->hall = hall;
    for (unsigned w = 0; w < hall->window_count; w++)
        l->minutes[w] = available_min(hall, &day->windows[w]);
    for (unsigned t = 0; t < day->ticket_count; t++) {
        const struct day_ticket *ticket = &day->tickets[t];
        if (ticket->no_show)
            continue;
        work[hall->items[ticket->item].domain] += ticket->standard_min;
        if (ticket->item2 >= 0)
            work[hall->items[ticket->item2].domain] += ticket->standard2_min;
    }
    for (unsigned d = 0; d < hall->domain_count; d++)
        pour(l, d, work[d]);
    return l;
}

/* The day's work poured over authorised windows, then levelled until nothing can be moved downhill. */
double bound_jain(const struct hall_file *hall, const struct day_file *day)
{
    struct levels *l = levels_of(hall, day);
    if (!l)
        return NAN;
    double widest = 1;
    for (unsigned round = 0; round < LEVEL_ROUNDS && widest > 1e-6; round++) {
        widest = 0;
        for (unsigned d = 0; d < hall->domain_count; d++)
            widest = fmax(widest, level_once(l, d));
    }
    double sum = 0, squares = 0;
    unsigned count = 0;
    for (unsigned w = 0; w < hall->window_count; w++) {
        if (l->minutes[w] <= 0)
            continue;
        double share = level(l, w);
        sum += share;
        squares += share * share;
        count++;
    }
    free(l);
    return squares > 0 ? sum * sum / (count * squares) : 1;
}
