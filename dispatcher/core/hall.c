/* SPDX-License-Identifier: MIT
 * Reading the hall. */
#include "dispatcher/core/hall.h"

#include <string.h>

#include "dispatcher/core/inner.h"

const char *const ticket_state_names[] = {"none",   "waiting",  "called",    "serving", "held",
                                          "missed", "finished", "cancelled", "lapsed",  NULL};

void hall_init(struct hall *hall)
{
    for (unsigned key = 0; key < POLICY_KEYS; key++)
        hall->policy[key] = policy_row((enum policy_key)key)->standard;
    hall->seed = seed_next(0);
}

bool zone_exists(const struct hall *hall, struct zone_id zone)
{
    return zone.value >= 1 && zone.value <= ZONES_MAX && hall->zones[zone.value].exists;
}

bool domain_exists(const struct hall *hall, struct domain_id domain)
{
    return domain.value >= 1 && domain.value <= DOMAINS_MAX && hall->domains[domain.value].exists;
}

bool item_exists(const struct hall *hall, struct item_id item)
{
    return item.value >= 1 && item.value <= ITEMS_MAX && hall->items[item.value].exists;
}

bool window_exists(const struct hall *hall, struct window_id window)
{
    return window.value >= 1 && window.value <= WINDOWS_MAX && hall->windows[window.value].exists;
}

bool clerk_exists(const struct hall *hall, struct clerk_id clerk)
{
    return clerk.value >= 1 && clerk.value <= CLERKS_MAX && hall->clerks[clerk.value].exists;
}

bool domains_exist(const struct hall *hall, uint64_t domains)
{
    for (unsigned d = 1; d <= DOMAINS_MAX; d++)
        if (domains >> (d - 1) & 1 && !hall->domains[d].exists)
            return false;
    return true;
}

bool items_contain(const struct item_list *list, struct item_id item)
{
    for (unsigned i = 0; i < list->count; i++)
        if (list->items[i].value == item.value)
            return true;
    return false;
}

/* ---- tickets by number ---- */

static uint32_t number_key(struct number number)
{
    return (uint32_t)number.letter << 24 | (uint32_t)number.kiosk << 16 | number.count;
}

struct ticket_id hall_ticket_id(const struct hall *hall, struct number number)
{
    uint32_t slot = number_key(number) * 2654435761u >> 16;
    for (; hall->by_number[slot]; slot = (slot + 1) % NUMBER_SLOTS)
        if (number_equals(hall->tickets[hall->by_number[slot]].number, number))
            return (struct ticket_id){hall->by_number[slot]};
    return (struct ticket_id){0};
}

const struct ticket *hall_ticket(const struct hall *hall, struct number number)
{
    struct ticket_id id = hall_ticket_id(hall, number);
    return id.value ? ticket_read(hall, id) : NULL;
}

struct item_id ticket_item(const struct ticket *ticket)
{
    return ticket->items[ticket->current];
}

struct domain_id hall_ticket_domain(const struct hall *hall, const struct ticket *ticket)
{
    return hall->items[ticket_item(ticket).value].set.domain;
}

uint32_t hall_people_ahead(const struct hall *hall, const struct ticket *ticket)
{
    struct domain_id domain = hall_ticket_domain(hall, ticket);
    uint32_t ahead = 0;
    for (uint32_t i = 0; i < hall->waiting_count; i++) {
        const struct waiting *w = &hall->waiting[i];
        if (w->domain != domain.value)
            continue;
        bool earlier =
            w->ref_ms < ticket->ref_ms || (w->ref_ms == ticket->ref_ms && w->order < ticket->order);
        bool same_line =
            w->class == ticket->class || (w->class <= CLASS_REJOINED && ticket->class <= CLASS_REJOINED);
        if (same_line ? earlier : w->class > ticket->class)
            ahead++;
    }
    return ahead;
}

/* ---- calendar ---- */

int64_t hall_midnight_ms(const struct hall *hall, int32_t date)
{
    return (int64_t)date * DAY_MS - policy_minutes_ms(hall, POLICY_UTC_OFFSET_MIN);
}

int32_t hall_date_at(const struct hall *hall, int64_t at_ms)
{
    int64_t local_ms = at_ms + policy_minutes_ms(hall, POLICY_UTC_OFFSET_MIN);
    return (int32_t)(local_ms >= 0 ? local_ms / DAY_MS : (local_ms - DAY_MS + 1) / DAY_MS);
}

struct session_list hall_sessions(const struct hall *hall, int32_t date)
{
    for (uint32_t i = 0; i < hall->calendar_count; i++)
        if (hall->calendar[i].date == date)
            return hall->calendar[i].sessions;
    return hall->week[date_weekday(date)];
}

/* ---- windows ---- */

static bool authorisation_counts(const struct authorisation *authorisation, struct clerk_id clerk,
                                 int32_t date)
{
    const struct authorisation_set *set = &authorisation->set;
    return authorisation->exists && set->clerk.value == clerk.value && !set->revoked &&
           set->from_date <= date && date <= set->to_date;
}

bool clerk_has_authorisation(const struct hall *hall, struct clerk_id clerk, int32_t date)
{
    for (unsigned a = 1; a <= hall->authorisations_top; a++)
        if (authorisation_counts(&hall->authorisations[a], clerk, date))
            return true;
    return false;
}

bool hall_clerk_authorised(const struct hall *hall, struct clerk_id clerk, struct item_id item, int32_t date)
{
    uint64_t domain = domain_bit(hall->items[item.value].set.domain);
    for (unsigned a = 1; a <= hall->authorisations_top; a++) {
        const struct authorisation_set *set = &hall->authorisations[a].set;
        if (authorisation_counts(&hall->authorisations[a], clerk, date) &&
            (set->domains & domain || items_contain(&set->items, item)))
            return true;
    }
    return false;
}

static bool mode_allows(const struct window_set *window, const struct item_set *item)
{
    if (item->zones && !(item->zones >> (window->zone.value - 1) & 1))
        return false;
    if (window->mode == MODE_SPECIAL)
        return items_contain(&window->items, item->item);
    if (item->special_only)
        return false;
    return window->mode == MODE_UNDIFFERENTIATED || window->domains & domain_bit(item->domain);
}

bool window_mode_allows(const struct hall *hall, struct window_id window, struct item_id item)
{
    return mode_allows(&hall->windows[window.value].set, &hall->items[item.value].set);
}

/* Everything that the clerk's authorisations cover on a date: whole domains, and single items as bits. */
struct coverage {
    uint64_t domains;
    uint64_t items[ITEM_WORDS];
};

static void cover(const struct hall *hall, struct clerk_id clerk, int32_t date, struct coverage *out)
{
    memset(out, 0, sizeof *out);
    for (unsigned a = 1; a <= hall->authorisations_top; a++) {
        const struct authorisation_set *set = &hall->authorisations[a].set;
        if (!authorisation_counts(&hall->authorisations[a], clerk, date))
            continue;
        out->domains |= set->domains;
        for (unsigned i = 0; i < set->items.count; i++) {
            unsigned bit = set->items.items[i].value - 1u;
            out->items[bit / 64] |= (uint64_t)1 << (bit % 64);
        }
    }
}

void coverage_note(struct hall *hall, struct window_id id)
{
    const struct window *window = &hall->windows[id.value];
    if (window_is_active(window))
        hall->uncovered &= ~window_serves(window, window->posted);
}

/* Retired items take no new numbers, but those who wait for them are still served. */
void window_refresh(struct hall *hall, struct window_id id)
{
    struct window *window = &hall->windows[id.value];
    struct coverage coverage;
    memset(window->may, 0, sizeof window->may);
    window->may_domains = 0;
    const struct clerk *clerk = &hall->clerks[window->clerk.value];
    if (!window->clerk.value || window->set.retired || !clerk->set.trained || clerk->set.retired)
        return;
    cover(hall, window->clerk, hall->date, &coverage);
    for (unsigned i = 0; i < hall->items_top; i++) {
        const struct item *item = &hall->items[i + 1];
        bool covered = coverage.domains & domain_bit(item->set.domain) || bit_of(coverage.items, i);
        if (!item->exists || !covered || !mode_allows(&window->set, &item->set))
            continue;
        window->may[i / 64] |= (uint64_t)1 << (i % 64);
        window->may_domains |= domain_bit(item->set.domain);
    }
    coverage_note(hall, id);
}

bool hall_window_may_serve(const struct hall *hall, struct window_id window, struct item_id item)
{
    return window_exists(hall, window) && item_exists(hall, item) &&
           bit_of(hall->windows[window.value].may, item.value - 1u);
}

uint32_t hall_windows_for(const struct hall *hall, struct item_id item)
{
    uint32_t count = 0;
    for (unsigned w = 1; item_exists(hall, item) && w <= hall->windows_top; w++) {
        const struct window *window = &hall->windows[w];
        if (window->clerk.value && !window->paused && bit_of(window->may, item.value - 1u))
            count++;
    }
    return count;
}

/* ---- bookings ---- */

const struct booking *hall_booking(const struct hall *hall, struct booking_code code)
{
    for (uint32_t i = 0; i < hall->booking_count; i++)
        if (hall->bookings[i].code.value == code.value && hall->bookings[i].state != BOOKING_FREE)
            return &hall->bookings[i];
    return NULL;
}

static bool slot_is_offered(const struct hall *hall, int32_t date, uint16_t slot_min)
{
    struct session_list sessions = hall_sessions(hall, date);
    int length = hall->policy[POLICY_SLOT_MIN];
    for (unsigned i = 0; i < sessions.count; i++) {
        struct session s = sessions.sessions[i];
        if (slot_min >= s.from_min && slot_min + length <= s.to_min && (slot_min - s.from_min) % length == 0)
            return true;
    }
    return false;
}

static int32_t channel_share(const struct hall *hall, int32_t capacity, enum channel channel)
{
    static const enum policy_key keys[] = {POLICY_QUOTA_KIOSK_PERMILLE, POLICY_QUOTA_PHONE_PERMILLE,
                                           POLICY_QUOTA_ONLINE_PERMILLE, POLICY_QUOTA_STAFF_PERMILLE};
    return (capacity * hall->policy[keys[channel]] + 999) / 1000;
}

int32_t hall_slot_left(const struct hall *hall, struct item_id item, int32_t date, uint16_t slot_min,
                       enum channel channel)
{
    const struct item_set *set = &hall->items[item.value].set;
    if (!item_exists(hall, item) || !set->bookable || !slot_is_offered(hall, date, slot_min))
        return -1;
    bool own = set->slot_capacity > 0;
    int32_t capacity = own ? set->slot_capacity : hall->domains[set->domain.value].slot_capacity;
    int32_t used = 0, used_by_channel = 0;
    for (uint32_t i = 0; i < hall->booking_count; i++) {
        const struct booking *b = &hall->bookings[i];
        if (b->state == BOOKING_FREE || b->date != date || b->slot_min != slot_min)
            continue;
        const struct item_set *other = &hall->items[b->item.value].set;
        bool same = own ? b->item.value == item.value
                        : other->domain.value == set->domain.value && other->slot_capacity == 0;
        if (!same)
            continue;
        used++;
        used_by_channel += b->channel == channel;
    }
    int32_t left = capacity - used;
    int32_t left_by_channel = channel_share(hall, capacity, channel) - used_by_channel;
    int32_t least = left < left_by_channel ? left : left_by_channel;
    return least < 0 ? 0 : least;
}

/* Bookings that the person has missed within the counted days that end with this one. */
static int32_t misses_until(const struct hall *hall, struct person_id person, int32_t date)
{
    int32_t count = 0;
    for (uint32_t i = 0; i < hall->miss_count; i++) {
        const struct miss *miss = &hall->misses[i];
        count += miss->person.value == person.value && miss->date <= date &&
                 miss->date > date - hall->policy[POLICY_MISSES_WITHIN_DAYS];
    }
    return count;
}

int32_t hall_suspended_days(const struct hall *hall, struct person_id person, int32_t date)
{
    int32_t most = 0;
    for (uint32_t i = 0; person.value && i < hall->miss_count; i++) {
        int32_t left = hall->misses[i].date + hall->policy[POLICY_SUSPENSION_DAYS] - date;
        if (hall->misses[i].person.value == person.value && left > most &&
            misses_until(hall, person, hall->misses[i].date) >= hall->policy[POLICY_MISSES_LIMIT])
            most = left;
    }
    return most;
}

/* ---- randomness ---- */

uint64_t seed_next(uint64_t seed)
{
    return seed + 0x9e3779b97f4a7c15u;
}

uint64_t seed_draw(uint64_t seed)
{
    uint64_t z = seed;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

struct booking_code booking_code_draw(const struct hall *hall)
{
    struct booking_code code;
    uint64_t seed = hall->seed;
    do {
        seed = seed_next(seed);
        code.value = (uint32_t)(10000000 + seed_draw(seed) % 90000000);
    } while (hall_booking(hall, code));
    return code;
}
