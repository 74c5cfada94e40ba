/* SPDX-License-Identifier: MIT
 * `evenhall-sim days`: made-up halls and days as files. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "dispatcher/sim/commands.h"
#include "dispatcher/sim/days.h"

struct days_request {
    const char *folder;
    unsigned hall, first, count;
    uint64_t seed;
};

static int list_scenarios(void)
{
    static struct days_scenario scenario;
    struct error error;
    for (const struct days_text *text = days_scenarios; text->name; text++) {
        if (days_scenario_read(text->name, &scenario, &error) != STATUS_OK) {
            fprintf(stderr, "evenhall-sim days: %s\n", error.text);
            return 1;
        }
        printf("  %-10s %s\n", text->name, scenario.about);
    }
    return 0;
}

static enum status write_days(const char *name, const struct days_request *r, struct error *error)
{
    static struct days_scenario scenario;
    static struct hall_file hall;
    static struct day_file day;
    char path[512];
    unsigned long tickets = 0;
    if (days_scenario_read(name, &scenario, error) != STATUS_OK)
        return error->status;
    days_hall(&scenario, r->hall, r->seed, &hall);
    snprintf(path, sizeof path, "%s/%s-hall%u.json", r->folder, hall.scenario, hall.hall);
    if (hall_file_write(path, &hall, error) != STATUS_OK)
        return error->status;
    for (unsigned n = r->first; n < r->first + r->count; n++) {
        if (days_day(&scenario, &hall, n, r->seed, &day, error) != STATUS_OK)
            return error->status;
        snprintf(path, sizeof path, "%s/%s-hall%u-day%02u.json", r->folder, hall.scenario, hall.hall, n);
        enum status status = day_file_write(path, &hall, &day, error);
        tickets += day.ticket_count;
        day_file_destroy(&day);
        if (status != STATUS_OK)
            return status;
    }
    printf("%s/%s-hall%u.json and %u days, %lu tickets\n", r->folder, hall.scenario, hall.hall, r->count,
           tickets);
    return STATUS_OK;
}

static int make_days(const char *name, const struct days_request *r)
{
    struct error error;
    if (mkdir(r->folder, 0777) != 0 && errno != EEXIST) {
        fprintf(stderr, "evenhall-sim days: cannot make the folder %s: %s\n", r->folder, strerror(errno));
        return 1;
    }
    const char *const one[] = {name};
    bool is_all = strcmp(name, "all") == 0;
    for (size_t i = 0; is_all ? days_scenarios[i].name != NULL : i < 1; i++)
        if (write_days(is_all ? days_scenarios[i].name : one[i], r, &error) != STATUS_OK) {
            fprintf(stderr, "evenhall-sim days: %s\n", error.text);
            return 1;
        }
    return 0;
}

int command_days(int argc, char **argv)
{
    const char *scenario = "base20", *seed = "1", *folder = "days";
    long hall = 0, days = 60, first = 0;
    bool list = false, help = false;
    int words;
    const struct option_row rows[] = {
        {"scenario", OPTION_TEXT, &scenario, 0, 0, "NAME",
         "a name of --list, \"all\", or a file of one's own (base20)"},
        {"hall", OPTION_NUMBER, &hall, 0, HALL_NUMBER_MAX, "N", "which hall; others have other people (0)"},
        {"days", OPTION_NUMBER, &days, 1, DAY_NUMBER_MAX + 1, "N", "how many days (60)"},
        {"first", OPTION_NUMBER, &first, 0, DAY_NUMBER_MAX, "N", "the first day's number (0)"},
        {"seed", OPTION_TEXT, &seed, 0, 0, "SEED", "what chance is drawn from (1)"},
        {"out", OPTION_TEXT, &folder, 0, 0, "DIR", "folder to write to, made if missing (days)"},
        {"list", OPTION_FLAG, &list, 0, 0, NULL, "the scenarios that there are"},
        {"help", OPTION_FLAG, &help, 0, 0, NULL, "show this"},
    };
    const struct command_options options = {
        "evenhall-sim days --scenario NAME --hall N --days N --seed SEED",
        "Made-up halls and their days as JSON files, always the same for the same "
        "seed and numbers.\nThe format and the model: dispatcher/sim/DAYS.md.",
        rows, sizeof rows / sizeof rows[0], &help};
    struct days_request request = {0};
    int done = command_options(&options, argc, argv, &words);
    if (done >= 0)
        return done;
    if (words || !seed_read(seed, &request.seed)) {
        fprintf(stderr, "evenhall-sim days: --seed takes a number; there are no other words\n");
        return 2;
    }
    if (list)
        return list_scenarios();
    if (first + days > DAY_NUMBER_MAX + 1) {
        fprintf(stderr, "evenhall-sim days: days are numbered up to %d\n", DAY_NUMBER_MAX);
        return 2;
    }
    request.folder = folder;
    request.hall = (unsigned)hall;
    request.first = (unsigned)first;
    request.count = (unsigned)days;
    return make_days(scenario, &request);
}
