/* SPDX-License-Identifier: MIT
 * What the catalogue's document holds: one table of members per kind of object. Rules between members are in
 * catalogue_rules.c. */
#include "dispatcher/app/catalogue_inside.h"

#include "dispatcher/core/fields.h"
#include "dispatcher/core/limits.h"

enum {
    NAME_CHARACTERS = 80,
    LABEL_CHARACTERS = 48,
    TEXT_CHARACTERS = 400,
    NOTICE_CHARACTERS = 160,
    CODE_CHARACTERS = 64,
    LINES_MAX = 32,
    NOTICES_MAX = 16,
    SLOT_CAPACITY_MAX = 1000,
    EXPECTED_MIN_MAX = 480,
    DAYS_MAX = 3650,
    OPENING_MIN_MAX = 240, /* of the two policies that these become */
};

const struct catalogue_set_row catalogue_sets[CATALOGUE_SETS] = {
    [SET_ZONES] = {"zones", "id", "zone", ZONES_MAX},
    [SET_DOMAINS] = {"domains", "id", "domain", DOMAINS_MAX},
    [SET_ITEMS] = {"items", "id", "item", ITEMS_MAX},
    [SET_WINDOWS] = {"windows", "number", "window", WINDOWS_MAX},
    [SET_CLERKS] = {"clerks", "id", "clerk", CLERKS_MAX},
};

/* One row each; what a row does not name is zero. The formatter would spread them over many lines. */
/* clang-format off */
#define ROW(name_, type_, ...)       {.name = (name_), .type = MEMBER_##type_, __VA_ARGS__}
#define WHOLE(name, from, to, flags_)         ROW(name, INTEGER, .least = (from), .most = (to), .flags = (flags_))
#define FLAG(name, flags_)           ROW(name, BOOL, .flags = (flags_))
#define STRING(name, which, characters, flags_) \
    ROW(name, STRING, .form = &form_##which, .most = (characters), .flags = (flags_))
#define TEXT(name, characters, flags_)          ROW(name, TEXT, .most = (characters), .flags = (flags_))
#define TEXTS(name, least_count, most_count, characters) \
    ROW(name, TEXT, .most = (characters), .flags = LIST, .few = (least_count), .many = (most_count))
#define ONE_OF(name, table, flags_)             ROW(name, ENUM, .names = (table), .flags = (flags_))
#define REF(name, set, flags_)                  ROW(name, INTEGER, .refers = SET_##set, .flags = (flags_))
#define REFS(name, set, least_count, most_count, flags_) \
    ROW(name, INTEGER, .refers = SET_##set, .flags = LIST | DISTINCT | (flags_), \
        .few = (least_count), .many = (most_count))
#define SESSIONS(name)               ROW(name, SESSION, .flags = LIST, .many = SESSIONS_MAX)
#define OBJECT(name, kind)           ROW(name, OBJECT, .shape = &shape_##kind)
#define OBJECTS(name, kind, least_count, most_count) \
    ROW(name, OBJECT, .shape = &shape_##kind, .flags = LIST, .few = (least_count), .many = (most_count))
#define END                          {.name = NULL}
#define SHAPE(kind, rule_, bytes)    static const struct shape shape_##kind = {members_##kind, (rule_), (bytes)}
#define MEMBERS(kind)                static const struct member members_##kind[]

static const char *const guide_supplies[] = {"paper", "online", "shared", NULL};
static const char *const kind_classes[] = {"priority", "green", NULL};
static const char *const roles[] = {"clerk", "lead", "manager", "auditor", "admin", NULL};
static const char *const year_bases[] = {"announced", "assumed", NULL};
static const char *const day_kinds[] = {"holiday", "workday", "special", NULL};

/* ---- hall.json ---- */
MEMBERS(hall) = {
    STRING("id", word, 32, 0),
    TEXT("name", NAME_CHARACTERS, 0),
    TEXT("short_name", LABEL_CHARACTERS, 0),
    STRING("reading", reading, 400, OPTIONAL),
    TEXT("address", NOTICE_CHARACTERS, 0),
    STRING("phone", phone, 32, 0),
    STRING("time_zone", time_zone, 64, 0),
    STRING("online_hall_url", url, 200, 0),
    STRING("item_code_pattern", code_pattern, CODE_CHARACTERS, OPTIONAL),
    TEXTS("notice_lines", 0, NOTICES_MAX, NOTICE_CHARACTERS),
    END};
SHAPE(hall, rule_hall, CATALOGUE_ROW_MAX / 2);

MEMBERS(zone) = {
    WHOLE("id", 1, ZONES_MAX, UNIQUE),
    STRING("letter", letter, 1, UNIQUE),
    TEXT("name", NAME_CHARACTERS, 0),
    END};
SHAPE(zone, NULL, 0);

MEMBERS(domain) = {
    WHOLE("id", 1, DOMAINS_MAX, UNIQUE),
    STRING("series", series, 1, UNIQUE),
    TEXT("name", NAME_CHARACTERS, UNIQUE),
    TEXT("short_name", LABEL_CHARACTERS, 0),
    STRING("icon", icon, 32, 0),
    STRING("reading", reading, 400, 0),
    WHOLE("slot_capacity", 0, SLOT_CAPACITY_MAX, 0),
    TEXT("department", NAME_CHARACTERS, 0),
    FLAG("retired", OPTIONAL),
    END};
SHAPE(domain, rule_domain, 0);

MEMBERS(window) = {
    WHOLE("number", 1, WINDOWS_MAX, UNIQUE),
    REF("zone", ZONES, 0),
    ONE_OF("mode", mode_names, 0),
    REFS("domains", DOMAINS, 0, DOMAINS_MAX, 0),
    REFS("items", ITEMS, 0, ITEM_LIST_MAX, 0),
    REFS("posted_domains", DOMAINS, 0, DOMAINS_MAX, 0),
    TEXT("name", NAME_CHARACTERS, 0),
    STRING("reading", reading, 400, 0),
    FLAG("retired", OPTIONAL),
    END};
SHAPE(window, rule_window, 0);

MEMBERS(kind) = {
    WHOLE("id", 1, PRIORITY_KINDS_MAX, UNIQUE),
    STRING("code", word, 32, UNIQUE),
    TEXT("name", LABEL_CHARACTERS, 0),
    ONE_OF("class", kind_classes, 0),
    END};
SHAPE(kind, NULL, 0);

MEMBERS(holiday_texts) = {
    TEXT("hours", NOTICE_CHARACTERS, 0),
    TEXT("saturday", NOTICE_CHARACTERS, 0),
    TEXT("weekend", NOTICE_CHARACTERS, 0),
    TEXT("holiday", NOTICE_CHARACTERS, 0),
    TEXT("make_up", NOTICE_CHARACTERS, 0),
    TEXT("special", NOTICE_CHARACTERS, 0),
    TEXT("self_service", NOTICE_CHARACTERS, 0),
    TEXT("online", NOTICE_CHARACTERS, 0),
    END};
SHAPE(holiday_texts, rule_holiday_texts, 0);

/* ---- items.json ---- */
MEMBERS(material) = {
    TEXT("name", NAME_CHARACTERS, UNIQUE),
    WHOLE("original", 0, 99, 0),
    WHOLE("copies", 0, 99, 0),
    ONE_OF("supplied", guide_supplies, 0),
    TEXT("note", TEXT_CHARACTERS, 0),
    END};
SHAPE(material, rule_material, 0);

MEMBERS(time_limit) = {
    WHOLE("legal_days", 1, DAYS_MAX, 0),
    WHOLE("promised_days", 0, DAYS_MAX, 0),
    TEXT("note", TEXT_CHARACTERS, 0),
    END};
SHAPE(time_limit, rule_time_limit, 0);

MEMBERS(fees) = {
    FLAG("charged", 0),
    TEXT("basis", TEXT_CHARACTERS, 0),
    TEXT("standard", TEXT_CHARACTERS, 0),
    END};
SHAPE(fees, NULL, 0);

MEMBERS(guide) = {
    TEXT("basis", TEXT_CHARACTERS, 0),
    TEXT("type", LABEL_CHARACTERS, 0),
    TEXT("accepting_unit", NAME_CHARACTERS, 0),
    TEXTS("channels", 1, LINES_MAX, TEXT_CHARACTERS),
    TEXTS("conditions", 1, LINES_MAX, TEXT_CHARACTERS),
    OBJECTS("materials", material, 1, LINES_MAX),
    TEXTS("procedure", 1, LINES_MAX, TEXT_CHARACTERS),
    OBJECT("time_limit", time_limit),
    OBJECT("fees", fees),
    TEXTS("rating_channels", 1, LINES_MAX, TEXT_CHARACTERS),
    TEXTS("complaint_channels", 1, LINES_MAX, TEXT_CHARACTERS),
    STRING("updated", date, 10, 0),
    END};
SHAPE(guide, NULL, CATALOGUE_ROW_MAX - 1024);

MEMBERS(item) = {
    WHOLE("id", 1, ITEMS_MAX, UNIQUE),
    STRING("code", code, CODE_CHARACTERS, UNIQUE),
    REF("domain", DOMAINS, 0),
    TEXT("name", NAME_CHARACTERS, UNIQUE),
    TEXT("short_name", LABEL_CHARACTERS, 0),
    STRING("reading", reading, 400, OPTIONAL),
    ROW("aliases", STRING, .form = &form_text, .most = LABEL_CHARACTERS, .flags = LIST | DISTINCT,
        .many = LINES_MAX),
    TEXT("department", NAME_CHARACTERS, 0),
    ONE_OF("case_type", case_type_names, 0),
    WHOLE("expected_min", 1, EXPECTED_MIN_MAX, 0),
    FLAG("needs_identity", 0),
    FLAG("bookable", 0),
    FLAG("needs_confirmation", 0),
    FLAG("special_only", 0),
    WHOLE("daily_quota", 0, NUMBER_COUNT_MAX, 0),
    WHOLE("slot_capacity", 0, SLOT_CAPACITY_MAX, 0),
    REFS("zones", ZONES, 1, ZONES_MAX, OPTIONAL),
    FLAG("popular", 0),
    OBJECT("guide", guide),
    FLAG("retired", OPTIONAL),
    END};
SHAPE(item, rule_item, 0);

/* ---- clerks.json ---- */
MEMBERS(clerk) = {
    WHOLE("id", 1, CLERKS_MAX, UNIQUE),
    TEXT("name", LABEL_CHARACTERS, 0),
    STRING("staff_no", code, 32, UNIQUE),
    FLAG("trained", 0),
    STRING("trained_on", date, 10, NULLABLE),
    ROW("roles", ENUM, .names = roles, .flags = LIST | DISTINCT, .few = 1, .many = 5),
    WHOLE("speed_percent", 20, 500, 0),
    FLAG("retired", OPTIONAL),
    END};
SHAPE(clerk, rule_clerk, 0);

MEMBERS(scope) = {
    REFS("domains", DOMAINS, 1, DOMAINS_MAX, OPTIONAL),
    REFS("items", ITEMS, 1, ITEM_LIST_MAX, OPTIONAL),
    END};
SHAPE(scope, rule_scope, 0);

MEMBERS(authorisation) = {
    WHOLE("id", 1, AUTHORISATIONS_MAX, UNIQUE),
    REF("clerk", CLERKS, 0),
    ONE_OF("class", authorisation_class_names, 0),
    OBJECT("scope", scope),
    STRING("valid_from", date, 10, 0),
    STRING("valid_to", date, 10, 0),
    STRING("document", text, LABEL_CHARACTERS, UNIQUE),
    FLAG("revoked", OPTIONAL),
    END};
SHAPE(authorisation, rule_authorisation, 0);

MEMBERS(roster) = {
    REF("window", WINDOWS, UNIQUE),
    REF("clerk", CLERKS, UNIQUE),
    END};
SHAPE(roster, rule_roster, 0);

/* ---- calendar.json ---- */
MEMBERS(year) = {
    WHOLE("year", 1970, 9999, UNIQUE),
    ONE_OF("basis", year_bases, 0),
    TEXT("note", TEXT_CHARACTERS, 0),
    END};
SHAPE(year, NULL, 0);

MEMBERS(weekly) = {
    SESSIONS("mon"),
    SESSIONS("tue"),
    SESSIONS("wed"),
    SESSIONS("thu"),
    SESSIONS("fri"),
    SESSIONS("sat"),
    SESSIONS("sun"),
    END};
SHAPE(weekly, rule_weekly, 0);

MEMBERS(lunch_shift) = {
    STRING("from", time, 5, 0),
    STRING("to", time, 5, 0),
    REFS("windows", WINDOWS, 1, WINDOWS_MAX, 0),
    TEXT("note", TEXT_CHARACTERS, 0),
    END};
SHAPE(lunch_shift, rule_lunch_shift, 0);

MEMBERS(day) = {
    STRING("date", date, 10, UNIQUE),
    ONE_OF("kind", day_kinds, 0),
    TEXT("name", LABEL_CHARACTERS, 0),
    SESSIONS("sessions"),
    TEXT("note", TEXT_CHARACTERS, OPTIONAL),
    END};
SHAPE(day, rule_day, 0);

MEMBERS(calendar) = {
    TEXT("note", TEXT_CHARACTERS, 0),
    OBJECTS("years", year, 1, LINES_MAX),
    OBJECT("weekly", weekly),
    WHOLE("numbers_stop_before_close_min", 0, OPENING_MIN_MAX, 0),
    WHOLE("issue_from_min_before_open", 0, OPENING_MIN_MAX, 0),
    OBJECTS("lunch_shifts", lunch_shift, 0, LINES_MAX),
    OBJECTS("days", day, 0, CALENDAR_DAYS_MAX),
    END};
SHAPE(calendar, NULL, 0);

/* ---- all of it ---- */
MEMBERS(document) = {
    WHOLE("format", CATALOGUE_FORMAT, CATALOGUE_FORMAT, 0),
    OBJECT("hall", hall),
    OBJECTS("zones", zone, 1, ZONES_MAX),
    OBJECTS("domains", domain, 1, DOMAINS_MAX),
    OBJECTS("windows", window, 1, WINDOWS_MAX),
    OBJECTS("priority_kinds", kind, 0, PRIORITY_KINDS_MAX),
    ROW("policy", POLICIES),
    OBJECT("holiday_texts", holiday_texts),
    OBJECTS("items", item, 1, ITEMS_MAX),
    OBJECTS("clerks", clerk, 0, CLERKS_MAX),
    OBJECTS("authorisations", authorisation, 0, AUTHORISATIONS_MAX),
    OBJECTS("roster", roster, 0, WINDOWS_MAX),
    OBJECT("calendar", calendar),
    END};
/* clang-format on */

const struct shape catalogue_shape = {members_document, NULL, 0};
