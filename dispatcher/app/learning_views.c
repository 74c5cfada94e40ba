/* SPDX-License-Identifier: MIT */
#include "dispatcher/app/learning_views.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "dispatcher/core/fields.h"

static void set(json_t *object, const char *name, json_t *value)
{
    json_object_set_new(object, name, value);
}

static void set_integer(json_t *object, const char *name, int64_t value)
{
    set(object, name, json_integer(value));
}

/* learned_UNIT, low_UNIT, high_UNIT, samples. */
static void set_learned(json_t *object, const char *unit, struct learned learned)
{
    char name[32];
    snprintf(name, sizeof name, "learned_%s", unit);
    set_integer(object, name, learned.value);
    snprintf(name, sizeof name, "low_%s", unit);
    set_integer(object, name, learned.low);
    snprintf(name, sizeof name, "high_%s", unit);
    set_integer(object, name, learned.high);
    set_integer(object, "samples", learned.samples);
}

/* How far learning has come: the figures are those of the log up to `seq`. */
static json_t *begin(const struct learning *learning)
{
    json_t *object = json_object();
    set_integer(object, "seq", (int64_t)learning->seq);
    set_integer(object, "behind", (int64_t)learning_behind(learning));
    return object;
}

/* ---- items ---- */

static json_t *item_windows(const struct learning *learning, struct item_id item)
{
    json_t *list = json_array();
    struct learn_pair pair = {item, {0}};
    while ((pair = learn_next_pair(learning->learn, pair)).item.value == item.value) {
        json_t *row = json_object();
        set_integer(row, "window", pair.window.value);
        set_learned(row, "ms", learn_item_at_ms(learning->learn, item, pair.window, (struct clerk_id){0}));
        json_array_append_new(list, row);
    }
    return list;
}

static json_t *item_row(const struct learning *learning, const struct hall *hall, struct item_id item)
{
    json_t *row = json_object();
    set_integer(row, "item", item.value);
    set_integer(row, "domain", hall->items[item.value].set.domain.value);
    set_integer(row, "configured_ms", hall->items[item.value].set.expected_ms);
    set_integer(row, "used_ms", hall_item_ms(hall, item));
    set_learned(row, "ms", learn_item_ms(learning->learn, item));
    set_integer(row, "cv_permille", learn_item_cv_permille(learning->learn, item).value);
    return row;
}

static json_t *item_rows(const struct learning *learning, const struct hall *hall, struct item_id only)
{
    json_t *list = json_array();
    for (uint16_t i = 1; i <= hall->items_top; i++) {
        if (!hall->items[i].exists || hall->items[i].set.retired || (only.value && only.value != i))
            continue;
        json_t *row = item_row(learning, hall, (struct item_id){i});
        if (only.value)
            set(row, "windows", item_windows(learning, only));
        json_array_append_new(list, row);
    }
    return list;
}

static json_t *domain_rows(const struct learning *learning, const struct hall *hall)
{
    json_t *list = json_array();
    for (unsigned d = 1; d <= DOMAINS_MAX; d++) {
        const struct domain_id id = {(uint16_t)d};
        if (!hall->domains[d].exists || hall->domains[d].retired)
            continue;
        json_t *row = json_object();
        set_integer(row, "domain", d);
        set_integer(row, "used_ms", hall_domain_ms(hall, id));
        set_learned(row, "ms", learn_domain_ms(learning->learn, id));
        set_integer(row, "cv_permille", learn_domain_cv_permille(learning->learn, id).value);
        json_array_append_new(list, row);
    }
    return list;
}

static json_t *habit_rows(const struct learning *learning)
{
    json_t *list = json_array();
    for (unsigned class = 0; class < TICKET_CLASSES; class ++) {
        struct learn_habits habits = learn_habits(learning->learn, (enum ticket_class) class);
        json_array_append_new(list,
                              json_pack("{s:s,s:I,s:I,s:I,s:I,s:I}", "class", class_names[class], "issued",
                                        (json_int_t)habits.issued, "calls", (json_int_t)habits.calls,
                                        "no_show_permille", (json_int_t)habits.no_show_permille,
                                        "rejoin_permille", (json_int_t)habits.rejoin_permille,
                                        "walk_out_permille", (json_int_t)habits.walk_out_permille));
    }
    return list;
}

json_t *learning_view_items(const struct learning *learning, const struct hall *hall, struct item_id item)
{
    json_t *object = begin(learning);
    set(object, "items", item_rows(learning, hall, item));
    if (item.value)
        return object;
    set(object, "domains", domain_rows(learning, hall));
    set(object, "classes", habit_rows(learning));
    json_t *approach = json_object(), *no_show = json_object();
    set_learned(approach, "ms", learn_approach_ms(learning->learn));
    set_learned(no_show, "ms", learn_no_show_ms(learning->learn));
    set(object, "approach", approach);
    set(object, "no_show", no_show);
    return object;
}

/* ---- clerks ---- */

json_t *learning_view_clerks(const struct learning *learning, const struct hall *hall)
{
    json_t *object = begin(learning), *list = json_array();
    for (unsigned c = 1; c <= CLERKS_MAX; c++) {
        const struct clerk_id id = {(uint16_t)c};
        const struct clerk *clerk = &hall->clerks[c];
        if (!clerk->exists || clerk->set.retired)
            continue;
        json_t *row = json_object();
        set_integer(row, "clerk", c);
        set_integer(row, "configured_permille", clerk->set.speed_permille ? clerk->set.speed_permille : 1000);
        set_integer(row, "used_permille", hall_clerk_permille(hall, id));
        set_learned(row, "permille", learn_clerk_permille(learning->learn, id));
        json_array_append_new(list, row);
    }
    set(object, "clerks", list);
    return object;
}

/* ---- demand ---- */

/* How much days differ from what is expected of them: of the whole hall and of a domain on top, as variances
 * relative to the mean squared. The same as scene_init assumes. */
#define DAY_VARIANCE (0.1 * 0.1 + 0.15 * 0.15)
#define BAND_90      1.645

/* Between which counts 90 of 100 such days lie: Poisson around a mean that itself differs from day to day and
 * is known from `days` of them. */
static void band(double expected, uint32_t days, int64_t *low, int64_t *high)
{
    double variance = expected + expected * expected * DAY_VARIANCE + expected / (days ? days : 1);
    double by = BAND_90 * sqrt(variance);
    *low = expected > by ? (int64_t)floor(expected - by) : 0;
    *high = expected > 0 ? (int64_t)ceil(expected + by) : 0;
}

/* The bins that are used: from the first to behind the last in which anything is expected or was seen. */
struct span_of_bins {
    unsigned from, to;
};

static bool bin_is_used(const struct demand_day *day, unsigned domain, unsigned bin)
{
    int from_min = (int)bin * DEMAND_BIN_MIN;
    return day->expected[domain - 1][bin] > 0 ||
           demand_day_observed(day, domain, from_min, from_min + DEMAND_BIN_MIN);
}

static struct span_of_bins used_bins(const struct demand_day *day, const struct hall *hall)
{
    struct span_of_bins used = {DEMAND_BINS, 0};
    for (unsigned b = 0; b < DEMAND_BINS; b++)
        for (unsigned d = 1; d <= DOMAINS_MAX; d++)
            if (hall->domains[d].exists && bin_is_used(day, d, b)) {
                used.from = b < used.from ? b : used.from;
                used.to = b + 1;
            }
    if (used.from > used.to)
        used.from = 0;
    return used;
}

struct demand_view {
    const struct demand_day *day;
    struct span_of_bins bins;
    uint32_t days; /* of this weekday, learned from */
    bool is_today;
};

static void set_bins(json_t *row, const struct demand_view *v, unsigned domain)
{
    json_t *expected = json_array(), *low = json_array(), *high = json_array(), *observed = json_array();
    for (unsigned b = v->bins.from; b < v->bins.to; b++) {
        int64_t least, most;
        int from_min = (int)b * DEMAND_BIN_MIN;
        double of_bin = v->day->expected[domain - 1][b];
        band(of_bin, v->days, &least, &most);
        json_array_append_new(expected, json_integer(llround(of_bin * 1000)));
        json_array_append_new(low, json_integer(least));
        json_array_append_new(high, json_integer(most));
        json_array_append_new(
            observed, json_integer(demand_day_observed(v->day, domain, from_min, from_min + DEMAND_BIN_MIN)));
    }
    set(row, "bins", json_pack("{s:o,s:o,s:o}", "expected_milli", expected, "low", low, "high", high));
    if (v->is_today)
        set(json_object_get(row, "bins"), "observed", observed);
    else
        json_decref(observed);
}

static json_t *demand_row(const struct demand_view *v, unsigned domain)
{
    json_t *row = json_object();
    int64_t low, high;
    double expected = demand_day_expected(v->day, domain, 0, DEMAND_MINUTES);
    band(expected, v->days, &low, &high);
    set_integer(row, "domain", domain);
    set_integer(row, "expected", llround(expected));
    set_integer(row, "low", low);
    set_integer(row, "high", high);
    if (v->is_today)
        set_integer(row, "observed", demand_day_observed(v->day, domain, 0, DEMAND_MINUTES));
    set_bins(row, v, domain);
    return row;
}

static json_t *demand_rows(const struct learning *learning, const struct hall *hall,
                           const struct demand_view *v, int64_t now_ms)
{
    json_t *list = json_array();
    double factors[DOMAINS_MAX];
    if (v->is_today)
        demand_today_factors(learning->demand, now_ms, DEMAND_FILTER_MIXED, factors);
    for (unsigned d = 1; d <= DOMAINS_MAX; d++) {
        if (!hall->domains[d].exists || hall->domains[d].retired)
            continue;
        json_t *row = demand_row(v, d);
        if (v->is_today)
            set_integer(row, "factor_permille", llround(factors[d - 1] * 1000));
        json_array_append_new(list, row);
    }
    return list;
}

json_t *learning_view_demand(const struct learning *learning, const struct hall *hall, int32_t date,
                             int64_t now_ms)
{
    struct demand_day *ahead = NULL;
    struct demand_view v = {.is_today = hall->day_state != DAY_CLOSED && date == hall->date,
                            .days = demand_days(learning->demand, (unsigned)date_weekday(date))};
    if (v.is_today) {
        v.day = demand_today(learning->demand);
    } else {
        ahead = calloc(1, sizeof *ahead);
        if (!ahead)
            return NULL;
        demand_fill(learning->demand, hall, date, ahead);
        v.day = ahead;
    }
    v.bins = used_bins(v.day, hall);
    struct civil c = date_to_civil(date);
    json_t *object = begin(learning);
    set(object, "date", json_sprintf("%04d-%02d-%02d", c.year, c.month, c.day));
    set_integer(object, "samples", v.days);
    set_integer(object, "samples_all", demand_days_all(learning->demand));
    set(object, "reopening", json_boolean(demand_is_reopening(hall, date)));
    set_integer(object, "bin_min", DEMAND_BIN_MIN);
    set_integer(object, "from_min", (int64_t)v.bins.from * DEMAND_BIN_MIN);
    set(object, "domains", demand_rows(learning, hall, &v, now_ms));
    free(ahead);
    return object;
}
