/* SPDX-License-Identifier: MIT
 * Rules between members of the catalogue's objects. Each is called when the object's own members are right;
 * objects of lists that stand later in the document may not be checked yet. */
#include "dispatcher/app/catalogue_inside.h"

#include <string.h>

#include "common/wire/json.h"
#include "dispatcher/core/calendar.h"

static const char *zh_of(const json_t *object, const char *name)
{
    return wire_string_at(json_object_get(object, name), "zh", "");
}

static const json_t *list_of(const json_t *object, const char *name)
{
    return json_object_get(object, name);
}

static bool list_holds(const json_t *list, int64_t id)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (json_integer_value(json_array_get(list, i)) == id)
            return true;
    return false;
}

/* A reading has one syllable for each Han character of what it reads. */
static bool reading_fits(struct check *check, const json_t *object, const char *name)
{
    const char *reading = wire_string_at(object, "reading", NULL);
    const char *zh = zh_of(object, name);
    size_t syllables = reading ? reading_syllables(reading) : 0;
    if (!reading || syllables == text_han_characters(zh))
        return true;
    return check_fail(check, "reading",
                      "expected a syllable for each of the %zu Han characters of %s.zh, got %zu",
                      text_han_characters(zh), name, syllables);
}

bool rule_hall(struct check *check, const json_t *hall)
{
    return reading_fits(check, hall, "short_name");
}

bool rule_domain(struct check *check, const json_t *domain)
{
    return reading_fits(check, domain, "name");
}

bool rule_window(struct check *check, const json_t *window)
{
    const char *mode = wire_string_at(window, "mode", "");
    const json_t *domains = list_of(window, "domains"), *posted = list_of(window, "posted_domains");
    bool by_domain = strcmp(mode, "domain") == 0, special = strcmp(mode, "special") == 0;
    if (by_domain != (json_array_size(domains) > 0))
        return check_fail(check, "domains", "expected %s",
                          by_domain ? "the domains that this domain window serves, got none"
                                    : "[]: only a window of mode \"domain\" names domains");
    if (special != (json_array_size(list_of(window, "items")) > 0))
        return check_fail(check, "items", "expected %s",
                          special ? "the items that this special window serves, got none"
                                  : "[]: only a window of mode \"special\" names items");
    for (size_t i = 0; by_domain && i < json_array_size(posted); i++)
        if (!list_holds(domains, json_integer_value(json_array_get(posted, i)))) {
            check_enter_member(check, "posted_domains");
            check_enter_element(check, i);
            return check_fail(check, NULL, "expected one of the window's own domains");
        }
    return reading_fits(check, window, "name");
}

/* Whether a window in use names the item, and stands where the item is served. */
static bool has_special_window(const struct catalogue *catalogue, const json_t *item)
{
    const json_t *windows = list_of(catalogue->document, "windows"), *zones = list_of(item, "zones");
    for (size_t i = 0; i < json_array_size(windows); i++) {
        const json_t *window = json_array_get(windows, i);
        if (!wire_bool_at(window, "retired") &&
            list_holds(list_of(window, "items"), wire_integer_at(item, "id", 0)) &&
            (!zones || list_holds(zones, wire_integer_at(window, "zone", 0))))
            return true;
    }
    return false;
}

static bool item_slots_fit(struct check *check, const json_t *item)
{
    int64_t capacity = wire_integer_at(item, "slot_capacity", 0);
    const json_t *domain = catalogue_entry(check->catalogue, SET_DOMAINS, wire_integer_at(item, "domain", 0));
    if (!wire_bool_at(item, "bookable"))
        return !capacity || check_fail(check, "slot_capacity", "expected 0, as the item is not bookable");
    return capacity || wire_integer_at(domain, "slot_capacity", 0) ||
           check_fail(check, "slot_capacity",
                      "expected a number of places, as the item is bookable and its domain has none");
}

bool rule_item(struct check *check, const json_t *item)
{
    const char *pattern =
        wire_string_at(json_object_get(check->catalogue->document, "hall"), "item_code_pattern", NULL);
    if (pattern && !code_matches(pattern, wire_string_at(item, "code", "")))
        return check_fail(check, "code", "expected a code of the form %s (hall.item_code_pattern)", pattern);
    if (!reading_fits(check, item, "name") || !item_slots_fit(check, item))
        return false;
    if (wire_bool_at(item, "special_only") && !wire_bool_at(item, "retired") &&
        !has_special_window(check->catalogue, item))
        return check_fail(check, "special_only", "expected false, as no special window%s names the item",
                          json_object_get(item, "zones") ? " in its zones" : "");
    const json_t *limit = json_object_get(json_object_get(item, "guide"), "time_limit");
    bool on_the_spot = strcmp(wire_string_at(item, "case_type", ""), "on-the-spot") == 0;
    if (on_the_spot != (wire_integer_at(limit, "promised_days", 0) == 0))
        return check_fail(check, "case_type", "expected \"%s\", as guide.time_limit.promised_days is %s",
                          on_the_spot ? "committed-time" : "on-the-spot", on_the_spot ? "not 0" : "0");
    return true;
}

bool rule_material(struct check *check, const json_t *material)
{
    bool on_paper = strcmp(wire_string_at(material, "supplied", ""), "paper") == 0;
    bool has_sheets =
        wire_integer_at(material, "original", 0) > 0 || wire_integer_at(material, "copies", 0) > 0;
    if (on_paper == has_sheets)
        return true;
    return check_fail(check, "supplied", "expected %s",
                      on_paper ? "\"online\" or \"shared\", as there are no originals and no copies"
                               : "\"paper\", as there are originals or copies to bring");
}

bool rule_time_limit(struct check *check, const json_t *limit)
{
    int64_t legal = wire_integer_at(limit, "legal_days", 0);
    return wire_integer_at(limit, "promised_days", 0) <= legal ||
           check_fail(check, "promised_days", "expected at most the %d of legal_days", (int)legal);
}

/* Only {name} and {hours} are ever filled in. */
static bool placeholders_are_known(struct check *check, const char *name, const char *language,
                                   const char *text)
{
    for (const char *open = strpbrk(text, "{}"); open; open = strpbrk(open, "{}")) {
        size_t length = strncmp(open, "{name}", 6) == 0 ? 6 : strncmp(open, "{hours}", 7) == 0 ? 7 : 0;
        if (!length) {
            check_enter_member(check, name);
            return check_fail(check, language, "expected no braces but those of {name} and {hours}");
        }
        open += length;
    }
    return true;
}

bool rule_holiday_texts(struct check *check, const json_t *texts)
{
    const char *name;
    json_t *text;
    json_object_foreach((json_t *)texts, name, text) /* the macro wants no const; it only reads */
        if (!placeholders_are_known(check, name, "zh", wire_string_at(text, "zh", "")) ||
            !placeholders_are_known(check, name, "en", wire_string_at(text, "en", ""))) return false;
    return true;
}

bool rule_clerk(struct check *check, const json_t *clerk)
{
    bool trained = wire_bool_at(clerk, "trained");
    if (trained == json_is_string(json_object_get(clerk, "trained_on")))
        return true;
    return check_fail(check, "trained_on", "expected %s",
                      trained ? "the date of the training" : "null, as trained is false");
}

bool rule_scope(struct check *check, const json_t *scope)
{
    return json_object_size(scope) > 0 ||
           check_fail(check, NULL, "expected domains, items or both, got neither");
}

/* Whether everything in the scope is in the other one as well, be it by its item's domain. */
static bool scope_is_within(const struct catalogue *catalogue, const json_t *scope, const json_t *other)
{
    const json_t *domains = list_of(scope, "domains"), *items = list_of(scope, "items");
    for (size_t i = 0; i < json_array_size(domains); i++)
        if (!list_holds(list_of(other, "domains"), json_integer_value(json_array_get(domains, i))))
            return false;
    for (size_t i = 0; i < json_array_size(items); i++) {
        int64_t id = json_integer_value(json_array_get(items, i));
        const json_t *item = catalogue_entry(catalogue, SET_ITEMS, id);
        if (!list_holds(list_of(other, "items"), id) &&
            !list_holds(list_of(other, "domains"), wire_integer_at(item, "domain", 0)))
            return false;
    }
    return true;
}

static bool gives_nothing_beside(const struct catalogue *catalogue, const json_t *one, const json_t *other)
{
    return strcmp(wire_string_at(one, "valid_from", ""), wire_string_at(other, "valid_from", "")) >= 0 &&
           strcmp(wire_string_at(one, "valid_to", ""), wire_string_at(other, "valid_to", "")) <= 0 &&
           scope_is_within(catalogue, list_of(one, "scope"), list_of(other, "scope"));
}

/* Of two that say the same, revoking one would revoke nothing. Those that only overlap, such as a renewal,
 * and those of another class stand beside each other. */
static const json_t *authorisation_twin(const struct catalogue *catalogue, const json_t *authorisation)
{
    const json_t *list = list_of(catalogue->document, "authorisations");
    int64_t clerk = wire_integer_at(authorisation, "clerk", 0);
    const char *class = wire_string_at(authorisation, "class", "");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *other = json_array_get(list, i);
        if (other == authorisation || wire_bool_at(authorisation, "revoked"))
            return NULL;
        if (wire_integer_at(other, "clerk", 0) == clerk && !wire_bool_at(other, "revoked") &&
            strcmp(wire_string_at(other, "class", ""), class) == 0 &&
            (gives_nothing_beside(catalogue, authorisation, other) ||
             gives_nothing_beside(catalogue, other, authorisation)))
            return other;
    }
    return NULL;
}

bool rule_authorisation(struct check *check, const json_t *authorisation)
{
    const char *from = wire_string_at(authorisation, "valid_from", "");
    if (strcmp(from, wire_string_at(authorisation, "valid_to", "")) > 0)
        return check_fail(check, "valid_to", "expected %s or later", from);
    if (strcmp(wire_string_at(authorisation, "class", ""), "comprehensive") == 0 &&
        !json_array_size(list_of(list_of(authorisation, "scope"), "domains")))
        return check_fail(check, "class",
                          "expected \"window\" or \"chief\", as scope names no domain but single items");
    const json_t *twin = authorisation_twin(check->catalogue, authorisation);
    return !twin ||
           check_fail(
               check, "scope",
               "expected something else than authorisation %d gives the clerk in the same days, or one of "
               "them revoked",
               (int)wire_integer_at(twin, "id", 0));
}

bool rule_roster(struct check *check, const json_t *line)
{
    const json_t *clerk = catalogue_entry(check->catalogue, SET_CLERKS, wire_integer_at(line, "clerk", 0));
    const json_t *window = catalogue_entry(check->catalogue, SET_WINDOWS, wire_integer_at(line, "window", 0));
    if (wire_bool_at(window, "retired"))
        return check_fail(check, "window", "expected a window that is not retired");
    return (wire_bool_at(clerk, "trained") && !wire_bool_at(clerk, "retired")) ||
           check_fail(check, "clerk", "expected a clerk who is trained and not retired");
}

/* ---- calendar ---- */

static const char *session_time(const json_t *sessions, size_t index, size_t end)
{
    return json_string_value(json_array_get(json_array_get(sessions, index), end));
}

/* Each begins no earlier than the one before ends, and ends after it begins. */
static bool sessions_are_in_order(struct check *check, const json_t *object, const char *name)
{
    const json_t *sessions = list_of(object, name);
    int end = 0;
    for (size_t i = 0; i < json_array_size(sessions); i++) {
        int from = time_parse(session_time(sessions, i, 0)), to = time_parse(session_time(sessions, i, 1));
        if (from < end || to <= from) {
            check_enter_member(check, name);
            check_enter_element(check, i);
            return check_fail(check, NULL, "expected %s",
                              from < end ? "a session that begins when the one before has ended"
                                         : "a session that ends after it begins");
        }
        end = to;
    }
    return true;
}

bool rule_weekly(struct check *check, const json_t *weekly)
{
    const char *name;
    json_t *sessions;
    json_object_foreach((json_t *)weekly, name, sessions) /* as above */
        if (!sessions_are_in_order(check, weekly, name)) return false;
    return true;
}

bool rule_lunch_shift(struct check *check, const json_t *shift)
{
    const char *from = wire_string_at(shift, "from", "");
    return strcmp(from, wire_string_at(shift, "to", "")) < 0 ||
           check_fail(check, "to", "expected a time after %s", from);
}

static bool year_is_listed(const struct catalogue *catalogue, int year)
{
    const json_t *years = list_of(json_object_get(catalogue->document, "calendar"), "years");
    for (size_t i = 0; i < json_array_size(years); i++)
        if (wire_integer_at(json_array_get(years, i), "year", 0) == year)
            return true;
    return false;
}

bool rule_day(struct check *check, const json_t *day)
{
    const char *kind = wire_string_at(day, "kind", "");
    int32_t date = date_parse(wire_string_at(day, "date", ""));
    int weekday = date_weekday(date);
    bool closed = json_array_size(list_of(day, "sessions")) == 0;
    if (!year_is_listed(check->catalogue, date_to_civil(date).year))
        return check_fail(check, "date", "expected a day of one of the calendar's years");
    if (closed != (strcmp(kind, "holiday") == 0))
        return check_fail(check, "sessions", "expected %s",
                          closed ? "sessions, as only a holiday is closed" : "[], as the day is a holiday");
    if (strcmp(kind, "workday") == 0 && weekday != 0 && weekday != 6)
        return check_fail(check, "kind",
                          "expected \"special\", as only a Saturday or Sunday can be a make-up "
                          "work day");
    return sessions_are_in_order(check, day, "sessions");
}
