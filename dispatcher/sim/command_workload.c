/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>

#include "dispatcher/sim/commands.h"
#include "dispatcher/sim/workload.h"

static void print_waits(const char *name, const struct workload_waits *waits)
{
    printf("  %-10s %7u  %6.1f %6.1f %6.1f %6.1f %6.1f\n", name, waits->count, waits->mean, waits->p50,
           waits->p90, waits->p99, waits->most);
}

static void print_report(const struct workload_report *r)
{
    printf("%u windows, %u days: %u numbers, %u served, %u not there when called or lapsed, %u left\n",
           r->windows, r->days, r->tickets, r->served, r->missed, r->left);
    printf("  waiting, min  visits    mean    P50    P90    P99   most\n");
    print_waits("all", &r->waits);
    print_waits("booked", &r->booked);
    print_waits("priority", &r->priority);
    printf("  worst domain, mean       %6.1f\n", r->worst_domain_mean);
    printf("  bookings within 5 / 10   %5.1f %% %5.1f %%\n", r->bookings_within_5 * 100,
           r->bookings_within_10 * 100);
    printf("  windows busy             %5.1f %%\n", r->utilisation * 100);
    printf("  digest %016" PRIx64 "\n", r->digest);
}

int command_workload(int argc, char **argv)
{
    const char *seed = "1", *shape = "county";
    long days = 5, load = 85;
    bool help = false;
    int words;
    const struct option_row rows[] = {
        {"hall", OPTION_TEXT, &seed, 0, 0, "SEED", "the hall and its visitors (1)"},
        {"days", OPTION_NUMBER, &days, 1, 10000, "N", "how many days (5)"},
        {"shape", OPTION_TEXT, &shape, 0, 0, "NAME", "small, county or city (county)"},
        {"load", OPTION_NUMBER, &load, 5, 200, "PERCENT", "work against the windows' time (85)"},
        {"help", OPTION_FLAG, &help, 0, 0, NULL, "show this"},
    };
    const struct command_options options = {"evenhall-sim workload --hall SEED --days N",
                                            "Plausible days in simulated time, and what they come to.", rows,
                                            sizeof rows / sizeof rows[0], &help};
    struct workload_params params = {0};
    int done = command_options(&options, argc, argv, &words);
    if (done >= 0)
        return done;
    if (words || !seed_read(seed, &params.seed) || !(params.shape = shape_find(shape))) {
        fprintf(stderr, "evenhall-sim workload: --hall takes a number, --shape small, county or city\n");
        return 2;
    }
    params.days = (unsigned)days;
    params.load = (double)load / 100;
    struct workload_report report;
    struct error error;
    if (workload_run(&params, &report, &error) != STATUS_OK) {
        fprintf(stderr, "evenhall-sim workload: %s\n", error.text);
        return 1;
    }
    print_report(&report);
    return 0;
}
