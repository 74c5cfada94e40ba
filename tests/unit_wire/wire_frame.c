/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "common/wire/frame.h"

static uint64_t random_state;

static unsigned draw(unsigned below)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(random_state >> 33) % below;
}

/* The plain way to do the same, for comparison: lines of a whole stream, until one is too long. */
struct expected {
    const char *stream;
    size_t length, at, limit;
};

static enum wire_frame_result expected_next(struct expected *expected, struct span *line)
{
    const char *from = expected->stream + expected->at;
    size_t left = expected->length - expected->at;
    const char *end = memchr(from, '\n', left);
    size_t length = end ? (size_t)(end - from) : left;
    if (length + 1 > expected->limit)
        return WIRE_FRAME_TOO_LARGE;
    if (!end)
        return WIRE_FRAME_NONE;
    *line = (struct span){from, length};
    expected->at += length + 1;
    return WIRE_FRAME_READY;
}

/* Any cutting of any stream gives the same frames, and never more than the limit is kept. */
static void cutting_makes_no_difference(void **state)
{
    (void)state;
    enum { STREAM = 600 };
    char stream[STREAM];
    for (unsigned seed = 1; seed <= 3000; seed++) {
        random_state = seed;
        struct wire_frames frames;
        size_t limit = 2 + draw(40), at = 0;
        for (int i = 0; i < STREAM; i++)
            stream[i] = draw(12) == 0 ? '\n' : (char)draw(256);
        struct expected expected = {stream, STREAM, 0, limit};
        enum wire_frame_result got = WIRE_FRAME_NONE;
        wire_frames_init(&frames, limit);
        while (at < STREAM && got == WIRE_FRAME_NONE) {
            size_t length = 1 + draw(50);
            if (length > STREAM - at)
                length = STREAM - at;
            struct span input = {stream + at, length}, line, want;
            while ((got = wire_frames_next(&frames, &input, 0, &line)) == WIRE_FRAME_READY) {
                if (expected_next(&expected, &want) != WIRE_FRAME_READY || want.length != line.length ||
                    memcmp(want.data, line.data, line.length) != 0)
                    fail_msg("seed %u: another frame than expected", seed);
                assert_true(frames.capacity <= limit);
            }
            assert_true(wire_frames_kept(&frames) < limit && frames.capacity <= limit);
            at += length;
        }
        struct span rest;
        assert_int_equal(got, expected_next(&expected, &rest));
        wire_frames_destroy(&frames);
    }
}

static void a_slow_frame_has_a_deadline(void **state)
{
    (void)state;
    struct wire_frames frames;
    struct span input = span_of("{\"do\""), line;
    wire_frames_init(&frames, WIRE_FRAME_MAX);
    assert_int_equal(wire_frames_deadline_ms(&frames, 5000), INT64_MAX);
    assert_int_equal(wire_frames_next(&frames, &input, 700, &line), WIRE_FRAME_NONE);
    input = span_of(":");
    assert_int_equal(wire_frames_next(&frames, &input, 4000, &line), WIRE_FRAME_NONE);
    assert_int_equal(wire_frames_deadline_ms(&frames, 5000), 5700); /* from its first byte */
    input = span_of("1}\n{");
    assert_int_equal(wire_frames_next(&frames, &input, 5000, &line), WIRE_FRAME_READY);
    assert_int_equal(wire_frames_deadline_ms(&frames, 5000), INT64_MAX);
    assert_int_equal(wire_frames_next(&frames, &input, 5000, &line), WIRE_FRAME_NONE);
    assert_int_equal(wire_frames_deadline_ms(&frames, 5000), 10000);
    wire_frames_destroy(&frames);
}

static void a_large_frame_gives_its_memory_back(void **state)
{
    (void)state;
    struct wire_frames frames;
    struct span line, input;
    char *big = malloc(60000);
    memset(big, 'x', 60000);
    wire_frames_init(&frames, WIRE_FRAME_MAX);
    input = (struct span){big, 60000};
    assert_int_equal(wire_frames_next(&frames, &input, 0, &line), WIRE_FRAME_NONE);
    input = span_of("\n");
    assert_int_equal(wire_frames_next(&frames, &input, 0, &line), WIRE_FRAME_READY);
    assert_int_equal(line.length, 60000);
    assert_int_equal(wire_frames_next(&frames, &input, 0, &line), WIRE_FRAME_NONE);
    assert_int_equal(frames.capacity, 0);
    wire_frames_destroy(&frames);
    free(big);
}

static void a_lost_stream_stays_lost(void **state)
{
    (void)state;
    struct wire_frames frames;
    struct span input = span_of("123456789"), line;
    wire_frames_init(&frames, 8);
    assert_int_equal(wire_frames_next(&frames, &input, 0, &line), WIRE_FRAME_TOO_LARGE);
    assert_int_equal(frames.capacity, 0);
    input = span_of("1\n");
    assert_int_equal(wire_frames_next(&frames, &input, 0, &line), WIRE_FRAME_TOO_LARGE);
    wire_frames_destroy(&frames);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cutting_makes_no_difference),
        cmocka_unit_test(a_slow_frame_has_a_deadline),
        cmocka_unit_test(a_large_frame_gives_its_memory_back),
        cmocka_unit_test(a_lost_stream_stays_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
