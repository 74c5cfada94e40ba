/* SPDX-License-Identifier: MIT */
#include "dispatcher/sim/balance.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const measure_names[] = {
#define X(name, text, about) text,
    MEASURES(X)
#undef X
};
const char *const measure_abouts[] = {
#define X(name, text, about) about,
    MEASURES(X)
#undef X
};

static const struct {
    double weight, target_min, late_min; /* late: where walk-ins count once more */
} costs[DAY_CLASSES] = {
    [DAY_WALK_IN] = {1, 20, 40},
    [DAY_PRIORITY] = {2, 10, INFINITY},
    [DAY_BOOKED] = {3, 5, INFINITY},
    [DAY_GREEN] = {6, 5, INFINITY},
};

static double beyond(double value, double limit)
{
    return value > limit ? value - limit : 0;
}

/* ---- numbers ---- */

struct numbers {
    double *list; /* owned */
    unsigned count;
    double sum;
};

static void numbers_add(struct numbers *numbers, double value)
{
    numbers->list[numbers->count++] = value;
    numbers->sum += value;
}

static double numbers_mean(const struct numbers *numbers)
{
    return numbers->count ? numbers->sum / numbers->count : NAN;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The share-quantile, linear between neighbours. */
static double numbers_quantile(struct numbers *numbers, double share)
{
    if (!numbers->count)
        return NAN;
    qsort(numbers->list, numbers->count, sizeof *numbers->list, by_size);
    double at = share * (numbers->count - 1);
    unsigned below = (unsigned)at;
    if (below + 1 >= numbers->count)
        return numbers->list[numbers->count - 1];
    return numbers->list[below] + (at - below) * (numbers->list[below + 1] - numbers->list[below]);
}

/* ---- waits ---- */

struct waits {
    struct numbers all, of[DAY_CLASSES];
    unsigned over30, punctual, within5, within10, stranded;
    double cost;
    double domain_sum[DOMAINS_MAX];
    unsigned domain_count[DOMAINS_MAX];
};

static bool waits_init(struct waits *waits, unsigned tickets)
{
    bool enough = true;
    memset(waits, 0, sizeof *waits);
    struct numbers *const all[] = {&waits->all, &waits->of[DAY_WALK_IN], &waits->of[DAY_PRIORITY],
                                   &waits->of[DAY_BOOKED], &waits->of[DAY_GREEN]};
    for (unsigned i = 0; i < sizeof all / sizeof all[0]; i++) {
        all[i]->list = malloc((tickets + 1u) * sizeof(double));
        enough = enough && all[i]->list;
    }
    return enough;
}

static void waits_destroy(struct waits *waits)
{
    free(waits->all.list);
    for (unsigned class = 0; class < DAY_CLASSES; class ++)
        free(waits->of[class].list);
}

static void waits_add(struct waits *waits, const struct hall_file *hall, const struct day_ticket *ticket,
                      double wait_min)
{
    unsigned domain = hall->items[ticket->item].domain;
    numbers_add(&waits->all, wait_min);
    numbers_add(&waits->of[ticket->class], wait_min);
    waits->over30 += wait_min > 30;
    waits->domain_sum[domain] += wait_min;
    waits->domain_count[domain]++;
    waits->cost +=
        costs[ticket->class].weight * (wait_min + beyond(wait_min, costs[ticket->class].target_min) +
                                       beyond(wait_min, costs[ticket->class].late_min));
    if (ticket->class == DAY_BOOKED && ticket->arrival_min <= ticket->slot_min + 5) {
        waits->punctual++;
        waits->within5 += wait_min <= 5;
        waits->within10 += wait_min <= 10;
    }
}

static double percent(unsigned part, unsigned whole)
{
    return whole ? 100.0 * part / whole : NAN;
}

static void measure_waits(const struct hall_file *hall, const struct day_file *day,
                          const struct played *played, struct measures *out)
{
    struct waits waits;
    if (waits_init(&waits, day->ticket_count)) {
        for (unsigned t = 0; t < day->ticket_count; t++) {
            if (played->tickets[t].served)
                waits_add(&waits, hall, &day->tickets[t], played->tickets[t].wait_min);
            else
                waits.stranded += !day->tickets[t].no_show;
        }
        double worst = 0;
        for (unsigned d = 0; d < hall->domain_count; d++)
            if (waits.domain_count[d])
                worst = fmax(worst, waits.domain_sum[d] / waits.domain_count[d]);
        out->of[MEASURE_MEAN] = numbers_mean(&waits.all);
        out->of[MEASURE_P50] = numbers_quantile(&waits.all, 0.5);
        out->of[MEASURE_P90] = numbers_quantile(&waits.all, 0.9);
        out->of[MEASURE_P99] = numbers_quantile(&waits.all, 0.99);
        out->of[MEASURE_MAX] = numbers_quantile(&waits.all, 1);
        out->of[MEASURE_WALK_IN] = numbers_mean(&waits.of[DAY_WALK_IN]);
        out->of[MEASURE_BOOKED] = numbers_mean(&waits.of[DAY_BOOKED]);
        out->of[MEASURE_PRIORITY] = numbers_mean(&waits.of[DAY_PRIORITY]);
        out->of[MEASURE_PRIORITY_P90] = numbers_quantile(&waits.of[DAY_PRIORITY], 0.9);
        out->of[MEASURE_GREEN] = numbers_mean(&waits.of[DAY_GREEN]);
        out->of[MEASURE_B5] = percent(waits.within5, waits.punctual);
        out->of[MEASURE_B10] = percent(waits.within10, waits.punctual);
        out->of[MEASURE_OVER30] = percent(waits.over30, waits.all.count);
        out->of[MEASURE_WORST_DOMAIN] = worst;
        out->of[MEASURE_COST] = waits.all.count ? waits.cost / waits.all.count : NAN;
        out->of[MEASURE_TICKETS] = waits.all.count;
        out->of[MEASURE_STRANDED] = waits.stranded;
    }
    waits_destroy(&waits);
}

/* ---- overtaking ---- */

/* How many walk-ins of the ticket's domain came later and were called earlier. */
static unsigned overtaken_by(const struct hall_file *hall, const struct day_file *day,
                             const struct played *played, unsigned t)
{
    unsigned domain = hall->items[day->tickets[t].item].domain, count = 0;
    for (unsigned later = t + 1; later < day->ticket_count; later++) {
        const struct day_ticket *other = &day->tickets[later];
        if (other->arrival_min >= played->tickets[t].called_min)
            break;
        count += other->class == DAY_WALK_IN && hall->items[other->item].domain == domain &&
                 played->tickets[later].called_min < played->tickets[t].called_min;
    }
    return count;
}

static void measure_overtaking(const struct hall_file *hall, const struct day_file *day,
                               const struct played *played, struct measures *out)
{
    struct numbers counts = {malloc((day->ticket_count + 1u) * sizeof(double)), 0, 0};
    unsigned over3 = 0, over10 = 0;
    if (!counts.list)
        return;
    for (unsigned t = 0; t < day->ticket_count; t++) {
        if (day->tickets[t].class != DAY_WALK_IN || !played->tickets[t].served)
            continue;
        unsigned count = overtaken_by(hall, day, played, t);
        numbers_add(&counts, count);
        over3 += count > 3;
        over10 += count > 10;
    }
    out->of[MEASURE_OVERTAKEN_3] = percent(over3, counts.count);
    out->of[MEASURE_OVERTAKEN_10] = percent(over10, counts.count);
    out->of[MEASURE_OVERTAKEN_P99] = numbers_quantile(&counts, 0.99);
    free(counts.list);
}

/* ---- windows ---- */

/* Sums of a quantity over windows; Jain's index is (sum x)^2 / (n sum x^2). */
struct spread {
    unsigned count;
    double sum, squares, least, most;
};

static void spread_add(struct spread *spread, double value)
{
    spread->least = spread->count ? fmin(spread->least, value) : value;
    spread->most = spread->count ? fmax(spread->most, value) : value;
    spread->count++;
    spread->sum += value;
    spread->squares += value * value;
}

static double spread_jain(const struct spread *spread)
{
    return spread->squares > 0 ? spread->sum * spread->sum / (spread->count * spread->squares) : NAN;
}

static double spread_cv(const struct spread *spread)
{
    double mean = spread->sum / spread->count;
    double variance = spread->squares / spread->count - mean * mean;
    return mean > 0 && variance > 0 ? sqrt(variance) / mean : 0;
}

static double available_min(const struct hall_file *hall, const struct day_file_window *window)
{
    double minutes = hall->close_min - hall->open_min;
    for (unsigned o = 0; o < window->off_count; o++)
        minutes -= window->offs[o].to_min - window->offs[o].from_min;
    return minutes;
}

static void measure_windows(const struct hall_file *hall, const struct day_file *day,
                            const struct played *played, struct measures *out)
{
    struct spread busy = {0}, volume = {0}, standard = {0};
    double hours = 0, changeovers = 0;
    for (unsigned w = 0; w < hall->window_count; w++) {
        double minutes = available_min(hall, &day->windows[w]);
        if (day->windows[w].absent || minutes <= 0)
            continue;
        spread_add(&busy, played->windows[w].busy_min / minutes);
        spread_add(&volume, played->windows[w].served / minutes);
        spread_add(&standard, played->windows[w].standard_min / minutes);
        hours += minutes / 60;
        changeovers += played->windows[w].changeovers;
    }
    if (!busy.count)
        return;
    out->of[MEASURE_UTIL] = busy.sum / busy.count;
    out->of[MEASURE_UTIL_CV] = spread_cv(&busy);
    out->of[MEASURE_UTIL_SPREAD] = busy.most - busy.least;
    out->of[MEASURE_JAIN_BUSY] = spread_jain(&busy);
    out->of[MEASURE_JAIN_VOLUME] = spread_jain(&volume);
    out->of[MEASURE_JAIN_STANDARD] = spread_jain(&standard);
    out->of[MEASURE_CHANGEOVERS] = changeovers / hours;
}

void measure_day(const struct hall_file *hall, const struct day_file *day, const struct played *played,
                 struct measures *out)
{
    for (unsigned m = 0; m < MEASURE_COUNT; m++)
        out->of[m] = NAN;
    measure_waits(hall, day, played, out);
    measure_overtaking(hall, day, played, out);
    measure_windows(hall, day, played, out);
    out->of[MEASURE_POSTED_CHANGES] = played->posted_changes / ((hall->close_min - hall->open_min) / 60);
    out->of[MEASURE_OVERTIME] = beyond(played->end_min, hall->close_min);
    if (played->has_forecasts) {
        out->of[MEASURE_FORECAST_MAE] = played->forecasts.mae_min;
        out->of[MEASURE_FORECAST_P50] = played->forecasts.covered_low;
        out->of[MEASURE_FORECAST_P90] = played->forecasts.covered_high;
        out->of[MEASURE_FORECAST_HALL_MAE] = played->forecasts.hall_mae_min;
        out->of[MEASURE_FORECAST_HALL_COVER] = played->forecasts.hall_covered;
    }
    out->of[MEASURE_CYCLE_MS] = played->cycles ? played->planning_ms / played->cycles : 0;
}
