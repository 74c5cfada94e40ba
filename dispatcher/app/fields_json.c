/* SPDX-License-Identifier: MIT */
#include "dispatcher/app/fields_json.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "dispatcher/core/calendar.h"
#include "dispatcher/core/policy.h"

/* ------------------------------------------------------------------ reading */

struct reading {
    const char *name;
    struct wire_fault *fault;
};

__attribute__((format(printf, 2, 3))) static bool expected(struct reading *r, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int used = snprintf(r->fault->text, sizeof r->fault->text, "field \"%s\": expected ", r->name);
    vsnprintf(r->fault->text + used, sizeof r->fault->text - (size_t)used, format, args);
    va_end(args);
    r->fault->code = WIRE_ERROR_BAD_FIELD;
    snprintf(r->fault->field, sizeof r->fault->field, "%s", r->name);
    return false;
}

static bool read_integer(struct reading *r, const json_t *value, int64_t least, int64_t most, int64_t *out)
{
    if (!json_is_integer(value) || json_integer_value(value) < least || json_integer_value(value) > most)
        return expected(r, "an integer from %lld to %lld", (long long)least, (long long)most);
    *out = json_integer_value(value);
    return true;
}

static bool read_integer_text(struct reading *r, const json_t *value, uint64_t *out)
{
    const char *text = json_string_value(value);
    uint64_t sum = 0;
    if (!text || !*text || strlen(text) > 19)
        return expected(r, "a string of up to 19 digits");
    for (; *text; text++) {
        if (*text < '0' || *text > '9')
            return expected(r, "a string of digits");
        sum = sum * 10 + (uint64_t)(*text - '0');
    }
    *out = sum;
    return true;
}

static bool read_minute_text(const char *text, size_t length, uint16_t *out)
{
    if (length != 5 || text[2] != ':')
        return false;
    for (int i = 0; i < 5; i++)
        if (i != 2 && (text[i] < '0' || text[i] > '9'))
            return false;
    int minute = ((text[0] - '0') * 10 + text[1] - '0') * 60 + (text[3] - '0') * 10 + text[4] - '0';
    if (text[3] > '5' || minute > 1440)
        return false;
    *out = (uint16_t)minute;
    return true;
}

static bool read_date(struct reading *r, const json_t *value, int32_t *out)
{
    const char *text = json_string_value(value);
    int year, month, day, used = 0;
    if (!text || strlen(text) != 10 || sscanf(text, "%4d-%2d-%2d%n", &year, &month, &day, &used) != 3 ||
        used != 10 || !civil_is_valid(year, month, day))
        return expected(r, "a date such as \"2026-11-23\"");
    *out = date_from_civil(year, month, day);
    return true;
}

static bool read_words(struct reading *r, const json_t *value, struct words *out)
{
    const char *text = json_string_value(value);
    if (!text || json_string_length(value) > WORDS_MAX || strlen(text) != json_string_length(value))
        return expected(r, "a string of up to %d bytes", WORDS_MAX);
    for (const char *c = text; *c; c++)
        if ((unsigned char)*c < ' ')
            return expected(r, "a string without control characters");
    memcpy(out->bytes, text, strlen(text) + 1);
    return true;
}

static bool read_items(struct reading *r, const json_t *value, struct item_list *out)
{
    size_t count = json_array_size(value);
    if (!json_is_array(value) || count > ITEM_LIST_MAX)
        return expected(r, "an array of up to %d item ids", ITEM_LIST_MAX);
    for (size_t i = 0; i < count; i++) {
        int64_t id;
        if (!read_integer(r, json_array_get(value, i), 1, ITEMS_MAX, &id))
            return false;
        out->items[i].value = (uint16_t)id;
    }
    out->count = (uint16_t)count;
    return true;
}

static bool read_bits(struct reading *r, const json_t *value, unsigned width, uint64_t *out)
{
    *out = 0;
    if (!json_is_array(value) || json_array_size(value) > width)
        return expected(r, "an array of up to %u ids", width);
    for (size_t i = 0; i < json_array_size(value); i++) {
        int64_t id;
        if (!read_integer(r, json_array_get(value, i), 1, width, &id))
            return false;
        *out |= (uint64_t)1 << (id - 1);
    }
    return true;
}

static bool read_sessions(struct reading *r, const json_t *value, struct session_list *out)
{
    if (!json_is_array(value) || json_array_size(value) > SESSIONS_MAX)
        return expected(r, "an array of up to %d sessions such as \"09:00-17:00\"", SESSIONS_MAX);
    for (size_t i = 0; i < json_array_size(value); i++) {
        const char *text = json_string_value(json_array_get(value, i));
        if (!text || strlen(text) != 11 || text[5] != '-' ||
            !read_minute_text(text, 5, &out->sessions[i].from_min) ||
            !read_minute_text(text + 6, 5, &out->sessions[i].to_min))
            return expected(r, "sessions such as \"09:00-17:00\"");
        out->count++;
    }
    return true;
}

static bool read_name(struct reading *r, const json_t *value, const char *const *names, uint8_t *out)
{
    const char *text = json_string_value(value);
    int index = text ? name_find(names, text, strlen(text)) : -1;
    if (index >= 0) {
        *out = (uint8_t)index;
        return true;
    }
    char list[160] = "";
    for (size_t i = 0, used = 0; names[i] && used < sizeof list; i++)
        used += (size_t)snprintf(list + used, sizeof list - used, "%s\"%s\"", i ? ", " : "", names[i]);
    return expected(r, "one of %s", list);
}

static bool read_text_field(struct reading *r, const struct field *field, const json_t *value, void *to)
{
    const char *text = json_string_value(value);
    size_t length = text ? strlen(text) : 0;
    switch (field->type) {
    case FIELD_LETTER:
        if (length != 1 || *text < 'A' || *text > 'Z')
            return expected(r, "a letter from \"A\" to \"Z\"");
        *(char *)to = *text;
        return true;
    case FIELD_NUMBER:
        return (text && number_parse(text, (unsigned)length, to)) ||
               expected(r, "a ticket number such as \"A012\"");
    case FIELD_POLICY: {
        enum policy_key key = text ? policy_find(text, (unsigned)length) : POLICY_KEYS;
        *(uint16_t *)to = (uint16_t)key;
        return key < POLICY_KEYS || expected(r, "the name of a policy such as \"recall-limit\"");
    }
    default:
        return (text && read_minute_text(text, length, to)) || expected(r, "a time such as \"09:30\"");
    }
}

static bool read_integer_field(struct reading *r, const struct field *field, const json_t *value, void *to)
{
    int64_t n = 0;
    switch (field->type) {
    case FIELD_U16:
        if (!read_integer(r, value, 0, UINT16_MAX, &n))
            return false;
        *(uint16_t *)to = (uint16_t)n;
        return true;
    case FIELD_U32:
    case FIELD_DURATION32:
        if (!read_integer(r, value, 0, UINT32_MAX, &n))
            return false;
        *(uint32_t *)to = (uint32_t)n;
        return true;
    case FIELD_I32:
        if (!read_integer(r, value, INT32_MIN, INT32_MAX, &n))
            return false;
        *(int32_t *)to = (int32_t)n;
        return true;
    default:
        return read_integer(r, value, 0, WIRE_INTEGER_MAX, to);
    }
}

static bool read_field(struct reading *r, const struct field *field, const json_t *value, void *to)
{
    uint64_t bits;
    switch (field->type) {
    case FIELD_BOOL:
        *(bool *)to = json_is_true(value);
        return json_is_boolean(value) || expected(r, "true or false");
    case FIELD_ENUM:
        return read_name(r, value, field->names, to);
    case FIELD_DATE:
        return read_date(r, value, to);
    case FIELD_U64:
        return read_integer_text(r, value, to);
    case FIELD_ITEMS:
        return read_items(r, value, to);
    case FIELD_BITS32:
        if (!read_bits(r, value, 32, &bits))
            return false;
        *(uint32_t *)to = (uint32_t)bits;
        return true;
    case FIELD_BITS64:
        return read_bits(r, value, 64, to);
    case FIELD_SESSIONS:
        return read_sessions(r, value, to);
    case FIELD_WORDS:
        return read_words(r, value, to);
    case FIELD_LETTER:
    case FIELD_NUMBER:
    case FIELD_POLICY:
    case FIELD_MINUTE:
        return read_text_field(r, field, value, to);
    case FIELD_CANDIDATES:
    case FIELD_EFFECTS:
        return expected(r, "nothing: it cannot be given");
    default:
        return read_integer_field(r, field, value, to);
    }
}

static const struct field *field_named(const struct field *fields, const char *name)
{
    for (; fields->name; fields++)
        if (strcmp(fields->name, name) == 0)
            return fields;
    return NULL;
}

bool command_from_json(enum command_kind kind, const json_t *fields, struct command *out,
                       struct wire_fault *fault)
{
    const struct field *table = command_fields(kind);
    const char *name;
    json_t *value;
    memset(out, 0, sizeof *out);
    *fault = (struct wire_fault){0};
    out->kind = kind;
    json_object_foreach((json_t *)fields, name, value)
    {
        const struct field *field = field_named(table, name);
        struct reading r = {name, fault};
        if (!field)
            return expected(&r, "nothing of this name for \"%s\"", command_name(kind));
        if (!json_is_null(value) && !read_field(&r, field, value, (char *)out + field->offset))
            return false;
    }
    for (const struct field *field = table; field->name; field++) {
        if (!(field->flags & FIELD_REQUIRED))
            continue;
        value = json_object_get(fields, field->name);
        if (value && !json_is_null(value))
            continue;
        fault->code = WIRE_ERROR_MISSING_FIELD;
        snprintf(fault->field, sizeof fault->field, "%s", field->name);
        snprintf(fault->text, sizeof fault->text, "\"%s\" needs the field \"%s\"", command_name(kind),
                 field->name);
        return false;
    }
    return true;
}

/* ------------------------------------------------------------------ writing */

json_t *number_to_json(struct number number)
{
    char text[NUMBER_TEXT_MAX];
    return json_stringn(text, number_format(number, text));
}

static json_t *minute_to_json(unsigned minute)
{
    return json_sprintf("%02u:%02u", minute / 60, minute % 60);
}

static json_t *bits_to_json(uint64_t bits)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < 64; i++)
        if (bits >> i & 1)
            json_array_append_new(list, json_integer(i + 1));
    return list;
}

static json_t *items_to_json(const struct item_list *items)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < items->count; i++)
        json_array_append_new(list, json_integer(items->items[i].value));
    return list;
}

static json_t *sessions_to_json(const struct session_list *sessions)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < sessions->count; i++) {
        struct session s = sessions->sessions[i];
        json_array_append_new(list, json_sprintf("%02u:%02u-%02u:%02u", s.from_min / 60, s.from_min % 60,
                                                 s.to_min / 60, s.to_min % 60));
    }
    return list;
}

/* Absent where nothing is known of them. */
static void set_terms(json_t *object, const struct candidate *candidate)
{
    json_t *list = json_array();
    bool known = false;
    for (unsigned t = 0; t < RULE_TERMS; t++) {
        known = known || candidate->terms_q16[t];
        json_array_append_new(list, json_integer(candidate->terms_q16[t]));
    }
    if (known)
        json_object_set(object, "terms_q16", list);
    json_decref(list);
}

static json_t *candidates_to_json(const struct candidate_list *candidates)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < candidates->count; i++) {
        const struct candidate *c = &candidates->list[i];
        json_t *object = json_pack("{s:o,s:s,s:i,s:i,s:i,s:b}", "number", number_to_json(c->number), "class",
                                   class_names[c->class], "age_s", c->age_s, "handling_s", c->handling_s,
                                   "index_q16", c->index_q16, "posted", c->posted);
        set_terms(object, c);
        json_array_append_new(list, object);
    }
    return list;
}

/* Seconds; without a domain: of the whole hall. */
static json_t *effects_to_json(const struct effect_list *effects)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < effects->count; i++) {
        const struct effect *e = &effects->list[i];
        json_t *object = json_pack("{s:i,s:i,s:i,s:i,s:i,s:i}", "now_s", e->now_s, "now_low_s", e->now_low_s,
                                   "now_high_s", e->now_high_s, "after_s", e->after_s, "after_low_s",
                                   e->after_low_s, "after_high_s", e->after_high_s);
        if (e->domain.value)
            json_object_set_new(object, "domain", json_integer(e->domain.value));
        json_array_append_new(list, object);
    }
    return list;
}

#define AT(type) (*(const type *)value)

/* NULL when the field is zero and left out. */
static json_t *field_to_json(const struct field *field, const void *value)
{
    bool required = field->flags & FIELD_REQUIRED;
    switch (field->type) {
    case FIELD_U16:
        return AT(uint16_t) || required ? json_integer(AT(uint16_t)) : NULL;
    case FIELD_U32:
    case FIELD_DURATION32:
        return AT(uint32_t) || required ? json_integer(AT(uint32_t)) : NULL;
    case FIELD_I32:
        return json_integer(AT(int32_t));
    case FIELD_U64:
        return json_sprintf("%llu", (unsigned long long)AT(uint64_t));
    case FIELD_BOOL:
        return AT(bool) ? json_true() : NULL;
    case FIELD_LETTER:
        return AT(char) ? json_stringn(value, 1) : NULL;
    case FIELD_NUMBER:
        return AT(char) ? number_to_json(AT(struct number)) : NULL;
    case FIELD_ENUM:
        return json_string(field->names[AT(uint8_t)]);
    case FIELD_POLICY:
        return json_string(policy_row((enum policy_key)AT(uint16_t))->name);
    case FIELD_DATE: {
        struct civil c = date_to_civil(AT(int32_t));
        return json_sprintf("%04d-%02d-%02d", c.year, c.month, c.day);
    }
    case FIELD_MINUTE:
        return minute_to_json(AT(uint16_t));
    case FIELD_CLOCK:
        return AT(int64_t) ? json_integer(AT(int64_t)) : NULL;
    case FIELD_DURATION:
        return json_integer(AT(int64_t));
    case FIELD_ITEMS:
        return AT(uint16_t) ? items_to_json(value) : NULL;
    case FIELD_BITS32:
        return AT(uint32_t) ? bits_to_json(AT(uint32_t)) : NULL;
    case FIELD_BITS64:
        return AT(uint64_t) ? bits_to_json(AT(uint64_t)) : NULL;
    case FIELD_SESSIONS:
        return sessions_to_json(value);
    case FIELD_WORDS:
        return AT(char) ? json_string(value) : NULL;
    case FIELD_CANDIDATES:
        return AT(uint16_t) ? candidates_to_json(value) : NULL;
    case FIELD_EFFECTS:
        return AT(uint16_t) ? effects_to_json(value) : NULL;
    }
    return NULL;
}

json_t *event_to_json(const struct event *event)
{
    json_t *object =
        json_pack("{s:s,s:I}", "event", event_name(event->kind), "at_ms", (json_int_t)event->at_ms);
    for (const struct field *field = event_fields(event->kind); field->name; field++) {
        json_t *value = field_to_json(field, (const char *)event + field->offset);
        if (value)
            json_object_set_new(object, field->name, value);
    }
    if (event->by.kind != ACTOR_SYSTEM)
        json_object_set_new(
            object, "by",
            json_pack("{s:s,s:I}", "kind", actor_names[event->by.kind], "id", (json_int_t)event->by.id));
    return object;
}

/* ------------------------------------------------------------------ schema */

static json_t *names_schema(const char *const *names)
{
    json_t *list = json_array();
    for (; *names; names++)
        json_array_append_new(list, json_string(*names));
    return json_pack("{s:o}", "enum", list);
}

static json_t *field_schema(const struct field *field)
{
    switch (field->type) {
    case FIELD_BOOL:
        return json_pack("{s:s}", "type", "boolean");
    case FIELD_U64:
        return json_pack("{s:s,s:s}", "type", "string", "pattern", "^[0-9]{1,19}$");
    case FIELD_LETTER:
        return json_pack("{s:s,s:s}", "type", "string", "pattern", "^[A-Z]$");
    case FIELD_NUMBER:
        return json_pack("{s:s,s:s}", "type", "string", "pattern", "^[A-Z]{1,2}[0-9]{2,4}$");
    case FIELD_ENUM:
        return names_schema(field->names);
    case FIELD_POLICY:
        return json_pack("{s:s}", "type", "string");
    case FIELD_DATE:
        return json_pack("{s:s,s:s}", "type", "string", "format", "date");
    case FIELD_MINUTE:
        return json_pack("{s:s,s:s}", "type", "string", "pattern", "^[0-2][0-9]:[0-5][0-9]$");
    case FIELD_ITEMS:
    case FIELD_BITS32:
    case FIELD_BITS64:
        return json_pack("{s:s,s:{s:s,s:i}}", "type", "array", "items", "type", "integer", "minimum", 1);
    case FIELD_SESSIONS:
        return json_pack("{s:s,s:{s:s}}", "type", "array", "items", "type", "string");
    case FIELD_CANDIDATES:
    case FIELD_EFFECTS:
        return json_pack("{s:s,s:{s:s}}", "type", "array", "items", "type", "object");
    case FIELD_WORDS:
        return json_pack("{s:s,s:i}", "type", "string", "maxLength", WORDS_MAX);
    case FIELD_I32:
        return json_pack("{s:s}", "type", "integer");
    default:
        return json_pack("{s:s,s:i}", "type", "integer", "minimum", 0);
    }
}

json_t *command_schema(enum command_kind kind)
{
    json_t *properties = json_object(), *required = json_array();
    for (const struct field *field = command_fields(kind); field->name; field++) {
        json_object_set_new(properties, field->name, field_schema(field));
        if (field->flags & FIELD_REQUIRED)
            json_array_append_new(required, json_string(field->name));
    }
    return json_pack("{s:s,s:o,s:o,s:b}", "type", "object", "properties", properties, "required", required,
                     "additionalProperties", 0);
}
