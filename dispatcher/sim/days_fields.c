/* SPDX-License-Identifier: MIT */
#include "dispatcher/sim/days_fields.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/span.h"

enum { FILE_BYTES_MAX = 64 << 20 };

/* ---- opening ---- */

static enum status read_whole(const char *path, struct text *out, struct error *error)
{
    char part[65536];
    size_t got;
    FILE *file = fopen(path, "rb");
    if (!file)
        return error_set_errno(error, errno, "cannot read %s", path);
    errno = 0;
    while ((got = fread(part, 1, sizeof part, file)) > 0 && out->length <= FILE_BYTES_MAX)
        text_append(out, part, got);
    int failed = ferror(file) ? errno : 0;
    fclose(file);
    if (failed)
        return error_set_errno(error, failed, "cannot read %s", path);
    if (out->length > FILE_BYTES_MAX)
        return error_set(error, STATUS_LIMIT, "%s: is longer than %d MB", path, FILE_BYTES_MAX >> 20);
    if (out->failed)
        return error_set(error, STATUS_MEMORY, "%s: no memory to read it", path);
    return STATUS_OK;
}

enum status fields_parse(const char *text, size_t length, const char *name, json_t **json, struct fields *out,
                         struct error *error)
{
    json_error_t fault;
    *json = json_loadb(text ? text : "", length, JSON_REJECT_DUPLICATES, &fault);
    if (!*json)
        return error_set(error, STATUS_PARSE, "%s: line %d column %d: %s", name, fault.line, fault.column,
                         fault.text);
    *out = (struct fields){.file = name, .error = error, .index = -1, .json = *json};
    if (json_is_object(*json))
        return STATUS_OK;
    json_decref(*json);
    *json = NULL;
    return error_set(error, STATUS_PARSE, "%s: must hold one JSON object", name);
}

enum status fields_open(const char *path, json_t **json, struct fields *out, struct error *error)
{
    struct text text = {0};
    enum status status = read_whole(path, &text, error);
    if (status == STATUS_OK)
        status = fields_parse(text.data, text.length, path, json, out, error);
    text_destroy(&text);
    return status;
}

/* ---- faults ---- */

static void put_place(struct text *text, const struct fields *fields, const char *member)
{
    if (fields->parent) {
        put_place(text, fields->parent, fields->name);
        if (fields->index >= 0)
            text_printf(text, "[%d]", fields->index);
    }
    if (member)
        text_printf(text, "%s%s", fields->parent ? "." : "", member);
}

bool fields_fault(const struct fields *fields, const char *member, const char *format, ...)
{
    struct text place = {0};
    char words[256];
    va_list args;
    va_start(args, format);
    vsnprintf(words, sizeof words, format, args);
    va_end(args);
    put_place(&place, fields, member);
    error_set(fields->error, STATUS_PARSE, "%s: %s %s", fields->file, place.length ? place.data : "the file",
              words);
    text_destroy(&place);
    return false;
}

static const char *type_words(const json_t *json)
{
    switch (json_typeof(json)) {
    case JSON_OBJECT:
        return "an object";
    case JSON_ARRAY:
        return "a list";
    case JSON_STRING:
        return "text";
    case JSON_INTEGER:
    case JSON_REAL:
        return "a number";
    case JSON_NULL:
        return "null";
    default:
        return json_is_true(json) ? "true" : "false";
    }
}

static bool wrong_type(const struct fields *fields, const char *name, const json_t *json, const char *wanted)
{
    return json ? fields_fault(fields, name, "is %s, must be %s", type_words(json), wanted)
                : fields_fault(fields, name, "is missing, must be %s", wanted);
}

/* ---- members ---- */

static const json_t *member(const struct fields *fields, const char *name)
{
    if (!fields->columns)
        return json_object_get(fields->json, name);
    for (size_t i = 0; fields->columns[i]; i++)
        if (strcmp(fields->columns[i], name) == 0)
            return json_array_get(fields->json, i);
    return NULL;
}

static bool is_among(const char *word, const char *const *words)
{
    for (; *words; words++)
        if (strcmp(word, *words) == 0)
            return true;
    return false;
}

bool fields_known(const struct fields *fields, const char *const *names)
{
    for (void *i = json_object_iter((json_t *)fields->json); i;
         i = json_object_iter_next((json_t *)fields->json, i))
        if (!is_among(json_object_iter_key(i), names))
            return fields_fault(fields, json_object_iter_key(i), "is not known here");
    return true;
}

static struct fields inner(const struct fields *fields, const char *name, const json_t *json)
{
    return (struct fields){fields->file, fields->error, fields, name, -1, json, NULL};
}

bool fields_object(const struct fields *fields, const char *name, struct fields *out)
{
    const json_t *json = member(fields, name);
    *out = inner(fields, name, json);
    return json_is_object(json) || wrong_type(fields, name, json, "an object");
}

bool fields_list(const struct fields *fields, const char *name, size_t least, size_t most, const json_t **out)
{
    const json_t *json = *out = member(fields, name);
    if (!json_is_array(json))
        return wrong_type(fields, name, json, "a list");
    size_t length = json_array_size(json);
    if (length < least || length > most)
        return fields_fault(fields, name, "has %zu entries, must have %zu to %zu", length, least, most);
    return true;
}

bool fields_record(const struct fields *fields, const char *name, const json_t *list, size_t index,
                   const char *const *columns, struct fields *out)
{
    *out = inner(fields, name, json_array_get(list, index));
    out->index = (int)index;
    out->columns = columns;
    if (!columns)
        return json_is_object(out->json) || wrong_type(out, NULL, out->json, "an object");
    size_t count = 0;
    while (columns[count])
        count++;
    if (!json_is_array(out->json))
        return wrong_type(out, NULL, out->json, "a list of values");
    if (json_array_size(out->json) != count)
        return fields_fault(out, NULL, "has %zu columns, must have %zu", json_array_size(out->json), count);
    return true;
}

/* ---- numbers ---- */

static bool is_within(struct fields_range range, double value)
{
    return isfinite(value) && value <= range.most &&
           (range.above ? value > range.least : value >= range.least);
}

static bool check_range(const struct fields *fields, const char *name, struct fields_range range,
                        double value)
{
    if (is_within(range, value))
        return true;
    if (range.above)
        return fields_fault(fields, name, "is %.10g, must be above %.10g and at most %.10g", value,
                            range.least, range.most);
    return fields_fault(fields, name, "is %.10g, must be from %.10g to %.10g", value, range.least,
                        range.most);
}

bool fields_number(const struct fields *fields, const char *name, struct fields_range range, double *out)
{
    const json_t *json = member(fields, name);
    if (!json_is_number(json))
        return wrong_type(fields, name, json, "a number");
    *out = json_number_value(json);
    return check_range(fields, name, range, *out);
}

static bool check_whole(const struct fields *fields, const char *name, const json_t *json, unsigned least,
                        unsigned most, unsigned *out)
{
    if (json_is_real(json))
        return fields_fault(fields, name, "is %.10g, must be a whole number", json_real_value(json));
    if (!json_is_integer(json))
        return wrong_type(fields, name, json, "a whole number");
    json_int_t value = json_integer_value(json);
    if (value < least || value > most)
        return fields_fault(fields, name, "is %" JSON_INTEGER_FORMAT ", must be from %u to %u", value, least,
                            most);
    *out = (unsigned)value;
    return true;
}

bool fields_whole(const struct fields *fields, const char *name, unsigned least, unsigned most, unsigned *out)
{
    return check_whole(fields, name, member(fields, name), least, most, out);
}

bool fields_numbers(const struct fields *fields, const char *name, size_t least, size_t most,
                    struct fields_range range, double *out, unsigned *length)
{
    const json_t *list;
    if (!fields_list(fields, name, least, most, &list))
        return false;
    *length = (unsigned)json_array_size(list);
    for (unsigned i = 0; i < *length; i++) {
        char place[80];
        const json_t *json = json_array_get(list, i);
        out[i] = json_number_value(json);
        if (json_is_number(json) && is_within(range, out[i]))
            continue;
        snprintf(place, sizeof place, "%s[%u]", name, i);
        return json_is_number(json) ? check_range(fields, place, range, out[i])
                                    : wrong_type(fields, place, json, "a number");
    }
    return true;
}

bool fields_bits(const struct fields *fields, const char *name, unsigned least, unsigned count, uint64_t *out)
{
    const json_t *list;
    unsigned last = 0;
    *out = 0;
    if (!fields_list(fields, name, least, count, &list))
        return false;
    for (unsigned i = 0; i < json_array_size(list); i++) {
        char place[80];
        unsigned value = 0;
        snprintf(place, sizeof place, "%s[%u]", name, i);
        if (!check_whole(fields, place, json_array_get(list, i), 0, count - 1, &value))
            return false;
        if (i && value <= last)
            return fields_fault(fields, place, "is %u after %u, numbers must rise", value, last);
        *out |= UINT64_C(1) << value;
        last = value;
    }
    return true;
}

bool fields_id(const struct fields *fields)
{
    unsigned id = 0;
    if (!fields_whole(fields, "id", 0, INT32_MAX, &id))
        return false;
    if (id == (unsigned)fields->index)
        return true;
    if (id < (unsigned)fields->index)
        return fields_fault(fields, "id", "is %u, which %s[%u] has already; must be %d", id, fields->name, id,
                            fields->index);
    return fields_fault(fields, "id", "is %u, must be %d: ids count from 0 without gaps", id, fields->index);
}

/* ---- the rest ---- */

bool fields_flag(const struct fields *fields, const char *name, bool *out)
{
    const json_t *json = member(fields, name);
    if (!json_is_boolean(json))
        return wrong_type(fields, name, json, "true or false");
    *out = json_is_true(json);
    return true;
}

bool fields_name(const struct fields *fields, const char *name, size_t most, char *out)
{
    const json_t *json = member(fields, name);
    if (!json_is_string(json))
        return wrong_type(fields, name, json, "text");
    const char *text = json_string_value(json);
    size_t length = json_string_length(json);
    if (!length || length > most || strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-_") != length)
        return fields_fault(fields, name, "must be 1 to %zu lower-case letters, digits, \"-\" or \"_\"",
                            most);
    memcpy(out, text, length + 1);
    return true;
}

bool fields_text(const struct fields *fields, const char *name, size_t most, char *out)
{
    const json_t *json = member(fields, name);
    if (!json_is_string(json))
        return wrong_type(fields, name, json, "text");
    const char *text = json_string_value(json);
    size_t length = json_string_length(json);
    if (!length || length > most)
        return fields_fault(fields, name, "has %zu bytes, must have 1 to %zu", length, most);
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)text[i] < ' ' || text[i] == 127)
            return fields_fault(fields, name, "has a control character");
    memcpy(out, text, length + 1);
    return true;
}

bool fields_choice(const struct fields *fields, const char *name, const char *const *words, unsigned *out)
{
    const json_t *json = member(fields, name);
    struct text all = {0};
    if (!json_is_string(json))
        return wrong_type(fields, name, json, "text");
    for (*out = 0; words[*out]; ++*out) {
        if (strcmp(json_string_value(json), words[*out]) == 0) {
            text_destroy(&all);
            return true;
        }
        text_printf(&all, "%s%s", *out ? ", " : "", words[*out]);
    }
    fields_fault(fields, name, "is \"%.40s\", must be one of %s", json_string_value(json), all.data);
    text_destroy(&all);
    return false;
}

bool fields_null(const struct fields *fields, const char *name)
{
    return json_is_null(member(fields, name));
}
