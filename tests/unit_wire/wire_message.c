/* SPDX-License-Identifier: MIT
 * Writers and readers of frames beyond what the vectors show. */
#include <stdarg.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "common/wire/merge.h"
#include "common/wire/message.h"

static struct span line_of(const struct text *frame)
{
    assert_true(frame->length > 0 && frame->data[frame->length - 1] == '\n');
    return (struct span){frame->data, frame->length - 1};
}

static void hello_goes_there_and_back(void **state)
{
    (void)state;
    struct text frame = {0};
    struct wire_request request;
    struct wire_fault fault;
    struct wire_hello hello = {.version = 1, .device = "K1", .token = "a\"b", .boot = 77}, got;
    assert_true(wire_hello_write(&frame, 1, &hello));
    assert_true(wire_request_decode(line_of(&frame), &request, &fault));
    assert_string_equal(request.what, "hello");
    assert_true(wire_hello_read(&request, &got, &fault));
    assert_string_equal(got.device, "K1");
    assert_string_equal(got.token, "a\"b");
    assert_int_equal(got.boot, 77);
    json_object_set_new(request.fields, "colour", json_string("red"));
    assert_false(wire_hello_read(&request, &got, &fault));
    assert_string_equal(fault.field, "colour");
    wire_request_destroy(&request);
    text_destroy(&frame);
}

static void welcome_goes_there_and_back(void **state)
{
    (void)state;
    struct text frame = {0};
    struct wire_message message;
    struct wire_fault fault;
    struct error error;
    struct wire_welcome welcome = {.version = 1,
                                   .hall = "biyang",
                                   .device_id = 3,
                                   .device_name = "K1",
                                   .device_kind = "kiosk",
                                   .time_ms = 1795400465200,
                                   .epoch = 41,
                                   .beat_ms = 1000,
                                   .frame_max = 65536},
                        got;
    assert_true(wire_welcome_write(&frame, 1, &welcome));
    assert_int_equal(wire_message_decode(line_of(&frame), &message, &error), STATUS_OK);
    assert_true(wire_welcome_read(message.ok.value, &got, &fault));
    assert_string_equal(got.hall, "biyang");
    assert_string_equal(got.device_kind, "kiosk");
    assert_int_equal(got.epoch, 41);
    assert_int_equal(got.device_id, 3);
    json_object_set_new(json_object_get((json_t *)message.ok.value, "device"), "kind", json_integer(1));
    assert_false(wire_welcome_read(message.ok.value, &got, &fault));
    assert_string_equal(fault.field, "device.kind");
    wire_message_destroy(&message);
    text_destroy(&frame);
}

static void subscribe_goes_there_and_back(void **state)
{
    (void)state;
    struct text frame = {0};
    struct wire_request request;
    struct wire_subscribe subscribe;
    struct wire_fault fault;
    const char *topic;
    assert_true(wire_subscribe_write(&frame, 8, "window-12", 120));
    assert_true(wire_request_decode(line_of(&frame), &request, &fault));
    assert_true(wire_subscribe_read(&request, &subscribe, &fault));
    assert_string_equal(subscribe.topic, "window-12");
    assert_int_equal(subscribe.seq, 120);
    wire_request_destroy(&request);
    text_clear(&frame);
    assert_true(wire_unsubscribe_write(&frame, 9, "board"));
    assert_true(wire_request_decode(line_of(&frame), &request, &fault));
    assert_true(wire_unsubscribe_read(&request, &topic, &fault));
    assert_string_equal(topic, "board");
    wire_request_destroy(&request);
    text_destroy(&frame);
}

/* The stored answer comes back byte for byte under a new id. */
static void a_stored_body_makes_the_same_answer(void **state)
{
    (void)state;
    struct text body = {0}, first = {0}, second = {0};
    json_t *value = json_pack("{s:s, s:[]}", "number", "A012", "events");
    assert_true(wire_ok_body_write(&body, value));
    assert_true(wire_ok_write(&first, 7, value));
    assert_true(wire_answer_write(&second, 7, (struct span){body.data, body.length}));
    assert_string_equal(first.data, second.data);
    text_clear(&second);
    assert_true(wire_answer_write(&second, 8, (struct span){body.data, body.length}));
    assert_string_equal(second.data, "{\"id\":8,\"ok\":{\"number\":\"A012\",\"events\":[]}}\n");
    json_decref(value);
    text_destroy(&body), text_destroy(&first), text_destroy(&second);
}

static void what_does_not_fit_is_not_written(void **state)
{
    (void)state;
    struct text out = {0};
    char *big = malloc(WIRE_FRAME_MAX + 1);
    memset(big, 'x', WIRE_FRAME_MAX);
    big[WIRE_FRAME_MAX] = '\0';
    json_t *value = json_pack("{s:s}", "a", big);
    text_puts(&out, "before\n");
    assert_false(wire_request_write(&out, "issue", 1, 1, value));
    assert_false(wire_ok_write(&out, 1, value));
    assert_false(wire_delta_write(&out, "board", 1, value));
    assert_false(wire_snapshot_write(&out, "board", 1, value));
    assert_false(wire_answer_write(&out, 1, span_of(big)));
    assert_string_equal(out.data, "before\n");
    assert_int_equal(out.length, 7);
    json_decref(value);
    /* one byte too many does not, and exactly the limit does */
    big[WIRE_FRAME_MAX - strlen("{\"id\":1,}\n") + 1] = '\0';
    assert_false(wire_answer_write(&out, 1, span_of(big)));
    big[WIRE_FRAME_MAX - strlen("{\"id\":1,}\n")] = '\0';
    assert_true(wire_answer_write(&out, 1, span_of(big)));
    assert_int_equal(out.length, 7 + WIRE_FRAME_MAX);
    free(big);
    text_destroy(&out);
}

static void an_error_with_a_cut_text_is_still_told(void **state)
{
    (void)state;
    struct text out = {0};
    struct wire_error error = wire_error_of(WIRE_ERROR_BAD_FIELD);
    error.field = "\xe7\xad\x89\xe5\x80"; /* the second character is cut */
    error.detail = "";
    assert_true(wire_error_write(&out, 3, &error));
    struct wire_message message;
    struct error why;
    assert_int_equal(wire_message_decode(line_of(&out), &message, &why), STATUS_OK);
    assert_string_equal(message.error.error.field, "等");
    wire_message_destroy(&message);
    text_destroy(&out);
}

/* ---- snapshots in pieces ---- */

static uint64_t random_state;

static unsigned draw(unsigned below)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(random_state >> 33) % below;
}

static json_t *random_document(unsigned depth)
{
    char name[24];
    json_t *object = json_object();
    for (unsigned i = draw(12); i > 0; i--) {
        snprintf(name, sizeof name, "%s%u", draw(4) ? "n" : "\"\\\n等", draw(1000));
        json_object_set_new(object, name,
                            depth > 0 && draw(2) ? random_document(depth - 1)
                                                 : json_string("some text or other"));
    }
    return object;
}

/* Frames of `out` merged in order; counts them. */
static json_t *assemble(const struct text *out, size_t frame_max, unsigned *count)
{
    struct wire_frames frames;
    struct span input = {out->data, out->length}, line;
    json_t *document = json_object();
    bool more = true;
    *count = 0;
    wire_frames_init(&frames, frame_max); /* a frame that is too large fails here */
    while (wire_frames_next(&frames, &input, 0, &line) == WIRE_FRAME_READY) {
        struct wire_message message;
        struct error error;
        assert_true(more);
        assert_int_equal(wire_message_decode(line, &message, &error), STATUS_OK);
        assert_int_equal(message.kind, WIRE_MESSAGE_SNAPSHOT);
        assert_int_equal(message.topic.part, ++*count);
        assert_int_equal(message.topic.seq, 9);
        assert_true(wire_merge(document, message.topic.patch));
        more = message.topic.more;
        wire_message_destroy(&message);
    }
    assert_false(more);
    assert_int_equal(input.length, 0);
    wire_frames_destroy(&frames);
    return document;
}

static void pieces_make_the_whole(void **state)
{
    (void)state;
    unsigned most = 0;
    for (unsigned seed = 1; seed <= 1500; seed++) {
        random_state = seed;
        struct text out = {0};
        unsigned count;
        size_t frame_max = 340 + draw(400);
        json_t *document = random_document(3);
        if (!wire_snapshot_write_within(&out, "board", 9, document, frame_max))
            fail_msg("seed %u: not written", seed);
        json_t *got = assemble(&out, frame_max, &count);
        if (!json_equal(got, document))
            fail_msg("seed %u: the pieces make another document", seed);
        most = count > most ? count : most;
        json_decref(got), json_decref(document);
        text_destroy(&out);
    }
    assert_true(most > 10);
}

static void a_queue_of_ten_thousand_travels(void **state)
{
    (void)state;
    struct text out = {0};
    unsigned count;
    char number[16];
    json_t *document = json_object();
    for (int i = 0; i < 10000; i++) {
        snprintf(number, sizeof number, "A%d", i);
        json_object_set_new(document, number,
                            json_pack("{s:i, s:i, s:s, s:I}", "item", 101, "domain", 1, "class", "normal",
                                      "since_ms", (json_int_t)1795400465200));
    }
    assert_true(wire_snapshot_write(&out, "queue", 9, document));
    json_t *got = assemble(&out, WIRE_FRAME_MAX, &count);
    assert_true(json_equal(got, document));
    assert_in_range(count, 10, 16);
    json_decref(got), json_decref(document);
    text_destroy(&out);
}

static void codes_are_a_proper_table(void **state)
{
    (void)state;
    for (int i = 0; i < WIRE_ERROR_CODES; i++) {
        enum wire_code code = (enum wire_code)i;
        assert_int_equal(wire_code_find(wire_code_name(code)), code); /* so names are unique */
        assert_true(strlen(wire_code_name(code)) <= WIRE_NAME_MAX);
        assert_true(wire_code_zh(code)[0] != '\0' && wire_code_en(code)[0] != '\0');
    }
    assert_int_equal(wire_code_find("quota-used"), WIRE_ERROR_CODES);
    assert_int_equal(wire_code_remedy(WIRE_ERROR_GONE), WIRE_REMEDY_AGAIN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hello_goes_there_and_back),
        cmocka_unit_test(welcome_goes_there_and_back),
        cmocka_unit_test(subscribe_goes_there_and_back),
        cmocka_unit_test(a_stored_body_makes_the_same_answer),
        cmocka_unit_test(what_does_not_fit_is_not_written),
        cmocka_unit_test(an_error_with_a_cut_text_is_still_told),
        cmocka_unit_test(pieces_make_the_whole),
        cmocka_unit_test(a_queue_of_ten_thousand_travels),
        cmocka_unit_test(codes_are_a_proper_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
