/* SPDX-License-Identifier: MIT
 * The walk over the catalogue's document along the tables of catalogue_schema.c; it ends at the first fault.
 */
#include "dispatcher/app/catalogue_inside.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "dispatcher/core/policy.h"

enum { SHOWN_BYTES = 48, UNIQUE_KEY_MAX = 512 };

/* ---- faults and their words ---- */

void check_enter_member(struct check *check, const char *name)
{
    assert(check->depth < CHECK_DEPTH_MAX);
    check->path[check->depth++] = (struct json_step){.name = name};
}

void check_enter_element(struct check *check, size_t index)
{
    assert(check->depth < CHECK_DEPTH_MAX);
    check->path[check->depth++] = (struct json_step){.index = index};
}

void check_leave(struct check *check)
{
    assert(check->depth > 0);
    check->depth--;
}

bool check_fail(struct check *check, const char *name, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(check->text, sizeof check->text, format, args);
    va_end(args);
    if (name)
        check_enter_member(check, name);
    check->status = STATUS_PARSE;
    return false;
}

static bool no_memory(struct check *check)
{
    snprintf(check->text, sizeof check->text, "no memory to check the catalogue");
    check->status = STATUS_MEMORY;
    return false;
}

/* Cuts a text to `bytes` at most without splitting a character, and says so by dots. */
static void cut(char *text, size_t bytes)
{
    if (strlen(text) <= bytes)
        return;
    size_t at = bytes - 3;
    while (at > 0 && ((unsigned char)text[at] & 0xc0) == 0x80)
        at--;
    memcpy(text + at, "...", 4);
}

/* What a value is, for people: small ones as they stand, larger ones by their size. */
static void describe(const json_t *value, char out[SHOWN_BYTES + 1])
{
    size_t size = SHOWN_BYTES + 1;
    if (json_is_array(value)) {
        size_t count = json_array_size(value);
        snprintf(out, size, "a list of %zu", count);
        return;
    }
    if (json_is_object(value)) {
        snprintf(out, size, "an object");
        return;
    }
    char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(6));
    if (text)
        cut(text, SHOWN_BYTES);
    snprintf(out, size, "%s", text ? text : "something else");
    free(text);
}

static void put_names(struct text *out, const struct member *members, bool required_only)
{
    bool first = true;
    for (const struct member *m = members; m->name; m++) {
        if (required_only && m->flags & OPTIONAL)
            continue;
        text_printf(out, first ? "%s" : ", %s", m->name);
        first = false;
    }
}

static void put_enum(struct text *out, const char *const *names)
{
    text_puts(out, "one of ");
    for (size_t i = 0; names[i]; i++)
        text_printf(out, i ? ", \"%s\"" : "\"%s\"", names[i]);
}

static void put_integer(struct text *out, const struct member *member)
{
    if (member->refers)
        text_printf(out, "the %s of %s %s in %s", catalogue_sets[member->refers].id,
                    member->refers == SET_ITEMS ? "an" : "a", catalogue_sets[member->refers].noun,
                    catalogue_sets[member->refers].list);
    else if (member->least == member->most)
        text_printf(out, "the number %" PRId64, member->least);
    else
        text_printf(out, "an integer from %" PRId64 " to %" PRId64, member->least, member->most);
}

/* What one value of the member must be. */
static void put_single(struct text *out, const struct member *member)
{
    switch (member->type) {
    case MEMBER_INTEGER:
        put_integer(out, member);
        break;
    case MEMBER_BOOL:
        text_puts(out, "true or false");
        break;
    case MEMBER_STRING:
        text_puts(out, member->form->expected);
        if (member->most > 10) /* the shorter ones say their length by their form */
            text_printf(out, ", at most %" PRId64 " characters", member->most);
        break;
    case MEMBER_ENUM:
        put_enum(out, member->names);
        break;
    case MEMBER_TEXT:
        text_puts(out, "an object with zh, en");
        break;
    case MEMBER_SESSION:
        text_puts(out, "a session like [\"09:00\", \"17:00\"]");
        break;
    case MEMBER_OBJECT:
        text_puts(out, "an object with ");
        put_names(out, member->shape->members, true);
        break;
    case MEMBER_POLICIES:
        text_puts(out, "an object of policies like {\"slot-min\": 30}");
        break;
    case MEMBER_TYPES:
        break;
    }
    if (member->flags & NULLABLE)
        text_puts(out, ", or null");
}

static void put_list(struct text *out, const struct member *member)
{
    if (member->few == 0)
        text_printf(out, "a list of at most %zu, each ", member->many);
    else
        text_printf(out, "a list of %zu to %zu, each ", member->few, member->many);
    put_single(out, member);
}

/* `expected an integer from 1 to 32, got "x"`; value NULL: `missing; expected ...`. */
static bool fail_expected(struct check *check, const struct member *member, bool as_list, const json_t *value)
{
    char got[SHOWN_BYTES + 1];
    struct text words = {0};
    (as_list ? put_list : put_single)(&words, member);
    if (words.failed || !words.data) {
        text_destroy(&words);
        return no_memory(check);
    }
    if (value) {
        describe(value, got);
        check_fail(check, NULL, "expected %.340s, got %s", words.data, got);
    } else {
        check_fail(check, NULL, "missing; expected %.380s", words.data);
    }
    text_destroy(&words);
    return false;
}

/* ---- single values ---- */

static bool check_object(struct check *check, const struct shape *shape, const json_t *object);

static bool check_integer(struct check *check, const struct member *member, const json_t *value)
{
    if (json_is_integer(value)) {
        int64_t number = json_integer_value(value);
        if (member->refers ? catalogue_entry(check->catalogue, member->refers, number) != NULL
                           : number >= member->least && number <= member->most)
            return true;
    }
    return fail_expected(check, member, false, value);
}

static bool check_bool(struct check *check, const struct member *member, const json_t *value)
{
    return json_is_boolean(value) || fail_expected(check, member, false, value);
}

static bool check_string(struct check *check, const struct member *member, const json_t *value)
{
    const char *text = json_string_value(value);
    return (text && text_characters(text) <= (size_t)member->most && member->form->is(text)) ||
           fail_expected(check, member, false, value);
}

static bool check_enum(struct check *check, const struct member *member, const json_t *value)
{
    const char *text = json_string_value(value);
    for (size_t i = 0; text && member->names[i]; i++)
        if (strcmp(member->names[i], text) == 0)
            return true;
    return fail_expected(check, member, false, value);
}

static bool check_text(struct check *check, const struct member *member, const json_t *value)
{
    struct member languages[] = {
        {.name = "zh", .type = MEMBER_STRING, .form = &form_text, .most = member->most},
        {.name = "en", .type = MEMBER_STRING, .form = &form_text, .most = member->most},
        {.name = NULL},
    };
    const struct shape shape = {.members = languages};
    return json_is_object(value) ? check_object(check, &shape, value)
                                 : fail_expected(check, member, false, value);
}

static bool check_session(struct check *check, const struct member *member, const json_t *value)
{
    const char *from = json_string_value(json_array_get(value, 0));
    const char *to = json_string_value(json_array_get(value, 1));
    return (json_array_size(value) == 2 && from && to && time_parse(from) >= 0 && time_parse(to) >= 0) ||
           fail_expected(check, member, false, value);
}

static bool check_object_member(struct check *check, const struct member *member, const json_t *value)
{
    return json_is_object(value) ? check_object(check, member->shape, value)
                                 : fail_expected(check, member, false, value);
}

/* Which other member of the document says the policy's value; NULL: the policy is free. */
static const char *policy_source(enum policy_key key)
{
    return key == POLICY_UTC_OFFSET_MIN          ? "hall.time_zone"
           : key == POLICY_STOP_BEFORE_CLOSE_MIN ? "calendar.numbers_stop_before_close_min"
           : key == POLICY_ISSUE_BEFORE_OPEN_MIN ? "calendar.issue_from_min_before_open"
                                                 : NULL;
}

static bool check_policies(struct check *check, const struct member *member, const json_t *policies)
{
    const char *name;
    json_t *value;
    if (!json_is_object(policies))
        return fail_expected(check, member, false, policies);
    json_object_foreach((json_t *)policies, name, value)
    { /* the macro wants no const; it only reads */
        enum policy_key key = policy_find(name, (unsigned)strlen(name));
        if (key == POLICY_KEYS)
            return check_fail(check, name, "unknown policy; expected a name of dispatcher/core/policy.h");
        if (policy_source(key))
            return check_fail(check, name, "expected nothing here, as %s says it", policy_source(key));
        const struct policy_row *row = policy_row(key);
        const struct member range = {.type = MEMBER_INTEGER, .least = row->least, .most = row->most};
        check_enter_member(check, name);
        if (!check_integer(check, &range, value))
            return false;
        check_leave(check);
    }
    return true;
}

typedef bool member_check(struct check *check, const struct member *member, const json_t *value);
static member_check *const checks[MEMBER_TYPES] = {
    [MEMBER_INTEGER] = check_integer,
    [MEMBER_BOOL] = check_bool,
    [MEMBER_STRING] = check_string,
    [MEMBER_ENUM] = check_enum,
    [MEMBER_TEXT] = check_text,
    [MEMBER_SESSION] = check_session,
    [MEMBER_OBJECT] = check_object_member,
    [MEMBER_POLICIES] = check_policies,
};

/* ---- lists ---- */

/* Notes a value under `name` in `seen` (an object that maps values to the element that has them). */
static bool note_unique(struct check *check, json_t *seen, const char *name, const json_t *value,
                        size_t index)
{
    char key[UNIQUE_KEY_MAX], shown[SHOWN_BYTES + 1];
    const json_t *zh = json_object_get(value, "zh");
    char *text = json_dumps(zh ? zh : value, JSON_ENCODE_ANY | JSON_COMPACT);
    if (!text)
        return no_memory(check);
    snprintf(key, sizeof key, "%s\n%s", name ? name : "", text);
    free(text);
    const json_t *before = json_object_get(seen, key);
    if (before) {
        describe(zh ? zh : value, shown);
        if (name)
            check_enter_member(check, name);
        return check_fail(check, NULL, "expected a value of its own, got %s as in entry [%d]", shown,
                          (int)json_integer_value(before));
    }
    return json_object_set_new(seen, key, json_integer((json_int_t)index)) == 0 || no_memory(check);
}

static bool element_is_unique(struct check *check, const struct member *member, json_t *seen,
                              const json_t *element, size_t index)
{
    if (member->flags & DISTINCT)
        return note_unique(check, seen, NULL, element, index);
    if (member->type != MEMBER_OBJECT)
        return true;
    for (const struct member *m = member->shape->members; m->name; m++)
        if (m->flags & UNIQUE && !note_unique(check, seen, m->name, json_object_get(element, m->name), index))
            return false;
    return true;
}

static bool check_list(struct check *check, const struct member *member, const json_t *list)
{
    size_t count = json_array_size(list);
    if (!json_is_array(list) || count < member->few || count > member->many)
        return fail_expected(check, member, true, list);
    json_t *seen = json_object();
    if (!seen)
        return no_memory(check);
    bool right = true;
    for (size_t i = 0; right && i < count; i++) {
        const json_t *element = json_array_get(list, i);
        check_enter_element(check, i);
        right = checks[member->type](check, member, element) &&
                element_is_unique(check, member, seen, element, i);
        if (right)
            check_leave(check);
    }
    json_decref(seen);
    return right;
}

/* ---- objects ---- */

static const struct member *member_find(const struct member *members, const char *name)
{
    for (; members->name; members++)
        if (strcmp(members->name, name) == 0)
            return members;
    return NULL;
}

static bool fail_unknown(struct check *check, const char *name, const struct member *members)
{
    struct text names = {0};
    put_names(&names, members, false);
    check_fail(check, name, "unknown member; expected one of %.350s", names.data ? names.data : "");
    text_destroy(&names);
    return false;
}

static bool check_member(struct check *check, const struct member *member, const json_t *value)
{
    if (json_is_null(value) && member->flags & NULLABLE)
        return true;
    return (member->flags & LIST ? check_list : checks[member->type])(check, member, value);
}

/* That the members are those of the table. Unknown ones first: a misspelt one is then named itself, not as
 * the one that is missing. */
static bool check_names(struct check *check, const struct member *members, const json_t *object)
{
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)object, name, value) /* the macro wants no const; it only reads */
        if (!member_find(members, name)) return fail_unknown(check, name, members);
    for (const struct member *m = members; m->name; m++) {
        if (m->flags & OPTIONAL || json_object_get(object, m->name))
            continue;
        check_enter_member(check, m->name);
        return fail_expected(check, m, m->flags & LIST, NULL);
    }
    return true;
}

static bool check_object(struct check *check, const struct shape *shape, const json_t *object)
{
    if (!check_names(check, shape->members, object))
        return false;
    for (const struct member *m = shape->members; m->name; m++) {
        const json_t *value = json_object_get(object, m->name);
        check_enter_member(check, m->name);
        if (value && !check_member(check, m, value))
            return false;
        check_leave(check);
    }
    size_t bytes = shape->bytes_max ? json_dumpb(object, NULL, 0, JSON_COMPACT) : 0;
    if (bytes > shape->bytes_max)
        return check_fail(check, NULL, "expected at most %zu bytes of JSON, got %zu", shape->bytes_max,
                          bytes);
    return !shape->rule || shape->rule(check, object);
}

/* The ids of a list that others refer to. They come first: a wrong id is then named itself, not as the
 * references that it breaks. */
static bool check_ids(struct check *check, const struct member *list)
{
    const json_t *entries = json_object_get(check->catalogue->document, list->name);
    const struct member *id = list->shape->members; /* the first of each */
    assert(id->flags & UNIQUE);
    check_enter_member(check, list->name);
    if (!json_is_array(entries))
        return fail_expected(check, list, true, entries);
    for (size_t i = 0; i < json_array_size(entries); i++) {
        const json_t *entry = json_array_get(entries, i), *value = json_object_get(entry, id->name);
        check_enter_element(check, i);
        if (!json_is_object(entry))
            return fail_expected(check, list, false, entry);
        check_enter_member(check, id->name);
        if (value ? !check_integer(check, id, value) : !fail_expected(check, id, false, NULL))
            return false;
        check_leave(check);
        check_leave(check);
    }
    check_leave(check);
    return true;
}

bool catalogue_check(const struct catalogue *catalogue, struct check *check)
{
    *check = (struct check){.catalogue = catalogue};
    if (!check_names(check, catalogue_shape.members, catalogue->document))
        return false;
    for (enum catalogue_set set = SET_NONE + 1; set < CATALOGUE_SETS; set++)
        if (!check_ids(check, member_find(catalogue_shape.members, catalogue_sets[set].list)))
            return false;
    return check_object(check, &catalogue_shape, catalogue->document);
}

/* ---- paths ---- */

static bool is_plain(const char *name)
{
    for (const char *c = name; *c; c++)
        if (!(*c >= 'a' && *c <= 'z') && !(*c >= 'A' && *c <= 'Z') && !(*c >= '0' && *c <= '9') &&
            *c != '_' && *c != '-')
            return false;
    return *name != '\0' && strlen(name) <= SHOWN_BYTES;
}

void path_format(const struct json_step *steps, size_t count, char *out, size_t size)
{
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < count && used < size; i++) {
        const char *dot = i ? "." : "";
        int length;
        if (!steps[i].name) {
            length = snprintf(out + used, size - used, "[%zu]", steps[i].index);
        } else if (is_plain(steps[i].name)) {
            length = snprintf(out + used, size - used, "%s%s", dot, steps[i].name);
        } else {
            char shown[SHOWN_BYTES + 1];
            json_t *name = json_string(steps[i].name);
            describe(name, shown);
            json_decref(name);
            length = snprintf(out + used, size - used, "%s%s", dot, shown);
        }
        used += length > 0 ? (size_t)length : 0;
    }
}
