/* SPDX-License-Identifier: MIT */
#include "tests/unit_wire/vectors.h"

#include <stdarg.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

json_t *vectors_load(const char *file)
{
    char path[128];
    json_error_t error;
    snprintf(path, sizeof path, "tests/vectors/%s", file);
    json_t *vectors = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    if (!vectors)
        fail_msg("%s:%d: %s", path, error.line, error.text);
    return vectors;
}

const json_t *vectors_cases(const json_t *vectors)
{
    const json_t *cases = json_object_get(vectors, "cases");
    assert_true(json_array_size(cases) > 0);
    return cases;
}

const char *vectors_text(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

struct span vectors_span(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    return (struct span){vectors_text(object, name), json_string_length(value)};
}
