/* SPDX-License-Identifier: MIT
 * What postings, proposals, covers, breaks and learned values do to the hall. */
#include "dispatcher/core/evolve_inside.h"

#include <assert.h>
#include <string.h>

/* ---- learned and planned ---- */

void on_item_learned(struct hall *hall, const struct event *event)
{
    hall->items[event->item_learned.item.value].learned_ms = event->item_learned.expected_ms;
    domain_mean_refresh(hall, hall->items[event->item_learned.item.value].set.domain);
}

void on_domain_learned(struct hall *hall, const struct event *event)
{
    hall->domains[event->domain_learned.domain.value].learned_ms = event->domain_learned.expected_ms;
}

void on_clerk_learned(struct hall *hall, const struct event *event)
{
    hall->clerks[event->clerk_learned.clerk.value].learned_permille = event->clerk_learned.speed_permille;
}

void on_pair_set(struct hall *hall, const struct event *event)
{
    const struct pair_set *set = &event->pair_set;
    hall->pair_modes[set->from.value][set->to.value] = set->mode;
}

void breaks_forget(struct window *window, int64_t until_ms)
{
    uint16_t past = 0;
    while (past < window->break_count && window->breaks[past].to_ms <= until_ms)
        past++;
    window->break_count = (uint16_t)(window->break_count - past);
    memmove(&window->breaks[0], &window->breaks[past], window->break_count * sizeof window->breaks[0]);
    memset(&window->breaks[window->break_count], 0, past * sizeof window->breaks[0]);
}

void on_break_planned(struct hall *hall, const struct event *event)
{
    const struct break_planned *e = &event->break_planned;
    struct window *window = &hall->windows[e->window.value];
    breaks_forget(window, event->at_ms);
    assert(window->break_count < BREAKS_MAX);
    unsigned at = window->break_count++;
    for (; at > 0 && window->breaks[at - 1].from_ms > e->from_ms; at--)
        window->breaks[at] = window->breaks[at - 1];
    window->breaks[at] = (struct planned_break){e->from_ms, e->to_ms};
}

void on_breaks_cleared(struct hall *hall, const struct event *event)
{
    breaks_forget(&hall->windows[event->breaks_cleared.window.value], INT64_MAX);
}

/* ---- proposals ---- */

static void proposal_remove(struct hall *hall, uint32_t at)
{
    hall->proposal_count--;
    memmove(&hall->proposals[at], &hall->proposals[at + 1],
            (hall->proposal_count - at) * sizeof hall->proposals[0]);
    memset(&hall->proposals[hall->proposal_count], 0, sizeof hall->proposals[0]);
}

void proposals_forget(struct hall *hall, struct window_id window, uint64_t posted)
{
    for (uint32_t i = hall->proposal_count; i-- > 0;) {
        const struct proposal *proposal = &hall->proposals[i];
        bool holds = proposal->is_applied && proposal->made.after == posted;
        if (proposal->made.window.value == window.value && !holds)
            proposal_remove(hall, i);
    }
}

/* Those that were applied and can no longer be reverted make room. */
void on_proposal_made(struct hall *hall, const struct event *event)
{
    for (uint32_t i = hall->proposal_count; i-- > 0;)
        if (hall->proposals[i].is_applied && hall->proposals[i].made.expires_ms <= event->at_ms)
            proposal_remove(hall, i);
    assert(hall->proposal_count < PROPOSALS_MAX);
    hall->proposals[hall->proposal_count++] =
        (struct proposal){.made = event->proposal_made, .made_ms = event->at_ms};
    hall->proposal_last = event->proposal_made.proposal;
}

static void change_remember(struct hall *hall, int64_t at_ms)
{
    if (hall->change_count == CHANGES_MAX) {
        memmove(&hall->changes_ms[0], &hall->changes_ms[1], (CHANGES_MAX - 1) * sizeof hall->changes_ms[0]);
        hall->change_count--;
    }
    hall->changes_ms[hall->change_count++] = at_ms;
}

void on_proposal_answered(struct hall *hall, const struct event *event)
{
    const struct proposal_answered *e = &event->proposal_answered;
    uint32_t at = 0;
    while (at < hall->proposal_count && hall->proposals[at].made.proposal != e->proposal)
        at++;
    if (at == hall->proposal_count)
        return; /* withdrawn because of what happened at its window, which removed it */
    if (e->answer == ANSWER_EXPIRED)
        hall->proposals_expired[(e->proposal - 1) / 64] |= (uint64_t)1 << ((e->proposal - 1) % 64);
    if (e->answer == ANSWER_APPLIED || e->answer == ANSWER_ACCEPTED)
        change_remember(hall, event->at_ms);
    if (e->answer == ANSWER_APPLIED)
        hall->proposals[at].is_applied = true;
    else
        proposal_remove(hall, at);
}

void on_proposal_scored(struct hall *hall, const struct event *event)
{
    uint32_t bit = event->proposal_scored.proposal - 1;
    hall->proposals_scored[bit / 64] |= (uint64_t)1 << (bit % 64);
}

/* ---- postings ---- */

/* The posting that follows a cover's beginning or end tells what is so already. Any other one is meant as it
 * stands, so that nothing of it is a cover; and proposals for the window have lost their ground. */
void on_window_posted(struct hall *hall, const struct event *event)
{
    const struct window_posted *e = &event->window_posted;
    struct window *window = &hall->windows[e->window.value];
    if (window->cover && event->by.kind == ACTOR_SYSTEM && e->domains == window->posted)
        return;
    if ((window->posted & ~window->cover) != e->domains)
        window->posted_ms = event->at_ms;
    if (e->since_ms)
        window->posted_ms = e->since_ms;
    window->posted = e->domains;
    window->cover = 0;
    proposals_forget(hall, e->window, e->domains);
    coverage_note(hall, e->window);
}

void on_domain_covered(struct hall *hall, const struct event *event)
{
    struct window *window = &hall->windows[event->domain_covered.window.value];
    window->posted |= domain_bit(event->domain_covered.domain);
    window->cover |= domain_bit(event->domain_covered.domain);
    coverage_note(hall, event->domain_covered.window);
}

void on_cover_ended(struct hall *hall, const struct event *event)
{
    struct window *window = &hall->windows[event->cover_ended.window.value];
    window->posted &= ~domain_bit(event->cover_ended.domain);
    window->cover &= ~domain_bit(event->cover_ended.domain);
}

void on_domain_uncovered(struct hall *hall, const struct event *event)
{
    hall->uncovered |= domain_bit(event->domain_uncovered.domain);
}
