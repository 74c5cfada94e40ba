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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_forgotten_finish_moves_nothing_far),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
