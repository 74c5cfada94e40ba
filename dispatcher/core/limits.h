/* SPDX-License-Identifier: MIT
 * How much one hall can hold. Fixed, so that the hall is one plain value that never allocates; generous, so
 * that a large city hall fits: 40 windows and 5,000 tickets a day are usual, 200 windows and 20,000 tickets
 * the largest known. */
#ifndef DISPATCHER_CORE_LIMITS_H
#define DISPATCHER_CORE_LIMITS_H

enum {
    ZONES_MAX = 32,   /* a bit each in a uint32_t */
    DOMAINS_MAX = 64, /* a bit each in a uint64_t */
    ITEMS_MAX = 2048,
    WINDOWS_MAX = 512,
    CLERKS_MAX = 1024,
    AUTHORISATIONS_MAX = 8192,
    PRIORITY_KINDS_MAX = 16,
    CALENDAR_DAYS_MAX = 512, /* exceptions to the weekly rule */
    SESSIONS_MAX = 3,        /* opening sessions of one day */
    TICKETS_MAX = 32768,     /* a business day */
    TICKET_ITEMS_MAX = 6,    /* items on one ticket */
    ITEM_LIST_MAX = 32,      /* items named by one special window or one authorisation */
    BOOKINGS_MAX = 65536,    /* live, over the whole horizon */
    BOOKINGS_DAY_MAX = 16384,
    MISSES_MAX = 16384, /* booking no-shows remembered for suspension */
    BREAKS_MAX = 8,     /* known breaks of one window */
    BREAK_AHEAD_DAYS = 14,
    PROPOSALS_MAX = 8,        /* open, or applied and still to be undone */
    PROPOSALS_DAY_MAX = 1024, /* numbered in a day */
    EFFECTS_MAX = 7,          /* of one proposal: six domains and the hall */
    CHANGES_MAX = 16,         /* applied changes of posting remembered; none is older than an hour */
    WORDS_MAX = 120,          /* bytes of a reason given by a person, UTF-8 */
    CANDIDATES_MAX = 5,       /* runners-up stored with each call */
    EVENTS_MAX = 40,          /* events of one decision; longer work continues at the next tick */
    NUMBER_COUNT_MAX = 9999,
};

#endif
