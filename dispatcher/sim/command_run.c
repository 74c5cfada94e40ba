/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "dispatcher/sim/commands.h"
#include "dispatcher/sim/run.h"

int command_options(const struct command_options *options, int argc, char **argv, int *words)
{
    struct error error;
    if (options_parse(options->rows, options->count, argc, argv, words, &error) != STATUS_OK) {
        fprintf(stderr, "evenhall-sim %s: %s\n", argv[0], error.text);
        return 2;
    }
    if (*options->help) {
        options_print_help(options->usage, options->summary, options->rows, options->count);
        return 0;
    }
    return -1;
}

int command_run(int argc, char **argv)
{
    struct run_params params = {.out = stdout};
    bool help = false, all = false;
    int words;
    const struct option_row rows[] = {
        {"case", OPTION_TEXT, &params.only, 0, 0, "TEXT", "only cases whose name contains TEXT"},
        {"list", OPTION_FLAG, &params.list, 0, 0, NULL, "print the names of the cases, run nothing"},
        {"update", OPTION_FLAG, &params.update, 0, 0, NULL, "write what happened into the files, for review"},
        {"quiet", OPTION_FLAG, &params.quiet, 0, 0, NULL, "print failures and the summary only"},
        {"all-refusals", OPTION_FLAG, &all, 0, 0, NULL,
         "fail when a refusal, command or event was never met"},
        {"help", OPTION_FLAG, &help, 0, 0, NULL, "show this"},
    };
    const struct command_options options = {"evenhall-sim run FILE.hall|FOLDER...",
                                            "Runs scenarios: commands and the events expected of them. The "
                                            "language is in dispatcher/sim/script.h.",
                                            rows, sizeof rows / sizeof rows[0], &help};
    int done = command_options(&options, argc, argv, &words);
    if (done >= 0)
        return done;
    if (!words) {
        fprintf(stderr, "evenhall-sim run: name at least one scenario file or folder\n");
        return 2;
    }
    struct run_report report = {0};
    for (int i = 1; i <= words; i++) {
        struct error error = {0};
        if (run_path(argv[i], &params, &report, &error) == STATUS_OK)
            continue;
        fprintf(stderr, "evenhall-sim run: %s\n", error.text);
        return 2;
    }
    if (params.list) {
        printf("%u cases in %u files\n", report.passed, report.files);
        return 0;
    }
    printf("%u passed, %u failed (%u files, %llu events)\n", report.passed, report.failed, report.files,
           (unsigned long long)report.events);
    bool complete = !all || run_coverage_is_complete(&report.coverage, stdout);
    return report.failed || !complete ? 1 : 0;
}
