/* SPDX-License-Identifier: MIT
 * Made-up halls and days for measuring how well windows are balanced. A scenario (assets/days/NAME.json, or a
 * file of one's own) says how halls and days vary; from it, a seed and a number come a hall, its windows and
 * its days, each by itself and always the same. The model in words and figures: dispatcher/sim/DAYS.md. */
#ifndef DISPATCHER_SIM_DAYS_H
#define DISPATCHER_SIM_DAYS_H

#include <stdint.h>

#include "common/base/status.h"
#include "dispatcher/core/limits.h"
#include "dispatcher/sim/day_file.h"

enum { DAYS_STEPS_MAX = 96, DAYS_LATE_MAX = 32, DAYS_BREAKS_MAX = 8, DAYS_ABOUT_MAX = 119 };

/* Shares and chances are 0 .. 1, times minutes from opening, noises the standard deviation of a logarithm. */
struct days_scenario {
    char name[SCENARIO_NAME_MAX + 1];
    double load; /* work that comes / what the windows can do between their breaks, both without friction */
    double tickets_from_min, open_min, last_ticket_min, close_min;
    double off_primary_slowdown, all_domain_slowdown, changeover_min;
    double service_cv, service_least_min, no_show_handling_min;

    double domain_mean_min[DOMAINS_MAX], visit_share[DOMAINS_MAX];
    double visit_share_noise, item_mean_noise;
    unsigned domain_count, item_count, window_count;

    unsigned other_domains; /* beside the primary one, at windows of neither kind */
    double single_domain_share, all_domains_share;
    double speed_noise, speed_least, speed_most, speed_estimate_noise;

    /* The walk-ins' profile; the last step ends at last_ticket_min. */
    double step_from_min[DAYS_STEPS_MAX], step_rate[DAYS_STEPS_MAX];
    double day_noise, domain_noise; /* of a day's walk-ins against the expected ones */
    double priority_share, green_share, walk_in_no_show, second_item, second_in_same_domain;

    /* A share of late_below[i] of the bookings comes at most late_min[i] after its slot. */
    double booked_share, booked_no_show, slot_min, last_slot_min;
    double late_below[DAYS_LATE_MAX], late_min[DAYS_LATE_MAX];
    unsigned step_count, late_count;

    double absent_all_day, absent_short; /* chance of a window */
    double absent_short_min, absent_short_from_min, absent_short_to_min;

    /* Each break begins between from and to; at lunch, windows take turns. */
    double break_min, break_from_min[DAYS_BREAKS_MAX], break_to_min[DAYS_BREAKS_MAX];
    double lunch_min, lunch_from_min[DAYS_BREAKS_MAX];
    unsigned break_count, lunch_count;

    double surge_from_min, surge_to_min, surge_factor;
    unsigned surge_domains; /* that many domains a day get more walk-ins for a while */
    char about[DAYS_ABOUT_MAX + 1];
};

/* The scenarios that come with the program, by name, ended by NULL. */
struct days_text {
    const char *name, *json;
};
extern const struct days_text days_scenarios[];

/* Reads a scenario: one of days_scenarios by name, or a file (a name with "/" or ".json"). Strict; a fault
 * names the file, the record and the member. STATUS_NOT_FOUND: no such name or file. */
enum status days_scenario_read(const char *name, struct days_scenario *out, struct error *error);

/* Makes hall number `hall` (0 .. HALL_NUMBER_MAX). Halls of the same seed and number have the same chances in
 * all scenarios, so that scenarios can be compared. */
void days_hall(const struct days_scenario *scenario, unsigned hall, uint64_t seed, struct hall_file *out);

/* Makes one day (0 .. DAY_NUMBER_MAX) of a hall; to be ended with day_file_destroy. Fails when there would be
 * more than TICKETS_MAX tickets, or no memory for them. */
enum status days_day(const struct days_scenario *scenario, const struct hall_file *hall, unsigned day,
                     uint64_t seed, struct day_file *out, struct error *error);

#endif
