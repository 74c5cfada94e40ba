/* SPDX-License-Identifier: MIT
 * From tickets issued to days seen, and from rates to what is expected. */
#include "dispatcher/plan/demand.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dispatcher/plan/demand_inside.h"

enum {
    MINUTES_LEAST = 60, /* a day open for less teaches nothing */
    CLOSURE_DAYS = 60,  /* how far back an open day is looked for */
};
#define REOPENING_ASSUMED    1.2  /* as if one such day had been seen */
#define BOOKING_PRIOR        20.0 /* bookings of which .9 came */
#define BOOKING_CAME_ASSUMED .9

struct demand *demand_create(void)
{
    return calloc(1, sizeof(struct demand));
}

void demand_destroy(struct demand *demand)
{
    free(demand);
}

/* ---- the calendar ---- */

/* Between which minutes of the date numbers can be taken; false when the hall is closed. */
static bool issue_minutes(const struct hall *hall, int32_t date, int *from_min, int *to_min)
{
    struct session_list list = hall_sessions(hall, date);
    if (!list.count)
        return false;
    *from_min = list.sessions[0].from_min - hall->policy[POLICY_ISSUE_BEFORE_OPEN_MIN];
    *to_min = list.sessions[list.count - 1].to_min - hall->policy[POLICY_STOP_BEFORE_CLOSE_MIN];
    *from_min = *from_min < 0 ? 0 : *from_min;
    return *to_min > *from_min;
}

bool demand_is_reopening(const struct hall *hall, int32_t date)
{
    for (int32_t back = date - 1; back > date - CLOSURE_DAYS; back--) {
        if (hall_sessions(hall, back).count)
            return false;
        if (hall->week[date_weekday(back)].count)
            return true; /* closed although the weekly rule has it open */
    }
    return false;
}

double demand_reopening(const struct demand *demand)
{
    return exp((demand->reopening_log_sum + log(REOPENING_ASSUMED)) / (demand->reopening_weight + 1));
}

uint32_t demand_reopening_permille(const struct demand *demand)
{
    return (uint32_t)lround(1000 * demand_reopening(demand));
}

/* ---- a day ends: it teaches ---- */

/* How much of a bin numbers could be taken in. */
static double bin_open(const struct demand *demand, unsigned bin)
{
    int from_min = (int)bin * DEMAND_BIN_MIN, to_min = from_min + DEMAND_BIN_MIN;
    from_min = from_min < demand->open_min ? demand->open_min : from_min;
    to_min = to_min > demand->close_min ? demand->close_min : to_min;
    return from_min < to_min ? (double)(to_min - from_min) / DEMAND_BIN_MIN : 0;
}

static void weekday_fade(struct demand *demand, unsigned k)
{
    const double by = exp2(-1.0 / DEMAND_HALF_LIFE_WEEKS);
    const double bookings_by = exp2(-1.0 / (5 * DEMAND_HALF_LIFE_WEEKS)); /* once a day, not a week */
    for (unsigned b = 0; b < DEMAND_BINS; b++) {
        demand->days[k][b] *= by;
        for (unsigned d = 0; d < DOMAINS_MAX; d++)
            demand->seen[d][k][b] *= by;
    }
    demand->day_weight[k] *= by;
    demand->bookings_came *= bookings_by;
    demand->bookings_missed *= bookings_by;
}

/* Learns what the first day after a closure brought, and gives the factor that makes it an ordinary one. */
static double reopening_take(struct demand *demand, unsigned k)
{
    double seen = 0, told = 0;
    for (unsigned d = 0; d < DOMAINS_MAX; d++) {
        seen += demand_day_observed(&demand->today, d + 1, 0, DEMAND_MINUTES);
        for (unsigned b = 0; b < DEMAND_BINS; b++)
            told += demand->rate[d][k][b] * bin_open(demand, b);
    }
    if (told > 0) {
        double ratio = (seen + 10) / (told + 10);
        demand->reopening_log_sum += log(ratio < .25 ? .25 : ratio > 4 ? 4 : ratio);
        demand->reopening_weight += 1;
    }
    return demand_reopening(demand);
}

static void day_learn(struct demand *demand)
{
    unsigned k = (unsigned)date_weekday(demand->date);
    if (!demand->issued || demand->close_min < demand->open_min + MINUTES_LEAST)
        return;
    double factor = demand->is_reopening ? reopening_take(demand, k) : 1;
    weekday_fade(demand, k);
    for (unsigned b = 0; b < DEMAND_BINS; b++) {
        int from_min = (int)b * DEMAND_BIN_MIN;
        double open = bin_open(demand, b);
        if (open <= 0)
            continue;
        demand->days[k][b] += open;
        for (unsigned d = 0; d < DOMAINS_MAX; d++)
            demand->seen[d][k][b] +=
                demand_day_observed(&demand->today, d + 1, from_min, from_min + DEMAND_BIN_MIN) / factor;
    }
    demand->day_weight[k] += 1;
    demand->day_count[k]++;
    demand_derive(demand);
}

/* ---- events ---- */

static int minute_of(const struct demand *demand, int64_t at_ms)
{
    int64_t minute = (at_ms - demand->midnight_ms) / MINUTE_MS;
    return minute < 0 ? 0 : minute > DEMAND_MINUTES ? DEMAND_MINUTES : (int)minute;
}

static void on_opened(struct demand *demand, const struct hall *before, const struct event *event)
{
    int32_t date = event->day_opened.date;
    int from_min = 0, to_min = DEMAND_MINUTES;
    if (demand->has_today && demand->date == date) {
        demand->close_min = DEMAND_MINUTES; /* opened once more: it goes on */
        return;
    }
    if (demand->has_today)
        day_learn(demand);
    demand->has_today = true;
    demand->date = date;
    demand->midnight_ms = hall_midnight_ms(before, date);
    demand->is_reopening = demand_is_reopening(before, date);
    demand->issued = 0;
    memset(demand->checked_in, 0, sizeof demand->checked_in);
    demand_fill(demand, before, date, &demand->today);
    int opened_min = minute_of(demand, event->at_ms);
    if (!issue_minutes(before, date, &from_min, &to_min))
        to_min = DEMAND_MINUTES;
    demand->open_min = (uint16_t)(opened_min > from_min ? opened_min : from_min);
    demand->close_min = (uint16_t)to_min;
}

static void on_closing(struct demand *demand, const struct hall *before, const struct event *event)
{
    (void)before;
    int minute = minute_of(demand, event->at_ms);
    if (demand->has_today && minute < demand->close_min)
        demand->close_min = (uint16_t)minute;
}

static void on_issued(struct demand *demand, const struct hall *before, const struct event *event)
{
    const struct ticket_issued *e = &event->ticket_issued;
    unsigned domain = e->items.count ? before->items[e->items.items[0].value].set.domain.value : 0;
    if (!demand->has_today || before->date != demand->date || !domain)
        return;
    demand->issued++;
    if (e->booking.value) {
        demand->checked_in[domain - 1]++;
        demand->bookings_came += 1;
        return;
    }
    int64_t came_ms = e->ref_ms && e->ref_ms < event->at_ms ? e->ref_ms : event->at_ms;
    demand_day_see(&demand->today, domain, minute_of(demand, came_ms));
}

static void on_missed(struct demand *demand, const struct hall *before, const struct event *event)
{
    (void)before, (void)event;
    demand->bookings_missed += 1;
}

typedef void take_function(struct demand *demand, const struct hall *before, const struct event *event);
static take_function *const takes[EVENT_KINDS] = {
    [EVENT_DAY_OPENED] = on_opened,
    [EVENT_DAY_CLOSING] = on_closing,
    [EVENT_TICKET_ISSUED] = on_issued,
    [EVENT_BOOKING_MISSED] = on_missed,
};

void demand_take(struct demand *demand, const struct hall *before, const struct event *event)
{
    if ((unsigned)event->kind < EVENT_KINDS && takes[event->kind])
        takes[event->kind](demand, before, event);
}

/* ---- reading ---- */

uint32_t demand_days(const struct demand *demand, unsigned weekday)
{
    return weekday < WEEKDAYS ? demand->day_count[weekday] : 0;
}

uint32_t demand_days_all(const struct demand *demand)
{
    uint32_t sum = 0;
    for (unsigned k = 0; k < WEEKDAYS; k++)
        sum += demand->day_count[k];
    return sum;
}

void demand_fill(const struct demand *demand, const struct hall *hall, int32_t date, struct demand_day *out)
{
    int from_min, to_min;
    unsigned k = (unsigned)date_weekday(date);
    memset(out, 0, sizeof *out);
    out->bins = DEMAND_BINS;
    if (!issue_minutes(hall, date, &from_min, &to_min))
        return;
    double factor = demand_is_reopening(hall, date) ? demand_reopening(demand) : 1;
    for (int b = from_min / DEMAND_BIN_MIN; b < DEMAND_BINS && b * DEMAND_BIN_MIN < to_min; b++) {
        int from = b * DEMAND_BIN_MIN, to = from + DEMAND_BIN_MIN;
        int open_min = (to < to_min ? to : to_min) - (from > from_min ? from : from_min);
        for (unsigned d = 0; d < DOMAINS_MAX; d++)
            out->expected[d][b] = demand->rate[d][k][b] * factor * open_min / DEMAND_BIN_MIN;
    }
}

double demand_expected(const struct demand *demand, const struct hall *hall, struct domain_id domain,
                       int32_t date, unsigned minute_from, unsigned minute_to)
{
    int from_min, to_min;
    unsigned k = (unsigned)date_weekday(date);
    double sum = 0;
    if (domain.value < 1 || domain.value > DOMAINS_MAX || !issue_minutes(hall, date, &from_min, &to_min))
        return 0;
    from_min = from_min > (int)minute_from ? from_min : (int)minute_from;
    to_min = to_min < (int)minute_to ? to_min : (int)minute_to;
    for (int m = from_min; m < to_min;) {
        int bin = m / DEMAND_BIN_MIN, until = (bin + 1) * DEMAND_BIN_MIN;
        until = until < to_min ? until : to_min;
        sum += demand->rate[domain.value - 1][k][bin] * (until - m) / DEMAND_BIN_MIN;
        m = until;
    }
    return sum * (demand_is_reopening(hall, date) ? demand_reopening(demand) : 1);
}

const struct demand_day *demand_today(const struct demand *demand)
{
    return &demand->today;
}

void demand_today_factors(const struct demand *demand, int64_t now_ms, enum demand_filter filter,
                          double out[DOMAINS_MAX])
{
    demand_day_factors(&demand->today, minute_of(demand, now_ms), filter, out);
}

double demand_today_factor(const struct demand *demand, struct domain_id domain, int64_t now_ms)
{
    double factors[DOMAINS_MAX];
    if (domain.value < 1 || domain.value > DOMAINS_MAX)
        return 1;
    demand_today_factors(demand, now_ms, DEMAND_FILTER_MIXED, factors);
    return factors[domain.value - 1];
}

uint32_t demand_checked_in(const struct demand *demand, struct domain_id domain)
{
    return domain.value >= 1 && domain.value <= DOMAINS_MAX ? demand->checked_in[domain.value - 1] : 0;
}

uint32_t demand_booking_came_permille(const struct demand *demand)
{
    double came = demand->bookings_came + BOOKING_PRIOR * BOOKING_CAME_ASSUMED;
    double all = demand->bookings_came + demand->bookings_missed + BOOKING_PRIOR;
    return (uint32_t)lround(1000 * came / all);
}
