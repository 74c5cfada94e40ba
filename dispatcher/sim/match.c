/* SPDX-License-Identifier: MIT */
#include "dispatcher/sim/match.h"

#include <stdio.h>

#include "dispatcher/core/calendar.h"
#include "dispatcher/core/fields.h"
#include "dispatcher/core/line.h"
#include "dispatcher/sim/stage.h"
#include "dispatcher/sim/tokens.h"

/* ---- names ---- */

static const char *name_value(const struct names *names, struct span name)
{
    for (size_t i = 0; i < names->count; i++)
        if (span_equals(name, names->list[i].name))
            return names->list[i].value;
    return NULL;
}

static void name_bind(struct names *names, struct span name, struct span value)
{
    if (names->count == NAMES_MAX || name.length >= NAME_TEXT_MAX || value.length >= NAME_TEXT_MAX)
        return;
    struct bound_name *bound = &names->list[names->count++];
    memcpy(bound->name, name.data, name.length);
    bound->name[name.length] = '\0';
    memcpy(bound->value, value.data, value.length);
    bound->value[value.length] = '\0';
}

static bool is_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

bool names_replace(const struct names *names, struct span line, struct text *out, struct error *error)
{
    for (size_t i = 0; i < line.length;) {
        if (line.data[i] != '$') {
            text_append(out, &line.data[i++], 1);
            continue;
        }
        struct span name = {line.data + i, 1};
        while (i + name.length < line.length && is_name_char(line.data[i + name.length]))
            name.length++;
        const char *value = name_value(names, name);
        if (!value) {
            error_set(error, STATUS_PARSE, "%.*s is not bound yet", (int)name.length, name.data);
            return false;
        }
        text_puts(out, value);
        i += name.length;
    }
    return true;
}

/* ---- events ---- */

static bool is_clock(struct span text)
{
    return text.length >= 8 && text.data[2] == ':' && text.data[5] == ':';
}

/* The expected words: kind, first field if any, named fields; a leading clock time apart. */
struct wanted {
    struct tokens tokens;
    struct span time, kind, first;
    size_t named_from;
};

static bool read_wanted(struct span line, struct wanted *out, struct error *error)
{
    *out = (struct wanted){0};
    if (!tokens_split(line, &out->tokens) || !out->tokens.count) {
        error_set(error, STATUS_PARSE, "the line cannot be read: \"%.*s\"", (int)line.length, line.data);
        return false;
    }
    const struct token *list = out->tokens.list;
    size_t at = 0, count = out->tokens.count;
    if (is_clock(list[at].value))
        out->time = list[at++].value;
    if (at < count)
        out->kind = list[at++].value;
    if (at < count && !list[at].name.length &&
        event_find(out->kind.data, (unsigned)out->kind.length) < EVENT_KINDS) {
        const struct field *fields = event_fields(event_find(out->kind.data, (unsigned)out->kind.length));
        if (fields->name && fields->flags & FIELD_FIRST)
            out->first = list[at++].value;
    }
    out->named_from = at;
    return true;
}

static struct span word_name(const struct token *token)
{
    return token->name.length ? token->name : token->value; /* a bare word is a boolean */
}

/* The event's own line with the wanted values in it: equal to the event when every wanted value is. */
static void write_merged(const struct tokens *own, const struct wanted *wanted, const struct names *names,
                         struct text *out)
{
    size_t at = 1;
    text_append(out, own->list[0].value.data, own->list[0].value.length);
    if (own->count > 1 && !own->list[1].name.length && wanted->first.length) {
        const char *bound = name_value(names, wanted->first);
        struct span first = wanted->first.data[0] != '$' ? wanted->first
                            : bound                      ? span_of(bound)
                                                         : own->list[1].value;
        text_printf(out, " %.*s", (int)first.length, first.data);
        at = 2;
    }
    for (; at < own->count; at++) {
        const struct token *token = &own->list[at];
        bool replaced = false;
        for (size_t w = wanted->named_from; w < wanted->tokens.count; w++)
            replaced = replaced || span_same(word_name(&wanted->tokens.list[w]), word_name(token));
        struct span whole =
            token->name.length ? (struct span){token->name.data, token->name.length + 1 + token->value.length}
                               : token->value;
        if (!replaced || (at == 1 && !token->name.length && token->value.data[0] != '"'))
            text_printf(out, " %.*s", (int)whole.length, whole.data);
    }
}

static bool is_none(const struct token *token)
{
    return token->name.length && span_equals(token->value, "none");
}

bool match_event(struct span line, const struct outcome *got, struct names *names, struct error *error)
{
    struct wanted wanted;
    struct tokens own;
    struct line_fault fault;
    struct event merged;
    char text[LINE_MAX_BYTES], clock[CLOCK_TEXT_MAX];
    error->status = STATUS_OK;
    if (!read_wanted(line, &wanted, error))
        return false;
    if (event_find(wanted.kind.data, (unsigned)wanted.kind.length) == EVENT_KINDS) {
        if (!span_equals(wanted.kind, "refused"))
            error_set(error, STATUS_PARSE, "there is no event \"%.*s\"", (int)wanted.kind.length,
                      wanted.kind.data);
        return false;
    }
    size_t length = line_from_event(&got->event, got->midnight_ms, text);
    tokens_split((struct span){text, length}, &own);
    if (!span_equals(wanted.kind, event_name(got->event.kind)))
        return false;
    if (wanted.time.length &&
        !span_equals(wanted.time, clock_text(got->event.at_ms - got->midnight_ms, clock)))
        return false;
    struct text mixed = {0};
    write_merged(&own, &wanted, names, &mixed);
    for (size_t w = wanted.named_from; w < wanted.tokens.count; w++) {
        const struct token *token = &wanted.tokens.list[w];
        const char *end = token->value.data + token->value.length;
        if (!is_none(token))
            text_printf(&mixed, " %.*s", (int)(end - word_name(token).data), word_name(token).data);
    }
    struct text plain = {0};
    bool ok = names_replace(names, (struct span){mixed.data, mixed.length}, &plain, error);
    if (ok && !line_to_event(plain.data, plain.length, got->midnight_ms, &merged, &fault)) {
        /* `none` for a field that an event always has: simply different */
        bool none = false;
        for (size_t w = wanted.named_from; w < wanted.tokens.count; w++)
            none = none || is_none(&wanted.tokens.list[w]);
        if (!none)
            error_set(error, STATUS_PARSE, "%s", fault.text);
        ok = false;
    }
    ok = ok && event_same(&merged, &got->event);
    if (ok && wanted.first.length && wanted.first.data[0] == '$' && !name_value(names, wanted.first))
        name_bind(names, wanted.first, own.list[1].value);
    text_destroy(&mixed);
    text_destroy(&plain);
    return ok;
}

/* ---- refusals ---- */

void refusal_write(const struct refusal *got, struct text *out)
{
    char number[NUMBER_TEXT_MAX];
    text_printf(out, "refused %s", refusal_wire(got->code));
    if (got->number.letter) {
        number_format(got->number, number);
        text_printf(out, " number=%s", number);
    }
    if (got->value)
        text_printf(out, " value=%lld", (long long)got->value);
}

bool match_refusal(struct span line, const struct refusal *got, struct error *error)
{
    struct tokens wanted, own;
    struct text text = {0};
    error->status = STATUS_OK;
    refusal_write(got, &text);
    bool ok =
        tokens_split(line, &wanted) && wanted.count >= 2 && span_equals(wanted.list[0].value, "refused");
    tokens_split((struct span){text.data, text.length}, &own);
    ok = ok && span_same(wanted.list[1].value, own.list[1].value);
    for (size_t w = 2; ok && w < wanted.count; w++) {
        const struct token *there = tokens_find(&own, wanted.list[w].name);
        ok = there && span_same(there->value, wanted.list[w].value);
    }
    text_destroy(&text);
    return ok;
}

/* ---- writing ---- */

void outcome_write(const struct outcome *got, struct span line, bool with_time, const struct names *names,
                   struct text *out)
{
    struct wanted wanted = {0};
    struct tokens own;
    struct error ignored;
    char text[LINE_MAX_BYTES], clock[CLOCK_TEXT_MAX];
    bool known = line.length && read_wanted(line, &wanted, &ignored) &&
                 span_equals(wanted.kind, event_name(got->event.kind));
    size_t length = line_from_event(&got->event, got->midnight_ms, text);
    tokens_split((struct span){text, length}, &own);
    if (with_time)
        text_printf(out, "%s ", clock_text(got->event.at_ms - got->midnight_ms, clock));
    text_append(out, own.list[0].value.data, own.list[0].value.length);
    for (size_t i = 1; i < own.count; i++) {
        const struct token *token = &own.list[i];
        bool first = i == 1 && !token->name.length;
        if (first && known && wanted.first.length && wanted.first.data[0] == '$' &&
            name_value(names, wanted.first)) {
            text_printf(out, " %.*s", (int)wanted.first.length, wanted.first.data);
            continue;
        }
        bool asked = first || !known;
        for (size_t w = wanted.named_from; !asked && w < wanted.tokens.count; w++)
            asked = span_same(word_name(&wanted.tokens.list[w]), word_name(token));
        if (!asked || (!known && (span_equals(token->name, "candidates") || span_equals(token->name, "by"))))
            continue;
        const char *end = token->value.data + token->value.length;
        text_printf(out, " %.*s", (int)(end - word_name(token).data), word_name(token).data);
    }
}
