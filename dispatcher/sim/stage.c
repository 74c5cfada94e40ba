/* SPDX-License-Identifier: MIT */
#include "dispatcher/sim/stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dispatcher/core/audit.h"
#include "dispatcher/core/fields.h"
#include "dispatcher/core/line.h"

bool stage_init(struct stage *stage)
{
    memset(stage, 0, sizeof *stage);
    stage->hall = calloc(1, sizeof *stage->hall);
    if (!stage->hall)
        return false;
    hall_init(stage->hall);
    return true;
}

void stage_destroy(struct stage *stage)
{
    free(stage->hall);
    stage->hall = NULL;
}

void stage_clear(struct stage *stage)
{
    memset(stage->hall, 0, sizeof *stage->hall);
    hall_init(stage->hall);
    stage->now_ms = 0;
}

/* ---- comparing ---- */

static size_t field_size(const struct field *field)
{
    switch (field->type) {
    case FIELD_U16:
    case FIELD_POLICY:
    case FIELD_MINUTE:
        return sizeof(uint16_t);
    case FIELD_U32:
    case FIELD_I32:
    case FIELD_DATE:
    case FIELD_DURATION32:
    case FIELD_BITS32:
        return sizeof(uint32_t);
    case FIELD_U64:
    case FIELD_CLOCK:
    case FIELD_DURATION:
    case FIELD_BITS64:
        return sizeof(uint64_t);
    default:
        return 1; /* bool, letter, enum */
    }
}

static bool candidates_same(const struct candidate_list *a, const struct candidate_list *b)
{
    for (unsigned i = 0; i < a->count && a->count == b->count; i++) {
        const struct candidate *x = &a->list[i], *y = &b->list[i];
        if (!number_equals(x->number, y->number) || x->class != y->class || x->posted != y->posted ||
            x->age_s != y->age_s || x->handling_s != y->handling_s || x->index_q16 != y->index_q16 ||
            memcmp(x->terms_q16, y->terms_q16, sizeof x->terms_q16) != 0)
            return false;
    }
    return a->count == b->count;
}

static bool effects_same(const struct effect_list *a, const struct effect_list *b)
{
    for (unsigned i = 0; i < a->count && a->count == b->count; i++) {
        const struct effect *x = &a->list[i], *y = &b->list[i];
        if (x->domain.value != y->domain.value || x->now_s != y->now_s || x->now_low_s != y->now_low_s ||
            x->now_high_s != y->now_high_s || x->after_s != y->after_s || x->after_low_s != y->after_low_s ||
            x->after_high_s != y->after_high_s)
            return false;
    }
    return a->count == b->count;
}

static bool field_same(const struct field *field, const void *a, const void *b)
{
    const struct item_list *items = a;
    const struct session_list *sessions = a;
    switch (field->type) {
    case FIELD_NUMBER:
        return number_equals(*(const struct number *)a, *(const struct number *)b);
    case FIELD_ITEMS:
        return items->count == ((const struct item_list *)b)->count &&
               memcmp(items->items, ((const struct item_list *)b)->items,
                      items->count * sizeof items->items[0]) == 0;
    case FIELD_SESSIONS:
        return sessions->count == ((const struct session_list *)b)->count &&
               memcmp(sessions->sessions, ((const struct session_list *)b)->sessions,
                      sessions->count * sizeof sessions->sessions[0]) == 0;
    case FIELD_WORDS:
        return strcmp(a, b) == 0;
    case FIELD_CANDIDATES:
        return candidates_same(a, b);
    case FIELD_EFFECTS:
        return effects_same(a, b);
    default:
        return memcmp(a, b, field_size(field)) == 0;
    }
}

bool event_same(const struct event *a, const struct event *b)
{
    if (a->kind != b->kind || a->by.kind != b->by.kind || a->by.id != b->by.id)
        return false;
    for (const struct field *field = event_fields(a->kind); field->name; field++)
        if (!field_same(field, (const char *)a + field->offset, (const char *)b + field->offset))
            return false;
    return true;
}

/* ---- taking ---- */

static bool round_trip(struct stage *stage, const struct event *event, struct event *back,
                       struct error *error)
{
    char text[LINE_MAX_BYTES], again[LINE_MAX_BYTES];
    struct line_fault fault;
    int64_t midnight_ms = stage->hall->midnight_ms;
    size_t length = line_from_event(event, midnight_ms, text);
    if (!line_to_event(text, length, midnight_ms, back, &fault)) {
        error_set(error, STATUS_CORRUPT, "an event cannot be read back: %s (column %zu of \"%s\")",
                  fault.text, fault.column, text);
        return false;
    }
    back->at_ms = event->at_ms;
    line_from_event(back, midnight_ms, again);
    if (event_same(event, back) && strcmp(text, again) == 0)
        return true;
    error_set(error, STATUS_CORRUPT, "an event changes on its way through text: \"%s\"", text);
    return false;
}

static bool audit(struct stage *stage, struct error *error)
{
    struct audit_fault fault;
    if (stage->unaudited) {
        stage->unaudited--;
        return true;
    }
    if (hall_audit(stage->hall, &fault))
        return true;
    error_set(error, STATUS_CORRUPT, "%s broken: %s (%lld, %lld)", fault.invariant, fault.text,
              (long long)fault.a, (long long)fault.b);
    return false;
}

bool stage_take(struct stage *stage, const struct event *event, struct error *error)
{
    if (event->at_ms >= stage->hall->last_ms)
        return stage_take_stored(stage, event, error);
    error_set(error, STATUS_CORRUPT, "time runs backwards at %s", event_name(event->kind));
    return false;
}

bool stage_take_stored(struct stage *stage, const struct event *event, struct error *error)
{
    struct event back;
    if (!round_trip(stage, event, &back, error))
        return false;
    hall_evolve(stage->hall, event);
    stage->event_count++;
    if (stage->sink)
        stage->sink(&back, stage->userdata);
    return audit(stage, error);
}

bool stage_act(struct stage *stage, const struct command *command, struct error *error)
{
    error->status = STATUS_OK;
    if (!hall_decide(stage->hall, command, stage->now_ms, &stage->decision)) {
        if (stage->decision.count || stage->decision.refusal.code == REFUSED_NONE)
            error_set(error, STATUS_CORRUPT, "%s is refused without a reason", command_name(command->kind));
        return false;
    }
    bool empty = !stage->decision.count && command->kind != COMMAND_TICK;
    if (empty || stage->decision.refusal.code != REFUSED_NONE) {
        error_set(error, STATUS_CORRUPT, "%s is accepted, but nothing comes of it",
                  command_name(command->kind));
        return false;
    }
    for (uint32_t i = 0; i < stage->decision.count; i++)
        if (!stage_take(stage, &stage->decision.events[i], error))
            return false;
    return true;
}

/* ---- time ---- */

bool stage_tick(struct stage *stage, struct error *error)
{
    static const struct command tick = {.kind = COMMAND_TICK};
    for (unsigned round = 0; round < 100000; round++) {
        if (!stage_act(stage, &tick, error)) {
            if (error->status == STATUS_OK && stage->decision.refusal.code != REFUSED_WAIT_FOR_CLOCK)
                error_set(error, STATUS_CORRUPT, "a tick is refused: %s",
                          refusal_wire(stage->decision.refusal.code));
            return error->status == STATUS_OK;
        }
        if (!stage->decision.count)
            return true;
    }
    error_set(error, STATUS_CORRUPT, "ticks bring events without end");
    return false;
}

bool stage_pass(struct stage *stage, int64_t to_ms, struct error *error)
{
    error->status = STATUS_OK;
    for (;;) {
        int64_t due_ms = hall_next_deadline(stage->hall, stage->now_ms);
        if (due_ms > to_ms)
            break;
        if (due_ms > stage->now_ms)
            stage->now_ms = due_ms;
        uint64_t before = stage->event_count;
        if (!stage_tick(stage, error))
            return false;
        if (stage->event_count > before || hall_next_deadline(stage->hall, stage->now_ms) > stage->now_ms)
            continue;
        error_set(error, STATUS_CORRUPT, "the next deadline asks for ticks that bring nothing");
        return false;
    }
    stage->now_ms = to_ms;
    return true;
}

/* ---- text ---- */

const char *clock_text(int64_t ms, char out[CLOCK_TEXT_MAX])
{
    const char *sign = ms < 0 ? "-" : "";
    long long size = ms < 0 ? -ms : ms;
    int used = snprintf(out, CLOCK_TEXT_MAX, "%s%02lld:%02lld:%02lld", sign, size / 3600000,
                        size / 60000 % 60, size / 1000 % 60);
    if (size % 1000)
        snprintf(out + used, CLOCK_TEXT_MAX - (size_t)used, ".%03lld", size % 1000);
    return out;
}

const char *date_text(int32_t date, char out[DATE_TEXT_MAX])
{
    struct civil civil = date_to_civil(date);
    snprintf(out, DATE_TEXT_MAX, "%04d-%02d-%02d", civil.year, civil.month, civil.day);
    return out;
}

void time_write(const char *word, int64_t at_ms, int64_t utc_offset_min, int32_t *date, struct text *out)
{
    int64_t local_ms = at_ms + utc_offset_min * MINUTE_MS;
    int32_t day = (int32_t)(local_ms / DAY_MS);
    char text[DATE_TEXT_MAX], clock[CLOCK_TEXT_MAX];
    if (day != *date)
        text_printf(out, "date %s\n", date_text(day, text));
    *date = day;
    text_printf(out, "%s %s\n", word, clock_text(local_ms - (int64_t)day * DAY_MS, clock));
}

bool date_read(struct span text, int32_t *out)
{
    int year, month, day;
    char copy[11];
    if (text.length != 10)
        return false;
    memcpy(copy, text.data, 10);
    copy[10] = '\0';
    if (sscanf(copy, "%4d-%2d-%2d", &year, &month, &day) != 3 || !civil_is_valid(year, month, day))
        return false;
    *out = date_from_civil(year, month, day);
    return true;
}
