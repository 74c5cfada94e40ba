/* SPDX-License-Identifier: MIT
 * Reading postings, proposals and learned values. */
#include <stddef.h>

#include "dispatcher/core/inner.h"

/* ---- learned values ---- */

uint32_t hall_item_ms(const struct hall *hall, struct item_id item)
{
    uint32_t learned_ms = hall->policy[POLICY_USE_LEARNED] ? hall->items[item.value].learned_ms : 0;
    return learned_ms ? learned_ms : hall->items[item.value].set.expected_ms;
}

uint32_t hall_domain_ms(const struct hall *hall, struct domain_id domain)
{
    const struct domain *d = &hall->domains[domain.value];
    return d->learned_ms && policy_of(hall, POLICY_USE_LEARNED) ? d->learned_ms : d->items_mean_ms;
}

uint16_t hall_clerk_permille(const struct hall *hall, struct clerk_id clerk)
{
    const struct clerk *c = &hall->clerks[clerk.value];
    uint16_t learned = hall->policy[POLICY_USE_LEARNED] ? c->learned_permille : 0;
    if (learned)
        return learned;
    return c->set.speed_permille ? c->set.speed_permille : 1000;
}

/* ---- postings ---- */

uint64_t hall_posting(const struct hall *hall, struct window_id id)
{
    const struct window *window = &hall->windows[id.value];
    return window->clerk.value ? window_serves(window, window->posted & ~window->cover) : 0;
}

uint64_t hall_posting_leaves(const struct hall *hall, struct window_id id, uint64_t domains)
{
    uint64_t lost = hall_posting(hall, id) & ~window_serves(&hall->windows[id.value], domains);
    for (unsigned w = 1; lost && w <= hall->windows_top; w++)
        if (w != id.value && window_is_active(&hall->windows[w]))
            lost &= ~hall_posting(hall, (struct window_id){(uint16_t)w});
    return lost;
}

static enum allocation_mode pair_mode(const struct hall *hall, unsigned from, unsigned to)
{
    uint8_t mode = hall->pair_modes[from][to];
    return mode == PAIR_DEFAULT ? (enum allocation_mode)hall->policy[POLICY_ALLOCATION_MODE]
                                : (enum allocation_mode)(mode - PAIR_OFF + ALLOCATION_OFF);
}

enum allocation_mode hall_move_mode(const struct hall *hall, struct window_id id, uint64_t after)
{
    enum allocation_mode standard = (enum allocation_mode)hall->policy[POLICY_ALLOCATION_MODE];
    enum allocation_mode least = ALLOCATION_MODES;
    uint64_t posting = hall_posting(hall, id), wanted = window_serves(&hall->windows[id.value], after);
    uint64_t lost = posting & ~wanted, gained = wanted & ~posting;
    if (standard == ALLOCATION_OFF)
        return ALLOCATION_OFF;
    for (unsigned from = 1; gained && from <= DOMAINS_MAX; from++) {
        if (!(lost >> (from - 1) & 1))
            continue;
        for (unsigned to = 1; to <= DOMAINS_MAX; to++)
            if (gained >> (to - 1) & 1 && pair_mode(hall, from, to) < least)
                least = pair_mode(hall, from, to);
    }
    return least == ALLOCATION_MODES ? standard : least;
}

/* ---- proposals ---- */

const struct proposal *hall_proposal(const struct hall *hall, uint32_t number)
{
    for (uint32_t i = 0; i < hall->proposal_count; i++)
        if (hall->proposals[i].made.proposal == number)
            return &hall->proposals[i];
    return NULL;
}

const struct proposal *hall_window_proposal(const struct hall *hall, struct window_id window)
{
    for (uint32_t i = 0; i < hall->proposal_count; i++)
        if (hall->proposals[i].made.window.value == window.value && !hall->proposals[i].is_applied)
            return &hall->proposals[i];
    return NULL;
}

int32_t hall_changes_within(const struct hall *hall, int64_t now_ms, int64_t span_ms)
{
    int32_t count = 0;
    for (uint32_t i = 0; i < hall->change_count; i++)
        count += hall->changes_ms[i] > now_ms - span_ms;
    return count;
}

int32_t hall_changes_left(const struct hall *hall, int64_t now_ms)
{
    int32_t cycle =
        hall->policy[POLICY_ALLOCATION_PER_CYCLE] - hall_changes_within(hall, now_ms, ALLOCATION_CYCLE_MS);
    int32_t hour =
        hall->policy[POLICY_ALLOCATION_PER_HOUR] - hall_changes_within(hall, now_ms, ALLOCATION_HOUR_MS);
    int32_t left = cycle < hour ? cycle : hour;
    return left > 0 ? left : 0;
}
