/* SPDX-License-Identifier: MIT
 * A link on a table: the test says what the server says, frame by frame, and reads what the link sends. */
#ifndef TESTS_UNIT_CLIENT_RIG_H
#define TESTS_UNIT_CLIENT_RIG_H

#include <stdarg.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "common/client/link.h"

#define RIG_WALL_MS INT64_C(1795400000000) /* the server's clock when ours is 0 */

struct rig {
    struct link link;
    int64_t now_ms;
    /* what became of requests, in order */
    unsigned result_count;
    struct {
        enum link_outcome outcome;
        uint64_t key;
        bool sent;
        char text[64]; /* the ok's "n", or the error's code */
    } results[128];
};

static inline void rig_done(void *user, const struct link_result *result)
{
    struct rig *rig = user;
    assert_in_range(rig->result_count, 0, 127);
    unsigned i = rig->result_count++;
    rig->results[i].outcome = result->outcome;
    rig->results[i].key = result->key;
    rig->results[i].sent = result->sent;
    assert_true((result->outcome == LINK_ANSWERED) == (result->ok != NULL));
    if (result->outcome == LINK_REFUSED)
        assert_non_null(result->error);
    const char *text = result->error ? result->error->code : wire_string_at(result->ok, "n", "");
    snprintf(rig->results[i].text, sizeof rig->results[i].text, "%s", text);
}

static inline void rig_init(struct rig *rig)
{
    struct error error;
    struct link_params params = {.device = "K1", .token = "secret", .boot = 77, .seed = 5};
    memset(rig, 0, sizeof *rig);
    rig->now_ms = 1000;
    assert_int_equal(link_init(&rig->link, &params, &error), STATUS_OK);
}

static inline void rig_destroy(struct rig *rig)
{
    link_destroy(&rig->link);
}

/* One frame from the server (printf form, without line end). */
__attribute__((format(printf, 2, 3))) static inline void rig_say(struct rig *rig, const char *format, ...)
{
    char line[4096];
    va_list args;
    va_start(args, format);
    int length = vsnprintf(line, sizeof line - 1, format, args);
    va_end(args);
    assert_in_range(length, 0, sizeof line - 2);
    line[length] = '\n';
    link_received(&rig->link, rig->now_ms, (struct span){line, (size_t)length + 1});
}

static inline void rig_pass(struct rig *rig, int64_t ms)
{
    rig->now_ms += ms;
    link_tick(&rig->link, rig->now_ms);
}

/* Lets time pass to the link's next deadline; returns how long that took. */
static inline int64_t rig_pass_to_deadline(struct rig *rig)
{
    int64_t deadline = link_deadline_ms(&rig->link), from = rig->now_ms;
    assert_true(deadline != INT64_MAX);
    if (deadline > rig->now_ms)
        rig->now_ms = deadline;
    link_tick(&rig->link, rig->now_ms);
    return rig->now_ms - from;
}

/* Takes the next frame that the link sent; false when there is none. Destroy the request. */
static inline bool rig_hear(struct rig *rig, struct wire_request *request)
{
    struct span output = link_output(&rig->link);
    const char *end = memchr(output.data, '\n', output.length);
    struct wire_fault fault;
    if (!end)
        return false;
    size_t length = (size_t)(end - output.data);
    if (!wire_request_decode((struct span){output.data, length}, request, &fault))
        fail_msg("the link sent a bad frame: %s", fault.text);
    link_output_taken(&rig->link, length + 1);
    return true;
}

/* The next frame must be this request; returns its id. */
static inline uint64_t rig_expect(struct rig *rig, const char *what)
{
    struct wire_request request;
    if (!rig_hear(rig, &request))
        fail_msg("expected %s, got nothing", what);
    assert_string_equal(request.what, what);
    uint64_t id = request.id;
    wire_request_destroy(&request);
    return id;
}

static inline void rig_expect_nothing(struct rig *rig)
{
    assert_int_equal(link_output(&rig->link).length, 0);
}

static inline void rig_welcome(struct rig *rig, uint64_t id, unsigned epoch)
{
    rig_say(rig,
            "{\"id\":%llu,\"ok\":{\"version\":1,\"hall\":\"biyang\",\"device\":{\"id\":3,\"name\":\"K1\","
            "\"kind\":"
            "\"kiosk\"},\"time_ms\":%lld,\"epoch\":%u,\"beat_ms\":1000,\"frame_max\":65536}}",
            (unsigned long long)id, (long long)(RIG_WALL_MS + rig->now_ms), epoch);
}

static inline void rig_beat(struct rig *rig)
{
    rig_say(rig, "{\"beat\":%lld}", (long long)(RIG_WALL_MS + rig->now_ms));
}

/* From idle or waiting to ready. */
static inline void rig_make_ready(struct rig *rig, unsigned epoch)
{
    link_start(&rig->link, rig->now_ms);
    while (link_state(&rig->link) == LINK_WAITING)
        rig_pass_to_deadline(rig);
    assert_int_equal(link_state(&rig->link), LINK_CONNECTING);
    link_connected(&rig->link, rig->now_ms);
    rig_welcome(rig, rig_expect(rig, "hello"), epoch);
    assert_int_equal(link_state(&rig->link), LINK_READY);
}

static inline uint64_t rig_ask(struct rig *rig, int n, bool keyed, int64_t within_ms)
{
    json_t *fields = json_pack("{s:i}", "n", n);
    struct link_ask ask = {.what = "issue", .fields = fields, .keyed = keyed, .within_ms = within_ms};
    uint64_t handle = link_request(&rig->link, rig->now_ms, &ask, rig_done, rig);
    json_decref(fields);
    return handle;
}

/* Time passes second by second with a beat in each. */
static inline void rig_live(struct rig *rig, int seconds)
{
    for (int i = 0; i < seconds; i++) {
        rig_pass(rig, 1000);
        rig_beat(rig);
    }
}

#endif
