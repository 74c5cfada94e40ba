/* SPDX-License-Identifier: MIT */
#include "dispatcher/sim/replay.h"

#include <stdlib.h>
#include <string.h>

#include "dispatcher/core/line.h"
#include "dispatcher/sim/guess.h"
#include "dispatcher/sim/stage.h"
#include "dispatcher/sim/tokens.h"

struct writing {
    const struct replay_event *events;
    size_t count, at;
    struct stage stage;        /* the hall as it was, event by event */
    struct hall *tried;        /* owned: for ticks after a command */
    struct decision *decision; /* owned */
    int64_t now_ms;
    int32_t date; /* of the last `date` line */
    struct text *out;
    struct replay_report *report;
    struct error *error;
};

static bool same_moment(const struct event *a, const struct event *b)
{
    return a->at_ms == b->at_ms && event_same(a, b);
}

/* How many of the stored events the decision is; 0 when it is not what happened next. */
static size_t agrees(const struct writing *w, size_t from, const struct decision *decision)
{
    if (!decision->count || decision->count > w->count - from)
        return 0;
    for (uint32_t i = 0; i < decision->count; i++)
        if (!same_moment(&w->events[from + i].event, &decision->events[i]))
            return 0;
    return decision->count;
}

/* Where free windows call by themselves, ticks follow every command: their events must be the stored ones
 * too. Returns how many in all, 0 when they are not. */
static size_t with_ticks(struct writing *w, size_t matched, int64_t at_ms)
{
    static const struct command tick = {.kind = COMMAND_TICK};
    if (!w->stage.hall->policy[POLICY_AUTO_CALL])
        return matched;
    *w->tried = *w->stage.hall;
    for (size_t i = 0; i < matched; i++)
        hall_evolve(w->tried, &w->events[w->at + i].event);
    if (!w->tried->policy[POLICY_AUTO_CALL])
        return matched;
    while (hall_decide(w->tried, &tick, at_ms, w->decision) && w->decision->count) {
        size_t more = agrees(w, w->at + matched, w->decision);
        if (!more)
            return 0;
        for (size_t i = 0; i < more; i++)
            hall_evolve(w->tried, &w->events[w->at + matched + i].event);
        matched += more;
    }
    return matched;
}

/* Finds the command for what happened next. Returns the number of events that it explains; 0: none found. */
static size_t explain(struct writing *w, struct command *command)
{
    const struct event *event = &w->events[w->at].event;
    for (unsigned n = 0; guess_command(w->stage.hall, event, n, command); n++) {
        if (!hall_decide(w->stage.hall, command, event->at_ms, w->decision))
            continue;
        size_t matched = agrees(w, w->at, w->decision);
        if (matched)
            matched = with_ticks(w, matched, event->at_ms);
        if (matched)
            return matched;
    }
    return 0;
}

static bool take(struct writing *w)
{
    return stage_take_stored(&w->stage, &w->events[w->at++].event, w->error);
}

static int64_t midnight_ms(const struct writing *w)
{
    return hall_midnight_ms(w->stage.hall, w->date);
}

static void write_time(struct writing *w, int64_t at_ms)
{
    int64_t offset_min = w->stage.hall->policy[POLICY_UTC_OFFSET_MIN];
    if (at_ms != w->now_ms)
        time_write("clock", at_ms, offset_min, &w->date, w->out);
    w->now_ms = at_ms;
}

/* The candidates are long, and follow from the rest. */
static void write_expected(struct writing *w, const struct event *event)
{
    char line[LINE_MAX_BYTES];
    struct tokens tokens;
    size_t length = line_from_event(event, midnight_ms(w), line);
    tokens_split((struct span){line, length}, &tokens);
    text_puts(w->out, " ");
    for (size_t i = 0; i < tokens.count; i++) {
        const struct token *t = &tokens.list[i];
        if (span_equals(t->name, "candidates"))
            continue;
        const char *from = t->name.length ? t->name.data : t->value.data;
        text_printf(w->out, " %.*s", (int)(t->value.data + t->value.length - from), from);
    }
    text_puts(w->out, "\n");
}

static bool write_raw(struct writing *w)
{
    char line[LINE_MAX_BYTES];
    const struct event *event = &w->events[w->at].event;
    write_time(w, event->at_ms);
    line_from_event(event, midnight_ms(w), line);
    text_printf(w->out, "= %s\n", line);
    return take(w);
}

static bool write_next(struct writing *w)
{
    struct command command;
    char line[LINE_MAX_BYTES];
    size_t matched = explain(w, &command);
    if (!matched) {
        w->report->raw++;
        return write_raw(w);
    }
    write_time(w, w->events[w->at].event.at_ms);
    line_from_command(&command, midnight_ms(w), line);
    text_printf(w->out, "> %s\n", line);
    int64_t before_ms = midnight_ms(w);
    for (size_t i = 0; i < matched; i++) {
        const struct event *event = &w->events[w->at].event;
        if (!take(w))
            return false;
        write_expected(w, event);
    }
    /* another time zone: the next line says the time anew */
    if (midnight_ms(w) != before_ms)
        w->now_ms = INT64_MIN;
    w->report->commands++;
    return true;
}

static bool write_all(struct writing *w, const char *title)
{
    bool ok = true, in_case = false;
    text_printf(w->out, "# %s\nsetup\n", title);
    for (; ok && w->at < w->count;) {
        if (!w->events[w->at].before && !in_case) {
            in_case = true;
            text_printf(w->out, "\ncase \"%s\"\n", title);
        }
        if (w->events[w->at].before) {
            w->report->before++;
            int64_t before_ms = midnight_ms(w);
            ok = write_raw(w);
            if (midnight_ms(w) != before_ms)
                w->now_ms = INT64_MIN;
        } else {
            ok = write_next(w);
        }
    }
    w->report->events = w->count - w->report->before;
    return ok;
}

enum status replay_write(const struct replay_event *events, size_t count, const char *title, struct text *out,
                         struct replay_report *report, struct error *error)
{
    struct writing w = {
        .events = events, .count = count, .now_ms = INT64_MIN, .out = out, .report = report, .error = error};
    *report = (struct replay_report){0};
    w.decision = malloc(sizeof *w.decision);
    w.tried = malloc(sizeof *w.tried);
    bool ready = stage_init(&w.stage) && w.decision && w.tried;
    bool ok = ready && write_all(&w, title);
    stage_destroy(&w.stage);
    free(w.tried);
    free(w.decision);
    if (!ready || out->failed)
        return error_set(error, STATUS_MEMORY, "out of memory");
    return ok ? STATUS_OK : error->status;
}
