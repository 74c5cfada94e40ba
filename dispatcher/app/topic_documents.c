/* SPDX-License-Identifier: MIT
 * The topics' documents: which members each has, and how they follow the hall. */
#include "dispatcher/app/topics_inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/wire/merge.h"
#include "dispatcher/app/dispatcher.h"
#include "dispatcher/app/fields_json.h"
#include "dispatcher/app/planning_views.h"
#include "dispatcher/app/views.h"

/* The object under a name, made when it is not there; without a name the object itself. */
static json_t *group_of(json_t *object, const char *group)
{
    if (!group)
        return object;
    json_t *members = json_object_get(object, group);
    if (!members) {
        members = json_object();
        json_object_set_new(object, group, members);
    }
    return members;
}

/* Puts value (stolen; NULL: gone) at document[group][key], or document[key] without a group, and what changed
 * into the patch. */
static void follow(struct topic *topic, json_t *patch, const char *group, const char *key, json_t *value)
{
    json_t *members = group_of(topic->document, group);
    json_t *before = json_object_get(members, key);
    json_t *change = NULL;
    if (!value)
        change = before ? json_null() : NULL;
    else if (!before)
        change = json_incref(value);
    else if (!json_equal(before, value))
        change = wire_diff(before, value);
    if (change)
        json_object_set_new(group_of(patch, group), key, change);
    if (value)
        json_object_set_new(members, key, value);
    else if (before)
        json_object_del(members, key);
}

/* Makes the whole document follow at once. */
static void follow_all(struct topic *topic, json_t *patch, json_t *document)
{
    json_t *change = wire_diff(topic->document, document);
    json_object_update(patch, change);
    json_decref(change);
    json_decref(topic->document);
    topic->document = document;
}

void topics_count_staffing(struct topics *topics)
{
    const struct hall *hall = topics->dispatcher->hall;
    uint64_t domains_of_window;
    memset(topics->windows_of_item, 0, sizeof topics->windows_of_item);
    memset(topics->windows_of_domain, 0, sizeof topics->windows_of_domain);
    for (unsigned w = 1; w <= hall->windows_top; w++) {
        const struct window *window = &hall->windows[w];
        if (!window->clerk.value || window->paused)
            continue;
        domains_of_window = 0;
        for (unsigned i = 1; i <= hall->items_top; i++) {
            if (!(window->may[(i - 1) / 64] >> ((i - 1) % 64) & 1))
                continue;
            topics->windows_of_item[i]++;
            domains_of_window |= (uint64_t)1 << (hall->items[i].set.domain.value - 1);
        }
        for (unsigned d = 1; d <= DOMAINS_MAX; d++)
            if (domains_of_window >> (d - 1) & 1)
                topics->windows_of_domain[d]++;
    }
}

typedef void refresher(struct topics *topics, struct topic *topic, json_t *patch);

static void follow_domains(struct topics *topics, struct topic *topic, json_t *patch)
{
    char key[8];
    for (unsigned d = 1; d <= DOMAINS_MAX; d++) {
        const struct domain *domain = &topics->dispatcher->hall->domains[d];
        if (!domain->exists)
            continue;
        snprintf(key, sizeof key, "%u", d);
        follow(topic, patch, "domains", key,
               domain->retired ? NULL : view_domain(topics, (struct domain_id){(uint16_t)d}));
    }
}

/* Calls view for each ticket that was touched, or for all of them. */
static void follow_tickets(struct topics *topics, struct topic *topic, json_t *patch, const char *group,
                           json_t *(*view)(const struct hall *, const struct ticket *))
{
    const struct hall *hall = topics->dispatcher->hall;
    char key[NUMBER_TEXT_MAX];
    uint32_t count = topics->all ? hall->ticket_count : topics->ticket_count;
    for (uint32_t i = 0; i < count; i++) {
        const struct ticket *ticket = &hall->tickets[topics->all ? i + 1 : topics->tickets[i].value];
        if (!ticket->number.letter)
            continue;
        number_format(ticket->number, key);
        follow(topic, patch, group, key, view(hall, ticket));
    }
}

/* A new day or a reload: what is no longer there must go. */
static void drop_absent(struct topics *topics, struct topic *topic, json_t *patch, const char *group)
{
    const char *key;
    json_t *value;
    void *next;
    json_object_foreach_safe(group_of(topic->document, group), next, key, value)
    {
        struct number number;
        if (!number_parse(key, (unsigned)strlen(key), &number) ||
            !hall_ticket_id(topics->dispatcher->hall, number).value)
            follow(topic, patch, group, key, NULL);
    }
}

static void refresh_hall(struct topics *topics, struct topic *topic, json_t *patch)
{
    follow_all(topic, patch, view_hall(topics->dispatcher));
}

static void refresh_board(struct topics *topics, struct topic *topic, json_t *patch)
{
    if (topics->all) {
        drop_absent(topics, topic, patch, "calls");
        drop_absent(topics, topic, patch, "missed");
    }
    follow_tickets(topics, topic, patch, "calls", view_call);
    follow_tickets(topics, topic, patch, "missed", view_missed);
    follow_domains(topics, topic, patch);
}

static void refresh_queue(struct topics *topics, struct topic *topic, json_t *patch)
{
    if (topics->all)
        drop_absent(topics, topic, patch, NULL);
    follow_tickets(topics, topic, patch, NULL, view_waiting);
}

static void refresh_kiosk(struct topics *topics, struct topic *topic, json_t *patch)
{
    const struct hall *hall = topics->dispatcher->hall;
    uint32_t waiting[ITEMS_MAX + 1] = {0};
    char key[8];
    for (uint32_t i = 0; i < hall->waiting_count; i++)
        waiting[hall->waiting[i].item.value]++;
    for (unsigned i = 1; i <= hall->items_top; i++) {
        if (!hall->items[i].exists)
            continue;
        snprintf(key, sizeof key, "%u", i);
        follow(topic, patch, "items", key,
               hall->items[i].set.retired ? NULL
                                          : view_item(topics, (struct item_id){(uint16_t)i}, waiting[i]));
    }
    follow_domains(topics, topic, patch);
}

static void refresh_windows(struct topics *topics, struct topic *topic, json_t *patch)
{
    const struct hall *hall = topics->dispatcher->hall;
    char key[8];
    for (unsigned w = 1; w <= hall->windows_top; w++) {
        if (!hall->windows[w].exists || (!topics->all && !(topics->window_bits[w / 64] >> (w % 64) & 1)))
            continue;
        snprintf(key, sizeof key, "%u", w);
        follow(topic, patch, NULL, key, view_window(hall, (struct window_id){(uint16_t)w}));
    }
}

static void refresh_window(struct topics *topics, struct topic *topic, json_t *patch)
{
    unsigned w = topic->window.value;
    if (topics->all || topics->window_bits[w / 64] >> (w % 64) & 1)
        follow_all(topic, patch, view_counter(topics->dispatcher->hall, topic->window));
}

/* A new day or a reload: numbers begin anew. */
static void drop_proposals(struct topic *topic, json_t *patch, const struct planning_record *record)
{
    const char *key;
    json_t *value;
    void *next;
    json_object_foreach_safe(group_of(topic->document, "proposals"), next, key,
                             value) if (strtoul(key, NULL, 10) > record->count)
        follow(topic, patch, "proposals", key, NULL);
}

static void refresh_proposals(struct topics *topics, struct topic *topic, json_t *patch)
{
    const struct dispatcher *d = topics->dispatcher;
    const struct planning_record *record = &d->planning.learning.record;
    struct civil c = date_to_civil(record->date);
    char key[16];
    if (!topics->proposals && !topics->all)
        return;
    drop_proposals(topic, patch, record);
    for (uint32_t i = 0; i < record->count; i++) {
        snprintf(key, sizeof key, "%u", i + 1);
        follow(topic, patch, "proposals", key, planning_view_proposal(&record->list[i]));
    }
    follow(topic, patch, NULL, "date", json_sprintf("%04d-%02d-%02d", c.year, c.month, c.day));
    follow(topic, patch, NULL, "mode",
           json_string(allocation_mode_names[d->hall->policy[POLICY_ALLOCATION_MODE]]));
    follow(topic, patch, NULL, "scoreboard", planning_view_scoreboard(record));
}

static const struct {
    const char *name;
    enum permission permission;
    refresher *refresh;
} kinds[] = {
    {"hall", PERMIT_LOOK, refresh_hall},       {"kiosk", PERMIT_LOOK, refresh_kiosk},
    {"board", PERMIT_LOOK, refresh_board},     {"windows", PERMIT_LOOK, refresh_windows},
    {"queue", PERMIT_QUEUE, refresh_queue},    {"proposals", PERMIT_MANAGE, refresh_proposals},
    {"window-", PERMIT_QUEUE, refresh_window},
};
enum { KINDS = sizeof kinds / sizeof kinds[0], KIND_WINDOW = KINDS - 1 };

/* Index into kinds; the window of window-N through *window. -1: no such topic. */
static int kind_of(const struct topics *topics, const char *name, struct window_id *window)
{
    window->value = 0;
    for (int k = 0; k < KIND_WINDOW; k++)
        if (strcmp(kinds[k].name, name) == 0)
            return k;
    if (strncmp(name, "window-", 7) != 0 || strlen(name) > 10 || name[7] < '1' || name[7] > '9')
        return -1;
    unsigned number = 0;
    for (const char *c = name + 7; *c; c++) {
        if (*c < '0' || *c > '9')
            return -1;
        number = number * 10 + (unsigned)(*c - '0');
    }
    if (number > WINDOWS_MAX || !topics->dispatcher->hall->windows[number].exists)
        return -1;
    window->value = (uint16_t)number;
    return KIND_WINDOW;
}

bool topics_permission(const struct topics *topics, const char *name, enum permission *permission)
{
    struct window_id window;
    int kind = kind_of(topics, name, &window);
    if (kind >= 0)
        *permission = kinds[kind].permission;
    return kind >= 0;
}

bool topic_is_known(const struct topics *topics, const char *name, struct window_id *window)
{
    return kind_of(topics, name, window) >= 0;
}

void topic_refresh(struct topics *topics, struct topic *topic, json_t *patch)
{
    struct window_id window;
    kinds[kind_of(topics, topic->name, &window)].refresh(topics, topic, patch);
}
