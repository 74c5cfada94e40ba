/* SPDX-License-Identifier: MIT
 * A hall and one of its days as JSON files: what `evenhall-sim days` writes and `evenhall-sim balance` reads.
 * SCENARIO-hallH.json holds the hall, SCENARIO-hallH-dayDD.json a day. Minutes count from opening; the format
 * is described in dispatcher/sim/DAYS.md. */
#ifndef DISPATCHER_SIM_DAY_FILE_H
#define DISPATCHER_SIM_DAY_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/base/status.h"
#include "dispatcher/core/limits.h"

enum {
    DAY_BINS_MAX = 144,
    DAY_OFFS_MAX = 12,
    SCENARIO_NAME_MAX = 31,
    HALL_NUMBER_MAX = 9999,
    DAY_NUMBER_MAX = 9999
};

struct hall_file_domain {
    double mean_min;
    double visit_share;
    double expected_per_10min[DAY_BINS_MAX]; /* from tickets_from_min on */
};

struct hall_file_item {
    unsigned domain;
    double mean_min;
    double share_in_domain;
};

struct hall_file_window {
    unsigned primary;
    uint64_t authorised; /* bit d: domain d */
    bool single_domain, all_domains;
    double speed, speed_estimate;
};

struct hall_file {
    char scenario[SCENARIO_NAME_MAX + 1];
    unsigned hall;
    double tickets_from_min, open_min, close_min;
    double off_primary_slowdown, all_domain_slowdown, changeover_min;
    double service_cv, walk_in_no_show, no_show_handling_min, multi_item_share, booked_share;
    unsigned domain_count, item_count, window_count, bin_count;
    struct hall_file_domain domains[DOMAINS_MAX];
    struct hall_file_item items[ITEMS_MAX];
    struct hall_file_window windows[WINDOWS_MAX];
};

struct day_off {
    double from_min, to_min;
    bool planned; /* false: nobody knows of it before it begins */
};

struct day_file_window {
    bool absent;
    uint64_t posted_dedicated, posted_mixed; /* bit d */
    unsigned off_count;
    struct day_off offs[DAY_OFFS_MAX];
};

enum day_class { DAY_WALK_IN, DAY_PRIORITY, DAY_BOOKED, DAY_GREEN, DAY_CLASSES };
extern const char *const day_class_names[]; /* "walk-in" ...; ended by NULL */

struct day_ticket {
    double arrival_min;
    double slot_min; /* booked only */
    enum day_class class;
    unsigned item;
    double standard_min;
    int item2; /* -1: none */
    double standard2_min;
    bool no_show;
};

struct day_file {
    char scenario[SCENARIO_NAME_MAX + 1];
    unsigned hall, day;
    struct day_file_window windows[WINDOWS_MAX];
    unsigned ticket_count;
    struct day_ticket *tickets; /* owned, in order of arrival */
};

/* Reads and checks a hall. A fault names the file, the record and the member, and says what is allowed. */
enum status hall_file_read(const char *path, struct hall_file *out, struct error *error);

/* The same for a day of this hall; on success to be ended with day_file_destroy. */
enum status day_file_read(const char *path, const struct hall_file *hall, struct day_file *out,
                          struct error *error);
void day_file_destroy(struct day_file *day);

/* Writes as read; fails when the file cannot be written whole. */
enum status hall_file_write(const char *path, const struct hall_file *hall, struct error *error);
enum status day_file_write(const char *path, const struct hall_file *hall, const struct day_file *day,
                           struct error *error);

#endif
