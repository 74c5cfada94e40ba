/* SPDX-License-Identifier: MIT
 * Turns, answers, days and starting again: each test runs on a store in memory and on one in a file. */
#include "tests/unit_store/store_kit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dispatcher/core/audit.h"
#include "dispatcher/core/line.h"

/* A store of either kind with a hall that is set up. */
struct setting {
    struct kit_folder folder;
    bool in_memory;
    struct kit kit;
};

static void begin(struct setting *setting, bool in_memory)
{
    struct store *store = NULL;
    struct error error;
    *setting = (struct setting){.in_memory = in_memory};
    if (in_memory) {
        assert_int_equal(store_open_memory(&store, &error), STATUS_OK);
    } else {
        kit_folder_make(&setting->folder);
        store = kit_open(&setting->folder);
    }
    kit_init(&setting->kit, store);
    assert_int_equal(kit_set_up(&setting->kit), STATUS_OK);
}

static void end(struct setting *setting)
{
    kit_close(setting->kit.store);
    kit_destroy(&setting->kit);
    if (!setting->in_memory)
        kit_folder_remove(&setting->folder);
}

static void twice(void (*test)(struct setting *setting))
{
    for (int in_memory = 0; in_memory < 2; in_memory++) {
        struct setting setting;
        begin(&setting, in_memory);
        test(&setting);
        end(&setting);
    }
}

/* Loads a second hall and compares it with the one that has been at work. */
static void expect_same_hall(struct kit *kit)
{
    struct store_load_report report;
    struct hall *again = calloc(1, sizeof *again);
    struct audit_fault fault;
    assert_non_null(again);
    if (store_load(kit->store, again, NULL, NULL, &report, &kit->error) != STATUS_OK)
        fail_msg("%s", kit->error.text);
    assert_true(hall_audit(again, &fault));
    assert_int_equal(hall_digest(again), hall_digest(kit->hall));
    assert_int_equal(report.last_seq, store_last_seq(kit->store));
    assert_int_equal(report.last_ms, kit->hall->last_ms);
    free(again);
}

static void expect_verified(struct kit *kit)
{
    struct store_verify_report report;
    if (store_verify(kit->store, NULL, NULL, &report, &kit->error) != STATUS_OK)
        fail_msg("%s", kit->error.text);
}

static void reopen(struct setting *setting)
{
    if (!setting->in_memory) {
        kit_close(setting->kit.store);
        setting->kit.store = kit_open(&setting->folder);
    }
    assert_int_equal(kit_load(&setting->kit), STATUS_OK);
}

/* ---- turns ---- */
static void count_ticket(const struct store_ticket *ticket, void *userdata)
{
    (void)ticket;
    ++*(int *)userdata;
}

static void run_work(struct setting *setting)
{
    struct kit *kit = &setting->kit;
    for (int day = 0; day < 3; day++) {
        assert_int_equal(kit_open_day(kit), STATUS_OK);
        for (int i = 0; i < 400; i++)
            assert_int_equal(kit_act(kit), STATUS_OK);
        expect_same_hall(kit);
        int tickets = 0;
        assert_int_equal(
            store_tickets(kit->store, kit->hall->date, kit->hall->date, count_ticket, &tickets, &kit->error),
            STATUS_OK);
        assert_int_equal(tickets, kit->hall->ticket_count);
        assert_true(tickets > 50);
        assert_int_equal(kit_close_day(kit), STATUS_OK);
        expect_same_hall(kit);
        uint64_t digest = hall_digest(kit->hall);
        reopen(setting);
        assert_int_equal(hall_digest(kit->hall), digest);
    }
    expect_verified(kit);
}

static void test_work_is_there_after_each_start(void **state)
{
    (void)state;
    twice(run_work);
}

static void run_group(struct setting *setting)
{
    struct kit *kit = &setting->kit;
    assert_int_equal(kit_open_day(kit), STATUS_OK);
    for (int group = 0; group < 20; group++) {
        assert_int_equal(store_begin(kit->store, &kit->error), STATUS_OK);
        assert_true(store_is_open(kit->store));
        for (int i = 0; i < 32; i++)
            kit_act_inside(kit);
        assert_int_equal(store_commit(kit->store, &kit->error), STATUS_OK);
        assert_false(store_is_open(kit->store));
    }
    expect_same_hall(kit);
    expect_verified(kit);
}

static void test_many_commands_share_a_commit(void **state)
{
    (void)state;
    twice(run_group);
}

static void run_rollback(struct setting *setting)
{
    struct kit *kit = &setting->kit;
    struct text text = {0};
    assert_int_equal(kit_open_day(kit), STATUS_OK);
    assert_int_equal(kit_turn(kit, "issue items=1"), STATUS_OK);
    uint64_t digest = hall_digest(kit->hall), seq = store_last_seq(kit->store);
    assert_int_equal(store_begin(kit->store, &kit->error), STATUS_OK);
    assert_true(kit_say(kit, "issue items=2"));
    const struct store_key key = {1, 1, 1};
    assert_int_equal(store_put_answer(kit->store, &key, span_of("A"), kit->now_ms, &kit->error), STATUS_OK);
    assert_int_equal(store_find_answer(kit->store, &key, &text, &kit->error), STATUS_OK);
    assert_int_equal(store_put_setting(kit->store, "name", span_of("x"), &kit->error), STATUS_OK);
    assert_true(store_last_seq(kit->store) > seq);
    store_rollback(kit->store);
    assert_int_equal(store_last_seq(kit->store), seq);
    assert_int_equal(kit_load(kit), STATUS_OK);
    assert_int_equal(hall_digest(kit->hall), digest);
    assert_int_equal(store_find_answer(kit->store, &key, &text, &kit->error), STATUS_NOT_FOUND);
    assert_int_equal(store_find_setting(kit->store, "name", &text, &kit->error), STATUS_NOT_FOUND);
    assert_int_equal(kit_turn(kit, "issue items=2"), STATUS_OK);
    reopen(setting);
    assert_int_equal(store_find_answer(kit->store, &key, &text, &kit->error), STATUS_NOT_FOUND);
    assert_int_equal(kit_turn(kit, "issue items=3"), STATUS_OK);
    expect_same_hall(kit);
    expect_verified(kit);
    text_destroy(&text);
}

static void test_rollback_leaves_nothing(void **state)
{
    (void)state;
    twice(run_rollback);
}

/* ---- answers ---- */
static enum status give(struct kit *kit, struct store_key key, const char *answer)
{
    assert_int_equal(store_begin(kit->store, &kit->error), STATUS_OK);
    enum status status = store_put_answer(kit->store, &key, span_of(answer), kit->now_ms, &kit->error);
    assert_int_equal(store_commit(kit->store, &kit->error), STATUS_OK);
    return status;
}

static void expect_answer(struct kit *kit, struct store_key key, const char *answer)
{
    struct text text = {0};
    text_puts(&text, "old");
    enum status status = store_find_answer(kit->store, &key, &text, &kit->error);
    assert_int_equal(status, answer ? STATUS_OK : STATUS_NOT_FOUND);
    if (answer)
        assert_string_equal(text.data, answer);
    text_destroy(&text);
}

static void run_answers(struct setting *setting)
{
    struct kit *kit = &setting->kit;
    const struct store_key top = {UINT32_MAX, UINT64_MAX, INT64_MAX};
    expect_answer(kit, top, NULL);
    assert_int_equal(give(kit, top, "last"), STATUS_OK);
    assert_int_equal(give(kit, (struct store_key){1, 5, 1}, "one"), STATUS_OK);
    assert_int_equal(give(kit, (struct store_key){1, 5, 3}, "three"), STATUS_OK);
    assert_int_equal(give(kit, (struct store_key){1, 5, 2}, "two"), STATUS_OK);
    assert_int_equal(give(kit, (struct store_key){1, 5, 2}, "again"), STATUS_EXISTS);
    assert_int_equal(give(kit, (struct store_key){2, 5, 2}, ""), STATUS_OK);
    assert_int_equal(give(kit, (struct store_key){1, 6, 2}, "other boot \xe5\x8f\xb7"), STATUS_OK);
    for (int i = 0; i < 2; i++) {
        expect_answer(kit, top, "last");
        expect_answer(kit, (struct store_key){1, 5, 1}, "one");
        expect_answer(kit, (struct store_key){1, 5, 2}, "two");
        expect_answer(kit, (struct store_key){1, 5, 3}, "three");
        expect_answer(kit, (struct store_key){1, 5, 4}, NULL);
        expect_answer(kit, (struct store_key){2, 5, 2}, "");
        expect_answer(kit, (struct store_key){1, 6, 2}, "other boot \xe5\x8f\xb7");
        reopen(setting);
    }
    struct text text = {0};
    const struct store_key beyond = {1, 1, UINT64_MAX};
    assert_int_equal(store_find_answer(kit->store, &beyond, &text, &kit->error), STATUS_LIMIT);
    text_destroy(&text);
}

static void test_answers_are_found_again(void **state)
{
    (void)state;
    twice(run_answers);
}

/* Enough to fold several times, with tidying in between, then all are asked for. */
static void run_many_answers(struct setting *setting)
{
    enum { DEVICES = 37, EACH = 700, GROUP = 50 };
    struct kit *kit = &setting->kit;
    char answer[40];
    for (uint64_t n = 0; n < (uint64_t)DEVICES * EACH; n++) {
        if (n % GROUP == 0)
            assert_int_equal(store_begin(kit->store, &kit->error), STATUS_OK);
        const struct store_key key = {(uint32_t)(n % DEVICES), 1000 + n % DEVICES, n / DEVICES};
        snprintf(answer, sizeof answer, "answer %llu", (unsigned long long)n);
        assert_int_equal(store_put_answer(kit->store, &key, span_of(answer), kit->now_ms, &kit->error),
                         STATUS_OK);
        if (n % GROUP == GROUP - 1)
            assert_int_equal(store_commit(kit->store, &kit->error), STATUS_OK);
        if (n % 10000 == 9999) { /* an hour, sometimes another day */
            bool more = true;
            kit->now_ms += 11 * 3600 * 1000;
            while (more)
                assert_int_equal(store_idle(kit->store, kit->now_ms, &more, &kit->error), STATUS_OK);
        }
    }
    store_rollback(kit->store);
    for (uint64_t n = 0; n < (uint64_t)DEVICES * EACH; n += 7) {
        snprintf(answer, sizeof answer, "answer %llu", (unsigned long long)n);
        expect_answer(kit, (struct store_key){(uint32_t)(n % DEVICES), 1000 + n % DEVICES, n / DEVICES},
                      answer);
    }
    expect_answer(kit, (struct store_key){3, 1003, EACH}, NULL);
    expect_answer(kit, (struct store_key){3, 1004, 3}, NULL);
    reopen(setting);
    expect_answer(kit, (struct store_key){3, 1003, 5}, "answer 188");
    bool more = true;
    kit->now_ms += 4 * (int64_t)DAY_MS;
    for (int i = 0; more; i++) {
        assert_true(i < 1000);
        assert_int_equal(store_idle(kit->store, kit->now_ms, &more, &kit->error), STATUS_OK);
    }
    expect_answer(kit, (struct store_key){3, 1003, 5}, NULL);
}

static void test_answers_are_folded_and_pruned(void **state)
{
    (void)state;
    twice(run_many_answers);
}

static void run_answer_limits(struct setting *setting)
{
    struct kit *kit = &setting->kit;
    char *big = malloc(STORE_ANSWER_MAX + 1);
    assert_non_null(big);
    memset(big, 'x', STORE_ANSWER_MAX + 1);
    const struct store_key key = {1, 1, 1};
    assert_int_equal(store_begin(kit->store, &kit->error), STATUS_OK);
    struct span answer = {big, STORE_ANSWER_MAX + 1};
    assert_int_equal(store_put_answer(kit->store, &key, answer, kit->now_ms, &kit->error), STATUS_LIMIT);
    answer.length--;
    assert_int_equal(store_put_answer(kit->store, &key, answer, kit->now_ms, &kit->error), STATUS_OK);
    assert_int_equal(store_commit(kit->store, &kit->error), STATUS_OK);
    free(big);
}

static void test_a_refused_answer_keeps_the_turn(void **state)
{
    (void)state;
    twice(run_answer_limits);
}

/* ---- days ---- */
struct replaying {
    struct hall *hall;
    uint64_t morning; /* digest when the day's own events begin */
    int before, of_day;
};

static bool replay(const struct store_event *event, void *userdata)
{
    struct replaying *r = userdata;
    if (!event->before && r->of_day == 0)
        r->morning = hall_digest(r->hall);
    hall_evolve(r->hall, &event->event);
    r->before += event->before;
    r->of_day += !event->before;
    return true;
}

static void run_days(struct setting *setting)
{
    struct kit *kit = &setting->kit;
    uint64_t evening[3];
    for (int day = 0; day < 3; day++) {
        assert_int_equal(kit_open_day(kit), STATUS_OK);
        for (int i = 0; i < 150; i++)
            assert_int_equal(kit_act(kit), STATUS_OK);
        assert_int_equal(kit_close_day(kit), STATUS_OK);
        evening[day] = hall_digest(kit->hall);
    }
    struct store_load_report report;
    assert_int_equal(store_load(kit->store, kit->hall, NULL, NULL, &report, &kit->error), STATUS_OK);
    assert_true(report.checkpoint_events > 10); /* only the last day is replayed */
    assert_true(report.events < report.last_seq / 2);
    for (int day = 0; day < 3; day++) {
        struct replaying r = {calloc(1, sizeof *r.hall), 0, 0, 0};
        assert_non_null(r.hall);
        hall_init(r.hall);
        int32_t date = date_from_civil(2026, 11, 23 + day);
        if (store_day(kit->store, date, replay, &r, &kit->error) != STATUS_OK)
            fail_msg("%s", kit->error.text);
        assert_int_equal(hall_digest(r.hall), evening[day]);
        assert_true(r.before > 10 && r.of_day > 100);
        free(r.hall);
    }
    assert_int_equal(store_day(kit->store, date_from_civil(2026, 11, 26), replay, NULL, &kit->error),
                     STATUS_NOT_FOUND);
}

static void test_a_day_replays_from_its_checkpoint(void **state)
{
    (void)state;
    twice(run_days);
}

static void keep_day(const struct store_day_row *day, void *userdata)
{
    struct store_day_row *days = userdata;
    while (days->date)
        days++;
    *days = *day;
}

static bool keep_seq(const struct store_event *event, void *userdata)
{
    struct text *text = userdata;
    text_printf(text, "%llu ", (unsigned long long)event->seq);
    return text->length < 12;
}

static void run_lists(struct setting *setting)
{
    struct kit *kit = &setting->kit;
    struct store_day_row days[4] = {0};
    struct text text = {0};
    assert_int_equal(kit_open_day(kit), STATUS_OK);
    assert_int_equal(kit_close_day(kit), STATUS_OK);
    assert_int_equal(kit_open_day(kit), STATUS_OK);
    assert_int_equal(store_days(kit->store, 0, INT32_MAX, keep_day, days, &kit->error), STATUS_OK);
    assert_int_equal(days[0].date, date_from_civil(2026, 11, 23));
    assert_int_equal(days[1].date, date_from_civil(2026, 11, 24));
    assert_int_equal(days[2].date, 0);
    assert_true(days[0].opened_seq < days[0].closed_seq && days[0].closed_seq < days[1].opened_seq);
    assert_int_equal(days[0].opened_ms, kit_ms(0, 9, 0));
    assert_int_equal(days[1].closed_seq, 0);
    assert_int_equal(store_events(kit->store, 3, 2, keep_seq, &text, &kit->error), STATUS_OK);
    assert_string_equal(text.data, "4 5 ");
    assert_int_equal(store_events(kit->store, 5, 1000, keep_seq, &text, &kit->error), STATUS_OK);
    assert_string_equal(text.data, "4 5 6 7 8 9 ");
    assert_int_equal(store_events(kit->store, store_last_seq(kit->store), 1, keep_seq, &text, &kit->error),
                     STATUS_OK);
    text_destroy(&text);
}

static void test_days_and_events_are_listed(void **state)
{
    (void)state;
    twice(run_lists);
}

static void check_ticket(const struct store_ticket *row, void *userdata)
{
    const struct hall *hall = userdata;
    const struct ticket *ticket = &hall->tickets[row->id.value];
    struct ticket expected = *ticket;
    expected.waiting_at = row->ticket.waiting_at;
    expected.order = row->ticket.order;
    assert_int_equal(row->date, hall->date);
    assert_int_equal(row->domain.value, hall_ticket_domain(hall, ticket).value);
    assert_true(number_equals(row->ticket.number, expected.number));
    assert_int_equal(row->ticket.current, expected.current);
    assert_int_equal(row->ticket.item_count, expected.item_count);
    assert_memory_equal(row->ticket.items, expected.items, sizeof expected.items);
    assert_int_equal(row->ticket.state, expected.state);
    assert_int_equal(row->ticket.person.value, expected.person.value);
    assert_int_equal(row->ticket.issued_ms, expected.issued_ms);
    assert_int_equal(row->ticket.waited_ms, expected.waited_ms);
    assert_int_equal(row->ticket.served_ms, expected.served_ms);
    assert_int_equal(row->ticket.ended_ms, expected.ended_ms);
}

static void run_rows(struct setting *setting)
{
    struct kit *kit = &setting->kit;
    assert_int_equal(kit_open_day(kit), STATUS_OK);
    for (int i = 0; i < 500; i++)
        assert_int_equal(kit_act(kit), STATUS_OK);
    int32_t date = kit->hall->date;
    assert_int_equal(store_tickets(kit->store, date, date, check_ticket, kit->hall, &kit->error), STATUS_OK);
}

static void test_ticket_rows_are_the_hall(void **state)
{
    (void)state;
    twice(run_rows);
}

/* Rated after closing, before the next day opens: still of that day, and still there after a start. */
static void run_late_rating(struct setting *setting)
{
    struct kit *kit = &setting->kit;
    assert_int_equal(kit_open_day(kit), STATUS_OK);
    assert_int_equal(kit_turn(kit, "issue items=1"), STATUS_OK);
    char line[80], number[NUMBER_TEXT_MAX];
    number_format(kit->hall->tickets[1].number, number);
    kit->now_ms += 60000;
    assert_int_equal(kit_turn(kit, "call window=1"), STATUS_OK);
    kit->now_ms += 60000;
    assert_int_equal(kit_turn(kit, "start window=1"), STATUS_OK);
    kit->now_ms += 60000;
    assert_int_equal(kit_turn(kit, "finish window=1"), STATUS_OK);
    assert_int_equal(kit_close_day(kit), STATUS_OK);
    reopen(setting);
    snprintf(line, sizeof line, "rate number=%s level=satisfied", number);
    kit->now_ms = kit->hall->last_ms + 1000;
    assert_int_equal(kit_turn(kit, line), STATUS_OK);
    assert_int_equal(kit->hall->tickets[1].rating, RATING_SATISFIED);
    expect_same_hall(kit);
    kit->now_ms = kit_ms(1, 8, 0);
    assert_int_equal(kit_open_day(kit), STATUS_OK);
    expect_same_hall(kit);
    expect_verified(kit);
}

static void test_ratings_after_closing_are_kept(void **state)
{
    (void)state;
    twice(run_late_rating);
}

/* ---- outbox ---- */
static void keep_message(const struct store_message *message, void *userdata)
{
    text_printf(userdata, "%lld %.*s %.*s %d;", (long long)message->id, (int)message->kind.length,
                message->kind.data, (int)message->body.length, message->body.data, message->tries);
}

static void run_outbox(struct setting *setting)
{
    struct store *store = setting->kit.store;
    struct error error;
    struct text text = {0};
    int64_t first = 0, second = 0, next = 0;
    assert_int_equal(store_outbox_next(store, &next, &error), STATUS_OK);
    assert_true(next == INT64_MAX);
    assert_int_equal(store_put_outbox(store, "sms", span_of("one"), 1000, &first, &error), STATUS_OK);
    assert_int_equal(store_put_outbox(store, "sms", span_of("two"), 1001, &second, &error), STATUS_OK);
    assert_true(second > first);
    assert_int_equal(store_outbox_next(store, &next, &error), STATUS_OK);
    assert_int_equal(next, 1000);
    assert_int_equal(store_outbox_due(store, 1000, 10, keep_message, &text, &error), STATUS_OK);
    assert_string_equal(text.data, "1 sms one 0;");
    assert_int_equal(store_outbox_retry(store, first, 5000, &error), STATUS_OK);
    assert_int_equal(store_outbox_done(store, second, 2000, &error), STATUS_OK);
    assert_int_equal(store_outbox_done(store, second, 2000, &error), STATUS_NOT_FOUND);
    assert_int_equal(store_outbox_retry(store, 77, 2000, &error), STATUS_NOT_FOUND);
    text_clear(&text);
    assert_int_equal(store_outbox_due(store, 4999, 10, keep_message, &text, &error), STATUS_OK);
    assert_int_equal(text.length, 0);
    assert_int_equal(store_outbox_due(store, 5000, 10, keep_message, &text, &error), STATUS_OK);
    assert_string_equal(text.data, "1 sms one 1;");
    text_destroy(&text);
}

static void test_outbox_keeps_what_is_unsent(void **state)
{
    (void)state;
    twice(run_outbox);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_work_is_there_after_each_start),
        cmocka_unit_test(test_many_commands_share_a_commit),
        cmocka_unit_test(test_rollback_leaves_nothing),
        cmocka_unit_test(test_answers_are_found_again),
        cmocka_unit_test(test_answers_are_folded_and_pruned),
        cmocka_unit_test(test_a_refused_answer_keeps_the_turn),
        cmocka_unit_test(test_a_day_replays_from_its_checkpoint),
        cmocka_unit_test(test_days_and_events_are_listed),
        cmocka_unit_test(test_ticket_rows_are_the_hall),
        cmocka_unit_test(test_ratings_after_closing_are_kept),
        cmocka_unit_test(test_outbox_keeps_what_is_unsent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
