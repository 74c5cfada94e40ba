/* SPDX-License-Identifier: MIT
 * Shortening a failing list of acts, and writing it as a scenario. */
#include <stdlib.h>
#include <string.h>

#include "dispatcher/core/calendar.h"
#include "dispatcher/core/line.h"
#include "dispatcher/sim/trial.h"

enum { SHRINK_ACTS_MAX = 3000000 }; /* played while shortening: some seconds to a minute */

/* Two failures are of a kind when their words up to the first figure agree. */
static bool same_failure(const struct error *a, const struct error *b)
{
    size_t length = strcspn(a->text, "(\"0123456789");
    return length > 0 && strncmp(a->text, b->text, length) == 0;
}

static bool fails_alike(struct trial *trial, const struct acts *acts, const struct error *failure)
{
    struct error error = {0};
    trial_clear(trial);
    for (size_t i = 0; i < acts->count; i++) {
        if (trial->shrink_acts++ > SHRINK_ACTS_MAX)
            return false;
        if (!trial_play(trial, &acts->list[i], &error))
            return same_failure(failure, &error);
        if (trial->found)
            return same_failure(failure, &(struct error){.text = "found"});
    }
    return !trial_compare(trial, &error) && same_failure(failure, &error);
}

/* Tries without [from, from + count). */
static bool try_without(struct trial *trial, struct acts *acts, size_t from, size_t count,
                        const struct error *failure)
{
    struct acts fewer = {0};
    for (size_t i = 0; i < acts->count; i++)
        if (i < from || i >= from + count)
            acts_add(&fewer, &acts->list[i]);
    if (fewer.failed || !fails_alike(trial, &fewer, failure)) {
        free(fewer.list);
        return false;
    }
    free(acts->list);
    *acts = fewer;
    return true;
}

/* Refused commands change nothing: mostly they can all go at once. */
static void drop_refused(struct trial *trial, struct acts *acts, const struct error *failure)
{
    struct acts accepted = {0};
    struct error error;
    trial_clear(trial);
    for (size_t i = 0; i < acts->count; i++) {
        uint64_t refused = trial->refused;
        bool whole = trial_play(trial, &acts->list[i], &error);
        if (!whole || trial->refused == refused)
            acts_add(&accepted, &acts->list[i]);
        if (!whole || trial->found)
            break;
    }
    if (accepted.failed || !fails_alike(trial, &accepted, failure)) {
        free(accepted.list);
        return;
    }
    free(acts->list);
    *acts = accepted;
}

void trial_shrink(struct trial *trial, struct acts *acts, const struct error *failure)
{
    unsigned audit_every = trial->audit_every;
    trial->audit_every = 1;
    trial->shrink_acts = 0;
    if (!fails_alike(trial, acts, failure))
        trial->audit_every = audit_every; /* it needs the faults that a rarer audit lets pass */
    drop_refused(trial, acts, failure);
    for (size_t size = acts->count / 2; size; size = size > 1 ? (size + 1) / 2 : 0) {
        bool shrunk = true;
        while (shrunk) {
            shrunk = false;
            for (size_t end = acts->count; end > 0 && trial->shrink_acts <= SHRINK_ACTS_MAX;
                 end = end > size ? end - size : 0) {
                size_t from = end > size ? end - size : 0;
                if (try_without(trial, acts, from, end - from, failure))
                    shrunk = true;
                if (end > acts->count)
                    end = acts->count;
            }
            shrunk = shrunk && size == 1;
        }
    }
}

/* Nonsense that no text could say is refused anyway. */
static bool is_writable(const struct command *command)
{
    for (const struct field *field = command_fields(command->kind); field->name; field++) {
        const uint8_t *value = (const uint8_t *)command + field->offset;
        unsigned names = 0;
        while (field->type == FIELD_ENUM && field->names[names])
            names++;
        if (field->type == FIELD_ENUM && *value >= names)
            return false;
    }
    return command->kind != COMMAND_SET_POLICY || command->set_policy.key < POLICY_KEYS;
}

void trial_write(const struct acts *acts, const char *note, struct text *out)
{
    int32_t date = 0;
    int64_t now_ms = -1;
    int64_t offset_min = policy_row(POLICY_UTC_OFFSET_MIN)->standard;
    text_printf(out, "# %s\nsetup\n", note);
    for (size_t i = 0; i < acts->count; i++) {
        const struct act *act = &acts->list[i];
        char line[LINE_MAX_BYTES];
        if (act->kind == ACT_COMMAND && !is_writable(&act->command))
            continue;
        bool timed = act->kind == ACT_COMMAND || act->kind == ACT_PASS;
        if (timed && act->at_ms != now_ms) {
            bool passes = act->kind == ACT_PASS && act->at_ms > now_ms && now_ms >= 0;
            time_write(passes ? "at" : "clock", act->at_ms, offset_min, &date, out);
            now_ms = act->at_ms;
        }
        if (act->kind == ACT_COMMAND) {
            int64_t midnight_ms = (int64_t)date * DAY_MS - offset_min * MINUTE_MS;
            line_from_command(&act->command, midnight_ms, line);
            text_printf(out, "* %s\n", line);
            if (act->command.kind == COMMAND_SET_POLICY &&
                act->command.set_policy.key == POLICY_UTC_OFFSET_MIN) {
                offset_min = act->command.set_policy.value;
                now_ms = -1; /* the next line says the time anew */
            }
        } else if (act->kind != ACT_PASS) {
            text_puts(out, "checkpoint\n");
        }
    }
    text_puts(out, "case \"the hall is whole\"\n");
}
