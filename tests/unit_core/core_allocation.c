/* SPDX-License-Identifier: MIT
 * Allocation at its limits: more covers than one decision holds, a day's last proposal, the memory of
 * changes, values that no text can say, and what a restart and a checkpoint keep of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dispatcher/core/calendar.h"
#include "dispatcher/core/checkpoint.h"
#include "dispatcher/core/line.h"
#include "dispatcher/core/refusal.h"
#include "dispatcher/sim/stage.h"

enum { WINDOWS = 40 };

static struct stage stage;
static int32_t today;

__attribute__((format(printf, 1, 2))) static bool say(const char *format, ...)
{
    char line[512];
    struct command command;
    struct line_fault fault;
    struct error error;
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    if (!line_to_command(line, strlen(line), hall_midnight_ms(stage.hall, today), &command, &fault))
        fail_msg("%s: %s", line, fault.text);
    bool ok = stage_act(&stage, &command, &error);
    if (!ok && error.status != STATUS_OK)
        fail_msg("%s: %s", line, error.text);
    return ok;
}

#define MUST(...)                                                                                            \
    do {                                                                                                     \
        if (!say(__VA_ARGS__))                                                                               \
            fail_msg("refused %s", refusal_wire(stage.decision.refusal.code));                               \
    } while (0)

static void expect_refusal(enum refusal_code code)
{
    assert_string_equal(refusal_wire(stage.decision.refusal.code), refusal_wire(code));
}

static void pass(int64_t minutes)
{
    struct error error;
    if (!stage_pass(&stage, stage.now_ms + minutes * MINUTE_MS, &error))
        fail_msg("%s", error.text);
}

/* As many domains as there can be, 40 windows that may do everything; window 1 is posted for all but the
 * first domain, the others for the first. Ten o'clock. */
static int make_hall(void **state)
{
    (void)state;
    char all[256] = "1";
    if (!stage_init(&stage))
        return -1;
    today = date_from_civil(2026, 11, 23);
    stage.now_ms = hall_midnight_ms(stage.hall, today) + 8 * 60 * MINUTE_MS;
    MUST("set-week 1 sessions=09:00-17:00");
    MUST("set-week 2 sessions=09:00-17:00");
    MUST("set-zone 1 letter=A");
    for (unsigned d = 1; d <= DOMAINS_MAX; d++) {
        MUST("set-domain %u series=A", d);
        MUST("set-item %u domain=%u expected=300s", d, d);
        if (d > 1)
            snprintf(all + strlen(all), sizeof all - strlen(all), ",%u", d);
    }
    for (unsigned w = 1; w <= WINDOWS; w++) {
        MUST("set-window %u zone=1", w);
        MUST("set-clerk %u trained", w);
        MUST("set-authorisation %u clerk=%u domains=%s valid_from=2026-01-01 valid_to=2026-12-31", w, w, all);
        MUST("post %u domains=%s", w, w == 1 ? all + 2 : "1");
    }
    pass(60);
    for (unsigned w = 1; w <= WINDOWS; w++)
        MUST("start-duty window=%u clerk=%u", w, w);
    pass(60);
    return 0;
}

static int drop_hall(void **state)
{
    (void)state;
    stage_destroy(&stage);
    return 0;
}

static unsigned count_covers(void)
{
    unsigned count = 0;
    for (unsigned w = 1; w <= WINDOWS; w++)
        for (unsigned d = 1; d <= DOMAINS_MAX; d++)
            count += (unsigned)(stage.hall->windows[w].cover >> (d - 1) & 1);
    return count;
}

static void test_more_covers_than_a_decision_holds(void **state)
{
    (void)state;
    for (unsigned d = 2; d <= DOMAINS_MAX; d++)
        MUST("issue items=%u", d);
    MUST("pause window=1");
    struct command tick = {.kind = COMMAND_TICK};
    struct error error;
    unsigned steps = 0;
    do {
        assert_true(stage_act(&stage, &tick, &error));
        assert_true(stage.decision.count <= EVENTS_MAX);
        steps += stage.decision.count > 0;
    } while (stage.decision.count);
    assert_int_equal(steps, 4); /* 63 covers, 20 at a time */
    assert_int_equal(count_covers(), DOMAINS_MAX - 1);
    assert_int_equal(stage.hall->windows[1].cover, 0);
    for (unsigned w = 2; w <= WINDOWS; w++) /* the fewest waiting: each has one or two */
        assert_in_range(__builtin_popcountll(stage.hall->windows[w].cover), 1, 2);
    MUST("unpause window=1");
    pass(1);
    assert_int_equal(count_covers(), 0);
    for (unsigned w = 2; w <= WINDOWS; w++)
        assert_int_equal(stage.hall->windows[w].posted, 1);
}

static void test_more_covers_of_one_window_than_a_decision_holds(void **state)
{
    (void)state;
    for (unsigned w = 3; w <= WINDOWS; w++)
        MUST("end-duty window=%u", w);
    for (unsigned d = 2; d <= DOMAINS_MAX; d++)
        MUST("issue items=%u", d);
    MUST("pause window=1");
    pass(1);
    assert_int_equal(__builtin_popcountll(stage.hall->windows[2].cover), DOMAINS_MAX - 1);
    MUST("unpause window=1");
    struct command tick = {.kind = COMMAND_TICK};
    struct error error;
    for (unsigned left = DOMAINS_MAX - 1; left; left = left > EVENTS_MAX - 1 ? left - (EVENTS_MAX - 1) : 0) {
        assert_int_equal(count_covers(), left);
        assert_true(stage_act(&stage, &tick, &error));
    }
    assert_int_equal(count_covers(), 0);
    assert_int_equal(stage.hall->windows[2].posted, 1);
}

static void test_more_alarms_than_a_decision_holds(void **state)
{
    (void)state;
    for (unsigned d = 2; d <= DOMAINS_MAX; d++)
        MUST("issue items=%u", d);
    for (unsigned w = 1; w <= WINDOWS; w++)
        MUST("pause window=%u", w);
    pass(1);
    assert_true(stage.hall->uncovered == ~(uint64_t)1);
    MUST("unpause window=1");
    assert_int_equal(stage.hall->uncovered, 0);
    MUST("pause window=1");
    pass(1);
    assert_true(stage.hall->uncovered == ~(uint64_t)1);
}

static void test_the_day_s_last_proposal(void **state)
{
    (void)state;
    stage.hall->proposal_last = 62;
    MUST("propose window=3 after=1,2 trigger=routine");
    MUST("propose window=2 after=1,2 trigger=routine");
    pass(10);
    assert_true(stage.hall->proposals_expired[0] == (uint64_t)3 << 62);
    assert_true(stage.hall->proposals_expired[1] == 0);
    stage.hall->proposal_last = PROPOSALS_DAY_MAX - 1;
    MUST("propose window=2 after=1,2 trigger=routine");
    MUST("answer-proposal %d answer=withdrawn", PROPOSALS_DAY_MAX);
    assert_false(say("propose window=2 after=1,2 trigger=routine"));
    expect_refusal(REFUSED_PROPOSALS_FULL);
    MUST("score-proposal %d", PROPOSALS_DAY_MAX);
    assert_false(say("score-proposal %d", PROPOSALS_DAY_MAX));
    expect_refusal(REFUSED_PROPOSAL_SCORED);
    MUST("score-proposal 1");
    MUST("score-proposal 3");
    assert_true(stage.hall->proposals_scored[PROPOSAL_WORDS - 1] == (uint64_t)1 << 63);
    assert_int_equal(stage.hall->proposals_scored[0], 5);
}

static void test_the_memory_of_changes(void **state)
{
    (void)state;
    MUST("set-policy allocation-per-hour value=%d", CHANGES_MAX);
    MUST("set-policy allocation-per-cycle value=8");
    MUST("set-policy allocation-mode value=3");
    MUST("set-policy proposal-expiry-min value=1"); /* what was applied makes room */
    for (unsigned w = 2; w < 2 + CHANGES_MAX; w++) {
        if (w == 10)
            pass(6);
        MUST("propose window=%u after=2 trigger=routine", w);
    }
    pass(1);
    assert_false(say("propose window=%u after=2 trigger=routine", 2 + CHANGES_MAX));
    expect_refusal(REFUSED_CHANGES_HOUR);
    pass(53); /* the first eight are an hour old */
    assert_int_equal(hall_changes_within(stage.hall, stage.now_ms, 60 * MINUTE_MS), CHANGES_MAX - 8);
    assert_int_equal(hall_changes_left(stage.hall, stage.now_ms), 8);
    for (unsigned w = 2 + CHANGES_MAX; w < 10 + CHANGES_MAX; w++)
        MUST("propose window=%u after=2 trigger=routine", w);
    assert_int_equal(stage.hall->change_count, CHANGES_MAX);
    assert_int_equal(hall_changes_left(stage.hall, stage.now_ms), 0);
    assert_int_equal(hall_changes_within(stage.hall, stage.now_ms, 1), 8);
}

/* Pairs of the last domain, and of the last with the last. */
static void test_the_last_domain_s_pairs(void **state)
{
    (void)state;
    struct window_id window = {2};
    MUST("set-pair from=1 to=64 mode=advise");
    assert_int_equal(hall_move_mode(stage.hall, window, (uint64_t)1 << 63), ALLOCATION_ADVISE);
    assert_int_equal(hall_move_mode(stage.hall, window, (uint64_t)1 << 62), ALLOCATION_CONFIRM);
    MUST("set-pair from=64 to=1 mode=off");
    assert_int_equal(hall_move_mode(stage.hall, (struct window_id){1}, 1), ALLOCATION_OFF);
    assert_int_equal(hall_move_mode(stage.hall, (struct window_id){1}, ~(uint64_t)0 << 63 | 1),
                     ALLOCATION_CONFIRM);
    assert_true(hall_posting_leaves(stage.hall, (struct window_id){1}, 2) == ~(uint64_t)3);
}

static void test_values_that_no_text_says(void **state)
{
    (void)state;
    struct error error;
    struct command command = {.kind = COMMAND_PROPOSE};
    command.propose = (struct propose){.window = {2}, .after = 2, .trigger = TRIGGERS};
    assert_false(stage_act(&stage, &command, &error));
    expect_refusal(REFUSED_BAD_VALUE);
    command.propose.trigger = TRIGGER_ROUTINE;
    command.propose.effects.count = EFFECTS_MAX + 1;
    assert_false(stage_act(&stage, &command, &error));
    expect_refusal(REFUSED_BAD_VALUE);
    command.propose.effects.count = 0;
    assert_true(stage_act(&stage, &command, &error));
    command = (struct command){.kind = COMMAND_ANSWER_PROPOSAL, .by = {ACTOR_MANAGER, 1}};
    command.answer_proposal = (struct answer_proposal){.proposal = 1, .answer = ANSWERS};
    assert_false(stage_act(&stage, &command, &error));
    expect_refusal(REFUSED_NOT_PERMITTED);
    command.answer_proposal = (struct answer_proposal){.proposal = UINT32_MAX, .answer = ANSWER_ACCEPTED};
    assert_false(stage_act(&stage, &command, &error));
    expect_refusal(REFUSED_NO_SUCH_PROPOSAL);
    command = (struct command){.kind = COMMAND_SET_PAIR, .set_pair = {{1}, {2}, PAIR_MODES}};
    assert_false(stage_act(&stage, &command, &error));
    expect_refusal(REFUSED_BAD_VALUE);
}

static void take_in(const struct event *event, void *userdata)
{
    hall_evolve(userdata, event);
}

/* Every part of the allocation that outlives the day is in a checkpoint. */
static void test_a_checkpoint_keeps_what_lasts(void **state)
{
    (void)state;
    struct hall *rebuilt = calloc(1, sizeof *rebuilt);
    assert_non_null(rebuilt);
    MUST("learn-item 64 expected=77s");
    MUST("learn-clerk 40 speed_permille=1400");
    MUST("set-pair from=64 to=63 mode=automatic");
    MUST("plan-break window=40 from=36:00:00 to=36:30:00");
    MUST("plan-break window=40 from=12:00:00 to=12:30:00");
    MUST("post 40");
    MUST("post 39 domains=64");
    MUST("close-day");
    pass(1);
    assert_int_equal(stage.hall->day_state, DAY_CLOSED);
    hall_init(rebuilt);
    hall_checkpoint(stage.hall, take_in, rebuilt);
    assert_int_equal(rebuilt->items[64].learned_ms, 77000);
    assert_int_equal(rebuilt->clerks[40].learned_permille, 1400);
    assert_int_equal(rebuilt->pair_modes[64][63], PAIR_AUTOMATIC);
    assert_int_equal(rebuilt->windows[40].break_count, 1);
    assert_true(rebuilt->windows[40].posted == 0 && rebuilt->windows[40].posted_ms);
    assert_true(rebuilt->windows[40].posted_ms == stage.hall->windows[40].posted_ms);
    assert_true(rebuilt->windows[39].posted == (uint64_t)1 << 63);
    assert_true(rebuilt->windows[2].posted_ms == stage.hall->windows[2].posted_ms);
    struct event open = {
        .kind = EVENT_DAY_OPENED, .at_ms = stage.hall->last_ms + DAY_MS, .day_opened = {today + 1}};
    hall_evolve(stage.hall, &open);
    hall_evolve(rebuilt, &open);
    assert_true(hall_digest(stage.hall) == hall_digest(rebuilt));
    free(rebuilt);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_more_covers_than_a_decision_holds, make_hall, drop_hall),
        cmocka_unit_test_setup_teardown(test_more_covers_of_one_window_than_a_decision_holds, make_hall,
                                        drop_hall),
        cmocka_unit_test_setup_teardown(test_more_alarms_than_a_decision_holds, make_hall, drop_hall),
        cmocka_unit_test_setup_teardown(test_the_day_s_last_proposal, make_hall, drop_hall),
        cmocka_unit_test_setup_teardown(test_the_memory_of_changes, make_hall, drop_hall),
        cmocka_unit_test_setup_teardown(test_the_last_domain_s_pairs, make_hall, drop_hall),
        cmocka_unit_test_setup_teardown(test_values_that_no_text_says, make_hall, drop_hall),
        cmocka_unit_test_setup_teardown(test_a_checkpoint_keeps_what_lasts, make_hall, drop_hall),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
