/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dispatcher/core/calendar.h"
#include "dispatcher/core/checkpoint.h"
#include "dispatcher/core/line.h"
#include "dispatcher/sim/ask.h"
#include "dispatcher/sim/runner.h"
#include "dispatcher/sim/tokens.h"

enum { BULK_MIN = 50 }; /* from so many repetitions on, only the last is audited */

static bool fails(struct runner *r, const char *text)
{
    text_printf(&r->shown, "  %s\n", text);
    return false;
}

static int64_t midnight_ms(const struct runner *r)
{
    return hall_midnight_ms(r->stage.hall, r->date);
}

/* ---- time ---- */

/* Reads "09:02:00", "09:02" or "09:02:00.500" as ms of the day, or "+30s", "+15m", "+2h" as ms from now. */
static bool time_read(struct span text, bool *relative, int64_t *ms)
{
    unsigned hour, minute, second = 0, millis = 0;
    char copy[32], unit;
    unsigned long amount;
    if (!text.length || text.length >= sizeof copy)
        return false;
    memcpy(copy, text.data, text.length);
    copy[text.length] = '\0';
    *relative = copy[0] == '+';
    if (*relative) {
        if (sscanf(copy + 1, "%lu%c", &amount, &unit) != 2)
            return false;
        int64_t factor = unit == 's' ? 1000 : unit == 'm' ? 60000 : unit == 'h' ? 3600000 : 0;
        *ms = (int64_t)amount * factor;
        return factor > 0;
    }
    int read = sscanf(copy, "%2u:%2u:%2u.%3u", &hour, &minute, &second, &millis);
    *ms = (((int64_t)hour * 60 + minute) * 60 + second) * 1000 + millis;
    return read >= 2 && minute < 60 && second < 60;
}

static bool step_time(struct runner *r, const struct step *step)
{
    struct error error;
    bool relative;
    int64_t ms;
    if (!r->date)
        return fails(r, "say \"date\" first");
    if (!time_read(step->line.text, &relative, &ms))
        return fails(r, "expected a time such as 09:02:00 or +30s");
    int64_t to_ms = relative ? r->stage.now_ms + ms : midnight_ms(r) + ms;
    if (step->kind == STEP_CLOCK || !r->timed) {
        r->stage.now_ms = to_ms;
        r->timed = true;
        return true;
    }
    if (to_ms < r->stage.now_ms)
        return fails(r, "time does not run backwards; \"clock\" sets the clock back");
    return stage_pass(&r->stage, to_ms, &error) || fails(r, error.text);
}

/* ---- commands ---- */

static bool read_command(struct runner *r, struct span text, struct command *out)
{
    struct error error = {0};
    struct line_fault fault;
    struct text plain = {0};
    bool ok = names_replace(&r->names, text, &plain, &error) || fails(r, error.text);
    if (ok && !line_to_command(plain.data, plain.length, midnight_ms(r), out, &fault)) {
        text_printf(&r->shown, "  %s (column %zu of the command)\n", fault.text, fault.column);
        ok = false;
    }
    text_destroy(&plain);
    return ok;
}

/* Acts as the dispatcher does: free windows that call by themselves do so at once. */
static bool act(struct runner *r, const struct command *command)
{
    struct error error = {0};
    r->refused = false;
    if (stage_act(&r->stage, command, &error)) {
        r->coverage->commands[command->kind] = true;
    } else if (error.status != STATUS_OK) {
        return fails(r, error.text);
    } else {
        r->refused = true;
        r->coverage->refusals[r->stage.decision.refusal.code] = true;
        return true;
    }
    if (r->stage.hall->policy[POLICY_AUTO_CALL] && !stage_tick(&r->stage, &error))
        return fails(r, error.text);
    return true;
}

static bool step_prepare(struct runner *r, struct span text)
{
    struct command command;
    char *end;
    unsigned long times = strtoul(text.data, &end, 10);
    if (end == text.data)
        times = 1;
    else
        text = span_trim((struct span){end, (size_t)(text.data + text.length - end)});
    if (!read_command(r, text, &command))
        return false;
    r->stage.unaudited = times >= BULK_MIN ? times - 1 : 0;
    for (unsigned long i = 0; i < times; i++) {
        if (!act(r, &command))
            return false;
        if (!r->refused)
            continue;
        text_printf(&r->shown, "  preparation %lu of %lu was ", i + 1, times);
        refusal_write(&r->stage.decision.refusal, &r->shown);
        text_puts(&r->shown, "\n");
        return false;
    }
    r->stage.unaudited = 0;
    return true;
}

static bool step_event(struct runner *r, struct span text)
{
    struct event event;
    struct line_fault fault;
    struct error error;
    if (!line_to_event(text.data, text.length, midnight_ms(r), &event, &fault)) {
        text_printf(&r->shown, "  %s (column %zu of the event)\n", fault.text, fault.column);
        return false;
    }
    event.at_ms = r->stage.now_ms;
    return stage_take_stored(&r->stage, &event, &error) || fails(r, error.text);
}

/* ---- comparing ---- */

static struct outcome outcome_at(const struct runner *r, size_t i)
{
    return (struct outcome){r->log.list[r->from + i], midnight_ms(r)};
}

/* What happened, line by line, marked against what was expected. */
static void show_difference(struct runner *r, const struct step *step)
{
    const struct script_line *expected = r->script->expected + step->expected_from;
    size_t happened = r->refused ? 1 : r->log.count - r->from;
    size_t rows = happened > step->expected_count ? happened : step->expected_count;
    struct names names = r->names;
    for (size_t i = 0; i < rows; i++) {
        struct error error = {0};
        struct span line = i < step->expected_count ? expected[i].text : (struct span){"", 0};
        bool same = false;
        if (i < step->expected_count && i < happened) {
            struct outcome got = r->refused ? (struct outcome){0} : outcome_at(r, i);
            same = r->refused ? match_refusal(line, &r->stage.decision.refusal, &error)
                              : match_event(line, &got, &names, &error);
        }
        if (i < step->expected_count)
            text_printf(&r->shown, "  %c %.*s\n", same ? ' ' : '-', (int)line.length, line.data);
        if (error.status != STATUS_OK)
            text_printf(&r->shown, "      %s\n", error.text);
        if (same || i >= happened)
            continue;
        text_puts(&r->shown, "  + ");
        struct outcome got = r->refused ? (struct outcome){0} : outcome_at(r, i);
        if (r->refused)
            refusal_write(&r->stage.decision.refusal, &r->shown);
        else
            outcome_write(&got, (struct span){"", 0}, step->kind == STEP_AT, &r->names, &r->shown);
        text_puts(&r->shown, "\n");
    }
}

static bool compare(struct runner *r, const struct step *step)
{
    const struct script_line *expected = r->script->expected + step->expected_from;
    size_t happened = r->refused ? 1 : r->log.count - r->from;
    struct names names = r->names;
    bool same = happened == step->expected_count;
    for (size_t i = 0; same && i < happened; i++) {
        struct error error;
        struct outcome got = r->refused ? (struct outcome){0} : outcome_at(r, i);
        same = r->refused ? match_refusal(expected[i].text, &r->stage.decision.refusal, &error)
                          : match_event(expected[i].text, &got, &names, &error);
    }
    if (same)
        r->names = names;
    else
        show_difference(r, step);
    return same;
}

/* --update: the lines that should stand under the step. */
static void write_actual(struct runner *r, const struct step *step, struct text *actual)
{
    const struct script_line *expected = r->script->expected + step->expected_from;
    size_t happened = r->log.count - r->from;
    text_puts(actual, ""); /* from now on it is not NULL: the step was run to its end */
    if (r->refused) {
        text_puts(actual, "  ");
        refusal_write(&r->stage.decision.refusal, actual);
        text_puts(actual, "\n");
        return;
    }
    for (size_t i = 0; i < happened; i++) {
        struct error error;
        struct outcome got = outcome_at(r, i);
        struct span line = i < step->expected_count ? expected[i].text : (struct span){"", 0};
        bool timed = step->kind == STEP_AT && (!line.length || (line.data[0] >= '0' && line.data[0] <= '9'));
        struct names names = r->names;
        if (line.length && match_event(line, &got, &names, &error))
            r->names = names;
        text_puts(actual, "  ");
        outcome_write(&got, line, timed, &r->names, actual);
        text_puts(actual, "\n");
    }
}

/* ---- questions ---- */

static bool step_ask(struct runner *r, const struct step *step, struct text *actual)
{
    struct asking asking = {r->stage.hall,  r->scratch,  r->stage.now_ms,
                            midnight_ms(r), r->log.list, r->log.count};
    struct error error = {0};
    struct text question = {0}, answer = {0};
    bool ok = names_replace(&r->names, step->line.text, &question, &error) &&
              ask_answer(&asking, (struct span){question.data, question.length}, &answer, &error);
    if (!ok) {
        fails(r, error.text);
    } else if (actual) {
        text_puts(actual, "? ");
        ask_rewrite(step->line.text, (struct span){answer.data, answer.length}, actual);
        text_puts(actual, "\n");
    } else if (!ask_agrees((struct span){question.data, question.length},
                           (struct span){answer.data, answer.length})) {
        text_printf(&r->shown, "  - %s\n  + ", question.data);
        ask_rewrite((struct span){question.data, question.length}, (struct span){answer.data, answer.length},
                    &r->shown);
        text_puts(&r->shown, "\n");
        ok = false;
    }
    text_destroy(&question);
    text_destroy(&answer);
    return ok;
}

/* ---- rebuilding ---- */

static void rebuild(struct hall *hall, const struct event_log *log)
{
    memset(hall, 0, sizeof *hall);
    hall_init(hall);
    for (size_t i = 0; i < log->count; i++)
        hall_evolve(hall, &log->list[i]);
}

bool runner_replays(struct runner *r)
{
    rebuild(r->scratch, &r->log);
    if (hall_digest(r->scratch) == hall_digest(r->stage.hall))
        return true;
    return fails(r, "the events alone rebuild a different hall");
}

static bool step_restart(struct runner *r)
{
    if (!runner_replays(r))
        return false;
    *r->stage.hall = *r->scratch;
    return true;
}

static void log_plain(const struct event *event, void *userdata)
{
    event_log_add(userdata, event);
}

static uint64_t digest_of_next_day(struct hall *hall, int32_t date)
{
    struct event open = {.kind = EVENT_DAY_OPENED, .at_ms = hall->last_ms, .day_opened = {date}};
    hall_evolve(hall, &open);
    return hall_digest(hall);
}

/* From here on the log begins with the checkpoint's events. The closed hall and the rebuilt one must open the
 * next day alike. */
static bool step_checkpoint(struct runner *r)
{
    struct hall *hall = r->stage.hall;
    if (hall->day_state != DAY_CLOSED)
        return fails(r, "only a closed hall has a checkpoint");
    int32_t next_date = hall->date + 1;
    r->log.count = 0;
    hall_checkpoint(hall, log_plain, &r->log);
    for (size_t i = 0; i < r->log.count; i++)
        r->coverage->events[r->log.list[i].kind] = true;
    uint64_t expected = digest_of_next_day(hall, next_date);
    rebuild(hall, &r->log);
    *r->scratch = *hall;
    return digest_of_next_day(r->scratch, next_date) == expected ||
           fails(r, "the rebuilt hall opens the next day differently");
}

/* ---- steps ---- */

static bool step_date(struct runner *r, const struct step *step)
{
    return date_read(step->line.text, &r->date) || fails(r, "expected a date such as 2026-11-23");
}

bool runner_step(struct runner *r, const struct step *step, struct text *actual)
{
    struct command command;
    bool ok = true;
    r->from = r->log.count;
    r->refused = false;
    switch (step->kind) {
    case STEP_DATE:
        return step_date(r, step);
    case STEP_AT:
    case STEP_CLOCK:
        ok = step_time(r, step);
        break;
    case STEP_ACT:
        ok = read_command(r, step->line.text, &command) && act(r, &command);
        break;
    case STEP_PREPARE:
        return step_prepare(r, step->line.text);
    case STEP_ASK:
        return step_ask(r, step, actual);
    case STEP_EVENT:
        return step_event(r, step->line.text);
    case STEP_RESTART:
        return step_restart(r);
    case STEP_CHECKPOINT:
        return step_checkpoint(r);
    }
    if (ok && r->in_setup && r->refused) {
        refusal_write(&r->stage.decision.refusal, &r->shown);
        return false;
    }
    if (!ok || r->in_setup || step->kind == STEP_CLOCK)
        return ok;
    if (!actual)
        return compare(r, step);
    write_actual(r, step, actual);
    return true;
}
