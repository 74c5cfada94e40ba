/* SPDX-License-Identifier: MIT
 * What a client receives. */
#include "common/wire/message.h"

static void decode_error(struct wire_reader *in, struct wire_error *out)
{
    struct wire_reader inner;
    const json_t *object = wire_read_object(in, "error");
    if (!object)
        return;
    wire_reader_init_within(&inner, in, "error", -1, object);
    out->code = wire_read_string(&inner, "code", 1, WIRE_NAME_MAX);
    out->zh = wire_read_string_or(&inner, "zh", 0, 4096, "");
    out->en = wire_read_string_or(&inner, "en", 0, 4096, "");
    out->field = wire_read_string_or(&inner, "field", 0, 4096, NULL);
    out->number = wire_read_string_or(&inner, "number", 0, 64, NULL);
    out->detail = wire_read_string_or(&inner, "detail", 0, 4096, NULL);
    out->has_value = wire_read_has(&inner, "value");
    out->value = wire_read_integer_or(&inner, "value", INT64_MIN, INT64_MAX, 0);
    if (inner.failed && !in->failed) {
        in->failed = true;
        in->fault = inner.fault;
    }
}

static void decode_answer(struct wire_reader *in, struct wire_message *out)
{
    uint64_t id = (uint64_t)wire_read_integer(in, "id", 1, WIRE_INTEGER_MAX);
    if (wire_read_has(in, "error")) {
        out->kind = WIRE_MESSAGE_ERROR;
        out->error.id = id;
        decode_error(in, &out->error.error);
        return;
    }
    out->kind = WIRE_MESSAGE_OK;
    out->ok.id = id;
    out->ok.value = wire_read_object(in, "ok");
}

static void decode_topic(struct wire_reader *in, struct wire_message *out)
{
    out->topic.topic = wire_read_string(in, "topic", 1, WIRE_NAME_MAX);
    out->topic.seq = (uint64_t)wire_read_integer(in, "seq", 0, WIRE_INTEGER_MAX);
    if (wire_read_has(in, "delta")) {
        out->kind = WIRE_MESSAGE_DELTA;
        out->topic.patch = wire_read_object(in, "delta");
        return;
    }
    out->kind = WIRE_MESSAGE_SNAPSHOT;
    out->topic.patch = wire_read_object(in, "snapshot");
    out->topic.part = (uint32_t)wire_read_integer(in, "part", 1, UINT32_MAX);
    out->topic.more = wire_read_bool_or(in, "more", false);
}

enum status wire_message_decode(struct span line, struct wire_message *out, struct error *error)
{
    struct wire_reader in;
    *out = (struct wire_message){.kind = WIRE_MESSAGE_UNKNOWN};
    json_t *frame = wire_json_parse(line, error);
    if (!frame)
        return error->status;
    wire_reader_init(&in, frame);
    if (wire_read_has(&in, "id")) {
        decode_answer(&in, out);
    } else if (wire_read_has(&in, "topic")) {
        decode_topic(&in, out);
    } else if (wire_read_has(&in, "beat")) {
        out->kind = WIRE_MESSAGE_BEAT;
        out->beat.wall_ms = wire_read_integer(&in, "beat", 0, WIRE_INTEGER_MAX);
    } else if (wire_read_has(&in, "error")) {
        out->kind = WIRE_MESSAGE_COMPLAINT;
        decode_error(&in, &out->error.error);
    }
    if (in.failed) {
        json_decref(frame);
        *out = (struct wire_message){.kind = WIRE_MESSAGE_UNKNOWN};
        return error_set(error, STATUS_PARSE, "%s", in.fault.text);
    }
    out->frame = frame;
    return STATUS_OK;
}

void wire_message_destroy(struct wire_message *message)
{
    json_decref(message->frame);
    message->frame = NULL;
}

bool wire_welcome_read(const json_t *ok, struct wire_welcome *out, struct wire_fault *fault)
{
    struct wire_reader in, device;
    wire_reader_init(&in, ok);
    out->version = wire_read_integer(&in, "version", 1, 1000000);
    out->hall = wire_read_string(&in, "hall", 0, WIRE_NAME_MAX);
    out->time_ms = wire_read_integer(&in, "time_ms", 0, WIRE_INTEGER_MAX);
    out->epoch = (uint64_t)wire_read_integer(&in, "epoch", 1, WIRE_INTEGER_MAX);
    out->beat_ms = wire_read_integer(&in, "beat_ms", 100, 60000);
    out->frame_max = wire_read_integer(&in, "frame_max", 1024, WIRE_FRAME_MAX);
    const json_t *object = wire_read_object(&in, "device");
    if (in.failed) {
        *fault = in.fault;
        return false;
    }
    wire_reader_init_within(&device, &in, "device", -1, object);
    out->device_id = (uint32_t)wire_read_integer(&device, "id", 1, UINT32_MAX);
    out->device_name = wire_read_string(&device, "name", 1, WIRE_NAME_MAX);
    out->device_kind = wire_read_string(&device, "kind", 1, WIRE_NAME_MAX);
    if (device.failed)
        *fault = device.fault;
    return !device.failed;
}
