/* SPDX-License-Identifier: MIT
 * `evenhall-sim what-if`: a day as it is expected beside the same day with changes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/clock.h"
#include "dispatcher/plan/what_if_text.h"
#include "dispatcher/sim/commands.h"
#include "dispatcher/sim/day_outlook.h"
#include "dispatcher/sim/day_report.h"

struct request {
    const char *hall, *day;
    struct what_if_change changes[WHAT_IF_CHANGES_MAX];
    unsigned count;
    struct what_if_params params;
    bool as_json;
};

static int complain(int code, const char *text)
{
    fprintf(stderr, "evenhall-sim what-if: %s\n", text);
    return code;
}

/* Takes --change TEXT out of the words; the table of options keeps one value only. -1: goes on. */
static int take_changes(int *argc, char **argv, struct request *out)
{
    int kept = 1;
    for (int i = 1; i < *argc; i++) {
        struct day_fault fault;
        const char *text = NULL;
        if (strcmp(argv[i], "--change") == 0 && i + 1 < *argc)
            text = argv[++i];
        else if (strncmp(argv[i], "--change=", 9) == 0)
            text = argv[i] + 9;
        if (!text) {
            argv[kept++] = argv[i];
            continue;
        }
        if (out->count == WHAT_IF_CHANGES_MAX)
            return complain(2, "there are more changes than are possible at once (64)");
        if (!what_if_read(text, &out->changes[out->count++], &fault))
            return complain(2, fault.text);
    }
    *argc = kept;
    return -1;
}

static int list_changes(void)
{
    for (unsigned kind = 0; kind < WHAT_IF_KIND_COUNT; kind++) {
        printf("  %-9s %s\n           ", what_if_names[kind], what_if_abouts[kind]);
        for (const struct what_if_member *m = what_if_members(kind); m->name; m++)
            printf(m->is_required ? " %s=" : " [%s=]", m->name);
        putchar('\n');
    }
    return 0;
}

/* ---- what is asked ---- */

struct files {
    struct hall_file hall;
    struct day_file day;
    struct day_booking bookings[BOOKINGS_DAY_MAX];
    struct day_outlook outlook;
};

static enum status read_files(const struct request *request, struct files *files, struct error *error)
{
    if (hall_file_read(request->hall, &files->hall, error) != STATUS_OK)
        return error->status;
    day_outlook_of_hall(&files->hall, &files->outlook);
    if (!request->day) {
        roster_by_hand(&roster_rules_usual, &files->outlook);
        return STATUS_OK;
    }
    if (day_file_read(request->day, &files->hall, &files->day, error) != STATUS_OK)
        return error->status;
    day_outlook_set_roster(&files->hall, &files->day, true, &files->outlook);
    day_outlook_set_bookings(&files->hall, &files->day, files->bookings, &files->outlook);
    return STATUS_OK;
}

/* ---- what comes of it ---- */

static void print_json(const struct request *request, const struct day_report *report,
                       const struct what_if *result)
{
    json_t *json = day_report_json(report), *changes = json_array(), *warnings = json_array();
    for (unsigned i = 0; i < request->count; i++) {
        char text[512];
        what_if_write(&request->changes[i], text, sizeof text);
        json_array_append_new(changes, json_string(text));
    }
    for (unsigned i = 0; i < result->warnings.count && i < WHAT_IF_WARNINGS_MAX; i++)
        json_array_append_new(warnings, json_string(result->warnings.list[i].text));
    json_object_set_new(json, "changes", changes);
    json_object_set_new(json, "warnings", warnings);
    json_dumpf(json, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(8));
    putchar('\n');
    json_decref(json);
}

static void print_table(const struct request *request, const struct day_report *report,
                        const struct what_if *result, double seconds)
{
    printf("%u simulated days each, the same visitors, %.2f s\n", result->futures, seconds);
    for (unsigned i = 0; i < request->count; i++) {
        char text[512];
        what_if_write(&request->changes[i], text, sizeof text);
        printf("  %u  %s\n", i + 1, text);
    }
    for (unsigned i = 0; i < result->warnings.count && i < WHAT_IF_WARNINGS_MAX; i++)
        printf("  !  %s\n", result->warnings.list[i].text);
    if (result->warnings.count > WHAT_IF_WARNINGS_MAX)
        printf("  !  and %u more warnings\n", result->warnings.count - WHAT_IF_WARNINGS_MAX);
    putchar('\n');
    day_report_print(report, stdout);
    day_report_print_groups(report, stdout);
}

static int answer(const struct request *request, struct files *files)
{
    static struct what_if result;
    struct error error = {0};
    struct day_fault fault;
    if (read_files(request, files, &error) != STATUS_OK)
        return complain(1, error.text);
    int64_t begun_us = clock_mono_us();
    enum day_outcome outcome =
        what_if_run(&files->outlook, request->changes, request->count, &request->params, &result, &fault);
    if (outcome == OUTCOME_REFUSED)
        return complain(1, fault.text);
    if (outcome != OUTCOME_DONE)
        return complain(1, "no memory to play the day");
    struct day_report report = {
        &files->outlook, "as it is", "as changed", {&result.now, &result.changed}, &result.difference};
    if (request->as_json)
        print_json(request, &report, &result);
    else
        print_table(request, &report, &result, (double)(clock_mono_us() - begun_us) / 1e6);
    return 0;
}

int command_what_if(int argc, char **argv)
{
    const char *seed = "1", *change = NULL;
    struct request request = {0};
    long futures = 0;
    bool list = false, help = false;
    int words, done = take_changes(&argc, argv, &request);
    const struct option_row rows[] = {
        {"hall", OPTION_TEXT, &request.hall, 0, 0, "FILE", "the hall"},
        {"day", OPTION_TEXT, &request.day, 0, 0, "FILE",
         "its day: who is there, breaks, bookings; without it as expected"},
        {"change", OPTION_TEXT, &change, 0, 0, "TEXT", "a change, as often as wanted; --list says which"},
        {"futures", OPTION_NUMBER, &futures, 2, 100000, "N", "simulated days (as many as a second allows)"},
        {"seed", OPTION_TEXT, &seed, 0, 0, "SEED", "of the simulated days (1)"},
        {"json", OPTION_FLAG, &request.as_json, 0, 0, NULL, "everything as JSON"},
        {"list", OPTION_FLAG, &list, 0, 0, NULL, "the changes that there are"},
        {"help", OPTION_FLAG, &help, 0, 0, NULL, "show this"},
    };
    const struct command_options options = {
        "evenhall-sim what-if --hall FILE --day FILE --change \"close window=3 from=14:00 to=15:00\" ...",
        "A day's waits as expected beside those with changes, on the same simulated visitors.", rows,
        sizeof rows / sizeof rows[0], &help};
    if (done >= 0 || (done = command_options(&options, argc, argv, &words)) >= 0)
        return done;
    if (list)
        return list_changes();
    if (words || !request.hall || !seed_read(seed, &request.params.seed))
        return complain(2, "--hall FILE says which hall, --seed takes a number; --help tells more");
    request.params.futures = (unsigned)futures;
    struct files *files = calloc(1, sizeof *files);
    if (!files)
        return complain(1, "no memory for the hall's files");
    int code = answer(&request, files);
    day_file_destroy(&files->day);
    free(files);
    return code;
}
