/* SPDX-License-Identifier: MIT
 * The index of the call rule, apart from any hall, so that the hall and simulations of it choose alike:
 *
 *   index = weight * aged^a / E^b * (base/E')^c * crowd^k * (posted ? 1 : u)
 *   aged  = age + head start + t * max(0, age - late from)
 *
 * age: since the reference time; E: expected handling of the ticket at the window, E' that of its domain's
 * mean and base the same without slowdown and changeover; crowd: tickets waiting in the domain. As a sum of
 * logarithms (log2 in Q16) every knob is a plain factor and every term can be shown. */
#ifndef DISPATCHER_CORE_RULE_INDEX_H
#define DISPATCHER_CORE_RULE_INDEX_H

#include <stdbool.h>
#include <stdint.h>

#include "dispatcher/core/event.h"
#include "dispatcher/core/fixed.h"

struct rule_class_knobs {
    int32_t weight_q16;
    int32_t late_permille; /* t */
    int64_t head_start_ms, late_from_ms;
};

struct rule_knobs {
    struct rule_class_knobs of[TICKET_CLASSES];
    int32_t wait_permille, speed_permille, efficiency_permille, crowd_permille; /* a, b, c, k */
    int32_t unposted_q16;                                                       /* log2 u */
    int32_t item_permille; /* share of the item's own expectation in E; the rest is its domain's */
    int64_t early_ms;      /* a booking further ahead of its slot counts only when nothing else waits */
};

enum { RULE_MINUTE_Q16 = 1040232 }; /* log2 of 60,000 ms */

static inline int32_t rule_power_q16(int32_t log_q16, int32_t permille)
{
    return (int32_t)((int64_t)log_q16 * permille / 1000);
}

static inline int64_t rule_aged_ms(const struct rule_class_knobs *knobs, int64_t age_ms)
{
    int64_t late_ms = age_ms - knobs->late_from_ms;
    int64_t aged_ms = age_ms + knobs->head_start_ms;
    if (late_ms > 0)
        aged_ms += late_ms * knobs->late_permille / 1000;
    return aged_ms > 0 ? aged_ms : 1;
}

static inline int32_t rule_wait_q16(const struct rule_knobs *knobs, unsigned class, int64_t age_ms)
{
    int64_t aged_ms = rule_aged_ms(&knobs->of[class], age_ms);
    return rule_power_q16(fixed_log2_q16((uint64_t)aged_ms) - RULE_MINUTE_Q16, knobs->wait_permille);
}

static inline int32_t rule_speed_q16(const struct rule_knobs *knobs, int64_t handling_ms)
{
    return -rule_power_q16(fixed_log2_q16((uint64_t)(handling_ms > 0 ? handling_ms : 1)) - RULE_MINUTE_Q16,
                           knobs->speed_permille);
}

static inline int32_t rule_efficiency_q16(const struct rule_knobs *knobs, int64_t base_ms,
                                          int64_t handling_ms)
{
    return rule_power_q16(fixed_log2_q16((uint64_t)(base_ms > 0 ? base_ms : 1)) -
                              fixed_log2_q16((uint64_t)(handling_ms > 0 ? handling_ms : 1)),
                          knobs->efficiency_permille);
}

static inline int32_t rule_crowd_q16(const struct rule_knobs *knobs, uint32_t waiting)
{
    return rule_power_q16(fixed_log2_q16(waiting ? waiting : 1), knobs->crowd_permille);
}

/* What the rule takes for a ticket's standard length, ms. */
static inline int64_t rule_standard_ms(const struct rule_knobs *knobs, int64_t item_ms, int64_t domain_ms)
{
    return (item_ms * knobs->item_permille + domain_ms * (1000 - knobs->item_permille)) / 1000;
}

#endif
