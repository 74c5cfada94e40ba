/* SPDX-License-Identifier: MIT
 * Command-line options from a table, with --help made from the same table. */
#ifndef COMMON_BASE_OPTIONS_H
#define COMMON_BASE_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "common/base/status.h"

enum option_kind {
    OPTION_FLAG,   /* target: bool *; --name */
    OPTION_TEXT,   /* target: const char **; --name VALUE or --name=VALUE; borrowed from argv */
    OPTION_NUMBER, /* target: long *; a decimal within [least, most] */
};

struct option_row {
    const char *name; /* without dashes */
    enum option_kind kind;
    void *target;      /* holds the default before, the value after */
    long least, most;  /* for numbers */
    const char *value; /* what VALUE is called in help, NULL for flags */
    const char *help;
};

/* Parses argv[1..argc) and stores through the targets. Words that are not options stay in argv, moved to the front;
 * *words is their count (argv[1..*words]). On a wrong option: STATUS_PARSE with a sentence, targets may be part-set. */
enum status options_parse(const struct option_row *rows, size_t count, int argc, char **argv, int *words,
                          struct error *error);

/* Prints usage, summary and the table to standard output. */
void options_print_help(const char *usage, const char *summary, const struct option_row *rows, size_t count);

#endif
