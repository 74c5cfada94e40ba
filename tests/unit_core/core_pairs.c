/* SPDX-License-Identifier: MIT
 * People at once: every order in which windows press call while visitors arrive, and every ordered pair of
 * acts of visitor and clerk upon a ticket in every state. After each act the audit; in the end the day
 * closes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dispatcher/core/calendar.h"
#include "dispatcher/core/refusal.h"
#include "dispatcher/sim/stage.h"

enum { WINDOWS = 4 };

static struct stage stage;
static int32_t date;

static void check_no_fault(bool ok, const struct error *error)
{
    if (!ok && error->status != STATUS_OK)
        fail_msg("%s", error->text);
}

static bool act(const struct command *command)
{
    struct error error;
    bool ok = stage_act(&stage, command, &error);
    check_no_fault(ok, &error);
    return ok;
}

static void must(const struct command *command)
{
    if (!act(command))
        fail_msg("%s is refused with %s", command_name(command->kind),
                 refusal_wire(stage.decision.refusal.code));
}

static void tick(void)
{
    struct error error;
    check_no_fault(stage_tick(&stage, &error), &error);
}

/* ---- the hall: one domain, two items, four windows; every trial is a business day of its own ---- */

static void set_window(uint16_t w)
{
    struct command command = {.kind = COMMAND_SET_WINDOW};
    command.set_window = (struct window_set){.window = {w}, .zone = {1}, .mode = MODE_UNDIFFERENTIATED};
    must(&command);
    command = (struct command){.kind = COMMAND_SET_CLERK};
    command.set_clerk = (struct clerk_set){.clerk = {w}, .trained = true};
    must(&command);
    command = (struct command){.kind = COMMAND_SET_AUTHORISATION};
    command.set_authorisation = (struct authorisation_set){
        .authorisation = w, .clerk = {w}, .domains = 1, .from_date = 1, .to_date = 99999};
    must(&command);
}

static int make_hall(void **state)
{
    (void)state;
    if (!stage_init(&stage))
        return -1;
    struct command command;
    date = date_from_civil(2026, 11, 23);
    for (uint16_t weekday = 0; weekday < 7; weekday++) {
        command = (struct command){.kind = COMMAND_SET_WEEK};
        command.set_week = (struct week_set){weekday, {1, {{540, 1020}}}};
        must(&command);
    }
    command = (struct command){.kind = COMMAND_SET_ZONE, .set_zone = {{1}, 'A'}};
    must(&command);
    command = (struct command){.kind = COMMAND_SET_DOMAIN, .set_domain = {{1}, 'A', 5, false}};
    must(&command);
    for (uint16_t item = 1; item <= 2; item++) {
        command = (struct command){.kind = COMMAND_SET_ITEM};
        command.set_item =
            (struct item_set){.item = {item}, .domain = {1}, .expected_ms = 300000, .bookable = true};
        must(&command);
    }
    command = (struct command){.kind = COMMAND_SET_KIND, .set_kind = {1, CLASS_PRIORITY}};
    must(&command);
    for (uint16_t w = 1; w <= WINDOWS; w++)
        set_window(w);
    return 0;
}

static int drop_hall(void **state)
{
    (void)state;
    stage_destroy(&stage);
    return 0;
}

static void begin_day(unsigned windows)
{
    date++;
    stage.now_ms = hall_midnight_ms(stage.hall, date) + 10 * 60 * MINUTE_MS;
    tick();
    assert_int_equal(stage.hall->day_state, DAY_OPEN);
    for (uint16_t w = 1; w <= windows; w++) {
        struct command command = {.kind = COMMAND_START_DUTY, .start_duty = {{w}, {w}, false}};
        must(&command);
    }
}

static void end_day(void)
{
    struct command command = {.kind = COMMAND_CLOSE_DAY, .close_day = {true}};
    must(&command);
    tick();
    assert_int_equal(stage.hall->day_state, DAY_CLOSED);
}

static bool issue(void)
{
    struct command command = {.kind = COMMAND_ISSUE};
    command.issue.items = (struct item_list){2, {{1}, {2}}};
    return act(&command);
}

static bool press_call(unsigned window)
{
    struct command command = {.kind = COMMAND_CALL, .call = {{(uint16_t)window}}};
    return act(&command);
}

/* ---- D1: windows press call at once ---- */

struct crowd {
    unsigned windows, tickets, presses;
    unsigned pressed[WINDOWS + 1], issued;
    unsigned order[16], length;
    unsigned long runs;
};

/* One order of events: 0 is an arrival, n a press at window n. */
static void play_order(const struct crowd *crowd)
{
    unsigned waiting = 0, calls = 0;
    bool busy[WINDOWS + 1] = {false};
    begin_day(crowd->windows);
    for (unsigned i = 0; i < crowd->length; i++) {
        unsigned window = crowd->order[i];
        if (window == 0) {
            assert_true(issue());
            waiting++;
            continue;
        }
        bool called = press_call(window);
        assert_int_equal(called, waiting > 0 && !busy[window]);
        if (!called) {
            assert_int_equal(stage.decision.refusal.code,
                             busy[window] ? REFUSED_WINDOW_BUSY : REFUSED_NOBODY_WAITING);
            continue;
        }
        busy[window] = true;
        waiting--;
        calls++;
    }
    assert_int_equal(stage.hall->counts.states[TICKET_CALLED], calls);
    assert_int_equal(stage.hall->waiting_count, waiting);
    end_day();
}

static void try_orders(struct crowd *crowd)
{
    if (crowd->length == crowd->tickets + crowd->windows * crowd->presses) {
        crowd->runs++;
        play_order(crowd);
        return;
    }
    if (crowd->issued < crowd->tickets) {
        crowd->issued++;
        crowd->order[crowd->length++] = 0;
        try_orders(crowd);
        crowd->length--;
        crowd->issued--;
    }
    for (unsigned w = 1; w <= crowd->windows; w++) {
        if (crowd->pressed[w] == crowd->presses)
            continue;
        crowd->pressed[w]++;
        crowd->order[crowd->length++] = w;
        try_orders(crowd);
        crowd->length--;
        crowd->pressed[w]--;
    }
}

static unsigned long factorial(unsigned n)
{
    return n < 2 ? 1 : n * factorial(n - 1);
}

static void try_crowd(unsigned windows, unsigned tickets, unsigned presses)
{
    struct crowd crowd = {.windows = windows, .tickets = tickets, .presses = presses};
    try_orders(&crowd);
    unsigned long expected = factorial(windows * presses + tickets) / factorial(tickets);
    for (unsigned w = 0; w < windows; w++)
        expected /= factorial(presses);
    assert_int_equal(crowd.runs, expected);
}

static void test_all_orders_of_windows_and_arrivals(void **state)
{
    (void)state;
    for (unsigned windows = 2; windows <= WINDOWS; windows++)
        for (unsigned tickets = 1; tickets <= 3; tickets++)
            try_crowd(windows, tickets, 1);
    for (unsigned tickets = 1; tickets <= 3; tickets++) {
        try_crowd(2, tickets, 2);
        try_crowd(3, tickets, 2);
    }
}

/* ---- D3: every pair of acts upon one ticket ---- */

static struct number number_a(void)
{
    return (struct number){'A', 0, 1};
}

typedef void fill_command(struct command *command);

static void at_window(struct command *command)
{
    command->call.window.value = 1; /* the first field of all window commands */
}
static void at_other_window(struct command *command)
{
    command->call.window.value = 2;
}
static void with_number(struct command *command)
{
    command->rejoin.number = number_a();
}
static void fill_call_number(struct command *command)
{
    command->call_number = (struct call_number){{2}, number_a(), {"seen at the window"}};
}
static void fill_resume(struct command *command)
{
    command->resume = (struct resume){{1}, number_a(), false};
}
static void fill_resume_waiting(struct command *command)
{
    command->resume = (struct resume){{1}, number_a(), true};
}
static void fill_transfer(struct command *command)
{
    command->transfer = (struct transfer){.window = {1}, .to_window = {2}};
}
static void fill_transfer_return(struct command *command)
{
    command->transfer = (struct transfer){.window = {1}, .item = {2}, .returns = true, .place = PLACE_END};
}
static void fill_add_item(struct command *command)
{
    command->add_item = (struct add_item){{1}, {2}};
}
static void fill_grant(struct command *command)
{
    command->grant = (struct grant){.number = number_a(), .kind = 1};
}
static void fill_rate(struct command *command)
{
    command->rate = (struct rate){number_a(), RATING_SATISFIED, 0};
}
static void fill_takeover(struct command *command)
{
    command->start_duty = (struct start_duty){{1}, {3}, true};
}
static void fill_close(struct command *command)
{
    command->close_day.anyway = true;
}
static void fill_nothing(struct command *command)
{
    (void)command;
}

static const struct {
    const char *name;
    enum command_kind kind;
    fill_command *fill;
    unsigned later_s; /* the act comes so much later */
} pair_acts[] = {
    {"call", COMMAND_CALL, at_window, 0},
    {"call elsewhere", COMMAND_CALL, at_other_window, 0},
    {"call the number elsewhere", COMMAND_CALL_NUMBER, fill_call_number, 0},
    {"recall", COMMAND_RECALL, at_window, 10},
    {"start", COMMAND_START, at_window, 0},
    {"finish", COMMAND_FINISH, at_window, 0},
    {"finish elsewhere", COMMAND_FINISH, at_other_window, 0},
    {"no-show", COMMAND_NO_SHOW, at_window, 60},
    {"hold", COMMAND_HOLD, at_window, 0},
    {"resume", COMMAND_RESUME, fill_resume, 0},
    {"resume to waiting", COMMAND_RESUME, fill_resume_waiting, 0},
    {"transfer", COMMAND_TRANSFER, fill_transfer, 0},
    {"transfer and return", COMMAND_TRANSFER, fill_transfer_return, 0},
    {"add an item", COMMAND_ADD_ITEM, fill_add_item, 0},
    {"undo", COMMAND_UNDO, at_window, 1},
    {"undo elsewhere", COMMAND_UNDO, at_other_window, 1},
    {"rejoin", COMMAND_REJOIN, with_number, 0},
    {"cancel", COMMAND_CANCEL, with_number, 0},
    {"grant", COMMAND_GRANT, fill_grant, 0},
    {"rate", COMMAND_RATE, fill_rate, 0},
    {"pause", COMMAND_PAUSE, at_window, 0},
    {"end duty", COMMAND_END_DUTY, at_window, 0},
    {"take over", COMMAND_START_DUTY, fill_takeover, 0},
    {"close the day", COMMAND_CLOSE_DAY, fill_close, 0},
    {"tick", COMMAND_TICK, fill_nothing, 100},
};
enum { ACTS = sizeof pair_acts / sizeof pair_acts[0] };

static bool act_of_pair(unsigned n)
{
    struct command command = {.kind = pair_acts[n].kind, .by = {ACTOR_CLERK, 1}};
    pair_acts[n].fill(&command);
    stage.now_ms += (int64_t)pair_acts[n].later_s * 1000;
    return act(&command);
}

/* Acts that bring A001 into the state, by index into pair_acts; -1 ends. */
static const struct {
    const char *name;
    int steps[5];
    enum ticket_state state;
} situations[] = {
    {"waiting", {-1}, TICKET_WAITING},
    {"called", {0, -1}, TICKET_CALLED},
    {"called elsewhere", {1, -1}, TICKET_CALLED},
    {"serving", {0, 4, -1}, TICKET_SERVING},
    {"held", {0, 4, 8, -1}, TICKET_HELD},
    {"missed", {0, 7, -1}, TICKET_MISSED},
    {"finished", {0, 4, 5, -1}, TICKET_FINISHED},
    {"transferred", {0, 4, 11, -1}, TICKET_WAITING},
    {"transferred and called", {0, 4, 11, 1, -1}, TICKET_CALLED},
    {"cancelled", {17, -1}, TICKET_CANCELLED},
};
enum { SITUATIONS = sizeof situations / sizeof situations[0] };

static void check_words(void)
{
    enum refusal_code code = stage.decision.refusal.code;
    assert_true(code > REFUSED_NONE && code < REFUSAL_CODES);
    assert_true(strlen(refusal_zh(code)) > 0);
    if (strstr(refusal_en(code), "{number}"))
        assert_int_equal(stage.decision.refusal.number.letter, 'A');
}

static void play_pair(unsigned situation, unsigned first, unsigned second)
{
    begin_day(2);
    assert_true(issue());
    for (const int *step = situations[situation].steps; *step >= 0; step++)
        if (!act_of_pair((unsigned)*step))
            fail_msg("cannot make the ticket %s", situations[situation].name);
    const struct ticket *ticket = hall_ticket(stage.hall, number_a());
    assert_int_equal(ticket->state, situations[situation].state);
    if (!act_of_pair(first))
        check_words();
    if (!act_of_pair(second))
        check_words();
    if (stage.hall->day_state == DAY_OPEN)
        end_day();
    else
        tick();
    /* I6: nobody is left */
    assert_true(ticket->state == TICKET_FINISHED || ticket->state == TICKET_CANCELLED ||
                ticket->state == TICKET_LAPSED);
}

static void test_all_pairs_of_acts(void **state)
{
    (void)state;
    for (unsigned situation = 0; situation < SITUATIONS; situation++)
        for (unsigned first = 0; first < ACTS; first++)
            for (unsigned second = 0; second < ACTS; second++)
                play_pair(situation, first, second);
}

/* The same two acts in either order: whoever comes first wins, and the other hears it. */
static void test_call_against_cancel(void **state)
{
    (void)state;
    for (unsigned cancel_first = 0; cancel_first < 2; cancel_first++) {
        begin_day(2);
        assert_true(issue());
        struct command cancel = {.kind = COMMAND_CANCEL, .cancel = {.number = number_a()}};
        if (cancel_first)
            must(&cancel);
        assert_int_equal(press_call(1), !cancel_first);
        if (cancel_first)
            assert_int_equal(stage.decision.refusal.code, REFUSED_NOBODY_WAITING);
        else
            must(&cancel);
        assert_int_equal(stage.hall->windows[1].ticket.value, 0);
        assert_int_equal(hall_ticket(stage.hall, number_a())->state, TICKET_CANCELLED);
        end_day();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_orders_of_windows_and_arrivals),
        cmocka_unit_test(test_all_pairs_of_acts),
        cmocka_unit_test(test_call_against_cancel),
    };
    return cmocka_run_group_tests(tests, make_hall, drop_hall);
}
