/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dispatcher/sim/commands.h"
#include "dispatcher/sim/replay.h"
#include "dispatcher/sim/stage.h"
#include "dispatcher/sim/trace.h"
#include "dispatcher/store/store.h"

struct stored_day {
    struct replay_event *list; /* owned */
    size_t count, room;
    bool failed;
};

static bool keep(const struct store_event *event, void *userdata)
{
    struct stored_day *day = userdata;
    if (day->count == day->room) {
        size_t room = day->room ? day->room * 2 : 1024;
        struct replay_event *bigger = realloc(day->list, room * sizeof *bigger);
        if (!bigger) {
            day->failed = true;
            return false;
        }
        day->list = bigger;
        day->room = room;
    }
    day->list[day->count++] = (struct replay_event){event->event, event->before};
    return true;
}

static enum status read_day(const char *path, int32_t date, struct stored_day *day, struct error *error)
{
    struct store *store;
    struct error closing;
    struct store_params params = {.path = path, .reserve_bytes = -1};
    if (store_open_sqlite(&params, &store, error) != STATUS_OK)
        return error->status;
    enum status status = store_day(store, date, keep, day, error);
    store_close(store, &closing);
    return day->failed ? error_set(error, STATUS_MEMORY, "out of memory") : status;
}

static enum status write_out(const char *path, const struct text *text, struct error *error)
{
    FILE *file = path ? fopen(path, "wb") : stdout;
    if (!file)
        return error_set_errno(error, errno, "cannot write %s", path);
    bool ok = fwrite(text->data, 1, text->length, file) == text->length;
    if (path ? fclose(file) != 0 : fflush(file) != 0)
        ok = false;
    return ok ? STATUS_OK : error_set_errno(error, errno, "cannot write %s", path ? path : "the scenario");
}

static enum status replay(const char *from, int32_t date, const char *out, struct error *error)
{
    struct stored_day day = {0};
    struct replay_report report = {0};
    struct text text = {0};
    char title[DATE_TEXT_MAX + 16], name[DATE_TEXT_MAX];
    snprintf(title, sizeof title, "stored day %s", date_text(date, name));
    enum status status = read_day(from, date, &day, error);
    if (status == STATUS_OK)
        status = replay_write(day.list, day.count, title, &text, &report, error);
    if (status == STATUS_OK)
        status = write_out(out, &text, error);
    if (status == STATUS_OK)
        fprintf(stderr, "%s: %zu events, %zu commands, %zu events by themselves, %zu before the day\n", title,
                report.events, report.commands, report.raw, report.before);
    text_destroy(&text);
    free(day.list);
    return status;
}

int command_replay(int argc, char **argv)
{
    const char *from = NULL, *day = NULL, *out = NULL;
    bool help = false;
    int words;
    int32_t date;
    for (int i = 1; i < argc; i++)
        if (strncmp(argv[i], "--trace", 7) == 0)
            return command_trace(argc, argv);
    const struct option_row rows[] = {
        {"from", OPTION_TEXT, &from, 0, 0, "FILE", "the hall's database; no dispatcher may have it open"},
        {"day", OPTION_TEXT, &day, 0, 0, "YYYY-MM-DD", "the business day"},
        {"out", OPTION_TEXT, &out, 0, 0, "FILE", "where the scenario goes; else it is printed"},
        {"help", OPTION_FLAG, &help, 0, 0, NULL, "show this"},
    };
    const struct command_options options = {
        "evenhall-sim replay --from FILE --day YYYY-MM-DD [--out FILE]\n"
        "       evenhall-sim replay --trace FILE.csv ... (--trace FILE.csv --help tells more)",
        "Writes a stored day as a scenario that passes.", rows, sizeof rows / sizeof rows[0], &help};
    int done = command_options(&options, argc, argv, &words);
    if (done >= 0)
        return done;
    if (words || !from || !day || !date_read(span_of(day), &date)) {
        fprintf(stderr, "evenhall-sim replay: give --from FILE and --day YYYY-MM-DD\n");
        return 2;
    }
    struct error error = {0};
    if (replay(from, date, out, &error) == STATUS_OK)
        return 0;
    fprintf(stderr, "evenhall-sim replay: %s\n", error.text);
    return 1;
}
