/* SPDX-License-Identifier: MIT */
#include "dispatcher/app/devices.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/base/log.h"
#include "dispatcher/app/dispatcher.h"

/* One connection. */
struct guest {
    bool greeted;
    struct caller caller;
    char device[STORE_NAME_MAX];
    unsigned topic_count;
    char topics[WIRE_TOPICS_MAX][WIRE_NAME_MAX + 1];
};

/* Where a topic stands in the guest's list; topic_count when it does not. */
static unsigned topic_place(const struct guest *guest, const char *topic)
{
    unsigned place = 0;
    while (place < guest->topic_count && strcmp(guest->topics[place], topic) != 0)
        place++;
    return place;
}

/* ---- the register ---- */

static void add_device(const struct store_device *device, void *userdata)
{
    struct devices *devices = userdata;
    if (devices->count < DEVICES_MAX)
        devices->list[devices->count++] = *device;
}

enum status devices_init(struct devices *devices, struct dispatcher *dispatcher, struct error *error)
{
    *devices = (struct devices){.dispatcher = dispatcher};
    devices->list = calloc(DEVICES_MAX, sizeof *devices->list);
    if (!devices->list)
        return error_set(error, STATUS_MEMORY, "no memory for the register of devices");
    return store_devices(dispatcher->store, add_device, devices, error);
}

void devices_destroy(struct devices *devices)
{
    free(devices->list);
    *devices = (struct devices){0};
}

static void token_hash(const char *token, uint8_t out[STORE_HASH_BYTES])
{
    crypto_generichash(out, STORE_HASH_BYTES, (const unsigned char *)token, strlen(token), NULL, 0);
}

enum status devices_create(struct store *store, const char *name, enum caller_kind kind,
                           const char *attributes, int64_t now_ms, char token[DEVICE_TOKEN_TEXT],
                           struct error *error)
{
    struct store_device device = {.created_ms = now_ms};
    unsigned char random[32];
    randombytes_buf(random, sizeof random);
    sodium_bin2base64(token, DEVICE_TOKEN_TEXT, random, sizeof random,
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    snprintf(device.name, sizeof device.name, "%s", name);
    snprintf(device.kind, sizeof device.kind, "%s", caller_name(kind));
    snprintf(device.attributes, sizeof device.attributes, "%s", attributes);
    token_hash(token, device.token_hash);
    return store_put_device(store, &device, error);
}

/* The device of this name and token; in the same time whether the name or the token is wrong. */
static const struct store_device *find_device(const struct devices *devices, const char *name,
                                              const char *token)
{
    uint8_t hash[STORE_HASH_BYTES];
    const struct store_device *found = NULL;
    token_hash(token, hash);
    for (uint32_t i = 0; i < devices->count; i++) {
        const struct store_device *device = &devices->list[i];
        bool same = sodium_memcmp(hash, device->token_hash, sizeof hash) == 0;
        if (strcmp(device->name, name) == 0 && same && !device->revoked)
            found = device;
    }
    return found;
}

/* ---- frames ---- */

static void send_text(struct line_conn *conn, const struct text *frame)
{
    if (frame->length)
        line_send(conn, frame->data, frame->length - 1);
}

static void send_error(struct line_conn *conn, uint64_t id, const struct wire_error *error)
{
    struct text frame = {0};
    wire_error_write(&frame, id, error);
    send_text(conn, &frame);
    text_destroy(&frame);
}

/* The last word before closing for cause. */
static void close_with(struct line_conn *conn, uint64_t id, enum wire_code code, int64_t value)
{
    struct wire_error error = wire_error_of(code);
    struct text frame = {0};
    error.value = value;
    error.has_value = value != 0;
    wire_error_write(&frame, id, &error);
    if (frame.length)
        frame.data[frame.length - 1] = '\0';
    line_close(conn, frame.data);
    text_destroy(&frame);
}

/* A frame that breaks the protocol: three of them and the address is refused for a minute. */
static void strike(struct devices *devices, struct line_conn *conn, uint64_t id,
                   const struct wire_fault *fault)
{
    struct wire_error error = wire_error_of_fault(fault);
    int64_t now_ms = clock_mono_ms();
    send_error(conn, id, &error);
    if (line_strike(conn) < WIRE_STRIKES_MAX)
        return;
    const struct guest *guest = line_userdata(conn);
    ban_add(&devices->bans, guest->greeted ? guest->device : line_address(conn), now_ms + WIRE_BAN_MS,
            now_ms);
    log_warn("devices", "banned for %d s after %d bad frames device=%s", WIRE_BAN_MS / 1000, WIRE_STRIKES_MAX,
             guest->greeted ? guest->device : "unknown");
    close_with(conn, 0, WIRE_ERROR_BANNED, WIRE_BAN_MS / 1000);
}

static void welcome(struct devices *devices, struct line_conn *conn, uint64_t id, const struct guest *guest)
{
    struct dispatcher *d = devices->dispatcher;
    struct text frame = {0};
    struct wire_welcome words = {
        .version = WIRE_VERSION,
        .hall = wire_string_at(wire_member_at(d->catalogue.document, "hall"), "id", "hall"),
        .device_id = guest->caller.id,
        .device_name = guest->device,
        .device_kind = caller_name(guest->caller.kind),
        .time_ms = clock_wall_ms(),
        .epoch = d->epoch,
        .beat_ms = WIRE_BEAT_MS,
        .frame_max = WIRE_FRAME_MAX,
    };
    wire_welcome_write(&frame, id, &words);
    send_text(conn, &frame);
    text_destroy(&frame);
}

static void handle_hello(struct devices *devices, struct line_conn *conn, const struct wire_request *request)
{
    struct guest *guest = line_userdata(conn);
    struct wire_hello hello;
    struct wire_fault fault = {.code = WIRE_ERROR_BAD_FRAME,
                               .text = "hello was said already on this connection"};
    if (guest->greeted) {
        strike(devices, conn, request->id, &fault);
        return;
    }
    if (!wire_hello_read(request, &hello, &fault)) {
        strike(devices, conn, request->id, &fault);
        return;
    }
    if (hello.version != WIRE_VERSION) {
        close_with(conn, request->id, WIRE_ERROR_BAD_VERSION, WIRE_VERSION);
        return;
    }
    int64_t banned_ms = ban_left_ms(&devices->bans, hello.device, clock_mono_ms());
    if (banned_ms) {
        close_with(conn, request->id, WIRE_ERROR_BANNED, (banned_ms + 999) / 1000);
        return;
    }
    const struct store_device *device = find_device(devices, hello.device, hello.token);
    if (!device) {
        log_warn("devices", "hello refused: unknown device or wrong token");
        close_with(conn, request->id, WIRE_ERROR_BAD_TOKEN, 0);
        return;
    }
    guest->greeted = true;
    snprintf(guest->device, sizeof guest->device, "%s", device->name);
    guest->caller = (struct caller){
        .kind = caller_find(device->kind),
        .id = device->id,
        .key_space = device->id,
        .boot = hello.boot,
    };
    if (guest->caller.kind == CALLER_COUNTER)
        line_set_rate(conn, 5000, 10000);
    line_set_idle_ms(conn, 0);
    welcome(devices, conn, request->id, guest);
}

static void answer_code(struct line_conn *conn, uint64_t id, enum wire_code code)
{
    struct wire_error error = wire_error_of(code);
    send_error(conn, id, &error);
}

static void handle_subscribe(struct devices *devices, struct line_conn *conn,
                             const struct wire_request *request)
{
    struct topics *topics = &devices->dispatcher->topics;
    struct guest *guest = line_userdata(conn);
    struct wire_subscribe wish;
    struct wire_fault fault;
    enum permission permission;
    if (!wire_subscribe_read(request, &wish, &fault)) {
        struct wire_error error = wire_error_of_fault(&fault);
        send_error(conn, request->id, &error);
        return;
    }
    if (!topics_permission(topics, wish.topic, &permission)) {
        struct wire_error error = wire_error_of(WIRE_ERROR_BAD_FIELD);
        error.field = "topic";
        send_error(conn, request->id, &error);
    } else if (!caller_may(&guest->caller, permission)) {
        answer_code(conn, request->id, WIRE_ERROR_NOT_PERMITTED);
    } else if (topic_place(guest, wish.topic) == WIRE_TOPICS_MAX) {
        answer_code(conn, request->id, WIRE_ERROR_TOO_MANY_REQUESTS);
    } else {
        unsigned place = topic_place(guest, wish.topic);
        if (place == guest->topic_count)
            snprintf(guest->topics[guest->topic_count++], sizeof guest->topics[0], "%s", wish.topic);
        topics_subscribe_line(topics, line_id(conn), request->id, wish.topic, wish.seq);
    }
}

static void handle_unsubscribe(struct devices *devices, struct line_conn *conn,
                               const struct wire_request *request)
{
    struct guest *guest = line_userdata(conn);
    struct wire_fault fault;
    const char *topic;
    struct text frame = {0};
    if (!wire_unsubscribe_read(request, &topic, &fault)) {
        struct wire_error error = wire_error_of_fault(&fault);
        send_error(conn, request->id, &error);
        return;
    }
    topics_unsubscribe_line(&devices->dispatcher->topics, line_id(conn), topic);
    unsigned place = topic_place(guest, topic);
    if (place < guest->topic_count)
        memmove(guest->topics[place], guest->topics[--guest->topic_count], sizeof guest->topics[0]);
    json_t *ok = json_pack("{s:s}", "topic", topic);
    wire_ok_write(&frame, request->id, ok);
    send_text(conn, &frame);
    json_decref(ok);
    text_destroy(&frame);
}

static void handle_request(struct devices *devices, struct line_conn *conn,
                           const struct wire_request *request)
{
    struct guest *guest = line_userdata(conn);
    if (!guest->greeted && strcmp(request->what, "hello") != 0)
        close_with(conn, request->id, WIRE_ERROR_HELLO_FIRST, 0);
    else if (strcmp(request->what, "hello") == 0)
        handle_hello(devices, conn, request);
    else if (strcmp(request->what, "subscribe") == 0)
        handle_subscribe(devices, conn, request);
    else if (strcmp(request->what, "unsubscribe") == 0)
        handle_unsubscribe(devices, conn, request);
    else
        router_handle(devices->dispatcher, &guest->caller, request->what, request->key, request->fields,
                      (struct reply_to){REPLY_LINE, line_id(conn), request->id});
}

/* ---- the line server's callbacks ---- */

static void on_opened(struct line_conn *conn, void *userdata)
{
    (void)userdata;
    struct guest *guest = calloc(1, sizeof *guest);
    if (!guest) {
        line_close(conn, NULL);
        return;
    }
    line_set_userdata(conn, guest);
    line_set_idle_ms(conn, WIRE_HELLO_MS_MAX);
}

static void on_line(struct line_conn *conn, struct span line, void *userdata)
{
    struct devices *devices = &((struct dispatcher *)userdata)->devices;
    struct wire_request request;
    struct wire_fault fault;
    if (!line_userdata(conn))
        return;
    if (wire_request_decode(line, &request, &fault))
        handle_request(devices, conn, &request);
    else
        strike(devices, conn, request.id, &fault);
    wire_request_destroy(&request);
}

static void on_excess(struct line_conn *conn, struct span line, void *userdata)
{
    (void)userdata;
    struct wire_request request;
    struct wire_fault fault;
    if (!line_userdata(conn))
        return;
    wire_request_decode(line, &request, &fault);
    answer_code(conn, request.id, WIRE_ERROR_TOO_MANY_REQUESTS);
    wire_request_destroy(&request);
}

static void on_closed(struct line_conn *conn, enum line_reason reason, void *userdata)
{
    struct dispatcher *d = userdata;
    struct guest *guest = line_userdata(conn);
    topics_unsubscribe_line(&d->topics, line_id(conn), NULL);
    if (guest && guest->greeted)
        log_debug("devices", "left device=%s reason=%s", guest->device, line_reason_name(reason));
    free(guest);
}

const struct line_callbacks devices_callbacks = {
    .opened = on_opened, .line = on_line, .excess = on_excess, .closed = on_closed};

/* ---- beats ---- */

static void send_beat(struct line_conn *conn, void *userdata)
{
    const struct guest *guest = line_userdata(conn);
    if (guest && guest->greeted)
        line_send_buffer(conn, userdata);
}

void devices_beat(struct devices *devices, int64_t wall_ms)
{
    struct text frame = {0};
    wire_beat_write(&frame, wall_ms);
    struct span span = {frame.data, frame.length};
    struct buffer *buffer = buffer_create(&span, 1);
    if (buffer)
        line_server_each(&devices->dispatcher->line_server, send_beat, buffer);
    buffer_release(buffer);
    text_destroy(&frame);
}
