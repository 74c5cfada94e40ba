/* SPDX-License-Identifier: MIT
 * Lines to commands and events. */
#include "dispatcher/core/line.h"

#include <string.h>

#include "dispatcher/core/calendar.h"
#include "dispatcher/core/policy.h"

/* A piece of the line: from text[at] on, `left` bytes. */
struct reader {
    const char *text;
    size_t at, end;
    int64_t midnight_ms;
    struct line_fault *fault;
};

static bool fail(struct reader *r, const char *before, const char *what, size_t length, const char *after)
{
    struct line_fault *fault = r->fault;
    size_t used = 0;
    const char *parts[] = {before, what, after};
    size_t lengths[] = {strlen(before), length > 40 ? 40 : length, strlen(after)};
    for (unsigned i = 0; i < 3; i++) {
        size_t room = sizeof fault->text - 1 - used;
        size_t take = lengths[i] < room ? lengths[i] : room;
        memcpy(fault->text + used, parts[i], take);
        used += take;
    }
    fault->text[used] = '\0';
    fault->column = r->at + 1;
    return false;
}

static bool fail_value(struct reader *r, const char *expected)
{
    return fail(r, "\"", r->text + r->at, r->end - r->at, expected);
}

static bool take(struct reader *r, char c)
{
    if (r->at >= r->end || r->text[r->at] != c)
        return false;
    r->at++;
    return true;
}

static bool take_unsigned(struct reader *r, uint64_t most, uint64_t *out)
{
    uint64_t value = 0;
    size_t from = r->at;
    while (r->at < r->end && r->text[r->at] >= '0' && r->text[r->at] <= '9') {
        uint64_t digit = (uint64_t)(r->text[r->at] - '0');
        if (digit > most || value > (most - digit) / 10)
            return false;
        value = value * 10 + digit;
        r->at++;
    }
    *out = value;
    return r->at > from;
}

static bool take_millis(struct reader *r, int64_t *ms)
{
    if (!take(r, '.'))
        return true;
    uint64_t fraction;
    size_t from = r->at;
    if (!take_unsigned(r, 999, &fraction) || r->at - from > 3)
        return false;
    for (size_t digits = r->at - from; digits < 3; digits++)
        fraction *= 10;
    *ms += (int64_t)fraction;
    return true;
}

static bool take_minute(struct reader *r, uint16_t *out)
{
    uint64_t hour, minute;
    if (!take_unsigned(r, 24, &hour) || !take(r, ':') || !take_unsigned(r, 59, &minute) ||
        hour * 60 + minute > 1440)
        return false;
    *out = (uint16_t)(hour * 60 + minute);
    return true;
}

/* Clock fields written while no business day is known count from 1970. */
enum { CLOCK_HOURS_MAX = 99999999 };

static bool take_clock(struct reader *r, int64_t *out)
{
    bool before = take(r, '-');
    uint64_t hour, minute, second;
    if (!take_unsigned(r, CLOCK_HOURS_MAX, &hour) || !take(r, ':') || !take_unsigned(r, 59, &minute))
        return false;
    int64_t ms = (int64_t)(hour * 60 + minute) * 60000;
    if (take(r, ':')) {
        if (!take_unsigned(r, 60, &second))
            return false;
        ms += (int64_t)second * 1000;
        if (!take_millis(r, &ms))
            return false;
    }
    *out = r->midnight_ms + (before ? -ms : ms);
    return true;
}

static bool take_duration(struct reader *r, int64_t *out)
{
    bool negative = take(r, '-');
    uint64_t seconds;
    if (!take_unsigned(r, 1000000000, &seconds))
        return false;
    int64_t ms = (int64_t)seconds * 1000;
    if (!take_millis(r, &ms) || !take(r, 's'))
        return false;
    *out = negative ? -ms : ms;
    return true;
}

static bool take_date(struct reader *r, int32_t *out)
{
    uint64_t year, month, day;
    if (!take_unsigned(r, 9999, &year) || !take(r, '-') || !take_unsigned(r, 12, &month) || !take(r, '-') ||
        !take_unsigned(r, 31, &day) || !civil_is_valid((int)year, (int)month, (int)day))
        return false;
    *out = date_from_civil((int)year, (int)month, (int)day);
    return true;
}

static bool take_bits(struct reader *r, unsigned width, uint64_t *out)
{
    uint64_t bits = 0, n;
    do {
        if (!take_unsigned(r, width, &n) || n == 0)
            return false;
        bits |= (uint64_t)1 << (n - 1);
    } while (take(r, ','));
    *out = bits;
    return true;
}

static bool take_items(struct reader *r, struct item_list *out)
{
    uint64_t n;
    out->count = 0;
    do {
        if (out->count == ITEM_LIST_MAX || !take_unsigned(r, ITEMS_MAX, &n) || n == 0)
            return false;
        out->items[out->count++].value = (uint16_t)n;
    } while (take(r, ','));
    return true;
}

static bool take_sessions(struct reader *r, struct session_list *out)
{
    out->count = 0;
    do {
        if (out->count == SESSIONS_MAX)
            return false;
        struct session *session = &out->sessions[out->count];
        if (!take_minute(r, &session->from_min) || !take(r, '-') || !take_minute(r, &session->to_min))
            return false;
        out->count++;
    } while (take(r, ','));
    return true;
}

static bool take_words(struct reader *r, struct words *out)
{
    size_t used = 0;
    if (!take(r, '"'))
        return false;
    while (r->at < r->end && r->text[r->at] != '"') {
        if (r->text[r->at] == '\\')
            r->at++;
        if (r->at >= r->end || used == WORDS_MAX || (unsigned char)r->text[r->at] < ' ')
            return false;
        out->bytes[used++] = r->text[r->at++];
    }
    out->bytes[used] = '\0';
    return take(r, '"');
}

static bool is_one_of(char c, const char *set)
{
    for (; *set; set++)
        if (*set == c)
            return true;
    return false;
}

/* The bytes up to one of the stop characters or the end. */
static size_t word_length(const struct reader *r, const char *stops)
{
    size_t length = 0;
    while (r->at + length < r->end && !is_one_of(r->text[r->at + length], stops))
        length++;
    return length;
}

static bool take_number(struct reader *r, const char *stops, struct number *out)
{
    size_t length = word_length(r, stops);
    if (!number_parse(r->text + r->at, (unsigned)length, out))
        return false;
    r->at += length;
    return true;
}

static bool take_signed32(struct reader *r, int32_t *out)
{
    bool negative = take(r, '-');
    uint64_t value;
    if (!take_unsigned(r, negative ? (uint64_t)INT32_MAX + 1 : INT32_MAX, &value))
        return false;
    *out = (int32_t)(negative ? -(int64_t)value : (int64_t)value);
    return true;
}

static bool take_candidate(struct reader *r, struct candidate *out)
{
    if (!take_number(r, "/", &out->number) || !take(r, '/'))
        return false;
    size_t length = word_length(r, "/");
    int class = name_find(class_names, r->text + r->at, length);
    if (class < 0)
        return false;
    out->class = (uint8_t) class;
    r->at += length;
    uint64_t posted;
    if (!take(r, '/') || !take_signed32(r, &out->age_s) || !take(r, '/') ||
        !take_signed32(r, &out->handling_s) || !take(r, '/') || !take_signed32(r, &out->index_q16) ||
        !take(r, '/') || !take_unsigned(r, 1, &posted))
        return false;
    out->posted = (uint8_t)posted;
    memset(out->terms_q16, 0, sizeof out->terms_q16);
    if (!take(r, '/')) /* older logs have no terms */
        return true;
    for (unsigned term = 0; term < RULE_TERMS; term++)
        if ((term && !take(r, ':')) || !take_signed32(r, &out->terms_q16[term]))
            return false;
    return true;
}

static bool take_candidates(struct reader *r, struct candidate_list *out)
{
    out->count = 0;
    do {
        if (out->count == CANDIDATES_MAX || !take_candidate(r, &out->list[out->count]))
            return false;
        out->count++;
    } while (take(r, ','));
    return true;
}

static bool take_effect(struct reader *r, struct effect *out)
{
    uint64_t n = 0;
    if (word_length(r, "/") == 4 && memcmp(r->text + r->at, "hall", 4) == 0)
        r->at += 4;
    else if (!take_unsigned(r, DOMAINS_MAX, &n) || n == 0)
        return false;
    out->domain.value = (uint16_t)n;
    uint16_t *const parts[] = {&out->now_s,   &out->now_low_s,   &out->now_high_s,
                               &out->after_s, &out->after_low_s, &out->after_high_s};
    for (unsigned p = 0; p < 6; p++) {
        if (!take(r, '/') || !take_unsigned(r, UINT16_MAX, &n))
            return false;
        *parts[p] = (uint16_t)n;
    }
    return true;
}

static bool take_effects(struct reader *r, struct effect_list *out)
{
    out->count = 0;
    do {
        if (out->count == EFFECTS_MAX || !take_effect(r, &out->list[out->count]))
            return false;
        out->count++;
    } while (take(r, ','));
    return true;
}

static bool take_name(struct reader *r, const char *const *names, uint8_t *out)
{
    size_t length = word_length(r, " ");
    int index = name_find(names, r->text + r->at, length);
    if (index < 0)
        return false;
    *out = (uint8_t)index;
    r->at += length;
    return true;
}

static const char *expectation(enum field_type type)
{
    static const char *const texts[] = {
        [FIELD_U16] = "\": expected a number from 0 to 65535",
        [FIELD_U32] = "\": expected a whole number",
        [FIELD_I32] = "\": expected a whole number",
        [FIELD_U64] = "\": expected a whole number",
        [FIELD_BOOL] = "\": expected 0 or 1",
        [FIELD_LETTER] = "\": expected a letter from A to Z",
        [FIELD_NUMBER] = "\": expected a ticket number such as A012",
        [FIELD_ENUM] = "\": not one of the names this field takes",
        [FIELD_POLICY] = "\": there is no policy of this name",
        [FIELD_DATE] = "\": expected a date such as 2026-11-23",
        [FIELD_MINUTE] = "\": expected a time such as 09:30",
        [FIELD_CLOCK] = "\": expected a time such as 09:30:00",
        [FIELD_DURATION] = "\": expected seconds such as 120s",
        [FIELD_DURATION32] = "\": expected seconds such as 120s",
        [FIELD_ITEMS] = "\": expected item ids such as 3,7",
        [FIELD_BITS32] = "\": expected ids such as 1,3 up to 32",
        [FIELD_BITS64] = "\": expected ids such as 1,3 up to 64",
        [FIELD_SESSIONS] = "\": expected sessions such as 09:00-12:00,13:30-17:00",
        [FIELD_WORDS] = "\": expected up to 120 bytes in double quotes",
        [FIELD_CANDIDATES] = "\": expected candidates",
        [FIELD_EFFECTS] = "\": expected effects such as hall/600/420/900/540/360/840",
    };
    return texts[type];
}

static bool take_plain(struct reader *r, const struct field *field, void *value)
{
    uint64_t n = 0;
    switch (field->type) {
    case FIELD_U16:
        if (!take_unsigned(r, UINT16_MAX, &n))
            return false;
        *(uint16_t *)value = (uint16_t)n;
        return true;
    case FIELD_U32:
        if (!take_unsigned(r, UINT32_MAX, &n))
            return false;
        *(uint32_t *)value = (uint32_t)n;
        return true;
    case FIELD_U64:
        return take_unsigned(r, UINT64_MAX, (uint64_t *)value);
    case FIELD_I32:
        return take_signed32(r, value);
    case FIELD_BOOL:
        if (!take_unsigned(r, 1, &n))
            return false;
        *(bool *)value = n;
        return true;
    case FIELD_LETTER:
        if (r->at >= r->end || r->text[r->at] < 'A' || r->text[r->at] > 'Z')
            return false;
        *(char *)value = r->text[r->at++];
        return true;
    case FIELD_POLICY: {
        size_t length = word_length(r, " ");
        enum policy_key key = policy_find(r->text + r->at, (unsigned)length);
        *(uint16_t *)value = (uint16_t)key;
        r->at += length;
        return key < POLICY_KEYS;
    }
    default:
        return false;
    }
}

static bool take_value(struct reader *r, const struct field *field, void *value)
{
    int64_t duration;
    uint64_t bits;
    switch (field->type) {
    case FIELD_NUMBER:
        return take_number(r, " ", value);
    case FIELD_ENUM:
        return take_name(r, field->names, value);
    case FIELD_DATE:
        return take_date(r, value);
    case FIELD_MINUTE:
        return take_minute(r, value);
    case FIELD_CLOCK:
        return take_clock(r, value);
    case FIELD_DURATION:
        return take_duration(r, value);
    case FIELD_DURATION32:
        if (!take_duration(r, &duration) || duration < 0 || duration > UINT32_MAX)
            return false;
        *(uint32_t *)value = (uint32_t)duration;
        return true;
    case FIELD_ITEMS:
        return take_items(r, value);
    case FIELD_BITS32:
        if (!take_bits(r, 32, &bits))
            return false;
        *(uint32_t *)value = (uint32_t)bits;
        return true;
    case FIELD_BITS64:
        return take_bits(r, 64, value);
    case FIELD_SESSIONS:
        return take_sessions(r, value);
    case FIELD_WORDS:
        return take_words(r, value);
    case FIELD_CANDIDATES:
        return take_candidates(r, value);
    case FIELD_EFFECTS:
        return take_effects(r, value);
    default:
        return take_plain(r, field, value);
    }
}

static bool read_actor(struct reader *r, struct actor *out)
{
    size_t length = word_length(r, " :");
    int kind = name_find(actor_names, r->text + r->at, length);
    uint64_t id = 0;
    size_t from = r->at;
    if (kind >= 0) {
        r->at += length;
        if (!take(r, ':') || take_unsigned(r, UINT32_MAX, &id)) {
            *out = (struct actor){(enum actor_kind)kind, (uint32_t)id};
            return true;
        }
        r->at = from;
    }
    return fail_value(r, "\": expected system, visitor, kiosk, clerk or manager, with :id");
}

static const struct field *field_of_name(const struct field *fields, const char *name, size_t length)
{
    for (const struct field *field = fields; field->name; field++)
        if (strlen(field->name) == length && memcmp(field->name, name, length) == 0)
            return field;
    return NULL;
}

/* One value, after which the line must end or go on with a space. */
static bool read_value(struct reader *r, const struct field *field, void *base)
{
    size_t from = r->at;
    if (take_value(r, field, (char *)base + field->offset) && (r->at == r->end || r->text[r->at] == ' '))
        return true;
    r->at = from;
    size_t whole = r->end;
    r->end = from + word_length(r, " ");
    fail_value(r, expectation(field->type));
    r->end = whole;
    return false;
}

static bool read_named(struct reader *r, const struct field *fields, void *base, struct actor *by,
                       uint64_t *seen)
{
    size_t length = word_length(r, "= ");
    const char *name = r->text + r->at;
    bool has_value = r->at + length < r->end && name[length] == '=';
    if (length == 2 && memcmp(name, "by", 2) == 0 && has_value) {
        r->at += 3;
        return read_actor(r, by);
    }
    const struct field *field = field_of_name(fields, name, length);
    if (!field)
        return fail(r, "there is no field \"", name, length, "\" here");
    uint64_t bit = (uint64_t)1 << (field - fields);
    if (*seen & bit)
        return fail(r, "field \"", name, length, "\" stands twice");
    *seen |= bit;
    if (!has_value) {
        if (field->type != FIELD_BOOL)
            return fail(r, "field \"", name, length, "\" needs a value");
        r->at += length;
        *(bool *)((char *)base + field->offset) = true;
        return true;
    }
    r->at += length + 1;
    return read_value(r, field, base);
}

static bool read_fields(struct reader *r, const struct field *fields, void *base, struct actor *by)
{
    uint64_t seen = 0;
    if (fields->name && fields->flags & FIELD_FIRST) {
        if (!take(r, ' '))
            return fail(r, "missing ", fields->name, strlen(fields->name), " after the name");
        if (!read_value(r, fields, base))
            return false;
        seen = 1;
    }
    while (r->at < r->end) {
        if (!take(r, ' '))
            return fail_value(r, "\": expected a space");
        if (!read_named(r, fields, base, by, &seen))
            return false;
    }
    for (const struct field *field = fields; field->name; field++)
        if (field->flags & FIELD_REQUIRED && !(seen >> (field - fields) & 1))
            return fail(r, "missing field \"", field->name, strlen(field->name), "\"");
    return true;
}

bool line_to_event(const char *text, size_t length, int64_t midnight_ms, struct event *out,
                   struct line_fault *fault)
{
    struct reader r = {.text = text, .end = length, .midnight_ms = midnight_ms, .fault = fault};
    size_t name_length = word_length(&r, " ");
    enum event_kind kind = event_find(text, (unsigned)name_length);
    if (kind == EVENT_KINDS)
        return fail(&r, "there is no event \"", text, name_length, "\"");
    memset(out, 0, sizeof *out);
    out->kind = kind;
    r.at = name_length;
    return read_fields(&r, event_fields(kind), out, &out->by);
}

bool line_to_command(const char *text, size_t length, int64_t midnight_ms, struct command *out,
                     struct line_fault *fault)
{
    struct reader r = {.text = text, .end = length, .midnight_ms = midnight_ms, .fault = fault};
    size_t name_length = word_length(&r, " ");
    enum command_kind kind = command_find(text, (unsigned)name_length);
    if (kind == COMMAND_KINDS)
        return fail(&r, "there is no command \"", text, name_length, "\"");
    memset(out, 0, sizeof *out);
    out->kind = kind;
    r.at = name_length;
    return read_fields(&r, command_fields(kind), out, &out->by);
}
