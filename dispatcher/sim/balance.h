/* SPDX-License-Identifier: MIT
 * How well a policy serves a hall's day: the product's own hall with its planner, or a reference policy on
 * the engine, measured alike. Definitions follow the literature's usual ones and are given with each measure.
 */
#ifndef DISPATCHER_SIM_BALANCE_H
#define DISPATCHER_SIM_BALANCE_H

#include "dispatcher/plan/engine.h"
#include "dispatcher/plan/forecaster.h"
#include "dispatcher/sim/day_file.h"

/* What became of one ticket. */
struct played_ticket {
    bool served;       /* to its end; false for no-shows and for those left */
    double wait_min;   /* of all legs: from arrival, a booking's from max(arrival, slot) */
    double called_min; /* first call */
};

struct played_window {
    double busy_min, standard_min;
    unsigned served, changeovers;
};

enum { PLAYED_CYCLES = 256 };

/* A day after it was played. */
struct played {
    unsigned ticket_count, window_count;
    struct played_ticket *tickets; /* owned */
    struct played_window windows[WINDOWS_MAX];
    double end_min; /* when the last service ended */
    unsigned posted_changes;
    unsigned cycles; /* planning cycles, and how long they took in all */
    double planning_ms;
    float cycle_ms[PLAYED_CYCLES]; /* each of them, as far as there is room */
    bool has_forecasts;
    struct forecast_figures forecasts;
};

/* Names are those of the reference table's columns. */
#define MEASURES(X)                                                                                          \
    X(MEAN, "mean", "mean wait")                                                                             \
    X(P50, "p50", "median wait")                                                                             \
    X(P90, "p90", "90 % waited at most")                                                                     \
    X(P99, "p99", "99 % waited at most")                                                                     \
    X(MAX, "max", "longest wait")                                                                            \
    X(WALK_IN, "walkin", "mean wait of walk-ins")                                                            \
    X(B5, "b5", "% of bookings called within 5 min of max(arrival, slot); came at most 5 min late")          \
    X(B10, "b10", "the same within 10 min")                                                                  \
    X(BOOKED, "bmean", "mean wait of bookings")                                                              \
    X(PRIORITY, "prio", "mean wait of priority tickets")                                                     \
    X(PRIORITY_P90, "priop90", "90 % of them waited at most")                                                \
    X(GREEN, "green", "mean wait of green-channel tickets")                                                  \
    X(OVER30, "over30pct", "% that waited more than 30 min")                                                 \
    X(UTIL, "util", "busy share of present windows, mean")                                                   \
    X(UTIL_CV, "utCV", "its coefficient of variation over windows")                                          \
    X(UTIL_SPREAD, "utSpread", "its largest less its least")                                                 \
    X(JAIN_BUSY, "Jbusy", "Jain index of busy shares")                                                       \
    X(JAIN_VOLUME, "Jvol", "Jain index of tickets per available minute")                                     \
    X(JAIN_STANDARD, "Jstd", "Jain index of standard minutes per available minute")                          \
    X(CHANGEOVERS, "chg_per_winhr", "changeovers per window hour")                                           \
    X(POSTED_CHANGES, "sw_per_hr", "posted changes per hour of the 8-hour day")                              \
    X(OVERTAKEN_3, "ov3pct", "% of walk-ins overtaken by more than 3 later ones of their domain")            \
    X(OVERTAKEN_10, "ov10pct", "the same by more than 10")                                                   \
    X(OVERTAKEN_P99, "ovp99", "99 % were overtaken by at most")                                              \
    X(WORST_DOMAIN, "domMax", "mean wait of the worst domain")                                               \
    X(OVERTIME, "overtime", "minutes from closing to the last service's end")                                \
    X(COST, "cost", "mean weighted cost of waiting")                                                         \
    X(BOUND, "B0", "provable lower bound of the mean wait")                                                  \
    X(BALANCE_BOUND, "B4", "best Jain index of busy shares over authorised windows")                         \
    X(FORECAST_MAE, "fc_mae", "forecast at issue against the wait, mean absolute error")                     \
    X(FORECAST_P50, "fc_p50", "share of waits not above the P50 forecast")                                   \
    X(FORECAST_P90, "fc_p90", "share of waits not above the P90 forecast")                                   \
    X(FORECAST_HALL_MAE, "fc_hall_mae", "forecast of the next half hour's mean wait, error")                 \
    X(FORECAST_HALL_COVER, "fc_hall_cover", "share within its P10 to P90")                                   \
    X(CYCLE_MS, "rollms", "milliseconds of a planning cycle")                                                \
    X(TICKETS, "n", "tickets measured")                                                                      \
    X(STRANDED, "stranded", "tickets never served though a window could")

enum measure {
#define X(name, text, about) MEASURE_##name,
    MEASURES(X)
#undef X
        MEASURE_COUNT
};
struct measures {
    double of[MEASURE_COUNT]; /* NAN: not defined for this day */
};
extern const char *const measure_names[], *const measure_abouts[];

void measure_day(const struct hall_file *hall, const struct day_file *day, const struct played *played,
                 struct measures *out);

/* B0: one preemptive machine of the speed of all windows, the shortest first (mean-busy-date bound). B4: work
 * poured over authorised windows until it is as level as it can be. */
double bound_mean_wait_min(const struct hall_file *hall, const struct day_file *day);
double bound_jain(const struct hall_file *hall, const struct day_file *day);

/* ---- policies ---- */

enum balance_kind { BALANCE_HALL, BALANCE_ENGINE };
enum balance_posting { POSTING_AUTHORISED, POSTING_EVERYTHING, POSTING_DEDICATED, POSTING_MIXED };

struct balance_policy {
    const char *name, *about;
    enum balance_kind kind;
    bool plans;    /* with proposals every five minutes */
    bool friction; /* false: no slowdown, no changeover */
    enum balance_posting posting;
    const struct engine_policy *rule; /* of engine policies; NULL: the call rule with its weights */
};
extern const struct balance_policy balance_policies[]; /* ended by name NULL */

/* The policy with this name, or NULL. */
const struct balance_policy *balance_policy_find(const char *name);

/* How the product's proposals are met. */
struct balance_manager {
    unsigned accept_percent; /* 100: all */
    unsigned every_min;      /* looks so often; 5 */
};

struct balance_params {
    const struct balance_policy *policy;
    const struct hall_file *hall;
    const struct day_file *day;
    uint64_t seed;
    struct balance_manager manager;
    struct forecaster *forecaster;    /* with forecasts, learning from day to day; NULL: without */
    const struct balance_knob *knobs; /* of the product, beside its defaults; ended by key POLICY_KEYS */
};
struct balance_knob {
    unsigned key; /* enum policy_key */
    int32_t value;
};

/* Plays the day; to be ended with played_destroy. */
enum status balance_play(const struct balance_params *params, struct played *out, struct error *error);
void played_destroy(struct played *played);

#endif
