/* SPDX-License-Identifier: MIT
 * What the hall offers, as the dispatcher's `catalogue` answers tell it: hall, zones, windows, domains, items
 * and their names. Made whole from the collected rows and never changed; a new version replaces it. */
#ifndef KIOSK_MODEL_CATALOGUE_H
#define KIOSK_MODEL_CATALOGUE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/base/status.h"
#include "common/base/words.h"

enum {
    KIOSK_DOMAINS_MAX = 64,
    KIOSK_ITEMS_MAX = 2048,
    KIOSK_WINDOWS_MAX = 512,
    KIOSK_ZONES_MAX = 32,
    KIOSK_NOTICES_MAX = 6, /* lines of house rules shown at the foot of the home screen */
};

/* The parts that are asked for, in this order. */
enum kiosk_part {
    KIOSK_PART_HALL,
    KIOSK_PART_WORDS,
    KIOSK_PART_ZONES,
    KIOSK_PART_DOMAINS,
    KIOSK_PART_WINDOWS,
    KIOSK_PART_ITEMS,
    KIOSK_PARTS
};
const char *kiosk_part_name(enum kiosk_part part); /* "items" */

/* One text in both languages; borrowed from the catalogue's rows. Neither is NULL; where one language is
 * missing it is the other's. */
struct kiosk_name {
    const char *in[WORDS_LANGUAGES];
};

struct kiosk_zone {
    int id;
    const char *letter;
};

struct kiosk_window {
    int number, zone; /* zone: its id */
};

struct kiosk_domain {
    int id;
    struct kiosk_name name;
    const char *icon;
};

struct kiosk_item {
    int id, domain;
    struct kiosk_name name, short_name;
    bool needs_identity, needs_papers, popular;
};

/* Caller-owned; zero it to begin. Read all but `rows`. */
struct kiosk_catalogue {
    json_t *rows[KIOSK_PARTS]; /* owned: what the names point into */
    uint32_t version;          /* 0: empty */
    struct kiosk_name hall, hall_short;
    struct kiosk_name hours, self_service; /* when the hall is closed; "" when not told */
    const char *phone, *online;
    struct kiosk_name notices[KIOSK_NOTICES_MAX];
    int notice_count, zone_count, domain_count;
    int window_count, item_count;
    struct kiosk_zone zones[KIOSK_ZONES_MAX];
    struct kiosk_domain domains[KIOSK_DOMAINS_MAX];
    struct kiosk_window *windows; /* owned */
    struct kiosk_item *items;     /* owned */
};

/* Builds from the rows of each part (arrays, borrowed; NULL counts as empty). Rows without a usable id or
 * name, and rows beyond the limits, are left out. STATUS_PARSE when no domain or no item is left,
 * STATUS_MEMORY; then nothing is owned. */
enum status kiosk_catalogue_build(struct kiosk_catalogue *out, json_t *const rows[KIOSK_PARTS],
                                  uint32_t version, struct error *error);
void kiosk_catalogue_destroy(struct kiosk_catalogue *catalogue);

/* NULL: there is none with this id. */
const struct kiosk_domain *kiosk_domain_find(const struct kiosk_catalogue *catalogue, int id);
const struct kiosk_item *kiosk_item_find(const struct kiosk_catalogue *catalogue, int id);

/* The n-th item of a domain in the catalogue's order; NULL past the last. And how many it has. */
const struct kiosk_item *kiosk_domain_item(const struct kiosk_catalogue *catalogue, int domain, int n);
int kiosk_domain_items(const struct kiosk_catalogue *catalogue, int domain);

/* The letter of the zone that a window stands in; "" when it is not known. */
const char *kiosk_window_zone(const struct kiosk_catalogue *catalogue, int window);

#endif
