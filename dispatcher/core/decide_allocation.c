/* SPDX-License-Identifier: MIT
 * Which window is posted for which domains: managers post, the planner proposes, and what guards both. A
 * posting only says what is called next; nobody who is being served is touched. */
#include <stddef.h>

#include "dispatcher/core/inner.h"

static struct event *add_posted(struct deciding *d, struct window_id window, uint64_t domains)
{
    uint64_t leaves = hall_posting_leaves(d->hall, window, domains);
    struct event *event = add(d, EVENT_WINDOW_POSTED);
    event->window_posted = (struct window_posted){.window = window, .domains = domains, .leaves = leaves};
    return event;
}

static void add_answer(struct deciding *d, const struct proposal *proposal, enum proposal_answer answer)
{
    struct proposal_answered *e = &add(d, EVENT_PROPOSAL_ANSWERED)->proposal_answered;
    e->proposal = proposal->made.proposal;
    e->window = proposal->made.window;
    e->answer = (uint8_t)answer;
}

void withdraw_proposals(struct deciding *d, struct window_id window)
{
    for (uint32_t i = 0; i < d->hall->proposal_count; i++) {
        const struct proposal *proposal = &d->hall->proposals[i];
        if (!proposal->is_applied && (!window.value || proposal->made.window.value == window.value))
            add_answer(d, proposal, ANSWER_WITHDRAWN);
    }
}

void expire_proposals(struct deciding *d)
{
    for (uint32_t i = 0; i < d->hall->proposal_count && has_room(d); i++) {
        const struct proposal *proposal = &d->hall->proposals[i];
        if (!proposal->is_applied && proposal->made.expires_ms <= d->now_ms)
            add_answer(d, proposal, ANSWER_EXPIRED);
    }
}

/* The manager's own posting is never held back; the event says which domains it leaves alone. */
bool decide_post(struct deciding *d, const struct command *command)
{
    const struct window_posted *post = &command->post;
    if (!window_exists(d->hall, post->window))
        return refuse(d, REFUSED_NO_SUCH_WINDOW);
    if (!domains_exist(d->hall, post->domains))
        return refuse(d, REFUSED_NO_SUCH_DOMAIN);
    add_posted(d, post->window, post->domains);
    withdraw_proposals(d, post->window);
    return true;
}

/* ---- guardrails ---- */

static bool window_may_move(struct deciding *d, struct window_id id)
{
    if (!window_exists(d->hall, id))
        return refuse(d, REFUSED_NO_SUCH_WINDOW);
    const struct window *window = &d->hall->windows[id.value];
    if (window->set.retired)
        return refuse(d, REFUSED_WINDOW_RETIRED);
    if (window->set.mode == MODE_SPECIAL)
        return refuse(d, REFUSED_WINDOW_SPECIAL);
    if (!window->clerk.value)
        return refuse(d, REFUSED_NOT_ON_DUTY);
    int64_t left_ms = window->posted_ms + policy_minutes_ms(d->hall, POLICY_ALLOCATION_DWELL_MIN) - d->now_ms;
    if (window->posted_ms && left_ms > 0)
        return refuse_value(d, REFUSED_DWELL, (left_ms + MINUTE_MS - 1) / MINUTE_MS);
    return true;
}

static unsigned lowest_domain(uint64_t domains)
{
    unsigned domain = 1;
    while (!(domains >> (domain - 1) & 1))
        domain++;
    return domain;
}

static bool domains_may_change(struct deciding *d, struct window_id id, uint64_t after)
{
    const struct window *window = &d->hall->windows[id.value];
    if (!after || after & ~window->may_domains)
        return refuse(d, REFUSED_NOT_ITS_DOMAINS);
    if (after == hall_posting(d->hall, id))
        return refuse(d, REFUSED_NOTHING_CHANGES);
    uint64_t leaves = hall_posting_leaves(d->hall, id, after);
    return !leaves || refuse_value(d, REFUSED_DOMAIN_LEFT, lowest_domain(leaves));
}

static bool limits_allow(struct deciding *d)
{
    int64_t per_hour = policy_of(d->hall, POLICY_ALLOCATION_PER_HOUR);
    if (hall_changes_left(d->hall, d->now_ms))
        return true;
    return hall_changes_within(d->hall, d->now_ms, ALLOCATION_HOUR_MS) >= per_hour
               ? refuse_value(d, REFUSED_CHANGES_HOUR, per_hour)
               : refuse_value(d, REFUSED_CHANGES_CYCLE, policy_of(d->hall, POLICY_ALLOCATION_PER_CYCLE));
}

static bool may_move(struct deciding *d, struct window_id window, uint64_t after)
{
    return window_may_move(d, window) && domains_may_change(d, window, after) && limits_allow(d);
}

/* ---- proposals ---- */

static bool effects_are_sound(const struct hall *hall, const struct effect_list *effects)
{
    for (unsigned i = 0; i < effects->count && effects->count <= EFFECTS_MAX; i++) {
        const struct effect *e = &effects->list[i];
        if ((e->domain.value && !domain_exists(hall, e->domain)) || e->now_low_s > e->now_high_s ||
            e->after_low_s > e->after_high_s)
            return false;
    }
    return effects->count <= EFFECTS_MAX;
}

/* Whether one more can be kept: those that were applied are no longer kept when they cannot be reverted. */
static bool has_place(const struct deciding *d)
{
    unsigned kept = 0;
    for (uint32_t i = 0; i < d->hall->proposal_count; i++)
        kept += !d->hall->proposals[i].is_applied || d->hall->proposals[i].made.expires_ms > d->now_ms;
    return kept < PROPOSALS_MAX && d->hall->proposal_last < PROPOSALS_DAY_MAX;
}

static bool propose_is_sound(struct deciding *d, const struct propose *propose)
{
    const struct hall *hall = d->hall;
    if (d->by.kind != ACTOR_SYSTEM)
        return refuse(d, REFUSED_NOT_PERMITTED);
    if (hall->day_state != DAY_OPEN)
        return refuse(d, REFUSED_DAY_NOT_OPEN);
    if (policy_of(hall, POLICY_ALLOCATION_MODE) == ALLOCATION_OFF)
        return refuse(d, REFUSED_ALLOCATION_OFF);
    if (propose->trigger >= TRIGGERS || propose->gain_error < 0 ||
        !effects_are_sound(hall, &propose->effects))
        return refuse_value(d, REFUSED_BAD_VALUE, propose->trigger);
    if (propose->oldest.letter && !hall_ticket(hall, propose->oldest))
        return refuse_number(d, REFUSED_NO_SUCH_NUMBER, propose->oldest);
    const struct proposal *open = hall_window_proposal(hall, propose->window);
    if (open)
        return refuse_value(d, REFUSED_PROPOSAL_OPEN, open->made.proposal);
    return has_place(d) ? true : refuse(d, REFUSED_PROPOSALS_FULL);
}

bool decide_propose(struct deciding *d, const struct command *command)
{
    const struct propose *propose = &command->propose;
    const struct hall *hall = d->hall;
    if (!propose_is_sound(d, propose) || !may_move(d, propose->window, propose->after))
        return false;
    enum allocation_mode mode = hall_move_mode(hall, propose->window, propose->after);
    if (mode == ALLOCATION_OFF)
        return refuse(d, REFUSED_PAIR_OFF);
    struct proposal proposal = {
        .made = {.proposal = hall->proposal_last + 1,
                 .window = propose->window,
                 .trigger = propose->trigger,
                 .mode = (uint8_t)mode,
                 .oldest = propose->oldest,
                 .before = hall->windows[propose->window.value].posted &
                           ~hall->windows[propose->window.value].cover,
                 .after = propose->after,
                 .seed = propose->seed,
                 .cycle = propose->cycle,
                 .gain = propose->gain,
                 .gain_error = propose->gain_error,
                 .changeovers = propose->changeovers,
                 .expires_ms = d->now_ms + policy_minutes_ms(hall, POLICY_PROPOSAL_EXPIRY_MIN),
                 .effects = propose->effects}};
    add(d, EVENT_PROPOSAL_MADE)->proposal_made = proposal.made;
    if (mode != ALLOCATION_AUTOMATIC)
        return true;
    add_answer(d, &proposal, ANSWER_APPLIED);
    add_posted(d, propose->window, propose->after);
    return true;
}

/* The proposal, still standing; NULL after refusing. */
static const struct proposal *standing_proposal(struct deciding *d, uint32_t number)
{
    const struct hall *hall = d->hall;
    const struct proposal *proposal = hall_proposal(hall, number);
    if (proposal && proposal->made.expires_ms > d->now_ms)
        return proposal;
    if (!number || number > hall->proposal_last)
        refuse_value(d, REFUSED_NO_SUCH_PROPOSAL, number);
    else if (proposal || bit_of(hall->proposals_expired, number - 1))
        refuse_value(d, REFUSED_PROPOSAL_EXPIRED, number);
    else
        refuse_value(d, REFUSED_PROPOSAL_CLOSED, number);
    return NULL;
}

static bool may_answer(struct actor by, uint8_t answer)
{
    if (by.kind == ACTOR_SYSTEM)
        return answer == ANSWER_WITHDRAWN;
    return by.kind == ACTOR_MANAGER &&
           (answer == ANSWER_ACCEPTED || answer == ANSWER_REJECTED || answer == ANSWER_REVERTED);
}

bool decide_answer_proposal(struct deciding *d, const struct command *command)
{
    const struct answer_proposal *answer = &command->answer_proposal;
    if (!may_answer(d->by, answer->answer))
        return refuse(d, REFUSED_NOT_PERMITTED);
    const struct proposal *proposal = standing_proposal(d, answer->proposal);
    if (!proposal)
        return false;
    bool reverts = answer->answer == ANSWER_REVERTED;
    if (proposal->is_applied != reverts)
        return refuse_value(d, reverts ? REFUSED_PROPOSAL_NOT_APPLIED : REFUSED_PROPOSAL_APPLIED,
                            answer->proposal);
    if (answer->answer == ANSWER_REJECTED && !answer->reason.bytes[0])
        return refuse(d, REFUSED_REASON_NEEDED);
    if (answer->answer == ANSWER_ACCEPTED && !may_move(d, proposal->made.window, proposal->made.after))
        return false;
    add_answer(d, proposal, (enum proposal_answer)answer->answer);
    d->out->events[0].proposal_answered.reason = answer->reason;
    if (answer->answer == ANSWER_ACCEPTED)
        add_posted(d, proposal->made.window, proposal->made.after);
    if (reverts)
        add_posted(d, proposal->made.window, proposal->made.before);
    return true;
}

bool decide_score_proposal(struct deciding *d, const struct command *command)
{
    const struct proposal_scored *scored = &command->score_proposal;
    const struct hall *hall = d->hall;
    if (d->by.kind != ACTOR_SYSTEM)
        return refuse(d, REFUSED_NOT_PERMITTED);
    if (!scored->proposal || scored->proposal > hall->proposal_last)
        return refuse_value(d, REFUSED_NO_SUCH_PROPOSAL, scored->proposal);
    const struct proposal *proposal = hall_proposal(hall, scored->proposal);
    if (proposal && !proposal->is_applied)
        return refuse_value(d, REFUSED_PROPOSAL_OPEN, scored->proposal);
    if (bit_of(hall->proposals_scored, scored->proposal - 1))
        return refuse_value(d, REFUSED_PROPOSAL_SCORED, scored->proposal);
    add(d, EVENT_PROPOSAL_SCORED)->proposal_scored = *scored;
    return true;
}
