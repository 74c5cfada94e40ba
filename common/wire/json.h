/* SPDX-License-Identifier: MIT
 * Strict JSON: parsing with limits, reading an object's members with precise faults, and writing. Numbers are
 * integers; a member that is null counts as absent. */
#ifndef COMMON_WIRE_JSON_H
#define COMMON_WIRE_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/span.h"
#include "common/base/status.h"
#include "common/wire/code.h"

enum {
    WIRE_DEPTH_MAX = 12,         /* objects and arrays within each other */
    WIRE_READER_FIELDS_MAX = 48, /* members that one reader can be asked for */
};
#define WIRE_INTEGER_MAX                                                                                     \
    INT64_C(9007199254740991) /* 2^53-1: the largest that every JSON reader keeps exact */

/* Parses one object of at most WIRE_FRAME_MAX bytes. Refused: anything after the object, depth above
 * WIRE_DEPTH_MAX, a name twice in one object, text that is not UTF-8, the character NUL. Returns an owned
 * object; NULL with STATUS_PARSE, STATUS_LIMIT or STATUS_MEMORY and a sentence that names the byte. */
json_t *wire_json_parse(struct span bytes, struct error *error);

/* As above for configuration files and stored documents: at most most_bytes and most_depth (up to 200). */
json_t *wire_json_parse_within(struct span bytes, size_t most_bytes, unsigned most_depth,
                               struct error *error);

/* Appends the value without white space, members in the order in which they were put in, UTF-8 as it is, no
 * line breaks. The same value made in the same order gives the same bytes. False when memory ran out
 * (text.failed). */
bool wire_json_write(struct text *out, const json_t *value);

/* What was wrong with a frame or with one of its members. */
struct wire_fault {
    enum wire_code code;
    char field[64]; /* "items[2]"; "" when it is not about one member */
    char
        text[256]; /* one English sentence: `field "items[2]": expected an integer from 1 to 2048, got "x"` */
};

/* Reads the members of one object, required ones by wire_read_x, optional ones by wire_read_x_or. The first
 * fault stays in `fault`; after it every read returns its zero or fallback, so a decoder reads all members
 * and looks once:
 *
 *     struct wire_reader in;
 *     wire_reader_init(&in, request.fields);
 *     item = wire_read_integer(&in, "item", 1, 2048);
 *     if (!wire_reader_end(&in)) answer in.fault
 */
struct wire_reader {
    const json_t *object; /* borrowed */
    bool failed;
    struct wire_fault fault;
    char path[48]; /* "" or where the object stands: "rows[3]." */
    unsigned asked_count;
    const char *asked[WIRE_READER_FIELDS_MAX]; /* borrowed names */
};

/* object: borrowed; NULL or not an object is a fault (bad-frame). */
void wire_reader_init(struct wire_reader *in, const json_t *object);

/* A reader of the element `index` of an array that was read from `in` under `name`; with index -1: of the
 * object that stands under `name`. Faults name the whole path. */
void wire_reader_init_within(struct wire_reader *inner, const struct wire_reader *in, const char *name,
                             int index, const json_t *object);

/* Faults on members that were never asked for (bad-field). Returns true when nothing failed. */
bool wire_reader_end(struct wire_reader *in);

/* Records a fault about a member, for checks that the caller makes itself; text in printf form, without the
 * member's name: `expected a number like A012`. The first fault stays. */
void wire_reader_fail(struct wire_reader *in, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Whether the member is there and not null; counts as asked for. */
bool wire_read_has(struct wire_reader *in, const char *name);

int64_t wire_read_integer(struct wire_reader *in, const char *name, int64_t least, int64_t most);
int64_t wire_read_integer_or(struct wire_reader *in, const char *name, int64_t least, int64_t most,
                             int64_t fallback);

bool wire_read_bool(struct wire_reader *in, const char *name);
bool wire_read_bool_or(struct wire_reader *in, const char *name, bool fallback);

/* Borrowed from the object, NUL-terminated, least..most bytes long; on a fault "". */
const char *wire_read_string(struct wire_reader *in, const char *name, size_t least, size_t most);
const char *wire_read_string_or(struct wire_reader *in, const char *name, size_t least, size_t most,
                                const char *fallback);

/* Index of the member's text in `names` (ended by NULL); on a fault 0. */
int wire_read_enum(struct wire_reader *in, const char *name, const char *const *names);
int wire_read_enum_or(struct wire_reader *in, const char *name, const char *const *names, int fallback);

/* Integers of an array with least_count..most_count elements into out[]; returns how many; on a fault 0. The
 * array may be absent when least_count is 0. */
size_t wire_read_integers(struct wire_reader *in, const char *name, int64_t least, int64_t most, int64_t *out,
                          size_t least_count, size_t most_count);

/* Borrowed; NULL on a fault. */
const json_t *wire_read_object(struct wire_reader *in, const char *name);
const json_t *wire_read_array(struct wire_reader *in, const char *name, size_t most_count);

/* The member as it is, NULL when absent; counts as asked for. */
const json_t *wire_read_any(struct wire_reader *in, const char *name);

/* ---- reading documents that came from the dispatcher and are already known to be JSON: no faults, only
 * fallbacks ---- */
int64_t wire_integer_at(const json_t *object, const char *name, int64_t fallback);
const char *wire_string_at(const json_t *object, const char *name, const char *fallback); /* borrowed */
bool wire_bool_at(const json_t *object, const char *name);                                /* absent: false */
const json_t *wire_member_at(const json_t *object, const char *name); /* object or array; NULL otherwise */

#endif
