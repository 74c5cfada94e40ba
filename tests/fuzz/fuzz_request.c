/* SPDX-License-Identifier: MIT
 * What a hostile client can send: bytes to frames to requests. The first byte says how the rest is cut up.
 * Everything decoded must survive being written and decoded again; every fault must be tellable. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "common/wire/message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_round(const struct wire_request *request)
{
    struct text frame = {0};
    struct wire_request again;
    struct wire_fault fault;
    /* Escapes may make it longer than it came, so it need not fit; fractions may change their last digits. */
    if (wire_request_write(&frame, request->what, request->id, request->key, request->fields) &&
        wire_request_decode((struct span){frame.data, frame.length - 1}, &again, &fault)) {
        assert(strcmp(again.what, request->what) == 0 && again.id == request->id &&
               again.key == request->key);
        assert(json_object_size(again.fields) == json_object_size(request->fields));
        wire_request_destroy(&again);
    }
    text_destroy(&frame);
}

static void check_readers(const struct wire_request *request)
{
    struct wire_hello hello;
    struct wire_subscribe subscribe;
    struct wire_fault fault;
    const char *topic;
    if (wire_hello_read(request, &hello, &fault))
        assert(strlen(hello.device) <= WIRE_NAME_MAX && strlen(hello.token) <= WIRE_TOKEN_MAX &&
               hello.boot > 0);
    if (wire_subscribe_read(request, &subscribe, &fault))
        assert(strlen(subscribe.topic) > 0 && strlen(subscribe.topic) <= WIRE_NAME_MAX);
    wire_unsubscribe_read(request, &topic, &fault);
}

static void check_fault(uint64_t id, const struct wire_fault *fault)
{
    struct text frame = {0};
    struct wire_error error = wire_error_of_fault(fault);
    struct wire_message message;
    struct error why;
    assert(wire_error_write(&frame, id, &error));
    assert(wire_message_decode((struct span){frame.data, frame.length - 1}, &message, &why) == STATUS_OK);
    wire_message_destroy(&message);
    text_destroy(&frame);
}

static void take_line(struct span line)
{
    struct wire_request request;
    struct wire_fault fault;
    if (!wire_request_decode(line, &request, &fault)) {
        check_fault(request.id, &fault);
        return;
    }
    check_round(&request);
    check_readers(&request);
    wire_request_destroy(&request);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct wire_frames frames;
    struct span line;
    if (size == 0)
        return 0;
    size_t step = (size_t)data[0] + 1;
    wire_frames_init(&frames, 2048);
    for (size_t at = 1; at < size; at += step) {
        struct span input = {(const char *)data + at, size - at < step ? size - at : step};
        while (wire_frames_next(&frames, &input, 0, &line) == WIRE_FRAME_READY)
            take_line(line);
        assert(wire_frames_kept(&frames) < 2048);
    }
    wire_frames_destroy(&frames);
    take_line((struct span){(const char *)data + 1, size - 1});
    return 0;
}
