/* SPDX-License-Identifier: MIT
 * Proposals: what is proposed, what is never, and what a proposal says. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dispatcher/core/calendar.h"
#include "dispatcher/plan/propose.h"
#include "dispatcher/plan/propose_outcome.h"
#include "dispatcher/sim/whim.h"
#include "halls.h"

enum { A = 1, B = 2, FROM_MS = 10 * MINUTE_MS };

static void set_policy(struct halls *h, enum policy_key key, int32_t value)
{
    struct command command = {.kind = COMMAND_SET_POLICY, .by = {ACTOR_MANAGER, 1}};
    command.set_policy = (struct policy_set){(uint16_t)key, value};
    assert_true(halls_act(h, &command));
}

/* Looks for proposals now. */
static int propose(struct halls *h, const struct propose_params *params, struct command *out)
{
    struct scene scene;
    halls_scene(h, &scene);
    int count = propose_moves(&scene, h->stage.hall, h->stage.now_ms, params, out);
    scene_destroy(&scene);
    assert_true(count >= 0);
    return count;
}

/* Eight windows, seven of them for domain A; in B twenty-five wait, and both domains get visitors. Postings
 * are an hour old. */
static void make_lopsided(struct halls *h)
{
    halls_plain(h, (struct halls_plain){2, 8, 10});
    set_policy(h, POLICY_UNPOSTED_PERMILLE, 20);
    for (unsigned w = 1; w <= 7; w++)
        halls_post(h, w, 1 << (A - 1));
    halls_post(h, 8, 1 << (B - 1));
    halls_pass(h, 60 * MINUTE_MS);
    halls_issue(h, B, 25);
    halls_pass(h, FROM_MS);
    halls_issue(h, A, 8);
    halls_expect(h, 22);
}

static void a_lopsided_hall_gets_the_obvious_move(void **state)
{
    struct halls *h = *state;
    struct command out[PROPOSALS_MAX];
    make_lopsided(h);
    int count = propose(h, &propose_defaults, out);
    assert_true(count >= 1);
    for (int i = 0; i < count; i++) {
        const struct propose *p = &out[i].propose;
        assert_int_equal(out[i].kind, COMMAND_PROPOSE);
        assert_int_equal(out[i].by.kind, ACTOR_SYSTEM);
        assert_in_range(p->window.value, 1, 7);
        assert_true(p->after >> (B - 1) & 1);
        assert_int_equal(p->trigger, TRIGGER_IDLE_WINDOW);
        assert_true(p->gain > 0 && p->gain > 3 * p->gain_error);
        assert_true(halls_act(h, &out[i]));
    }
}

/* Everybody serves; then nobody for B; or B's clerk is about to go. */
static void a_proposal_says_why(void **state)
{
    static const struct {
        enum proposal_trigger trigger;
        int64_t later_ms;
        bool pauses, has_break;
        double per_hour;
    } cases[] = {
        {TRIGGER_LONG_WAIT, 11 * MINUTE_MS, false, true, 22},
        {TRIGGER_UNCOVERED, 11 * MINUTE_MS, true, false, 22},
        {TRIGGER_BREAK_AHEAD, 0, false, true, 22},
        {TRIGGER_QUEUE_GROWS, 0, false, false, 22},
        {TRIGGER_ROUTINE, 0, false, false, 1},
    };
    struct halls *h = *state;
    struct command out[PROPOSALS_MAX];
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        make_lopsided(h);
        for (uint16_t w = 1; w <= 8; w++) {
            assert_true(halls_act(h, &(struct command){.kind = COMMAND_CALL, .call = {{w}}}));
            assert_true(halls_act(h, &(struct command){.kind = COMMAND_START, .start = {{w}}}));
        }
        halls_issue(h, A, 8);
        halls_pass(h, cases[i].later_ms);
        halls_expect(h, cases[i].per_hour);
        struct command command = {.kind = COMMAND_PLAN_BREAK, .by = {ACTOR_MANAGER, 1}};
        command.plan_break =
            (struct break_planned){{8}, h->stage.now_ms + 20 * MINUTE_MS, h->stage.now_ms + 50 * MINUTE_MS};
        if (cases[i].has_break)
            assert_true(halls_act(h, &command));
        if (cases[i].pauses)
            assert_true(
                halls_act(h, &(struct command){.kind = COMMAND_PAUSE, .pause = {{8}, PAUSE_OTHER, 0}}));
        assert_true(propose(h, &propose_defaults, out) >= 1);
        assert_int_equal(out[0].propose.trigger, cases[i].trigger);
    }
}

static void effects_say_who_gains_and_who_loses(void **state)
{
    struct halls *h = *state;
    struct command out[PROPOSALS_MAX];
    make_lopsided(h);
    assert_true(propose(h, &propose_defaults, out) >= 1);
    const struct propose *p = &out[0].propose;
    assert_int_equal(p->effects.count, 3);
    const struct effect *a = &p->effects.list[0], *b = &p->effects.list[1], *all = &p->effects.list[2];
    assert_int_equal(a->domain.value, A);
    assert_int_equal(b->domain.value, B);
    assert_int_equal(all->domain.value, 0);
    assert_true(b->after_s < b->now_s);
    assert_true(a->after_s >= a->now_s);
    assert_true(all->after_s < all->now_s);
    for (unsigned i = 0; i < p->effects.count; i++) {
        const struct effect *e = &p->effects.list[i];
        assert_true(e->now_low_s <= e->now_s && e->now_s <= e->now_high_s && e->now_low_s < e->now_high_s);
        assert_true(e->after_low_s <= e->after_s && e->after_s <= e->after_high_s);
    }
    const struct ticket *oldest = hall_ticket(h->stage.hall, p->oldest);
    assert_non_null(oldest);
    assert_int_equal(oldest->items[0].value, B);
    assert_int_equal(h->stage.now_ms - oldest->issued_ms, FROM_MS);
}

static void what_if_says_the_same_as_the_proposal(void **state)
{
    struct halls *h = *state;
    struct command out[PROPOSALS_MAX];
    struct scene scene;
    uint64_t posted[WINDOWS_MAX];
    static struct propose_outcome outcome, none;
    make_lopsided(h);
    assert_true(propose(h, &propose_defaults, out) >= 1);
    halls_scene(h, &scene);
    for (unsigned w = 0; w < scene.model.windows; w++)
        posted[w] = scene.model.window[w].posted;
    assert_true(propose_effect(&scene, h->stage.hall, &propose_defaults, posted, &none));
    posted[out[0].propose.window.value - 1] = out[0].propose.after;
    assert_true(propose_effect(&scene, h->stage.hall, &propose_defaults, posted, &outcome));
    assert_int_equal(lround(outcome.gain_s), out[0].propose.gain);
    assert_int_equal(lround(outcome.gain_error_s), out[0].propose.gain_error);
    assert_memory_equal(&outcome.effects[B], &out[0].propose.effects.list[1], sizeof(struct effect));
    assert_true(outcome.people[0] >= 33 && outcome.people[0] < 33 + 3 * 44);
    assert_true(fabs(outcome.people[A] + outcome.people[B] - outcome.people[0]) < 1e-6);
    assert_true(none.gain_s == 0 && none.gain_error_s == 0 && none.now_s[0] == none.after_s[0]);
    assert_true(fabs(none.cost_now_s - outcome.cost_now_s) < 1e-6);
    scene_destroy(&scene);
}

/* The second proposal of a cycle is worked out with the first one given. */
static void proposals_of_a_cycle_add_up(void **state)
{
    struct halls *h = *state;
    struct command out[PROPOSALS_MAX];
    struct scene scene;
    uint64_t posted[WINDOWS_MAX];
    static struct propose_outcome outcome;
    make_lopsided(h);
    halls_issue(h, B, 20);
    assert_int_equal(propose(h, &propose_defaults, out), 2);
    assert_int_not_equal(out[0].propose.window.value, out[1].propose.window.value);
    halls_scene(h, &scene);
    scene.model.window[out[0].propose.window.value - 1].posted = out[0].propose.after;
    for (unsigned w = 0; w < scene.model.windows; w++)
        posted[w] = scene.model.window[w].posted;
    posted[out[1].propose.window.value - 1] = out[1].propose.after;
    assert_true(propose_effect(&scene, h->stage.hall, &propose_defaults, posted, &outcome));
    assert_int_equal(lround(outcome.gain_s), out[1].propose.gain);
    scene_destroy(&scene);
}

static void only_those_count_who_come_in_time(void **state)
{
    struct halls *h = *state;
    struct scene scene;
    static struct propose_outcome outcome;
    uint64_t posted[WINDOWS_MAX] = {0};
    make_lopsided(h);
    halls_expect(h, 0);
    for (unsigned bin = 13; bin < 15; bin++) /* from 61 minutes on */
        h->outlook.expected[A - 1][bin] = 50;
    halls_scene(h, &scene);
    assert_true(propose_effect(&scene, h->stage.hall, &propose_defaults, posted, &outcome));
    assert_true(outcome.people[0] == 33);
    scene.no_show_share = 1;
    assert_true(propose_effect(&scene, h->stage.hall, &propose_defaults, posted, &outcome));
    assert_true(outcome.people[0] == 0 && outcome.cost_now_s == 0 && outcome.effects[0].now_high_s == 0);
    scene_destroy(&scene);
}

static void a_balanced_hall_is_left_alone(void **state)
{
    struct halls *h = *state;
    struct command out[PROPOSALS_MAX];
    for (unsigned posting = 0; posting < 2; posting++) {
        halls_plain(h, (struct halls_plain){2, 8, 10});
        for (unsigned w = 1; posting && w <= 8; w++)
            halls_post(h, w, 1u << (w - 1) % 2);
        halls_pass(h, 60 * MINUTE_MS);
        halls_issue(h, A, 6);
        halls_issue(h, B, 6);
        halls_expect(h, 20);
        assert_int_equal(propose(h, &propose_defaults, out), 0);
    }
}

static void an_empty_hall_is_left_alone(void **state)
{
    struct halls *h = *state;
    struct command out[PROPOSALS_MAX];
    halls_plain(h, (struct halls_plain){3, 5, 10});
    halls_pass(h, 60 * MINUTE_MS);
    assert_int_equal(propose(h, &propose_defaults, out), 0);
}

/* ---- what is never proposed ---- */

/* Everything that saves anything at all. */
static struct propose_params eager_params(void)
{
    struct propose_params params = propose_defaults;
    params.futures = 8;
    params.gain_least = 0.001;
    params.gain_share = 0;
    params.gain_errors = 0;
    return params;
}

static void windows_that_were_just_posted_stay(void **state)
{
    struct halls *h = *state;
    struct command out[PROPOSALS_MAX];
    struct propose_params params = eager_params();
    make_lopsided(h);
    for (unsigned w = 1; w <= 7; w++) {
        halls_post(h, w, 0);
        halls_post(h, w, 1 << (A - 1));
    }
    int count = propose(h, &params, out);
    for (int i = 0; i < count; i++)
        assert_int_equal(out[i].propose.window.value, 8);
    halls_pass(h, 29 * MINUTE_MS);
    count = propose(h, &params, out);
    for (int i = 0; i < count; i++)
        assert_int_equal(out[i].propose.window.value, 8);
    halls_pass(h, MINUTE_MS);
    assert_true(propose(h, &params, out) >= 1);
    params.dwell_ms = 45 * MINUTE_MS;
    count = propose(h, &params, out);
    for (int i = 0; i < count; i++)
        assert_int_equal(out[i].propose.window.value, 8);
}

static void too_little_or_too_unsure_is_not_proposed(void **state)
{
    struct halls *h = *state;
    struct command out[PROPOSALS_MAX], other[PROPOSALS_MAX];
    struct propose_params params = propose_defaults;
    make_lopsided(h);
    params.gain_errors = 1000;
    assert_int_equal(propose(h, &params, out), 0);
    params = propose_defaults;
    params.gain_share = 0.9;
    assert_int_equal(propose(h, &params, out), 0);
    params = propose_defaults;
    params.gain_least = 1e6;
    assert_int_equal(propose(h, &params, out), 0);
    params = propose_defaults;
    assert_true(propose(h, &params, out) >= 1);
    params.cycle = 1; /* other futures */
    assert_true(propose(h, &params, other) >= 1);
    assert_int_not_equal(out[0].propose.gain, other[0].propose.gain);
    params.most = 1;
    assert_int_equal(propose(h, &params, out), 1);
}

/* Whatever comes out is as large and as sure as it should be, also close to the limits. */
static void limits_of_gain_are_kept(void **state)
{
    struct halls *h = *state;
    struct command out[PROPOSALS_MAX];
    struct propose_params params = propose_defaults;
    unsigned made = 0;
    params.gain_errors = 5;
    make_lopsided(h);
    for (params.cycle = 1; params.cycle < 60; params.cycle++) {
        int count = propose(h, &params, out);
        made += (unsigned)count;
        for (int i = 0; i < count; i++)
            assert_true(out[i].propose.gain >= 5 * out[i].propose.gain_error - 3);
        params.gain_least = count ? out[0].propose.gain / 60.0 + 0.1 : propose_defaults.gain_least;
        int fewer = propose(h, &params, out);
        for (int i = 0; i < fewer; i++)
            assert_true(out[i].propose.gain / 60.0 >= params.gain_least - 0.02);
        params.gain_least = propose_defaults.gain_least;
    }
    assert_true(made > 20);
}

/* What stands open counts as if it were done. */
static void open_proposals_count_as_accepted(void **state)
{
    struct halls *h = *state;
    struct command first[PROPOSALS_MAX], second[PROPOSALS_MAX];
    struct propose_params params = propose_defaults;
    params.most = 1;
    make_lopsided(h);
    halls_issue(h, B, 20);
    set_policy(h, POLICY_ALLOCATION_MODE, ALLOCATION_CONFIRM);
    assert_int_equal(propose(h, &params, first), 1);
    assert_true(halls_act(h, &first[0]));
    assert_int_equal(propose(h, &params, second), 1);
    const struct effect_list *a = &first[0].propose.effects, *b = &second[0].propose.effects;
    assert_int_equal(b->list[b->count - 1].now_s, a->list[a->count - 1].after_s);
    assert_int_equal(b->list[b->count - 1].now_high_s, a->list[a->count - 1].after_high_s);
    assert_int_not_equal(first[0].propose.window.value, second[0].propose.window.value);
}

/* A has two windows; whichever is proposed, the other must stay. */
static void a_domain_keeps_a_window(void **state)
{
    struct halls *h = *state;
    struct command out[PROPOSALS_MAX];
    struct propose_params params = eager_params();
    halls_plain(h, (struct halls_plain){2, 3, 10});
    set_policy(h, POLICY_UNPOSTED_PERMILLE, 1);
    set_policy(h, POLICY_ALLOCATION_PER_CYCLE, 8);
    halls_post(h, 1, 1 << (A - 1));
    halls_post(h, 2, 1 << (A - 1));
    halls_post(h, 3, 1 << (B - 1));
    halls_pass(h, 60 * MINUTE_MS);
    halls_issue(h, B, 30);
    halls_issue(h, A, 3);
    halls_expect(h, 4);
    params.most = 8;
    int count = propose(h, &params, out), only_b = 0;
    assert_true(count >= 1);
    for (int i = 0; i < count; i++)
        only_b += out[i].propose.after == 1 << (B - 1);
    assert_int_equal(only_b, 1);
    /* It is open now, and counts as if it were done. */
    set_policy(h, POLICY_ALLOCATION_MODE, ALLOCATION_CONFIRM);
    for (int i = 0; i < count; i++)
        if (out[i].propose.after == 1 << (B - 1))
            assert_true(halls_act(h, &out[i]));
    count = propose(h, &params, out);
    for (int i = 0; i < count; i++)
        assert_int_not_equal(out[i].propose.after, 1 << (B - 1));
}

static void allocation_that_is_off_is_off(void **state)
{
    struct halls *h = *state;
    struct command out[PROPOSALS_MAX];
    make_lopsided(h);
    set_policy(h, POLICY_ALLOCATION_MODE, ALLOCATION_OFF);
    assert_int_equal(propose(h, &propose_defaults, out), 0);
    set_policy(h, POLICY_ALLOCATION_MODE, ALLOCATION_CONFIRM);
    assert_true(propose(h, &propose_defaults, out) >= 1);
    struct command pair = {.kind = COMMAND_SET_PAIR, .by = {ACTOR_MANAGER, 1}};
    pair.set_pair = (struct pair_set){{A}, {B}, PAIR_OFF};
    assert_true(halls_act(h, &pair));
    int count = propose(h, &propose_defaults, out);
    for (int i = 0; i < count; i++)
        assert_int_equal(out[i].propose.after, 3); /* nothing is lost, so no pair is concerned */
}

static void limits_of_the_hall_are_kept(void **state)
{
    struct halls *h = *state;
    struct command out[PROPOSALS_MAX];
    struct propose_params params = eager_params();
    params.most = 8;
    make_lopsided(h);
    set_policy(h, POLICY_ALLOCATION_PER_CYCLE, 1);
    assert_int_equal(propose(h, &params, out), 1);
    set_policy(h, POLICY_ALLOCATION_PER_CYCLE, 8);
    set_policy(h, POLICY_ALLOCATION_PER_HOUR, 2);
    assert_int_equal(propose(h, &params, out), 2);
    set_policy(h, POLICY_ALLOCATION_PER_HOUR, 0);
    assert_int_equal(propose(h, &params, out), 0);
    set_policy(h, POLICY_ALLOCATION_PER_HOUR, 3);
    set_policy(h, POLICY_ALLOCATION_MODE, ALLOCATION_CONFIRM);
    assert_int_equal(propose(h, &params, out), 3);
    assert_true(halls_act(h, &out[0]) && halls_act(h, &out[1]));
    assert_int_equal(propose(h, &params, out), 1); /* open ones count */
}

static void add_crowd(struct halls *h)
{
    for (unsigned n = rng_below(&h->rng, 40); n; n--) {
        struct command command = {.kind = COMMAND_ISSUE, .by = {ACTOR_CLERK, 1}};
        command.issue.items.count = 1;
        command.issue.items.items[0].value = (uint16_t)rng_range(&h->rng, 1, h->stage.hall->items_top);
        halls_act(h, &command);
    }
}

static bool accept(struct halls *h, uint32_t proposal)
{
    struct command command = {.kind = COMMAND_ANSWER_PROPOSAL, .by = {ACTOR_MANAGER, 1}};
    command.answer_proposal.proposal = proposal;
    command.answer_proposal.answer = ANSWER_ACCEPTED;
    return halls_act(h, &command);
}

/* The manager accepts what was open before, then what is new: no window of the new ones is the last one of a
 * domain. */
static unsigned accept_all(struct halls *h, uint32_t first_new)
{
    uint32_t numbers[PROPOSALS_MAX], count = h->stage.hall->proposal_count;
    unsigned accepted = 0;
    for (uint32_t i = 0; i < count; i++)
        numbers[i] = h->stage.hall->proposals[i].made.proposal;
    for (uint32_t i = 0; i < count; i++) {
        enum refusal_code code = accept(h, numbers[i]) ? REFUSAL_CODES : h->stage.decision.refusal.code;
        if (numbers[i] < first_new)
            continue;
        assert_int_not_equal(code, REFUSED_DOMAIN_LEFT);
        accepted += code == REFUSAL_CODES;
    }
    return accepted;
}

/* Random halls in all their states: the hall takes every proposal, whether they are carried out or stand
 * open, and the same scene and seed give the same bytes. */
static void random_halls_take_every_proposal(void **state)
{
    struct halls *h = *state;
    struct propose_params params = eager_params();
    struct command out[PROPOSALS_MAX], again[PROPOSALS_MAX], whim;
    unsigned made = 0, open = 0, accepted = 0;
    params.most = PROPOSALS_MAX;
    for (uint64_t seed = 1; seed <= 240; seed++) {
        halls_random(h, seed, true);
        set_policy(h, POLICY_ALLOCATION_PER_CYCLE, 8);
        set_policy(h, POLICY_ALLOCATION_PER_HOUR, 16);
        set_policy(h, POLICY_ALLOCATION_MODE, seed % 2 ? ALLOCATION_AUTOMATIC : ALLOCATION_CONFIRM);
        halls_expect(h, 10);
        for (unsigned round = 0; round < 300; round++) {
            halls_pass(h, (int64_t)rng_below(&h->rng, 60) * 1000);
            whim_next(&h->rng, h->stage.hall, h->stage.now_ms, MOOD_DAY, &whim);
            if (whim.kind != COMMAND_CLOSE_DAY && whim.kind != COMMAND_PROPOSE)
                halls_act(h, &whim);
            if (round % 50 == 25)
                add_crowd(h);
            if (round % 50 != 49)
                continue;
            if (h->stage.now_ms < h->stage.hall->last_ms)
                h->stage.now_ms = h->stage.hall->last_ms;
            params.seed = seed * 1000 + round;
            params.cycle = round;
            memset(out, 1, sizeof out);
            memset(again, 2, sizeof again);
            uint32_t first_new = h->stage.hall->proposal_last + 1;
            int count = propose(h, &params, out);
            assert_int_equal(propose(h, &params, again), count);
            assert_memory_equal(out, again, (size_t)count * sizeof out[0]);
            for (int i = 0; i < count; i++) {
                assert_int_equal(h->stage.hall->windows[out[i].propose.window.value].set.mode == MODE_SPECIAL,
                                 0);
                if (!halls_act(h, &out[i]))
                    fail_msg("seed %u round %u: proposal %d of %d is refused: %s", (unsigned)seed, round, i,
                             count, refusal_en(h->stage.decision.refusal.code));
                made++;
                open += hall_window_proposal(h->stage.hall, out[i].propose.window) != NULL;
            }
            if (count && rng_chance(&h->rng, 400))
                accepted += accept_all(h, first_new);
        }
    }
    printf("%u proposals, %u of them left open, %u accepted\n", made, open, accepted);
    assert_true(made > 150 && open > 50 && accepted > 20);
}

/* ---- what a proposal shows ---- */

static void touched_domains_are_shown_first(void **state)
{
    (void)state;
    static struct propose_outcome outcome;
    struct effect_list list;
    for (uint16_t id = 0; id <= 12; id++) {
        outcome.people[id] = id == 11 ? 0 : 10;
        outcome.now_s[id] = 600;
        outcome.after_s[id] = 600 - 10.0 * id;
        outcome.effects[id] = (struct effect){.domain = {id}, .now_s = 600};
    }
    outcome_effects(&outcome, 1 << 0 | 1 << 1 | 1 << 10, &list);
    const uint16_t expected[] = {1, 2, 8, 9, 10, 12, 0}; /* nobody is in 11 */
    assert_int_equal(list.count, 7);
    for (unsigned i = 0; i < 7; i++)
        assert_int_equal(list.list[i].domain.value, expected[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_lopsided_hall_gets_the_obvious_move),
        cmocka_unit_test(a_proposal_says_why),
        cmocka_unit_test(effects_say_who_gains_and_who_loses),
        cmocka_unit_test(what_if_says_the_same_as_the_proposal),
        cmocka_unit_test(proposals_of_a_cycle_add_up),
        cmocka_unit_test(only_those_count_who_come_in_time),
        cmocka_unit_test(touched_domains_are_shown_first),
        cmocka_unit_test(a_balanced_hall_is_left_alone),
        cmocka_unit_test(an_empty_hall_is_left_alone),
        cmocka_unit_test(windows_that_were_just_posted_stay),
        cmocka_unit_test(too_little_or_too_unsure_is_not_proposed),
        cmocka_unit_test(limits_of_gain_are_kept),
        cmocka_unit_test(open_proposals_count_as_accepted),
        cmocka_unit_test(a_domain_keeps_a_window),
        cmocka_unit_test(allocation_that_is_off_is_off),
        cmocka_unit_test(limits_of_the_hall_are_kept),
        cmocka_unit_test(random_halls_take_every_proposal),
    };
    return cmocka_run_group_tests(tests, halls_set_up, halls_tear_down);
}
