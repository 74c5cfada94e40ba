/* SPDX-License-Identifier: MIT
 * Changes of a what-if as text, one a line:
 *
 *   close window=3 from=14:00 to=15:00
 *   arrivals domain=2 factor=1.5 from=10:00
 *   post window=4 domains=1,6 from=09:00 to=10:30
 *   policy name=speed-exponent-permille value=500
 *
 * and the table of members that other forms (JSON, forms on screens) are made from. */
#ifndef DISPATCHER_PLAN_WHAT_IF_TEXT_H
#define DISPATCHER_PLAN_WHAT_IF_TEXT_H

#include "dispatcher/plan/what_if.h"

enum what_if_type {                  /* in struct what_if_change   text */
                    WHAT_IF_NUMBER,  /* int32_t                    3 */
                    WHAT_IF_DOMAINS, /* domains, domain_count      1,6; "all": none */
                    WHAT_IF_TIME,    /* int32_t, ms                14:05 */
                    WHAT_IF_FACTOR,  /* double                     1.25 */
                    WHAT_IF_KNOB,    /* int32_t                    name of a policy */
                    WHAT_IF_VALUE,   /* int32_t                    -5 */
};

struct what_if_member {
    const char *name; /* NULL ends a table */
    enum what_if_type type;
    bool is_required;
    size_t offset;
};

extern const char *const what_if_names[];  /* by kind, ended by NULL */
extern const char *const what_if_abouts[]; /* what a kind says, for readers */

/* The members of a kind. */
const struct what_if_member *what_if_members(enum what_if_kind kind);

/* Reads one change. False: the fault says which word is wrong and what is allowed. */
bool what_if_read(const char *text, struct what_if_change *out, struct day_fault *fault);

/* Writes as read; cut when there is no room. */
void what_if_write(const struct what_if_change *change, char *out, size_t size);

#endif
