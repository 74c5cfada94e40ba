/* SPDX-License-Identifier: MIT
 * What the planner and managers might want of the allocation next. */
#include "dispatcher/sim/whim_inside.h"

/* Mostly some of what the window may do, and not what it is posted for. */
static uint64_t pick_domains(struct wish *w, struct window_id window)
{
    uint64_t may = window.value <= WINDOWS_MAX ? w->hall->windows[window.value].may_domains : 0;
    uint64_t posting = window.value <= WINDOWS_MAX ? hall_posting(w->hall, window) : 0;
    if (nonsense(w))
        return rng_next(w->rng) & 15;
    for (unsigned tries = 0; tries < 6; tries++) {
        uint64_t some = rng_next(w->rng) & may;
        if (some && some != posting)
            return some;
    }
    return may;
}

static struct domain_id pick_domain(struct wish *w)
{
    unsigned top = 1;
    while (top < DOMAINS_MAX && w->hall->domains[top + 1].exists)
        top++;
    return (struct domain_id){any_id(w, top)};
}

static void by_system(struct wish *w, uint32_t permille)
{
    if (rng_chance(w->rng, permille))
        w->out->by = (struct actor){ACTOR_SYSTEM, 0};
}

static bool has_choice(const struct window *window)
{
    return window->set.mode != MODE_SPECIAL && window->may_domains & (window->may_domains - 1);
}

void wish_propose(struct wish *w)
{
    struct propose *propose = &w->out->propose;
    by_system(w, 980);
    for (unsigned tries = 0; tries < 5; tries++) {
        propose->window = pick_window(w, WANT_DUTY);
        if (propose->window.value <= WINDOWS_MAX && has_choice(&w->hall->windows[propose->window.value]))
            break;
    }
    propose->after = pick_domains(w, propose->window);
    propose->trigger = (uint8_t)rng_below(w->rng, TRIGGERS + (nonsense(w) ? 1 : 0));
    if (w->hall->ticket_count && rng_chance(w->rng, 500))
        propose->oldest = pick_number(w, TICKET_WAITING);
    propose->seed = rng_next(w->rng);
    propose->cycle = rng_below(w->rng, 200);
    propose->gain = (int32_t)rng_below(w->rng, 90000) - 1000;
    propose->gain_error = (int32_t)rng_below(w->rng, 9000) - (nonsense(w) ? 9000 : 0);
    propose->changeovers = (int32_t)rng_below(w->rng, 2000) - 1000;
    propose->effects.count = (uint16_t)rng_below(w->rng, EFFECTS_MAX + 1);
    for (unsigned i = 0; i < propose->effects.count; i++) {
        uint16_t now_s = (uint16_t)rng_below(w->rng, 3000), after_s = (uint16_t)rng_below(w->rng, 3000);
        propose->effects.list[i] = (struct effect){i ? pick_domain(w) : (struct domain_id){0},
                                                   now_s,
                                                   (uint16_t)(now_s / 2),
                                                   (uint16_t)(now_s * 2u),
                                                   after_s,
                                                   (uint16_t)(after_s / 2),
                                                   (uint16_t)(after_s * 2u - nonsense(w))};
    }
    w->vain = w->vain || w->hall->day_state != DAY_OPEN || !w->hall->policy[POLICY_ALLOCATION_MODE];
}

void wish_answer(struct wish *w)
{
    static const uint8_t answers[] = {ANSWER_ACCEPTED, ANSWER_ACCEPTED, ANSWER_REJECTED, ANSWER_REVERTED};
    struct answer_proposal *answer = &w->out->answer_proposal;
    uint32_t count = w->hall->proposal_count;
    answer->answer = answers[rng_below(w->rng, 4)];
    answer->proposal = rng_below(w->rng, w->hall->proposal_last + 2);
    w->vain = !count;
    if (count && !nonsense(w)) {
        const struct proposal *proposal = &w->hall->proposals[rng_below(w->rng, count)];
        answer->proposal = proposal->made.proposal;
        if (proposal->is_applied && rng_chance(w->rng, 900))
            answer->answer = ANSWER_REVERTED;
    }
    if (rng_chance(w->rng, 900))
        w->out->by = (struct actor){ACTOR_MANAGER, 1};
    if (w->out->by.kind == ACTOR_SYSTEM)
        answer->answer = ANSWER_WITHDRAWN;
    if (nonsense(w))
        answer->answer = (uint8_t)rng_below(w->rng, ANSWERS);
    pick_words(w, 800, &answer->reason);
}

void wish_score(struct wish *w)
{
    struct proposal_scored *scored = &w->out->score_proposal;
    by_system(w, 980);
    scored->proposal = rng_below(w->rng, w->hall->proposal_last + 1) + !nonsense(w);
    scored->predicted_gain = (int32_t)rng_below(w->rng, 2000) - 500;
    scored->realised_gain = (int32_t)rng_below(w->rng, 2000) - 1000;
    scored->predicted_wait_s = (int32_t)rng_below(w->rng, 2000);
    scored->realised_wait_s = (int32_t)rng_below(w->rng, 2000);
    w->vain = !w->hall->proposal_last;
}

void wish_set_pair(struct wish *w)
{
    w->out->set_pair = (struct pair_set){pick_domain(w), pick_domain(w),
                                         (uint8_t)rng_below(w->rng, PAIR_MODES + (nonsense(w) ? 1 : 0))};
}

/* Knobs of allocation, so that every mode and limit is met. */
void wish_set_allocation(struct wish *w)
{
    static const enum policy_key keys[] = {POLICY_ALLOCATION_MODE, POLICY_ALLOCATION_MODE,
                                           POLICY_ALLOCATION_DWELL_MIN, POLICY_ALLOCATION_PER_CYCLE,
                                           POLICY_ALLOCATION_PER_HOUR};
    enum policy_key key = keys[rng_below(w->rng, sizeof keys / sizeof keys[0])];
    const struct policy_row *row = policy_row(key);
    uint32_t most = row->most < 8 ? (uint32_t)row->most : 8;
    w->out->set_policy = (struct policy_set){(uint16_t)key, (int32_t)rng_below(w->rng, most + 1)};
}

void wish_plan_break(struct wish *w)
{
    struct break_planned *plan = &w->out->plan_break;
    by_system(w, 500);
    plan->window = pick_window(w, WANT_ANY);
    plan->from_ms = w->now_ms + (int64_t)rng_below(w->rng, 5 * 3600) * 1000 - 600000;
    if (rng_chance(w->rng, 200))
        plan->from_ms += (int64_t)rng_below(w->rng, BREAK_AHEAD_DAYS + 1) * DAY_MS;
    plan->to_ms = plan->from_ms + (int64_t)rng_range(w->rng, 5, 90) * MINUTE_MS - (nonsense(w) ? DAY_MS : 0);
}

void wish_clear_breaks(struct wish *w)
{
    by_system(w, 500);
    w->out->clear_breaks.window = pick_window(w, WANT_ANY);
}

void wish_learn_item(struct wish *w)
{
    by_system(w, 900);
    w->out->learn_item = (struct item_learned){pick_item(w), rng_range(w->rng, 4, 1800) * 1000};
    if (rng_chance(w->rng, 200))
        w->out->learn_item.expected_ms = nonsense(w) ? UINT32_MAX : 0;
}

void wish_learn_domain(struct wish *w)
{
    w->out->learn_domain =
        (struct domain_learned){pick_domain(w), rng_range(w->rng, nonsense(w) ? 4 : 60, 1800) * 1000};
    if (rng_chance(w->rng, 200))
        w->out->learn_domain.expected_ms = 0;
}

void wish_learn_clerk(struct wish *w)
{
    by_system(w, 900);
    w->out->learn_clerk =
        (struct clerk_learned){pick_clerk(w), (uint16_t)rng_range(w->rng, nonsense(w) ? 1 : 250, 2000)};
    if (rng_chance(w->rng, 200))
        w->out->learn_clerk.speed_permille = 0;
}

void wish_forecast(struct wish *w)
{
    struct wait_forecast *forecast = &w->out->forecast_ticket;
    by_system(w, 980);
    forecast->number = pick_number(w, TICKET_WAITING);
    forecast->low_s = (uint16_t)rng_below(w->rng, 4000);
    forecast->high_s = (uint16_t)(forecast->low_s + rng_below(w->rng, 2000) - nonsense(w));
}
