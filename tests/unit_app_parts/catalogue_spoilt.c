/* SPDX-License-Identifier: MIT
 * Documents spoilt at random: no crash, words for every fault, and the core accepts whatever the checks let
 * pass. EVENHALL_SEED gives another sequence. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "catalogue_hall.h"
#include "catalogue_kit.h"
#include "common/wire/json.h"

static uint64_t seed;

static uint64_t draw(uint64_t below)
{
    seed += 0x9e3779b97f4a7c15u;
    uint64_t z = (seed ^ (seed >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (z ^ (z >> 31)) % below;
}

/* A value of another kind, or near what was there. */
static json_t *draw_value(const json_t *old)
{
    static const int64_t numbers[] = {0, -1, 1, 2, 9, 17, 33, 65, 513, 1025, 2049, 8193, 70000, INT64_MAX};
    static const char *const texts[] = {"",        "x",          "A",       "L",  "09:30",    "23:59",
                                        "special", "2026-11-23", "holiday", "中", "priority", "domain"};
    switch (draw(9)) {
    case 0:
        return json_null();
    case 1:
        return json_boolean(draw(2));
    case 2:
        return json_array();
    case 3:
        return json_object();
    case 4:
        return json_real(1.5);
    case 5:
        return json_string(texts[draw(sizeof texts / sizeof texts[0])]);
    case 6:
        if (json_is_integer(old))
            return json_integer(json_integer_value(old) + (int64_t)draw(5) - 2);
        return json_integer(numbers[draw(sizeof numbers / sizeof numbers[0])]);
    case 7:
        return json_integer(numbers[draw(sizeof numbers / sizeof numbers[0])]);
    default:
        return json_deep_copy(old);
    }
}

/* Goes down at random and changes, drops, doubles or renames what it ends at. */
static void spoil(json_t *value)
{
    if (json_is_array(value)) {
        size_t count = json_array_size(value), at = count ? draw(count) : 0;
        json_t *inner = json_array_get(value, at);
        if (inner && draw(8) && (json_is_object(inner) || json_is_array(inner)))
            spoil(inner);
        else if (inner && draw(3))
            json_array_set_new(value, at, draw_value(inner));
        else if (inner && draw(2))
            json_array_remove(value, at);
        else
            json_array_append_new(value, inner ? json_deep_copy(inner) : json_integer((int64_t)draw(20)));
        return;
    }
    size_t count = json_object_size(value), at = count ? draw(count) : 0;
    void *iter = json_object_iter(value);
    while (iter && at-- > 0)
        iter = json_object_iter_next(value, iter);
    if (!iter)
        return;
    char *name = strdup(json_object_iter_key(iter));
    json_t *inner = json_object_iter_value(iter);
    if (draw(12) && (json_is_object(inner) || json_is_array(inner)))
        spoil(inner);
    else if (draw(8))
        json_object_set_new(value, name, draw_value(inner));
    else if (draw(2))
        json_object_del(value, name);
    else
        json_object_set_new(value, "colour", json_integer(1));
    free(name);
}

static void shorten(json_t *list, size_t most)
{
    while (json_array_size(list) > most)
        json_array_remove(list, most);
}

/* The demo hall with few items, short guides and few days, so that many rounds take little time. */
static json_t *small_document(void)
{
    struct catalogue demo;
    kit_read_demo(&demo);
    json_t *small = json_deep_copy(demo.document), *items = json_object_get(small, "items");
    for (size_t i = json_array_size(items); i-- > 0;) { /* those that windows and authorisations name stay */
        if (i && i < 93 && i != 10 && i != 11 && i != 16 && i != 21 && i != 43 && i != 50) {
            json_array_remove(items, i);
            continue;
        }
        const char *name;
        json_t *part;
        json_object_foreach(json_object_get(json_array_get(items, i), "guide"), name, part) shorten(part, 1);
    }
    shorten(json_object_get(json_object_get(small, "calendar"), "days"), 6);
    shorten(json_object_get(small, "authorisations"), 16);
    catalogue_destroy(&demo);
    return small;
}

static void test_spoilt_documents_are_refused_or_accepted_by_the_core(void **state)
{
    (void)state;
    const char *given = getenv("EVENHALL_SEED");
    seed = given ? strtoull(given, NULL, 10) : 20261123;
    print_message("seed %llu\n", (unsigned long long)seed);
    json_t *small = small_document();
    size_t passed = 0, rounds = 2000;
    struct text text = {0};
    for (size_t i = 0; i < rounds; i++) {
        struct catalogue catalogue;
        struct error error = {0};
        json_t *copy = json_deep_copy(small);
        spoil(copy);
        if (draw(4) == 0)
            spoil(copy);
        text_clear(&text);
        assert_true(wire_json_write(&text, copy));
        struct span span = {text.data, text.length};
        if (catalogue_read_text(span, 1, &catalogue, &error) == STATUS_OK) {
            struct order order = hall_set_up(&catalogue);
            if (order.refused)
                fail_msg("round %zu: %s", i, order.first);
            passed++;
            catalogue_destroy(&catalogue);
        } else {
            assert_int_equal(error.status, STATUS_PARSE);
            assert_true(strncmp(error.text, "catalogue version 1: ", 21) == 0);
        }
        json_decref(copy);
    }
    print_message("%zu of %zu passed the checks\n", passed, rounds);
    assert_in_range(passed, rounds / 50, rounds / 2);
    json_decref(small);
    text_destroy(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_spoilt_documents_are_refused_or_accepted_by_the_core),
    };
    if (!hall_begin())
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    hall_end();
    return failed;
}
