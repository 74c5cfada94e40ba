/* SPDX-License-Identifier: MIT */
#include "dispatcher/plan/what_if_text.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORD_MAX = 400 };

const char *const what_if_names[] = {
#define X(name, text, about) text,
    WHAT_IF_KINDS(X)
#undef X
        NULL};

const char *const what_if_abouts[] = {
#define X(name, text, about) about,
    WHAT_IF_KINDS(X)
#undef X
        NULL};

#define AT(member) offsetof(struct what_if_change, member)
static const struct what_if_member duty_members[] = {{"window", WHAT_IF_NUMBER, true, AT(window)},
                                                     {"from", WHAT_IF_TIME, false, AT(from_ms)},
                                                     {"to", WHAT_IF_TIME, false, AT(to_ms)},
                                                     {NULL, 0, false, 0}};
static const struct what_if_member post_members[] = {{"window", WHAT_IF_NUMBER, true, AT(window)},
                                                     {"domains", WHAT_IF_DOMAINS, true, AT(domains)},
                                                     {"from", WHAT_IF_TIME, false, AT(from_ms)},
                                                     {"to", WHAT_IF_TIME, false, AT(to_ms)},
                                                     {NULL, 0, false, 0}};
static const struct what_if_member authority_members[] = {{"window", WHAT_IF_NUMBER, true, AT(window)},
                                                          {"domains", WHAT_IF_DOMAINS, true, AT(domains)},
                                                          {NULL, 0, false, 0}};
static const struct what_if_member arrival_members[] = {{"domain", WHAT_IF_NUMBER, false, AT(domain)},
                                                        {"factor", WHAT_IF_FACTOR, true, AT(factor)},
                                                        {"from", WHAT_IF_TIME, false, AT(from_ms)},
                                                        {"to", WHAT_IF_TIME, false, AT(to_ms)},
                                                        {NULL, 0, false, 0}};
static const struct what_if_member service_members[] = {{"domain", WHAT_IF_NUMBER, false, AT(domain)},
                                                        {"item", WHAT_IF_NUMBER, false, AT(item)},
                                                        {"factor", WHAT_IF_FACTOR, true, AT(factor)},
                                                        {NULL, 0, false, 0}};
static const struct what_if_member speed_members[] = {{"window", WHAT_IF_NUMBER, true, AT(window)},
                                                      {"factor", WHAT_IF_FACTOR, true, AT(factor)},
                                                      {NULL, 0, false, 0}};
static const struct what_if_member break_members[] = {{"window", WHAT_IF_NUMBER, true, AT(window)},
                                                      {"at", WHAT_IF_TIME, true, AT(at_ms)},
                                                      {"to", WHAT_IF_TIME, true, AT(to_ms)},
                                                      {NULL, 0, false, 0}};
static const struct what_if_member policy_members[] = {
    {"name", WHAT_IF_KNOB, true, AT(policy)}, {"value", WHAT_IF_VALUE, true, AT(value)}, {NULL, 0, false, 0}};
#undef AT

const struct what_if_member *what_if_members(enum what_if_kind kind)
{
    static const struct what_if_member *const all[WHAT_IF_KIND_COUNT] = {
        [WHAT_IF_CLOSE] = duty_members,       [WHAT_IF_OPEN] = duty_members,
        [WHAT_IF_POST] = post_members,        [WHAT_IF_AUTHORISE] = authority_members,
        [WHAT_IF_FORBID] = authority_members, [WHAT_IF_ARRIVALS] = arrival_members,
        [WHAT_IF_SERVICE] = service_members,  [WHAT_IF_SPEED] = speed_members,
        [WHAT_IF_BREAK] = break_members,      [WHAT_IF_POLICY] = policy_members,
    };
    return all[kind];
}

/* ---- reading ---- */

/* What is being read, for faults. */
struct reading {
    const char *kind, *member, *value;
    struct day_fault *fault;
};

static bool wrong(const struct reading *r, const char *allowed)
{
    return day_fault_set(r->fault, "%s: %s is \"%s\", must be %s", r->kind, r->member, r->value, allowed);
}

static bool read_whole(const char *text, long least, long most, int32_t *out)
{
    char *end;
    errno = 0;
    long value = strtol(text, &end, 10);
    if (errno || end == text || *end || value < least || value > most)
        return false;
    *out = (int32_t)value;
    return true;
}

static bool read_time(const struct reading *r, int32_t *out)
{
    unsigned hour, minute;
    int used = 0;
    if (sscanf(r->value, "%2u:%2u%n", &hour, &minute, &used) != 2 || r->value[used] || minute > 59 ||
        hour * 60 + minute > 24 * 60)
        return wrong(r, "a time of the day like 14:05");
    *out = (int32_t)(hour * 60 + minute) * MINUTE_MS;
    return true;
}

static bool read_domains(const struct reading *r, struct what_if_change *out)
{
    char copy[WORD_MAX], *rest = copy;
    out->domain_count = 0;
    if (strcmp(r->value, "all") == 0)
        return true;
    snprintf(copy, sizeof copy, "%s", r->value);
    for (char *word = strsep(&rest, ","); word; word = strsep(&rest, ",")) {
        int32_t domain;
        if (!read_whole(word, 0, UINT16_MAX, &domain) || out->domain_count == DOMAINS_MAX)
            return wrong(r, "numbers of domains like 1,6, or all");
        out->domains[out->domain_count++] = (uint16_t)domain;
    }
    return true;
}

static bool read_factor(const struct reading *r, double *out)
{
    char *end;
    double value = strtod(r->value, &end);
    if (end == r->value || *end || !isfinite(value))
        return wrong(r, "a number like 1.25");
    *out = value;
    return true;
}

static bool read_knob(const struct reading *r, int32_t *out)
{
    enum policy_key key = policy_find(r->value, (unsigned)strlen(r->value));
    if (key == POLICY_KEYS)
        return wrong(r, "the name of a policy like speed-exponent-permille");
    *out = (int32_t)key;
    return true;
}

static bool read_value(const struct reading *r, const struct what_if_member *member,
                       struct what_if_change *out)
{
    void *target = (char *)out + member->offset;
    switch (member->type) {
    case WHAT_IF_NUMBER:
        return read_whole(r->value, 0, UINT16_MAX, target) || wrong(r, "a number like 3");
    case WHAT_IF_DOMAINS:
        return read_domains(r, out);
    case WHAT_IF_TIME:
        return read_time(r, target);
    case WHAT_IF_FACTOR:
        return read_factor(r, target);
    case WHAT_IF_KNOB:
        return read_knob(r, target);
    case WHAT_IF_VALUE:
        return read_whole(r->value, INT32_MIN, INT32_MAX, target) || wrong(r, "a whole number");
    }
    return false;
}

static bool list_names(struct day_fault *fault, const char *word)
{
    char names[DAY_FAULT_MAX / 2] = "";
    for (size_t i = 0; what_if_names[i]; i++)
        snprintf(names + strlen(names), sizeof names - strlen(names), "%s%s", i ? ", " : "",
                 what_if_names[i]);
    return day_fault_set(fault, "there is no change \"%.40s\"; there are %s", word, names);
}

static bool list_members(struct day_fault *fault, const char *kind, const struct what_if_member *members,
                         const char *word)
{
    char names[DAY_FAULT_MAX / 2] = "";
    for (size_t i = 0; members[i].name; i++)
        snprintf(names + strlen(names), sizeof names - strlen(names), "%s%s=", i ? " " : "", members[i].name);
    return day_fault_set(fault, "%s: \"%.40s\" is none of its members; they are %s", kind, word, names);
}

static bool read_member(const char *kind, const struct what_if_member *members, char *word, uint32_t *seen,
                        struct what_if_change *out, struct day_fault *fault)
{
    char *equals = strchr(word, '=');
    if (equals)
        *equals = '\0';
    for (unsigned i = 0; equals && members[i].name; i++) {
        struct reading r = {kind, members[i].name, equals + 1, fault};
        if (strcmp(word, members[i].name) != 0)
            continue;
        if (*seen >> i & 1)
            return day_fault_set(fault, "%s: %s is there twice", kind, members[i].name);
        *seen |= 1u << i;
        return read_value(&r, &members[i], out);
    }
    return list_members(fault, kind, members, word);
}

bool what_if_read(const char *text, struct what_if_change *out, struct day_fault *fault)
{
    char copy[WORD_MAX], *rest = copy, *word;
    unsigned kind = 0;
    uint32_t seen = 0;
    fault->text[0] = '\0';
    if (strlen(text) >= sizeof copy)
        return day_fault_set(fault, "a change is longer than %d bytes", WORD_MAX - 1);
    memcpy(copy, text, strlen(text) + 1);
    while ((word = strsep(&rest, " \t")) && !*word)
        ;
    while (word && what_if_names[kind] && strcmp(word, what_if_names[kind]) != 0)
        kind++;
    if (!word || !what_if_names[kind])
        return list_names(fault, word ? word : "");
    const struct what_if_member *members = what_if_members(kind);
    *out = what_if_change_of(kind);
    while ((word = strsep(&rest, " \t")))
        if (*word && !read_member(what_if_names[kind], members, word, &seen, out, fault))
            return false;
    for (unsigned i = 0; members[i].name; i++)
        if (members[i].is_required && !(seen >> i & 1))
            return day_fault_set(fault, "%s: %s is missing", what_if_names[kind], members[i].name);
    return true;
}

/* ---- writing ---- */

static void write_value(const struct what_if_member *member, const struct what_if_change *change, char *out,
                        size_t size)
{
    const void *from = (const char *)change + member->offset;
    int32_t whole = 0;
    double factor = 0;
    out[0] = '\0';
    if (member->type == WHAT_IF_FACTOR)
        memcpy(&factor, from, sizeof factor);
    else if (member->type != WHAT_IF_DOMAINS)
        memcpy(&whole, from, sizeof whole);
    if (member->type == WHAT_IF_FACTOR)
        snprintf(out, size, "%.10g", factor);
    else if (member->type == WHAT_IF_DOMAINS && !change->domain_count)
        snprintf(out, size, "all");
    else if (member->type == WHAT_IF_DOMAINS)
        for (unsigned i = 0; i < change->domain_count; i++)
            snprintf(out + strlen(out), size - strlen(out), "%s%u", i ? "," : "", change->domains[i]);
    else if (member->type == WHAT_IF_VALUE)
        snprintf(out, size, "%d", (int)whole);
    else if (whole == WHAT_IF_ALL)
        return;
    else if (member->type == WHAT_IF_TIME)
        snprintf(out, size, "%02d:%02d", (int)(whole / MINUTE_MS / 60), (int)(whole / MINUTE_MS % 60));
    else if (member->type == WHAT_IF_KNOB)
        snprintf(out, size, "%s", policy_row((enum policy_key)whole)->name);
    else
        snprintf(out, size, "%d", (int)whole);
}

void what_if_write(const struct what_if_change *change, char *out, size_t size)
{
    const struct what_if_member *members = what_if_members(change->kind);
    snprintf(out, size, "%s", what_if_names[change->kind]);
    for (unsigned i = 0; members[i].name; i++) {
        char value[WORD_MAX];
        write_value(&members[i], change, value, sizeof value);
        if (*value)
            snprintf(out + strlen(out), size - strlen(out), " %s=%s", members[i].name, value);
    }
}
