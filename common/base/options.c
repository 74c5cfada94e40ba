/* SPDX-License-Identifier: MIT */
#include "common/base/options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct option_row *find_row(const struct option_row *rows, size_t count, const char *name, size_t length)
{
    for (size_t i = 0; i < count; i++)
        if (strlen(rows[i].name) == length && memcmp(rows[i].name, name, length) == 0)
            return &rows[i];
    return NULL;
}

static enum status store_number(const struct option_row *row, const char *value, struct error *error)
{
    char *end;
    errno = 0;
    long number = strtol(value, &end, 10);
    if (errno || end == value || *end || number < row->least || number > row->most)
        return error_set(error, STATUS_PARSE, "--%s takes a whole number from %ld to %ld, not \"%s\"", row->name,
                         row->least, row->most, value);
    *(long *)row->target = number;
    return STATUS_OK;
}

enum status options_parse(const struct option_row *rows, size_t count, int argc, char **argv, int *words,
                          struct error *error)
{
    *words = 0;
    for (int i = 1; i < argc; i++) {
        if (strncmp(argv[i], "--", 2) != 0) {
            argv[++*words] = argv[i];
            continue;
        }
        const char *name = argv[i] + 2;
        const char *equals = strchr(name, '=');
        size_t length = equals ? (size_t)(equals - name) : strlen(name);
        const struct option_row *row = find_row(rows, count, name, length);
        if (!row)
            return error_set(error, STATUS_PARSE, "unknown option \"%s\"; --help lists what there is", argv[i]);
        if (row->kind == OPTION_FLAG) {
            if (equals)
                return error_set(error, STATUS_PARSE, "--%s takes no value", row->name);
            *(bool *)row->target = true;
            continue;
        }
        const char *value = equals ? equals + 1 : i + 1 < argc ? argv[++i] : NULL;
        if (!value)
            return error_set(error, STATUS_PARSE, "--%s needs a value (%s)", row->name, row->value);
        if (row->kind == OPTION_TEXT)
            *(const char **)row->target = value;
        else if (store_number(row, value, error) != STATUS_OK)
            return error->status;
    }
    return STATUS_OK;
}

void options_print_help(const char *usage, const char *summary, const struct option_row *rows, size_t count)
{
    printf("Usage: %s\n%s\n\n", usage, summary);
    for (size_t i = 0; i < count; i++) {
        char left[64];
        snprintf(left, sizeof left, "--%s%s%s", rows[i].name, rows[i].value ? " " : "",
                 rows[i].value ? rows[i].value : "");
        printf("  %-26s %s\n", left, rows[i].help);
    }
}
