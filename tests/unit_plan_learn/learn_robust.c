/* SPDX-License-Identifier: MIT
 * A forgotten "finish" does no harm: whatever is known of an item, one service of four hours moves no
 * estimate by more than five percent. And what is no accident is followed. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "dispatcher/plan/draw.h"
#include "kit.h"

enum { DOMAINS = 3, ITEMS = 9, WINDOWS = 4, PLANTED_MS = 4 * 60 * 60 * 1000 };

/* The same day twice, with and without the planted service. */
struct trial {
    unsigned samples;     /* of the item before */
    unsigned others;      /* services of every other item before */
    uint32_t expected_ms; /* by the catalogue, and truly */
    int64_t planted_ms;
};

static void play(struct kit *kit, const struct trial *trial, bool is_planted)
{
    struct kit_shape shape = {DOMAINS, ITEMS, WINDOWS, WINDOWS, trial->expected_ms, 1000};
    struct rng rng = rng_part(trial->samples, trial->expected_ms);
    kit_init(kit);
    kit_found(kit, &shape);
    kit_open(kit, KIT_DATE, 525, WINDOWS);
    for (unsigned round = 0; round < trial->others; round++)
        for (unsigned i = 2; i <= ITEMS; i++)
            kit_serve(kit, 1 + rng_below(&rng, WINDOWS), i,
                      (int64_t)draw_lognormal(&rng, trial->expected_ms, .6));
    for (unsigned n = 0; n < trial->samples; n++)
        kit_serve(kit, 1 + n % WINDOWS, 1, (int64_t)draw_lognormal(&rng, trial->expected_ms, .6));
    if (is_planted)
        kit_serve(kit, 1, 1, trial->planted_ms);
    kit_close(kit);
}

static double worst; /* of one trial */
static const char *worst_of;

static void compare(const char *what, struct learned with, struct learned without)
{
    double moved = fabs((double)with.value / (double)without.value - 1);
    if (moved > worst) {
        worst = moved;
        worst_of = what;
    }
}

static void compare_all(const struct kit *with, const struct kit *without)
{
    const struct learn *a = with->learn, *b = without->learn;
    worst = 0;
    worst_of = "-";
    for (uint16_t i = 1; i <= ITEMS; i++) {
        struct item_id item = {i};
        compare("item", learn_item_ms(a, item), learn_item_ms(b, item));
        compare("item's cv", learn_item_cv_permille(a, item), learn_item_cv_permille(b, item));
        for (uint16_t w = 1; w <= WINDOWS; w++) {
            struct window_id window = {w};
            compare("item at window", learn_item_at_ms(a, item, window, (struct clerk_id){w}),
                    learn_item_at_ms(b, item, window, (struct clerk_id){w}));
            compare("handling", learn_handling_ms(a, without->hall, window, item),
                    learn_handling_ms(b, without->hall, window, item));
        }
    }
    for (uint16_t d = 1; d <= DOMAINS; d++) {
        compare("domain", learn_domain_ms(a, (struct domain_id){d}),
                learn_domain_ms(b, (struct domain_id){d}));
        compare("domain's cv", learn_domain_cv_permille(a, (struct domain_id){d}),
                learn_domain_cv_permille(b, (struct domain_id){d}));
    }
    for (uint16_t c = 1; c <= WINDOWS; c++)
        compare("clerk", learn_clerk_permille(a, (struct clerk_id){c}),
                learn_clerk_permille(b, (struct clerk_id){c}));
}

static void a_forgotten_finish_moves_nothing_far(void **state)
{
    (void)state;
    static const unsigned samples[] = {0, 1, 2, 5, 20, 100}, others[] = {0, 1, 10, 50};
    static const uint32_t minutes[] = {3, 10, 30, 60, 90, 120, 180};
    double most = 0;
    for (unsigned s = 0; s < sizeof samples / sizeof *samples; s++)
        for (unsigned o = 0; o < sizeof others / sizeof *others; o++)
            for (unsigned m = 0; m < sizeof minutes / sizeof *minutes; m++) {
                struct trial trial = {samples[s], others[o], minutes[m] * 60000, PLANTED_MS};
                struct kit with, without;
                play(&with, &trial, true);
                play(&without, &trial, false);
                compare_all(&with, &without);
                if (worst > most) {
                    most = worst;
                    printf("%u samples, %u of each other, expected %u min: %s moves by %.4f\n", samples[s],
                           others[o], minutes[m], worst_of, worst);
                }
                kit_destroy(&with);
                kit_destroy(&without);
            }
    assert_true(most <= .05);
    assert_true(most > .001); /* it was seen at all */
}

/* ---- what is no accident is followed ---- */

struct change {
    uint32_t told_ms, true_ms; /* by the catalogue, and truly */
    unsigned services;
    double within; /* of the truth afterwards */
};

static void what_is_no_accident_is_followed(void **state)
{
    (void)state;
    static const struct change changes[] = {
        {600000, 600000, 20, .2},           {600000, 1200000, 20, .25}, /* twice what was told */
        {600000, 3000000, 40, .25},                                     /* five times */
        {600000, 120000, 40, .25},                                      /* a fifth */
        {600000, 3 * 60 * 60000, 150, .35}, /* truly beyond what is thought plausible */
    };
    for (unsigned c = 0; c < sizeof changes / sizeof *changes; c++) {
        const struct change *change = &changes[c];
        struct kit_shape shape = {DOMAINS, ITEMS, WINDOWS, WINDOWS, change->told_ms, 1000};
        struct rng rng = rng_part(5, c);
        struct kit kit;
        kit_init(&kit);
        kit_found(&kit, &shape);
        kit_open(&kit, KIT_DATE, 525, WINDOWS);
        for (unsigned n = 0; n < change->services; n++) {
            for (unsigned i = 4; i <= ITEMS; i += 3) /* the rest of its domain is as it was told */
                kit_serve(&kit, 1 + n % WINDOWS, i,
                          (int64_t)draw_lognormal(&rng, change->told_ms * 1.15, .6));
            kit_serve(&kit, 1 + n % WINDOWS, 1, (int64_t)draw_lognormal(&rng, change->true_ms * 1.15, .6));
        }
        kit_close(&kit);
        struct learned item = learn_item_ms(kit.learn, (struct item_id){1});
        printf("told %u s, truly %u s, after %u services %lld s (%lld..%lld)\n", change->told_ms / 1000,
               change->true_ms / 1000, change->services, (long long)item.value / 1000,
               (long long)item.low / 1000, (long long)item.high / 1000);
        assert_true(fabs((double)item.value / change->true_ms - 1) <= change->within);
        struct learned other = learn_item_ms(kit.learn, (struct item_id){4});
        assert_true(fabs((double)other.value / change->told_ms - 1) <= .25);
        kit_destroy(&kit);
    }
}

/* Half of the past is gone after LEARN_HALF_LIFE_DAYS business days. */
static void old_days_fade(void **state)
{
    (void)state;
    struct kit_shape shape = {1, 1, 1, 1, 600000, 1000};
    struct learned before, after;
    double shift[2];
    for (unsigned pause = 0; pause < 2; pause++) {
        struct rng rng = rng_part(9, 1);
        struct kit kit;
        int32_t date = KIT_DATE;
        kit_init(&kit);
        kit_found(&kit, &shape);
        kit_open(&kit, date, 525, 1);
        for (unsigned n = 0; n < 200; n++)
            kit_serve(&kit, 1, 1, (int64_t)draw_lognormal(&rng, 300000, .5));
        kit_close(&kit);
        before = learn_item_ms(kit.learn, (struct item_id){1});
        for (unsigned day = 0; pause && day < 2 * LEARN_HALF_LIFE_DAYS; day++) {
            kit_open(&kit, ++date, 525, 0);
            kit_close(&kit);
        }
        struct learned rested = learn_item_ms(kit.learn, (struct item_id){1});
        assert_true(fabs((double)rested.value / (double)before.value - 1) < .06);
        if (pause) /* less is known of it by now */
            assert_true(rested.high - rested.low > (before.high - before.low) * 5 / 4);
        kit_open(&kit, date + 3, 525, 1);
        for (unsigned n = 0; n < 100; n++)
            kit_serve(&kit, 1, 1, (int64_t)draw_lognormal(&rng, 600000, .5));
        kit_close(&kit);
        after = learn_item_ms(kit.learn, (struct item_id){1});
        shift[pause] = log((double)after.value / (double)before.value) / log(2);
        kit_destroy(&kit);
    }
    printf("moved %.2f of the way at once, %.2f after a pause\n", shift[0], shift[1]);
    assert_true(shift[0] > .3 && shift[0] < .8);
    assert_true(shift[1] > shift[0] + .15 && shift[1] < 1.05);
}

/* Who is fast is told apart from what is short, although nobody does everything. */
static void clerks_and_items_are_told_apart(void **state)
{
    (void)state;
    struct kit_shape shape = {1, 4, 4, 4, 600000, 1000};
    struct rng rng = rng_part(13, 1);
    struct kit kit;
    kit_init(&kit);
    kit_found(&kit, &shape);
    kit_open(&kit, KIT_DATE, 525, 4);
    /* Clerks 1 and 2 are twice as fast as 3 and 4 and get the items that are twice as long, most of the time.
     */
    for (unsigned n = 0; n < 400; n++) {
        unsigned clerk = 1 + rng_below(&rng, 4), own = clerk <= 2 ? 1 : 3;
        unsigned item = (rng_chance(&rng, 800) ? own : 4 - own) + rng_below(&rng, 2);
        double ms = (item <= 2 ? 800000 : 400000) * 1.15 / (clerk <= 2 ? sqrt(2) : sqrt(.5));
        kit_serve(&kit, clerk, item, (int64_t)draw_lognormal(&rng, ms, .5));
    }
    kit_close(&kit);
    double speeds = 0;
    for (uint16_t c = 1; c <= 4; c++)
        speeds += log((double)learn_clerk_permille(kit.learn, (struct clerk_id){c}).value / 1000);
    assert_true(fabs(speeds) < .02); /* centred */
    for (uint16_t n = 1; n <= 4; n++) {
        int64_t speed = learn_clerk_permille(kit.learn, (struct clerk_id){n}).value;
        int64_t ms = learn_item_ms(kit.learn, (struct item_id){n}).value;
        assert_in_range(speed, n <= 2 ? 1250 : 600, n <= 2 ? 1600 : 800);
        assert_in_range(ms, n <= 2 ? 650000 : 325000, n <= 2 ? 960000 : 480000);
    }
    kit_destroy(&kit);
}

/* A catalogue that is wrong throughout says nothing of clerks. */
static void clerks_stay_centred(void **state)
{
    (void)state;
    struct kit_shape shape = {2, 6, 4, 4, 600000, 1000};
    struct rng rng = rng_part(14, 1);
    struct kit kit;
    kit_init(&kit);
    kit_found(&kit, &shape);
    kit_open(&kit, KIT_DATE, 525, 4);
    for (unsigned n = 0; n < 200; n++)
        kit_serve(&kit, 1 + n % 4, 1 + n % 6, (int64_t)draw_lognormal(&rng, 1800000, .3));
    kit_close(&kit);
    double speeds = 0;
    for (uint16_t c = 1; c <= 4; c++)
        speeds += log((double)learn_clerk_permille(kit.learn, (struct clerk_id){c}).value / 1000);
    assert_true(fabs(speeds) < .004);
    kit_destroy(&kit);
}

/* One window has what the item needs at hand. */
static void an_item_can_be_special_at_a_window(void **state)
{
    (void)state;
    struct kit_shape shape = {1, 6, 3, 3, 600000, 1000};
    struct rng rng = rng_part(15, 1);
    struct kit kit;
    kit_init(&kit);
    kit_found(&kit, &shape);
    for (int32_t day = 0; day < 4; day++) {
        kit_open(&kit, KIT_DATE + 7 * day, 525, 3);
        for (unsigned n = 0; n < 360; n++) {
            unsigned window = 1 + n % 3, item = 1 + n / 3 % 6;
            double ms = item == 1 && window == 2 ? 300000 : 600000;
            kit_serve(&kit, window, item, (int64_t)draw_lognormal(&rng, ms, .4));
        }
        kit_close(&kit);
    }
    struct item_id item = {1};
    double here =
        (double)learn_item_at_ms(kit.learn, item, (struct window_id){2}, (struct clerk_id){2}).value;
    double there =
        (double)learn_item_at_ms(kit.learn, item, (struct window_id){1}, (struct clerk_id){1}).value;
    printf("at its own window %.2f of elsewhere\n", here / there);
    assert_true(here / there < .7);
    kit_destroy(&kit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clerks_stay_centred),
        cmocka_unit_test(an_item_can_be_special_at_a_window),
        cmocka_unit_test(a_forgotten_finish_moves_nothing_far),
        cmocka_unit_test(what_is_no_accident_is_followed),
        cmocka_unit_test(old_days_fade),
        cmocka_unit_test(clerks_and_items_are_told_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
