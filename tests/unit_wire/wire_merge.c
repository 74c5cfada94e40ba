/* SPDX-License-Identifier: MIT
 * Properties of merge and diff over random trees. */
#include <stdarg.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "common/base/span.h"
#include "common/wire/json.h"
#include "common/wire/merge.h"

enum { ROUNDS = 20000 };
static uint64_t random_state;

static unsigned draw(unsigned below)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(random_state >> 33) % below;
}

static json_t *random_value(unsigned depth);

static json_t *random_object(unsigned depth)
{
    static const char *const names[] = {"a", "b", "c", "A012", "", "等"};
    json_t *object = json_object();
    for (unsigned i = draw(5); i > 0; i--)
        json_object_set_new(object, names[draw(6)], random_value(depth));
    return object;
}

static json_t *random_value(unsigned depth)
{
    switch (draw(depth > 0 ? 8 : 5)) {
    case 0:
        return json_null();
    case 1:
        return json_integer(draw(3));
    case 2:
        return json_string(draw(2) ? "x" : "");
    case 3:
        return json_boolean(draw(2));
    case 4:
        return json_pack("[i, n]", (int)draw(2));
    default:
        return random_object(depth - 1);
    }
}

static size_t written_bytes(const json_t *value)
{
    return json_dumpb(value, NULL, 0, JSON_COMPACT);
}

static bool has_null_member(const json_t *object)
{
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)object, name,
                        value) if (json_is_null(value) ||
                                   (json_is_object(value) && has_null_member(value))) return true;
    return false;
}

static void merging_the_difference_gives_the_new(void **state)
{
    (void)state;
    for (unsigned seed = 1; seed <= ROUNDS; seed++) {
        random_state = seed;
        json_t *before = random_object(3), *after = random_object(3);
        json_t *had_before = json_deep_copy(before), *had_after = json_deep_copy(after);
        json_t *patch = wire_diff(before, after), *had_patch = json_deep_copy(patch);
        json_t *expected = wire_without_nulls(after), *target = wire_without_nulls(before);
        assert_true(wire_merge(target, patch));
        if (!json_equal(target, expected))
            fail_msg("seed %u: merge(before, diff(before, after)) is not after", seed);
        assert_false(has_null_member(target));
        assert_true(wire_merge(target, patch)); /* twice is as once */
        assert_true(json_equal(target, expected));
        json_t *nothing = wire_diff(target, after);
        assert_int_equal(json_object_size(nothing), 0);
        json_t *more = random_object(2);
        assert_true(wire_merge(target, more)); /* changes nobody who shares values */
        assert_true(json_equal(before, had_before) && json_equal(after, had_after) &&
                    json_equal(patch, had_patch));
        json_decref(before), json_decref(after), json_decref(patch), json_decref(expected);
        json_decref(had_before), json_decref(had_after), json_decref(had_patch);
        json_decref(target), json_decref(nothing), json_decref(more);
    }
}

/* No member of a difference can be left out. */
static void the_difference_is_the_smallest(void **state)
{
    (void)state;
    for (unsigned seed = 1; seed <= ROUNDS / 4; seed++) {
        random_state = seed;
        json_t *before = random_object(3), *after = random_object(3);
        json_t *patch = wire_diff(before, after), *expected = wire_without_nulls(after);
        const char *name;
        json_t *value;
        json_object_foreach(patch, name, value)
        {
            json_t *less = json_copy(patch), *target = wire_without_nulls(before);
            json_object_del(less, name);
            assert_true(wire_merge(target, less));
            if (json_equal(target, expected))
                fail_msg("seed %u: the difference does not need \"%s\"", seed, name);
            json_decref(less), json_decref(target);
        }
        json_decref(before), json_decref(after), json_decref(patch), json_decref(expected);
    }
}

/* One call in a hall of many travels as one call. */
static void a_small_change_is_a_small_delta(void **state)
{
    (void)state;
    json_t *before = json_object(), *after;
    char number[16];
    for (int i = 0; i < 200; i++) {
        snprintf(number, sizeof number, "A%03d", i);
        json_object_set_new(before, number,
                            json_pack("{s:i, s:s, s:n}", "window", i, "state", "called", "until_ms"));
    }
    after = json_deep_copy(before);
    json_object_set_new(json_object_get(after, "A077"), "state", json_string("serving"));
    json_t *patch = wire_diff(before, after);
    assert_int_equal(written_bytes(patch), strlen("{\"A077\":{\"state\":\"serving\"}}"));
    json_decref(before), json_decref(after), json_decref(patch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(merging_the_difference_gives_the_new),
        cmocka_unit_test(the_difference_is_the_smallest),
        cmocka_unit_test(a_small_change_is_a_small_delta),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
