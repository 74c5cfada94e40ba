/* SPDX-License-Identifier: MIT */
#include "common/wire/merge.h"

json_t *wire_without_nulls(const json_t *document)
{
    json_t *copy = json_object();
    if (copy && wire_merge(copy, document))
        return copy;
    json_decref(copy);
    return NULL;
}

/* Depth is bounded: documents and patches came through wire_json_parse or were built by the program. */
static bool merge_member(json_t *target, const char *name, json_t *value)
{
    if (json_is_null(value)) {
        json_object_del(target, name); /* fails only when it is not there */
        return true;
    }
    if (!json_is_object(value))
        return json_object_set(target, name, value) == 0;
    json_t *inner = json_object_get(target, name);
    if (json_is_object(inner))
        return wire_merge(inner, value);
    json_t *fresh = wire_without_nulls(value);
    return fresh && json_object_set_new(target, name, fresh) == 0;
}

bool wire_merge(json_t *target, const json_t *patch)
{
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)patch, name, value)
    { /* the macro wants no const; it only reads */
        if (!merge_member(target, name, value))
            return false;
    }
    return true;
}

static json_t *live_member(const json_t *object, const char *name)
{
    json_t *value = json_object_get(object, name);
    return json_is_null(value) ? NULL : value;
}

/* Puts into `patch` what turns the member's old value (NULL: absent) into the new one. */
static bool diff_member(json_t *patch, const char *name, const json_t *before, json_t *after)
{
    if (!json_is_object(after))
        return json_equal(before, after) || json_object_set(patch, name, after) == 0;
    json_t *inner = json_is_object(before) ? wire_diff(before, after) : wire_without_nulls(after);
    if (!inner)
        return false;
    if (json_is_object(before) && json_object_size(inner) == 0) {
        json_decref(inner);
        return true;
    }
    return json_object_set_new(patch, name, inner) == 0;
}

static bool diff_into(json_t *patch, const json_t *before, const json_t *after)
{
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)before, name, value)
    {
        if (!json_is_null(value) && !live_member(after, name) &&
            json_object_set_new(patch, name, json_null()) != 0)
            return false;
    }
    json_object_foreach((json_t *)after, name, value)
    {
        if (!json_is_null(value) && !diff_member(patch, name, live_member(before, name), value))
            return false;
    }
    return true;
}

json_t *wire_diff(const json_t *before, const json_t *after)
{
    json_t *patch = json_object();
    if (patch && diff_into(patch, before, after))
        return patch;
    json_decref(patch);
    return NULL;
}
