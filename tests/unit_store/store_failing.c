/* SPDX-License-Identifier: MIT
 * Every call of the backend fails in turn: what was acknowledged is there, the rest is not, and the three
 * groups of faults end as store.h says. */
#include "tests/unit_store/store_kit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void open_hall(struct kit *kit)
{
    struct store *store = NULL;
    struct error error;
    assert_int_equal(store_open_memory(&store, &error), STATUS_OK);
    kit_init(kit, store);
    assert_int_equal(kit_set_up(kit), STATUS_OK);
    assert_int_equal(kit_open_day(kit), STATUS_OK);
}

static void close_hall(struct kit *kit)
{
    kit_close(kit->store);
    kit_destroy(kit);
}

static void fail_at(struct kit *kit, enum store_call call, uint32_t after, enum status status)
{
    store_memory_fail(kit->store, &(struct store_failure){.call = call, .after = after, .status = status});
}

/* One group of commands; the status of the first call that failed. */
static enum status group(struct kit *kit)
{
    const struct store_key key = {3, 3, ++kit->counter};
    struct text text = {0};
    enum status status = store_begin(kit->store, &kit->error);
    if (status == STATUS_OK)
        status = store_find_answer(kit->store, &key, &text, &kit->error);
    if (status == STATUS_NOT_FOUND)
        status = STATUS_OK;
    if (status == STATUS_OK && !kit_say(kit, "issue items=1"))
        status = kit->error.status;
    if (status == STATUS_OK)
        status = store_put_answer(kit->store, &key, span_of("A"), kit->now_ms, &kit->error);
    if (status == STATUS_OK)
        status = store_put_outbox(kit->store, "sms", span_of("B"), kit->now_ms, NULL, &kit->error);
    if (status == STATUS_OK && !kit_say(kit, "issue items=2,3"))
        status = kit->error.status;
    if (status == STATUS_OK)
        status = store_commit(kit->store, &kit->error);
    text_destroy(&text);
    return status;
}

static void test_full_can_be_tried_again(void **state)
{
    (void)state;
    struct kit kit;
    open_hall(&kit);
    uint32_t calls = 0;
    for (bool failed = true; failed; calls++) {
        uint64_t digest = hall_digest(kit.hall), seq = store_last_seq(kit.store);
        uint64_t counter = kit.counter;
        fail_at(&kit, STORE_CALL_ANY, calls, STATUS_FULL);
        enum status status = group(&kit);
        failed = status != STATUS_OK;
        fail_at(&kit, STORE_CALL_ANY, 0, STATUS_OK);
        if (!failed)
            break;
        assert_int_equal(status, STATUS_FULL);
        assert_false(store_is_open(kit.store));
        assert_int_equal(store_last_seq(kit.store), seq);
        store_rollback(kit.store);
        assert_int_equal(kit_load(&kit), STATUS_OK);
        assert_int_equal(hall_digest(kit.hall), digest);
        kit.counter = counter; /* the same request comes again */
        assert_int_equal(group(&kit), STATUS_OK);
        digest = hall_digest(kit.hall);
        assert_int_equal(kit_load(&kit), STATUS_OK);
        assert_int_equal(hall_digest(kit.hall), digest);
        kit.now_ms += 1000;
    }
    assert_in_range(calls, 8, 40); /* each call of a group was reached */
    close_hall(&kit);
}

/* Later calls of a turn that has failed say so too and write nothing outside it. */
static void test_nothing_is_written_after_full(void **state)
{
    (void)state;
    struct kit kit;
    struct text text = {0};
    const struct store_key key = {3, 3, 1};
    open_hall(&kit);
    fail_at(&kit, STORE_CALL_WRITE, 0, STATUS_FULL);
    assert_int_equal(store_begin(kit.store, &kit.error), STATUS_OK);
    assert_false(kit_say(&kit, "issue items=1"));
    assert_int_equal(kit.error.status, STATUS_FULL);
    assert_int_equal(store_put_answer(kit.store, &key, span_of("A"), 0, &kit.error), STATUS_FULL);
    assert_int_equal(store_put_outbox(kit.store, "sms", span_of("B"), 0, NULL, &kit.error), STATUS_FULL);
    assert_int_equal(store_put_setting(kit.store, "name", span_of("x"), &kit.error), STATUS_FULL);
    assert_int_equal(store_commit(kit.store, &kit.error), STATUS_FULL);
    assert_int_equal(kit_load(&kit), STATUS_OK);
    assert_int_equal(store_find_setting(kit.store, "name", &text, &kit.error), STATUS_NOT_FOUND);
    assert_int_equal(store_find_answer(kit.store, &key, &text, &kit.error), STATUS_NOT_FOUND);
    assert_int_equal(kit_turn(&kit, "issue items=1"), STATUS_OK);
    text_destroy(&text);
    close_hall(&kit);
}

static void test_other_faults_bar_the_store(void **state)
{
    static const enum status statuses[] = {STATUS_IO, STATUS_CORRUPT, STATUS_MEMORY};
    (void)state;
    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++)
        for (uint32_t after = 0; after < 6; after++) {
            struct kit kit;
            struct text text = {0};
            struct store_load_report report;
            bool more;
            open_hall(&kit);
            fail_at(&kit, STORE_CALL_ANY, after, statuses[i]);
            assert_int_equal(group(&kit), statuses[i]);
            assert_int_equal(store_begin(kit.store, &kit.error), statuses[i]);
            assert_string_equal(kit.error.text, "made to fail for a test");
            assert_int_equal(store_put_setting(kit.store, "a", span_of("b"), &kit.error), statuses[i]);
            assert_int_equal(store_load(kit.store, kit.hall, NULL, NULL, &report, &kit.error), statuses[i]);
            assert_int_equal(store_idle(kit.store, 0, &more, &kit.error), statuses[i]);
            assert_int_equal(store_find_answer(kit.store, &(struct store_key){1, 1, 1}, &text, &kit.error),
                             statuses[i]);
            text_destroy(&text);
            close_hall(&kit);
        }
}

/* The commit took effect and said that it did not: nobody may be told, and no second try is made. */
static void test_a_lying_commit_bars_the_store(void **state)
{
    (void)state;
    struct kit kit;
    open_hall(&kit);
    const struct store_failure lie = {.call = STORE_CALL_COMMIT, .took_effect = true, .status = STATUS_IO};
    store_memory_fail(kit.store, &lie);
    assert_int_equal(kit_turn(&kit, "issue items=1"), STATUS_IO);
    assert_int_equal(kit_turn(&kit, "issue items=1"), STATUS_IO);
    close_hall(&kit);
}

static void test_a_day_can_open_after_full(void **state)
{
    (void)state;
    struct kit kit;
    open_hall(&kit);
    assert_int_equal(kit_act(&kit), STATUS_OK);
    assert_int_equal(kit_close_day(&kit), STATUS_OK);
    for (uint32_t after = 0; after < 60; after += 7) {
        uint64_t digest = hall_digest(kit.hall);
        int64_t now_ms = kit.now_ms;
        fail_at(&kit, STORE_CALL_WRITE, after, STATUS_FULL);
        enum status status = kit_open_day(&kit);
        fail_at(&kit, STORE_CALL_WRITE, 0, STATUS_OK);
        if (status == STATUS_OK)
            break;
        assert_int_equal(status, STATUS_FULL);
        kit.now_ms = now_ms;
        assert_int_equal(kit_load(&kit), STATUS_OK);
        assert_int_equal(hall_digest(kit.hall), digest);
    }
    if (kit.hall->day_state == DAY_CLOSED)
        assert_int_equal(kit_open_day(&kit), STATUS_OK);
    struct store_verify_report report;
    assert_int_equal(store_verify(kit.store, NULL, NULL, &report, &kit.error), STATUS_OK);
    assert_int_equal(report.checkpoints, 2);
    close_hall(&kit);
}

static void test_idle_work_can_wait_for_room(void **state)
{
    (void)state;
    struct kit kit;
    bool more = false;
    open_hall(&kit);
    assert_int_equal(store_begin(kit.store, &kit.error), STATUS_OK);
    for (uint64_t n = 0; n < 2000; n++) {
        const struct store_key key = {1, 1, n};
        assert_int_equal(store_put_answer(kit.store, &key, span_of("A"), kit.now_ms, &kit.error), STATUS_OK);
    }
    assert_int_equal(store_commit(kit.store, &kit.error), STATUS_OK);
    fail_at(&kit, STORE_CALL_WRITE, 0, STATUS_FULL);
    assert_int_equal(store_idle(kit.store, kit.now_ms, &more, &kit.error), STATUS_OK);
    assert_false(more);
    assert_int_equal(kit_turn(&kit, "issue items=1"), STATUS_OK);
    assert_int_equal(store_idle(kit.store, kit.now_ms, &more, &kit.error), STATUS_OK);
    struct text text = {0};
    for (uint64_t n = 0; n < 2000; n += 111)
        assert_int_equal(store_find_answer(kit.store, &(struct store_key){1, 1, n}, &text, &kit.error),
                         STATUS_OK);
    text_destroy(&text);
    close_hall(&kit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_full_can_be_tried_again),
        cmocka_unit_test(test_nothing_is_written_after_full),
        cmocka_unit_test(test_other_faults_bar_the_store),
        cmocka_unit_test(test_a_lying_commit_bars_the_store),
        cmocka_unit_test(test_a_day_can_open_after_full),
        cmocka_unit_test(test_idle_work_can_wait_for_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
