/* SPDX-License-Identifier: MIT
 * tests/vectors against the C codec; tests/clients/hall.test.mjs runs the same files against the Node client.
 */
#include <stdarg.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "common/wire/frame.h"
#include "common/wire/merge.h"
#include "common/wire/message.h"
#include "tests/unit_wire/vectors.h"

static const char *case_name = "";

#define check(condition)                                                                                     \
    do {                                                                                                     \
        if (!(condition))                                                                                    \
            fail_msg("vector \"%s\": %s", case_name, #condition);                                            \
    } while (0)

/* ---- requests ---- */

static void check_fault(const json_t *expected, const struct wire_request *request,
                        const struct wire_fault *fault)
{
    check(strcmp(wire_code_name(fault->code), vectors_text(expected, "code")) == 0);
    check(strcmp(fault->field, vectors_text(expected, "field")) == 0);
    check(request->id == (uint64_t)json_integer_value(json_object_get(expected, "id")));
    check(request->fields == NULL);
    check(fault->text[0] != '\0');
    struct text frame = {0};
    struct wire_error error = wire_error_of_fault(fault);
    check(wire_error_write(&frame, request->id, &error)); /* every fault can be told to the client */
    text_destroy(&frame);
}

static void check_request(const json_t *expected, const struct wire_request *request)
{
    check(strcmp(request->what, vectors_text(expected, "do")) == 0);
    check(request->id == (uint64_t)json_integer_value(json_object_get(expected, "id")));
    check(request->key == (uint64_t)json_integer_value(json_object_get(expected, "key")));
    check(json_equal(request->fields, json_object_get(expected, "fields")));
}

/* What was decoded, written and decoded again is the same. */
static void check_request_round(const struct wire_request *request)
{
    struct text frame = {0};
    struct wire_request again;
    struct wire_fault fault;
    check(wire_request_write(&frame, request->what, request->id, request->key, request->fields));
    check(frame.data[frame.length - 1] == '\n');
    check(wire_request_decode((struct span){frame.data, frame.length - 1}, &again, &fault));
    check(strcmp(again.what, request->what) == 0 && again.id == request->id && again.key == request->key);
    check(json_equal(again.fields, request->fields));
    wire_request_destroy(&again);
    text_destroy(&frame);
}

static void requests_decode_as_listed(void **state)
{
    (void)state;
    json_t *vectors = vectors_load("requests.json");
    size_t index;
    json_t *vector;
    json_array_foreach((json_t *)vectors_cases(vectors), index, vector)
    {
        struct wire_request request;
        struct wire_fault fault;
        const json_t *expected_fault = json_object_get(vector, "fault");
        case_name = vectors_text(vector, "name");
        bool decoded = wire_request_decode(vectors_span(vector, "frame"), &request, &fault);
        check(decoded == !expected_fault);
        if (!decoded) {
            check_fault(expected_fault, &request, &fault);
            continue;
        }
        check_request(json_object_get(vector, "expect"), &request);
        check_request_round(&request);
        wire_request_destroy(&request);
    }
    json_decref(vectors);
}

/* ---- messages ---- */

static bool same_text(const json_t *object, const char *name, const char *got)
{
    const char *expected = json_string_value(json_object_get(object, name));
    return expected && got ? strcmp(expected, got) == 0 : expected == got;
}

static void check_error(const json_t *expected, const struct wire_error *error)
{
    check(same_text(expected, "code", error->code));
    check(same_text(expected, "zh", error->zh));
    check(same_text(expected, "en", error->en));
    check(same_text(expected, "field", error->field));
    check(same_text(expected, "number", error->number));
    check(same_text(expected, "detail", error->detail));
    check(error->has_value == (json_object_get(expected, "value") != NULL));
    check(error->value == json_integer_value(json_object_get(expected, "value")));
}

static uint64_t number_in(const json_t *object, const char *name)
{
    return (uint64_t)json_integer_value(json_object_get(object, name));
}

static void check_message(const json_t *expected, const struct wire_message *message)
{
    static const char *const kinds[] = {"ok", "error", "snapshot", "delta", "beat", "complaint", "unknown"};
    check(same_text(expected, "kind", kinds[message->kind]));
    switch (message->kind) {
    case WIRE_MESSAGE_OK:
        check(message->ok.id == number_in(expected, "id"));
        check(json_equal(message->ok.value, json_object_get(expected, "value")));
        break;
    case WIRE_MESSAGE_ERROR:
    case WIRE_MESSAGE_COMPLAINT:
        check(message->error.id == number_in(expected, "id"));
        check_error(json_object_get(expected, "error"), &message->error.error);
        break;
    case WIRE_MESSAGE_SNAPSHOT:
        check(message->topic.part == number_in(expected, "part"));
        check(message->topic.more == json_is_true(json_object_get(expected, "more")));
        /* fall through */
    case WIRE_MESSAGE_DELTA:
        check(same_text(expected, "topic", message->topic.topic));
        check(message->topic.seq == number_in(expected, "seq"));
        check(json_equal(message->topic.patch, json_object_get(expected, "patch")));
        break;
    case WIRE_MESSAGE_BEAT:
        check((uint64_t)message->beat.wall_ms == number_in(expected, "wall_ms"));
        break;
    case WIRE_MESSAGE_UNKNOWN:
    case WIRE_MESSAGE_KINDS:
        break;
    }
}

/* The server's writers give the very bytes of the vectors. */
static void check_written(struct span frame, const struct wire_message *message)
{
    struct text out = {0};
    switch (message->kind) {
    case WIRE_MESSAGE_OK:
        check(wire_ok_write(&out, message->ok.id, message->ok.value));
        break;
    case WIRE_MESSAGE_ERROR:
    case WIRE_MESSAGE_COMPLAINT:
        check(wire_error_write(&out, message->error.id, &message->error.error));
        break;
    case WIRE_MESSAGE_DELTA:
        check(wire_delta_write(&out, message->topic.topic, message->topic.seq, message->topic.patch));
        break;
    case WIRE_MESSAGE_BEAT:
        check(wire_beat_write(&out, message->beat.wall_ms));
        break;
    case WIRE_MESSAGE_SNAPSHOT:
        if (message->topic.part > 1 || message->topic.more)
            return;
        check(wire_snapshot_write(&out, message->topic.topic, message->topic.seq, message->topic.patch));
        break;
    case WIRE_MESSAGE_UNKNOWN:
    case WIRE_MESSAGE_KINDS:
        return;
    }
    check(out.length == frame.length + 1);
    check(memcmp(out.data, frame.data, frame.length) == 0);
    text_destroy(&out);
}

static void messages_decode_as_listed(void **state)
{
    (void)state;
    json_t *vectors = vectors_load("messages.json");
    size_t index;
    json_t *vector;
    json_array_foreach((json_t *)vectors_cases(vectors), index, vector)
    {
        struct wire_message message;
        struct error error;
        struct span frame = vectors_span(vector, "frame");
        case_name = vectors_text(vector, "name");
        enum status status = wire_message_decode(frame, &message, &error);
        check((status == STATUS_OK) == !json_object_get(vector, "fault"));
        if (status != STATUS_OK) {
            check(message.frame == NULL && error.text[0] != '\0');
            continue;
        }
        check_message(json_object_get(vector, "expect"), &message);
        if (strncmp(case_name, "members of a later version", 26) != 0)
            check_written(frame, &message);
        wire_message_destroy(&message);
    }
    json_decref(vectors);
}

/* Codes with the protocol's own words in a vector have exactly the table's words. */
static void vectors_speak_as_the_table(void **state)
{
    (void)state;
    json_t *vectors = vectors_load("messages.json");
    size_t index;
    json_t *vector;
    unsigned seen = 0;
    json_array_foreach((json_t *)vectors_cases(vectors), index, vector)
    {
        const json_t *error = json_object_get(json_object_get(vector, "expect"), "error");
        enum wire_code code = wire_code_find(vectors_text(error, "code"));
        case_name = vectors_text(vector, "name");
        if (!error || code == WIRE_ERROR_CODES)
            continue;
        check(same_text(error, "zh", wire_code_zh(code)));
        check(same_text(error, "en", wire_code_en(code)));
        seen++;
    }
    assert_true(seen >= 8);
    json_decref(vectors);
}

/* ---- merge ---- */

static void merges_as_listed(void **state)
{
    (void)state;
    json_t *vectors = vectors_load("merge.json");
    size_t index;
    json_t *vector;
    json_array_foreach((json_t *)vectors_cases(vectors), index, vector)
    {
        const json_t *before = json_object_get(vector, "before"), *after = json_object_get(vector, "after");
        case_name = vectors_text(vector, "name");
        json_t *target = json_deep_copy(before);
        check(wire_merge(target, json_object_get(vector, "patch")));
        check(json_equal(target, after));
        json_decref(target);
        json_t *patch = wire_diff(before, after);
        target = json_deep_copy(before);
        check(wire_merge(target, patch));
        check(json_equal(target, after));
        json_decref(target);
        json_decref(patch);
    }
    json_decref(vectors);
}

/* ---- streams ---- */

static void check_stream(const json_t *vector)
{
    struct wire_frames frames;
    size_t index, line_count = 0;
    json_t *chunk;
    enum wire_frame_result got = WIRE_FRAME_NONE;
    const json_t *lines = json_object_get(vector, "lines");
    wire_frames_init(&frames, (size_t)number_in(vector, "limit"));
    json_array_foreach(json_object_get(vector, "chunks"), index, chunk)
    {
        struct span input = {json_string_value(chunk), json_string_length(chunk)}, line;
        while ((got = wire_frames_next(&frames, &input, 0, &line)) == WIRE_FRAME_READY) {
            const json_t *expected = json_array_get(lines, line_count++);
            check(json_is_string(expected) && json_string_length(expected) == line.length);
            check(memcmp(json_string_value(expected), line.data, line.length) == 0);
        }
    }
    check(line_count == json_array_size(lines));
    check(got == (strcmp(vectors_text(vector, "end"), "none") == 0 ? WIRE_FRAME_NONE : WIRE_FRAME_TOO_LARGE));
    wire_frames_destroy(&frames);
}

static void streams_split_as_listed(void **state)
{
    (void)state;
    json_t *vectors = vectors_load("streams.json");
    size_t index;
    json_t *vector;
    json_array_foreach((json_t *)vectors_cases(vectors), index, vector)
    {
        case_name = vectors_text(vector, "name");
        check_stream(vector);
    }
    json_decref(vectors);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_decode_as_listed),  cmocka_unit_test(messages_decode_as_listed),
        cmocka_unit_test(vectors_speak_as_the_table), cmocka_unit_test(merges_as_listed),
        cmocka_unit_test(streams_split_as_listed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
