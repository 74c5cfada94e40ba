/* SPDX-License-Identifier: MIT
 * Requests: written by clients, decoded by the server. */
#include "common/wire/message.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/wire/parts.h"

static bool name_is_good(const char *name)
{
    size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");
    return name[0] >= 'a' && name[0] <= 'z' && name[length] == '\0' && length <= WIRE_NAME_MAX;
}

/* ---- decoding ---- */

static bool fault_of_parse(struct wire_fault *fault, const struct error *error)
{
    *fault = (struct wire_fault){.code = WIRE_ERROR_BAD_FRAME};
    if (error->status == STATUS_MEMORY)
        fault->code = WIRE_ERROR_INTERNAL;
    snprintf(fault->text, sizeof fault->text, "%.*s", (int)sizeof fault->text - 1, error->text);
    return false;
}

bool wire_request_decode(struct span line, struct wire_request *out, struct wire_fault *fault)
{
    struct error error = {0};
    struct wire_reader in;
    *out = (struct wire_request){0};
    json_t *frame = wire_json_parse(line, &error);
    if (!frame)
        return fault_of_parse(fault, &error);
    wire_reader_init(&in, frame);
    out->id =
        (uint64_t)wire_read_integer(&in, "id", 1, WIRE_INTEGER_MAX); /* first, so that the answer has it */
    const char *what = wire_read_string(&in, "do", 1, WIRE_NAME_MAX);
    out->key = (uint64_t)wire_read_integer_or(&in, "key", 1, WIRE_INTEGER_MAX, 0);
    if (!in.failed && !name_is_good(what))
        wire_reader_fail(&in, "do", "expected a name of small letters, digits and hyphens");
    if (in.failed) {
        *fault = in.fault;
        json_decref(frame);
        return false;
    }
    memcpy(out->what, what, strlen(what) + 1);
    json_object_del(frame, "do");
    json_object_del(frame, "id");
    json_object_del(frame, "key");
    out->fields = frame;
    return true;
}

void wire_request_destroy(struct wire_request *request)
{
    json_decref(request->fields);
    request->fields = NULL;
}

static bool read_ended(struct wire_reader *in, struct wire_fault *fault)
{
    if (wire_reader_end(in))
        return true;
    *fault = in->fault;
    return false;
}

bool wire_hello_read(const struct wire_request *request, struct wire_hello *out, struct wire_fault *fault)
{
    struct wire_reader in;
    wire_reader_init(&in, request->fields);
    out->version = wire_read_integer(&in, "version", 1, 1000000);
    out->device = wire_read_string(&in, "device", 1, WIRE_NAME_MAX);
    out->token = wire_read_string(&in, "token", 1, WIRE_TOKEN_MAX);
    out->boot = (uint64_t)wire_read_integer(&in, "boot", 1, WIRE_INTEGER_MAX);
    return read_ended(&in, fault);
}

bool wire_subscribe_read(const struct wire_request *request, struct wire_subscribe *out,
                         struct wire_fault *fault)
{
    struct wire_reader in;
    wire_reader_init(&in, request->fields);
    out->topic = wire_read_string(&in, "topic", 1, WIRE_NAME_MAX);
    out->seq = (uint64_t)wire_read_integer_or(&in, "seq", 0, WIRE_INTEGER_MAX, 0);
    return read_ended(&in, fault);
}

bool wire_unsubscribe_read(const struct wire_request *request, const char **topic, struct wire_fault *fault)
{
    struct wire_reader in;
    wire_reader_init(&in, request->fields);
    *topic = wire_read_string(&in, "topic", 1, WIRE_NAME_MAX);
    return read_ended(&in, fault);
}

/* ---- writing ---- */

bool wire_request_write(struct text *out, const char *what, uint64_t id, uint64_t key, const json_t *fields)
{
    size_t start = out->length;
    assert(name_is_good(what) && id > 0 && id <= WIRE_INTEGER_MAX && key <= WIRE_INTEGER_MAX);
    text_printf(out, "{\"do\":\"%s\",\"id\":%" PRIu64, what, id);
    if (key > 0)
        text_printf(out, ",\"key\":%" PRIu64, key);
    if (json_object_size(fields) > 0) {
        size_t at = out->length;
        if (wire_json_write(out, fields))
            out->data[at] = ','; /* its members go on in our object */
    } else {
        text_puts(out, "}");
    }
    return wire_frame_end(out, start, WIRE_FRAME_MAX);
}

/* Takes `fields` over; NULL when it could not be made. */
static bool write_fields(struct text *out, const char *what, uint64_t id, json_t *fields)
{
    bool written = fields && wire_request_write(out, what, id, 0, fields);
    json_decref(fields);
    return written;
}

bool wire_hello_write(struct text *out, uint64_t id, const struct wire_hello *hello)
{
    json_t *fields = json_pack("{s:I, s:s, s:s, s:I}", "version", (json_int_t)hello->version, "device",
                               hello->device, "token", hello->token, "boot", (json_int_t)hello->boot);
    return write_fields(out, "hello", id, fields);
}

bool wire_subscribe_write(struct text *out, uint64_t id, const char *topic, uint64_t seq)
{
    return write_fields(out, "subscribe", id,
                        json_pack("{s:s, s:I}", "topic", topic, "seq", (json_int_t)seq));
}

bool wire_unsubscribe_write(struct text *out, uint64_t id, const char *topic)
{
    return write_fields(out, "unsubscribe", id, json_pack("{s:s}", "topic", topic));
}
