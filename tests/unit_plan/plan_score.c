/* SPDX-License-Identifier: MIT
 * Scores of proposals: the same hall and visitors are played with and without the change, so that the true
 * gain is known; the score, which sees only one of the two, must find it. */
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
#include "dispatcher/plan/propose_score.h"
#include "dispatcher/plan/propose_try.h"
#include "halls.h"

enum { A = 1, B = 2, WINDOWS = 8, STEP_MS = 15000, SPAN_MS = 75 * MINUTE_MS };

/* Visitors and the lengths of their services follow from the seed and their number. */
struct course {
    struct halls *h;
    uint64_t seed;
    int64_t ends_ms[WINDOWS + 1];
};

static int64_t length_ms(const struct course *c, unsigned ticket)
{
    struct rng rng = rng_part(c->seed, ticket);
    return (int64_t)rng_range(&rng, 4, 16) * MINUTE_MS;
}

static int64_t handling_ms(const struct course *c, uint16_t w, uint16_t last)
{
    const struct hall *hall = c->h->stage.hall;
    const struct window *window = &hall->windows[w];
    bool is_own = window->last_domain.value == window->set.primary.value;
    int64_t ms = length_ms(c, window->ticket.value) *
                 (is_own ? 1000 : hall->policy[POLICY_SLOW_OFF_PRIMARY_PERMILLE]) / 1000;
    bool changes = last && last != window->last_domain.value;
    return ms + (changes ? hall->policy[POLICY_CHANGEOVER_MS] : 0);
}

static void step(struct course *c)
{
    struct halls *h = c->h;
    struct hall *hall = h->stage.hall;
    halls_pass(h, STEP_MS);
    for (uint16_t w = 1; w <= WINDOWS; w++) {
        if (hall->windows[w].ticket.value && h->stage.now_ms >= c->ends_ms[w])
            halls_act(h, &(struct command){.kind = COMMAND_FINISH, .finish = {{w}}});
        uint16_t last = hall->windows[w].last_domain.value;
        if (hall->windows[w].ticket.value ||
            !halls_act(h, &(struct command){.kind = COMMAND_CALL, .call = {{w}}}))
            continue;
        assert_true(halls_act(h, &(struct command){.kind = COMMAND_START, .start = {{w}}}));
        c->ends_ms[w] = h->stage.now_ms + handling_ms(c, w, last);
    }
}

static void play(struct course *c, int64_t span_ms, double a_per_hour, double b_per_hour)
{
    for (int64_t at_ms = 0; at_ms < span_ms; at_ms += STEP_MS) {
        struct rng rng = rng_part(c->seed + 7, (uint64_t)(c->h->stage.now_ms / STEP_MS));
        halls_issue(c->h, A, rng_unit(&rng) < a_per_hour * STEP_MS / 3600000);
        halls_issue(c->h, B, rng_unit(&rng) < b_per_hour * STEP_MS / 3600000);
        step(c);
    }
}

/* Seven windows for A, one for B, where a crowd has come; an hour has passed. */
static void begin(struct course *c, struct halls *h, uint64_t seed)
{
    *c = (struct course){.h = h, .seed = seed};
    halls_plain(h, (struct halls_plain){2, WINDOWS, 10});
    struct command command = {.kind = COMMAND_SET_POLICY, .by = {ACTOR_MANAGER, 1}};
    command.set_policy = (struct policy_set){POLICY_UNPOSTED_PERMILLE, 20};
    assert_true(halls_act(h, &command));
    for (unsigned w = 1; w < WINDOWS; w++)
        halls_post(h, w, 1 << (A - 1));
    halls_post(h, WINDOWS, 1 << (B - 1));
    play(c, 50 * MINUTE_MS, 36, 4);
    halls_issue(h, B, 25);
    play(c, 10 * MINUTE_MS, 36, 4);
    halls_expect(h, 0);
    for (unsigned bin = 0; bin < h->outlook.bin_count; bin++) {
        h->outlook.expected[A - 1][bin] = 36.0f / 6;
        h->outlook.expected[B - 1][bin] = 4.0f / 6;
    }
}

static double cost_since_s(const struct hall *hall, int64_t made_ms, int64_t until_ms)
{
    struct wait_costs costs = wait_costs_of(hall);
    double sum_s = 0;
    for (uint32_t t = 1; t <= hall->ticket_count; t++) {
        const struct ticket *ticket = &hall->tickets[t];
        int64_t called_ms = ticket->state == TICKET_WAITING ? until_ms : ticket->called_ms;
        if (called_ms > made_ms)
            sum_s += wait_cost_s(&costs, ticket->class, (int32_t)(called_ms - ticket->ref_ms));
    }
    return sum_s;
}

struct outcome {
    struct proposal_made made;
    struct proposal_scored scored;
    double cost_s;
};

/* One course of the hall from the seed, with or without what is proposed. */
static void run(struct halls *h, uint64_t seed, bool does, struct outcome *out)
{
    struct course c;
    struct scene scene;
    struct command commands[PROPOSALS_MAX];
    begin(&c, h, seed);
    int64_t made_ms = h->stage.now_ms;
    halls_scene(h, &scene);
    assert_true(propose_moves(&scene, h->stage.hall, made_ms, &propose_defaults, commands) >= 1);
    scene_destroy(&scene);
    assert_true(halls_act(h, &commands[0]));
    out->made = h->stage.hall->proposals[0].made;
    struct command answer = {.kind = COMMAND_ANSWER_PROPOSAL, .by = {ACTOR_MANAGER, 1}};
    answer.answer_proposal.proposal = out->made.proposal;
    answer.answer_proposal.answer = does ? ANSWER_ACCEPTED : ANSWER_REJECTED;
    strcpy(answer.answer_proposal.reason.bytes, "no");
    assert_true(halls_act(h, &answer));
    play(&c, SPAN_MS, 36, 4);
    struct propose_scoring scoring = {h->stage.hall, &out->made, made_ms, h->stage.now_ms, does};
    assert_true(propose_score(&scoring, &out->scored));
    out->cost_s = cost_since_s(h->stage.hall, made_ms, h->stage.now_ms);
}

static void scores_find_the_true_gain(void **state)
{
    struct halls *h = *state;
    double true_sum = 0, done_sum = 0, left_sum = 0, gain_error = 0, wait_error = 0, waits = 0;
    for (uint64_t seed = 1; seed <= 12; seed++) {
        struct outcome done, left;
        run(h, seed, true, &done);
        run(h, seed, false, &left);
        assert_int_equal(done.made.window.value, left.made.window.value);
        assert_int_equal(done.made.gain, left.made.gain);
        double gain_min = (left.cost_s - done.cost_s) / 60;
        printf("seed %2d: predicted %4d, true %4.0f, scored %4d when done and %4d when not, waits %d/%d "
               "%d/%d s\n",
               (int)seed, done.scored.predicted_gain, gain_min, done.scored.realised_gain,
               left.scored.realised_gain, done.scored.predicted_wait_s, done.scored.realised_wait_s,
               left.scored.predicted_wait_s, left.scored.realised_wait_s);
        assert_int_equal(done.scored.predicted_gain, lround(done.made.gain / 60.0));
        true_sum += gain_min;
        done_sum += done.scored.realised_gain;
        gain_error += fabs(done.scored.realised_gain - gain_min);
        left_sum += left.scored.realised_gain;
        wait_error += abs(done.scored.predicted_wait_s - done.scored.realised_wait_s) +
                      abs(left.scored.predicted_wait_s - left.scored.realised_wait_s);
        waits += done.scored.realised_wait_s + left.scored.realised_wait_s;
    }
    assert_true(true_sum > 0);
    assert_true(fabs(done_sum / true_sum - 1) < 0.08);
    assert_true(fabs(left_sum / true_sum - 1) < 0.08);
    assert_true(gain_error / true_sum < 0.1); /* one by one */
    assert_true(wait_error / waits < 0.25);
}

static void a_posting_that_changes_nothing_gains_nothing(void **state)
{
    struct halls *h = *state;
    struct course c;
    struct proposal_scored scored;
    begin(&c, h, 3);
    struct proposal_made made = {.proposal = 5, .window = {2}, .before = 1, .after = 1, .gain = 6000};
    int64_t made_ms = h->stage.now_ms;
    play(&c, SPAN_MS, 36, 4);
    struct propose_scoring scoring = {h->stage.hall, &made, made_ms, h->stage.now_ms, true};
    assert_true(propose_score(&scoring, &scored));
    assert_int_equal(scored.proposal, 5);
    assert_int_equal(scored.predicted_gain, 100);
    assert_int_equal(scored.realised_gain, 0);
    assert_int_equal(scored.predicted_wait_s, 0); /* it said nothing */
    assert_true(scored.realised_wait_s > 0);
    made.effects = (struct effect_list){
        2, {{.domain = {A}, .now_s = 100, .after_s = 50}, {.domain = {0}, .now_s = 700, .after_s = 600}}};
    assert_true(propose_score(&scoring, &scored));
    assert_int_equal(scored.predicted_wait_s, 50);
    scoring.was_done = false;
    assert_true(propose_score(&scoring, &scored));
    assert_int_equal(scored.predicted_wait_s, 100);
    made.effects.list[0].domain.value = B;
    made.effects.count = 1;
    int32_t of_b_s = (propose_score(&scoring, &scored), scored.realised_wait_s);
    made.effects.list[0].domain.value = 0;
    assert_true(propose_score(&scoring, &scored));
    assert_int_not_equal(scored.realised_wait_s, of_b_s);
}

static void nobody_there_is_no_score(void **state)
{
    struct halls *h = *state;
    struct proposal_scored scored;
    struct proposal_made made = {.proposal = 1, .window = {1}, .before = 1, .after = 2};
    halls_plain(h, (struct halls_plain){2, 2, 10});
    int64_t made_ms = h->stage.now_ms;
    halls_pass(h, SPAN_MS);
    struct propose_scoring scoring = {h->stage.hall, &made, made_ms, h->stage.now_ms, true};
    assert_false(propose_score(&scoring, &scored));
    struct command command = {.kind = COMMAND_ISSUE, .by = {ACTOR_CLERK, 1}};
    command.issue.items = (struct item_list){1, {{A}}};
    command.issue.window.value = 1;
    assert_true(halls_act(h, &command)); /* waits for one window only */
    scoring.until_ms += SPAN_MS;
    assert_false(propose_score(&scoring, &scored));
    scoring.made_ms = h->stage.now_ms;
    command.issue.window.value = 0;
    assert_true(halls_act(h, &command));
    assert_true(propose_score(&scoring, &scored));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scores_find_the_true_gain),
        cmocka_unit_test(a_posting_that_changes_nothing_gains_nothing),
        cmocka_unit_test(nobody_there_is_no_score),
    };
    return cmocka_run_group_tests(tests, halls_set_up, halls_tear_down);
}
