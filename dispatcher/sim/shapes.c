/* SPDX-License-Identifier: MIT */
#include "dispatcher/sim/shapes.h"

#include <stddef.h>
#include <string.h>

#include "dispatcher/core/policy.h"

const struct shape shapes[] = {
    {"small", 2, 3, 6, 4, 6, 150, 1},
    {"county", 2, 9, 80, 16, 30, 3000, 3},
    {"city", 4, 20, 300, 100, 200, 20000, 64},
    {NULL, 0, 0, 0, 0, 0, 0, 0},
};

const struct shape *shape_find(const char *name)
{
    for (const struct shape *shape = shapes; shape->name; shape++)
        if (strcmp(shape->name, name) == 0)
            return shape;
    return NULL;
}

struct building {
    struct rng *rng;
    bool odd;
    int32_t today;
    unsigned zones, domains, items, windows, clerks;
    shape_sink *sink;
    void *userdata;
    struct command command;
};

static struct command *fresh(struct building *b, enum command_kind kind)
{
    memset(&b->command, 0, sizeof b->command);
    b->command.kind = kind;
    b->command.by.kind = ACTOR_MANAGER;
    b->command.by.id = 1;
    return &b->command;
}

static void hand_out(struct building *b)
{
    b->sink(&b->command, b->userdata);
}

static bool odd_chance(struct building *b, uint32_t permille)
{
    return b->odd && rng_chance(b->rng, permille);
}

static uint64_t some_domains(struct building *b, unsigned most)
{
    uint64_t domains = 0;
    for (unsigned n = rng_range(b->rng, 1, most); n; n--)
        domains |= (uint64_t)1 << rng_below(b->rng, b->domains);
    return domains;
}

static void some_items(struct building *b, unsigned most, struct item_list *out)
{
    out->count = 0;
    for (unsigned n = rng_range(b->rng, 1, most); n; n--)
        out->items[out->count++].value = (uint16_t)rng_range(b->rng, 1, b->items);
}

static void build_calendar(struct building *b)
{
    bool lunch = rng_chance(b->rng, 200);
    for (uint16_t weekday = 0; weekday < 7; weekday++) {
        struct week_set *set = &fresh(b, COMMAND_SET_WEEK)->set_week;
        set->weekday = weekday;
        set->sessions.count = lunch ? 2 : 1;
        set->sessions.sessions[0] = (struct session){540, lunch ? 720 : 1020};
        set->sessions.sessions[1] = (struct session){810, 1020};
        if (odd_chance(b, 50))
            set->sessions.count = 0;
        hand_out(b);
    }
    for (uint16_t kind = 1; kind <= 3; kind++) {
        fresh(b, COMMAND_SET_KIND)->set_kind =
            (struct kind_set){kind, kind == 3 ? CLASS_GREEN : CLASS_PRIORITY};
        hand_out(b);
    }
}

static void build_catalogue(struct building *b)
{
    static const char letters[] = "ABCDEFGHIJKMNOPQRSTUVWXZ";
    for (unsigned z = 1; z <= b->zones; z++) {
        fresh(b, COMMAND_SET_ZONE)->set_zone = (struct zone_set){{(uint16_t)z}, (char)('A' + z - 1)};
        hand_out(b);
    }
    for (unsigned d = 1; d <= b->domains; d++) {
        uint16_t capacity = (uint16_t)rng_range(b->rng, 1, 4);
        char letter = letters[odd_chance(b, 100) ? 0 : (d - 1) % (sizeof letters - 1)];
        fresh(b, COMMAND_SET_DOMAIN)->set_domain =
            (struct domain_set){{(uint16_t)d}, letter, capacity, false};
        hand_out(b);
    }
    for (unsigned i = 1; i <= b->items; i++) {
        struct item_set *set = &fresh(b, COMMAND_SET_ITEM)->set_item;
        set->item.value = (uint16_t)i;
        set->domain.value = (uint16_t)(i <= b->domains ? i : rng_range(b->rng, 1, b->domains));
        set->expected_ms = rng_range(b->rng, 2, 25) * 60000;
        set->bookable = rng_chance(b->rng, 400);
        set->case_type = (uint8_t)rng_below(b->rng, CASE_TYPES);
        set->needs_identity = odd_chance(b, 100);
        set->special_only = odd_chance(b, 50);
        set->daily_quota = odd_chance(b, 100) ? (uint16_t)rng_range(b->rng, 1, 5) : 0;
        set->slot_capacity = odd_chance(b, 200) ? (uint16_t)rng_range(b->rng, 1, 2) : 0;
        set->zones = odd_chance(b, 100) ? (uint32_t)1 << rng_below(b->rng, b->zones) : 0;
        set->retired = odd_chance(b, 30);
        hand_out(b);
    }
}

static void build_windows(struct building *b)
{
    for (unsigned w = 1; w <= b->windows; w++) {
        struct window_set *set = &fresh(b, COMMAND_SET_WINDOW)->set_window;
        uint32_t dice = rng_below(b->rng, 100);
        set->window.value = (uint16_t)w;
        set->zone.value = (uint16_t)rng_range(b->rng, 1, b->zones);
        set->primary.value = (uint16_t)((w - 1) % b->domains + 1);
        set->mode = dice < 25 ? MODE_UNDIFFERENTIATED : dice < 93 || !b->odd ? MODE_DOMAIN : MODE_SPECIAL;
        if (set->mode == MODE_DOMAIN)
            set->domains = some_domains(b, 3) | (uint64_t)1 << (set->primary.value - 1);
        if (set->mode == MODE_SPECIAL)
            some_items(b, 3, &set->items);
        hand_out(b);
    }
}

static void build_staff(struct building *b)
{
    for (unsigned c = 1; c <= b->clerks; c++) {
        struct clerk_set *clerk = &fresh(b, COMMAND_SET_CLERK)->set_clerk;
        clerk->clerk.value = (uint16_t)c;
        clerk->trained = !odd_chance(b, 80);
        clerk->speed_permille = rng_chance(b->rng, 500) ? (uint16_t)rng_range(b->rng, 700, 1400) : 0;
        hand_out(b);
        struct authorisation_set *set = &fresh(b, COMMAND_SET_AUTHORISATION)->set_authorisation;
        set->authorisation = (uint16_t)c;
        set->clerk.value = (uint16_t)c;
        set->class = (uint8_t)rng_below(b->rng, AUTHORISATION_CLASSES);
        if (odd_chance(b, 150))
            some_items(b, 3, &set->items);
        else
            set->domains = odd_chance(b, 400) ? some_domains(b, 3) : ~(uint64_t)0 >> (64 - b->domains);
        set->from_date = b->today - 300;
        set->to_date = b->today + (odd_chance(b, 150) ? (int32_t)rng_below(b->rng, 4) - 1 : 300);
        hand_out(b);
    }
}

static void build_policies(struct building *b)
{
    while (odd_chance(b, 600)) {
        uint16_t key = (uint16_t)rng_below(b->rng, POLICY_KEYS);
        const struct policy_row *row = policy_row((enum policy_key)key);
        uint32_t span = (uint32_t)(row->most - row->least);
        if (rng_chance(b->rng, 700) && span > 20)
            span = 20; /* small values are where rules meet */
        int32_t value = row->least + (int32_t)rng_below(b->rng, span + 1);
        if (key == POLICY_UTC_OFFSET_MIN)
            continue;
        fresh(b, COMMAND_SET_POLICY)->set_policy = (struct policy_set){key, value};
        hand_out(b);
    }
}

static unsigned size_of(struct building *b, unsigned most)
{
    return b->odd ? rng_range(b->rng, 1, most) : most;
}

void shape_build(const struct shape *shape, struct rng *rng, bool odd, int32_t today, shape_sink *sink,
                 void *userdata)
{
    struct building b = {.rng = rng, .odd = odd, .today = today, .sink = sink, .userdata = userdata};
    b.zones = size_of(&b, shape->zones);
    b.domains = size_of(&b, shape->domains);
    b.items = size_of(&b, shape->items);
    b.items = b.items < b.domains ? b.domains : b.items;
    b.windows = size_of(&b, shape->windows);
    b.clerks = size_of(&b, shape->clerks);
    build_calendar(&b);
    build_catalogue(&b);
    build_windows(&b);
    build_staff(&b);
    build_policies(&b);
}
