/* SPDX-License-Identifier: MIT
 * Which events make which observation: most cases play the same service in a plain and in a roundabout way
 * and expect to learn exactly the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "dispatcher/plan/draw.h"
#include "kit.h"

enum { MINUTE = 60 * 1000, CHANGEOVER_MS = 24000 };

static const struct item_id item1 = {1}, item2 = {2}, item3 = {3};

/* Items 1 and 3 are of domain 1, item 2 of domain 2; three windows. */
static void begin(struct kit *kit)
{
    struct kit_shape shape = {2, 4, 3, 4, 10 * MINUTE, 1000};
    kit_init(kit);
    kit_found(kit, &shape);
    kit_open(kit, KIT_DATE, 540, 3);
}

static void act(struct kit *kit, enum command_kind kind, unsigned window)
{
    struct command command = {.kind = kind};
    command.start.window.value = (uint16_t)window; /* the same place in all of these */
    kit_do(kit, command);
}

static void call_one(struct kit *kit, unsigned window, unsigned item)
{
    kit_call(kit, window, &(struct item_list){.count = 1, .items = {{(uint16_t)item}}});
}

static void wait_ms(struct kit *kit, int64_t ms)
{
    kit->now_ms += ms;
}

static struct number number_at(const struct kit *kit, unsigned window)
{
    return kit->hall->tickets[kit->hall->windows[window].ticket.value].number;
}

static void assert_same(struct learned a, struct learned b)
{
    assert_int_equal(a.value, b.value);
    assert_int_equal(a.low, b.low);
    assert_int_equal(a.high, b.high);
    assert_int_equal(a.samples, b.samples);
}

/* Both halls close; then they must have learned the same of everything, and something at all. */
static void assert_learned_the_same(struct kit *a, struct kit *b, uint32_t samples)
{
    kit_close(a);
    kit_close(b);
    uint32_t all = 0;
    for (uint16_t i = 1; i <= 4; i++) {
        assert_same(learn_item_ms(a->learn, (struct item_id){i}),
                    learn_item_ms(b->learn, (struct item_id){i}));
        assert_same(learn_item_cv_permille(a->learn, (struct item_id){i}),
                    learn_item_cv_permille(b->learn, (struct item_id){i}));
        all += learn_item_ms(a->learn, (struct item_id){i}).samples;
    }
    for (uint16_t c = 1; c <= 4; c++)
        assert_same(learn_clerk_permille(a->learn, (struct clerk_id){c}),
                    learn_clerk_permille(b->learn, (struct clerk_id){c}));
    assert_int_equal(all, samples);
    kit_destroy(a);
    kit_destroy(b);
}

static void assert_nothing_learned(struct kit *kit)
{
    kit_close(kit);
    assert_int_equal(learn_next_item(kit->learn, (struct item_id){0}).value, 0);
    kit_destroy(kit);
}

static void a_service_teaches_item_pair_and_clerk(void **state)
{
    (void)state;
    struct kit kit;
    begin(&kit);
    struct learned item = learn_item_ms(kit.learn, item1);
    assert_int_equal(item.value, 10 * MINUTE);
    assert_int_equal(item.samples, 0);
    for (unsigned n = 0; n < 30; n++)
        kit_serve(&kit, 1, 1, 5 * MINUTE);
    kit_close(&kit);
    item = learn_item_ms(kit.learn, item1);
    assert_int_equal(item.samples, 30);
    assert_in_range(item.value, 4 * MINUTE, 8 * MINUTE); /* of 4.3 at no slowdown, drawn to 10 */
    assert_true(item.low < item.value && item.value < item.high);
    struct learned pair = learn_item_at_ms(kit.learn, item1, (struct window_id){1}, (struct clerk_id){1});
    assert_int_equal(pair.samples, 30);
    assert_in_range(pair.value, 4 * MINUTE, 6 * MINUTE);
    assert_int_equal(learn_item_at_ms(kit.learn, item1, (struct window_id){2}, (struct clerk_id){2}).samples,
                     0);
    assert_int_equal(learn_clerk_permille(kit.learn, (struct clerk_id){1}).samples, 30);
    assert_int_equal(learn_domain_ms(kit.learn, (struct domain_id){1}).samples, 30);
    assert_in_range(learn_domain_ms(kit.learn, (struct domain_id){1}).value, 4 * MINUTE, 9 * MINUTE);
    /* All were alike, which says that services vary little. */
    assert_true(learn_item_cv_permille(kit.learn, item1).value < 500);
    kit_destroy(&kit);
}

static void time_on_hold_is_no_service(void **state)
{
    (void)state;
    struct kit plain, held;
    begin(&plain);
    begin(&held);
    kit_serve(&plain, 1, 1, 10 * MINUTE);
    call_one(&held, 1, 1);
    act(&held, COMMAND_START, 1);
    struct number number = number_at(&held, 1);
    wait_ms(&held, 4 * MINUTE);
    act(&held, COMMAND_HOLD, 1);
    wait_ms(&held, 30 * MINUTE);
    kit_do(&held, (struct command){.kind = COMMAND_RESUME, .resume = {{1}, number, false}});
    wait_ms(&held, 6 * MINUTE);
    act(&held, COMMAND_FINISH, 1);
    assert_learned_the_same(&plain, &held, 1);
}

static void a_ticket_that_went_on_elsewhere_teaches_nothing(void **state)
{
    (void)state;
    struct kit kit;
    begin(&kit);
    call_one(&kit, 1, 1);
    act(&kit, COMMAND_START, 1);
    struct number number = number_at(&kit, 1);
    wait_ms(&kit, 4 * MINUTE);
    act(&kit, COMMAND_HOLD, 1);
    kit_do(&kit, (struct command){.kind = COMMAND_RESUME, .resume = {{1}, number, true}});
    kit_do(&kit,
           (struct command){.kind = COMMAND_CALL_NUMBER, .call_number = {.window = {2}, .number = number}});
    act(&kit, COMMAND_START, 2);
    wait_ms(&kit, 6 * MINUTE);
    act(&kit, COMMAND_FINISH, 2);
    assert_nothing_learned(&kit);
}

static void a_service_by_two_clerks_teaches_nothing(void **state)
{
    (void)state;
    struct kit kit;
    begin(&kit);
    call_one(&kit, 1, 1);
    act(&kit, COMMAND_START, 1);
    wait_ms(&kit, 4 * MINUTE);
    kit_do(&kit, (struct command){.kind = COMMAND_START_DUTY, .start_duty = {{1}, {4}, true}});
    wait_ms(&kit, 6 * MINUTE);
    act(&kit, COMMAND_FINISH, 1);
    assert_nothing_learned(&kit);
}

static void an_undone_finish_is_taken_back(void **state)
{
    (void)state;
    struct kit plain, undone, open;
    begin(&plain);
    begin(&undone);
    begin(&open);
    kit_serve(&plain, 1, 1, 10 * MINUTE);
    kit_serve(&undone, 1, 1, 3 * MINUTE);
    wait_ms(&undone, 5000);
    act(&undone, COMMAND_UNDO, 1);
    wait_ms(&undone, 7 * MINUTE - 5000);
    act(&undone, COMMAND_FINISH, 1);
    assert_learned_the_same(&plain, &undone, 1);
    kit_serve(&open, 1, 1, 3 * MINUTE);
    act(&open, COMMAND_UNDO, 1);
    assert_nothing_learned(&open);
}

/* Other windows go on meanwhile. */
static void a_finish_can_be_undone_while_others_finish(void **state)
{
    (void)state;
    struct kit kit;
    begin(&kit);
    call_one(&kit, 2, 2);
    act(&kit, COMMAND_START, 2);
    kit_serve(&kit, 1, 1, 3 * MINUTE);
    wait_ms(&kit, 2000);
    act(&kit, COMMAND_FINISH, 2);
    wait_ms(&kit, 2000);
    act(&kit, COMMAND_UNDO, 1);
    kit_close(&kit);
    assert_int_equal(learn_item_ms(kit.learn, item1).samples, 0);
    assert_int_equal(learn_item_ms(kit.learn, item2).samples, 1);
    kit_destroy(&kit);
}

static void hold_and_resume(struct kit *kit, uint16_t resuming_clerk)
{
    struct number number = number_at(kit, 1);
    act(kit, COMMAND_HOLD, 1);
    kit_do(kit, (struct command){.kind = COMMAND_START_DUTY, .start_duty = {{1}, {resuming_clerk}, true}});
    kit_do(kit, (struct command){.kind = COMMAND_RESUME, .resume = {{1}, number, false}});
    wait_ms(kit, 4 * MINUTE);
}

/* Held by one, resumed by another, held again, finished by the first. */
static void a_held_service_by_two_clerks_teaches_nothing(void **state)
{
    (void)state;
    struct kit kit;
    begin(&kit);
    call_one(&kit, 1, 1);
    act(&kit, COMMAND_START, 1);
    wait_ms(&kit, 4 * MINUTE);
    hold_and_resume(&kit, 4);
    hold_and_resume(&kit, 1);
    act(&kit, COMMAND_FINISH, 1);
    assert_nothing_learned(&kit);
}

static void an_undone_call_and_transfer_leave_no_trace(void **state)
{
    (void)state;
    struct kit plain, undone;
    begin(&plain);
    begin(&undone);
    kit_serve(&plain, 1, 1, 10 * MINUTE);
    call_one(&undone, 2, 1);
    struct number number = number_at(&undone, 2);
    act(&undone, COMMAND_UNDO, 2);
    kit_do(&undone,
           (struct command){.kind = COMMAND_CALL_NUMBER, .call_number = {.window = {1}, .number = number}});
    act(&undone, COMMAND_START, 1);
    wait_ms(&undone, 4 * MINUTE);
    kit_do(&undone,
           (struct command){.kind = COMMAND_TRANSFER, .transfer = {.window = {1}, .to_window = {2}}});
    act(&undone, COMMAND_UNDO, 1);
    wait_ms(&undone, 6 * MINUTE);
    act(&undone, COMMAND_FINISH, 1);
    assert_int_equal(learn_habits(undone.learn, CLASS_NORMAL).calls, 1);
    assert_learned_the_same(&plain, &undone, 1);
}

/* Begun at window 1, then sent on as `transfer` says; served 10 minutes at window 2. */
static void serve_transferred(struct kit *kit, struct transfer transfer)
{
    call_one(kit, 1, 1);
    act(kit, COMMAND_START, 1);
    struct number number = number_at(kit, 1);
    wait_ms(kit, 4 * MINUTE);
    transfer.window.value = 1;
    transfer.to_window.value = 2;
    kit_do(kit, (struct command){.kind = COMMAND_TRANSFER, .transfer = transfer});
    kit_do(kit,
           (struct command){.kind = COMMAND_CALL_NUMBER, .call_number = {.window = {2}, .number = number}});
    act(kit, COMMAND_START, 2);
    wait_ms(kit, 10 * MINUTE);
    act(kit, COMMAND_FINISH, 2);
}

static void a_transfer_of_a_begun_item_teaches_nothing(void **state)
{
    (void)state;
    struct kit kit;
    begin(&kit);
    serve_transferred(&kit, (struct transfer){0});
    assert_nothing_learned(&kit);
}

static void a_transfer_to_another_item_is_a_service_of_that_item(void **state)
{
    (void)state;
    struct kit plain, sent;
    begin(&plain);
    begin(&sent);
    kit_serve(&plain, 2, 3, 10 * MINUTE);
    serve_transferred(&sent, (struct transfer){.item = item3});
    assert_learned_the_same(&plain, &sent, 1);
}

static void a_side_item_counts_and_what_its_sender_finishes_does_not(void **state)
{
    (void)state;
    struct kit plain, sent;
    begin(&plain);
    begin(&sent);
    kit_serve(&plain, 2, 3, 10 * MINUTE);
    serve_transferred(&sent, (struct transfer){.item = item3, .returns = true});
    struct number number = sent.hall->tickets[1].number;
    kit_do(&sent,
           (struct command){.kind = COMMAND_CALL_NUMBER, .call_number = {.window = {1}, .number = number}});
    act(&sent, COMMAND_START, 1);
    wait_ms(&sent, MINUTE);
    act(&sent, COMMAND_FINISH, 1);
    assert_int_equal(sent.hall->tickets[1].state, TICKET_FINISHED);
    assert_learned_the_same(&plain, &sent, 1);
}

static void serve_two(struct kit *kit, unsigned a, unsigned b, int64_t ms)
{
    struct item_list items = {.count = 2, .items = {{(uint16_t)a}, {(uint16_t)b}}};
    kit_call(kit, 1, &items);
    act(kit, COMMAND_START, 1);
    wait_ms(kit, ms);
    act(kit, COMMAND_FINISH, 1);
}

static void several_items_share_a_service(void **state)
{
    (void)state;
    struct kit kit;
    begin(&kit);
    for (unsigned n = 0; n < 20; n++)
        serve_two(&kit, 1, 3, 12 * MINUTE);
    kit_close(&kit);
    struct learned a = learn_item_ms(kit.learn, item1), b = learn_item_ms(kit.learn, item3);
    assert_int_equal(a.samples, 20);
    assert_int_equal(b.samples, 20);
    assert_int_equal(a.value, b.value);
    assert_in_range(a.value + b.value, 9 * MINUTE, 14 * MINUTE);
    kit_destroy(&kit);
}

/* An item that is known to be long takes its part of what a service of two took. */
static void several_items_share_as_is_expected_of_them(void **state)
{
    (void)state;
    struct kit kit;
    begin(&kit);
    for (unsigned n = 0; n < 40; n++) {
        kit_serve(&kit, 1, 1, 20 * MINUTE);
        kit_serve(&kit, 1, 3, 5 * MINUTE);
    }
    struct learned a = learn_item_ms(kit.learn, item1), b = learn_item_ms(kit.learn, item3);
    for (unsigned n = 0; n < 40; n++)
        serve_two(&kit, 1, 3, 25 * MINUTE);
    kit_close(&kit);
    struct learned a2 = learn_item_ms(kit.learn, item1), b2 = learn_item_ms(kit.learn, item3);
    assert_in_range(a2.value * 100 / a.value, 85, 108);
    assert_in_range(b2.value * 100 / b.value, 85, 108);
    kit_destroy(&kit);
}

/* What takes longer is put down to what is long: a short item beside it hardly changes. */
static void a_short_item_is_not_blamed_for_a_long_one(void **state)
{
    (void)state;
    struct kit kit;
    begin(&kit);
    struct item_set set = kit.hall->items[3].set;
    set.expected_ms = MINUTE;
    kit_do(&kit, (struct command){.kind = COMMAND_SET_ITEM, .set_item = set});
    for (unsigned n = 0; n < 20; n++)
        kit_serve(&kit, 1, 3, MINUTE * 115 / 100);
    for (unsigned n = 0; n < 20; n++)
        serve_two(&kit, 1, 3, 21 * MINUTE * 115 / 100);
    kit_close(&kit);
    printf("long %lld s, short %lld s\n", (long long)learn_item_ms(kit.learn, item1).value / 1000,
           (long long)learn_item_ms(kit.learn, item3).value / 1000);
    assert_true(learn_item_ms(kit.learn, item1).value > 14 * MINUTE);
    assert_true(learn_item_ms(kit.learn, item3).value < MINUTE * 125 / 100);
    kit_destroy(&kit);
}

/* Noise partly cancels in a sum; that must not make its parts look long. */
static void a_sum_is_as_long_as_its_parts(void **state)
{
    (void)state;
    struct kit kit;
    struct rng rng = rng_part(41, 1);
    begin(&kit);
    for (unsigned n = 0; n < 600; n++)
        serve_two(&kit, 1, 3,
                  (int64_t)(draw_lognormal(&rng, 115 * MINUTE / 10, .6) +
                            draw_lognormal(&rng, 115 * MINUTE / 10, .6)));
    kit_close(&kit);
    int64_t both_ms = learn_item_at_ms(kit.learn, item1, (struct window_id){1}, (struct clerk_id){1}).value +
                      learn_item_at_ms(kit.learn, item3, (struct window_id){1}, (struct clerk_id){1}).value;
    printf("two items of ten minutes: %lld s\n", (long long)both_ms / 1000);
    assert_in_range(both_ms, 20 * MINUTE * 95 / 100, 20 * MINUTE * 105 / 100);
    kit_destroy(&kit);
}

static void set_policy(struct kit *kit, enum policy_key key, int32_t value)
{
    kit_do(kit, (struct command){.kind = COMMAND_SET_POLICY, .set_policy = {(uint16_t)key, value}});
}

static void changeovers_are_not_part_of_the_service(void **state)
{
    (void)state;
    struct kit plain, changed;
    begin(&plain);
    begin(&changed);
    set_policy(&plain, POLICY_CHANGEOVER_MS, 0);
    kit_serve(&plain, 1, 1, 10 * MINUTE);
    kit_serve(&plain, 1, 2, 10 * MINUTE);
    kit_serve(&plain, 1, 1, 10 * MINUTE);
    serve_two(&plain, 1, 2, 20 * MINUTE);
    kit_serve(&changed, 1, 1, 10 * MINUTE);
    kit_serve(&changed, 1, 2, 10 * MINUTE + CHANGEOVER_MS);
    kit_serve(&changed, 1, 1, 10 * MINUTE + CHANGEOVER_MS);
    serve_two(&changed, 1, 2, 20 * MINUTE + CHANGEOVER_MS);
    assert_learned_the_same(&plain, &changed, 5);
}

static void slowness_off_the_primary_domain_is_not_the_items(void **state)
{
    (void)state;
    struct kit home, away;
    struct window_set set = {.window = {1}, .zone = {1}, .mode = MODE_DOMAIN, .domains = 3, .primary = {1}};
    begin(&home);
    begin(&away);
    kit_do(&home, (struct command){.kind = COMMAND_SET_WINDOW, .set_window = set});
    kit_serve(&home, 1, 1, 10 * MINUTE);
    kit_serve(&home, 1, 3, 20 * MINUTE);
    set.primary.value = 2;
    kit_do(&away, (struct command){.kind = COMMAND_SET_WINDOW, .set_window = set});
    kit_serve(&away, 1, 1, 10 * MINUTE * 108 / 100);
    set.mode = MODE_UNDIFFERENTIATED;
    kit_do(&away, (struct command){.kind = COMMAND_SET_WINDOW, .set_window = set});
    kit_serve(&away, 1, 3, 20 * MINUTE * 115 / 100);
    assert_learned_the_same(&home, &away, 2);
}

static void handling_is_what_the_hall_would_see(void **state)
{
    (void)state;
    struct kit kit;
    begin(&kit);
    struct window_id window = {1};
    assert_int_equal(learn_handling_ms(kit.learn, kit.hall, window, item1).value, 10 * MINUTE * 115 / 100);
    kit_serve(&kit, 1, 2, 8 * MINUTE);
    /* The finish just now can still be undone, so nothing is learned; but the domain changes. */
    assert_int_equal(learn_handling_ms(kit.learn, kit.hall, window, item1).value,
                     10 * MINUTE * 115 / 100 + CHANGEOVER_MS);
    assert_int_equal(learn_handling_ms(kit.learn, kit.hall, window, item2).value, 10 * MINUTE * 115 / 100);
    kit_destroy(&kit);
}

/* Nobody pressed "start": the service is taken to begin when visitors usually stand at the window. */
static void a_start_by_itself_is_set_back(void **state)
{
    (void)state;
    struct kit plain, forgotten;
    begin(&plain);
    begin(&forgotten);
    int64_t approach_ms = learn_approach_ms(plain.learn).value;
    assert_int_equal(approach_ms, 20000);
    kit_serve(&plain, 1, 1, 10 * MINUTE);
    call_one(&forgotten, 1, 1);
    wait_ms(&forgotten, 90000);
    kit_do(&forgotten, (struct command){.kind = COMMAND_TICK});
    assert_int_equal(forgotten.hall->tickets[1].state, TICKET_SERVING);
    wait_ms(&forgotten, 10 * MINUTE + approach_ms - 90000);
    act(&forgotten, COMMAND_FINISH, 1);
    assert_int_equal(learn_approach_ms(forgotten.learn).samples, 0);
    assert_learned_the_same(&plain, &forgotten, 1);
}

static void a_blink_is_no_service(void **state)
{
    (void)state;
    struct kit kit;
    begin(&kit);
    kit_serve(&kit, 1, 1, LEARN_SHORT_MS - 1);
    assert_nothing_learned(&kit);
}

static void issue(struct kit *kit, unsigned item)
{
    kit_do(kit,
           (struct command){.kind = COMMAND_ISSUE, .issue.items = {.count = 1, .items = {{(uint16_t)item}}}});
}

static void habits_are_counted_and_taken_back(void **state)
{
    (void)state;
    struct kit kit;
    begin(&kit);
    struct learn_habits before = learn_habits(kit.learn, CLASS_NORMAL);
    assert_int_equal(before.issued, 0);
    assert_int_equal(before.no_show_permille, 50);
    for (unsigned n = 0; n < 40; n++) {
        call_one(&kit, 1, 1);
        struct number number = number_at(&kit, 1);
        wait_ms(&kit, 70000);
        act(&kit, COMMAND_NO_SHOW, 1);
        if (n % 2)
            kit_do(&kit, (struct command){.kind = COMMAND_REJOIN, .rejoin = {number}});
        issue(&kit, 1);
        number = kit_event_of(&kit, EVENT_TICKET_ISSUED)->ticket_issued.number;
        kit_do(&kit, (struct command){.kind = COMMAND_CANCEL, .cancel = {.number = number}});
    }
    struct learn_habits habits = learn_habits(kit.learn, CLASS_NORMAL);
    assert_int_equal(habits.issued, 80);
    assert_int_equal(habits.calls, 40);
    assert_int_equal(habits.no_show_permille, (40 * 1000 + 40 * 50) / 80);
    assert_int_equal(habits.rejoin_permille, (20 * 1000 + 10 * 300) / 50);
    assert_int_equal(habits.walk_out_permille, (40 * 1000 + 40 * 20) / 120);
    assert_int_equal(learn_no_show_ms(kit.learn).value, (40 * 70000 + 10 * 60000) / 50);
    assert_int_equal(learn_habits(kit.learn, CLASS_GREEN).issued, 0);
    call_one(&kit, 1, 1);
    wait_ms(&kit, 70000);
    act(&kit, COMMAND_NO_SHOW, 1);
    act(&kit, COMMAND_UNDO, 1);
    assert_int_equal(learn_no_show_ms(kit.learn).value, (40 * 70000 + 10 * 60000) / 50);
    assert_int_equal(learn_habits(kit.learn, CLASS_NORMAL).no_show_permille, (40 * 1000 + 40 * 50 + 40) / 81);
    kit_destroy(&kit);
}

static void approaches_are_learned(void **state)
{
    (void)state;
    struct kit kit;
    begin(&kit);
    for (unsigned n = 0; n < 30; n++) {
        call_one(&kit, 1, 1);
        wait_ms(&kit, 40000);
        act(&kit, COMMAND_START, 1);
        wait_ms(&kit, MINUTE);
        act(&kit, COMMAND_FINISH, 1);
    }
    struct learned approach = learn_approach_ms(kit.learn);
    assert_int_equal(approach.value, (30 * 40000 + 10 * 20000) / 40);
    assert_int_equal(approach.samples, 30);
    kit_destroy(&kit);
}

/* ---- lists and advice ---- */

static void lists_go_by_number(void **state)
{
    (void)state;
    struct kit kit;
    begin(&kit);
    kit_serve(&kit, 3, 4, 10 * MINUTE);
    kit_serve(&kit, 1, 2, 10 * MINUTE);
    kit_serve(&kit, 2, 4, 10 * MINUTE);
    kit_serve(&kit, 1, 2, 10 * MINUTE);
    kit_close(&kit);
    struct item_id item = learn_next_item(kit.learn, (struct item_id){0});
    assert_int_equal(item.value, 2);
    assert_int_equal((item = learn_next_item(kit.learn, item)).value, 4);
    assert_int_equal(learn_next_item(kit.learn, item).value, 0);
    struct clerk_id clerk = learn_next_clerk(kit.learn, (struct clerk_id){1});
    assert_int_equal(clerk.value, 2);
    assert_int_equal((clerk = learn_next_clerk(kit.learn, clerk)).value, 3);
    assert_int_equal(learn_next_clerk(kit.learn, clerk).value, 0);
    static const struct learn_pair pairs[] = {{{2}, {1}}, {{4}, {2}}, {{4}, {3}}, {{0}, {0}}};
    struct learn_pair pair = {{0}, {0}};
    for (unsigned p = 0; p < 4; p++) {
        pair = learn_next_pair(kit.learn, pair);
        assert_int_equal(pair.item.value, pairs[p].item.value);
        assert_int_equal(pair.window.value, pairs[p].window.value);
    }
    kit_destroy(&kit);
}

/* One who begins in the middle of a day looks up what was said before. */
static void a_late_beginner_looks_up_the_catalogue(void **state)
{
    (void)state;
    struct kit kit;
    begin(&kit);
    learn_destroy(kit.learn);
    kit.learn = learn_create();
    for (unsigned n = 0; n < 3; n++)
        kit_serve(&kit, 2, 3, 10 * MINUTE * 115 / 100);
    kit_close(&kit);
    struct learned item = learn_item_ms(kit.learn, item3);
    assert_int_equal(item.samples, 3);
    assert_in_range(item.value, 9 * MINUTE, 12 * MINUTE);
    assert_int_equal(learn_clerk_permille(kit.learn, (struct clerk_id){2}).samples, 3);
    assert_int_equal(learn_domain_ms(kit.learn, (struct domain_id){1}).samples, 3);
    kit_destroy(&kit);
}

static void the_unknown_gives_zeros(void **state)
{
    (void)state;
    struct kit kit;
    begin(&kit);
    assert_int_equal(learn_item_ms(kit.learn, (struct item_id){99}).value, 0);
    assert_int_equal(learn_item_ms(kit.learn, (struct item_id){UINT16_MAX}).value, 0);
    assert_int_equal(learn_clerk_permille(kit.learn, (struct clerk_id){UINT16_MAX}).value, 0);
    assert_int_equal(learn_domain_ms(kit.learn, (struct domain_id){9}).value, 0);
    assert_int_equal(learn_domain_cv_permille(kit.learn, (struct domain_id){UINT16_MAX}).value, 0);
    assert_int_equal(learn_item_at_ms(kit.learn, item1, (struct window_id){0}, (struct clerk_id){1}).value,
                     0);
    assert_int_equal(
        learn_item_at_ms(kit.learn, item1, (struct window_id){1}, (struct clerk_id){UINT16_MAX}).value, 0);
    kit_destroy(&kit);
}

static void advice_is_given_until_it_is_taken(void **state)
{
    (void)state;
    struct kit kit;
    struct learn_advice advice[8];
    begin(&kit);
    assert_int_equal(learn_advise(kit.learn, kit.hall, 10, advice, 8), 0);
    for (unsigned n = 0; n < 3; n++)
        kit_serve(&kit, 1, 2, 8 * MINUTE);
    kit_serve(&kit, 1, 1, 10 * MINUTE); /* so that the last of them counts */
    struct learned unsure = learn_item_ms(kit.learn, item2);
    assert_true(unsure.samples == 3 && unsure.value < 9 * MINUTE && unsure.high > 10 * MINUTE);
    assert_int_equal(learn_advise(kit.learn, kit.hall, 10, advice, 8), 0);
    for (unsigned n = 0; n < 60; n++) { /* clerk 1 takes half as long as 2 and 3 */
        kit_serve(&kit, 1, 1, 5 * MINUTE + n % 7 * 20000);
        kit_serve(&kit, 2, 1, 10 * MINUTE + n % 5 * 40000);
        kit_serve(&kit, 3, 1, 10 * MINUTE + n % 3 * 40000);
    }
    kit_close(&kit);
    size_t count = learn_advise(kit.learn, kit.hall, 10, advice, 8);
    assert_in_range(count, 2, 4);
    assert_int_equal(advice[0].item.value, 1);
    assert_int_equal(advice[0].used, 10 * MINUTE);
    assert_in_range(advice[0].learned.value, 5 * MINUTE, 9 * MINUTE);
    assert_int_equal(advice[1].clerk.value, 1);
    assert_int_equal(advice[1].used, 1000);
    assert_in_range(advice[1].learned.value, 1300, 1800);
    /* The number is told even where there is no room. */
    assert_int_equal(learn_advise(kit.learn, kit.hall, 10, NULL, 0), count);
    assert_int_equal(learn_advise(kit.learn, kit.hall, 1000, advice, 8), 0);
    struct item_learned item = {item1, (uint32_t)advice[0].learned.value};
    kit_do(&kit, (struct command){.kind = COMMAND_LEARN_ITEM, .learn_item = item});
    struct clerk_learned clerk = {{1}, (uint16_t)advice[1].learned.value};
    kit_do(&kit, (struct command){.kind = COMMAND_LEARN_CLERK, .learn_clerk = clerk});
    assert_int_equal(learn_advise(kit.learn, kit.hall, 10, advice, 8), count - 2);
    kit_destroy(&kit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_service_teaches_item_pair_and_clerk),
        cmocka_unit_test(time_on_hold_is_no_service),
        cmocka_unit_test(a_ticket_that_went_on_elsewhere_teaches_nothing),
        cmocka_unit_test(a_service_by_two_clerks_teaches_nothing),
        cmocka_unit_test(an_undone_finish_is_taken_back),
        cmocka_unit_test(a_finish_can_be_undone_while_others_finish),
        cmocka_unit_test(a_held_service_by_two_clerks_teaches_nothing),
        cmocka_unit_test(an_undone_call_and_transfer_leave_no_trace),
        cmocka_unit_test(a_short_item_is_not_blamed_for_a_long_one),
        cmocka_unit_test(a_sum_is_as_long_as_its_parts),
        cmocka_unit_test(a_transfer_of_a_begun_item_teaches_nothing),
        cmocka_unit_test(a_transfer_to_another_item_is_a_service_of_that_item),
        cmocka_unit_test(a_side_item_counts_and_what_its_sender_finishes_does_not),
        cmocka_unit_test(several_items_share_a_service),
        cmocka_unit_test(several_items_share_as_is_expected_of_them),
        cmocka_unit_test(changeovers_are_not_part_of_the_service),
        cmocka_unit_test(slowness_off_the_primary_domain_is_not_the_items),
        cmocka_unit_test(handling_is_what_the_hall_would_see),
        cmocka_unit_test(a_start_by_itself_is_set_back),
        cmocka_unit_test(a_blink_is_no_service),
        cmocka_unit_test(habits_are_counted_and_taken_back),
        cmocka_unit_test(approaches_are_learned),
        cmocka_unit_test(lists_go_by_number),
        cmocka_unit_test(a_late_beginner_looks_up_the_catalogue),
        cmocka_unit_test(the_unknown_gives_zeros),
        cmocka_unit_test(advice_is_given_until_it_is_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
