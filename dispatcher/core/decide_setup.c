/* SPDX-License-Identifier: MIT
 * Set-up: each command becomes its event when it fits the limits and what it refers to exists. */
#include "dispatcher/core/inner.h"

static bool in_range(unsigned value, unsigned most)
{
    return value >= 1 && value <= most;
}

static bool is_series(char letter)
{
    return letter >= 'A' && letter <= 'Z' && letter != 'L' && letter != 'Y';
}

static bool items_exist(const struct hall *hall, const struct item_list *list)
{
    for (unsigned i = 0; i < list->count; i++)
        if (!item_exists(hall, list->items[i]))
            return false;
    return true;
}

static bool sessions_are_sound(const struct session_list *list)
{
    unsigned end = 0;
    for (unsigned i = 0; i < list->count; i++) {
        if (list->sessions[i].from_min < end || list->sessions[i].to_min <= list->sessions[i].from_min)
            return false;
        end = list->sessions[i].to_min;
    }
    return list->count <= SESSIONS_MAX && end <= 1440;
}

bool decide_set_policy(struct deciding *d, const struct command *command)
{
    const struct policy_set *set = &command->set_policy;
    if (set->key >= POLICY_KEYS)
        return refuse(d, REFUSED_NOT_IN_CATALOGUE);
    const struct policy_row *row = policy_row((enum policy_key)set->key);
    if (set->value < row->least || set->value > row->most)
        return refuse_value(d, REFUSED_BAD_VALUE, set->value);
    add(d, EVENT_POLICY_SET)->policy_set = *set;
    return true;
}

bool decide_set_zone(struct deciding *d, const struct command *command)
{
    const struct zone_set *set = &command->set_zone;
    if (!in_range(set->zone.value, ZONES_MAX) || set->letter < 'A' || set->letter > 'Z')
        return refuse(d, REFUSED_NOT_IN_CATALOGUE);
    add(d, EVENT_ZONE_SET)->zone_set = *set;
    return true;
}

bool decide_set_domain(struct deciding *d, const struct command *command)
{
    const struct domain_set *set = &command->set_domain;
    if (!in_range(set->domain.value, DOMAINS_MAX) || !is_series(set->series))
        return refuse(d, REFUSED_NOT_IN_CATALOGUE);
    add(d, EVENT_DOMAIN_SET)->domain_set = *set;
    return true;
}

bool decide_set_item(struct deciding *d, const struct command *command)
{
    const struct item_set *set = &command->set_item;
    if (!in_range(set->item.value, ITEMS_MAX) || !set->expected_ms || set->case_type >= CASE_TYPES)
        return refuse(d, REFUSED_NOT_IN_CATALOGUE);
    if (!domain_exists(d->hall, set->domain))
        return refuse(d, REFUSED_NO_SUCH_DOMAIN);
    for (unsigned z = 1; z <= ZONES_MAX; z++)
        if (set->zones >> (z - 1) & 1 && !d->hall->zones[z].exists)
            return refuse(d, REFUSED_NO_SUCH_ZONE);
    add(d, EVENT_ITEM_SET)->item_set = *set;
    return true;
}

bool decide_set_window(struct deciding *d, const struct command *command)
{
    const struct window_set *set = &command->set_window;
    if (!in_range(set->window.value, WINDOWS_MAX) || set->mode >= WINDOW_MODES)
        return refuse(d, REFUSED_NOT_IN_CATALOGUE);
    if (!zone_exists(d->hall, set->zone))
        return refuse(d, REFUSED_NO_SUCH_ZONE);
    if (!domains_exist(d->hall, set->domains) ||
        (set->primary.value && !domain_exists(d->hall, set->primary)))
        return refuse(d, REFUSED_NO_SUCH_DOMAIN);
    if (!items_exist(d->hall, &set->items))
        return refuse(d, REFUSED_NO_SUCH_ITEM);
    if ((set->mode == MODE_DOMAIN && !set->domains) || (set->mode == MODE_SPECIAL && !set->items.count))
        return refuse(d, REFUSED_NOT_IN_CATALOGUE);
    add(d, EVENT_WINDOW_SET)->window_set = *set;
    return true;
}

bool decide_set_kind(struct deciding *d, const struct command *command)
{
    const struct kind_set *set = &command->set_kind;
    if (!in_range(set->kind, PRIORITY_KINDS_MAX) ||
        (set->class != CLASS_PRIORITY && set->class != CLASS_GREEN))
        return refuse(d, REFUSED_NOT_IN_CATALOGUE);
    add(d, EVENT_KIND_SET)->kind_set = *set;
    return true;
}

bool decide_set_clerk(struct deciding *d, const struct command *command)
{
    const struct clerk_set *set = &command->set_clerk;
    if (!in_range(set->clerk.value, CLERKS_MAX))
        return refuse(d, REFUSED_NOT_IN_CATALOGUE);
    if (set->speed_permille && (set->speed_permille < 200 || set->speed_permille > 5000))
        return refuse_value(d, REFUSED_BAD_VALUE, set->speed_permille);
    add(d, EVENT_CLERK_SET)->clerk_set = *set;
    return true;
}

bool decide_set_authorisation(struct deciding *d, const struct command *command)
{
    const struct authorisation_set *set = &command->set_authorisation;
    if (!in_range(set->authorisation, AUTHORISATIONS_MAX) || set->class >= AUTHORISATION_CLASSES)
        return refuse(d, REFUSED_NOT_IN_CATALOGUE);
    if (set->to_date < set->from_date)
        return refuse(d, REFUSED_AUTHORISATION_DATES);
    if (!set->domains && !set->items.count)
        return refuse(d, REFUSED_AUTHORISATION_EMPTY);
    if (set->class == AUTHORISATION_COMPREHENSIVE && !set->domains)
        return refuse(d, REFUSED_AUTHORISATION_SCOPE);
    if (!clerk_exists(d->hall, set->clerk))
        return refuse(d, REFUSED_NO_SUCH_CLERK);
    if (!domains_exist(d->hall, set->domains))
        return refuse(d, REFUSED_NO_SUCH_DOMAIN);
    if (!items_exist(d->hall, &set->items))
        return refuse(d, REFUSED_NO_SUCH_ITEM);
    add(d, EVENT_AUTHORISATION_SET)->authorisation_set = *set;
    return true;
}

bool decide_set_week(struct deciding *d, const struct command *command)
{
    if (command->set_week.weekday > 6 || !sessions_are_sound(&command->set_week.sessions))
        return refuse(d, REFUSED_NOT_IN_CATALOGUE);
    add(d, EVENT_WEEK_SET)->week_set = command->set_week;
    return true;
}

bool decide_set_calendar(struct deciding *d, const struct command *command)
{
    const struct calendar_set *set = &command->set_calendar;
    if (set->date <= 0 || !sessions_are_sound(&set->sessions))
        return refuse(d, REFUSED_NOT_IN_CATALOGUE);
    bool known = false;
    for (uint32_t i = 0; i < d->hall->calendar_count; i++)
        known = known || d->hall->calendar[i].date == set->date;
    /* A full calendar forgets its oldest day, which must be past. */
    const struct calendar_set *oldest = &d->hall->calendar[0];
    int32_t today = hall_date_at(d->hall, d->now_ms);
    if (!known && d->hall->calendar_count == CALENDAR_DAYS_MAX &&
        (oldest->date >= today || set->date <= oldest->date))
        return refuse(d, REFUSED_NOT_IN_CATALOGUE);
    add(d, EVENT_CALENDAR_SET)->calendar_set = *set;
    return true;
}

bool decide_set_seed(struct deciding *d, const struct command *command)
{
    add(d, EVENT_SEED_SET)->seed_set = command->set_seed;
    return true;
}

/* ---- learned and planned ---- */

enum {
    LEARNED_MS_LEAST = 5000,
    LEARNED_MS_MOST = 8 * 3600000,
    LEARNED_PERMILLE_LEAST = 250,
    LEARNED_PERMILLE_MOST = 4000,
};

/* What the dispatcher itself reports, and managers may correct. */
static bool is_system_or_manager(struct actor by)
{
    return by.kind == ACTOR_SYSTEM || by.kind == ACTOR_MANAGER;
}

bool decide_learn_item(struct deciding *d, const struct command *command)
{
    const struct item_learned *learned = &command->learn_item;
    int64_t ms = learned->expected_ms;
    if (!is_system_or_manager(d->by))
        return refuse(d, REFUSED_NOT_PERMITTED);
    if (!item_exists(d->hall, learned->item))
        return refuse(d, REFUSED_NO_SUCH_ITEM);
    if (ms && (ms < LEARNED_MS_LEAST || ms > LEARNED_MS_MOST))
        return refuse_value(d, REFUSED_BAD_VALUE, ms);
    add(d, EVENT_ITEM_LEARNED)->item_learned = *learned;
    return true;
}

bool decide_learn_domain(struct deciding *d, const struct command *command)
{
    const struct domain_learned *learned = &command->learn_domain;
    int64_t ms = learned->expected_ms;
    if (!is_system_or_manager(d->by))
        return refuse(d, REFUSED_NOT_PERMITTED);
    if (!domain_exists(d->hall, learned->domain))
        return refuse(d, REFUSED_NO_SUCH_DOMAIN);
    if (ms && (ms < LEARNED_MS_LEAST || ms > LEARNED_MS_MOST))
        return refuse_value(d, REFUSED_BAD_VALUE, ms);
    add(d, EVENT_DOMAIN_LEARNED)->domain_learned = *learned;
    return true;
}

bool decide_learn_clerk(struct deciding *d, const struct command *command)
{
    const struct clerk_learned *learned = &command->learn_clerk;
    int64_t permille = learned->speed_permille;
    if (!is_system_or_manager(d->by))
        return refuse(d, REFUSED_NOT_PERMITTED);
    if (!clerk_exists(d->hall, learned->clerk))
        return refuse(d, REFUSED_NO_SUCH_CLERK);
    if (permille && (permille < LEARNED_PERMILLE_LEAST || permille > LEARNED_PERMILLE_MOST))
        return refuse_value(d, REFUSED_BAD_VALUE, permille);
    add(d, EVENT_CLERK_LEARNED)->clerk_learned = *learned;
    return true;
}

bool decide_set_pair(struct deciding *d, const struct command *command)
{
    const struct pair_set *set = &command->set_pair;
    if (!domain_exists(d->hall, set->from) || !domain_exists(d->hall, set->to))
        return refuse(d, REFUSED_NO_SUCH_DOMAIN);
    if (set->from.value == set->to.value || set->mode >= PAIR_MODES)
        return refuse_value(d, REFUSED_BAD_VALUE, set->mode);
    add(d, EVENT_PAIR_SET)->pair_set = *set;
    return true;
}

/* Visitors plan no breaks; which windows a clerk may plan for is the shell's to say. */
static bool may_plan(struct actor by)
{
    return by.kind == ACTOR_SYSTEM || is_staff(by);
}

bool decide_plan_break(struct deciding *d, const struct command *command)
{
    const struct break_planned *plan = &command->plan_break;
    int64_t length_ms = plan->to_ms - plan->from_ms;
    unsigned live = 0;
    if (!may_plan(d->by))
        return refuse(d, REFUSED_NOT_PERMITTED);
    if (!window_exists(d->hall, plan->window))
        return refuse(d, REFUSED_NO_SUCH_WINDOW);
    if (plan->to_ms <= d->now_ms || plan->from_ms > d->now_ms + (int64_t)BREAK_AHEAD_DAYS * DAY_MS ||
        length_ms <= 0 || length_ms > DAY_MS)
        return refuse_value(d, REFUSED_BAD_VALUE, plan->from_ms);
    const struct window *window = &d->hall->windows[plan->window.value];
    for (unsigned i = 0; i < window->break_count; i++) {
        const struct planned_break *other = &window->breaks[i];
        if (other->to_ms <= d->now_ms)
            continue;
        if (plan->from_ms < other->to_ms && other->from_ms < plan->to_ms)
            return refuse(d, REFUSED_BREAK_OVERLAPS);
        live++;
    }
    if (live == BREAKS_MAX)
        return refuse_value(d, REFUSED_BREAKS_FULL, BREAKS_MAX);
    add(d, EVENT_BREAK_PLANNED)->break_planned = *plan;
    return true;
}

bool decide_clear_breaks(struct deciding *d, const struct command *command)
{
    if (!may_plan(d->by))
        return refuse(d, REFUSED_NOT_PERMITTED);
    if (!window_exists(d->hall, command->clear_breaks.window))
        return refuse(d, REFUSED_NO_SUCH_WINDOW);
    add(d, EVENT_BREAKS_CLEARED)->breaks_cleared = command->clear_breaks;
    return true;
}
