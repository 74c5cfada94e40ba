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

static bool domains_exist(const struct hall *hall, uint64_t domains)
{
    for (unsigned d = 1; d <= DOMAINS_MAX; d++)
        if (domains >> (d - 1) & 1 && !hall->domains[d].exists)
            return false;
    return true;
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
    if (!in_range(set->authorisation, AUTHORISATIONS_MAX) || set->class >= AUTHORISATION_CLASSES ||
        set->to_date < set->from_date || (!set->domains && !set->items.count))
        return refuse(d, REFUSED_NOT_IN_CATALOGUE);
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

bool decide_post(struct deciding *d, const struct command *command)
{
    if (!window_exists(d->hall, command->post.window))
        return refuse(d, REFUSED_NO_SUCH_WINDOW);
    if (!domains_exist(d->hall, command->post.domains))
        return refuse(d, REFUSED_NO_SUCH_DOMAIN);
    add(d, EVENT_WINDOW_POSTED)->window_posted = command->post;
    return true;
}

bool decide_set_seed(struct deciding *d, const struct command *command)
{
    add(d, EVENT_SEED_SET)->seed_set = command->set_seed;
    return true;
}
