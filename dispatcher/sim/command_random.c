/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/clock.h"
#include "dispatcher/core/fields.h"
#include "dispatcher/sim/commands.h"
#include "dispatcher/sim/random.h"

bool seed_read(const char *text, uint64_t *out)
{
    char *end;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 0);
    if (errno || end == text || *end || text[0] == '-')
        return false;
    *out = value;
    return true;
}

static int wrong(const char *what, const char *value)
{
    fprintf(stderr, "evenhall-sim random: %s \"%s\"\n", what, value);
    return 2;
}

static int write_scenario(const char *path, const struct text *scenario)
{
    FILE *file = path ? fopen(path, "wb") : stdout;
    if (!file) {
        fprintf(stderr, "evenhall-sim random: cannot write %s: %s\n", path, strerror(errno));
        return 1;
    }
    fwrite(scenario->data, 1, scenario->length, file);
    if (path && fclose(file) != 0)
        fprintf(stderr, "evenhall-sim random: cannot write %s: %s\n", path, strerror(errno));
    else if (path)
        printf("written to %s; evenhall-sim run %s plays it\n", path, path);
    return 1;
}

static void print_counts(const struct random_report *report)
{
    for (unsigned kind = 0; kind < COMMAND_KINDS; kind++)
        printf("  %-20s %9" PRIu64 " accepted %9" PRIu64 " refused\n", command_name((enum command_kind)kind),
               report->accepted_by_kind[kind], report->refused_by_kind[kind]);
    for (unsigned kind = 0; kind < EVENT_KINDS; kind++)
        printf("  %-20s %9" PRIu64 "\n", event_name((enum event_kind)kind), report->events_by_kind[kind]);
    for (unsigned code = 1; code < REFUSAL_CODES; code++)
        printf("  refused %-20s %9" PRIu64 "\n", refusal_wire((enum refusal_code)code),
               report->refused_by_code[code]);
}

int command_random(int argc, char **argv)
{
    const char *seed = "1", *shape = NULL, *find = NULL, *out = NULL;
    long count = 100000;
    bool help = false, plain = false, counts = false;
    int words;
    const struct option_row rows[] = {
        {"commands", OPTION_NUMBER, &count, 1, 2000000000, "N", "at least so many commands (100000)"},
        {"seed", OPTION_TEXT, &seed, 0, 0, "S", "the same seed does the same everywhere (1)"},
        {"shape", OPTION_TEXT, &shape, 0, 0, "NAME", "small, county or city; else a mixture"},
        {"find", OPTION_TEXT, &find, 0, 0, "EVENT", "stop at this event and print a short way to it"},
        {"out", OPTION_TEXT, &out, 0, 0, "FILE", "where a scenario that reproduces a failure goes"},
        {"digest", OPTION_FLAG, &plain, 0, 0, NULL, "print nothing but the digest"},
        {"counts", OPTION_FLAG, &counts, 0, 0, NULL,
         "print how often each command, event and refusal was met"},
        {"help", OPTION_FLAG, &help, 0, 0, NULL, "show this"},
    };
    const struct command_options options = {
        "evenhall-sim random [--commands N] [--seed S] [--shape small|county|city]",
        "Random but plausible halls and commands; every rule is checked after every command.", rows,
        sizeof rows / sizeof rows[0], &help};
    struct random_params params = {.find = -1};
    int done = command_options(&options, argc, argv, &words);
    if (done >= 0)
        return done;
    if (words)
        return wrong("unexpected word", argv[1]);
    if (!seed_read(seed, &params.seed))
        return wrong("--seed takes a number, not", seed);
    if (shape && !(params.shape = shape_find(shape)))
        return wrong("there is no shape", shape);
    enum event_kind kind = find ? event_find(find, (unsigned)strlen(find)) : EVENT_KINDS;
    if (find && kind == EVENT_KINDS)
        return wrong("there is no event", find);
    params.commands = (uint64_t)count;
    params.find = find ? (int)kind : -1;
    struct random_report report;
    struct text scenario = {0};
    struct error error = {0};
    int64_t from_us = clock_mono_us();
    enum status status = random_run(&params, &report, &scenario, &error);
    double seconds = (double)(clock_mono_us() - from_us) / 1e6;
    if (plain && status == STATUS_OK) {
        printf("%016" PRIx64 "\n", report.digest);
        return 0;
    }
    printf("seed %" PRIu64 ": %" PRIu64 " commands (%" PRIu64 " refused), %" PRIu64 " events, %" PRIu64
           " halls, %" PRIu64 " days, %" PRIu64 " checkpoints in %.1f s\n",
           params.seed, report.commands, report.refused, report.events, report.halls, report.days,
           report.checkpoints, seconds);
    if (counts)
        print_counts(&report);
    int code = 0;
    if (status == STATUS_OK) {
        printf("digest %016" PRIx64 "\n", report.digest);
    } else {
        printf("%s\n", error.text);
        code = status == STATUS_CORRUPT ? write_scenario(out, &scenario) : 1;
    }
    text_destroy(&scenario);
    return code;
}
