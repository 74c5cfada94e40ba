/* SPDX-License-Identifier: MIT */
#include "tests/unit_client/fake_hall.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/wire/merge.h"

unsigned fake_draw(uint64_t *random, unsigned below)
{
    *random = *random * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(*random >> 33) % below;
}

static bool chance(struct fake_hall *hall, unsigned percent)
{
    return fake_draw(&hall->random, 100) < percent;
}

void fake_hall_init(struct fake_hall *hall, uint64_t seed)
{
    *hall = (struct fake_hall){.epoch = 1, .random = seed, .wall_offset_ms = INT64_C(1795400000000)};
    hall->answers = json_object();
    for (int i = 0; i < FAKE_TOPICS; i++) {
        hall->topics[i].name = i ? "queue" : "board";
        hall->topics[i].document = json_pack("{s:i, s:{}}", "version", 1, "rows");
        hall->topics[i].seq = hall->topics[i].ring_from = 1;
    }
    wire_frames_init(&hall->frames, WIRE_FRAME_MAX);
}

static void clear_ring(struct fake_topic *topic)
{
    for (int i = 0; i < FAKE_RING; i++) {
        json_decref(topic->ring[i]);
        topic->ring[i] = NULL;
    }
    topic->ring_from = topic->seq + 1;
}

void fake_hall_lost(struct fake_hall *hall)
{
    hall->connected = hall->greeted = hall->closing = false;
    for (int i = 0; i < FAKE_TOPICS; i++)
        hall->topics[i].subscribed = false;
    wire_frames_destroy(&hall->frames);
    wire_frames_init(&hall->frames, WIRE_FRAME_MAX);
    text_clear(&hall->out);
}

void fake_hall_destroy(struct fake_hall *hall)
{
    fake_hall_lost(hall);
    for (int i = 0; i < FAKE_TOPICS; i++) {
        clear_ring(&hall->topics[i]);
        json_decref(hall->topics[i].document);
    }
    json_decref(hall->answers);
    wire_frames_destroy(&hall->frames);
    text_destroy(&hall->out);
}

void fake_hall_connected(struct fake_hall *hall)
{
    fake_hall_lost(hall);
    hall->connected = true;
}

void fake_hall_restart(struct fake_hall *hall)
{
    fake_hall_lost(hall);
    hall->epoch++;
    for (int i = 0; i < FAKE_TOPICS; i++) {
        hall->topics[i].seq = 1 + fake_draw(&hall->random, 50);
        clear_ring(&hall->topics[i]);
    }
}

void fake_hall_beat(struct fake_hall *hall, int64_t now_ms)
{
    if (hall->greeted)
        wire_beat_write(&hall->out, now_ms + hall->wall_offset_ms);
}

/* ---- topics ---- */

static void send_delta(struct fake_hall *hall, struct fake_topic *topic, uint64_t seq)
{
    if (chance(hall, hall->lose_delta_percent))
        return;
    for (unsigned times = chance(hall, hall->double_percent) ? 2 : 1; times > 0; times--)
        wire_delta_write(&hall->out, topic->name, seq, topic->ring[seq % FAKE_RING]);
}

static void send_snapshot(struct fake_hall *hall, struct fake_topic *topic)
{
    size_t most = hall->snapshot_max ? hall->snapshot_max : WIRE_FRAME_MAX;
    hall->snapshots++;
    wire_snapshot_write_within(&hall->out, topic->name, topic->seq, topic->document, most);
}

void fake_hall_change(struct fake_hall *hall, unsigned number)
{
    struct fake_topic *topic = &hall->topics[number % FAKE_TOPICS];
    char row[16];
    json_t *before = json_deep_copy(topic->document), *rows = json_object_get(topic->document, "rows");
    snprintf(row, sizeof row, "A%03u", fake_draw(&hall->random, 40));
    if (fake_draw(&hall->random, 3) == 0)
        json_object_del(rows, row);
    else
        json_object_set_new(rows, row,
                            json_pack("{s:i, s:s}", "window", (int)fake_draw(&hall->random, 20), "state",
                                      fake_draw(&hall->random, 2) ? "called" : "serving"));
    json_object_set_new(topic->document, "version", json_integer(wire_integer_at(before, "version", 0) + 1));
    topic->seq++;
    json_decref(topic->ring[topic->seq % FAKE_RING]);
    topic->ring[topic->seq % FAKE_RING] = wire_diff(before, topic->document);
    if (topic->ring_from + FAKE_RING <= topic->seq)
        topic->ring_from = topic->seq - FAKE_RING + 1;
    json_decref(before);
    if (!topic->subscribed)
        return;
    if (fake_draw(&hall->random, 50) == 0)
        send_snapshot(hall, topic); /* in place of a delta */
    else
        send_delta(hall, topic, topic->seq);
}

static void answer_code(struct fake_hall *hall, uint64_t id, enum wire_code code)
{
    struct wire_error error = wire_error_of(code);
    wire_error_write(&hall->out, id, &error);
}

static void subscribe(struct fake_hall *hall, const struct wire_request *request)
{
    struct wire_subscribe asked;
    struct wire_fault fault;
    struct fake_topic *topic = NULL;
    bool read = wire_subscribe_read(request, &asked, &fault);
    for (int i = 0; i < FAKE_TOPICS && read; i++)
        if (strcmp(hall->topics[i].name, asked.topic) == 0)
            topic = &hall->topics[i];
    if (!topic) {
        answer_code(hall, request->id, WIRE_ERROR_BAD_FIELD);
        return;
    }
    bool resumed = asked.seq > 0 && asked.seq + 1 >= topic->ring_from && asked.seq <= topic->seq;
    topic->subscribed = true;
    wire_subscribed_write(&hall->out, request->id, topic->name, topic->seq, resumed);
    if (!resumed) {
        send_snapshot(hall, topic);
        return;
    }
    hall->resumes++;
    for (uint64_t seq = asked.seq + 1; seq <= topic->seq; seq++)
        send_delta(hall, topic, seq);
}

static void unsubscribe(struct fake_hall *hall, const struct wire_request *request)
{
    const char *name;
    struct wire_fault fault;
    if (!wire_unsubscribe_read(request, &name, &fault))
        return;
    for (int i = 0; i < FAKE_TOPICS; i++)
        if (strcmp(hall->topics[i].name, name) == 0)
            hall->topics[i].subscribed = false;
    json_t *ok = json_pack("{s:s}", "topic", name);
    wire_ok_write(&hall->out, request->id, ok);
    json_decref(ok);
}

/* ---- requests ---- */

static void hello(struct fake_hall *hall, const struct wire_request *request, int64_t now_ms)
{
    struct wire_hello said;
    struct wire_fault fault;
    if (strcmp(request->what, "hello") != 0 || !wire_hello_read(request, &said, &fault)) {
        answer_code(hall, 0, WIRE_ERROR_HELLO_FIRST);
        hall->closing = true;
        return;
    }
    if (strcmp(said.token, "secret") != 0) {
        answer_code(hall, request->id, WIRE_ERROR_BAD_TOKEN);
        hall->closing = true;
        return;
    }
    hall->greeted = true;
    hall->boot = said.boot;
    struct wire_welcome welcome = {.version = WIRE_VERSION,
                                   .hall = "biyang",
                                   .device_id = 3,
                                   .device_name = said.device,
                                   .device_kind = "kiosk",
                                   .time_ms = now_ms + hall->wall_offset_ms,
                                   .epoch = hall->epoch,
                                   .beat_ms = WIRE_BEAT_MS,
                                   .frame_max = WIRE_FRAME_MAX};
    wire_welcome_write(&hall->out, request->id, &welcome);
}

/* {"do":"add","key":..,"amount":..}: once per key, whatever happens. */
static void add(struct fake_hall *hall, const struct wire_request *request)
{
    char name[48];
    struct text body = {0};
    int64_t amount = wire_integer_at(request->fields, "amount", 0);
    snprintf(name, sizeof name, "%" PRIu64 "/%" PRIu64, hall->boot, request->key);
    const char *stored = wire_string_at(hall->answers, name, NULL);
    if (stored) {
        hall->repeats++;
        wire_answer_write(&hall->out, request->id, span_of(stored));
        return;
    }
    if (request->key == 0) {
        answer_code(hall, request->id, WIRE_ERROR_KEY_NEEDED);
        return;
    }
    if (amount == FAKE_REFUSED_AMOUNT) {
        struct wire_error error = {.code = "quota-used", .zh = "今日号已发完", .en = "No numbers left today"};
        wire_error_write(&hall->out, request->id, &error);
        return;
    }
    if (chance(hall, hall->again_percent)) {
        answer_code(hall, request->id,
                    chance(hall, 50) ? WIRE_ERROR_STORE_UNAVAILABLE : WIRE_ERROR_TOO_MANY_REQUESTS);
        return;
    }
    hall->total += (uint64_t)amount;
    hall->carried++;
    json_t *ok = json_pack("{s:I, s:I}", "amount", (json_int_t)amount, "serial", (json_int_t)hall->carried);
    wire_ok_body_write(&body, ok);
    json_object_set_new(hall->answers, name, json_string(body.data));
    wire_answer_write(&hall->out, request->id, (struct span){body.data, body.length});
    json_decref(ok);
    text_destroy(&body);
}

static void take_request(struct fake_hall *hall, const struct wire_request *request, int64_t now_ms)
{
    if (!hall->greeted)
        hello(hall, request, now_ms);
    else if (strcmp(request->what, "subscribe") == 0)
        subscribe(hall, request);
    else if (strcmp(request->what, "unsubscribe") == 0)
        unsubscribe(hall, request);
    else if (strcmp(request->what, "add") == 0)
        add(hall, request);
    else
        answer_code(hall, request->id, WIRE_ERROR_UNKNOWN_REQUEST);
}

void fake_hall_received(struct fake_hall *hall, int64_t now_ms, struct span bytes)
{
    struct span line;
    while (hall->connected && !hall->closing &&
           wire_frames_next(&hall->frames, &bytes, now_ms, &line) == WIRE_FRAME_READY) {
        struct wire_request request;
        struct wire_fault fault;
        if (wire_request_decode(line, &request, &fault)) {
            take_request(hall, &request, now_ms);
            wire_request_destroy(&request);
        } else {
            struct wire_error error = wire_error_of_fault(&fault);
            wire_error_write(&hall->out, request.id, &error);
        }
    }
}
