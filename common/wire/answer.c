/* SPDX-License-Identifier: MIT
 * What a server writes: answers, snapshots, deltas, beats. */
#include "common/wire/message.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/wire/parts.h"

bool wire_frame_end(struct text *out, size_t start, size_t limit)
{
    text_puts(out, "\n");
    if (!out->failed && out->length - start <= limit)
        return true;
    out->length = start;
    if (out->data)
        out->data[start] = '\0';
    return false;
}

/* ---- answers ---- */

struct wire_error wire_error_of(enum wire_code code)
{
    return (struct wire_error){
        .code = wire_code_name(code), .zh = wire_code_zh(code), .en = wire_code_en(code)};
}

struct wire_error wire_error_of_fault(const struct wire_fault *fault)
{
    struct wire_error error = wire_error_of(fault->code);
    error.field = fault->field[0] ? fault->field : NULL;
    error.detail = fault->text[0] ? fault->text : NULL;
    return error;
}

bool wire_ok_body_write(struct text *out, const json_t *value)
{
    text_puts(out, "\"ok\":");
    return wire_json_write(out, value) && !out->failed;
}

/* Puts a text in, or what of it is UTF-8: a text that was cut somewhere must not cost the whole error. */
static bool put_text(json_t *object, const char *name, const char *text)
{
    char shown[1024];
    if (!text)
        return true;
    snprintf(shown, sizeof shown, "%s", text);
    json_t *value = json_string(shown);
    for (size_t length = strlen(shown); !value && length > 0; length--) {
        shown[length - 1] = '\0';
        value = json_string(shown);
    }
    return value && json_object_set_new(object, name, value) == 0;
}

bool wire_error_body_write(struct text *out, const struct wire_error *error)
{
    json_t *value = json_object();
    bool written =
        value && put_text(value, "code", error->code) && put_text(value, "zh", error->zh) &&
        put_text(value, "en", error->en) && put_text(value, "field", error->field) &&
        put_text(value, "number", error->number) && put_text(value, "detail", error->detail) &&
        (!error->has_value || json_object_set_new(value, "value", json_integer(error->value)) == 0);
    if (written) {
        text_puts(out, "\"error\":");
        written = wire_json_write(out, value);
    }
    json_decref(value);
    return written && !out->failed;
}

static void answer_begin(struct text *out, uint64_t id)
{
    if (id > 0)
        text_printf(out, "{\"id\":%" PRIu64 ",", id);
    else
        text_puts(out, "{");
}

bool wire_answer_write(struct text *out, uint64_t id, struct span body)
{
    size_t start = out->length;
    answer_begin(out, id);
    text_append(out, body.data, body.length);
    text_puts(out, "}");
    return wire_frame_end(out, start, WIRE_FRAME_MAX);
}

bool wire_ok_write(struct text *out, uint64_t id, const json_t *value)
{
    size_t start = out->length;
    assert(id > 0);
    answer_begin(out, id);
    wire_ok_body_write(out, value);
    text_puts(out, "}");
    return wire_frame_end(out, start, WIRE_FRAME_MAX);
}

bool wire_error_write(struct text *out, uint64_t id, const struct wire_error *error)
{
    size_t start = out->length;
    answer_begin(out, id);
    bool written = wire_error_body_write(out, error);
    text_puts(out, "}");
    return wire_frame_end(out, start, written ? WIRE_FRAME_MAX : 0);
}

/* Takes `value` over; NULL when it could not be made. */
static bool write_ok(struct text *out, uint64_t id, json_t *value)
{
    bool written = value && wire_ok_write(out, id, value);
    json_decref(value);
    return written;
}

bool wire_welcome_write(struct text *out, uint64_t id, const struct wire_welcome *welcome)
{
    return write_ok(out, id,
                    json_pack("{s:I, s:s, s:{s:I, s:s, s:s}, s:I, s:I, s:I, s:I}", "version",
                              (json_int_t)welcome->version, "hall", welcome->hall, "device", "id",
                              (json_int_t)welcome->device_id, "name", welcome->device_name, "kind",
                              welcome->device_kind, "time_ms", (json_int_t)welcome->time_ms, "epoch",
                              (json_int_t)welcome->epoch, "beat_ms", (json_int_t)welcome->beat_ms,
                              "frame_max", (json_int_t)welcome->frame_max));
}

bool wire_subscribed_write(struct text *out, uint64_t id, const char *topic, uint64_t seq, bool resumed)
{
    return write_ok(out, id,
                    json_pack("{s:s, s:I, s:b}", "topic", topic, "seq", (json_int_t)seq, "resumed", resumed));
}

/* ---- topics ---- */

bool wire_delta_write(struct text *out, const char *topic, uint64_t seq, const json_t *patch)
{
    size_t start = out->length;
    text_printf(out, "{\"topic\":\"%s\",\"seq\":%" PRIu64 ",\"delta\":", topic, seq);
    bool written = wire_json_write(out, patch);
    text_puts(out, "}");
    return wire_frame_end(out, start, written ? WIRE_FRAME_MAX : 0);
}

bool wire_beat_write(struct text *out, int64_t wall_ms)
{
    size_t start = out->length;
    text_printf(out, "{\"beat\":%" PRId64 "}", wall_ms);
    return wire_frame_end(out, start, WIRE_FRAME_MAX);
}

/* A document on its way out, cut into pieces at members. */
struct cutter {
    struct text *out;
    const char *topic;
    uint64_t seq;
    uint32_t part;
    size_t frame_max;
    json_t *piece; /* owned; what the next frame will hold */
    size_t size;   /* at least the bytes of `piece` as text */
    unsigned depth;
    const char *path[WIRE_DEPTH_MAX]; /* where in the document the members being added stand */
};

enum { HEAD_BYTES = 128 + WIRE_NAME_MAX }; /* all of a snapshot frame but the piece */

static bool write_piece(struct cutter *cutter, bool more)
{
    struct text *out = cutter->out;
    size_t start = out->length;
    cutter->part++;
    text_printf(out, "{\"topic\":\"%s\",\"seq\":%" PRIu64 ",\"part\":%u,\"snapshot\":", cutter->topic,
                cutter->seq, cutter->part);
    bool written = wire_json_write(out, cutter->piece);
    text_puts(out, more ? ",\"more\":true}" : "}");
    json_object_clear(cutter->piece);
    cutter->size = 2;
    return wire_frame_end(out, start, written ? cutter->frame_max : 0);
}

/* The object in the piece into which members of the present path go; NULL without memory. */
static json_t *piece_at_path(struct cutter *cutter)
{
    json_t *object = cutter->piece;
    for (unsigned i = 0; i < cutter->depth; i++) {
        json_t *inner = json_object_get(object, cutter->path[i]);
        if (!inner) {
            inner = json_object();
            if (!inner || json_object_set_new(object, cutter->path[i], inner) != 0)
                return NULL;
        }
        object = inner;
    }
    return object;
}

static size_t name_bytes(const char *name)
{
    size_t bytes = 4; /* quotes, colon, comma */
    for (; *name; name++)
        bytes += (unsigned char)*name < ' ' || *name == '"' || *name == '\\' || *name == 127 ? 6 : 1;
    return bytes;
}

static bool cut_member(struct cutter *cutter, const char *name, json_t *value)
{
    size_t path_bytes = 0;
    for (unsigned i = 0; i < cutter->depth; i++)
        path_bytes += name_bytes(cutter->path[i]) + 2;
    size_t bytes = path_bytes + name_bytes(name) + json_dumpb(value, NULL, 0, JSON_COMPACT | JSON_ENCODE_ANY);
    size_t room = cutter->frame_max - HEAD_BYTES;
    if (bytes + 2 > room) { /* fits no frame as it is */
        if (!json_is_object(value) || json_object_size(value) == 0 || cutter->depth == WIRE_DEPTH_MAX)
            return false;
        cutter->path[cutter->depth++] = name;
        const char *inner_name;
        json_t *inner;
        bool cut = true;
        json_object_foreach(value, inner_name, inner) cut = cut && cut_member(cutter, inner_name, inner);
        cutter->depth--;
        return cut;
    }
    if (cutter->size + bytes > room && !write_piece(cutter, true))
        return false;
    json_t *object = piece_at_path(cutter);
    cutter->size += bytes;
    return object && json_object_set(object, name, value) == 0;
}

bool wire_snapshot_write_within(struct text *out, const char *topic, uint64_t seq, const json_t *document,
                                size_t frame_max)
{
    assert(frame_max >= 2 * HEAD_BYTES && frame_max <= WIRE_FRAME_MAX && strlen(topic) <= WIRE_NAME_MAX);
    size_t start = out->length;
    struct cutter cutter = {.out = out, .topic = topic, .seq = seq, .frame_max = frame_max, .size = 2};
    cutter.piece = json_object();
    bool written = cutter.piece != NULL;
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)document, name, value) /* the macro wants no const; it only reads */
        written = written && cut_member(&cutter, name, value);
    written = written && write_piece(&cutter, false);
    json_decref(cutter.piece);
    if (!written && out->data) {
        out->length = start;
        out->data[start] = '\0';
    }
    return written;
}

bool wire_snapshot_write(struct text *out, const char *topic, uint64_t seq, const json_t *document)
{
    return wire_snapshot_write_within(out, topic, seq, document, WIRE_FRAME_MAX);
}
