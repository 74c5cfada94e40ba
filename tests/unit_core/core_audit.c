/* SPDX-License-Identifier: MIT
 * The audit itself: a sound hall passes, and each thing that must never be is found and named. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dispatcher/core/audit.h"
#include "dispatcher/core/calendar.h"
#include "dispatcher/core/line.h"
#include "dispatcher/sim/stage.h"

static struct stage stage;
static struct hall *sound; /* a copy to go back to */

static void must(const char *line)
{
    struct command command;
    struct line_fault fault;
    struct error error;
    if (!line_to_command(line, strlen(line), stage.hall->midnight_ms, &command, &fault))
        fail_msg("%s: %s", line, fault.text);
    if (!stage_act(&stage, &command, &error))
        fail_msg("%s: %s", line, refusal_wire(stage.decision.refusal.code));
}

/* A001 on hold, A002 served at window 1, A003 called at 2, A004 and A005 waiting, A006 cancelled; window 3
 * idle. */
static int make_hall(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "set-week 1 sessions=09:00-17:00",
        "set-week 2 sessions=09:00-17:00",
        "set-zone 1 letter=A",
        "set-domain 1 series=A slot_capacity=5",
        "set-item 1 domain=1 expected=300s bookable",
        "set-item 2 domain=1 expected=300s",
        "set-window 1 zone=1",
        "set-window 2 zone=1",
        "set-window 3 zone=1",
        "set-window 4 zone=1",
        "set-clerk 1 trained",
        "set-clerk 2 trained",
        "set-clerk 3 trained",
        "set-clerk 4 trained",
        "set-authorisation 1 clerk=1 domains=1 valid_from=2026-01-01 valid_to=2026-12-31",
        "set-authorisation 2 clerk=2 domains=1 valid_from=2026-01-01 valid_to=2026-12-31",
        "set-authorisation 3 clerk=3 domains=1 valid_from=2026-01-01 valid_to=2026-12-31",
        "open-day",
        "start-duty window=1 clerk=1",
        "start-duty window=2 clerk=2",
        "start-duty window=3 clerk=3",
        "issue items=1",
        "issue items=1",
        "issue items=1",
        "issue items=1,2",
        "issue items=1",
        "issue items=2",
        "call window=3",
        "start window=3",
        "hold window=3",
        "call window=1",
        "start window=1",
        "call window=2",
        "cancel number=A006",
        "book item=1 date=2026-11-24 slot=09:30 by=clerk:1",
        "book item=1 date=2026-11-24 slot=09:30 by=clerk:1"};
    sound = malloc(sizeof *sound);
    if (!sound || !stage_init(&stage))
        return -1;
    stage.now_ms = hall_midnight_ms(stage.hall, date_from_civil(2026, 11, 23)) + 10 * 60 * MINUTE_MS;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        must(lines[i]);
    *sound = *stage.hall;
    return 0;
}

static int drop_hall(void **state)
{
    (void)state;
    stage_destroy(&stage);
    free(sound);
    return 0;
}

/* The hall, as it is now, must be found broken; then it is made sound again. */
static void broken_as(const char *invariant)
{
    struct audit_fault fault = {0};
    if (hall_audit(stage.hall, &fault))
        fail_msg("%s is not found", invariant);
    if (strcmp(fault.invariant, invariant) != 0)
        fail_msg("%s found as %s: %s", invariant, fault.invariant, fault.text);
    assert_true(strlen(fault.text) > 0);
    *stage.hall = *sound;
}

static struct ticket *ticket(unsigned n)
{
    return &stage.hall->tickets[n];
}

static void test_a_sound_hall(void **state)
{
    (void)state;
    struct audit_fault fault;
    assert_true(hall_audit(stage.hall, &fault));
    assert_int_equal(ticket(2)->state, TICKET_SERVING);
    assert_int_equal(ticket(3)->state, TICKET_CALLED);
    assert_int_equal(ticket(1)->state, TICKET_HELD);
    assert_int_equal(stage.hall->waiting_count, 2);
}

static void test_numbers(void **state)
{
    (void)state;
    ticket(4)->number = ticket(5)->number;
    broken_as("I2");
    ticket(4)->number.count = 4711; /* cannot be found */
    broken_as("I2");
    stage.hall->series_last[0]--;
    broken_as("I2");
    stage.hall->bookings[1].code = stage.hall->bookings[0].code;
    broken_as("I2");
}

static void test_windows_and_visitors(void **state)
{
    (void)state;
    struct window *windows = stage.hall->windows;
    windows[3].ticket = windows[2].ticket; /* two windows with one visitor */
    windows[3].idle_from_ms = 0;
    broken_as("I3");
    windows[1].ticket.value = 4; /* one that waits */
    broken_as("I3");
    windows[2].ticket.value = 0; /* called, but nowhere */
    windows[2].idle_from_ms = 1;
    broken_as("I3");
    ticket(2)->window.value = 2;
    broken_as("I3");
    windows[1].clerk.value = 0;
    stage.hall->clerks[1].window.value = 0;
    broken_as("I3");
    windows[3].idle_from_ms = 0;
    broken_as("I3");
    windows[4].idle_from_ms = 5;
    broken_as("I3");
    stage.hall->clerks[4].window.value = 2;
    broken_as("I3");
    stage.hall->clerks[3].window.value = 2;
    broken_as("I3");
}

static void test_the_line(void **state)
{
    (void)state;
    struct waiting *waiting = stage.hall->waiting;
    waiting[0].ref_ms++;
    broken_as("I4");
    waiting[0].order++;
    broken_as("I4");
    waiting[0].class = CLASS_GREEN;
    broken_as("I4");
    waiting[0].item.value = 2;
    broken_as("I4");
    waiting[0].domain = 2;
    broken_as("I4");
    waiting[0].asked_window.value = 3;
    broken_as("I4");
    waiting[0].asked_clerk.value = 3;
    broken_as("I4");
    waiting[0].ticket.value = 2;
    broken_as("I4");
    waiting[1] = waiting[0];
    broken_as("I4");
    stage.hall->waiting_count--;
    broken_as("I4");
    stage.hall->domains[1].waiting++;
    broken_as("I4");
}

static void test_counts(void **state)
{
    (void)state;
    stage.hall->counts.states[TICKET_HELD]++;
    broken_as("I9");
    stage.hall->counts.issued++;
    broken_as("I9");
    stage.hall->items[1].issued++;
    broken_as("I9");
    stage.hall->items[2].issued--;
    broken_as("I9");
    ticket(6)->state = TICKET_FINISHED;
    broken_as("I9");
}

static void test_tickets_that_cannot_be(void **state)
{
    (void)state;
    ticket(1)->state = TICKET_NONE;
    broken_as("I6");
    ticket(1)->state = TICKET_STATES;
    broken_as("I6");
    ticket(1)->item_count = 0;
    broken_as("I6");
    ticket(1)->item_count = TICKET_ITEMS_MAX + 1;
    broken_as("I6");
    ticket(1)->current = 1;
    broken_as("I6");
    ticket(1)->waited_ms = -1;
    broken_as("I6");
    ticket(1)->served_ms = -1;
    broken_as("I6");
    stage.hall->day_state = DAY_CLOSED; /* with people in it */
    broken_as("I6");
}

static void test_bookings(void **state)
{
    (void)state;
    stage.hall->bookings[0].state = BOOKING_FREE;
    broken_as("I1");
}

/* Window 2's clerk may do everything, so that domain 1 is what there is; window 3 gets a proposal. */
static void test_postings(void **state)
{
    (void)state;
    struct window *windows = stage.hall->windows;
    windows[1].may_domains = 2;
    broken_as("I7");
    windows[4].may_domains = 1; /* nobody is there */
    broken_as("I7");
    windows[1].cover = 1; /* not posted for it */
    broken_as("I7");
    windows[1].posted = windows[1].cover = 1; /* nothing of its own */
    broken_as("I7");
    windows[4].posted = 3;
    windows[4].cover = 1; /* without a clerk */
    broken_as("I7");
    stage.hall->uncovered = 1; /* three windows are there */
    broken_as("I7");
    struct audit_fault fault;
    windows[1].posted = 3;
    windows[1].cover = 2;
    stage.hall->uncovered = 2;
    assert_true(hall_audit(stage.hall, &fault));
    *stage.hall = *sound;
}

static struct proposal *propose(uint32_t number, uint16_t window)
{
    struct proposal *proposal = &stage.hall->proposals[stage.hall->proposal_count++];
    *proposal = (struct proposal){
        .made = {.proposal = number, .window = {window}, .after = 1, .expires_ms = 9}, .made_ms = 5};
    stage.hall->proposal_last = number;
    return proposal;
}

static void test_proposals(void **state)
{
    (void)state;
    struct audit_fault fault;
    propose(1, 2);
    propose(2, 3);
    assert_true(hall_audit(stage.hall, &fault));
    stage.hall->proposal_last = 1;
    broken_as("I8");
    propose(2, 2);
    propose(2, 3);
    broken_as("I8");
    propose(1, 4); /* nobody is there */
    broken_as("I8");
    propose(1, 2);
    propose(2, 2);
    broken_as("I8");
    propose(1, 2)->is_applied = true;
    propose(2, 2);
    assert_true(hall_audit(stage.hall, &fault));
    stage.hall->windows[2].posted = 2; /* not what the first has brought, nor what it was before */
    broken_as("I8");
    propose(1, 2);
    stage.hall->windows[2].posted = 1; /* posted meanwhile, and still open */
    broken_as("I8");
    propose(1, 2)->made.after = 0;
    broken_as("I8");
    propose(1, 2)->made.expires_ms = 4;
    broken_as("I8");
    stage.hall->proposal_count = PROPOSALS_MAX + 1;
    broken_as("I8");
}

static void test_breaks_and_forecasts(void **state)
{
    (void)state;
    struct window *window = &stage.hall->windows[4];
    struct audit_fault fault;
    window->break_count = 2;
    window->breaks[0] = (struct planned_break){100, 200};
    window->breaks[1] = (struct planned_break){200, 300};
    assert_true(hall_audit(stage.hall, &fault));
    window->breaks[1].from_ms = 199;
    broken_as("I8");
    window->break_count = 1;
    window->breaks[0] = (struct planned_break){100, 100};
    broken_as("I8");
    window->break_count = BREAKS_MAX + 1;
    broken_as("I8");
    ticket(4)->high_s = 5; /* but there is no forecast */
    broken_as("I6");
    ticket(4)->has_forecast = true;
    ticket(4)->low_s = 5;
    broken_as("I6");
    ticket(4)->has_forecast = true;
    ticket(4)->first_low_s = 5;
    broken_as("I6");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_sound_hall),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_windows_and_visitors),
        cmocka_unit_test(test_the_line),
        cmocka_unit_test(test_counts),
        cmocka_unit_test(test_tickets_that_cannot_be),
        cmocka_unit_test(test_bookings),
        cmocka_unit_test(test_postings),
        cmocka_unit_test(test_proposals),
        cmocka_unit_test(test_breaks_and_forecasts),
    };
    return cmocka_run_group_tests(tests, make_hall, drop_hall);
}
