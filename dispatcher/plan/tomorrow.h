/* SPDX-License-Identifier: MIT
 * What is expected of a whole day, as a plain value: windows with their clerks and duty, visitors and
 * bookings to come, how long services take, how the hall calls. The dispatcher fills it from what it has
 * learned and the roster, the simulator from a day's file; tomorrow's plan and what-if play it.
 *
 * Times are ms since the day's midnight. Shares are 0 .. 1. */
#ifndef DISPATCHER_PLAN_TOMORROW_H
#define DISPATCHER_PLAN_TOMORROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dispatcher/core/calendar.h"
#include "dispatcher/core/limits.h"
#include "dispatcher/core/policy.h"
#include "dispatcher/plan/engine.h"

enum {
    DAY_BINS = 144,
    DAY_BIN_MS = 600000,
    DAY_HALVES = 48,
    DAY_HALF_MS = 1800000,
    DAY_STEP_MS = 300000, /* windows open, close and are posted at multiples of this */
    DAY_DUTIES_MAX = 4,
    DAY_BREAKS_MAX = 8,
    DAY_FAULT_MAX = 200, /* bytes of a sentence, with its NUL */
};

struct day_span {
    int32_t from_ms, to_ms;
};

/* Short breaks and lunches may be moved by a plan, the others are what they are (a meeting, a training). */
enum day_break_kind { DAY_BREAK_SHORT, DAY_BREAK_LUNCH, DAY_BREAK_FIXED, DAY_BREAK_KINDS };
struct day_break {
    int32_t from_ms, to_ms;
    uint8_t kind; /* enum day_break_kind */
};

struct day_window {
    uint16_t window, clerk; /* what they are called: their ids or numbers, for readers */
    uint8_t primary;        /* domain, or NO_DOMAIN */
    uint64_t may;           /* bit d: may be called for domain d */
    double speed;           /* 1: takes the standard length */
    double slow;            /* times as long outside of the primary domain */
    unsigned duty_count;    /* 0: absent */
    struct day_span
        duties[DAY_DUTIES_MAX]; /* by time; who is there at closing stays until the hall is empty */
    unsigned break_count;
    struct day_break breaks[DAY_BREAKS_MAX]; /* by time */
    uint64_t posted[DAY_HALVES];             /* bit d: prefers domain d in this half hour; 0: all alike */
};

struct day_domain {
    uint16_t domain;                /* what it is called, as above */
    float expected[DAY_BINS];       /* visitors without booking in each bin of ten minutes */
    float booked[DAY_BINS];         /* bookings still to be made, by the bin of their slot */
    float arrival_factor[DAY_BINS]; /* times as many of both; 1 */
};

struct day_item {
    uint16_t item; /* what it is called, as above */
    uint8_t domain;
    int32_t expect_ms;   /* standard length */
    float share;         /* of its domain's visitors */
    float length_factor; /* times as long; 1 */
};

/* A booking that is known. Items are places in day_outlook.items. */
struct day_booking {
    int32_t slot_ms;
    uint16_t item;
    int16_t item2; /* -1: none */
};

/* Some 600 KB: not for the stack. */
struct day_outlook {
    unsigned domain_count, window_count, item_count, bin_count, booking_count;
    int32_t numbers_from_ms, numbers_to_ms; /* between which visitors get a number */
    int32_t open_ms, close_ms;
    int32_t bins_from_ms;
    int32_t slot_ms; /* bookings still to be made are for multiples of this after opening */
    int32_t changeover_ms, no_show_ms;
    double cv;                          /* of a length given its item */
    double rate_cv;                     /* of a day's visitors against those expected, all domains together */
    double domain_rate_cv;              /* of one domain's on top of that */
    double speed_cv;                    /* of a clerk's true speed against what is believed */
    double no_show_share;               /* of visitors without booking */
    double class_share[TICKET_CLASSES]; /* of visitors without booking, beside normal */
    double second_share;                /* tickets with a second item */
    double same_share;        /* of these, in the same domain; the others by how many visit a domain */
    double booked_came_share; /* of known bookings; those in `booked` come */
    double lateness_ms, lateness_sd_ms; /* of booked visitors against their slot */
    int32_t late_limit_ms;              /* later than this they wait as visitors without booking */
    int32_t policy[POLICY_KEYS];        /* the hall's, of which those of the call rule and targets count */
    struct day_domain domains[DOMAINS_MAX];
    struct day_item items[ITEMS_MAX];
    struct day_window windows[WINDOWS_MAX];
    const struct day_booking *bookings; /* borrowed, by slot */
};

/* The first fault of an outlook or of changes to it: a sentence that names record and member. */
struct day_fault {
    char text[DAY_FAULT_MAX]; /* "": none */
};

/* No domains, windows and items; everything else as a hall has it by default. */
void day_outlook_init(struct day_outlook *outlook);

/* Whether the day can be played; otherwise *fault says what is impossible. */
bool day_outlook_check(const struct day_outlook *outlook, struct day_fault *fault);

/* Sets the fault and returns false. */
bool day_fault_set(struct day_fault *fault, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The longest wait that a class should have. */
int32_t day_target_ms(const struct day_outlook *outlook, unsigned class);

/* Mean standard length of a domain's visitors, ms; 0 without items. */
double day_domain_mean_ms(const struct day_outlook *outlook, unsigned domain);

/* Whether anybody is expected in the domain, booked or not. */
bool day_domain_is_asked(const struct day_outlook *outlook, unsigned domain);

/* Whether the window is on duty at a time, breaks apart; and the time it is on duty between opening and
 * closing, breaks taken off. */
bool day_window_on_duty(const struct day_window *window, int32_t at_ms);
int32_t day_window_present_ms(const struct day_outlook *outlook, const struct day_window *window);

/* Puts a break in its place by time; false when there are DAY_BREAKS_MAX already. */
bool day_window_add_break(struct day_window *window, struct day_break added);

#endif
