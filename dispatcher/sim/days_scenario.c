/* SPDX-License-Identifier: MIT
 * Scenarios of hall days out of JSON: members from a table, then the rules between them. */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "dispatcher/sim/days.h"
#include "dispatcher/sim/days_fields.h"

enum { LIKE_DEPTH_MAX = 8, GROUP_ROWS_MAX = 12, MINUTES_A_DAY = 1440 };

/* ---- numbers by table ---- */

struct number_row {
    const char *name;
    size_t offset;
    struct fields_range range;
};
struct whole_row {
    const char *name;
    size_t offset;
    unsigned least, most;
};
struct list_row {
    const char *name;
    size_t offset, count_offset;
    size_t least, most;
    struct fields_range range;
};

#define AT(member) offsetof(struct days_scenario, member)
#define SHARE                                                                                                \
    {                                                                                                        \
        0, 1, false                                                                                          \
    }
#define NOISE                                                                                                \
    {                                                                                                        \
        0, 2, false                                                                                          \
    }
#define MINUTE                                                                                               \
    {                                                                                                        \
        0, MINUTES_A_DAY, false                                                                              \
    }

struct group {
    const char *name; /* NULL: the scenario itself */
    struct number_row numbers[GROUP_ROWS_MAX];
    struct whole_row wholes[4];
    struct list_row lists[3];
};

static const struct group groups[] = {
    {NULL, {{"load", AT(load), {0, 3, true}}}, {{0}}, {{0}}},
    {"minutes",
     {{"tickets_from", AT(tickets_from_min), {-MINUTES_A_DAY, 0, false}},
      {"open", AT(open_min), {0, 0, false}},
      {"last_ticket", AT(last_ticket_min), {0, MINUTES_A_DAY, true}},
      {"close", AT(close_min), {0, MINUTES_A_DAY, true}}},
     {{0}},
     {{0}}},
    {"friction",
     {{"off_primary_slowdown", AT(off_primary_slowdown), {1, 10, false}},
      {"all_domain_window_slowdown", AT(all_domain_slowdown), {1, 10, false}},
      {"changeover_min", AT(changeover_min), {0, 60, false}}},
     {{0}},
     {{0}}},
    {"service",
     {{"cv", AT(service_cv), {0, 5, false}},
      {"least_min", AT(service_least_min), {0.01, 60, false}},
      {"no_show_handling_min", AT(no_show_handling_min), {0, 60, false}}},
     {{0}},
     {{0}}},
    {"domains",
     {{"noise", AT(visit_share_noise), NOISE}},
     {{0}},
     {{"mean_min", AT(domain_mean_min), AT(domain_count), 1, DOMAINS_MAX, {0.1, 240, false}},
      {"visit_share", AT(visit_share), AT(domain_count), 1, DOMAINS_MAX, {0, 1, true}}}},
    {"items", {{"noise", AT(item_mean_noise), NOISE}}, {{"count", AT(item_count), 1, ITEMS_MAX}}, {{0}}},
    {"windows",
     {{"single_domain_share", AT(single_domain_share), SHARE},
      {"all_domains_share", AT(all_domains_share), SHARE},
      {"speed_noise", AT(speed_noise), NOISE},
      {"speed_least", AT(speed_least), {0.1, 1, false}},
      {"speed_most", AT(speed_most), {1, 10, false}},
      {"speed_estimate_noise", AT(speed_estimate_noise), {0, 0.3, false}}},
     {{"count", AT(window_count), 1, WINDOWS_MAX}, {"other_domains", AT(other_domains), 0, DOMAINS_MAX}},
     {{0}}},
    {"visits",
     {{"day_noise", AT(day_noise), NOISE},
      {"domain_noise", AT(domain_noise), NOISE},
      {"priority_share", AT(priority_share), SHARE},
      {"green_share", AT(green_share), SHARE},
      {"no_show", AT(walk_in_no_show), {0, 0.9, false}},
      {"second_item", AT(second_item), SHARE},
      {"second_in_same_domain", AT(second_in_same_domain), SHARE}},
     {{0}},
     {{"walk_in_from",
       AT(step_from_min),
       AT(step_count),
       1,
       DAYS_STEPS_MAX,
       {-MINUTES_A_DAY, MINUTES_A_DAY, false}},
      {"walk_in_rate", AT(step_rate), AT(step_count), 1, DAYS_STEPS_MAX, {0, 1e6, false}}}},
    {"bookings",
     {{"share", AT(booked_share), SHARE},
      {"no_show", AT(booked_no_show), {0, 0.9, false}},
      {"slot_min", AT(slot_min), {1, 240, false}},
      {"last_slot", AT(last_slot_min), MINUTE}},
     {{0}},
     {{"late_below", AT(late_below), AT(late_count), 2, DAYS_LATE_MAX, SHARE},
      {"late_min", AT(late_min), AT(late_count), 2, DAYS_LATE_MAX, {-MINUTES_A_DAY, MINUTES_A_DAY, false}}}},
    {"absences",
     {{"all_day", AT(absent_all_day), SHARE},
      {"short", AT(absent_short), SHARE},
      {"short_min", AT(absent_short_min), {0, 480, true}},
      {"short_from", AT(absent_short_from_min), MINUTE},
      {"short_to", AT(absent_short_to_min), MINUTE}},
     {{0}},
     {{0}}},
    {"breaks",
     {{"min", AT(break_min), {0, 240, true}}},
     {{0}},
     {{"from", AT(break_from_min), AT(break_count), 0, DAYS_BREAKS_MAX, MINUTE},
      {"to", AT(break_to_min), AT(break_count), 0, DAYS_BREAKS_MAX, MINUTE}}},
    {"lunch",
     {{"min", AT(lunch_min), {0, 240, true}}},
     {{0}},
     {{"from", AT(lunch_from_min), AT(lunch_count), 0, DAYS_BREAKS_MAX, MINUTE}}},
    {"surges",
     {{"from", AT(surge_from_min), MINUTE},
      {"to", AT(surge_to_min), MINUTE},
      {"factor", AT(surge_factor), {1, 100, false}}},
     {{"domains", AT(surge_domains), 0, DOMAINS_MAX}},
     {{0}}},
};

enum { GROUPS = sizeof groups / sizeof groups[0] };

#define MEMBER(type, scenario, offset) ((type *)(void *)((char *)(scenario) + (offset)))

/* The lists of a group that share a count are equally long. */
static bool read_lists(const struct fields *fields, const struct group *group, struct days_scenario *out)
{
    for (size_t i = 0; i < 3 && group->lists[i].name; i++) {
        const struct list_row *row = &group->lists[i];
        unsigned *count = MEMBER(unsigned, out, row->count_offset), before = *count;
        if (!fields_numbers(fields, row->name, row->least, row->most, row->range,
                            MEMBER(double, out, row->offset), count))
            return false;
        if (i && *count != before)
            return fields_fault(fields, row->name, "has %u entries, must have %u as %s has", *count, before,
                                group->lists[0].name);
    }
    return true;
}

static bool read_group(const struct fields *fields, const struct group *group, struct days_scenario *out)
{
    const char *names[GROUP_ROWS_MAX + 8] = {0};
    size_t count = 0;
    for (size_t i = 0; i < GROUP_ROWS_MAX && group->numbers[i].name; i++) {
        const struct number_row *row = &group->numbers[i];
        names[count++] = row->name;
        if (!fields_number(fields, row->name, row->range, MEMBER(double, out, row->offset)))
            return false;
    }
    for (size_t i = 0; i < 4 && group->wholes[i].name; i++) {
        const struct whole_row *row = &group->wholes[i];
        names[count++] = row->name;
        if (!fields_whole(fields, row->name, row->least, row->most, MEMBER(unsigned, out, row->offset)))
            return false;
    }
    for (size_t i = 0; i < 3 && group->lists[i].name; i++)
        names[count++] = group->lists[i].name;
    return read_lists(fields, group, out) && (!group->name || fields_known(fields, names));
}

static bool read_groups(const struct fields *fields, struct days_scenario *out)
{
    const char *names[GROUPS + 4] = {"scenario", "about", "load"};
    size_t count = 3;
    for (size_t i = 0; i < GROUPS; i++) {
        struct fields part = *fields;
        if (groups[i].name)
            names[count++] = groups[i].name;
        if ((groups[i].name && !fields_object(fields, groups[i].name, &part)) ||
            !read_group(&part, &groups[i], out))
            return false;
    }
    return fields_known(fields, names);
}

/* ---- rules between members ---- */

static bool rises(const struct fields *fields, const char *name, const double *list, unsigned count)
{
    for (unsigned i = 1; i < count; i++)
        if (list[i] < list[i - 1])
            return fields_fault(fields, name, "has %.10g after %.10g, entries must rise", list[i],
                                list[i - 1]);
    return true;
}

static bool check_times(const struct fields *fields, const struct days_scenario *s)
{
    if (s->last_ticket_min > s->close_min)
        return fields_fault(fields, "minutes.last_ticket", "is %.10g, after close, %.10g", s->last_ticket_min,
                            s->close_min);
    if (s->close_min - s->tickets_from_min > DAY_BINS_MAX * 10)
        return fields_fault(fields, "minutes.close", "is more than %d hours after tickets_from",
                            DAY_BINS_MAX / 6);
    if (s->last_slot_min >= s->close_min)
        return fields_fault(fields, "bookings.last_slot", "is %.10g, must be before close, %.10g",
                            s->last_slot_min, s->close_min);
    if (s->absent_short_to_min < s->absent_short_from_min)
        return fields_fault(fields, "absences.short_to", "is %.10g, before short_from, %.10g",
                            s->absent_short_to_min, s->absent_short_from_min);
    if (s->surge_to_min <= s->surge_from_min)
        return fields_fault(fields, "surges.to", "is %.10g, must be after from, %.10g", s->surge_to_min,
                            s->surge_from_min);
    double rest = s->close_min - s->break_count * s->break_min - (s->lunch_count ? s->lunch_min : 0);
    if (rest <= 0)
        return fields_fault(fields, "breaks", "and lunch leave no time to work");
    for (unsigned i = 0; i < s->break_count; i++)
        if (s->break_to_min[i] < s->break_from_min[i])
            return fields_fault(fields, "breaks.to", "has %.10g, before from, %.10g", s->break_to_min[i],
                                s->break_from_min[i]);
    return true;
}

static bool check_profile(const struct fields *fields, const struct days_scenario *s)
{
    double sum = 0;
    if (!rises(fields, "visits.walk_in_from", s->step_from_min, s->step_count))
        return false;
    if (s->step_from_min[0] < s->tickets_from_min ||
        s->step_from_min[s->step_count - 1] >= s->last_ticket_min)
        return fields_fault(fields, "visits.walk_in_from",
                            "must lie from minutes.tickets_from to before last_ticket");
    for (unsigned i = 0; i < s->step_count; i++)
        sum += s->step_rate[i] *
               ((i + 1 < s->step_count ? s->step_from_min[i + 1] : s->last_ticket_min) - s->step_from_min[i]);
    if (sum <= 0)
        return fields_fault(fields, "visits.walk_in_rate", "is 0 all day");
    if (s->late_below[0] != 0 || s->late_below[s->late_count - 1] != 1)
        return fields_fault(fields, "bookings.late_below", "must begin with 0 and end with 1");
    return rises(fields, "bookings.late_below", s->late_below, s->late_count) &&
           rises(fields, "bookings.late_min", s->late_min, s->late_count);
}

static bool check_shares(const struct fields *fields, const struct days_scenario *s)
{
    double sum = 0;
    for (unsigned d = 0; d < s->domain_count; d++)
        sum += s->visit_share[d];
    if (sum < 0.999 || sum > 1.001)
        return fields_fault(fields, "domains.visit_share", "adds up to %.6g, must be 1", sum);
    if (s->item_count < s->domain_count)
        return fields_fault(fields, "items.count", "is %u, must be at least one for each of %u domains",
                            s->item_count, s->domain_count);
    if (s->single_domain_share + s->all_domains_share > 1.000001)
        return fields_fault(fields, "windows.all_domains_share",
                            "and single_domain_share are more than 1 together");
    if (s->window_count < s->domain_count && s->all_domains_share * s->window_count < 0.5)
        return fields_fault(fields, "windows.count",
                            "is %u: %u domains need that many windows, or one for all", s->window_count,
                            s->domain_count);
    if (s->priority_share + s->green_share > 1)
        return fields_fault(fields, "visits.green_share", "and priority_share are more than 1 together");
    if (s->surge_domains > s->domain_count)
        return fields_fault(fields, "surges.domains", "is %u, there are %u domains", s->surge_domains,
                            s->domain_count);
    return true;
}

/* Names and words; the rest by table. */
static bool read_scenario(const struct fields *fields, struct days_scenario *out)
{
    return fields_name(fields, "scenario", SCENARIO_NAME_MAX, out->name) &&
           fields_text(fields, "about", DAYS_ABOUT_MAX, out->about) && read_groups(fields, out) &&
           check_times(fields, out) && check_profile(fields, out) && check_shares(fields, out);
}

/* ---- opening ---- */

static bool is_file(const char *name)
{
    size_t length = strlen(name);
    return strchr(name, '/') || (length > 5 && strcmp(name + length - 5, ".json") == 0);
}

static const char *find_text(const char *name)
{
    for (const struct days_text *text = days_scenarios; text->name; text++)
        if (strcmp(text->name, name) == 0)
            return text->json;
    return NULL;
}

static enum status open_scenario(const char *name, json_t **json, struct fields *fields, struct error *error)
{
    if (is_file(name))
        return fields_open(name, json, fields, error);
    const char *text = find_text(name);
    if (!text)
        return error_set(
            error, STATUS_NOT_FOUND,
            "there is no scenario \"%.60s\"; --list shows what there is, a file is named with its path "
            "or .json",
            name);
    return fields_parse(text, strlen(text), name, json, fields, error);
}

/* Takes *json and puts in its place what it is like, changed by what it says itself. */
static enum status resolve(json_t **json, struct fields *fields, struct error *error)
{
    for (unsigned depth = 0;; depth++) {
        char like[SCENARIO_NAME_MAX + 1];
        struct fields below;
        json_t *base;
        if (!json_object_get(*json, "like"))
            return STATUS_OK;
        if (!fields_name(fields, "like", SCENARIO_NAME_MAX, like))
            return error->status;
        const char *text = depth < LIKE_DEPTH_MAX ? find_text(like) : NULL;
        if (!text) {
            fields_fault(fields, "like", "is \"%s\", must be a scenario that comes with the program", like);
            return error->status;
        }
        if (fields_parse(text, strlen(text), like, &base, &below, error) != STATUS_OK)
            return error->status;
        json_object_del(*json, "like");
        int failed = json_object_update_recursive(base, *json);
        json_decref(*json);
        fields->json = *json = base;
        if (failed)
            return error_set(error, STATUS_MEMORY, "%s: no memory to read it", fields->file);
    }
}

enum status days_scenario_read(const char *name, struct days_scenario *out, struct error *error)
{
    json_t *json = NULL;
    struct fields fields;
    memset(out, 0, sizeof *out);
    enum status status = open_scenario(name, &json, &fields, error);
    if (status == STATUS_OK)
        status = resolve(&json, &fields, error);
    if (status == STATUS_OK && !read_scenario(&fields, out))
        status = error->status;
    json_decref(json);
    return status;
}
