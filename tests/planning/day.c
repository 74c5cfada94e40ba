/* SPDX-License-Identifier: MIT
 * The dispatcher itself, with a clock that the test sets: a proposal is made, answered, scored when its time
 * is over, kept when the day ends and read back days later; the scoreboard outlives restarts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <sodium.h>

#include "common/base/log.h"
#include "common/wire/json.h"
#include "dispatcher/app/dispatcher.h"
#include "dispatcher/app/planning_requests.h"
#include "dispatcher/app/planning_scores.h"
#include "dispatcher/app/views.h"
#include "tests/planning/past.h"
#include "tests/planning/set_clock.h"

enum { DATE = 20780, DAYS = 4, EVERY_MS = 100, DOMAIN = 5, ELSEWHERE = 2, MANY = 40 };
#define DEMO "assets/demo"

static struct dispatcher d;
static char folder[64];
static struct error fault;
static int64_t now_ms;

static void pass(int64_t ms)
{
    now_ms += ms;
    set_clock(now_ms);
}

static int64_t at(int32_t day, int64_t minute)
{
    return (DATE + day) * (int64_t)DAY_MS + (minute - 8 * 60) * MINUTE_MS;
}

static void start(void)
{
    struct dispatcher_params params = {.data = folder,
                                       .assets = "assets",
                                       .generated = folder,
                                       .host = "127.0.0.1",
                                       .reserve_bytes = -1,
                                       .planning = {.mode = PLANNING_ON, .every_ms = EVERY_MS}};
    if (dispatcher_start(&d, &params, &fault) != STATUS_OK)
        fail_msg("%s", fault.text);
    while (!d.planning.learning.is_current)
        assert_int_equal(loop_turn(&d.loop, 10, &fault), STATUS_OK);
}

static bool give(struct command command)
{
    bool unstorable;
    bool done = turn_command(&d.turn, &command, &unstorable);
    assert_false(unstorable);
    turn_end(&d.turn);
    return done;
}

static void must(struct command command)
{
    if (!give(command))
        fail_msg("%s: %s", command_name(command.kind), refusal_en(d.turn.decision.refusal.code));
}

static void tick(void)
{
    turn_tick(&d.turn);
    turn_end(&d.turn);
}

/* The clock goes on by a cycle; its search, its proposals and scores are waited for. */
static void next_cycle(void)
{
    uint64_t cycles = d.planning.cycle.cycles;
    pass(EVERY_MS);
    while (d.planning.cycle.cycles == cycles)
        assert_int_equal(loop_turn(&d.loop, 100, &fault), STATUS_OK);
}

/* As tests/planning/cycle.c: a posting is almost a wall, and those who matter more wait in front of it. */
static void make_contention(void)
{
    const struct actor manager = {ACTOR_MANAGER, 1}, kiosk = {ACTOR_KIOSK, 1};
    must((struct command){.kind = COMMAND_SET_POLICY, .set_policy = {POLICY_ALLOCATION_DWELL_MIN, 0}});
    must((struct command){.kind = COMMAND_SET_POLICY, .set_policy = {POLICY_UNPOSTED_PERMILLE, 1}});
    for (uint16_t w = 1; w <= 14; w++)
        must((struct command){.kind = COMMAND_START_DUTY, .start_duty = {.window = {w}, .clerk = {w}}});
    for (uint16_t w = 1; w <= 3; w++)
        must(
            (struct command){.kind = COMMAND_POST, .by = manager, .post = {{w}, 1 << (ELSEWHERE - 1), 0, 0}});
    for (unsigned n = 0, i = 0; n < 2 * MANY; i = (i + 1) % d.hall->items_top) {
        const struct item_set *set = &d.hall->items[i + 1].set;
        uint16_t domain = n < MANY ? DOMAIN : ELSEWHERE;
        struct command issue = {.kind = COMMAND_ISSUE, .by = kiosk};
        if (set->domain.value != domain || set->needs_identity || set->special_only)
            continue;
        issue.issue.items = (struct item_list){1, {set->item}};
        issue.issue.kind = domain == DOMAIN;
        n += give(issue);
    }
}

static json_t *ask(const char *what, const char *date)
{
    struct text out = {0};
    struct wire_fault wrong;
    json_t *fields = json_object();
    if (date)
        json_object_set_new(fields, "date", json_string(date));
    assert_true(planning_request(&d, what, fields, &out, &wrong));
    struct text whole = {0};
    text_printf(&whole, "{%s}", out.data);
    json_t *value = json_loads(whole.data, 0, NULL);
    json_t *ok = json_incref(json_object_get(value, "ok"));
    json_decref(value);
    json_decref(fields);
    text_destroy(&out);
    text_destroy(&whole);
    assert_non_null(ok);
    return ok;
}

static const json_t *proposal_of(const json_t *answer, size_t index)
{
    return json_array_get(json_object_get(answer, "proposals"), index);
}

static const char *state_of(const json_t *answer, size_t index)
{
    return json_string_value(json_object_get(proposal_of(answer, index), "state"));
}

static int set_up(void **state)
{
    static struct past past;
    (void)state;
    assert_true(sodium_init() >= 0);
    log_set_level(LOG_ERROR);
    snprintf(folder, sizeof folder, "/tmp/evenhall-day-XXXXXX");
    assert_non_null(mkdtemp(folder));
    if (!past_make(&past, folder, DEMO, at(0, 0), 1, &fault))
        fail_msg("%s", fault.text);
    for (int32_t day = 0; day < DAYS; day++)
        assert_true(past_day(&past, DATE + day, 1440, &fault));
    past_end(&past);
    now_ms = at(DAYS, 10 * 60);
    set_clock(now_ms);
    start();
    return 0;
}

static int tear_down(void **state)
{
    char command[128];
    (void)state;
    dispatcher_stop(&d);
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command);
}

static void a_proposal_from_its_making_to_the_archive(void **state)
{
    (void)state;
    tick(); /* the calendar opens the day */
    assert_int_equal(d.hall->day_state, DAY_OPEN);
    make_contention();
    next_cycle();
    const struct planning_record *record = &d.planning.learning.record;
    assert_in_range(record->count, 1, 2);
    const struct record_proposal *first = planning_record_find(record, 1);
    assert_true(first->made.effects.count > 0 && !first->is_answered);
    assert_non_null(hall_window_proposal(d.hall, first->made.window));
    must((struct command){.kind = COMMAND_ANSWER_PROPOSAL,
                          .by = {ACTOR_MANAGER, 1},
                          .answer_proposal = {1, ANSWER_ACCEPTED, {""}}});
    must((struct command){.kind = COMMAND_CALL, .call = {first->made.window}});
    assert_true(first->was_done && !first->is_scored);

    /* its time: the first is scored when it is over, not before */
    for (unsigned c = 0; c < SCORE_CYCLES - 1; c++)
        next_cycle();
    assert_false(planning_record_find(record, 1)->is_scored);
    next_cycle();
    first = planning_record_find(record, 1);
    assert_true(first->is_scored);
    const struct record_score *kept = &record->scores[0];
    assert_true(kept->was_done && kept->low_s <= kept->predicted_wait_s &&
                kept->predicted_wait_s <= kept->high_s);
    assert_int_equal(kept->realised_wait_s, first->score.realised_wait_s);
    assert_in_range(first->score.predicted_gain, first->made.gain / 60, first->made.gain / 60 + 1);
    assert_true(first->score.realised_wait_s > 0);
    assert_in_range(planning_record_sum(record).scored, 1, 2);

    json_t *today = ask("proposals", NULL);
    assert_string_equal(state_of(today, 0), "accepted");
    assert_non_null(json_object_get(proposal_of(today, 0), "score"));

    /* the day ends; the next one has its own proposals */
    pass(at(DAYS, 20 * 60) - now_ms);
    while (d.hall->day_state != DAY_CLOSED)
        tick();
    json_t *closed = ask("proposals", NULL);
    pass(at(DAYS + 4, 9 * 60) - now_ms); /* Tuesday */
    tick();
    assert_int_equal(d.hall->day_state, DAY_OPEN);
    assert_int_equal(record->count, 0);
    json_t *then = ask("proposals", "2026-11-27"), *now = ask("proposals", NULL),
           *never = ask("proposals", "2026-11-20");
    assert_true(json_equal(closed, then));
    assert_int_equal(json_array_size(json_object_get(now, "proposals")), 0);
    assert_int_equal(json_array_size(json_object_get(never, "proposals")), 0);
    assert_true(json_equal(json_object_get(now, "scoreboard"), json_object_get(then, "scoreboard")));
    json_decref(today);
    json_decref(closed);
    json_decref(then);
    json_decref(now);
    json_decref(never);
}

static void the_scoreboard_outlives_a_restart(void **state)
{
    (void)state;
    json_t *before = ask("proposals", "2026-11-27");
    dispatcher_stop(&d);
    start();
    json_t *after = ask("proposals", "2026-11-27"), *today = ask("proposals", NULL);
    assert_true(json_equal(before, after));
    assert_true(json_equal(json_object_get(today, "scoreboard"), json_object_get(before, "scoreboard")));
    json_decref(before);
    json_decref(after);
    json_decref(today);
}

/* The hall's forecast is asked once a cycle at most and compared when its half hour is over. */
static void the_hall_s_forecast_meets_its_outcome(void **state)
{
    (void)state;
    for (uint16_t w = 1; w <= 14; w++)
        must((struct command){.kind = COMMAND_START_DUTY, .start_duty = {.window = {w}, .clerk = {w}}});
    uint64_t rounds = d.planning.forecasts.rounds;
    while (d.planning.forecasts.rounds == rounds || !d.planning.forecasts.hall_ms)
        assert_int_equal(loop_turn(&d.loop, 100, &fault), STATUS_OK);
    assert_true(d.planning.forecasts.halls.count >= 1);
    pass(5 * MINUTE_MS);
    struct command issue = {.kind = COMMAND_ISSUE, .by = {ACTOR_KIOSK, 1}};
    issue.issue.items = (struct item_list){1, {{20}}};
    must(issue);
    pass(4 * MINUTE_MS);
    must((struct command){.kind = COMMAND_CALL, .call = {{1}}});
    pass(30 * MINUTE_MS);
    next_cycle();
    const struct hall_forecast *first = &d.planning.forecasts.halls.list[0];
    assert_true(first->is_settled);
    assert_int_equal(first->outcome_ms, 4 * MINUTE_MS);
    json_t *before = ask("forecast-accuracy", NULL);
    assert_true(json_integer_value(json_object_get(before, "halls")) >= 1);
    dispatcher_stop(&d);
    start();
    json_t *after = ask("forecast-accuracy", NULL);
    assert_true(json_equal(before, after));
    json_decref(before);
    json_decref(after);
}

/* Members of a topic's document as text; "" while it is not there. */
static const char *member(json_t *object, const char *name)
{
    static char text[128];
    json_t *value = json_object_get(object, name);
    char *dump = value ? json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
    snprintf(text, sizeof text, "%s", dump ? dump : "");
    free(dump);
    json_decref(object);
    return text;
}

static void covers_and_the_uncovered_are_in_the_hall_s_topic(void **state)
{
    (void)state;
    const struct actor manager = {ACTOR_MANAGER, 1};
    tick(); /* what the test before called began by itself */
    must((struct command){.kind = COMMAND_FINISH, .finish = {{1}}});
    for (uint16_t w = 1; w <= 3; w++)
        must(
            (struct command){.kind = COMMAND_POST, .by = manager, .post = {{w}, 1 << (ELSEWHERE - 1), 0, 0}});
    for (uint16_t w = 6; w <= 7; w++)
        must((struct command){.kind = COMMAND_END_DUTY, .end_duty = {{w}}});
    struct command issue = {.kind = COMMAND_ISSUE, .by = {ACTOR_KIOSK, 1}};
    issue.issue.items = (struct item_list){1, {{23}}};
    must(issue);
    pass(MINUTE_MS);
    tick();
    assert_string_equal(member(view_hall(&d), "covers"), "{\"3\":[1]}");
    assert_string_equal(member(view_hall(&d), "uncovered"), "");
    assert_string_equal(member(view_window(d.hall, (struct window_id){1}), "covers"), "[3]");
    must((struct command){.kind = COMMAND_END_DUTY, .end_duty = {{1}}});
    must((struct command){.kind = COMMAND_END_DUTY, .end_duty = {{2}}});
    pass(MINUTE_MS);
    tick();
    assert_string_equal(member(view_hall(&d), "covers"), "");
    assert_string_equal(member(view_hall(&d), "uncovered"), "[3]");
    must((struct command){.kind = COMMAND_START_DUTY, .start_duty = {.window = {6}, .clerk = {6}}});
    pass(MINUTE_MS);
    tick();
    assert_string_equal(member(view_hall(&d), "uncovered"), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_proposal_from_its_making_to_the_archive),
        cmocka_unit_test(the_scoreboard_outlives_a_restart),
        cmocka_unit_test(the_hall_s_forecast_meets_its_outcome),
        cmocka_unit_test(covers_and_the_uncovered_are_in_the_hall_s_topic),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
