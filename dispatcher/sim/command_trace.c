/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dispatcher/sim/commands.h"
#include "dispatcher/sim/stage.h"
#include "dispatcher/sim/trace.h"
#include "dispatcher/sim/trace_bank_report.h"
#include "dispatcher/sim/trace_offices_report.h"

enum { FILES_MAX = 64, FUTURES_DEFAULT = 128 };

struct files {
    const char *list[FILES_MAX]; /* borrowed from argv */
    unsigned count;
};

struct request {
    struct files trace, fit;
    const char *from; /* NULL: not given */
    bool json;
    long futures;
};

/* ---- the command line ---- */

/* Takes `--name FILE` and `--name=FILE` out of argv into the list, as often as they stand there. False:
 * wrong. */
static bool take_files(const char *name, int *argc, char **argv, struct files *files)
{
    size_t length = strlen(name);
    int kept = 1;
    for (int i = 1; i < *argc; i++) {
        const char *file = NULL;
        if (strncmp(argv[i], name, length) == 0 && argv[i][length] == '=')
            file = argv[i] + length + 1;
        else if (strcmp(argv[i], name) == 0 && i + 1 < *argc)
            file = argv[++i];
        else if (strcmp(argv[i], name) == 0) {
            fprintf(stderr, "evenhall-sim replay: %s needs a value (FILE)\n", name);
            return false;
        }
        if (!file) {
            argv[kept++] = argv[i];
        } else if (files->count == FILES_MAX) {
            fprintf(stderr, "evenhall-sim replay: %s more than %d times\n", name, FILES_MAX);
            return false;
        } else {
            files->list[files->count++] = file;
        }
    }
    *argc = kept;
    return true;
}

/* ---- the two forms ---- */

static enum status replay_bank(const struct request *request, struct text *out, struct error *error)
{
    struct bank_trace trace = {0};
    struct bank_report_params params = {.trace = &trace,
                                        .judge_from = INT32_MIN,
                                        .futures = (unsigned)request->futures,
                                        .json = request->json};
    enum status status = STATUS_OK;
    for (unsigned i = 0; i < request->fit.count && status == STATUS_OK; i++)
        status = bank_read(&trace, request->fit.list[i], error);
    size_t fitting = trace.count;
    for (unsigned i = 0; i < request->trace.count && status == STATUS_OK; i++)
        status = bank_read(&trace, request->trace.list[i], error);
    if (status == STATUS_OK && request->from && !date_read(span_of(request->from), &params.judge_from))
        status = error_set(error, STATUS_PARSE, "--from takes a day such as 1999-01-22, not \"%s\"",
                           request->from);
    if (status == STATUS_OK && fitting) {
        int32_t first = trace.calls[fitting].day;
        if (first == trace.calls[fitting - 1].day)
            status =
                error_set(error, STATUS_PARSE, "%s begins on a day that belongs to the files for fitting",
                          request->trace.list[0]);
        if (params.judge_from < first)
            params.judge_from = first;
    }
    if (status == STATUS_OK)
        status = bank_report(&params, out, error);
    bank_destroy(&trace);
    return status;
}

static enum status replay_offices(const struct request *request, struct text *out, struct error *error)
{
    struct offices_trace trace = {0};
    enum status status = STATUS_OK;
    if (request->fit.count || request->from)
        return error_set(
            error, STATUS_PARSE,
            "--fit and --from are for a bank trace; snapshots of offices are described, not forecast");
    for (unsigned i = 0; i < request->trace.count && status == STATUS_OK; i++)
        status = offices_read(&trace, request->trace.list[i], error);
    if (status == STATUS_OK)
        status = offices_report(&trace, request->json, out, error);
    offices_destroy(&trace);
    return status;
}

/* All files have one form. */
static enum status recognise_all(const struct request *request, enum trace_form *form, struct error *error)
{
    const struct files *lists[] = {&request->fit, &request->trace};
    bool first = true;
    for (unsigned k = 0; k < 2; k++)
        for (unsigned i = 0; i < lists[k]->count; i++) {
            enum trace_form one;
            if (trace_recognise(lists[k]->list[i], &one, error) != STATUS_OK)
                return error->status;
            if (!first && one != *form)
                return error_set(error, STATUS_PARSE,
                                 "%s is a trace of the form %s, the files before it are %s",
                                 lists[k]->list[i], trace_form_name(one), trace_form_name(*form));
            *form = one;
            first = false;
        }
    return STATUS_OK;
}

static enum status replay_trace(const struct request *request, struct text *out, struct error *error)
{
    enum trace_form form = TRACE_BANK;
    if (recognise_all(request, &form, error) != STATUS_OK)
        return error->status;
    return form == TRACE_BANK ? replay_bank(request, out, error) : replay_offices(request, out, error);
}

int command_trace(int argc, char **argv)
{
    struct request request = {.futures = FUTURES_DEFAULT};
    const char *ignored = NULL;
    bool help = false;
    int words;
    const struct option_row rows[] = {
        {"trace", OPTION_TEXT, &ignored, 0, 0, "FILE",
         "a trace to judge forecasts on or to describe; may be repeated, in order of time"},
        {"fit", OPTION_TEXT, &ignored, 0, 0, "FILE",
         "bank: earlier calls, only to learn from; may be repeated"},
        {"from", OPTION_TEXT, &request.from, 0, 0, "YYYY-MM-DD",
         "bank: judge from this day on, learn from the days before"},
        {"futures", OPTION_NUMBER, &request.futures, 1, 1024, "N",
         "bank: futures simulated at each arrival (128)"},
        {"json", OPTION_FLAG, &request.json, 0, 0, NULL, "for programs"},
        {"help", OPTION_FLAG, &help, 0, 0, NULL, "show this"},
    };
    const struct command_options options = {
        "evenhall-sim replay --trace FILE.csv [--trace FILE.csv ...] [--fit FILE.csv ...] [--from DAY] "
        "[--json]",
        "A real place's trace: forecasts of each wait in a call centre's log (seconds), or what balancing "
        "would\n"
        "change in an office's snapshots. The two forms are described in dispatcher/sim/trace.h.",
        rows, sizeof rows / sizeof rows[0], &help};
    if (!take_files("--trace", &argc, argv, &request.trace) ||
        !take_files("--fit", &argc, argv, &request.fit))
        return 2;
    int done = command_options(&options, argc, argv, &words);
    if (done >= 0)
        return done;
    if (words || !request.trace.count) {
        fprintf(stderr, "evenhall-sim replay: give --trace FILE\n");
        return 2;
    }
    struct error error = {0};
    struct text out = {0};
    enum status status = replay_trace(&request, &out, &error);
    if (status == STATUS_OK)
        fwrite(out.data, 1, out.length, stdout);
    else
        fprintf(stderr, "evenhall-sim replay: %s\n", error.text);
    text_destroy(&out);
    return status == STATUS_OK ? 0 : 1;
}
