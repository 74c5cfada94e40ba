/* SPDX-License-Identifier: MIT */
#include "common/wire/json.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { SHOWN_BYTES_MAX = 10 }; /* longer strings are described, not repeated: they may be somebody's */

/* What a member holds, in a few words. */
static void describe(const json_t *value, char out[64])
{
    switch (value ? json_typeof(value) : JSON_NULL) {
    case JSON_OBJECT:
        snprintf(out, 64, "an object");
        break;
    case JSON_ARRAY:
        snprintf(out, 64, "an array of %zu", json_array_size(value));
        break;
    case JSON_STRING:
        if (json_string_length(value) <= SHOWN_BYTES_MAX)
            snprintf(out, 64, "\"%s\"", json_string_value(value));
        else
            snprintf(out, 64, "a string of %zu bytes", json_string_length(value));
        break;
    case JSON_INTEGER:
        snprintf(out, 64, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        break;
    case JSON_REAL:
        snprintf(out, 64, "a fraction");
        break;
    case JSON_TRUE:
        snprintf(out, 64, "true");
        break;
    case JSON_FALSE:
        snprintf(out, 64, "false");
        break;
    case JSON_NULL:
        snprintf(out, 64, "nothing");
        break;
    }
}

/* A name as the peer sent it may hold anything; in a fault only printable ASCII of it appears, cut at the
 * end. */
static void copy_name(char *out, size_t size, const char *path, const char *name)
{
    size_t at = 0;
    for (const char *part = path; *part && at + 1 < size; part++)
        out[at++] = *part;
    for (const char *part = name; *part && at + 1 < size; part++)
        out[at++] = *part > ' ' && *part < 127 && *part != '"' && *part != '\\' ? *part : '?';
    out[at] = '\0';
}

/* Takes off the bytes of a character that was cut at the buffer's end. */
static void trim_character(char *text)
{
    size_t length = strlen(text), tail = 0;
    while (tail < 3 && tail < length && ((unsigned char)text[length - 1 - tail] & 0xC0) == 0x80)
        tail++;
    if (tail == length)
        return;
    unsigned char lead = (unsigned char)text[length - 1 - tail];
    size_t needs = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : lead >= 0xC0 ? 1 : 0;
    if (tail < needs)
        text[length - 1 - tail] = '\0';
}

static void fail_with(struct wire_reader *in, enum wire_code code, const char *name, const char *words)
{
    if (in->failed)
        return;
    in->failed = true;
    in->fault.code = code;
    copy_name(in->fault.field, sizeof in->fault.field, in->path, name);
    if (name[0])
        snprintf(in->fault.text, sizeof in->fault.text, "field \"%s\": %s", in->fault.field, words);
    else
        snprintf(in->fault.text, sizeof in->fault.text, "%s", words);
    trim_character(in->fault.text);
}

/* `expected FORM, got WHAT` */
static void fail_expected(struct wire_reader *in, const char *name, const json_t *got, const char *format,
                          ...) __attribute__((format(printf, 4, 5)));
static void fail_expected(struct wire_reader *in, const char *name, const json_t *got, const char *format,
                          ...)
{
    char words[200] = "expected ", what[64];
    size_t used = strlen(words);
    va_list args;
    va_start(args, format);
    vsnprintf(words + used, sizeof words - used, format, args);
    va_end(args);
    used = strlen(words);
    describe(got, what);
    snprintf(words + used, sizeof words - used, ", got %s", what);
    fail_with(in, WIRE_ERROR_BAD_FIELD, name, words);
}

void wire_reader_init(struct wire_reader *in, const json_t *object)
{
    *in = (struct wire_reader){.object = object};
    if (!json_is_object(object))
        fail_with(in, WIRE_ERROR_BAD_FRAME, "", "expected an object");
}

/* snprintf where a cut name does no harm: it is only shown. */
static void put_name(char *out, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));
static void put_name(char *out, size_t size, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(out, size, format, args);
    va_end(args);
}

void wire_reader_init_within(struct wire_reader *inner, const struct wire_reader *in, const char *name,
                             int index, const json_t *object)
{
    char path[sizeof inner->path];
    if (index < 0)
        put_name(path, sizeof path, "%s%s.", in->path, name);
    else
        put_name(path, sizeof path, "%s%s[%d].", in->path, name, index);
    *inner = (struct wire_reader){.object = object};
    memcpy(inner->path, path, sizeof path);
    if (!json_is_object(object)) {
        size_t length = strlen(inner->path);
        if (length > 0)
            inner->path[length - 1] = '\0'; /* the element itself is wrong, not a member of it */
        char field[sizeof inner->path];
        memcpy(field, inner->path, sizeof field);
        inner->path[0] = '\0';
        fail_expected(inner, field, object, "an object");
    }
}

void wire_reader_fail(struct wire_reader *in, const char *name, const char *format, ...)
{
    char words[200];
    va_list args;
    va_start(args, format);
    vsnprintf(words, sizeof words, format, args);
    va_end(args);
    fail_with(in, WIRE_ERROR_BAD_FIELD, name, words);
}

static bool was_asked(const struct wire_reader *in, const char *name)
{
    for (unsigned i = 0; i < in->asked_count; i++)
        if (strcmp(in->asked[i], name) == 0)
            return true;
    return false;
}

bool wire_reader_end(struct wire_reader *in)
{
    const char *name;
    json_t *value;
    if (in->failed)
        return false;
    json_object_foreach((json_t *)in->object, name, value)
    { /* the macro wants no const; it only reads */
        if (!was_asked(in, name)) {
            fail_with(in, WIRE_ERROR_BAD_FIELD, name, "this request has no such field");
            return false;
        }
    }
    return true;
}

/* The member, NULL when absent or null or after a fault; remembers the name for wire_reader_end. */
static const json_t *member(struct wire_reader *in, const char *name)
{
    if (!was_asked(in, name)) {
        assert(in->asked_count < WIRE_READER_FIELDS_MAX);
        in->asked[in->asked_count++] = name;
    }
    if (in->failed)
        return NULL;
    const json_t *value = json_object_get(in->object, name);
    return json_is_null(value) ? NULL : value;
}

/* The same for a required member. */
static const json_t *required(struct wire_reader *in, const char *name)
{
    const json_t *value = member(in, name);
    if (!value && !in->failed)
        fail_with(in, WIRE_ERROR_MISSING_FIELD, name, "is missing");
    return value;
}

const json_t *wire_read_any(struct wire_reader *in, const char *name)
{
    return member(in, name);
}

bool wire_read_has(struct wire_reader *in, const char *name)
{
    return member(in, name) != NULL;
}

static bool integer_within(const json_t *value, int64_t least, int64_t most)
{
    return json_is_integer(value) && json_integer_value(value) >= least && json_integer_value(value) <= most;
}

static void fail_integer(struct wire_reader *in, const char *name, const json_t *got, int64_t least,
                         int64_t most)
{
    fail_expected(in, name, got, "an integer from %" PRId64 " to %" PRId64, least, most);
}

static int64_t integer_of(struct wire_reader *in, const char *name, const json_t *value, int64_t least,
                          int64_t most)
{
    if (integer_within(value, least, most))
        return json_integer_value(value);
    fail_integer(in, name, value, least, most);
    return 0;
}

int64_t wire_read_integer(struct wire_reader *in, const char *name, int64_t least, int64_t most)
{
    const json_t *value = required(in, name);
    return value ? integer_of(in, name, value, least, most) : 0;
}

int64_t wire_read_integer_or(struct wire_reader *in, const char *name, int64_t least, int64_t most,
                             int64_t fallback)
{
    const json_t *value = member(in, name);
    return value ? integer_of(in, name, value, least, most) : fallback;
}

static bool bool_of(struct wire_reader *in, const char *name, const json_t *value)
{
    if (!json_is_boolean(value))
        fail_expected(in, name, value, "true or false");
    return json_is_true(value);
}

bool wire_read_bool(struct wire_reader *in, const char *name)
{
    const json_t *value = required(in, name);
    return value && bool_of(in, name, value);
}

bool wire_read_bool_or(struct wire_reader *in, const char *name, bool fallback)
{
    const json_t *value = member(in, name);
    return value ? bool_of(in, name, value) : fallback;
}

static const char *string_of(struct wire_reader *in, const char *name, const json_t *value, size_t least,
                             size_t most)
{
    size_t length = json_string_length(value);
    if (json_is_string(value) && length >= least && length <= most)
        return json_string_value(value);
    fail_expected(in, name, value, "a string of %zu to %zu bytes", least, most);
    return "";
}

const char *wire_read_string(struct wire_reader *in, const char *name, size_t least, size_t most)
{
    const json_t *value = required(in, name);
    return value ? string_of(in, name, value, least, most) : "";
}

const char *wire_read_string_or(struct wire_reader *in, const char *name, size_t least, size_t most,
                                const char *fallback)
{
    const json_t *value = member(in, name);
    return value ? string_of(in, name, value, least, most) : fallback;
}

static int enum_of(struct wire_reader *in, const char *name, const json_t *value, const char *const *names)
{
    const char *text = json_string_value(value);
    for (int i = 0; text && names[i]; i++)
        if (strcmp(names[i], text) == 0)
            return i;
    char list[120] = "";
    size_t used = 0;
    for (int i = 0; names[i] && used + strlen(names[i]) + 8 < sizeof list; i++)
        used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", i ? ", " : "", names[i]);
    fail_expected(in, name, value, "one of %s", list);
    return 0;
}

int wire_read_enum(struct wire_reader *in, const char *name, const char *const *names)
{
    const json_t *value = required(in, name);
    return value ? enum_of(in, name, value, names) : 0;
}

int wire_read_enum_or(struct wire_reader *in, const char *name, const char *const *names, int fallback)
{
    const json_t *value = member(in, name);
    return value ? enum_of(in, name, value, names) : fallback;
}

size_t wire_read_integers(struct wire_reader *in, const char *name, int64_t least, int64_t most, int64_t *out,
                          size_t least_count, size_t most_count)
{
    const json_t *array = least_count > 0 ? required(in, name) : member(in, name);
    if (!array)
        return 0;
    size_t count = json_array_size(array);
    if (!json_is_array(array) || count < least_count || count > most_count) {
        fail_expected(in, name, array, "an array of %zu to %zu integers", least_count, most_count);
        return 0;
    }
    for (size_t i = 0; i < count; i++) {
        const json_t *value = json_array_get(array, i);
        if (!integer_within(value, least, most)) {
            char element[sizeof in->fault.field];
            put_name(element, sizeof element, "%s[%zu]", name, i);
            fail_integer(in, element, value, least, most);
            return 0;
        }
        out[i] = json_integer_value(value);
    }
    return count;
}

const json_t *wire_read_object(struct wire_reader *in, const char *name)
{
    const json_t *value = required(in, name);
    if (!value || json_is_object(value))
        return value;
    fail_expected(in, name, value, "an object");
    return NULL;
}

const json_t *wire_read_array(struct wire_reader *in, const char *name, size_t most_count)
{
    const json_t *value = required(in, name);
    if (!value || (json_is_array(value) && json_array_size(value) <= most_count))
        return value;
    fail_expected(in, name, value, "an array of at most %zu", most_count);
    return NULL;
}
