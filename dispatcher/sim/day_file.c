/* SPDX-License-Identifier: MIT */
#include "dispatcher/sim/day_file.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "dispatcher/sim/days_fields.h"

enum { MINUTES_A_DAY = 1440, LONGEST_SERVICE_MIN = 480, SHARES_SLACK_PPM = 2000 };

const char *const day_class_names[] = {
    [DAY_WALK_IN] = "walk-in", [DAY_PRIORITY] = "priority", [DAY_BOOKED] = "booked",
    [DAY_GREEN] = "green",     [DAY_CLASSES] = NULL,
};

static const char *const ticket_columns[] = {
    "arrival_min", "slot_min", "class", "item", "standard_min", "item2", "standard2_min", "no_show", NULL};

/* ---- the hall ---- */

/* A number of the hall: where it stands, what is allowed. */
struct hall_number {
    const char *name;
    size_t offset;
    struct fields_range range;
};

#define AT(member) offsetof(struct hall_file, member)

static const struct hall_number minutes_numbers[] = {
    {"tickets_from", AT(tickets_from_min), {-MINUTES_A_DAY, 0, false}},
    {"open", AT(open_min), {0, 0, false}},
    {"close", AT(close_min), {0, MINUTES_A_DAY, true}},
};
static const struct hall_number friction_numbers[] = {
    {"off_primary_slowdown", AT(off_primary_slowdown), {1, 10, false}},
    {"all_domain_window_slowdown", AT(all_domain_slowdown), {1, 10, false}},
    {"changeover_min", AT(changeover_min), {0, 60, false}},
};
static const struct hall_number hall_numbers[] = {
    {"service_cv", AT(service_cv), {0, 5, false}},
    {"walk_in_no_show", AT(walk_in_no_show), {0, 1, false}},
    {"no_show_handling_min", AT(no_show_handling_min), {0, 60, false}},
    {"multi_item_share", AT(multi_item_share), {0, 1, false}},
    {"booked_share", AT(booked_share), {0, 1, false}},
};

static const char *const hall_members[] = {"scenario",
                                           "hall",
                                           "minutes",
                                           "friction",
                                           "service_cv",
                                           "walk_in_no_show",
                                           "no_show_handling_min",
                                           "multi_item_share",
                                           "booked_share",
                                           "domains",
                                           "items",
                                           "windows",
                                           NULL};
static const char *const minutes_members[] = {"tickets_from", "open", "close", NULL};
static const char *const friction_members[] = {"off_primary_slowdown", "all_domain_window_slowdown",
                                               "changeover_min", NULL};
static const char *const domain_members[] = {"id", "mean_min", "visit_share", "expected_per_10min", NULL};
static const char *const item_members[] = {"id", "domain", "mean_min", "share_in_domain", NULL};
static const char *const window_members[] = {"id",          "primary", "authorised",     "single_domain",
                                             "all_domains", "speed",   "speed_estimate", NULL};

static bool read_numbers(const struct fields *fields, const struct hall_number *rows, size_t count,
                         struct hall_file *out)
{
    for (size_t i = 0; i < count; i++)
        if (!fields_number(fields, rows[i].name, rows[i].range, (double *)((char *)out + rows[i].offset)))
            return false;
    return true;
}

static bool is_about_one(double sum)
{
    return fabs(sum - 1) * 1e6 <= SHARES_SLACK_PPM;
}

static bool read_domain(const struct fields *fields, struct hall_file *out, unsigned d)
{
    struct hall_file_domain *domain = &out->domains[d];
    unsigned bins;
    if (!fields_known(fields, domain_members) || !fields_id(fields) ||
        !fields_number(fields, "mean_min", (struct fields_range){0, LONGEST_SERVICE_MIN, true},
                       &domain->mean_min) ||
        !fields_number(fields, "visit_share", (struct fields_range){0, 1, false}, &domain->visit_share) ||
        !fields_numbers(fields, "expected_per_10min", 1, DAY_BINS_MAX,
                        (struct fields_range){0, TICKETS_MAX, false}, domain->expected_per_10min, &bins))
        return false;
    if (d && bins != out->bin_count)
        return fields_fault(fields, "expected_per_10min", "has %u entries, must have %u as domains[0] has",
                            bins, out->bin_count);
    out->bin_count = bins;
    if (bins * 10.0 < out->close_min - out->tickets_from_min)
        return fields_fault(fields, "expected_per_10min", "has %u entries, too few to reach minutes.close",
                            bins);
    return true;
}

static bool read_domains(const struct fields *fields, struct hall_file *out)
{
    const json_t *list;
    double shares = 0;
    if (!fields_list(fields, "domains", 1, DOMAINS_MAX, &list))
        return false;
    out->domain_count = (unsigned)json_array_size(list);
    for (unsigned d = 0; d < out->domain_count; d++) {
        struct fields record;
        if (!fields_record(fields, "domains", list, d, NULL, &record) || !read_domain(&record, out, d))
            return false;
        shares += out->domains[d].visit_share;
    }
    if (!is_about_one(shares))
        return fields_fault(fields, "domains", "have visit_share that add up to %.6g, must be 1", shares);
    return true;
}

static bool read_item(const struct fields *fields, unsigned domain_count, struct hall_file_item *out)
{
    return fields_known(fields, item_members) && fields_id(fields) &&
           fields_whole(fields, "domain", 0, domain_count - 1, &out->domain) &&
           fields_number(fields, "mean_min", (struct fields_range){0, LONGEST_SERVICE_MIN, true},
                         &out->mean_min) &&
           fields_number(fields, "share_in_domain", (struct fields_range){0, 1, false},
                         &out->share_in_domain);
}

static bool read_items(const struct fields *fields, struct hall_file *out)
{
    const json_t *list;
    double shares[DOMAINS_MAX] = {0};
    if (!fields_list(fields, "items", 1, ITEMS_MAX, &list))
        return false;
    out->item_count = (unsigned)json_array_size(list);
    for (unsigned i = 0; i < out->item_count; i++) {
        struct fields record;
        if (!fields_record(fields, "items", list, i, NULL, &record) ||
            !read_item(&record, out->domain_count, &out->items[i]))
            return false;
        shares[out->items[i].domain] += out->items[i].share_in_domain;
    }
    for (unsigned d = 0; d < out->domain_count; d++)
        if (!is_about_one(shares[d]))
            return fields_fault(fields, "items",
                                "of domain %u have share_in_domain that add up to %.6g, must be 1", d,
                                shares[d]);
    return true;
}

static bool read_window(const struct fields *fields, unsigned domain_count, struct hall_file_window *out)
{
    static const struct fields_range speeds = {0.05, 20, false};
    if (!fields_known(fields, window_members) || !fields_id(fields) ||
        !fields_whole(fields, "primary", 0, domain_count - 1, &out->primary) ||
        !fields_bits(fields, "authorised", 1, domain_count, &out->authorised) ||
        !fields_flag(fields, "single_domain", &out->single_domain) ||
        !fields_flag(fields, "all_domains", &out->all_domains) ||
        !fields_number(fields, "speed", speeds, &out->speed) ||
        !fields_number(fields, "speed_estimate", speeds, &out->speed_estimate))
        return false;
    unsigned count = (unsigned)__builtin_popcountll(out->authorised);
    if (!(out->authorised >> out->primary & 1))
        return fields_fault(fields, "primary", "is %u, which is not in authorised", out->primary);
    if (out->single_domain && count != 1)
        return fields_fault(fields, "single_domain", "is true, but %u domains are authorised", count);
    if (out->all_domains && count != domain_count)
        return fields_fault(fields, "all_domains", "is true, but %u of %u domains are authorised", count,
                            domain_count);
    return true;
}

static bool read_windows(const struct fields *fields, struct hall_file *out)
{
    const json_t *list;
    uint64_t covered = 0;
    if (!fields_list(fields, "windows", 1, WINDOWS_MAX, &list))
        return false;
    out->window_count = (unsigned)json_array_size(list);
    for (unsigned w = 0; w < out->window_count; w++) {
        struct fields record;
        if (!fields_record(fields, "windows", list, w, NULL, &record) ||
            !read_window(&record, out->domain_count, &out->windows[w]))
            return false;
        covered |= out->windows[w].authorised;
    }
    for (unsigned d = 0; d < out->domain_count; d++)
        if (!(covered >> d & 1))
            return fields_fault(fields, "windows", "are none authorised for domain %u, nobody could serve it",
                                d);
    return true;
}

static bool read_hall(const struct fields *fields, struct hall_file *out)
{
    struct fields part;
    return fields_known(fields, hall_members) &&
           fields_name(fields, "scenario", SCENARIO_NAME_MAX, out->scenario) &&
           fields_whole(fields, "hall", 0, HALL_NUMBER_MAX, &out->hall) &&
           fields_object(fields, "minutes", &part) && fields_known(&part, minutes_members) &&
           read_numbers(&part, minutes_numbers, sizeof minutes_numbers / sizeof minutes_numbers[0], out) &&
           fields_object(fields, "friction", &part) && fields_known(&part, friction_members) &&
           read_numbers(&part, friction_numbers, sizeof friction_numbers / sizeof friction_numbers[0], out) &&
           read_numbers(fields, hall_numbers, sizeof hall_numbers / sizeof hall_numbers[0], out) &&
           read_domains(fields, out) && read_items(fields, out) && read_windows(fields, out);
}

enum status hall_file_read(const char *path, struct hall_file *out, struct error *error)
{
    json_t *json;
    struct fields fields;
    memset(out, 0, sizeof *out);
    enum status status = fields_open(path, &json, &fields, error);
    if (status != STATUS_OK)
        return status;
    status = read_hall(&fields, out) ? STATUS_OK : error->status;
    json_decref(json);
    return status;
}

/* ---- the day ---- */

static const char *const day_members[] = {"scenario",       "hall",    "day", "windows",
                                          "ticket_columns", "tickets", NULL};
static const char *const day_window_members[] = {"id",           "absent", "posted_dedicated",
                                                 "posted_mixed", "off",    NULL};
static const char *const off_members[] = {"from", "to", "planned", NULL};

static bool read_off(const struct fields *fields, const struct hall_file *hall, struct day_file_window *out)
{
    struct day_off *off = &out->offs[out->off_count];
    struct fields_range minutes = {hall->open_min, hall->close_min, false};
    if (!fields_known(fields, off_members) || !fields_number(fields, "from", minutes, &off->from_min) ||
        !fields_number(fields, "to", minutes, &off->to_min) || !fields_flag(fields, "planned", &off->planned))
        return false;
    if (off->to_min <= off->from_min)
        return fields_fault(fields, "to", "is %.10g, must be after from, %.10g", off->to_min, off->from_min);
    if (out->off_count && off->from_min < off[-1].to_min)
        return fields_fault(fields, "from", "is %.10g, before the end of the one before, %.10g",
                            off->from_min, off[-1].to_min);
    out->off_count++;
    return true;
}

static bool read_posted(const struct fields *fields, const char *name, const struct hall_file *hall,
                        uint64_t *out)
{
    uint64_t authorised = hall->windows[fields->index].authorised;
    if (!fields_bits(fields, name, 1, hall->domain_count, out))
        return false;
    for (unsigned d = 0; d < hall->domain_count; d++)
        if (*out & ~authorised & UINT64_C(1) << d)
            return fields_fault(fields, name, "holds domain %u, for which the window is not authorised", d);
    return true;
}

static bool read_day_window(const struct fields *fields, const struct hall_file *hall,
                            struct day_file_window *out)
{
    const json_t *offs;
    if (!fields_known(fields, day_window_members) || !fields_id(fields) ||
        !fields_flag(fields, "absent", &out->absent) ||
        !read_posted(fields, "posted_dedicated", hall, &out->posted_dedicated) ||
        !read_posted(fields, "posted_mixed", hall, &out->posted_mixed) ||
        !fields_list(fields, "off", 0, DAY_OFFS_MAX, &offs))
        return false;
    if (out->absent && json_array_size(offs))
        return fields_fault(fields, "off", "must be empty: the window is absent all day");
    for (size_t i = 0; i < json_array_size(offs); i++) {
        struct fields record;
        if (!fields_record(fields, "off", offs, i, NULL, &record) || !read_off(&record, hall, out))
            return false;
    }
    return true;
}

static bool read_day_windows(const struct fields *fields, const struct hall_file *hall, struct day_file *out)
{
    const json_t *list;
    if (!fields_list(fields, "windows", hall->window_count, hall->window_count, &list))
        return false;
    for (unsigned w = 0; w < hall->window_count; w++) {
        struct fields record;
        if (!fields_record(fields, "windows", list, w, NULL, &record) ||
            !read_day_window(&record, hall, &out->windows[w]))
            return false;
    }
    return true;
}

/* A booking has a slot, nobody else has. */
static bool read_slot(const struct fields *fields, const struct hall_file *hall, struct day_ticket *out)
{
    struct fields_range slots = {hall->open_min, hall->close_min, false};
    if (fields_null(fields, "slot_min"))
        return out->class != DAY_BOOKED ||
               fields_fault(fields, "slot_min", "is null, but the class is booked");
    if (!fields_number(fields, "slot_min", slots, &out->slot_min))
        return false;
    return out->class == DAY_BOOKED ||
           fields_fault(fields, "slot_min", "is %.10g, but the class is %s: must be null", out->slot_min,
                        day_class_names[out->class]);
}

static bool read_second(const struct fields *fields, const struct hall_file *hall, struct day_ticket *out)
{
    unsigned item;
    out->item2 = -1;
    if (fields_null(fields, "item2"))
        return fields_null(fields, "standard2_min") ||
               fields_fault(fields, "standard2_min", "must be null as item2 is");
    if (!fields_whole(fields, "item2", 0, hall->item_count - 1, &item) ||
        !fields_number(fields, "standard2_min", (struct fields_range){0, LONGEST_SERVICE_MIN, true},
                       &out->standard2_min))
        return false;
    out->item2 = (int)item;
    return true;
}

static bool read_ticket(const struct fields *fields, const struct hall_file *hall, struct day_file *out)
{
    struct day_ticket *t = &out->tickets[out->ticket_count];
    struct fields_range arrivals = {hall->tickets_from_min, hall->close_min, false};
    unsigned class;
    if (!fields_number(fields, "arrival_min", arrivals, &t->arrival_min) ||
        !fields_choice(fields, "class", day_class_names, &class))
        return false;
    t->class = (enum day_class) class;
    if (!read_slot(fields, hall, t) || !fields_whole(fields, "item", 0, hall->item_count - 1, &t->item) ||
        !fields_number(fields, "standard_min", (struct fields_range){0, LONGEST_SERVICE_MIN, true},
                       &t->standard_min) ||
        !read_second(fields, hall, t) || !fields_flag(fields, "no_show", &t->no_show))
        return false;
    if (t->no_show && t->class == DAY_BOOKED)
        return fields_fault(fields, "no_show", "is true, but bookings that do not come are left out");
    if (out->ticket_count && t->arrival_min < t[-1].arrival_min)
        return fields_fault(fields, "arrival_min", "is %.10g, before the ticket before, %.10g",
                            t->arrival_min, t[-1].arrival_min);
    out->ticket_count++;
    return true;
}

static bool read_columns(const struct fields *fields)
{
    struct fields columns;
    const json_t *list;
    if (!fields_list(fields, "ticket_columns", 8, 8, &list))
        return false;
    for (size_t i = 0; ticket_columns[i]; i++) {
        const char *word = json_string_value(json_array_get(list, i));
        columns = (struct fields){fields->file, fields->error, fields, "ticket_columns", (int)i, list, NULL};
        if (!word || strcmp(word, ticket_columns[i]) != 0)
            return fields_fault(&columns, NULL, "must be \"%s\"", ticket_columns[i]);
    }
    return true;
}

static bool read_tickets(const struct fields *fields, const struct hall_file *hall, struct day_file *out)
{
    const json_t *list;
    if (!read_columns(fields) || !fields_list(fields, "tickets", 0, TICKETS_MAX, &list))
        return false;
    size_t count = json_array_size(list);
    out->tickets = calloc(count ? count : 1, sizeof *out->tickets);
    if (!out->tickets) {
        error_set(fields->error, STATUS_MEMORY, "%s: no memory for %zu tickets", fields->file, count);
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        struct fields record;
        if (!fields_record(fields, "tickets", list, i, ticket_columns, &record) ||
            !read_ticket(&record, hall, out))
            return false;
    }
    return true;
}

static bool read_day(const struct fields *fields, const struct hall_file *hall, struct day_file *out)
{
    if (!fields_known(fields, day_members) ||
        !fields_name(fields, "scenario", SCENARIO_NAME_MAX, out->scenario) ||
        !fields_whole(fields, "hall", 0, HALL_NUMBER_MAX, &out->hall) ||
        !fields_whole(fields, "day", 0, DAY_NUMBER_MAX, &out->day))
        return false;
    if (strcmp(out->scenario, hall->scenario) != 0)
        return fields_fault(fields, "scenario", "is \"%s\", but the hall is of \"%s\"", out->scenario,
                            hall->scenario);
    if (out->hall != hall->hall)
        return fields_fault(fields, "hall", "is %u, but the hall read before is %u", out->hall, hall->hall);
    return read_day_windows(fields, hall, out) && read_tickets(fields, hall, out);
}

enum status day_file_read(const char *path, const struct hall_file *hall, struct day_file *out,
                          struct error *error)
{
    json_t *json;
    struct fields fields;
    memset(out, 0, sizeof *out);
    enum status status = fields_open(path, &json, &fields, error);
    if (status != STATUS_OK)
        return status;
    status = read_day(&fields, hall, out) ? STATUS_OK : error->status;
    json_decref(json);
    if (status != STATUS_OK)
        day_file_destroy(out);
    return status;
}

void day_file_destroy(struct day_file *day)
{
    free(day->tickets);
    day->tickets = NULL;
    day->ticket_count = 0;
}
