/* SPDX-License-Identifier: MIT
 * Where the hall's fixed capacities end: states that a day hardly reaches are made by hand, then decided
 * upon. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dispatcher/core/calendar.h"
#include "dispatcher/core/line.h"
#include "dispatcher/core/refusal.h"
#include "dispatcher/sim/stage.h"

static struct stage stage;
static int32_t today;

static int64_t midnight_ms(void)
{
    return hall_midnight_ms(stage.hall, today);
}

static bool say(const char *line)
{
    struct command command;
    struct line_fault fault;
    struct error error;
    if (!line_to_command(line, strlen(line), midnight_ms(), &command, &fault))
        fail_msg("%s: %s", line, fault.text);
    bool ok = stage_act(&stage, &command, &error);
    if (!ok && error.status != STATUS_OK)
        fail_msg("%s: %s", line, error.text);
    return ok;
}

static void must(const char *line)
{
    if (!say(line))
        fail_msg("%s: refused %s", line, refusal_wire(stage.decision.refusal.code));
}

static void refused(const char *line, enum refusal_code code)
{
    assert_false(say(line));
    assert_string_equal(refusal_wire(stage.decision.refusal.code), refusal_wire(code));
}

static const struct event *last_event(void)
{
    return &stage.decision.events[stage.decision.count - 1];
}

/* An open hall at ten with one booking for 10:15. */
static int make_hall(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "set-week 1 sessions=09:00-17:00",
        "set-week 2 sessions=09:00-17:00",
        "set-zone 1 letter=A",
        "set-domain 1 series=A slot_capacity=50",
        "set-item 1 domain=1 expected=300s bookable",
        "set-window 1 zone=1",
        "set-clerk 1 trained",
        "set-authorisation 1 clerk=1 domains=1 valid_from=2026-01-01 valid_to=2026-12-31",
        "set-policy slot-min value=15",
        "set-policy same-day-lead-min value=0",
        "open-day",
        "start-duty window=1 clerk=1",
        "book item=1 date=2026-11-23 slot=10:15 person=1",
    };
    if (!stage_init(&stage))
        return -1;
    today = date_from_civil(2026, 11, 23);
    stage.now_ms = midnight_ms() + 10 * 60 * MINUTE_MS;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        must(lines[i]);
    return 0;
}

static int drop_hall(void **state)
{
    (void)state;
    stage_destroy(&stage);
    return 0;
}

static void check_in_line(char *out, size_t size)
{
    snprintf(out, size, "check-in booking=%u", stage.hall->bookings[0].code.value);
}

/* Uses up a letter without handing out its numbers one by one. */
static void use_up(char letter)
{
    stage.hall->series_last[letter - 'A'] = NUMBER_COUNT_MAX;
}

static void test_booked_numbers_go_on_in_the_domain_series(void **state)
{
    (void)state;
    char line[64];
    check_in_line(line, sizeof line);
    stage.hall->series_last['Y' - 'A'] = NUMBER_COUNT_MAX - 1;
    must(line);
    assert_int_equal(last_event()->ticket_issued.number.letter, 'Y');
    assert_int_equal(last_event()->ticket_issued.number.count, NUMBER_COUNT_MAX);
    must("book item=1 date=2026-11-23 slot=10:15 person=2");
    snprintf(line, sizeof line, "check-in booking=%u", last_event()->booking_made.booking.value);
    must(line);
    assert_int_equal(last_event()->ticket_issued.number.letter, 'A');
    assert_int_equal(last_event()->ticket_issued.class, CLASS_BOOKED);
}

static void test_check_in_when_all_numbers_are_used(void **state)
{
    (void)state;
    char line[64];
    check_in_line(line, sizeof line);
    for (char letter = 'A'; letter <= 'Z'; letter++)
        use_up(letter);
    refused(line, REFUSED_NUMBERS_EXHAUSTED);
    refused("issue items=1", REFUSED_NUMBERS_EXHAUSTED);
}

static void test_check_in_when_the_hall_is_full(void **state)
{
    (void)state;
    char line[64];
    check_in_line(line, sizeof line);
    stage.hall->ticket_count = TICKETS_MAX; /* never looked at: both are refused first */
    refused(line, REFUSED_HALL_FULL);
    refused("issue items=1", REFUSED_HALL_FULL);
    stage.hall->ticket_count = 0;
}

static void test_a_letter_that_a_domain_uses_is_no_spare_one(void **state)
{
    (void)state;
    must("set-domain 64 series=C");
    must("set-domain 63 series=F");
    use_up('A');
    must("issue items=1");
    assert_int_equal(last_event()->ticket_issued.number.letter, 'H');
}

static void test_a_command_without_items(void **state)
{
    (void)state;
    struct command command = {.kind = COMMAND_ISSUE, .by = {ACTOR_KIOSK, 1}};
    struct error error;
    assert_false(stage_act(&stage, &command, &error));
    assert_int_equal(stage.decision.refusal.code, REFUSED_NO_SUCH_ITEM);
    command.issue.number = (struct number){'L', 'A', 1};
    assert_false(stage_act(&stage, &command, &error));
    assert_int_equal(stage.decision.refusal.code, REFUSED_NO_SUCH_ITEM);
}

static void test_values_outside_their_enum(void **state)
{
    (void)state;
    struct error error;
    struct command issue = {.kind = COMMAND_ISSUE, .issue = {.items = {1, {{1}}}, .channel = CHANNELS}};
    struct command class = {.kind = COMMAND_ISSUE, .issue = {.items = {1, {{1}}}, .class = TICKET_CLASSES}};
    struct command check_in = {.kind = COMMAND_CHECK_IN,
                               .check_in = {stage.hall->bookings[0].code, CHANNELS}};
    struct command pause = {.kind = COMMAND_PAUSE, .pause = {{1}, PAUSE_REASONS, 0}};
    struct command policy = {.kind = COMMAND_SET_POLICY, .set_policy = {POLICY_KEYS, 1}};
    struct command book = {.kind = COMMAND_BOOK, .by = {ACTOR_CLERK, 1}};
    book.book = (struct book){.item = {1}, .date = today, .slot_min = 615, .channel = CHANNELS};
    const struct command *wrong[] = {&issue, &class, &check_in, &pause, &book};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_false(stage_act(&stage, wrong[i], &error));
        assert_int_equal(stage.decision.refusal.code, REFUSED_BAD_VALUE);
    }
    struct command zone = {.kind = COMMAND_SET_ZONE, .set_zone = {{1}, 0}};
    struct command item = {.kind = COMMAND_SET_ITEM, .set_item = {{1}, {1}, 1000, .case_type = CASE_TYPES}};
    struct command window = {.kind = COMMAND_SET_WINDOW, .set_window = {{1}, {1}, .mode = WINDOW_MODES}};
    struct command authorisation = {.kind = COMMAND_SET_AUTHORISATION};
    authorisation.set_authorisation =
        (struct authorisation_set){1, {1}, 1, {0}, 1, 2, AUTHORISATION_CLASSES, false};
    const struct command *catalogue[] = {&zone, &item, &window, &authorisation};
    for (size_t i = 0; i < sizeof catalogue / sizeof catalogue[0]; i++) {
        assert_false(stage_act(&stage, catalogue[i], &error));
        assert_int_equal(stage.decision.refusal.code, REFUSED_NOT_IN_CATALOGUE);
    }
    must("issue items=1");
    must("call window=1");
    struct command transfer = {.kind = COMMAND_TRANSFER, .transfer = {.window = {1}, .place = PLACES}};
    assert_false(stage_act(&stage, &transfer, &error));
    assert_int_equal(stage.decision.refusal.code, REFUSED_BAD_VALUE);
    assert_false(stage_act(&stage, &policy, &error));
    assert_int_equal(stage.decision.refusal.code, REFUSED_NOT_IN_CATALOGUE);
}

static void set_day(int32_t date, enum refusal_code expected)
{
    struct command command = {.kind = COMMAND_SET_CALENDAR, .set_calendar = {.date = date}};
    struct error error;
    bool ok = stage_act(&stage, &command, &error);
    assert_int_equal(ok, expected == REFUSED_NONE);
    assert_int_equal(stage.decision.refusal.code, expected);
}

/* A full calendar makes room by forgetting its oldest day, if that is past. */
static void test_a_full_calendar_forgets_what_is_past(void **state)
{
    (void)state;
    for (int32_t i = 0; i < CALENDAR_DAYS_MAX; i++)
        set_day(today + i, REFUSED_NONE);
    assert_int_equal(stage.hall->calendar_count, CALENDAR_DAYS_MAX);
    set_day(today + 5, REFUSED_NONE);                             /* known: changed in place */
    set_day(today + CALENDAR_DAYS_MAX, REFUSED_NOT_IN_CATALOGUE); /* the oldest is today */
    stage.now_ms += DAY_MS;
    set_day(today - 1, REFUSED_NOT_IN_CATALOGUE); /* would be the oldest itself */
    set_day(today + CALENDAR_DAYS_MAX, REFUSED_NONE);
    assert_int_equal(stage.hall->calendar_count, CALENDAR_DAYS_MAX);
    assert_int_equal(stage.hall->calendar[0].date, today + 1);
    assert_int_equal(stage.hall->calendar[CALENDAR_DAYS_MAX - 1].date, today + CALENDAR_DAYS_MAX);
    for (uint32_t i = 1; i < stage.hall->calendar_count; i++)
        assert_true(stage.hall->calendar[i - 1].date < stage.hall->calendar[i].date);
}

/* The memory of missed bookings forgets the oldest when it is full, in the visitor's favour. */
static void test_a_full_memory_of_misses(void **state)
{
    (void)state;
    struct event missed = {.kind = EVENT_MISS_KEPT, .at_ms = stage.hall->last_ms};
    for (uint32_t i = 0; i < MISSES_MAX + 3; i++) {
        missed.miss_kept = (struct miss_kept){{i + 1}, today - 1};
        hall_evolve(stage.hall, &missed);
    }
    assert_int_equal(stage.hall->miss_count, MISSES_MAX);
    assert_int_equal(stage.hall->misses[0].person.value, 4);
    assert_int_equal(stage.hall->misses[MISSES_MAX - 1].person.value, MISSES_MAX + 3);
}

static bool all_zero(const void *at, size_t size)
{
    const unsigned char *bytes = at;
    for (size_t i = 0; i < size; i++)
        if (bytes[i])
            return false;
    return true;
}

/* A new day remembers nothing of the old one's tickets, so that no table ever fills up. */
static void test_a_new_day_begins_empty(void **state)
{
    (void)state;
    struct error error;
    struct hall *hall = stage.hall;
    for (unsigned i = 0; i < 300; i++)
        must("issue items=1");
    must("call window=1");
    must("close-day anyway");
    assert_true(stage_tick(&stage, &error));
    stage.now_ms = midnight_ms() + DAY_MS + 10 * 60 * MINUTE_MS;
    assert_true(stage_tick(&stage, &error));
    assert_int_equal(hall->day_state, DAY_OPEN);
    assert_true(all_zero(hall->tickets, sizeof hall->tickets));
    assert_true(all_zero(hall->by_number, sizeof hall->by_number));
    assert_true(all_zero(hall->waiting, sizeof hall->waiting));
    assert_true(all_zero(&hall->counts, sizeof hall->counts));
    assert_int_equal(hall->windows[1].undo.act, ACT_NONE);
}

/* What is missed counts for 90 days and then suspends for 90: after 180 it is forgotten. Bookings without a
 * person leave no trace. */
static void test_misses_are_forgotten(void **state)
{
    (void)state;
    struct hall *hall = stage.hall;
    struct event kept = {.kind = EVENT_MISS_KEPT, .at_ms = hall->last_ms};
    for (int32_t age = 179; age <= 181; age++) {
        kept.miss_kept = (struct miss_kept){{7}, today - age};
        hall_evolve(hall, &kept);
    }
    kept.miss_kept.person.value = 0;
    hall_evolve(hall, &kept);
    assert_int_equal(hall->miss_count, 3);
    struct event closed = {.kind = EVENT_DAY_CLOSED, .at_ms = hall->last_ms, .day_closed = {today}};
    hall_evolve(hall, &closed);
    assert_int_equal(hall->miss_count, 1);
    assert_int_equal(hall->misses[0].date, today - 179);
    assert_true(all_zero(&hall->misses[1], sizeof hall->misses - sizeof hall->misses[0]));
    struct event lifted = {
        .kind = EVENT_SUSPENSION_LIFTED, .at_ms = hall->last_ms, .suspension_lifted = {.person = {7}}};
    hall_evolve(hall, &lifted);
    assert_int_equal(hall->miss_count, 0);
}

/* A long closing goes on tick by tick and ends, whatever there is to close. */
static void test_a_long_closing(void **state)
{
    (void)state;
    struct error error;
    for (unsigned i = 0; i < 300; i++)
        must("issue items=1");
    for (unsigned i = 0; i < 49; i++)
        must("book item=1 date=2026-11-23 slot=11:00 by=clerk:1");
    stage.now_ms = midnight_ms() + 13 * 60 * MINUTE_MS;
    must("close-day");
    struct command tick = {.kind = COMMAND_TICK};
    unsigned steps = 0;
    while (stage.hall->day_state != DAY_CLOSED) {
        assert_true(stage_act(&stage, &tick, &error));
        assert_true(stage.decision.count <= EVENTS_MAX);
        steps++;
    }
    assert_in_range(steps, 9, 10);
    assert_int_equal(stage.hall->counts.states[TICKET_LAPSED], 300);
    assert_int_equal(stage.hall->booking_count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_booked_numbers_go_on_in_the_domain_series, make_hall, drop_hall),
        cmocka_unit_test_setup_teardown(test_check_in_when_all_numbers_are_used, make_hall, drop_hall),
        cmocka_unit_test_setup_teardown(test_check_in_when_the_hall_is_full, make_hall, drop_hall),
        cmocka_unit_test_setup_teardown(test_a_letter_that_a_domain_uses_is_no_spare_one, make_hall,
                                        drop_hall),
        cmocka_unit_test_setup_teardown(test_a_command_without_items, make_hall, drop_hall),
        cmocka_unit_test_setup_teardown(test_values_outside_their_enum, make_hall, drop_hall),
        cmocka_unit_test_setup_teardown(test_a_full_calendar_forgets_what_is_past, make_hall, drop_hall),
        cmocka_unit_test_setup_teardown(test_a_full_memory_of_misses, make_hall, drop_hall),
        cmocka_unit_test_setup_teardown(test_a_new_day_begins_empty, make_hall, drop_hall),
        cmocka_unit_test_setup_teardown(test_misses_are_forgotten, make_hall, drop_hall),
        cmocka_unit_test_setup_teardown(test_a_long_closing, make_hall, drop_hall),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
