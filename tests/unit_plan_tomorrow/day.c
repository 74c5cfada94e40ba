/* SPDX-License-Identifier: MIT
 * A day's outlook, its futures and how they are played: impossible days are refused, the same chance gives
 * the same persons, windows come and go as they should. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dispatcher/plan/tomorrow_figures.h"
#include "dispatcher/plan/tomorrow_price.h"
#include "hall.h"

/* ---- what is refused ---- */

static void spoil_speed(struct day_outlook *o)
{
    o->windows[2].speed = 0;
}
static void spoil_item(struct day_outlook *o)
{
    o->items[3].domain = 3;
}
static void spoil_expected(struct day_outlook *o)
{
    o->domains[1].expected[4] = -1;
}
static void spoil_nan(struct day_outlook *o)
{
    o->domains[1].booked[4] = NAN;
}
static void spoil_crowd(struct day_outlook *o)
{
    o->domains[0].expected[7] = 30000;
}
static void spoil_close(struct day_outlook *o)
{
    o->close_ms = o->open_ms;
}
static void spoil_break(struct day_outlook *o)
{
    o->windows[0].break_count = 1;
    o->windows[0].breaks[0] = (struct day_break){hall_clock(12, 0), hall_clock(12, 0), DAY_BREAK_SHORT};
}
static void spoil_duty(struct day_outlook *o)
{
    o->windows[0].duties[0].to_ms = hall_clock(8, 0);
}
static void spoil_may(struct day_outlook *o)
{
    o->windows[1].may = 8;
}
static void spoil_shares(struct day_outlook *o)
{
    o->class_share[CLASS_PRIORITY] = 0.7;
    o->class_share[CLASS_GREEN] = 0.7;
}
static void spoil_items_of(struct day_outlook *o)
{
    o->items[4].share = o->items[5].share = 0;
}
static void spoil_count(struct day_outlook *o)
{
    o->window_count = 0;
}
static void spoil_booking(struct day_outlook *o)
{
    static const struct day_booking wrong = {.slot_ms = 36000000, .item = 6, .item2 = -1};
    o->bookings = &wrong;
    o->booking_count = 1;
}

static void impossible_days_are_refused(void **state)
{
    (void)state;
    static const struct {
        void (*spoil)(struct day_outlook *o);
        const char *words;
    } rows[] = {
        {spoil_speed, "windows[2].speed is 0"},
        {spoil_item, "items[3].domain is 3"},
        {spoil_expected, "domains[1] expects"},
        {spoil_nan, "domains[1] expects"},
        {spoil_crowd, "a day can have"},
        {spoil_close, "close_ms is"},
        {spoil_break, "windows[0].breaks[0]"},
        {spoil_duty, "windows[0].duties[0]"},
        {spoil_may, "windows[1].may"},
        {spoil_shares, "class_share"},
        {spoil_items_of, "domains[2] has visitors but no items"},
        {spoil_count, "window_count is 0"},
        {spoil_booking, "bookings[0] has item 6"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct day_outlook *o = hall_outlook(4, 0.7);
        struct day_fault fault;
        assert_true(day_outlook_check(o, &fault));
        rows[i].spoil(o);
        assert_false(day_outlook_check(o, &fault));
        if (!strstr(fault.text, rows[i].words))
            fail_msg("\"%s\" does not say \"%s\"", fault.text, rows[i].words);
        free(o);
    }
}

/* ---- futures ---- */

struct drawn {
    struct day_chance chance;
    struct day_future future;
};

static struct drawn *draw(const struct day_outlook *o, uint64_t seed, unsigned n)
{
    struct drawn *drawn = calloc(1, sizeof *drawn);
    assert_non_null(drawn);
    day_chance_init(&drawn->chance, o);
    assert_true(day_future_draw(&drawn->chance, seed, n, &drawn->future));
    return drawn;
}

static void drop(struct drawn *drawn)
{
    day_future_destroy(&drawn->future);
    free(drawn);
}

static bool is_same_ticket(const struct engine_ticket *a, const struct engine_ticket *b)
{
    return a->arrive_ms == b->arrive_ms && a->ref_ms == b->ref_ms && a->length_ms == b->length_ms &&
           a->domain == b->domain && a->domain2 == b->domain2 && a->class == b->class &&
           a->no_show == b->no_show && a->expect_ms == b->expect_ms;
}

/* How many of a's tickets are in b, both in order of arrival. */
static unsigned shared(const struct day_future *a, const struct day_future *b)
{
    unsigned count = 0;
    for (unsigned i = 0; i < a->count; i++)
        for (unsigned j = 0; j < b->count; j++)
            if (is_same_ticket(&a->tickets[i], &b->tickets[j])) {
                count++;
                break;
            }
    return count;
}

static void futures_are_the_same_again(void **state)
{
    (void)state;
    struct day_outlook *o = hall_outlook(6, 0.7);
    struct drawn *a = draw(o, 7, 3), *b = draw(o, 7, 3), *other = draw(o, 7, 4);
    assert_true(a->future.count > 50);
    assert_int_equal(a->future.count, b->future.count);
    assert_int_equal(shared(&a->future, &b->future), a->future.count);
    assert_true(shared(&a->future, &other->future) < 5);
    for (unsigned t = 0; t < a->future.count; t++) {
        const struct engine_ticket *ticket = &a->future.tickets[t];
        assert_true(t == 0 || ticket[-1].arrive_ms <= ticket->arrive_ms);
        assert_in_range(ticket->arrive_ms, o->numbers_from_ms, o->numbers_to_ms - 1);
        assert_true(ticket->ref_ms >= ticket->arrive_ms && ticket->length_ms > 0);
        assert_true(ticket->domain2 == NO_DOMAIN || ticket->domain2 != ticket->domain);
    }
    drop(a);
    drop(b);
    drop(other);
    free(o);
}

/* Fewer visitors are some of the same, more are the same and others; in the domain that is meant only. */
static void factors_keep_the_persons(void **state)
{
    (void)state;
    struct day_outlook *o = hall_outlook(6, 0.7), *fewer = hall_outlook(6, 0.7), *more = hall_outlook(6, 0.7);
    for (unsigned bin = 0; bin < DAY_BINS; bin++) {
        fewer->domains[1].arrival_factor[bin] = 0.5f;
        more->domains[1].arrival_factor[bin] = 2;
    }
    unsigned counts[3] = {0};
    for (unsigned n = 0; n < 40; n++) {
        struct drawn *a = draw(o, 1, n), *b = draw(fewer, 1, n), *c = draw(more, 1, n);
        assert_int_equal(shared(&b->future, &a->future), b->future.count);
        assert_int_equal(shared(&a->future, &c->future), a->future.count);
        counts[0] += a->future.count;
        counts[1] += b->future.count;
        counts[2] += c->future.count;
        drop(a);
        drop(b);
        drop(c);
    }
    /* three tenths of the visitors belong to the domain */
    assert_in_range(1000 * counts[1] / counts[0], 820, 880);
    assert_in_range(1000 * counts[2] / counts[0], 1260, 1340);
    free(o);
    free(fewer);
    free(more);
}

static void futures_have_the_expected_mix(void **state)
{
    (void)state;
    struct day_outlook *o = hall_outlook(10, 0.8);
    double expected = 0, seen = 0, booked = 0, length = 0, mean = 0, punctual = 0;
    o->rate_cv = o->domain_rate_cv = 0;
    o->second_share = 0;
    for (unsigned d = 0; d < HALL_DOMAINS; d++)
        for (unsigned bin = 0; bin < o->bin_count; bin++) {
            expected += (double)o->domains[d].expected[bin] + (double)o->domains[d].booked[bin];
            mean += ((double)o->domains[d].expected[bin] + (double)o->domains[d].booked[bin]) *
                    day_domain_mean_ms(o, d);
        }
    for (unsigned n = 0; n < 60; n++) {
        struct drawn *drawn = draw(o, 5, n);
        for (unsigned t = 0; t < drawn->future.count; t++) {
            seen++;
            booked += drawn->future.tickets[t].class == CLASS_BOOKED;
            punctual += drawn->future.is_punctual[t];
            length += drawn->future.tickets[t].length_ms;
        }
        drop(drawn);
    }
    assert_true(fabs(seen / 60 / expected - 1) < 0.02);
    assert_true(fabs(booked / seen - 0.2) < 0.01);
    assert_true(punctual / booked > 0.8 && punctual <= booked);
    assert_true(fabs(length / seen / (mean / expected) - 1) < 0.02);
    free(o);
}

static void known_bookings_come(void **state)
{
    (void)state;
    struct day_outlook *o = hall_outlook(3, 0.5);
    static const struct day_booking bookings[] = {{36000000, 0, -1}, {36000000, 2, 4}, {39600000, 1, 0}};
    for (unsigned d = 0; d < HALL_DOMAINS; d++) {
        memset(o->domains[d].expected, 0, sizeof o->domains[d].expected);
        memset(o->domains[d].booked, 0, sizeof o->domains[d].booked);
    }
    o->bookings = bookings;
    o->booking_count = 3;
    o->booked_came_share = 1;
    o->lateness_sd_ms = 0;
    struct drawn *drawn = draw(o, 1, 0);
    assert_int_equal(drawn->future.count, 3);
    for (unsigned t = 0; t < 3; t++) {
        assert_int_equal(drawn->future.tickets[t].class, CLASS_BOOKED);
        assert_int_equal(drawn->future.tickets[t].ref_ms, bookings[t].slot_ms);
        assert_int_equal(drawn->future.tickets[t].arrive_ms, bookings[t].slot_ms + (int)o->lateness_ms);
        assert_true(drawn->future.is_punctual[t]);
    }
    assert_int_equal(drawn->future.tickets[1].domain2, 2);
    assert_int_equal(drawn->future.tickets[2].domain2, NO_DOMAIN);
    assert_int_equal(drawn->future.tickets[2].expect_ms, 9 * HALL_MINUTE_MS);
    drop(drawn);
    free(o);
}

/* ---- playing ---- */

/* One ticket of domain 0 at each given minute of the day, each of five minutes. */
static struct day_future tickets_at(const int32_t *at_ms, unsigned count)
{
    struct day_future future = {0};
    assert_true(day_future_reserve(&future, count));
    for (unsigned t = 0; t < count; t++) {
        future.tickets[t] = (struct engine_ticket){.arrive_ms = at_ms[t],
                                                   .ref_ms = at_ms[t],
                                                   .length_ms = 5 * HALL_MINUTE_MS,
                                                   .expect_ms = 5 * HALL_MINUTE_MS,
                                                   .domain2 = NO_DOMAIN};
        future.is_punctual[t] = false;
    }
    for (unsigned w = 0; w < WINDOWS_MAX; w++)
        future.pace_q16[w] = 65536;
    future.count = count;
    return future;
}

static int32_t called_ms(const struct day_outlook *o, int32_t at_ms)
{
    struct day_play play;
    struct day_future future = tickets_at(&at_ms, 1);
    assert_true(day_play_init(&play, o));
    assert_true(day_play_run(&play, &future));
    int32_t call_ms = play.results[0].first_call_ms;
    assert_int_equal(day_play_is_served(&play, 0), call_ms != ENGINE_NEVER);
    day_play_destroy(&play);
    day_future_destroy(&future);
    return call_ms;
}

static void windows_come_and_go(void **state)
{
    (void)state;
    struct day_outlook *o = hall_outlook(1, 0.5);
    struct day_window *window = &o->windows[0];
    window->duties[0] = (struct day_span){hall_clock(9, 30), hall_clock(12, 0)};
    window->duties[1] = (struct day_span){hall_clock(13, 0), hall_clock(17, 0)};
    window->duty_count = 2;
    window->breaks[0] = (struct day_break){hall_clock(10, 0), hall_clock(10, 10), DAY_BREAK_SHORT};
    window->breaks[1] = (struct day_break){hall_clock(12, 30), hall_clock(12, 40), DAY_BREAK_SHORT};
    window->break_count = 2;
    assert_int_equal(called_ms(o, hall_clock(8, 50)), hall_clock(9, 30)); /* nobody is there yet */
    assert_int_equal(called_ms(o, hall_clock(9, 40)), hall_clock(9, 40));
    assert_int_equal(called_ms(o, hall_clock(10, 3)), hall_clock(10, 10)); /* a break */
    assert_int_equal(called_ms(o, hall_clock(12, 20)), hall_clock(13, 0)); /* off duty, then back */
    assert_int_equal(called_ms(o, hall_clock(16, 40)), hall_clock(16, 40));
    assert_int_equal(day_window_present_ms(o, window), hall_clock(6, 20));
    window->duty_count = 1;
    assert_int_equal(called_ms(o, hall_clock(12, 20)), ENGINE_NEVER); /* nobody comes back */
    window->duty_count = 0;
    assert_int_equal(called_ms(o, hall_clock(10, 0)), ENGINE_NEVER);
    free(o);
}

static void the_hall_is_emptied_after_closing(void **state)
{
    (void)state;
    struct day_outlook *o = hall_outlook(1, 0.5);
    const int32_t at_ms[3] = {hall_clock(16, 40), hall_clock(16, 40), hall_clock(16, 40)};
    struct day_play play;
    struct day_future future = tickets_at(at_ms, 3);
    o->windows[0].speed = 0.2; /* 25 minutes each */
    assert_true(day_play_init(&play, o) && day_play_run(&play, &future));
    assert_int_equal(play.results[2].first_call_ms, hall_clock(17, 30));
    assert_int_equal(day_play_wait_ms(&play, &future, 2), hall_clock(0, 50));
    day_play_destroy(&play);
    day_future_destroy(&future);
    free(o);
}

static void who_is_never_served_counts(void **state)
{
    (void)state;
    struct day_outlook *o = hall_outlook(1, 0.5);
    const int32_t at_ms[2] = {hall_clock(10, 0), hall_clock(15, 0)};
    struct day_play play;
    struct day_figures *figures = calloc(1, sizeof *figures);
    struct day_future future = tickets_at(at_ms, 2);
    struct day_tally *tally = day_tally_create(o, 1);
    o->windows[0].duties[0].to_ms = hall_clock(12, 0);
    assert_true(figures && tally && day_play_init(&play, o) && day_play_run(&play, &future));
    day_tally_add(tally, &play, &future);
    day_tally_figures(tally, figures);
    assert_true(figures->of[GROUP_ALL].visitors == 2 && figures->of[GROUP_ALL].unserved == 1);
    assert_true(fabs(figures->of[GROUP_ALL].mean_ms - HALL_HOUR_MS) < 1); /* nothing, and two hours */
    assert_true(fabs(figures->of[GROUP_HOURS + 15].mean_ms - 2 * HALL_HOUR_MS) < 1);
    assert_true(fabs(figures->of[GROUP_ALL].within_target - 0.5) < 1e-9);
    assert_true(fabs(figures->busy[0] - 5.0 / 180) < 1e-9);
    day_tally_destroy(tally);
    day_play_destroy(&play);
    day_future_destroy(&future);
    free(figures);
    free(o);
}

static void posting_is_preferred(void **state)
{
    (void)state;
    struct day_outlook *o = hall_outlook(1, 0.5);
    const int32_t at_ms[3] = {hall_clock(10, 0), hall_clock(10, 1), hall_clock(10, 1)};
    struct day_future future = tickets_at(at_ms, 3);
    struct day_play play;
    o->windows[0].may = 7;
    future.tickets[2].domain = 1; /* same length, same wait */
    for (unsigned posted = 0; posted < 2; posted++) {
        for (unsigned half = 0; half < DAY_HALVES; half++)
            o->windows[0].posted[half] = 1u << posted;
        assert_true(day_play_init(&play, o) && day_play_run(&play, &future));
        assert_int_equal(play.results[1].first_call_ms < play.results[2].first_call_ms, posted == 0);
        day_play_destroy(&play);
    }
    day_future_destroy(&future);
    free(o);
}

/* ---- prices ---- */

static void prices_are_high_before_queues_end(void **state)
{
    (void)state;
    struct day_outlook *o = hall_outlook(6, 0.75);
    struct day_prices prices;
    struct day_play play;
    struct drawn *drawn = draw(o, 3, 0);
    assert_true(day_prices_init(&prices, o) && day_play_init(&play, o));
    for (unsigned n = 0; n < 30; n++) {
        assert_true(day_future_draw(&drawn->chance, 3, n, &drawn->future));
        assert_true(day_prices_add(&prices, &play, &drawn->future));
    }
    unsigned morning = (unsigned)(hall_clock(9, 30) / DAY_STEP_MS);
    unsigned noon = (unsigned)(hall_clock(13, 30) / DAY_STEP_MS), night = noon + 120;
    for (unsigned w = 0; w < 6; w++) {
        assert_true(day_price(&prices, w, morning) > 3 * day_price(&prices, w, noon));
        assert_true(day_price(&prices, w, night) == 0);
    }
    day_prices_clear(&prices);
    assert_true(day_price(&prices, 0, morning) == 0);
    day_play_destroy(&play);
    day_prices_destroy(&prices);
    drop(drawn);
    free(o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(impossible_days_are_refused),
        cmocka_unit_test(futures_are_the_same_again),
        cmocka_unit_test(factors_keep_the_persons),
        cmocka_unit_test(futures_have_the_expected_mix),
        cmocka_unit_test(known_bookings_come),
        cmocka_unit_test(windows_come_and_go),
        cmocka_unit_test(the_hall_is_emptied_after_closing),
        cmocka_unit_test(who_is_never_served_counts),
        cmocka_unit_test(posting_is_preferred),
        cmocka_unit_test(prices_are_high_before_queues_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
