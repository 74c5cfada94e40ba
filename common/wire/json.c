/* SPDX-License-Identifier: MIT */
#include "common/wire/json.h"

#include <assert.h>

#include "common/wire/frame.h"

enum { DEPTH_LIMIT = 200 }; /* far below what jansson's recursion bears */

/* Depth is checked before the parser runs, by counting brackets outside strings: the parser recurses, this
 * does not. Returns the byte where the depth is passed, or length. */
static size_t depth_fault(struct span bytes, unsigned most)
{
    unsigned depth = 0;
    bool in_string = false;
    for (size_t i = 0; i < bytes.length; i++) {
        char c = bytes.data[i];
        if (in_string) {
            if (c == '\\')
                i++;
            else if (c == '"')
                in_string = false;
        } else if (c == '"') {
            in_string = true;
        } else if (c == '{' || c == '[') {
            if (++depth > most)
                return i;
        } else if ((c == '}' || c == ']') && depth > 0) {
            depth--;
        }
    }
    return bytes.length;
}

static json_t *parse_failed(struct error *error, const json_error_t *why)
{
    enum json_error_code code = json_error_code(why);
    if (code == json_error_out_of_memory)
        error_set(error, STATUS_MEMORY, "no memory for JSON");
    else
        error_set(error, STATUS_PARSE, "not valid JSON at line %d byte %d: %s", why->line, why->position,
                  why->text);
    return NULL;
}

json_t *wire_json_parse_within(struct span bytes, size_t most_bytes, unsigned most_depth, struct error *error)
{
    assert(most_depth <= DEPTH_LIMIT);
    if (bytes.length > most_bytes) {
        error_set(error, STATUS_LIMIT, "%zu bytes, more than %zu", bytes.length, most_bytes);
        return NULL;
    }
    size_t deep = depth_fault(bytes, most_depth);
    if (deep < bytes.length) {
        error_set(error, STATUS_LIMIT, "more than %u objects and arrays within each other at byte %zu",
                  most_depth, deep + 1);
        return NULL;
    }
    json_error_t why;
    json_t *value = json_loadb(bytes.data ? bytes.data : "", bytes.length, JSON_REJECT_DUPLICATES, &why);
    if (!value)
        return parse_failed(error, &why);
    if (!json_is_object(value)) {
        json_decref(value);
        error_set(error, STATUS_PARSE, "an array where an object is expected");
        return NULL;
    }
    return value;
}

json_t *wire_json_parse(struct span bytes, struct error *error)
{
    return wire_json_parse_within(bytes, WIRE_FRAME_MAX, WIRE_DEPTH_MAX, error);
}

static int append_to_text(const char *data, size_t length, void *user)
{
    struct text *out = user;
    text_append(out, data, length);
    return out->failed ? -1 : 0;
}

bool wire_json_write(struct text *out, const json_t *value)
{
    return json_dump_callback(value, append_to_text, out, JSON_COMPACT | JSON_ENCODE_ANY) == 0;
}

int64_t wire_integer_at(const json_t *object, const char *name, int64_t fallback)
{
    const json_t *value = json_object_get(object, name);
    return json_is_integer(value) ? json_integer_value(value) : fallback;
}

const char *wire_string_at(const json_t *object, const char *name, const char *fallback)
{
    const json_t *value = json_object_get(object, name);
    return json_is_string(value) ? json_string_value(value) : fallback;
}

bool wire_bool_at(const json_t *object, const char *name)
{
    return json_is_true(json_object_get(object, name));
}

const json_t *wire_member_at(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    return json_is_object(value) || json_is_array(value) ? value : NULL;
}
