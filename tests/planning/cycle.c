/* SPDX-License-Identifier: MIT
 * A cycle of planning from what was learned: the same hall, log and seed give the same proposals; the copy of
 * the hall that the worker reads is as good as the hall. */
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

#include "common/base/clock.h"
#include "dispatcher/app/learning.h"
#include "dispatcher/plan/outlook_learned.h"
#include "dispatcher/plan/propose.h"
#include "dispatcher/plan/propose_cycle.h"
#include "tests/planning/past.h"

enum { DATE = 20780, DAYS = 5, CROWD = 30, DOMAIN = 5, ELSEWHERE = 2 };
#define DEMO "assets/demo"

static struct past past;
static struct learning learning;
static char folder[64];
static struct error fault;

/* Windows for everything are posted for one domain, and in this hall a posting is almost a wall. */
static void post_narrowly(void)
{
    const struct command rules[] = {
        {.kind = COMMAND_SET_POLICY, .set_policy = {POLICY_ALLOCATION_DWELL_MIN, 0}},
        {.kind = COMMAND_SET_POLICY, .set_policy = {POLICY_UNPOSTED_PERMILLE, 1}},
    };
    for (unsigned i = 0; i < sizeof rules / sizeof rules[0]; i++)
        assert_true(past_do(&past, &rules[i], &fault));
    for (uint16_t w = 1; w <= 3; w++) {
        const struct command post = {.kind = COMMAND_POST,
                                     .by = {ACTOR_MANAGER, 1},
                                     .post = {.window = {w}, .domains = 1 << (ELSEWHERE - 1)}};
        assert_true(past_do(&past, &post, &fault));
    }
}

/* Four whole days, the fifth until ten; then a bus load for one domain. */
static int set_up(void **state)
{
    (void)state;
    assert_true(sodium_init() >= 0);
    snprintf(folder, sizeof folder, "/tmp/evenhall-cycle-XXXXXX");
    assert_non_null(mkdtemp(folder));
    int64_t made_ms = DATE * (int64_t)DAY_MS - 8 * 60 * MINUTE_MS;
    if (!past_make(&past, folder, DEMO, made_ms, 1, &fault))
        fail_msg("%s", fault.text);
    for (int32_t day = 0; day < DAYS; day++)
        assert_true(past_day(&past, DATE + day, day == DAYS - 1 ? 600 : 1440, &fault));
    post_narrowly();
    assert_true(past_crowd(&past, (struct domain_id){ELSEWHERE}, 2 * CROWD, 0, &fault));
    assert_true(past_crowd(&past, (struct domain_id){DOMAIN}, CROWD, 1, &fault));
    assert_int_equal(learning_init(&learning, past.store, &fault), STATUS_OK);
    assert_int_equal(learning_rewind(&learning, &fault), STATUS_OK);
    while (!learning.is_current)
        assert_int_equal(learning_catch_up(&learning, 100000, &fault), STATUS_OK);
    return 0;
}

static int tear_down(void **state)
{
    char command[128];
    (void)state;
    learning_destroy(&learning);
    past_end(&past);
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command);
}

static int propose(const struct hall *hall, uint64_t seed, struct command *out)
{
    static struct outlook outlook;
    struct propose_params params = propose_defaults;
    struct scene scene;
    params.cycle = propose_cycle_number(hall, past.now_ms, PROPOSE_EVERY_MS);
    params.seed = seed;
    int64_t now_ms = propose_cycle_ms(hall, params.cycle, PROPOSE_EVERY_MS), from_us = clock_mono_us();
    outlook_learned(learning.learn, learning.demand, hall, &outlook);
    assert_true(outlook_scene(&outlook, hall, now_ms, &scene));
    int64_t made_us = clock_mono_us();
    int count = propose_moves(&scene, hall, now_ms, &params, out);
    printf("scene %lld us, search %lld us, %d proposals\n", (long long)(made_us - from_us),
           (long long)(clock_mono_us() - made_us), count);
    scene_destroy(&scene);
    return count;
}

static void a_crowd_brings_a_proposal_for_its_domain(void **state)
{
    (void)state;
    struct command commands[2];
    int count = propose(past.hall, 7, commands);
    assert_in_range(count, 1, 2);
    for (int i = 0; i < count; i++) {
        assert_int_equal(commands[i].kind, COMMAND_PROPOSE);
        assert_true(hall_decide(past.hall, &commands[i], past.now_ms, &past.decision));
        assert_true(commands[i].propose.after >> (DOMAIN - 1) & 1);
    }
}

static void the_same_seed_proposes_the_same(void **state)
{
    (void)state;
    struct command first[2], second[2];
    struct hall *copy = calloc(1, sizeof *copy);
    memset(first, 0, sizeof first);
    memset(second, 0, sizeof second);
    propose_copy_hall(past.hall, copy);
    int count = propose(past.hall, 7, first);
    assert_int_equal(propose(copy, 7, second), count);
    assert_memory_equal(first, second, sizeof first);
    propose(copy, 8, second);
    assert_memory_not_equal(first, second, sizeof first);
    free(copy);
}

static void a_copy_is_as_good_as_the_hall(void **state)
{
    (void)state;
    struct hall *copy = calloc(1, sizeof *copy);
    propose_copy_hall(past.hall, copy);
    assert_true(hall_digest(copy) == hall_digest(past.hall));
    /* and again over what an earlier copy left */
    struct event gone = {.kind = EVENT_TICKET_CANCELLED, .at_ms = past.hall->last_ms};
    gone.ticket_cancelled.number = past.hall->tickets[past.hall->waiting[0].ticket.value].number;
    struct hall *other = malloc(sizeof *other);
    memcpy(other, past.hall, sizeof *other);
    hall_evolve(other, &gone);
    propose_copy_hall(other, copy);
    assert_true(hall_digest(copy) == hall_digest(other));
    assert_true(hall_digest(copy) != hall_digest(past.hall));
    free(copy);
    free(other);
}

static void cycles_are_aligned_to_the_clock(void **state)
{
    (void)state;
    static struct hall hall;
    const int64_t at = INT64_C(1795400700000), every = PROPOSE_EVERY_MS; /* 10:25:00 in the hall */
    hall.opened_ms = at + 1000;
    assert_int_equal(propose_cycle_number(&hall, at + 2000, every), 0);
    assert_int_equal(propose_cycle_number(&hall, at + every, every), 1);
    assert_int_equal(propose_cycle_number(&hall, at + 7 * every + 250, every), 7);
    assert_int_equal(propose_cycle_ms(&hall, 7, every), at + 7 * every);
    hall.last_ms = at + 7 * every + 40;
    assert_int_equal(propose_cycle_ms(&hall, 7, every), at + 7 * every + 40);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_crowd_brings_a_proposal_for_its_domain),
        cmocka_unit_test(the_same_seed_proposes_the_same),
        cmocka_unit_test(a_copy_is_as_good_as_the_hall),
        cmocka_unit_test(cycles_are_aligned_to_the_clock),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
