/* SPDX-License-Identifier: MIT */
#include "dispatcher/core/rule.h"

#include <string.h>

#include "dispatcher/core/fixed.h"
#include "dispatcher/core/inner.h"

/* What the index needs of a ticket, whether it comes from the waiting list or from the ticket itself. */
struct weighed {
    int64_t ref_ms;
    struct item_id item;
    struct domain_id domain;
    uint8_t class;
};

static const enum policy_key weight_keys[TICKET_CLASSES] = {
    [CLASS_NORMAL] = POLICY_WEIGHT_NORMAL,     [CLASS_REJOINED] = POLICY_WEIGHT_REJOINED,
    [CLASS_PRIORITY] = POLICY_WEIGHT_PRIORITY, [CLASS_BOOKED] = POLICY_WEIGHT_BOOKED,
    [CLASS_GREEN] = POLICY_WEIGHT_GREEN,
};

static const enum policy_key head_start_keys[TICKET_CLASSES] = {
    [CLASS_NORMAL] = POLICY_HEAD_START_NORMAL_MIN,     [CLASS_REJOINED] = POLICY_HEAD_START_REJOINED_MIN,
    [CLASS_PRIORITY] = POLICY_HEAD_START_PRIORITY_MIN, [CLASS_BOOKED] = POLICY_HEAD_START_BOOKED_MIN,
    [CLASS_GREEN] = POLICY_HEAD_START_GREEN_MIN,
};

struct rule_knobs rule_knobs(const struct hall *hall)
{
    struct rule_knobs knobs = {
        .wait_permille = hall->policy[POLICY_WAIT_EXPONENT_PERMILLE],
        .speed_permille = hall->policy[POLICY_SPEED_EXPONENT_PERMILLE],
        .efficiency_permille = hall->policy[POLICY_EFFICIENCY_EXPONENT_PERMILLE],
        .crowd_permille = hall->policy[POLICY_CROWD_EXPONENT_PERMILLE],
        .unposted_q16 =
            fixed_log2_q16((uint64_t)policy_of(hall, POLICY_UNPOSTED_PERMILLE)) - fixed_log2_q16(1000),
        .item_permille = hall->policy[POLICY_ITEM_SHARE_PERMILLE],
        .early_ms = policy_minutes_ms(hall, POLICY_EARLY_BOOKING_MIN),
    };
    for (unsigned class = 0; class < TICKET_CLASSES; class ++) {
        bool booked = class == CLASS_BOOKED;
        knobs.of[class] = (struct rule_class_knobs){
            .weight_q16 = fixed_log2_q16((uint64_t)policy_of(hall, weight_keys[class])),
            .head_start_ms = policy_minutes_ms(hall, head_start_keys[class]),
            .late_from_ms =
                policy_minutes_ms(hall, booked ? POLICY_LATE_FROM_BOOKED_MIN : POLICY_LATE_FROM_MIN),
            .late_permille =
                hall->policy[booked ? POLICY_LATE_TIMES_BOOKED_PERMILLE : POLICY_LATE_TIMES_PERMILLE],
        };
    }
    return knobs;
}

/* A standard length at this window's speed, without slowdown and changeover. */
static int64_t base_ms(const struct hall *hall, const struct window *window, int64_t standard_ms)
{
    int64_t ms = standard_ms * 1000 / hall_clerk_permille(hall, window->clerk);
    return ms > 0 ? ms : 1;
}

static int64_t handling_ms(const struct hall *hall, const struct window *window, int64_t standard_ms,
                           struct domain_id domain)
{
    int64_t slow_permille = 1000;
    if (window->set.mode == MODE_UNDIFFERENTIATED && window->set.primary.value != domain.value)
        slow_permille = policy_of(hall, POLICY_SLOW_UNDIFFERENTIATED_PERMILLE);
    else if (window->set.primary.value && window->set.primary.value != domain.value)
        slow_permille = policy_of(hall, POLICY_SLOW_OFF_PRIMARY_PERMILLE);
    bool changes = window->last_domain.value && window->last_domain.value != domain.value;
    return base_ms(hall, window, standard_ms) * slow_permille / 1000 +
           (changes ? policy_of(hall, POLICY_CHANGEOVER_MS) : 0);
}

static bool is_posted(const struct window *window, struct domain_id domain)
{
    return !window->posted || window->posted & domain_bit(domain);
}

/* What a pick needs again and again. */
struct weighing {
    const struct hall *hall;
    const struct window *window;
    struct rule_knobs knobs;
    int64_t now_ms;
};

static struct rule_terms weigh(const struct weighing *g, struct weighed t)
{
    const struct hall *hall = g->hall;
    const struct window *window = g->window;
    int64_t domain_ms = hall_domain_ms(hall, t.domain), item_ms = hall_item_ms(hall, t.item);
    int64_t standard_ms = rule_standard_ms(&g->knobs, item_ms, domain_ms);
    struct rule_terms terms = {
        .of_q16 = {[TERM_WEIGHT] = g->knobs.of[t.class].weight_q16,
                   [TERM_WAIT] = rule_wait_q16(&g->knobs, t.class, g->now_ms - t.ref_ms),
                   [TERM_SPEED] = rule_speed_q16(&g->knobs, handling_ms(hall, window, standard_ms, t.domain)),
                   [TERM_EFFICIENCY] = rule_efficiency_q16(&g->knobs, base_ms(hall, window, domain_ms),
                                                           handling_ms(hall, window, domain_ms, t.domain)),
                   [TERM_CROWD] = rule_crowd_q16(&g->knobs, hall->domains[t.domain.value].waiting)},
        .age_s = (int32_t)((g->now_ms - t.ref_ms) / 1000),
        .handling_s = (int32_t)(handling_ms(hall, window, item_ms, t.domain) / 1000),
        .early = t.ref_ms > g->now_ms + g->knobs.early_ms,
        .posted = is_posted(window, t.domain),
    };
    if (!terms.posted)
        terms.of_q16[TERM_POSTING] = g->knobs.unposted_q16;
    for (unsigned term = 0; term < RULE_TERMS; term++)
        terms.index_q16 += terms.of_q16[term];
    return terms;
}

static struct weighing weighing_of(const struct hall *hall, struct window_id window, int64_t now_ms)
{
    return (struct weighing){hall, &hall->windows[window.value], rule_knobs(hall), now_ms};
}

struct rule_terms rule_terms(const struct hall *hall, struct window_id window, const struct ticket *ticket,
                             int64_t now_ms)
{
    struct weighing g = weighing_of(hall, window, now_ms);
    struct weighed t = {ticket->ref_ms, ticket_item(ticket), hall_ticket_domain(hall, ticket), ticket->class};
    return weigh(&g, t);
}

int64_t rule_handling_ms(const struct hall *hall, struct window_id window, const struct ticket *ticket)
{
    return handling_ms(hall, &hall->windows[window.value], hall_item_ms(hall, ticket_item(ticket)),
                       hall_ticket_domain(hall, ticket));
}

/* ---- choosing ---- */

static bool stands_before(const struct waiting *a, const struct waiting *b)
{
    return a->ref_ms < b->ref_ms || (a->ref_ms == b->ref_ms && a->order < b->order);
}

static bool is_callable(const struct window *window, const struct waiting *w)
{
    if (!bit_of(window->may, w->item.value - 1u))
        return false;
    if (w->asked_window.value && w->asked_window.value != window->set.window.value)
        return false;
    return !w->asked_clerk.value || w->asked_clerk.value == window->clerk.value;
}

/* The earliest ticket of each domain and class that the window may be called for; early bookings apart. */
struct heads {
    const struct waiting *by_class[TICKET_CLASSES][DOMAINS_MAX + 1];
    const struct waiting *early;
    uint64_t domains; /* bit d-1: some head is set */
};

/* Rejoined tickets stand in the normal line, at the place that they were given, unless the hall weighs them
 * otherwise. */
static bool rejoined_stand_apart(const struct hall *hall)
{
    return hall->policy[POLICY_WEIGHT_REJOINED] != hall->policy[POLICY_WEIGHT_NORMAL] ||
           hall->policy[POLICY_HEAD_START_REJOINED_MIN] != hall->policy[POLICY_HEAD_START_NORMAL_MIN];
}

static void find_heads(const struct weighing *g, struct heads *heads)
{
    const struct hall *hall = g->hall;
    uint8_t rejoined_line = rejoined_stand_apart(hall) ? CLASS_REJOINED : CLASS_NORMAL;
    int64_t early_from_ms = g->now_ms + g->knobs.early_ms;
    memset(heads, 0, sizeof *heads);
    for (uint32_t i = 0; i < hall->waiting_count; i++) {
        const struct waiting *w = &hall->waiting[i];
        if (!is_callable(g->window, w))
            continue;
        uint8_t line = w->class == CLASS_REJOINED ? rejoined_line : w->class;
        const struct waiting **head =
            w->ref_ms > early_from_ms ? &heads->early : &heads->by_class[line][w->domain];
        if (!*head || stands_before(w, *head))
            *head = w;
        heads->domains |= (uint64_t)1 << (w->domain - 1);
    }
}

struct choice {
    struct candidate candidate;
    const struct waiting *waiting;
};

static bool is_better(const struct choice *a, const struct choice *b)
{
    if (a->candidate.index_q16 != b->candidate.index_q16)
        return a->candidate.index_q16 > b->candidate.index_q16;
    return stands_before(a->waiting, b->waiting);
}

/* Keeps the best CANDIDATES_MAX choices, best first. */
static void keep(struct choice *kept, uint16_t *count, const struct choice *choice)
{
    uint16_t at = *count;
    while (at > 0 && is_better(choice, &kept[at - 1]))
        at--;
    if (at == CANDIDATES_MAX)
        return;
    uint16_t moved = (uint16_t)((*count < CANDIDATES_MAX ? *count : CANDIDATES_MAX - 1) - at);
    memmove(&kept[at + 1], &kept[at], moved * sizeof *kept);
    kept[at] = *choice;
    if (*count < CANDIDATES_MAX)
        (*count)++;
}

static struct choice choice_of(const struct weighing *g, const struct waiting *w)
{
    struct weighed t = {w->ref_ms, w->item, {w->domain}, w->class};
    struct rule_terms terms = weigh(g, t);
    struct choice choice = {
        .candidate = {.number = ticket_read(g->hall, w->ticket)->number,
                      .class = w->class,
                      .posted = terms.posted,
                      .age_s = terms.age_s,
                      .handling_s = terms.handling_s,
                      .index_q16 = terms.index_q16},
        .waiting = w,
    };
    memcpy(choice.candidate.terms_q16, terms.of_q16, sizeof terms.of_q16);
    return choice;
}

bool rule_pick(const struct hall *hall, struct window_id id, int64_t now_ms, struct candidate_list *out,
               struct ticket_id *best)
{
    struct weighing g = weighing_of(hall, id, now_ms);
    struct heads heads;
    struct choice kept[CANDIDATES_MAX + 1];
    uint16_t count = 0;
    find_heads(&g, &heads);
    for (unsigned d = 1; d <= DOMAINS_MAX && heads.domains >> (d - 1); d++) {
        for (unsigned class = 0; class < TICKET_CLASSES; class ++) {
            if (!heads.by_class[class][d])
                continue;
            struct choice choice = choice_of(&g, heads.by_class[class][d]);
            keep(kept, &count, &choice);
        }
    }
    if (!count && heads.early)
        kept[count++] = choice_of(&g, heads.early);
    memset(out, 0, sizeof *out);
    if (!count)
        return false;
    out->count = count;
    for (uint16_t i = 0; i < count; i++)
        out->list[i] = kept[i].candidate;
    *best = kept[0].waiting->ticket;
    return true;
}

/* ---- places ---- */

/* Whether w stands in the same line as a ticket of this domain and class; normal and rejoined stand in one.
 */
static bool is_same_line(const struct waiting *w, const struct standing *s)
{
    bool low = w->class <= CLASS_REJOINED && s->class <= CLASS_REJOINED;
    return w->domain == s->domain.value && (low || w->class == s->class);
}

static const struct waiting *line_nth(const struct hall *hall, const struct standing *s, unsigned nth)
{
    const struct waiting *found = NULL;
    for (unsigned step = 0; step < nth; step++) {
        const struct waiting *next = NULL;
        for (uint32_t i = 0; i < hall->waiting_count; i++) {
            const struct waiting *w = &hall->waiting[i];
            if (is_same_line(w, s) && (!found || stands_before(found, w)) &&
                (!next || stands_before(w, next)))
                next = w;
        }
        if (!next)
            return NULL;
        found = next;
    }
    return found;
}

int64_t place_ref_ms(const struct hall *hall, struct standing standing, enum place place, unsigned after,
                     int64_t now_ms)
{
    const struct waiting *other;
    switch (place) {
    case PLACE_HEAD:
        other = line_nth(hall, &standing, 1);
        return other && other->ref_ms <= standing.original_ref_ms ? other->ref_ms - 1
                                                                  : standing.original_ref_ms;
    case PLACE_AFTER:
        if (!after)
            return place_ref_ms(hall, standing, PLACE_HEAD, 0, now_ms);
        other = line_nth(hall, &standing, after);
        return other ? other->ref_ms : now_ms;
    case PLACE_END:
        return now_ms;
    default:
        return standing.original_ref_ms;
    }
}
