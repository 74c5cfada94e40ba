/* SPDX-License-Identifier: MIT
 * The call rule in integers against its formula in floating point, on random halls with random knobs. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dispatcher/core/calendar.h"
#include "dispatcher/core/rule.h"
#include "dispatcher/sim/shapes.h"
#include "dispatcher/sim/stage.h"

enum { HALLS = 120, PICKS = 40 };
static const double tie = 1e-3; /* relative difference of values within which either choice is right */

struct fixture {
    struct stage stage;
    struct rng rng;
};

static unsigned contested; /* picks with more than one candidate */

static double knob(const struct hall *hall, enum policy_key key)
{
    return hall->policy[key];
}

/* ---- the formula ---- */

struct term_keys {
    enum policy_key weight, head_start;
};
static const struct term_keys term_keys[TICKET_CLASSES] = {
    [CLASS_NORMAL] = {POLICY_WEIGHT_NORMAL, POLICY_HEAD_START_NORMAL_MIN},
    [CLASS_REJOINED] = {POLICY_WEIGHT_REJOINED, POLICY_HEAD_START_REJOINED_MIN},
    [CLASS_PRIORITY] = {POLICY_WEIGHT_PRIORITY, POLICY_HEAD_START_PRIORITY_MIN},
    [CLASS_BOOKED] = {POLICY_WEIGHT_BOOKED, POLICY_HEAD_START_BOOKED_MIN},
    [CLASS_GREEN] = {POLICY_WEIGHT_GREEN, POLICY_HEAD_START_GREEN_MIN},
};

/* Minutes at the window's speed for a standard length. */
static double base_of(const struct hall *hall, const struct window *window, double standard_ms)
{
    return standard_ms / 60000.0 / (hall_clerk_permille(hall, window->clerk) / 1000.0);
}

static double slowdown(const struct hall *hall, const struct window *window, uint16_t domain)
{
    if (window->set.primary.value == domain)
        return 1;
    if (window->set.mode == MODE_UNDIFFERENTIATED)
        return knob(hall, POLICY_SLOW_UNDIFFERENTIATED_PERMILLE) / 1000;
    return window->set.primary.value ? knob(hall, POLICY_SLOW_OFF_PRIMARY_PERMILLE) / 1000 : 1;
}

static double handling_of(const struct hall *hall, const struct window *window, uint16_t domain, double base)
{
    bool changes = window->last_domain.value && window->last_domain.value != domain;
    return base * slowdown(hall, window, domain) + (changes ? knob(hall, POLICY_CHANGEOVER_MS) / 60000 : 0);
}

/* Minutes that count: age, head start, and late minutes more than once. */
static double aged(const struct hall *hall, const struct ticket *ticket, int64_t now_ms)
{
    bool booked = ticket->class == CLASS_BOOKED;
    double age = (double)(now_ms - ticket->ref_ms) / 60000;
    double late = age - knob(hall, booked ? POLICY_LATE_FROM_BOOKED_MIN : POLICY_LATE_FROM_MIN);
    double times = knob(hall, booked ? POLICY_LATE_TIMES_BOOKED_PERMILLE : POLICY_LATE_TIMES_PERMILLE) / 1000;
    double sum = age + knob(hall, term_keys[ticket->class].head_start) + (late > 0 ? times * late : 0);
    return sum > 0 ? sum : 1 / 60000.0;
}

/* Natural logarithm of the value, which may be far outside a double's range. */
static double value_of(const struct hall *hall, const struct window *window, const struct ticket *ticket,
                       int64_t now_ms)
{
    struct domain_id domain = hall_ticket_domain(hall, ticket);
    double share = knob(hall, POLICY_ITEM_SHARE_PERMILLE) / 1000;
    double mean = base_of(hall, window, hall_domain_ms(hall, domain));
    double item = base_of(hall, window, hall_item_ms(hall, ticket_item(ticket)));
    double handling = handling_of(hall, window, domain.value, share * item + (1 - share) * mean);
    double log_value = log(knob(hall, term_keys[ticket->class].weight));
    log_value += knob(hall, POLICY_WAIT_EXPONENT_PERMILLE) / 1000 * log(aged(hall, ticket, now_ms));
    log_value -= knob(hall, POLICY_SPEED_EXPONENT_PERMILLE) / 1000 * log(handling);
    log_value += knob(hall, POLICY_EFFICIENCY_EXPONENT_PERMILLE) / 1000 *
                 log(mean / handling_of(hall, window, domain.value, mean));
    log_value += knob(hall, POLICY_CROWD_EXPONENT_PERMILLE) / 1000 * log(hall->domains[domain.value].waiting);
    bool posted = !window->posted || window->posted >> (domain.value - 1) & 1;
    return posted ? log_value : log_value + log(knob(hall, POLICY_UNPOSTED_PERMILLE) / 1000);
}

static bool is_callable(const struct hall *hall, const struct window *window, const struct ticket *t)
{
    return t->state == TICKET_WAITING && hall_window_may_serve(hall, window->set.window, ticket_item(t)) &&
           (!t->asked_window.value || t->asked_window.value == window->set.window.value) &&
           (!t->asked_clerk.value || t->asked_clerk.value == window->clerk.value);
}

static bool is_early(const struct hall *hall, const struct ticket *t, int64_t now_ms)
{
    return t->ref_ms > now_ms + (int64_t)hall->policy[POLICY_EARLY_BOOKING_MIN] * MINUTE_MS;
}

static bool stands_before(const struct ticket *a, const struct ticket *b)
{
    return a->ref_ms < b->ref_ms || (a->ref_ms == b->ref_ms && a->order < b->order);
}

static bool share_line(const struct hall *hall, const struct ticket *a, const struct ticket *b)
{
    bool alike = hall->policy[POLICY_WEIGHT_NORMAL] == hall->policy[POLICY_WEIGHT_REJOINED] &&
                 hall->policy[POLICY_HEAD_START_NORMAL_MIN] == hall->policy[POLICY_HEAD_START_REJOINED_MIN];
    bool low = a->class <= CLASS_REJOINED && b->class <= CLASS_REJOINED && alike;
    return hall_ticket_domain(hall, a).value == hall_ticket_domain(hall, b).value &&
           (low || a->class == b->class);
}

/* Whether nobody of its line whom the window could call stands before it. */
static bool is_head(const struct hall *hall, const struct window *window, const struct ticket *ticket,
                    int64_t now_ms)
{
    for (uint32_t t = 1; t <= hall->ticket_count; t++) {
        const struct ticket *other = &hall->tickets[t];
        if (is_callable(hall, window, other) && !is_early(hall, other, now_ms) &&
            share_line(hall, other, ticket) && stands_before(other, ticket))
            return false;
    }
    return true;
}

/* ---- random halls ---- */

static void act(struct fixture *f, const struct command *command)
{
    struct error error;
    if (!stage_act(&f->stage, command, &error) && error.status != STATUS_OK)
        fail_msg("%s", error.text);
}

static void build(const struct command *command, void *userdata)
{
    act(userdata, command);
}

static void set_knobs(struct fixture *f)
{
    for (unsigned key = POLICY_EARLY_BOOKING_MIN; key <= POLICY_CHANGEOVER_MS; key++) {
        const struct policy_row *row = policy_row((enum policy_key)key);
        struct command command = {.kind = COMMAND_SET_POLICY};
        uint32_t span = (uint32_t)(row->most - row->least);
        command.set_policy.key = (uint16_t)key;
        command.set_policy.value =
            row->least + (int32_t)rng_below(&f->rng, (rng_chance(&f->rng, 500) ? span : span / 20) + 1);
        if (rng_chance(&f->rng, 300))
            act(f, &command);
    }
}

static void make_hall(struct fixture *f, uint64_t seed)
{
    static const char *const names[] = {"small", "county"};
    stage_clear(&f->stage);
    f->rng = rng_part(seed, 0);
    int32_t today = date_from_civil(2026, 11, 23);
    f->stage.now_ms = hall_midnight_ms(f->stage.hall, today) + 9 * 60 * MINUTE_MS;
    shape_build(shape_find(names[seed % 4 == 0]), &f->rng, false, today, build, f);
    set_knobs(f);
    act(f, &(struct command){.kind = COMMAND_OPEN_DAY});
    for (uint16_t w = 1; w <= f->stage.hall->windows_top; w++) {
        struct command command = {.kind = COMMAND_START_DUTY};
        command.start_duty = (struct start_duty){{w}, {w}, false};
        act(f, &command);
    }
}

static void add_ticket(struct fixture *f)
{
    struct command command = {.kind = COMMAND_ISSUE, .by = {ACTOR_CLERK, 1}};
    struct issue *issue = &command.issue;
    issue->items.count = 1;
    issue->items.items[0].value = (uint16_t)rng_range(&f->rng, 1, f->stage.hall->items_top);
    issue->kind = rng_chance(&f->rng, 300) ? (uint16_t)rng_range(&f->rng, 1, 3) : 0;
    if (rng_chance(&f->rng, 100))
        issue->window.value = (uint16_t)rng_range(&f->rng, 1, f->stage.hall->windows_top);
    strcpy(issue->reason.bytes, "reason");
    act(f, &command);
}

/* Classes that only bookings and rejoining give, through events that the hall could have stored. */
static void add_late_or_early(struct fixture *f)
{
    struct event event = {.kind = EVENT_TICKET_ISSUED, .at_ms = f->stage.hall->last_ms};
    struct ticket_issued *e = &event.ticket_issued;
    struct error error;
    e->number = (struct number){'Y', 0, (uint16_t)(f->stage.hall->series_last['Y' - 'A'] + 1)};
    e->items.count = 1;
    e->items.items[0].value = (uint16_t)rng_range(&f->rng, 1, f->stage.hall->items_top);
    e->class = rng_chance(&f->rng, 500) ? CLASS_BOOKED : CLASS_REJOINED;
    int64_t off_ms = (int64_t)rng_below(&f->rng, 90) * MINUTE_MS;
    bool ahead = e->class == CLASS_BOOKED && rng_chance(&f->rng, 300);
    e->ref_ms = event.at_ms + (ahead ? off_ms / 3 : -off_ms);
    if (!stage_take(&f->stage, &event, &error))
        fail_msg("%s", error.text);
}

static void check_pick(const struct hall *hall, const struct window *window, int64_t now_ms)
{
    struct candidate_list list;
    struct ticket_id best;
    double most = -INFINITY;
    bool any = false, any_early = false;
    for (uint32_t t = 1; t <= hall->ticket_count; t++) {
        const struct ticket *ticket = &hall->tickets[t];
        if (!is_callable(hall, window, ticket))
            continue;
        any_early = true;
        if (is_early(hall, ticket, now_ms) || !is_head(hall, window, ticket, now_ms))
            continue;
        any = true;
        most = fmax(most, value_of(hall, window, ticket, now_ms));
    }
    assert_int_equal(rule_pick(hall, window->set.window, now_ms, &list, &best), any || any_early);
    if (!any && !any_early)
        return;
    const struct ticket *chosen = &hall->tickets[best.value];
    assert_true(is_callable(hall, window, chosen));
    assert_true(number_equals(list.list[0].number, chosen->number));
    assert_int_equal(is_early(hall, chosen, now_ms), !any);
    if (!any)
        return;
    assert_true(is_head(hall, window, chosen, now_ms));
    double value = value_of(hall, window, chosen, now_ms);
    if (value < most - tie * fmax(1, fabs(most)))
        fail_msg("window %u calls a ticket worth exp(%g); another is worth exp(%g)", window->set.window.value,
                 value, most);
    contested += list.count > 1;
    for (unsigned i = 1; i < list.count; i++)
        assert_true(list.list[i].index_q16 <= list.list[i - 1].index_q16);
}

static void check_terms(const struct hall *hall, const struct window *window, int64_t now_ms)
{
    for (uint32_t t = 1; t <= hall->ticket_count; t++) {
        const struct ticket *ticket = &hall->tickets[t];
        if (!is_callable(hall, window, ticket))
            continue;
        struct rule_terms terms = rule_terms(hall, window->set.window, ticket, now_ms);
        double log2_value = value_of(hall, window, ticket, now_ms) / log(2);
        double index = terms.index_q16 / 65536.0;
        if (fabs(index - log2_value) > tie * fmax(1, fabs(log2_value)))
            fail_msg("index %g, formula %g", index, log2_value);
        int32_t sum_q16 = 0;
        for (unsigned term = 0; term < RULE_TERMS; term++)
            sum_q16 += terms.of_q16[term];
        assert_int_equal(terms.index_q16, sum_q16);
    }
}

static void test_the_rule_is_its_formula(void **state)
{
    struct fixture *f = *state;
    for (uint64_t seed = 1; seed <= HALLS; seed++) {
        make_hall(f, seed);
        struct hall *hall = f->stage.hall;
        for (unsigned round = 0; round < PICKS; round++) {
            f->stage.now_ms += (int64_t)rng_below(&f->rng, 300) * 1000;
            for (unsigned n = rng_below(&f->rng, 4); n; n--)
                add_ticket(f);
            if (rng_chance(&f->rng, 300) && hall->items_top)
                add_late_or_early(f);
            struct window_id id = {(uint16_t)rng_range(&f->rng, 1, hall->windows_top)};
            struct window *window = &hall->windows[id.value];
            if (rng_chance(&f->rng, 200)) {
                struct command post = {.kind = COMMAND_POST};
                post.post = (struct window_posted){
                    .window = id, .domains = rng_next(&f->rng) & ((uint64_t)1 << hall->domains[2].exists)};
                act(f, &post);
            }
            check_pick(hall, window, f->stage.now_ms);
            if (round % 8 == 0)
                check_terms(hall, window, f->stage.now_ms);
            struct command call = {.kind = COMMAND_CALL};
            call.call.window = id;
            act(f, &call);
            act(f, &(struct command){.kind = COMMAND_START, .start = {id}});
            act(f, &(struct command){.kind = COMMAND_FINISH, .finish = {id}});
        }
    }
    assert_true(contested > HALLS * PICKS / 4);
}

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    if (!f || !stage_init(&f->stage))
        return -1;
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    stage_destroy(&f->stage);
    free(f);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_rule_is_its_formula),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
