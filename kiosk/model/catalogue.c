/* SPDX-License-Identifier: MIT */
#include "kiosk/model/catalogue.h"

#include <stdlib.h>
#include <string.h>

#include "common/wire/json.h"

static const char *const part_names[KIOSK_PARTS] = {
    [KIOSK_PART_HALL] = "hall",       [KIOSK_PART_WORDS] = "words",     [KIOSK_PART_ZONES] = "zones",
    [KIOSK_PART_DOMAINS] = "domains", [KIOSK_PART_WINDOWS] = "windows", [KIOSK_PART_ITEMS] = "items",
};

const char *kiosk_part_name(enum kiosk_part part)
{
    return part_names[part];
}

/* ---- members ---- */

static struct kiosk_name name_of(const json_t *object)
{
    const char *zh = wire_string_at(object, "zh", ""), *en = wire_string_at(object, "en", "");
    return (struct kiosk_name){{[WORDS_ZH] = *zh ? zh : en, [WORDS_EN] = *en ? en : zh}};
}

static struct kiosk_name name_at(const json_t *row, const char *member)
{
    return name_of(wire_member_at(row, member));
}

static bool is_named(struct kiosk_name name)
{
    return *name.in[WORDS_ZH] != '\0';
}

/* An id from 1 to most; 0 when it is none. */
static int id_at(const json_t *row, const char *member, int most)
{
    int64_t id = wire_integer_at(row, member, 0);
    return id >= 1 && id <= most ? (int)id : 0;
}

/* ---- rows ---- */

static void take_hall(struct kiosk_catalogue *c, const json_t *row)
{
    size_t i;
    const json_t *line;
    c->hall = name_of(row);
    c->hall_short = name_at(row, "short_name");
    if (!is_named(c->hall_short))
        c->hall_short = c->hall;
    c->phone = wire_string_at(row, "phone", "");
    c->online = wire_string_at(row, "online_hall_url", "");
    json_array_foreach(wire_member_at(row, "notice_lines"), i, line)
    {
        struct kiosk_name words = name_of(line);
        if (is_named(words) && c->notice_count < KIOSK_NOTICES_MAX)
            c->notices[c->notice_count++] = words;
    }
}

static void take_words(struct kiosk_catalogue *c, const json_t *row)
{
    const char *word = wire_string_at(row, "word", "");
    if (strcmp(word, "holiday.hours") == 0)
        c->hours = name_of(row);
    else if (strcmp(word, "holiday.self_service") == 0)
        c->self_service = name_of(row);
}

static void take_zone(struct kiosk_catalogue *c, const json_t *row)
{
    int id = id_at(row, "zone", KIOSK_ZONES_MAX);
    if (id && c->zone_count < KIOSK_ZONES_MAX)
        c->zones[c->zone_count++] = (struct kiosk_zone){id, wire_string_at(row, "letter", "")};
}

static void take_domain(struct kiosk_catalogue *c, const json_t *row)
{
    struct kiosk_domain domain = {
        .id = id_at(row, "domain", KIOSK_DOMAINS_MAX),
        .name = name_of(row),
        .icon = wire_string_at(row, "icon", ""),
    };
    if (domain.id && is_named(domain.name) && c->domain_count < KIOSK_DOMAINS_MAX)
        c->domains[c->domain_count++] = domain;
}

static void take_window(struct kiosk_catalogue *c, const json_t *row)
{
    struct kiosk_window window = {
        .number = id_at(row, "window", KIOSK_WINDOWS_MAX),
        .zone = id_at(row, "zone", KIOSK_ZONES_MAX),
    };
    if (window.number && c->window_count < KIOSK_WINDOWS_MAX)
        c->windows[c->window_count++] = window;
}

static void take_item(struct kiosk_catalogue *c, const json_t *row)
{
    struct kiosk_item item = {
        .id = id_at(row, "item", KIOSK_ITEMS_MAX),
        .domain = id_at(row, "domain", KIOSK_DOMAINS_MAX),
        .name = name_of(row),
        .short_name = name_at(row, "short_name"),
        .needs_identity = wire_bool_at(row, "needs_identity"),
        .needs_papers = wire_bool_at(row, "needs_confirmation"),
        .popular = wire_bool_at(row, "popular"),
    };
    if (!is_named(item.short_name))
        item.short_name = item.name;
    if (item.id && item.domain && is_named(item.name) && c->item_count < KIOSK_ITEMS_MAX)
        c->items[c->item_count++] = item;
}

static void (*const take[KIOSK_PARTS])(struct kiosk_catalogue *, const json_t *) = {
    [KIOSK_PART_HALL] = take_hall,      [KIOSK_PART_WORDS] = take_words,    [KIOSK_PART_ZONES] = take_zone,
    [KIOSK_PART_DOMAINS] = take_domain, [KIOSK_PART_WINDOWS] = take_window, [KIOSK_PART_ITEMS] = take_item,
};

/* ---- life ---- */

static const struct kiosk_name nameless = {{"", ""}};

enum status kiosk_catalogue_build(struct kiosk_catalogue *out, json_t *const rows[KIOSK_PARTS],
                                  uint32_t version, struct error *error)
{
    struct kiosk_catalogue c = {.version = version,
                                .hall = nameless,
                                .hall_short = nameless,
                                .hours = nameless,
                                .self_service = nameless,
                                .phone = "",
                                .online = ""};
    size_t i;
    const json_t *row;
    size_t windows = json_array_size(rows[KIOSK_PART_WINDOWS]),
           items = json_array_size(rows[KIOSK_PART_ITEMS]);
    c.windows = calloc(windows < KIOSK_WINDOWS_MAX ? windows + 1 : KIOSK_WINDOWS_MAX, sizeof *c.windows);
    c.items = calloc(items < KIOSK_ITEMS_MAX ? items + 1 : KIOSK_ITEMS_MAX, sizeof *c.items);
    if (!c.windows || !c.items) {
        kiosk_catalogue_destroy(&c);
        return error_set(error, STATUS_MEMORY, "no memory for the catalogue");
    }
    for (int part = 0; part < KIOSK_PARTS; part++) {
        c.rows[part] = json_incref(rows[part]);
        json_array_foreach(rows[part], i, row) take[part](&c, row);
    }
    if (!c.domain_count || !c.item_count) {
        kiosk_catalogue_destroy(&c);
        return error_set(error, STATUS_PARSE,
                         "the catalogue has %s that can be shown; check it in the dispatcher",
                         c.domain_count ? "no item" : "no domain");
    }
    *out = c;
    return STATUS_OK;
}

void kiosk_catalogue_destroy(struct kiosk_catalogue *catalogue)
{
    for (int part = 0; part < KIOSK_PARTS; part++)
        json_decref(catalogue->rows[part]);
    free(catalogue->windows);
    free(catalogue->items);
    *catalogue = (struct kiosk_catalogue){0};
}

/* ---- questions ---- */

const struct kiosk_domain *kiosk_domain_find(const struct kiosk_catalogue *catalogue, int id)
{
    for (int i = 0; i < catalogue->domain_count; i++)
        if (catalogue->domains[i].id == id)
            return &catalogue->domains[i];
    return NULL;
}

const struct kiosk_item *kiosk_item_find(const struct kiosk_catalogue *catalogue, int id)
{
    for (int i = 0; i < catalogue->item_count; i++)
        if (catalogue->items[i].id == id)
            return &catalogue->items[i];
    return NULL;
}

const struct kiosk_item *kiosk_domain_item(const struct kiosk_catalogue *catalogue, int domain, int n)
{
    for (int i = 0; i < catalogue->item_count; i++)
        if (catalogue->items[i].domain == domain && n-- == 0)
            return &catalogue->items[i];
    return NULL;
}

int kiosk_domain_items(const struct kiosk_catalogue *catalogue, int domain)
{
    int count = 0;
    for (int i = 0; i < catalogue->item_count; i++)
        count += catalogue->items[i].domain == domain;
    return count;
}

const char *kiosk_window_zone(const struct kiosk_catalogue *catalogue, int window)
{
    int zone = 0;
    for (int i = 0; i < catalogue->window_count; i++)
        if (catalogue->windows[i].number == window)
            zone = catalogue->windows[i].zone;
    for (int i = 0; i < catalogue->zone_count; i++)
        if (catalogue->zones[i].id == zone)
            return catalogue->zones[i].letter;
    return "";
}
