/* SPDX-License-Identifier: MIT
 * Members of JSON files for the simulator, read strictly: whatever is missing, of another type or out of
 * range is a fault that names file, record and member (`a.json: tickets[17].standard_min is -3, must be above
 * 0 and at most 480`). A record is an object, or a row of values with named columns. */
#ifndef DISPATCHER_SIM_DAYS_FIELDS_H
#define DISPATCHER_SIM_DAYS_FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "common/base/status.h"

/* One record and where it stands. Everything is borrowed. */
struct fields {
    const char *file;
    struct error *error;
    const struct fields *parent; /* NULL: the file's own object */
    const char *name;            /* in the parent */
    int index;                   /* in the parent's list, -1: a plain member */
    const json_t *json;
    const char *const *columns; /* of a row, ended by NULL; NULL: an object */
};

struct fields_range {
    double least, most;
    bool above; /* least itself is not allowed */
};

/* Reads a file of at most 64 MB that holds one JSON object, no name twice; *json is to be ended with
 * json_decref. */
enum status fields_open(const char *path, json_t **json, struct fields *out, struct error *error);

/* The same from memory; `name` stands in faults. */
enum status fields_parse(const char *text, size_t length, const char *name, json_t **json, struct fields *out,
                         struct error *error);

/* Sets the fault "FILE: PLACE.MEMBER " and these words; `member` NULL: the record itself. Returns false. */
bool fields_fault(const struct fields *fields, const char *member, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* All of these return false after a fault. */
bool fields_known(const struct fields *fields,
                  const char *const *names); /* no other members; ended by NULL */
bool fields_object(const struct fields *fields, const char *name, struct fields *out);
bool fields_list(const struct fields *fields, const char *name, size_t least, size_t most,
                 const json_t **out);
/* The index-th element of list `name` as an object (columns NULL) or as a row of exactly these columns. */
bool fields_record(const struct fields *fields, const char *name, const json_t *list, size_t index,
                   const char *const *columns, struct fields *out);
bool fields_number(const struct fields *fields, const char *name, struct fields_range range, double *out);
bool fields_whole(const struct fields *fields, const char *name, unsigned least, unsigned most,
                  unsigned *out);
bool fields_flag(const struct fields *fields, const char *name, bool *out);
/* Lower-case letters, digits, "-" and "_", 1 .. most of them; stored with a NUL. */
bool fields_name(const struct fields *fields, const char *name, size_t most, char *out);
/* Any text without control characters of 1 .. most bytes; stored with a NUL. */
bool fields_text(const struct fields *fields, const char *name, size_t most, char *out);
/* One of these words, ended by NULL; *out its place. */
bool fields_choice(const struct fields *fields, const char *name, const char *const *words, unsigned *out);
/* A list of different numbers below `count` (at most 64), rising, as bits. */
bool fields_bits(const struct fields *fields, const char *name, unsigned least, unsigned count,
                 uint64_t *out);
/* A list of numbers; *length is set. */
bool fields_numbers(const struct fields *fields, const char *name, size_t least, size_t most,
                    struct fields_range range, double *out, unsigned *length);
/* The member `id` is the record's place in its list, so no id is missing or there twice. */
bool fields_id(const struct fields *fields);
bool fields_null(const struct fields *fields, const char *name); /* is null; missing is not */

#endif
