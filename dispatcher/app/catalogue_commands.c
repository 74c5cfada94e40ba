/* SPDX-License-Identifier: MIT
 * What deciding needs of the catalogue, as set-up commands. The document is checked, so every member is
 * there. */
#include "dispatcher/app/catalogue_inside.h"

#include "common/wire/json.h"
#include "dispatcher/core/fields.h"
#include "dispatcher/core/policy.h"

/* Where the commands go, and the one that is being made. */
struct maker {
    const struct catalogue *catalogue;
    catalogue_sink *sink;
    void *userdata;
};

static void hand_out(const struct maker *maker, const struct command *command)
{
    maker->sink(command, maker->userdata);
}

static const json_t *part(const struct maker *maker, const char *name)
{
    return json_object_get(maker->catalogue->document, name);
}

static uint16_t u16_at(const json_t *object, const char *name)
{
    return (uint16_t)wire_integer_at(object, name, 0);
}

static char letter_at(const json_t *object, const char *name)
{
    return wire_string_at(object, name, "")[0];
}

static uint8_t name_at(const json_t *object, const char *name, const char *const *names)
{
    const char *text = wire_string_at(object, name, "");
    int found = name_find(names, text, strlen(text));
    return (uint8_t)(found > 0 ? found : 0);
}

static uint64_t bits_at(const json_t *object, const char *name)
{
    const json_t *list = json_object_get(object, name);
    uint64_t bits = 0;
    for (size_t i = 0; i < json_array_size(list); i++)
        bits |= UINT64_C(1) << (json_integer_value(json_array_get(list, i)) - 1);
    return bits;
}

static struct item_list items_at(const json_t *object, const char *name)
{
    const json_t *list = json_object_get(object, name);
    struct item_list items = {0};
    for (size_t i = 0; i < json_array_size(list) && i < ITEM_LIST_MAX; i++)
        items.items[items.count++].value = (uint16_t)json_integer_value(json_array_get(list, i));
    return items;
}

static struct session_list sessions_at(const json_t *object, const char *name)
{
    const json_t *list = json_object_get(object, name);
    struct session_list sessions = {0};
    for (size_t i = 0; i < json_array_size(list) && i < SESSIONS_MAX; i++) {
        const json_t *pair = json_array_get(list, i);
        sessions.sessions[sessions.count++] = (struct session){
            .from_min = (uint16_t)time_parse(json_string_value(json_array_get(pair, 0))),
            .to_min = (uint16_t)time_parse(json_string_value(json_array_get(pair, 1))),
        };
    }
    return sessions;
}

/* ---- policies: all of them, so that one that is no longer named goes back to its default ---- */

static int32_t policy_value(const struct maker *maker, enum policy_key key)
{
    const struct policy_row *row = policy_row(key);
    const json_t *calendar = part(maker, "calendar");
    int32_t offset_min = row->standard;
    switch (key) {
    case POLICY_UTC_OFFSET_MIN:
        zone_offset_now(wire_string_at(part(maker, "hall"), "time_zone", ""), &offset_min);
        return offset_min;
    case POLICY_STOP_BEFORE_CLOSE_MIN:
        return (int32_t)wire_integer_at(calendar, "numbers_stop_before_close_min", row->standard);
    case POLICY_ISSUE_BEFORE_OPEN_MIN:
        return (int32_t)wire_integer_at(calendar, "issue_from_min_before_open", row->standard);
    default:
        return (int32_t)wire_integer_at(part(maker, "policy"), row->name, row->standard);
    }
}

static void make_policies(const struct maker *maker)
{
    for (enum policy_key key = 0; key < POLICY_KEYS; key++)
        hand_out(maker, &(struct command){.kind = COMMAND_SET_POLICY,
                                          .set_policy = {(uint16_t)key, policy_value(maker, key)}});
}

/* ---- one command per entry of a list ---- */

static void make_zone(const struct maker *maker, const json_t *zone)
{
    hand_out(maker, &(struct command){.kind = COMMAND_SET_ZONE,
                                      .set_zone = {{u16_at(zone, "id")}, letter_at(zone, "letter")}});
}

static void make_domain(const struct maker *maker, const json_t *domain)
{
    hand_out(maker, &(struct command){.kind = COMMAND_SET_DOMAIN,
                                      .set_domain = {.domain = {u16_at(domain, "id")},
                                                     .series = letter_at(domain, "series"),
                                                     .slot_capacity = u16_at(domain, "slot_capacity"),
                                                     .retired = wire_bool_at(domain, "retired")}});
}

static void make_item(const struct maker *maker, const json_t *item)
{
    hand_out(maker,
             &(struct command){
                 .kind = COMMAND_SET_ITEM,
                 .set_item = {.item = {u16_at(item, "id")},
                              .domain = {u16_at(item, "domain")},
                              .expected_ms = (uint32_t)wire_integer_at(item, "expected_min", 0) * 60000,
                              .daily_quota = u16_at(item, "daily_quota"),
                              .slot_capacity = u16_at(item, "slot_capacity"),
                              .zones = (uint32_t)bits_at(item, "zones"),
                              .case_type = name_at(item, "case_type", case_type_names),
                              .needs_identity = wire_bool_at(item, "needs_identity"),
                              .bookable = wire_bool_at(item, "bookable"),
                              .special_only = wire_bool_at(item, "special_only"),
                              .retired = wire_bool_at(item, "retired")}});
}

static void make_window(const struct maker *maker, const json_t *window)
{
    const json_t *domains = json_object_get(window, "domains");
    hand_out(maker, &(struct command){
                        .kind = COMMAND_SET_WINDOW,
                        .set_window = {.window = {u16_at(window, "number")},
                                       .zone = {u16_at(window, "zone")},
                                       .primary = {(uint16_t)json_integer_value(json_array_get(domains, 0))},
                                       .domains = bits_at(window, "domains"),
                                       .items = items_at(window, "items"),
                                       .mode = name_at(window, "mode", mode_names),
                                       .retired = wire_bool_at(window, "retired")}});
}

static void make_posting(const struct maker *maker, const json_t *window)
{
    hand_out(maker, &(struct command){.kind = COMMAND_POST,
                                      .post = {.window = {u16_at(window, "number")},
                                               .domains = bits_at(window, "posted_domains")}});
}

static void make_kind(const struct maker *maker, const json_t *kind)
{
    hand_out(maker, &(struct command){.kind = COMMAND_SET_KIND,
                                      .set_kind = {.kind = u16_at(kind, "id"),
                                                   .class = name_at(kind, "class", class_names)}});
}

static void make_clerk(const struct maker *maker, const json_t *clerk)
{
    hand_out(maker, &(struct command){
                        .kind = COMMAND_SET_CLERK,
                        .set_clerk = {.clerk = {u16_at(clerk, "id")},
                                      .speed_permille = (uint16_t)(u16_at(clerk, "speed_percent") * 10),
                                      .trained = wire_bool_at(clerk, "trained"),
                                      .retired = wire_bool_at(clerk, "retired")}});
}

static void make_authorisation(const struct maker *maker, const json_t *one)
{
    const json_t *scope = json_object_get(one, "scope");
    hand_out(maker, &(struct command){
                        .kind = COMMAND_SET_AUTHORISATION,
                        .set_authorisation = {.authorisation = u16_at(one, "id"),
                                              .clerk = {u16_at(one, "clerk")},
                                              .domains = bits_at(scope, "domains"),
                                              .items = items_at(scope, "items"),
                                              .from_date = date_parse(wire_string_at(one, "valid_from", "")),
                                              .to_date = date_parse(wire_string_at(one, "valid_to", "")),
                                              .class = name_at(one, "class", authorisation_class_names),
                                              .revoked = wire_bool_at(one, "revoked")}});
}

static void make_day(const struct maker *maker, const json_t *day)
{
    hand_out(maker, &(struct command){.kind = COMMAND_SET_CALENDAR,
                                      .set_calendar = {.date = date_parse(wire_string_at(day, "date", "")),
                                                       .sessions = sessions_at(day, "sessions")}});
}

static void make_each(const struct maker *maker, const json_t *list,
                      void (*make)(const struct maker *maker, const json_t *entry))
{
    for (size_t i = 0; i < json_array_size(list); i++)
        make(maker, json_array_get(list, i));
}

static void make_week(const struct maker *maker)
{
    static const char *const weekdays[] = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};
    const json_t *weekly = json_object_get(part(maker, "calendar"), "weekly");
    for (uint16_t w = 0; w < 7; w++)
        hand_out(maker,
                 &(struct command){.kind = COMMAND_SET_WEEK,
                                   .set_week = {.weekday = w, .sessions = sessions_at(weekly, weekdays[w])}});
}

void catalogue_commands(const struct catalogue *catalogue, catalogue_sink *sink, void *userdata)
{
    const struct maker maker = {catalogue, sink, userdata};
    make_policies(&maker);
    make_each(&maker, part(&maker, "zones"), make_zone);
    make_each(&maker, part(&maker, "domains"), make_domain);
    make_each(&maker, part(&maker, "items"), make_item);
    make_each(&maker, part(&maker, "windows"), make_window);
    make_each(&maker, part(&maker, "windows"), make_posting);
    make_each(&maker, part(&maker, "priority_kinds"), make_kind);
    make_each(&maker, part(&maker, "clerks"), make_clerk);
    make_each(&maker, part(&maker, "authorisations"), make_authorisation);
    make_week(&maker);
    make_each(&maker, json_object_get(part(&maker, "calendar"), "days"), make_day);
}
