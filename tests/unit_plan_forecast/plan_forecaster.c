/* SPDX-License-Identifier: MIT
 * The forecaster: factors that learn at night, figures, the text it is kept in; and what people are shown. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dispatcher/plan/draw.h"
#include "dispatcher/plan/forecast_show.h"
#include "dispatcher/plan/forecaster.h"

enum { MINUTE_MS = 60000 };

static struct forecast minutes(double low, double high, double mean)
{
    return (struct forecast){(int32_t)(low * MINUTE_MS), (int32_t)(high * MINUTE_MS),
                             (int32_t)(mean * MINUTE_MS)};
}

static bool is_same(struct forecast a, struct forecast b)
{
    return a.low_ms == b.low_ms && a.high_ms == b.high_ms && a.mean_ms == b.mean_ms;
}

/* ---- learning ---- */

static void knows_nothing_changes_nothing(void **state)
{
    (void)state;
    struct forecaster *f = forecaster_create();
    struct forecast made = minutes(12, 20, 13), never = {-1, -1, -1};
    struct forecast_figures figures;
    assert_true(is_same(forecaster_correct(f, FORECAST_SIMULATED, made), made));
    assert_true(is_same(forecaster_correct_hall(f, minutes(3, 9, 5)), minutes(3, 9, 5)));
    assert_true(is_same(forecaster_correct(f, FORECAST_QUICK, never), never));
    assert_true(is_same(forecaster_correct_hall(f, never), never));
    forecaster_learn(f, FORECAST_SIMULATED, never, 5);
    forecaster_learn(f, FORECAST_SIMULATED, made, -1);
    forecaster_learn_hall(f, never, 5);
    assert_int_equal(forecaster_today(f).tickets, 0);
    forecaster_close_day(f, 100);
    assert_false(forecaster_day(f, 0, &figures)); /* a day without outcomes has no figures */
    forecaster_destroy(f);
}

static void figures_of_a_day(void **state)
{
    (void)state;
    struct forecaster *f = forecaster_create();
    struct forecast made = minutes(10, 20, 11);
    struct forecast_figures day;
    forecaster_learn(f, FORECAST_SIMULATED, made, 4 * MINUTE_MS);
    forecaster_learn(f, FORECAST_SIMULATED, made, 12 * MINUTE_MS);
    forecaster_learn(f, FORECAST_QUICK, made, 30 * MINUTE_MS);
    forecaster_learn(f, FORECAST_QUICK, made, 10 * MINUTE_MS);
    forecaster_learn_hall(f, minutes(4, 8, 6), 5 * MINUTE_MS);
    forecaster_learn_hall(f, minutes(4, 8, 6), 9 * MINUTE_MS);
    assert_int_equal(forecaster_today(f).tickets, 4);
    forecaster_close_day(f, 20780);
    assert_int_equal(forecaster_today(f).tickets, 0);
    assert_true(forecaster_day(f, 0, &day));
    assert_int_equal(day.date, 20780);
    assert_int_equal(day.tickets, 4);
    assert_float_equal(day.mae_min, (6 + 2 + 20 + 0) / 4.0, 1e-9);
    assert_float_equal(day.covered_low, 0.5, 1e-9);
    assert_float_equal(day.covered_high, 0.75, 1e-9);
    assert_int_equal(day.halls, 2);
    assert_float_equal(day.hall_mae_min, 2, 1e-9);
    assert_float_equal(day.hall_covered, 0.5, 1e-9);
    assert_false(forecaster_day(f, 1, &day));
    forecaster_destroy(f);
}

/* Outcomes that the forecasts miss by a factor of 1.6; P50 `low_min`, P90 1.5 times that. */
static void live_day(struct forecaster *f, struct rng *rng, enum forecast_kind kind, double low_min)
{
    for (unsigned i = 0; i < 200; i++) {
        double outcome_min = 1.6 * low_min * exp(0.5 * draw_normal(rng));
        forecaster_learn(f, kind, minutes(low_min, 1.5 * low_min, low_min),
                         (int32_t)(outcome_min * MINUTE_MS));
    }
}

static void factors_learn_at_night(void **state)
{
    (void)state;
    struct forecaster *f = forecaster_create();
    struct rng rng = {7};
    struct forecast made = minutes(10, 15, 10);
    live_day(f, &rng, FORECAST_SIMULATED, 10);
    assert_true(is_same(forecaster_correct(f, FORECAST_SIMULATED, made), made));
    forecaster_close_day(f, 1);
    struct forecast shown = forecaster_correct(f, FORECAST_SIMULATED, made);
    assert_in_range(shown.low_ms, 14 * MINUTE_MS, 17 * MINUTE_MS);
    assert_in_range(shown.high_ms, 24 * MINUTE_MS, 33 * MINUTE_MS); /* 1.6 * 10 * exp(0.5 * 1.28) = 30 */

    /* others know nothing of it: another kind, longer and shorter waits */
    assert_true(is_same(forecaster_correct(f, FORECAST_QUICK, made), made));
    assert_true(is_same(forecaster_correct(f, FORECAST_SIMULATED, minutes(21, 30, 22)), minutes(21, 30, 22)));
    assert_true(is_same(forecaster_correct(f, FORECAST_SIMULATED, minutes(4, 9, 5)), minutes(4, 9, 5)));
    assert_true(is_same(forecaster_correct_hall(f, made), made));
    forecaster_destroy(f);
}

static void coverage_comes_and_stays(void **state)
{
    (void)state;
    struct forecaster *f = forecaster_create();
    struct rng rng = {11};
    struct forecast_figures day;
    double low = 0, high = 0;
    for (int32_t date = 0; date < 25; date++) {
        live_day(f, &rng, FORECAST_SIMULATED, 3);
        live_day(f, &rng, FORECAST_QUICK, 12);
        live_day(f, &rng, FORECAST_SIMULATED, 30);
        forecaster_close_day(f, date);
        assert_true(forecaster_day(f, 0, &day));
        if (date == 0)
            assert_true(day.covered_low < 0.3 && day.covered_high < 0.6);
        if (date >= 5) {
            low += day.covered_low / 20;
            high += day.covered_high / 20;
        }
    }
    assert_true(low > 0.48 && low < 0.52);
    assert_true(high > 0.88 && high < 0.92);
    forecaster_destroy(f);
}

static void the_hall_band_learns(void **state)
{
    (void)state;
    struct forecaster *f = forecaster_create();
    struct rng rng = {5};
    struct forecast_figures day;
    double covered = 0;
    for (int32_t date = 0; date < 30; date++) {
        for (unsigned i = 0; i < 100; i++) {
            double outcome_min = 12 + 3 * draw_normal(&rng);
            forecaster_learn_hall(f, minutes(9, 11, 10), (int32_t)(outcome_min * MINUTE_MS));
        }
        forecaster_close_day(f, date);
        forecaster_day(f, 0, &day);
        covered += date >= 10 ? day.hall_covered / 20 : 0;
    }
    struct forecast shown = forecaster_correct_hall(f, minutes(9, 11, 10));
    assert_true(covered > 0.77 && covered < 0.83);
    assert_in_range(shown.mean_ms, 11 * MINUTE_MS, 13 * MINUTE_MS);
    assert_true(shown.low_ms < 9 * MINUTE_MS && shown.high_ms > 14 * MINUTE_MS);
    forecaster_destroy(f);
}

/* A P90 is never below the P50, whatever the factors. */
static void quantiles_keep_their_order(void **state)
{
    (void)state;
    struct forecaster *f = forecaster_create();
    for (unsigned i = 0; i < 300; i++)
        forecaster_learn(f, FORECAST_SIMULATED, minutes(10, 60, 10), 20 * MINUTE_MS);
    forecaster_close_day(f, 1);
    struct forecast shown = forecaster_correct(f, FORECAST_SIMULATED, minutes(12, 13, 12));
    assert_true(shown.low_ms > 15 * MINUTE_MS && shown.high_ms == shown.low_ms);
    forecaster_destroy(f);
}

static void old_days_give_way(void **state)
{
    (void)state;
    struct forecaster *f = forecaster_create();
    struct forecast_figures day;
    for (int32_t date = 1; date <= FORECASTER_DAYS + 7; date++) {
        forecaster_learn(f, FORECAST_SIMULATED, minutes(10, 20, 10), date * 1000);
        forecaster_close_day(f, date);
    }
    assert_true(forecaster_day(f, 0, &day) && day.date == FORECASTER_DAYS + 7);
    assert_true(forecaster_day(f, FORECASTER_DAYS - 1, &day) && day.date == 8);
    assert_false(forecaster_day(f, FORECASTER_DAYS, &day));
    forecaster_destroy(f);
}

/* ---- the text ---- */

static struct forecaster *with_a_past(unsigned days)
{
    struct forecaster *f = forecaster_create();
    struct rng rng = {3};
    for (unsigned date = 0; date < days; date++) {
        live_day(f, &rng, FORECAST_SIMULATED, 3 + date % 3 * 10);
        live_day(f, &rng, FORECAST_QUICK, 12);
        forecaster_learn_hall(f, minutes(2, 6, 4), (int32_t)(date % 9) * MINUTE_MS);
        forecaster_close_day(f, (int32_t)date - 2);
    }
    live_day(f, &rng, FORECAST_SIMULATED, 8);
    return f;
}

/* 40 days fill the scores and make the oldest give way. */
static void goes_on_after_loading(void **state)
{
    (void)state;
    static const unsigned pasts[] = {0, 2, 40};
    for (unsigned i = 0; i < 3; i++) {
        struct forecaster *f = with_a_past(pasts[i]), *g = forecaster_create();
        size_t length, again;
        char *text = forecaster_save(f, &length);
        assert_true(forecaster_load(g, text, length));
        free(text);
        struct rng rng = {99}, same = {99};
        for (int32_t date = 50; date < 53; date++) {
            live_day(f, &rng, FORECAST_SIMULATED, 7);
            live_day(g, &same, FORECAST_SIMULATED, 7);
            forecaster_close_day(f, date);
            forecaster_close_day(g, date);
        }
        text = forecaster_save(f, &length);
        char *other = forecaster_save(g, &again);
        assert_int_equal(length, again);
        assert_memory_equal(text, other, length);
        free(text);
        free(other);
        forecaster_destroy(f);
        forecaster_destroy(g);
    }
}

/* Nothing of a text that is refused may stay. */
static void refused(struct forecaster *f, const char *text, size_t length, const char *before,
                    size_t before_length)
{
    size_t after_length;
    assert_false(forecaster_load(f, text, length));
    char *after = forecaster_save(f, &after_length);
    assert_int_equal(after_length, before_length);
    assert_memory_equal(after, before, before_length);
    free(after);
}

static void only_whole_texts_are_taken(void **state)
{
    (void)state;
    struct forecaster *f = with_a_past(1), *g = forecaster_create();
    size_t length, before_length;
    char *text = forecaster_save(f, &length), *before = forecaster_save(g, &before_length);
    for (size_t n = 0; n < length; n += n < 400 || n + 400 > length ? 1 : 97)
        refused(g, text, n, before, before_length);
    for (size_t n = 0; n < length; n += n < 400 || n + 400 > length ? 1 : 89) {
        text[n] ^= 1;
        refused(g, text, length, before, before_length);
        text[n] ^= 1;
    }
    char *longer = malloc(length + 1);
    memcpy(longer, text, length);
    longer[length] = '\n';
    refused(g, longer, length + 1, before, before_length);
    assert_true(forecaster_load(g, text, length));
    free(longer);
    free(text);
    free(before);
    forecaster_destroy(f);
    forecaster_destroy(g);
}

/* The checksum of a text whose sense was changed on purpose. */
static void sign(char *text, size_t length)
{
    uint64_t hash = 0xcbf29ce484222325u;
    size_t body = length - strlen("end 0123456789abcdef\n");
    for (size_t i = 0; i < body; i++)
        hash = (hash ^ (unsigned char)text[i]) * 0x100000001b3u;
    char last[32];
    snprintf(last, sizeof last, "end %016llx\n", (unsigned long long)hash);
    memcpy(text + body, last, strlen(last));
}

/* Signed texts with any byte changed are refused or leave a state that can be used and saved again. */
static void hostile_texts_do_no_harm(void **state)
{
    (void)state;
    struct forecaster *f = forecaster_create();
    struct rng rng = {21};
    size_t length, again;
    unsigned taken = 0;
    for (unsigned i = 0; i < 6; i++)
        forecaster_learn(f, FORECAST_SIMULATED, minutes(i, 2 * i + 4, i), (int32_t)i * 100000);
    forecaster_close_day(f, 1);
    forecaster_learn_hall(f, minutes(1, 2, 1), 100000);
    char *text = forecaster_save(f, &length), *copy = malloc(length);
    for (unsigned n = 0; n < 20000; n++) {
        memcpy(copy, text, length);
        for (unsigned k = rng_range(&rng, 1, 3); k; k--)
            copy[rng_below(&rng, (uint32_t)length - 21)] = " \n0123456789abcdefx-"[rng_below(&rng, 20)];
        sign(copy, length);
        if (!forecaster_load(f, copy, length))
            continue;
        taken++;
        char *saved = forecaster_save(f, &again);
        assert_non_null(saved);
        assert_int_equal(again, length);
        assert_memory_equal(saved, copy, length);
        forecaster_learn(f, FORECAST_SIMULATED, minutes(10, 20, 11), 5);
        forecaster_close_day(f, 2);
        struct forecast shown = forecaster_correct(f, FORECAST_SIMULATED, minutes(10, 20, 11));
        assert_true(shown.low_ms >= 0 && shown.high_ms >= shown.low_ms);
        free(saved);
    }
    print_message("seed 21: %u of 20000 changed texts were well formed\n", taken);
    assert_in_range(taken, 100, 10000);
    free(copy);
    free(text);
    forecaster_destroy(f);
}

/* Whether the text is taken when the first `from` in it is `to`. */
static bool is_taken_with(const char *text, const char *from, const char *to)
{
    const char *at = strstr(text, from);
    assert_non_null(at);
    size_t before = (size_t)(at - text), room = strlen(text) + strlen(to) + 1;
    char *changed = malloc(room);
    snprintf(changed, room, "%.*s%s%s", (int)before, text, to, at + strlen(from));
    sign(changed, strlen(changed));
    struct forecaster *f = forecaster_create();
    bool is_taken = forecaster_load(f, changed, strlen(changed));
    forecaster_destroy(f);
    free(changed);
    return is_taken;
}

static void one_word_is_enough_to_refuse(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to;
    } cases[] = {
        {"forecaster 1", "forecaster 2"},                       /* another version */
        {"\ntoday ", "\ntodaz "},                               /* another record */
        {"\nscores 1 ", "\nscores 9 "},                         /* a day to come */
        {"\nscores 1 ", "\nscores 0 "},                         /* a day twice */
        {"\nscores 0 1 1065353216\n", "\nscores 0 0\n"},        /* a day without scores */
        {"\nscores 0 1 1065353216\n", "\nscores 0 4097 1\n"},   /* more than there is room for */
        {" 1065353216", " 2139095040"},                         /* a score that is not finite */
        {" 1065353216", " 3212836864"},                         /* one below 0 */
        {"factor 3ff0000000000000", "factor 7ff8000000000000"}, /* a factor that is no number */
        {"factor 3ff0000000000000", "factor 4049000000000000"}, /* ... and one beyond all use: 50 */
    };
    struct forecaster *f = forecaster_create();
    size_t length;
    for (int32_t date = 0; date < 2; date++) {
        forecaster_learn(f, FORECAST_SIMULATED, minutes(5, 10, 6), 5 * MINUTE_MS); /* a score of 1 */
        forecaster_close_day(f, date);
    }
    char *text = forecaster_save(f, &length);
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (is_taken_with(text, cases[i].from, cases[i].to))
            fail_msg("taken with %s", cases[i].to);
    assert_true(is_taken_with(text, "\ntoday ", "\ntoday "));
    free(text);
    forecaster_destroy(f);
}

static void no_more_days_than_there_is_room_for(void **state)
{
    (void)state;
    struct forecaster *f = forecaster_create();
    size_t length;
    for (int32_t date = 0; date < FORECASTER_DAYS; date++) {
        forecaster_learn(f, FORECAST_SIMULATED, minutes(5, 10, 6), 5 * MINUTE_MS);
        forecaster_close_day(f, date);
    }
    char *text = forecaster_save(f, &length), day[256];
    const char *at = strstr(text, "\nday ");
    snprintf(day, sizeof day, "%.*s", (int)(strchr(at + 1, '\n') - at), at);
    assert_true(is_taken_with(text, day, day));
    char twice[512];
    snprintf(twice, sizeof twice, "%s%s", day, day);
    assert_false(is_taken_with(text, day, twice));
    free(text);
    forecaster_destroy(f);
}

/* ---- what is shown ---- */

static void assert_range(struct forecast_range range, int low, int high)
{
    assert_int_equal(range.low_min, low);
    assert_int_equal(range.high_min, high);
}

static void ranges_are_rounded_outward(void **state)
{
    (void)state;
    static const struct {
        double low, high;
        int low_min, high_min;
    } cases[] = {
        {0, 0, 0, 5},    {0, 4.9, 0, 5},   {2, 5, 0, 5},     {4.99, 5.01, 0, 10},
        {5, 10, 5, 10},  {5, 5, 0, 5},     {9.9, 20, 5, 20}, {10, 20.1, 10, 25},
        {10, 10, 5, 10}, {23, 41, 20, 45}, {30, 12, 10, 15}, {90, 240, 90, 240},
    };
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_range(
            forecast_round((int32_t)(cases[i].low * MINUTE_MS), (int32_t)(cases[i].high * MINUTE_MS)),
            cases[i].low_min, cases[i].high_min);
    assert_range(forecast_round(-1, -1), -1, -1);
    assert_range(forecast_round(INT32_MAX, INT32_MAX), 1435, 1440);
}

static struct forecast_range after(struct forecast_range before, double low, double high)
{
    return forecast_round_after(before, (int32_t)(low * MINUTE_MS), (int32_t)(high * MINUTE_MS));
}

static void ends_move_outward_at_once_inward_later(void **state)
{
    (void)state;
    struct forecast_range shown = {10, 20};
    assert_range(after(shown, 12, 18), 10, 20);
    assert_range(after(shown, 9.9, 20.1), 5, 25);
    assert_range(after(shown, 15.5, 17), 10, 20);
    assert_range(after(shown, 12, 14.5), 10, 20);
    assert_range(after(shown, 16, 25), 15, 25);
    assert_range(after(shown, 3, 14), 0, 15);
    assert_range(after(shown, 31, 50), 30, 50);
    assert_range(after(shown, 0, 2), 0, 5);
    assert_range(after((struct forecast_range){-1, -1}, 12, 18), 10, 20);
    assert_range(forecast_round_after(shown, -1, -1), -1, -1);
}

/* The true instant of the call is fixed, each minute's forecast is off by some noise. */
static unsigned changes_of(bool smooth, uint64_t seed)
{
    struct forecast_shown shown = {0};
    struct rng rng = {seed};
    struct forecast_range before = {0, 0};
    unsigned changes = 0;
    for (int minute = 0; minute < 40; minute++) {
        double low = 42 - minute + draw_normal(&rng), high = 55 - minute + 2 * draw_normal(&rng);
        struct forecast made = minutes(low > 0 ? low : 0, high, low);
        struct forecast_range now = smooth ? forecast_show(&shown, minute * (int64_t)MINUTE_MS, made)
                                           : forecast_round(made.low_ms, made.high_ms);
        if (minute)
            changes +=
                (now.low_min != before.low_min ? 1u : 0u) + (now.high_min != before.high_min ? 1u : 0u);
        before = now;
    }
    return changes;
}

static void what_is_shown_does_not_jump(void **state)
{
    (void)state;
    unsigned raw = 0, calm = 0;
    for (uint64_t seed = 0; seed < 50; seed++) {
        raw += changes_of(false, seed);
        calm += changes_of(true, seed);
    }
    print_message("seeds 0..49: %u changes without smoothing, %u with it\n", raw, calm);
    assert_true(calm < 50 * 20); /* 16 steps are right for two ends in 40 minutes */
    assert_true(calm < raw * 3 / 4);
}

static void it_counts_down_by_itself(void **state)
{
    (void)state;
    struct forecast_shown shown = {0};
    assert_range(forecast_show(&shown, 1000, minutes(22, 38, 25)), 20, 40);
    assert_range(forecast_show(&shown, 1000 + 4 * MINUTE_MS, minutes(18.5, 34.5, 20)), 15, 35);
    /* 22 - 4 = 18, and not 18.5: that is near enough; 38 - 4 = 34 */
    assert_int_equal(shown.low_at_ms, 1000 + 22 * MINUTE_MS);
    assert_int_equal(shown.high_at_ms, 1000 + 38 * MINUTE_MS);
    /* due, and still nobody calls: it may come at any moment */
    assert_range(forecast_show(&shown, 1000 + 45 * MINUTE_MS, minutes(0, 3, 1)), 0, 5);
    assert_int_equal(shown.low_at_ms, 1000 + 45 * MINUTE_MS);
}

static void news_are_taken_up_in_minutes(void **state)
{
    (void)state;
    struct forecast_shown shown = {0};
    int64_t now_ms = 0;
    forecast_show(&shown, now_ms, minutes(10, 15, 11));
    double off[8];
    for (unsigned i = 0; i < 8; i++) { /* a window has closed: half an hour more */
        now_ms += MINUTE_MS;
        forecast_show(&shown, now_ms, minutes(39 - i, 44 - i, 41 - i));
        off[i] = 40 - (double)shown.low_at_ms / MINUTE_MS;
        assert_true(i == 0 || off[i] < off[i - 1]);
    }
    assert_true(off[0] > 21 && off[0] < 24);
    assert_true(off[4] > 6 && off[4] < 8);
    assert_true(off[7] > 2 && off[7] < 4);
    /* asked again in the same moment, nothing moves */
    struct forecast_shown same = shown;
    forecast_show(&same, now_ms, minutes(90, 95, 91));
    assert_int_equal(same.low_at_ms, shown.low_at_ms);
    /* nobody serves it, then somebody does: no memory of before */
    assert_range(forecast_show(&shown, now_ms, (struct forecast){-1, -1, -1}), -1, -1);
    assert_range(forecast_show(&shown, now_ms, minutes(7, 12, 8)), 5, 15);
}

/* Six times a minute or once in five minutes: about the same. */
static void the_pace_of_asking_does_not_matter(void **state)
{
    (void)state;
    struct forecast_shown fast = {0}, slow = {0};
    forecast_show(&fast, 0, minutes(10, 20, 10));
    forecast_show(&slow, 0, minutes(10, 20, 10));
    for (int64_t ms = 10000; ms <= 5 * MINUTE_MS; ms += 10000)
        forecast_show(&fast, ms, minutes(30 - (double)ms / MINUTE_MS, 40 - (double)ms / MINUTE_MS, 30));
    forecast_show(&slow, 5 * MINUTE_MS, minutes(25, 35, 30));
    int64_t apart_ms = fast.low_at_ms - slow.low_at_ms;
    assert_true(apart_ms > -2 * MINUTE_MS && apart_ms < 2 * MINUTE_MS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_nothing_changes_nothing),
        cmocka_unit_test(figures_of_a_day),
        cmocka_unit_test(factors_learn_at_night),
        cmocka_unit_test(coverage_comes_and_stays),
        cmocka_unit_test(the_hall_band_learns),
        cmocka_unit_test(quantiles_keep_their_order),
        cmocka_unit_test(old_days_give_way),
        cmocka_unit_test(goes_on_after_loading),
        cmocka_unit_test(only_whole_texts_are_taken),
        cmocka_unit_test(hostile_texts_do_no_harm),
        cmocka_unit_test(one_word_is_enough_to_refuse),
        cmocka_unit_test(no_more_days_than_there_is_room_for),
        cmocka_unit_test(ranges_are_rounded_outward),
        cmocka_unit_test(ends_move_outward_at_once_inward_later),
        cmocka_unit_test(what_is_shown_does_not_jump),
        cmocka_unit_test(it_counts_down_by_itself),
        cmocka_unit_test(news_are_taken_up_in_minutes),
        cmocka_unit_test(the_pace_of_asking_does_not_matter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
