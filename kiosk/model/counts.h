/* SPDX-License-Identifier: MIT
 * What the topics `hall` and `kiosk` say about the moment: is the hall open, how many wait, how long. */
#ifndef KIOSK_MODEL_COUNTS_H
#define KIOSK_MODEL_COUNTS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "kiosk/model/catalogue.h"

enum kiosk_numbers {
    KIOSK_NUMBERS_OPEN,
    KIOSK_NUMBERS_NOT_YET, /* before the first number of the day */
    KIOSK_NUMBERS_STOPPED, /* after the last; those who hold one are still served */
    KIOSK_NUMBERS_CLOSED,  /* the hall is closed */
};

enum { KIOSK_UNKNOWN = -1 };

/* A span of waiting time; KIOSK_UNKNOWN in both: no forecast. */
struct kiosk_wait {
    int low_min, high_min;
};

struct kiosk_load {
    int waiting; /* people; KIOSK_UNKNOWN */
    int windows; /* that are open for it; KIOSK_UNKNOWN */
    int left;    /* of a daily quota; KIOSK_UNKNOWN: no quota */
    struct kiosk_wait wait;
};

struct kiosk_counts {
    bool hall_known;
    enum kiosk_numbers numbers;
    struct kiosk_load hall;
    int64_t next_open_ms;              /* wall; 0: not told */
    char sessions[64];                 /* "09:00–12:00  13:30–17:00" of the day; "" not told */
    char notice[WORDS_LANGUAGES][256]; /* the manager's words of the moment; "" none */
    uint32_t catalogue_version;
    int utc_offset_min; /* of the hall's clock, east is positive; INT32_MIN: not told */
    struct kiosk_load domains[KIOSK_DOMAINS_MAX + 1], items[KIOSK_ITEMS_MAX + 1]; /* by id */
};

/* Nothing known. */
void kiosk_counts_init(struct kiosk_counts *counts);

/* Takes a topic's whole document (borrowed); what it does not say becomes unknown. */
void kiosk_counts_take_hall(struct kiosk_counts *counts, const json_t *document);
void kiosk_counts_take_kiosk(struct kiosk_counts *counts, const json_t *document);

/* The span as it is shown: rounded outward to 5 min, at least 5 min wide, cut at 0 and 120; unknown stays
 * unknown. */
enum { KIOSK_WAIT_STEP_MIN = 5, KIOSK_WAIT_SHORT_MIN = 10, KIOSK_WAIT_LONG_MIN = 120 };
struct kiosk_wait kiosk_wait_shown(struct kiosk_wait wait);

#endif
