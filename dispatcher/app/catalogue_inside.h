/* SPDX-License-Identifier: MIT
 * Shared by the catalogue's own files: the tables that describe the document, and the walk that checks it
 * against them. */
#ifndef DISPATCHER_APP_CATALOGUE_INSIDE_H
#define DISPATCHER_APP_CATALOGUE_INSIDE_H

#include "dispatcher/app/catalogue.h"
#include "dispatcher/app/json_place.h"

enum { CATALOGUE_FORMAT = 1 };

/* Lists whose entries others refer to by id. */
enum catalogue_set { SET_NONE, SET_ZONES, SET_DOMAINS, SET_ITEMS, SET_WINDOWS, SET_CLERKS, CATALOGUE_SETS };
struct catalogue_set_row {
    const char *list; /* the document's member: "zones" */
    const char *id;   /* the entries' member: "id", or "number" for windows */
    const char *noun; /* "zone" */
    int64_t most;     /* the largest id */
};
extern const struct catalogue_set_row catalogue_sets[CATALOGUE_SETS];

/* The entry with this id, borrowed; NULL when there is none, also for ids out of range. */
const json_t *catalogue_entry(const struct catalogue *catalogue, enum catalogue_set set, int64_t id);

/* ---- what a text may be ---- */
struct form {
    const char *expected; /* `a date like "2026-11-23"` */
    bool (*is)(const char *text);
};
extern const struct form form_text, form_word, form_letter, form_series, form_icon, form_code,
    form_code_pattern, form_phone, form_url, form_time_zone, form_reading, form_date, form_time;

/* Code points of a UTF-8 text. */
size_t text_characters(const char *text);
size_t text_han_characters(const char *text);
size_t reading_syllables(const char *reading);
/* Whether the code has the pattern's form: `?` one character, `[A-Z]` one of a range, one `*` any number. */
bool code_matches(const char *pattern, const char *code);
/* Day number of "2026-11-23", minutes of "09:30"; -1: not of that form, or no such day or time. */
int32_t date_parse(const char *text);
int time_parse(const char *text);

/* Minutes east of UTC that the named zone of the system's time zone data has at this moment; false: there is
 * no such zone. Asia/Shanghai and UTC need no data. Changes TZ for a moment, so no other thread may be
 * reading the environment or local time. */
bool zone_offset_now(const char *name, int32_t *offset_min);

/* ---- the document's description ---- */
enum member_type {
    MEMBER_INTEGER,  /* least..most, or the id of an entry of `refers` */
    MEMBER_BOOL,     /* */
    MEMBER_STRING,   /* of `form`, at most `most` characters */
    MEMBER_ENUM,     /* one of `names` */
    MEMBER_TEXT,     /* {"zh", "en"}, each at most `most` characters */
    MEMBER_SESSION,  /* ["09:00", "17:00"] */
    MEMBER_OBJECT,   /* of `shape` */
    MEMBER_POLICIES, /* an object of the core's policies */
    MEMBER_TYPES
};
enum {
    OPTIONAL = 1, /* may be absent */
    NULLABLE = 2, /* may be null */
    LIST = 4,     /* few..many of them */
    UNIQUE = 8,   /* its value occurs once in the list that its object is in; of texts, the zh counts */
    DISTINCT = 16 /* with LIST: no element twice */
};
struct shape;
struct member {
    const char *name; /* NULL ends a table */
    enum member_type type;
    unsigned flags;
    int64_t least, most;
    size_t few, many;
    enum catalogue_set refers;
    const struct form *form;
    const char *const *names; /* ended by NULL */
    const struct shape *shape;
};

struct check;
/* A rule between members, called when each of them is right by itself. Returns check_fail's false or true. */
typedef bool shape_rule(struct check *check, const json_t *object);
struct shape {
    const struct member *members;
    shape_rule *rule; /* NULL: none */
    size_t bytes_max; /* as compact JSON; 0: not limited */
};
extern const struct shape catalogue_shape; /* the whole document */

/* The rules of catalogue_rules.c. */
shape_rule rule_hall, rule_domain, rule_window, rule_item, rule_material, rule_time_limit, rule_holiday_texts,
    rule_clerk, rule_scope, rule_authorisation, rule_roster, rule_weekly, rule_lunch_shift, rule_day;

/* ---- the walk ---- */
enum { CHECK_DEPTH_MAX = 16, CHECK_TEXT_MAX = 400 };
struct check {
    const struct catalogue *catalogue;
    enum status status; /* STATUS_OK, or what went wrong first */
    struct json_step path[CHECK_DEPTH_MAX];
    size_t depth;
    char text[CHECK_TEXT_MAX]; /* `missing; expected true or false` */
};

/* Records a fault of the present place, or with `name` of that member of it. Always false. */
bool check_fail(struct check *check, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Goes one step down, for a fault or a part of its own; check_leave comes back. */
void check_enter_member(struct check *check, const char *name);
void check_enter_element(struct check *check, size_t index);
void check_leave(struct check *check);

/* Walks the whole document. False: status, path and text say what was wrong first. */
bool catalogue_check(const struct catalogue *catalogue, struct check *check);

/* Writes `items[12].guide.fees`; names that hold anything but letters, digits, - and _ in quotes. */
void path_format(const struct json_step *steps, size_t count, char *out, size_t size);

#endif
