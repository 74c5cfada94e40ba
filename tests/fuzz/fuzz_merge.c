/* SPDX-License-Identifier: MIT
 * Two objects on two lines: the difference of any two documents merges into the second; a document cut into
 * pieces and merged again is itself. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "common/wire/merge.h"
#include "common/wire/message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_difference(const json_t *before, const json_t *after)
{
    json_t *patch = wire_diff(before, after), *target = wire_without_nulls(before);
    json_t *expected = wire_without_nulls(after);
    assert(wire_merge(target, patch));
    assert(json_equal(target, expected));
    json_decref(patch), json_decref(target), json_decref(expected);
}

static void check_pieces(const json_t *document)
{
    struct text out = {0};
    struct wire_frames frames;
    struct span line;
    json_t *target = json_object(), *expected = wire_without_nulls(document);
    if (wire_snapshot_write_within(&out, "t", 1, document, 400)) {
        struct span input = {out.data, out.length};
        wire_frames_init(&frames, 400);
        while (wire_frames_next(&frames, &input, 0, &line) == WIRE_FRAME_READY) {
            struct wire_message message;
            struct error error;
            enum status status = wire_message_decode(line, &message, &error);
            assert(status == STATUS_OK || status == STATUS_LIMIT); /* one deeper than it came */
            if (status != STATUS_OK)
                goto too_deep;
            assert(wire_merge(target, message.topic.patch));
            wire_message_destroy(&message);
        }
        assert(input.length == 0);
        assert(json_equal(target, expected));
    too_deep:
        wire_frames_destroy(&frames);
    }
    json_decref(target), json_decref(expected);
    text_destroy(&out);
}

/* Fractions do not occur in documents, and their text may not be exact. */
static bool has_fraction(const json_t *value)
{
    const char *name;
    size_t index;
    json_t *inner;
    if (json_is_real(value))
        return true;
    json_object_foreach((json_t *)value, name, inner) if (has_fraction(inner)) return true;
    json_array_foreach((json_t *)value, index, inner) if (has_fraction(inner)) return true;
    return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error error;
    const uint8_t *end = size > 0 ? memchr(data, '\n', size) : NULL;
    if (!end)
        return 0;
    size_t first = (size_t)(end - data);
    json_t *before = wire_json_parse((struct span){(const char *)data, first}, &error);
    json_t *after = wire_json_parse((struct span){(const char *)end + 1, size - first - 1}, &error);
    if (before && after && !has_fraction(before) && !has_fraction(after)) {
        check_difference(before, after);
        check_pieces(after);
    }
    json_decref(before);
    json_decref(after);
    return 0;
}
