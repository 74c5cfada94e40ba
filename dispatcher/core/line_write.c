/* SPDX-License-Identifier: MIT
 * Commands and events to lines. */
#include "dispatcher/core/line.h"

#include <assert.h>
#include <string.h>

#include "dispatcher/core/calendar.h"
#include "dispatcher/core/policy.h"

struct writer {
    char *out;
    size_t used;
    int64_t midnight_ms;
};

static void put(struct writer *w, const char *text, size_t length)
{
    assert(w->used + length < LINE_MAX_BYTES);
    memcpy(w->out + w->used, text, length);
    w->used += length;
}

static void put_char(struct writer *w, char c)
{
    put(w, &c, 1);
}

static void put_text(struct writer *w, const char *text)
{
    put(w, text, strlen(text));
}

/* At least `least` digits, zeros in front. */
static void put_unsigned(struct writer *w, uint64_t value, unsigned least)
{
    char digits[24];
    unsigned count = 0;
    for (; value || count < least; value /= 10)
        digits[count++] = (char)('0' + value % 10);
    while (count)
        put_char(w, digits[--count]);
}

static void put_signed(struct writer *w, int64_t value)
{
    if (value < 0)
        put_char(w, '-');
    put_unsigned(w, value < 0 ? (uint64_t)0 - (uint64_t)value : (uint64_t)value, 1);
}

static void put_minute(struct writer *w, unsigned minute)
{
    put_unsigned(w, minute / 60, 2);
    put_char(w, ':');
    put_unsigned(w, minute % 60, 2);
}

static void put_millis(struct writer *w, uint64_t ms)
{
    if (ms % 1000) {
        put_char(w, '.');
        put_unsigned(w, ms % 1000, 3);
    }
}

static void put_clock(struct writer *w, int64_t at_ms)
{
    int64_t day_ms = at_ms - w->midnight_ms;
    if (day_ms < 0) {
        put_char(w, '-');
        day_ms = -day_ms;
    }
    uint64_t ms = (uint64_t)day_ms;
    put_unsigned(w, ms / 3600000, 2);
    put_char(w, ':');
    put_unsigned(w, ms / 60000 % 60, 2);
    put_char(w, ':');
    put_unsigned(w, ms / 1000 % 60, 2);
    put_millis(w, ms);
}

static void put_duration(struct writer *w, int64_t ms)
{
    if (ms < 0)
        put_char(w, '-');
    uint64_t size = ms < 0 ? (uint64_t)0 - (uint64_t)ms : (uint64_t)ms;
    put_unsigned(w, size / 1000, 1);
    put_millis(w, size);
    put_char(w, 's');
}

static void put_date(struct writer *w, int32_t date)
{
    struct civil civil = date_to_civil(date);
    put_unsigned(w, (uint64_t)civil.year, 4);
    put_char(w, '-');
    put_unsigned(w, (uint64_t)civil.month, 2);
    put_char(w, '-');
    put_unsigned(w, (uint64_t)civil.day, 2);
}

static void put_number(struct writer *w, struct number number)
{
    char text[NUMBER_TEXT_MAX];
    put(w, text, number_format(number, text));
}

static void put_bits(struct writer *w, uint64_t bits)
{
    bool first = true;
    for (unsigned i = 0; i < 64; i++) {
        if (!(bits >> i & 1))
            continue;
        if (!first)
            put_char(w, ',');
        put_unsigned(w, i + 1, 1);
        first = false;
    }
}

static void put_items(struct writer *w, const struct item_list *list)
{
    for (unsigned i = 0; i < list->count; i++) {
        if (i)
            put_char(w, ',');
        put_unsigned(w, list->items[i].value, 1);
    }
}

static void put_sessions(struct writer *w, const struct session_list *list)
{
    for (unsigned i = 0; i < list->count; i++) {
        if (i)
            put_char(w, ',');
        put_minute(w, list->sessions[i].from_min);
        put_char(w, '-');
        put_minute(w, list->sessions[i].to_min);
    }
}

static void put_words(struct writer *w, const struct words *words)
{
    put_char(w, '"');
    for (const char *c = words->bytes; *c; c++) {
        if (*c == '"' || *c == '\\')
            put_char(w, '\\');
        put_char(w, (unsigned char)*c < ' ' ? ' ' : *c);
    }
    put_char(w, '"');
}

static void put_candidates(struct writer *w, const struct candidate_list *list)
{
    for (unsigned i = 0; i < list->count; i++) {
        const struct candidate *c = &list->list[i];
        if (i)
            put_char(w, ',');
        put_number(w, c->number);
        put_char(w, '/');
        put_text(w, class_names[c->class]);
        const int64_t parts[] = {c->age_s, c->handling_s, c->index_q16, c->posted};
        for (unsigned p = 0; p < 4; p++) {
            put_char(w, '/');
            put_signed(w, parts[p]);
        }
        for (unsigned term = 0; term < RULE_TERMS; term++) {
            put_char(w, term ? ':' : '/');
            put_signed(w, c->terms_q16[term]);
        }
    }
}

static void put_effects(struct writer *w, const struct effect_list *list)
{
    for (unsigned i = 0; i < list->count; i++) {
        const struct effect *e = &list->list[i];
        if (i)
            put_char(w, ',');
        if (e->domain.value)
            put_unsigned(w, e->domain.value, 1);
        else
            put_text(w, "hall");
        const uint16_t parts[] = {e->now_s,   e->now_low_s,   e->now_high_s,
                                  e->after_s, e->after_low_s, e->after_high_s};
        for (unsigned p = 0; p < 6; p++) {
            put_char(w, '/');
            put_unsigned(w, parts[p], 1);
        }
    }
}

#define AT(type) (*(const type *)value)

/* Whether the field has its zero value and is left out. */
static bool is_absent(const struct field *field, const void *value)
{
    switch (field->type) {
    case FIELD_U16:
    case FIELD_POLICY:
    case FIELD_MINUTE:
    case FIELD_ITEMS:
    case FIELD_SESSIONS:
    case FIELD_CANDIDATES:
    case FIELD_EFFECTS:
        return AT(uint16_t) == 0;
    case FIELD_U32:
    case FIELD_I32:
    case FIELD_DATE:
    case FIELD_DURATION32:
    case FIELD_BITS32:
        return AT(uint32_t) == 0;
    case FIELD_U64:
    case FIELD_CLOCK:
    case FIELD_DURATION:
    case FIELD_BITS64:
        return AT(uint64_t) == 0;
    case FIELD_BOOL:
        return !AT(bool);
    case FIELD_ENUM:
        return AT(uint8_t) == 0;
    case FIELD_LETTER:
    case FIELD_NUMBER:
    case FIELD_WORDS:
        return AT(char) == 0;
    }
    return true;
}

static void put_value(struct writer *w, const struct field *field, const void *value)
{
    switch (field->type) {
    case FIELD_U16:
        put_unsigned(w, AT(uint16_t), 1);
        break;
    case FIELD_U32:
        put_unsigned(w, AT(uint32_t), 1);
        break;
    case FIELD_I32:
        put_signed(w, AT(int32_t));
        break;
    case FIELD_U64:
        put_unsigned(w, AT(uint64_t), 1);
        break;
    case FIELD_BOOL:
        put_text(w, AT(bool) ? "1" : "0");
        break;
    case FIELD_LETTER:
        put_char(w, AT(char));
        break;
    case FIELD_NUMBER:
        put_number(w, AT(struct number));
        break;
    case FIELD_ENUM:
        put_text(w, field->names[AT(uint8_t)]);
        break;
    case FIELD_POLICY:
        put_text(w, policy_row((enum policy_key)AT(uint16_t))->name);
        break;
    case FIELD_DATE:
        put_date(w, AT(int32_t));
        break;
    case FIELD_MINUTE:
        put_minute(w, AT(uint16_t));
        break;
    case FIELD_CLOCK:
        put_clock(w, AT(int64_t));
        break;
    case FIELD_DURATION:
        put_duration(w, AT(int64_t));
        break;
    case FIELD_DURATION32:
        put_duration(w, AT(uint32_t));
        break;
    case FIELD_ITEMS:
        put_items(w, value);
        break;
    case FIELD_BITS32:
        put_bits(w, AT(uint32_t));
        break;
    case FIELD_BITS64:
        put_bits(w, AT(uint64_t));
        break;
    case FIELD_SESSIONS:
        put_sessions(w, value);
        break;
    case FIELD_WORDS:
        put_words(w, value);
        break;
    case FIELD_CANDIDATES:
        put_candidates(w, value);
        break;
    case FIELD_EFFECTS:
        put_effects(w, value);
        break;
    }
}

static size_t write_line(const char *name, const struct field *fields, const void *base, struct actor by,
                         int64_t midnight_ms, char *out)
{
    struct writer w = {.out = out, .midnight_ms = midnight_ms};
    put_text(&w, name);
    for (const struct field *field = fields; field->name; field++) {
        const void *value = (const char *)base + field->offset;
        bool required = field->flags & FIELD_REQUIRED;
        if (!required && is_absent(field, value))
            continue;
        put_char(&w, ' ');
        if (!(field->flags & FIELD_FIRST))
            put_text(&w, field->name);
        if (field->type == FIELD_BOOL && !required)
            continue;
        if (!(field->flags & FIELD_FIRST))
            put_char(&w, '=');
        put_value(&w, field, value);
    }
    if (by.kind != ACTOR_SYSTEM) {
        put_text(&w, " by=");
        put_text(&w, actor_names[by.kind]);
        if (by.id) {
            put_char(&w, ':');
            put_unsigned(&w, by.id, 1);
        }
    }
    out[w.used] = '\0';
    return w.used;
}

size_t line_from_event(const struct event *event, int64_t midnight_ms, char out[LINE_MAX_BYTES])
{
    return write_line(event_name(event->kind), event_fields(event->kind), event, event->by, midnight_ms, out);
}

size_t line_from_command(const struct command *command, int64_t midnight_ms, char out[LINE_MAX_BYTES])
{
    return write_line(command_name(command->kind), command_fields(command->kind), command, command->by,
                      midnight_ms, out);
}
