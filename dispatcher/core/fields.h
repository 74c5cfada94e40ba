/* SPDX-License-Identifier: MIT
 * The fields of every command and event as tables: one description from which the scenario language, the
 * stored text, the JSON of protocol and REST, and the checks of documents are all made. */
#ifndef DISPATCHER_CORE_FIELDS_H
#define DISPATCHER_CORE_FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dispatcher/core/command.h"
#include "dispatcher/core/event.h"

enum field_type {            /* C type                   text                         JSON */
                  FIELD_U16, /* uint16_t, one-field ids  12                           12 */
                  FIELD_U32, /* uint32_t, one-field ids  12                           12 */
                  FIELD_I32, /* int32_t                  -5                           -5 */
                  FIELD_U64, /* uint64_t                 12                           "12" (a string: may pass
                                2^53) */
                  FIELD_BOOL,       /* bool                     the bare name when true      true */
                  FIELD_LETTER,     /* char                     A                            "A" */
                  FIELD_NUMBER,     /* struct number            A012                         "A012" */
                  FIELD_ENUM,       /* uint8_t                  one of `names`               "normal" */
                  FIELD_POLICY,     /* uint16_t                 a policy's name              "recall-limit" */
                  FIELD_DATE,       /* int32_t                  2026-11-23                   "2026-11-23" */
                  FIELD_MINUTE,     /* uint16_t                 09:30                        "09:30" */
                  FIELD_CLOCK,      /* int64_t, wall ms         09:30:00.500 of the day      1763861400500 */
                  FIELD_DURATION,   /* int64_t, ms              120s or 120.5s               120500 */
                  FIELD_DURATION32, /* uint32_t, ms             as above */
                  FIELD_ITEMS,      /* struct item_list         3,7,12                       [3,7,12] */
                  FIELD_BITS32,     /* uint32_t, bit n-1        1,3                          [1,3] */
                  FIELD_BITS64,     /* uint64_t, bit n-1        1,3                          [1,3] */
                  FIELD_SESSIONS,   /* struct session_list      09:00-12:00,13:30-17:00      ["09:00-12:00",
                                       ...] */
                  FIELD_WORDS,      /* struct words             "in quotes"                  "in quotes" */
                  FIELD_CANDIDATES, /* struct candidate_list    A012/normal/120/300/-51200/1 [{...}] */
                  FIELD_EFFECTS,    /* struct effect_list       hall/600/420/900/540/360/840 [{...}] */
};

enum {
    FIELD_REQUIRED = 1,
    FIELD_FIRST = 2
}; /* FIRST: in text it stands without its name, right after the kind */

struct field {
    const char *name; /* NULL ends a table */
    enum field_type type;
    uint16_t flags;
    size_t offset;            /* in struct command or struct event */
    const char *const *names; /* FIELD_ENUM: its names, ended by NULL */
};

const struct field *event_fields(enum event_kind kind);
const struct field *command_fields(enum command_kind kind);

/* The kind with this name, or EVENT_KINDS / COMMAND_KINDS. */
enum event_kind event_find(const char *name, unsigned length);
enum command_kind command_find(const char *name, unsigned length);

/* Names of the enums, ended by NULL; also used by clients' words. */
extern const char *const actor_names[];
extern const char *const class_names[];
extern const char *const case_type_names[];
extern const char *const mode_names[];
extern const char *const authorisation_class_names[];
extern const char *const pause_reason_names[];
extern const char *const rule_names[];
extern const char *const place_names[];
extern const char *const channel_names[];
extern const char *const lapse_reason_names[];
extern const char *const act_names[];
extern const char *const rating_names[];
extern const char *const pair_mode_names[];
extern const char *const allocation_mode_names[];
extern const char *const trigger_names[];
extern const char *const answer_names[];

/* Index of a name in such a table; -1 when it is not there. */
int name_find(const char *const *names, const char *text, size_t length);

#endif
