/* SPDX-License-Identifier: MIT */
#include "dispatcher/plan/tomorrow_figures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    STEP_MS = 10000, /* waits are counted in steps */
    STEPS = 6 * 360 + 1,
    HOUR_MS = 3600000,
    LATE_MIN = 40
};

/* What is summed up of each day. */
enum day_sum { SUM_VISITORS, SUM_WAIT_MIN, SUM_WITHIN, SUM_UNSERVED, GROUP_SUMS };
enum { SUM_COST_MIN, SUM_PUNCTUAL, SUM_WITHIN_5, SUM_WITHIN_10, DAY_SUMS };

struct day_tally {
    const struct day_outlook *outlook;
    unsigned days, capacity;
    double (*groups)[DAY_GROUPS][GROUP_SUMS]; /* owned; [day] */
    double (*sums)[DAY_SUMS];                 /* owned; [day] */
    uint32_t (*steps)[STEPS];                 /* owned; [group] */
    double busy_sum[WINDOWS_MAX];
    unsigned present_days[WINDOWS_MAX];
    double jain_sum, overtime_sum_ms;
    int32_t target_ms[TICKET_CLASSES];
};

/* ---- costs ---- */

static const double weights[TICKET_CLASSES] = {
    [CLASS_NORMAL] = 1, [CLASS_REJOINED] = 1, [CLASS_PRIORITY] = 2, [CLASS_BOOKED] = 3, [CLASS_GREEN] = 6};

static double beyond(double value, double limit)
{
    return value > limit ? value - limit : 0;
}

static double cost_min(unsigned class, double wait_min, double target_min)
{
    double cost = wait_min + beyond(wait_min, target_min);
    if (class == CLASS_NORMAL || class == CLASS_REJOINED)
        cost += beyond(wait_min, LATE_MIN);
    return weights[class] * cost;
}

double day_wait_cost_min(const struct day_outlook *outlook, unsigned class, int32_t wait_ms)
{
    return cost_min(class, (double)wait_ms / MINUTE_MS, (double)day_target_ms(outlook, class) / MINUTE_MS);
}

double day_play_cost_min(const struct day_play *play, const struct day_future *future)
{
    double target_min[TICKET_CLASSES], sum = 0;
    unsigned count = 0;
    for (unsigned class = 0; class < TICKET_CLASSES; class ++)
        target_min[class] = (double)day_target_ms(play->outlook, class) / MINUTE_MS;
    for (unsigned t = 0; t < future->count; t++) {
        const struct engine_ticket *ticket = &future->tickets[t];
        if (ticket->no_show)
            continue;
        sum += cost_min(ticket->class, (double)day_play_wait_ms(play, future, t) / MINUTE_MS,
                        target_min[ticket->class]);
        count++;
    }
    return count ? sum / count : 0;
}

/* ---- counting ---- */

struct day_tally *day_tally_create(const struct day_outlook *outlook, unsigned days)
{
    struct day_tally *tally = calloc(1, sizeof *tally);
    if (!tally)
        return NULL;
    tally->outlook = outlook;
    tally->capacity = days;
    tally->groups = calloc(days + 1u, sizeof *tally->groups);
    tally->sums = calloc(days + 1u, sizeof *tally->sums);
    tally->steps = calloc(DAY_GROUPS, sizeof *tally->steps);
    if (!tally->groups || !tally->sums || !tally->steps) {
        day_tally_destroy(tally);
        return NULL;
    }
    for (unsigned class = 0; class < TICKET_CLASSES; class ++)
        tally->target_ms[class] = day_target_ms(outlook, class);
    return tally;
}

void day_tally_destroy(struct day_tally *tally)
{
    if (!tally)
        return;
    free(tally->groups);
    free(tally->sums);
    free(tally->steps);
    free(tally);
}

static void count_ticket(struct day_tally *tally, const struct day_play *play,
                         const struct day_future *future, unsigned t)
{
    const struct engine_ticket *ticket = &future->tickets[t];
    int32_t wait_ms = day_play_wait_ms(play, future, t), target_ms = tally->target_ms[ticket->class];
    double wait_min = (double)wait_ms / MINUTE_MS;
    unsigned step = (unsigned)(wait_ms / STEP_MS), hour = (unsigned)(ticket->arrive_ms / HOUR_MS);
    bool is_within = wait_ms <= target_ms, is_unserved = !day_play_is_served(play, t);
    const unsigned groups[] = {GROUP_ALL, GROUP_DOMAINS + ticket->domain,
                               GROUP_HOURS + (hour < DAY_HOURS ? hour : DAY_HOURS - 1),
                               GROUP_CLASSES + ticket->class};
    for (unsigned g = 0; g < sizeof groups / sizeof groups[0]; g++) {
        double *sums = tally->groups[tally->days][groups[g]];
        sums[SUM_VISITORS]++;
        sums[SUM_WAIT_MIN] += wait_min;
        sums[SUM_WITHIN] += is_within && !is_unserved;
        sums[SUM_UNSERVED] += is_unserved;
        tally->steps[groups[g]][step < STEPS ? step : STEPS - 1]++;
    }
    double *sums = tally->sums[tally->days];
    sums[SUM_COST_MIN] += cost_min(ticket->class, wait_min, (double)target_ms / MINUTE_MS);
    if (future->is_punctual[t]) {
        sums[SUM_PUNCTUAL]++;
        sums[SUM_WITHIN_5] += wait_min <= 5 && !is_unserved;
        sums[SUM_WITHIN_10] += wait_min <= 10 && !is_unserved;
    }
}

static void count_windows(struct day_tally *tally, const struct day_play *play)
{
    double sum = 0, squares = 0;
    unsigned count = 0;
    for (unsigned w = 0; w < tally->outlook->window_count; w++) {
        int32_t present_ms = day_window_present_ms(tally->outlook, &tally->outlook->windows[w]);
        if (present_ms <= 0)
            continue;
        double busy = (double)play->run.window[w].busy_ms / present_ms;
        tally->busy_sum[w] += busy;
        tally->present_days[w]++;
        sum += busy;
        squares += busy * busy;
        count++;
    }
    tally->jain_sum += squares > 0 ? sum * sum / (count * squares) : 1;
}

void day_tally_add(struct day_tally *tally, const struct day_play *play, const struct day_future *future)
{
    if (tally->days == tally->capacity)
        return;
    int32_t end_ms = tally->outlook->close_ms;
    for (unsigned t = 0; t < future->count; t++) {
        if (!future->tickets[t].no_show)
            count_ticket(tally, play, future, t);
        if (day_play_is_served(play, t) && play->results[t].done_ms > end_ms)
            end_ms = play->results[t].done_ms;
    }
    count_windows(tally, play);
    tally->overtime_sum_ms += end_ms - tally->outlook->close_ms;
    tally->days++;
}

unsigned day_tally_days(const struct day_tally *tally)
{
    return tally->days;
}

/* ---- what it comes to ---- */

/* The wait that a share of the visitors does not exceed, as even within a step. */
static double quantile_ms(const uint32_t *steps, double count, double share)
{
    double left = share * count;
    for (unsigned step = 0; step < STEPS; step++) {
        if (steps[step] && left <= steps[step])
            return step == 0 && left <= steps[0] * 0.5 ? 0 : (step + left / steps[step]) * STEP_MS;
        left -= steps[step];
    }
    return 0;
}

static void group_waits(const struct day_tally *tally, unsigned group, struct day_waits *out)
{
    double sums[GROUP_SUMS] = {0}, visitors, days = tally->days;
    memset(out, 0, sizeof *out);
    for (unsigned day = 0; day < tally->days; day++)
        for (unsigned s = 0; s < GROUP_SUMS; s++)
            sums[s] += tally->groups[day][group][s];
    visitors = sums[SUM_VISITORS];
    if (visitors <= 0)
        return;
    out->visitors = visitors / days;
    out->unserved = sums[SUM_UNSERVED] / days;
    out->mean_ms = sums[SUM_WAIT_MIN] / visitors * MINUTE_MS;
    out->within_target = sums[SUM_WITHIN] / visitors;
    out->p50_ms = quantile_ms(tally->steps[group], visitors, 0.5);
    out->p90_ms = quantile_ms(tally->steps[group], visitors, 0.9);
    out->p99_ms = quantile_ms(tally->steps[group], visitors, 0.99);
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Between which values the mean wait of 8 days out of 10 lies. */
static void day_band(const struct day_tally *tally, struct day_figures *out)
{
    double *means = malloc((tally->days + 1u) * sizeof *means);
    unsigned count = 0;
    if (!means)
        return;
    for (unsigned day = 0; day < tally->days; day++) {
        const double *sums = tally->groups[day][GROUP_ALL];
        if (sums[SUM_VISITORS] > 0)
            means[count++] = sums[SUM_WAIT_MIN] / sums[SUM_VISITORS] * MINUTE_MS;
    }
    qsort(means, count, sizeof *means, by_size);
    if (count) {
        out->low_ms = means[(unsigned)(0.1 * (count - 1) + 0.5)];
        out->high_ms = means[(unsigned)(0.9 * (count - 1) + 0.5)];
    }
    free(means);
}

static double share_of(double part, double whole)
{
    return whole > 0 ? part / whole : 1;
}

void day_tally_figures(const struct day_tally *tally, struct day_figures *out)
{
    double sums[DAY_SUMS] = {0}, visitors = 0;
    memset(out, 0, sizeof *out);
    out->days = tally->days;
    for (unsigned group = 0; group < DAY_GROUPS; group++)
        group_waits(tally, group, &out->of[group]);
    day_band(tally, out);
    for (unsigned day = 0; day < tally->days; day++) {
        visitors += tally->groups[day][GROUP_ALL][SUM_VISITORS];
        for (unsigned s = 0; s < DAY_SUMS; s++)
            sums[s] += tally->sums[day][s];
    }
    out->cost_min = visitors > 0 ? sums[SUM_COST_MIN] / visitors : 0;
    out->booked_within_5 = share_of(sums[SUM_WITHIN_5], sums[SUM_PUNCTUAL]);
    out->booked_within_10 = share_of(sums[SUM_WITHIN_10], sums[SUM_PUNCTUAL]);
    for (unsigned w = 0; w < WINDOWS_MAX; w++)
        out->busy[w] = tally->present_days[w] ? tally->busy_sum[w] / tally->present_days[w] : NAN;
    out->jain = tally->days ? tally->jain_sum / tally->days : 1;
    out->overtime_ms = tally->days ? tally->overtime_sum_ms / tally->days : 0;
}

/* ---- differences ---- */

/* One day's part of a ratio of sums, twice. */
struct pair {
    double part[2], whole[2];
};

typedef struct pair pair_of(const struct day_tally *const both[2], unsigned day, unsigned what);

static struct pair group_pair(const struct day_tally *const both[2], unsigned day, unsigned group)
{
    struct pair pair;
    for (unsigned i = 0; i < 2; i++) {
        pair.part[i] = both[i]->groups[day][group][SUM_WAIT_MIN] * MINUTE_MS;
        pair.whole[i] = both[i]->groups[day][group][SUM_VISITORS];
    }
    return pair;
}

static struct pair within_pair(const struct day_tally *const both[2], unsigned day, unsigned group)
{
    struct pair pair;
    for (unsigned i = 0; i < 2; i++) {
        pair.part[i] = both[i]->groups[day][group][SUM_WITHIN];
        pair.whole[i] = both[i]->groups[day][group][SUM_VISITORS];
    }
    return pair;
}

static struct pair cost_pair(const struct day_tally *const both[2], unsigned day, unsigned sum)
{
    struct pair pair;
    for (unsigned i = 0; i < 2; i++) {
        pair.part[i] = both[i]->sums[day][sum];
        pair.whole[i] = both[i]->groups[day][GROUP_ALL][SUM_VISITORS];
    }
    return pair;
}

static struct pair booked_pair(const struct day_tally *const both[2], unsigned day, unsigned sum)
{
    struct pair pair;
    for (unsigned i = 0; i < 2; i++) {
        pair.part[i] = both[i]->sums[day][sum];
        pair.whole[i] = both[i]->sums[day][SUM_PUNCTUAL];
    }
    return pair;
}

/* The difference of two ratios and its standard error over days, by the usual linear approximation of a
 * ratio. */
static void differ(const struct day_tally *const both[2], unsigned days, pair_of *pair_at, unsigned what,
                   double *difference, double *error)
{
    double part[2] = {0}, whole[2] = {0}, ratio[2], squares = 0;
    *difference = *error = 0;
    for (unsigned day = 0; day < days; day++) {
        struct pair pair = pair_at(both, day, what);
        for (unsigned i = 0; i < 2; i++) {
            part[i] += pair.part[i];
            whole[i] += pair.whole[i];
        }
    }
    if (whole[0] <= 0 || whole[1] <= 0)
        return;
    for (unsigned i = 0; i < 2; i++)
        ratio[i] = part[i] / whole[i];
    *difference = ratio[1] - ratio[0];
    for (unsigned day = 0; day < days; day++) {
        struct pair pair = pair_at(both, day, what);
        double rest = (pair.part[1] - ratio[1] * pair.whole[1]) / whole[1] -
                      (pair.part[0] - ratio[0] * pair.whole[0]) / whole[0];
        squares += rest * rest;
    }
    if (days > 1)
        *error = sqrt(squares * days / (days - 1));
}

void day_tally_difference(const struct day_tally *first, const struct day_tally *second,
                          struct day_difference *out)
{
    const struct day_tally *const both[2] = {first, second};
    unsigned days = first->days < second->days ? first->days : second->days;
    for (unsigned group = 0; group < DAY_GROUPS; group++)
        differ(both, days, group_pair, group, &out->mean_ms[group], &out->mean_error_ms[group]);
    differ(both, days, within_pair, GROUP_ALL, &out->within_target, &out->within_target_error);
    differ(both, days, cost_pair, SUM_COST_MIN, &out->cost_min, &out->cost_error_min);
    differ(both, days, booked_pair, SUM_WITHIN_5, &out->booked_within_5, &out->booked_within_5_error);
    differ(both, days, booked_pair, SUM_WITHIN_10, &out->booked_within_10, &out->booked_within_10_error);
}
