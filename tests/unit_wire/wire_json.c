/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "common/wire/frame.h"
#include "common/wire/json.h"

static json_t *object_of(const char *text)
{
    struct error error;
    json_t *object = wire_json_parse(span_of(text), &error);
    if (!object)
        fail_msg("%s: %s", text, error.text);
    return object;
}

/* ---- limits of parsing ---- */

static void depth_is_counted_outside_strings(void **state)
{
    (void)state;
    struct error error;
    json_t *object =
        wire_json_parse(span_of("{\"a\":\"[[[[[[[[[[[[[[[[[[[[\",\"b\\\"[[[[[[[[[[[[[[\":1}"), &error);
    assert_non_null(object);
    json_decref(object);
    enum { DEEP = 60000 };
    char *deep = malloc(DEEP);
    memset(deep, '[', DEEP);
    assert_null(wire_json_parse((struct span){deep, DEEP}, &error)); /* nothing recurses that far */
    assert_int_equal(error.status, STATUS_LIMIT);
    assert_non_null(strstr(error.text, "byte 13"));
    free(deep);
}

static void size_is_limited(void **state)
{
    (void)state;
    struct error error;
    char *big = malloc(WIRE_FRAME_MAX + 1);
    memset(big, ' ', WIRE_FRAME_MAX + 1);
    big[0] = '{', big[1] = '}';
    json_t *object = wire_json_parse((struct span){big, WIRE_FRAME_MAX}, &error);
    assert_non_null(object);
    json_decref(object);
    assert_null(wire_json_parse((struct span){big, WIRE_FRAME_MAX + 1}, &error));
    assert_int_equal(error.status, STATUS_LIMIT);
    object = wire_json_parse_within((struct span){big, WIRE_FRAME_MAX + 1}, 100000, 50, &error);
    assert_non_null(object);
    json_decref(object);
    free(big);
}

static void bad_bytes_are_refused(void **state)
{
    (void)state;
    static const struct span bad[] = {
        {"{\"a\":\"\xc3\"}", 8},          /* a character cut short */
        {"{\"a\":\"\xc0\xaf\"}", 9},      /* overlong */
        {"{\"a\":\"\xed\xa0\x80\"}", 10}, /* a surrogate */
        {"{\"a\":\"\xf5\x80\x80\x80\"}", 11},
        {"{\"a\":1}\0", 8},
        {"{\0\"a\":1}", 8},
        {"\xef\xbb\xbf{}", 5},
        {NULL, 0},
    };
    struct error error;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_null(wire_json_parse(bad[i], &error));
        assert_int_equal(error.status, STATUS_PARSE);
    }
}

/* ---- faults ---- */

struct fault_case {
    const char *object;
    void (*read)(struct wire_reader *in);
    enum wire_code code;
    const char *field, *text;
};

static void read_items(struct wire_reader *in)
{
    int64_t items[6];
    wire_read_integers(in, "items", 1, 2048, items, 1, 6);
}
static void read_window(struct wire_reader *in)
{
    wire_read_integer(in, "window", 1, 512);
}
static void read_level(struct wire_reader *in)
{
    static const char *const levels[] = {"good", "bad", NULL};
    wire_read_enum(in, "level", levels);
}
static void read_reason(struct wire_reader *in)
{
    wire_read_string(in, "reason", 1, 12);
}
static void read_flag(struct wire_reader *in)
{
    wire_read_bool(in, "returns");
}
static void read_row(struct wire_reader *in)
{
    struct wire_reader row;
    const json_t *rows = wire_read_array(in, "rows", 4);
    wire_reader_init_within(&row, in, "rows", 1, json_array_get(rows, 1));
    wire_read_integer(&row, "window", 1, 512);
    in->failed = row.failed;
    in->fault = row.fault;
}
static void read_own(struct wire_reader *in)
{
    wire_reader_fail(in, "number", "expected a number like %s", "A012");
    wire_read_integer(in, "window", 1, 512); /* the first fault stays */
}

static const struct fault_case fault_cases[] = {
    {"{\"items\":[1,2,\"x\"]}", read_items, WIRE_ERROR_BAD_FIELD, "items[2]",
     "field \"items[2]\": expected an integer from 1 to 2048, got \"x\""},
    {"{\"items\":[2049]}", read_items, WIRE_ERROR_BAD_FIELD, "items[0]",
     "field \"items[0]\": expected an integer from 1 to 2048, got 2049"},
    {"{\"items\":[1.0]}", read_items, WIRE_ERROR_BAD_FIELD, "items[0]",
     "field \"items[0]\": expected an integer from 1 to 2048, got a fraction"},
    {"{\"items\":[null]}", read_items, WIRE_ERROR_BAD_FIELD, "items[0]",
     "field \"items[0]\": expected an integer from 1 to 2048, got nothing"},
    {"{\"items\":[]}", read_items, WIRE_ERROR_BAD_FIELD, "items",
     "field \"items\": expected an array of 1 to 6 integers, got an array of 0"},
    {"{\"items\":[1,2,3,4,5,6,7]}", read_items, WIRE_ERROR_BAD_FIELD, "items",
     "field \"items\": expected an array of 1 to 6 integers, got an array of 7"},
    {"{\"items\":7}", read_items, WIRE_ERROR_BAD_FIELD, "items",
     "field \"items\": expected an array of 1 to 6 integers, got 7"},
    {"{}", read_items, WIRE_ERROR_MISSING_FIELD, "items", "field \"items\": is missing"},
    {"{\"window\":null}", read_window, WIRE_ERROR_MISSING_FIELD, "window", "field \"window\": is missing"},
    {"{\"window\":0}", read_window, WIRE_ERROR_BAD_FIELD, "window",
     "field \"window\": expected an integer from 1 to 512, got 0"},
    {"{\"window\":{}}", read_window, WIRE_ERROR_BAD_FIELD, "window",
     "field \"window\": expected an integer from 1 to 512, got an object"},
    {"{\"window\":true}", read_window, WIRE_ERROR_BAD_FIELD, "window",
     "field \"window\": expected an integer from 1 to 512, got true"},
    {"{\"window\":3,\"windo\":4}", read_window, WIRE_ERROR_BAD_FIELD, "windo",
     "field \"windo\": this request has no such field"},
    {"{\"window\":3,\"a\\nb\\\"\":4}", read_window, WIRE_ERROR_BAD_FIELD, "a?b?",
     "field \"a?b?\": this request has no such field"},
    {"{\"level\":\"fine\"}", read_level, WIRE_ERROR_BAD_FIELD, "level",
     "field \"level\": expected one of good, bad, got \"fine\""},
    {"{\"level\":1}", read_level, WIRE_ERROR_BAD_FIELD, "level",
     "field \"level\": expected one of good, bad, got 1"},
    {"{\"reason\":\"\"}", read_reason, WIRE_ERROR_BAD_FIELD, "reason",
     "field \"reason\": expected a string of 1 to 12 bytes, got \"\""},
    {"{\"reason\":\"41272619900101123X\"}", read_reason, WIRE_ERROR_BAD_FIELD, "reason",
     "field \"reason\": expected a string of 1 to 12 bytes, got a string of 18 bytes"},
    {"{\"returns\":1}", read_flag, WIRE_ERROR_BAD_FIELD, "returns",
     "field \"returns\": expected true or false, got 1"},
    {"{\"rows\":[{},{\"window\":\"3\"}]}", read_row, WIRE_ERROR_BAD_FIELD, "rows[1].window",
     "field \"rows[1].window\": expected an integer from 1 to 512, got \"3\""},
    {"{\"rows\":[{},5]}", read_row, WIRE_ERROR_BAD_FIELD, "rows[1]",
     "field \"rows[1]\": expected an object, got 5"},
    {"{}", read_own, WIRE_ERROR_BAD_FIELD, "number", "field \"number\": expected a number like A012"},
};

static void faults_are_precise(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof fault_cases / sizeof fault_cases[0]; i++) {
        const struct fault_case *expected = &fault_cases[i];
        struct wire_reader in;
        json_t *object = object_of(expected->object);
        wire_reader_init(&in, object);
        expected->read(&in);
        assert_false(wire_reader_end(&in));
        assert_int_equal(in.fault.code, expected->code);
        assert_string_equal(in.fault.field, expected->field);
        assert_string_equal(in.fault.text, expected->text);
        json_decref(object);
    }
}

/* Long names and texts are cut at whole characters: the fault can always be told as JSON. */
static void a_cut_fault_is_still_text(void **state)
{
    (void)state;
    for (int pad = 0; pad < 8; pad++) {
        struct wire_reader in;
        json_t *object = json_object();
        wire_reader_init(&in, object);
        wire_reader_fail(
            &in, "reason", "%.*s%s", pad, "12345678",
            "等候等候等候等候等候等候等候等候等候等候等候等候等候等候等候等候等候等候等候等候等候等候等候等候"
            "等候等候等候等候等候等候等候等候等候等候等候等候等候等候等候等候等候等候等候等候等候等候等候等"
            "候");
        json_t *text = json_string(in.fault.text);
        assert_non_null(text);
        json_decref(text);
        json_decref(object);
    }
}

static void good_members_are_read(void **state)
{
    (void)state;
    struct wire_reader in;
    int64_t items[4];
    static const char *const names[] = {"head", "end", NULL};
    json_t *object =
        object_of("{\"a\":-5,\"b\":true,\"c\":\"等候\",\"d\":\"end\",\"e\":[3,1],\"f\":{},\"g\":null}");
    wire_reader_init(&in, object);
    assert_int_equal(wire_read_integer(&in, "a", -5, -5), -5);
    assert_int_equal(wire_read_integer_or(&in, "absent", 1, 2, 7), 7);
    assert_int_equal(wire_read_integer_or(&in, "g", 1, 2, 7), 7);
    assert_true(wire_read_bool(&in, "b"));
    assert_true(wire_read_bool_or(&in, "absent", true));
    assert_string_equal(wire_read_string(&in, "c", 6, 6), "等候");
    assert_string_equal(wire_read_string_or(&in, "absent", 1, 6, "-"), "-");
    assert_int_equal(wire_read_enum(&in, "d", names), 1);
    assert_int_equal(wire_read_enum_or(&in, "absent", names, 9), 9);
    assert_int_equal(wire_read_integers(&in, "e", 1, 3, items, 0, 4), 2);
    assert_int_equal(items[0], 3);
    assert_int_equal(wire_read_integers(&in, "absent", 1, 3, items, 0, 4), 0);
    assert_non_null(wire_read_object(&in, "f"));
    assert_false(wire_read_has(&in, "g"));
    assert_true(wire_reader_end(&in));
    json_decref(object);
}

static void what_is_no_object_is_a_bad_frame(void **state)
{
    (void)state;
    struct wire_reader in;
    wire_reader_init(&in, NULL);
    assert_int_equal(wire_read_integer(&in, "a", 1, 2), 0);
    assert_string_equal(wire_read_string(&in, "b", 1, 2), "");
    assert_false(wire_reader_end(&in));
    assert_int_equal(in.fault.code, WIRE_ERROR_BAD_FRAME);
}

/* ---- writing ---- */

static void writing_keeps_order_and_bytes(void **state)
{
    (void)state;
    static const char text[] =
        "{\"z\":1,\"a\":[true,null,-3],\"等\":\"\\n\\u0001/\\\"\",\"m\":{\"b\":{},\"a\":[]}}";
    struct text out = {0};
    json_t *object = object_of(text);
    assert_true(wire_json_write(&out, object));
    assert_string_equal(out.data, text);
    json_decref(object);
    text_destroy(&out);
}

static void documents_are_looked_into(void **state)
{
    (void)state;
    json_t *object = object_of("{\"n\":3,\"s\":\"x\",\"b\":true,\"o\":{},\"l\":[]}");
    assert_int_equal(wire_integer_at(object, "n", -1), 3);
    assert_int_equal(wire_integer_at(object, "s", -1), -1);
    assert_int_equal(wire_integer_at(NULL, "s", -1), -1);
    assert_string_equal(wire_string_at(object, "s", ""), "x");
    assert_string_equal(wire_string_at(object, "n", "-"), "-");
    assert_true(wire_bool_at(object, "b"));
    assert_false(wire_bool_at(object, "n"));
    assert_non_null(wire_member_at(object, "o"));
    assert_non_null(wire_member_at(object, "l"));
    assert_null(wire_member_at(object, "n"));
    json_decref(object);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(depth_is_counted_outside_strings),
        cmocka_unit_test(size_is_limited),
        cmocka_unit_test(bad_bytes_are_refused),
        cmocka_unit_test(faults_are_precise),
        cmocka_unit_test(a_cut_fault_is_still_text),
        cmocka_unit_test(good_members_are_read),
        cmocka_unit_test(what_is_no_object_is_a_bad_frame),
        cmocka_unit_test(writing_keeps_order_and_bytes),
        cmocka_unit_test(documents_are_looked_into),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
