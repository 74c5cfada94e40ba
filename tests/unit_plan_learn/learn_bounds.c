/* SPDX-License-Identifier: MIT
 * The largest hall: memory is bounded, the table of cells gives up its lightest, and taking an event costs
 * less than a microsecond on average. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "dispatcher/plan/demand_inside.h"
#include "dispatcher/plan/draw.h"
#include "dispatcher/plan/learn_cells.h"
#include "kit.h"

enum { DOMAINS = 8, ITEMS = ITEMS_MAX, WINDOWS = 60, SERVICES = 36000, MINUTE = 60000 };

static void memory_is_bounded(void **state)
{
    (void)state;
    printf("learn %zu KB, demand %zu KB\n", sizeof(struct learn) / 1024, sizeof(struct demand) / 1024);
    assert_true(sizeof(struct learn) + sizeof(struct demand) < 8u * 1024 * 1024);
}

/* More combinations of item, window and clerk than there are cells. */
static void a_full_table_keeps_what_it_knows_of_items(void **state)
{
    (void)state;
    struct kit_shape shape = {DOMAINS, ITEMS, WINDOWS, WINDOWS, 10 * MINUTE, 1000};
    struct rng rng = rng_part(3, 1);
    struct kit kit;
    kit_init(&kit);
    kit_found(&kit, &shape);
    unsigned day = 0, seen = 0;
    uint32_t most = 0;
    kit_open(&kit, KIT_DATE, 525, WINDOWS);
    for (unsigned n = 0; n < SERVICES; n++) {
        unsigned item = 1 + n % ITEMS, window = 1 + rng_below(&rng, WINDOWS);
        double mean_ms = item % 2 ? 5 * MINUTE * 1.15 : 20 * MINUTE * 1.15;
        kit_serve(&kit, window, item, (int64_t)draw_lognormal(&rng, mean_ms, .4));
        most = kit.learn->cell_count > most ? kit.learn->cell_count : most;
        if (kit.hall->ticket_count > 8000) {
            kit_close(&kit);
            day += 150; /* services stand one after the other here, so days are long */
            kit_open(&kit, KIT_DATE + (int32_t)day, 525, WINDOWS);
        }
    }
    kit_close(&kit);
    assert_int_equal(most, CELLS_MAX);
    for (uint16_t i = 1; i <= ITEMS; i++) {
        struct learned item = learn_item_ms(kit.learn, (struct item_id){i});
        assert_in_range(item.samples, SERVICES / ITEMS, SERVICES / ITEMS + 1);
        bool is_right = i % 2 ? item.value < 10 * MINUTE : item.value > 10 * MINUTE;
        seen += is_right;
    }
    printf("%u of %u items on the right side\n", seen, ITEMS);
    assert_true(seen > ITEMS * 98 / 100);
    /* Saving and loading a full table. */
    size_t length;
    char *text = learn_save(kit.learn, &length);
    struct learn *loaded = learn_create();
    assert_true(learn_load(loaded, text, length));
    size_t length_again;
    char *again = learn_save(loaded, &length_again);
    assert_int_equal(length, length_again);
    assert_memory_equal(text, again, length);
    printf("%zu KB kept\n", length / 1024);
    free(text);
    free(again);
    learn_destroy(loaded);
    kit_destroy(&kit);
}

static double said_of_item(const struct learn *learn, unsigned item)
{
    double sum = 0;
    for (unsigned c = learn->items[item].first_cell; c; c = learn->cells[c].next_of_item)
        sum += learn->cells[c].sum + learn->cells[c].weight * learn->clerks[learn->cells[c].clerk].log_speed;
    return sum;
}

/* Folding moves what a cell says of its item into the item's rest, speed and all. */
static void folding_takes_nothing_from_an_item(void **state)
{
    (void)state;
    struct learn *learn = learn_create();
    double weights[5] = {0}, said[5];
    for (unsigned i = 1; i <= 4; i++)
        learn->items[learn->items_top = (uint16_t)i].exists = true;
    for (unsigned c = 1; c <= CLERKS_MAX; c++)
        learn->clerks[learn->clerks_top = (uint16_t)c].log_speed = .001 * c;
    for (unsigned n = 0; n < CELLS_MAX; n++) {
        unsigned item = 1 + n % 4;
        struct cell *cell = cell_at(learn, item, 1 + n / 4 % 64, 1 + n / 256);
        assert_true(cell->weight <= 0);
        cell->weight = 1 + n % 7;
        cell->sum = cell->weight * (10 + n % 3);
        weights[item] += cell->weight;
    }
    for (unsigned i = 1; i <= 4; i++)
        said[i] = said_of_item(learn, i);
    assert_int_equal(learn->cell_count, CELLS_MAX);
    cell_at(learn, 1, 100, 1)->weight = 1e-9;
    assert_true(learn->cell_count < CELLS_MAX * 9 / 10);
    for (unsigned i = 1; i <= 4; i++) {
        double weight = 0;
        for (unsigned c = learn->items[i].first_cell; c; c = learn->cells[c].next_of_item)
            weight += learn->cells[c].weight;
        assert_true(fabs(weight - weights[i]) < 1e-6);
        assert_true(fabs(said_of_item(learn, i) - said[i]) < 1e-6);
        assert_true(cell_at(learn, i, 0, 0)->weight > 1);
    }
    learn_destroy(learn);
}

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Replays a hall's days: what taking an event costs on average, days' ends included. */
static void taking_an_event_is_cheap(void **state)
{
    (void)state;
    struct kit_shape shape = {DOMAINS, 300, 30, 40, 10 * MINUTE, 1000};
    struct rng rng = rng_part(4, 1);
    struct kit kit;
    kit_init(&kit);
    kit.records = true;
    kit_found(&kit, &shape);
    for (int32_t day = 0; day < 5; day++) {
        kit_open(&kit, KIT_DATE + 30 * day, 525, 30);
        for (unsigned n = 0; n < 1500; n++)
            kit_serve(&kit, 1 + rng_below(&rng, 30), 1 + rng_below(&rng, 300),
                      (int64_t)draw_lognormal(&rng, 5 * MINUTE, .6));
        kit_close(&kit);
    }
    struct hall *hall = calloc(1, sizeof *hall);
    struct learn *learn = learn_create();
    struct demand *demand = demand_create();
    hall_init(hall);
    double learn_s = 0, demand_s = 0;
    for (size_t i = 0; i < kit.log_count; i++) {
        double from_s = seconds();
        learn_take(learn, hall, &kit.log[i]);
        double middle_s = seconds();
        demand_take(demand, hall, &kit.log[i]);
        learn_s += middle_s - from_s;
        demand_s += seconds() - middle_s;
        hall_evolve(hall, &kit.log[i]);
    }
    double from_s = seconds();
    for (size_t i = 0; i < kit.log_count; i++) /* what looking at the clock costs */
        seconds();
    double clock_s = seconds() - from_s;
    double learn_us = 1e6 * (learn_s - clock_s) / (double)kit.log_count;
    double demand_us = 1e6 * (demand_s - clock_s) / (double)kit.log_count;
    printf("%zu events: learning %.2f us, demand %.2f us an event\n", kit.log_count, learn_us, demand_us);
    assert_true(learn_us < 30 && demand_us < 30); /* below 1 in a release build; this one may be a slow one */
    free(hall);
    learn_destroy(learn);
    demand_destroy(demand);
    kit_destroy(&kit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_bounded),
        cmocka_unit_test(folding_takes_nothing_from_an_item),
        cmocka_unit_test(a_full_table_keeps_what_it_knows_of_items),
        cmocka_unit_test(taking_an_event_is_cheap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
