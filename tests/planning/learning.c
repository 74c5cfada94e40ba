/* SPDX-License-Identifier: MIT
 * What the dispatcher learned survives restarts: read back and continued, learned anew without the row or
 * with a damaged one, and after an undone transaction it is always the same, bit for bit. */
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

#include "dispatcher/app/learning.h"
#include "dispatcher/store/records.h"
#include "tests/planning/past.h"

enum { DATE = 20780, DAYS = 5 }; /* from Monday, 2026-11-23 on */
#define DEMO "assets/demo"

static struct past past;
static char folder[64];
static struct error fault;

/* ---- texts of what was learned ---- */

enum { TEXTS = 4 };
struct texts {
    char *text[TEXTS];
    size_t length[TEXTS];
};

static struct texts texts_of(const struct learning *learning)
{
    struct texts t = {0};
    t.text[0] = learn_save(learning->learn, &t.length[0]);
    t.text[1] = demand_save(learning->demand, &t.length[1]);
    t.text[2] = forecaster_save(learning->forecaster, &t.length[2]);
    t.text[3] = planning_record_save(&learning->record, &t.length[3]);
    return t;
}

static void texts_destroy(struct texts *t)
{
    for (unsigned i = 0; i < TEXTS; i++)
        free(t->text[i]);
}

static void assert_same(const struct texts *a, const struct learning *learning)
{
    struct texts b = texts_of(learning);
    for (unsigned i = 0; i < TEXTS; i++) {
        assert_non_null(b.text[i]);
        assert_int_equal(a->length[i], b.length[i]);
        assert_memory_equal(a->text[i], b.text[i], b.length[i]);
    }
    texts_destroy(&b);
}

/* ---- a learning from the store ---- */

static void catch_up(struct learning *learning, int64_t slice_us)
{
    unsigned slices = 0;
    for (; !learning->is_current; slices++)
        assert_int_equal(learning_catch_up(learning, slice_us, &fault), STATUS_OK);
    assert_int_equal(learning->seq, store_last_seq(past.store));
    assert_int_equal(learning_behind(learning), 0);
}

static void from_store(struct learning *learning)
{
    assert_int_equal(learning_init(learning, past.store, &fault), STATUS_OK);
    assert_int_equal(learning_rewind(learning, &fault), STATUS_OK);
    catch_up(learning, 3000);
}

static void put_row(const char *text, size_t length)
{
    assert_int_equal(store_put_setting(past.store, LEARNING_SETTING, (struct span){text, length}, &fault),
                     STATUS_OK);
}

static uint64_t row_seq(void)
{
    struct text row = {0};
    unsigned long long seq = 0;
    if (store_find_setting(past.store, LEARNING_SETTING, &row, &fault) == STATUS_OK)
        assert_int_equal(sscanf(row.data, "learned 2 %llu", &seq), 1);
    text_destroy(&row);
    return seq;
}

/* ---- one past for all tests: four whole days, and the fifth until noon ---- */

static int set_up(void **state)
{
    (void)state;
    assert_true(sodium_init() >= 0);
    snprintf(folder, sizeof folder, "/tmp/evenhall-learning-XXXXXX");
    assert_non_null(mkdtemp(folder));
    int64_t made_ms = DATE * (int64_t)DAY_MS - 8 * 60 * MINUTE_MS; /* midnight in the hall */
    if (!past_make(&past, folder, DEMO, made_ms, 1, &fault))
        fail_msg("%s", fault.text);
    past.plans = true;
    for (int32_t day = 0; day < DAYS; day++)
        assert_true(past_day(&past, DATE + day, day == DAYS - 1 ? 720 : 1440, &fault));
    printf("%llu events\n", (unsigned long long)store_last_seq(past.store));
    return 0;
}

static int tear_down(void **state)
{
    char command[128];
    (void)state;
    past_end(&past);
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command);
}

static void learned_anew_is_kept_at_once(void **state)
{
    (void)state;
    struct learning anew, again;
    assert_int_equal(row_seq(), 0);
    from_store(&anew);
    assert_int_equal(row_seq(), store_last_seq(past.store));
    struct texts texts = texts_of(&anew);
    from_store(&again);
    assert_same(&texts, &again);
    struct learned item = learn_domain_ms(anew.learn, (struct domain_id){5});
    assert_true(item.samples > 20 && item.low < item.value && item.value < item.high);
    assert_true(forecaster_today(anew.forecaster).tickets > 20);
    assert_int_equal(planning_record_sum(&anew.record).scored, RECORD_SCORES);
    assert_true(anew.record.count > 0 && anew.record.count == past.hall->proposal_last);
    texts_destroy(&texts);
    learning_destroy(&anew);
    learning_destroy(&again);
}

/* A row from the middle of a day, from a morning, and from before the last checkpoint. */
static void any_row_and_the_rest_give_the_same(void **state)
{
    (void)state;
    struct learning whole, part;
    from_store(&whole);
    struct texts texts = texts_of(&whole);
    uint64_t last = store_last_seq(past.store);
    for (unsigned k = 1; k <= 8; k++) {
        assert_int_equal(learning_init(&part, past.store, &fault), STATUS_OK);
        put_row("", 0);
        assert_int_equal(learning_rewind(&part, &fault), STATUS_OK);
        while (part.hall_seq < last * k / 9)
            assert_int_equal(learning_catch_up(&part, 1, &fault), STATUS_OK);
        part.is_current = true; /* as if this were the end of the log */
        assert_int_equal(learning_keep(&part, &fault), STATUS_OK);
        assert_int_equal(row_seq(), part.seq);
        learning_destroy(&part);
        from_store(&part);
        assert_same(&texts, &part);
        learning_destroy(&part);
    }
    texts_destroy(&texts);
    learning_destroy(&whole);
}

static void a_damaged_row_is_not_believed(void **state)
{
    (void)state;
    struct learning whole, again;
    struct text row = {0};
    from_store(&whole);
    assert_int_equal(learning_keep(&whole, &fault), STATUS_OK);
    struct texts texts = texts_of(&whole);
    assert_int_equal(store_find_setting(past.store, LEARNING_SETTING, &row, &fault), STATUS_OK);
    const size_t cuts[] = {0, 3, 20, row.length / 2, row.length - 1};
    for (unsigned i = 0; i < sizeof cuts / sizeof cuts[0]; i++) {
        put_row(row.data, cuts[i]);
        from_store(&again);
        assert_same(&texts, &again);
        learning_destroy(&again);
    }
    static const char *const rows[] = {"learned 1 5 0 0 0 0\n", "learned 2 99999999 0 0 0 0\n",
                                       "learned 2 5 0 0 0 0\n", "learned 2 -1 18446744073709551615 2 0 0\nxx",
                                       "nonsense\n"};
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        put_row(rows[i], strlen(rows[i]));
        from_store(&again);
        assert_same(&texts, &again);
        learning_destroy(&again);
    }
    texts_destroy(&texts);
    text_destroy(&row);
    learning_destroy(&whole);
}

/* Events are taken live; when their transaction is undone learning goes back with it. */
static void what_was_undone_is_not_learned(void **state)
{
    (void)state;
    struct learning live;
    struct store_load_report report;
    struct command tick = {.kind = COMMAND_TICK};
    from_store(&live);
    struct texts texts = texts_of(&live);
    assert_int_equal(store_begin(past.store, &fault), STATUS_OK);
    past.now_ms += 60 * MINUTE_MS;
    assert_true(hall_decide(past.hall, &tick, past.now_ms, &past.decision));
    assert_true(past.decision.count > 0);
    for (uint32_t i = 0; i < past.decision.count; i++) {
        learning_take(&live, past.hall, &past.decision.events[i]);
        assert_int_equal(store_take(past.store, past.hall, &past.decision.events[i], 1, NULL, &fault),
                         STATUS_OK);
    }
    assert_int_equal(live.seq, store_last_seq(past.store));
    store_rollback(past.store);
    assert_int_equal(store_load(past.store, past.hall, NULL, NULL, &report, &fault), STATUS_OK);
    assert_int_equal(learning_rewind(&live, &fault), STATUS_OK);
    catch_up(&live, 3000);
    assert_same(&texts, &live);
    texts_destroy(&texts);
    learning_destroy(&live);
}

static size_t use_advice(struct learning *learning)
{
    static struct command commands[LEARNING_ADVICE_MAX];
    size_t count = learning_advise(learning, past.hall, commands);
    assert_int_equal(store_begin(past.store, &fault), STATUS_OK);
    for (size_t i = 0; i < count; i++) {
        assert_true(hall_decide(past.hall, &commands[i], past.now_ms, &past.decision));
        learning_take(learning, past.hall, past.decision.events);
        assert_int_equal(store_take(past.store, past.hall, past.decision.events, 1, NULL, &fault), STATUS_OK);
    }
    assert_int_equal(store_commit(past.store, &fault), STATUS_OK);
    return count;
}

/* Only what differs. Items that changed may change what a domain's mean was taken from, so a second round may
 * have something to say; a third has not. */
static void advice_makes_the_hall_use_it(void **state)
{
    (void)state;
    struct learning learning;
    from_store(&learning);
    size_t first = use_advice(&learning);
    assert_in_range(first, 10, LEARNING_ADVICE_MAX - 1);
    assert_in_range(use_advice(&learning), 0, 2);
    assert_int_equal(use_advice(&learning), 0);
    learning.is_current = false;
    assert_int_equal(use_advice(&learning), 0);
    learning_destroy(&learning);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(learned_anew_is_kept_at_once),  cmocka_unit_test(any_row_and_the_rest_give_the_same),
        cmocka_unit_test(a_damaged_row_is_not_believed), cmocka_unit_test(what_was_undone_is_not_learned),
        cmocka_unit_test(advice_makes_the_hall_use_it),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
