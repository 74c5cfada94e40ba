/* SPDX-License-Identifier: MIT
 * What was learned survives a restart: replay from the beginning and load-and-rest are the same, bit for bit;
 * and nothing is taken from a text that was not written so. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dispatcher/plan/rng.h"
#include "kit.h"

enum { DAYS = 12, ACTS_A_DAY = 450, WINDOWS = 5, ITEMS = 12, PARTS = 17, BELIEFS = 120 };

static struct kit kit; /* its log is the history */

/* ---- a history with everything in it ---- */

static bool begin_service(struct rng *rng, uint16_t window)
{
    struct issue issue = {
        .items = {.count = (uint16_t)rng_range(rng, 1, 3)}, .class = CLASS_NORMAL, .channel = CHANNEL_KIOSK};
    unsigned first = rng_below(rng, ITEMS);
    for (unsigned i = 0; i < issue.items.count; i++)
        issue.items.items[i].value = (uint16_t)(1 + (first + 5 * i) % ITEMS);
    return kit_try(&kit, (struct command){.kind = COMMAND_ISSUE, .issue = issue}) &&
           kit_try(&kit, (struct command){.kind = COMMAND_CALL, .call = {{window}}});
}

static struct number any_number(struct rng *rng)
{
    const struct hall *hall = kit.hall;
    return hall->ticket_count ? hall->tickets[1 + rng_below(rng, hall->ticket_count)].number
                              : (struct number){0};
}

/* For tomorrow or today; some check in. */
static void book_and_check_in(struct rng *rng)
{
    struct hall *hall = kit.hall;
    struct book book = {.item = {1},
                        .date = hall->date + (int32_t)rng_below(rng, 2),
                        .slot_min = (uint16_t)(540 + 30 * rng_below(rng, 15)),
                        .person = {rng_range(rng, 1, 500)},
                        .channel = CHANNEL_KIOSK};
    kit_try(&kit, (struct command){.kind = COMMAND_BOOK, .book = book});
    if (hall->booking_count) {
        struct booking_code code = hall->bookings[rng_below(rng, hall->booking_count)].code;
        kit_try(&kit, (struct command){.kind = COMMAND_CHECK_IN, .check_in = {code, CHANNEL_KIOSK}});
    }
}

static void act(struct rng *rng)
{
    struct window_id window = {(uint16_t)rng_range(rng, 1, WINDOWS)};
    struct number number = any_number(rng);
    struct command commands[] = {
        {.kind = COMMAND_START, .start = {window}},
        {.kind = COMMAND_FINISH, .finish = {window}},
        {.kind = COMMAND_FINISH, .finish = {window}},
        {.kind = COMMAND_NO_SHOW, .no_show = {window}},
        {.kind = COMMAND_HOLD, .hold = {.window = window}},
        {.kind = COMMAND_RESUME, .resume = {window, number, rng_chance(rng, 300)}},
        {.kind = COMMAND_UNDO, .undo = {window}},
        {.kind = COMMAND_REJOIN, .rejoin = {number}},
        {.kind = COMMAND_CANCEL, .cancel = {.number = number}},
        {.kind = COMMAND_TRANSFER,
         .transfer = {.window = window,
                      .item = {(uint16_t)rng_below(rng, ITEMS + 1)},
                      .place = PLACE_ORIGINAL,
                      .returns = rng_chance(rng, 300)}},
        {.kind = COMMAND_TICK},
    };
    unsigned which = rng_below(rng, 2 * sizeof commands / sizeof *commands);
    book_and_check_in(rng);
    if (which < sizeof commands / sizeof *commands)
        kit_try(&kit, commands[which]);
    else
        begin_service(rng, window.value);
}

static void write_history(void)
{
    struct kit_shape shape = {3, ITEMS, WINDOWS, WINDOWS + 2, 5 * MINUTE_MS, 1000};
    struct rng rng = rng_part(7, 1);
    kit_init(&kit);
    kit.records = true;
    kit_found(&kit, &shape);
    struct item_set bookable = kit.hall->items[1].set;
    bookable.bookable = true;
    bookable.slot_capacity = 9;
    kit_do(&kit, (struct command){.kind = COMMAND_SET_ITEM, .set_item = bookable});
    for (int32_t day = 0; day < DAYS; day++) {
        if (day == 7) { /* the Wednesday of the second week is a holiday */
            kit_do(&kit, (struct command){.kind = COMMAND_SET_CALENDAR, .set_calendar = {KIT_DATE + 9, {0}}});
            continue;
        }
        int32_t date = KIT_DATE + day / 5 * 7 + day % 5;
        kit_open(&kit, date, 525 + (unsigned)day, WINDOWS);
        for (unsigned n = 0; n < ACTS_A_DAY; n++) {
            kit.now_ms += rng_below(&rng, 90000);
            act(&rng);
        }
        kit_close(&kit);
    }
    uint32_t services = 0;
    for (uint16_t d = 1; d <= 3; d++)
        services += learn_domain_ms(kit.learn, (struct domain_id){d}).samples;
    printf("%zu events, %u services\n", kit.log_count, services);
    assert_true(services > 150);
    assert_true(demand_reopening_permille(kit.demand) != 1200);
    assert_true(demand_booking_came_permille(kit.demand) < 900);
}

/* ---- replay ---- */

struct both {
    struct hall *hall;
    struct learn *learn;
    struct demand *demand;
};

static void both_init(struct both *both)
{
    *both = (struct both){calloc(1, sizeof *both->hall), learn_create(), demand_create()};
    assert_true(both->hall && both->learn && both->demand);
    hall_init(both->hall);
}

static void both_destroy(struct both *both)
{
    free(both->hall);
    learn_destroy(both->learn);
    demand_destroy(both->demand);
}

static void replay(struct both *both, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        learn_take(both->learn, both->hall, &kit.log[i]);
        demand_take(both->demand, both->hall, &kit.log[i]);
        hall_evolve(both->hall, &kit.log[i]);
    }
}

struct kept {
    char *learn, *demand;
    size_t learn_length, demand_length;
};

static struct kept keep(const struct learn *learn, const struct demand *demand)
{
    struct kept kept = {0};
    kept.learn = learn_save(learn, &kept.learn_length);
    kept.demand = demand_save(demand, &kept.demand_length);
    assert_non_null(kept.learn);
    assert_non_null(kept.demand);
    assert_int_equal(strlen(kept.learn), kept.learn_length);
    return kept;
}

static void kept_free(struct kept *kept)
{
    free(kept->learn);
    free(kept->demand);
}

static void assert_same(const struct kept *a, const struct kept *b)
{
    assert_string_equal(a->learn, b->learn);
    assert_string_equal(a->demand, b->demand);
}

static void replay_gives_the_same(void **state)
{
    (void)state;
    struct both both;
    both_init(&both);
    replay(&both, 0, kit.log_count);
    struct kept live = keep(kit.learn, kit.demand), again = keep(both.learn, both.demand);
    assert_same(&live, &again);
    printf("%zu and %zu bytes kept\n", live.learn_length, live.demand_length);
    kept_free(&live);
    kept_free(&again);
    both_destroy(&both);
}

static void loading_and_the_rest_give_the_same(void **state)
{
    (void)state;
    struct kept whole = keep(kit.learn, kit.demand);
    for (unsigned part = 0; part <= PARTS; part++) {
        size_t at = kit.log_count * part / PARTS;
        struct both both;
        both_init(&both);
        replay(&both, 0, at);
        struct kept here = keep(both.learn, both.demand);
        learn_destroy(both.learn);
        demand_destroy(both.demand);
        both.learn = learn_create();
        both.demand = demand_create();
        assert_true(learn_load(both.learn, here.learn, here.learn_length));
        assert_true(demand_load(both.demand, here.demand, here.demand_length));
        struct kept loaded = keep(both.learn, both.demand);
        assert_same(&here, &loaded);
        replay(&both, at, kit.log_count);
        struct kept rest = keep(both.learn, both.demand);
        assert_same(&whole, &rest);
        kept_free(&here);
        kept_free(&loaded);
        kept_free(&rest);
        both_destroy(&both);
    }
    kept_free(&whole);
}

/* ---- hostile texts ---- */

/* Must refuse it and keep what it has. */
static void assert_refused(const char *text, size_t length, bool is_demand)
{
    static struct both both;
    static struct kept before;
    if (!both.learn) {
        both_init(&both);
        replay(&both, 0, kit.log_count / 3);
        before = keep(both.learn, both.demand);
    }
    char *exact = malloc(length ? length : 1); /* so that reading beyond is seen */
    memcpy(exact, text, length);
    assert_false(is_demand ? demand_load(both.demand, exact, length) : learn_load(both.learn, exact, length));
    free(exact);
    struct kept after = keep(both.learn, both.demand);
    assert_same(&before, &after);
    kept_free(&after);
    if (!text[0]) { /* the last of a test */
        kept_free(&before);
        both_destroy(&both);
        both.learn = NULL;
    }
}

static void damage_is_refused(void **state)
{
    (void)state;
    struct kept kept = keep(kit.learn, kit.demand);
    struct rng rng = rng_part(7, 2);
    for (unsigned n = 0; n < 300; n++) {
        bool is_demand = n & 1;
        size_t length = is_demand ? kept.demand_length : kept.learn_length;
        char *text = is_demand ? kept.demand : kept.learn;
        uint32_t at = rng_below(&rng, (uint32_t)length);
        assert_refused(text, at ? at : 1, is_demand);
        char was = text[at];
        text[at] = (char)(was ^ 1 << rng_below(&rng, 8));
        assert_refused(text, length, is_demand);
        text[at] = was;
    }
    assert_refused(kept.demand, kept.demand_length, false); /* the other's */
    assert_refused(kept.learn, kept.learn_length, true);
    assert_refused("", 0, true);
    kept_free(&kept);
}

static uint64_t checksum(const char *data, size_t length)
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)data[i]) * 0x100000001b3u;
    return hash;
}

/* The text with a right checksum after a change in the first line that begins with `line`: its n-th word made
 * `to`, or (to: NULL) the whole line doubled. Line "" is the first. */
static char *forged(const char *text, const char *line, unsigned word, const char *to, size_t *length)
{
    char start[32];
    snprintf(start, sizeof start, "\n%s ", line);
    const char *from = line[0] ? strstr(text, start) + 1 : text, *at = from;
    assert_non_null(from - 1);
    const char *line_end = strchr(from, '\n') + 1, *end = strstr(text, "\nend ") + 1;
    for (unsigned n = 0; to && n < word; n++)
        at = strchr(at, ' ') + 1;
    assert_true(at < line_end);
    size_t old = to ? strcspn(at, " \n") : 0, new = to ? strlen(to) : (size_t)(line_end - from);
    char *out = malloc(strlen(text) + new + 64);
    size_t head = (size_t)(at - text), rest = (size_t)(end - at) - old;
    memcpy(out, text, head);
    memcpy(out + head, to ? to : from, new);
    memcpy(out + head + new, at + old, rest);
    size_t body = head + new + rest;
    *length = body + (size_t)sprintf(out + body, "end %016llx\n", (unsigned long long)checksum(out, body));
    return out;
}

struct forgery {
    const char *line;
    unsigned word;
    const char *to;
    bool is_demand;
};

static void forgeries_are_refused(void **state)
{
    (void)state;
    static const char infinite[] = "7ff0000000000000", negative[] = "bff0000000000000",
                      huge[] = "7e00000000000000", one_upper[] = "3FF0000000000000";
    static const struct forgery forgeries[] = {
        {"", 0, "evenhall-learned-time", false},
        {"", 1, "2", false},
        {"item", 1, "0", false},
        {"item", 1, "2049", false},
        {"item", 1, "01", false},
        {"item", 1, "-1", false},
        {"item", 1, "", false},
        {"item", 1, "18446744073709551617", false}, /* would wrap around to 1 */
        {"item", 2, "65", false},                   /* beyond the domains */
        {"item", 2, "0", false},
        {"item", 4, huge, false}, /* a log */
        {"item", 4, one_upper, false},
        {"item", 4, "3ff", false},
        {"item", 5, negative, false},           /* a weight */
        {"item", 6, "40f0000000000000", false}, /* a sum of logs that its weight does not allow */
        {"item", 9, "4ff0000000000000", false}, /* ratios: as large as nothing can be */
        {"item", 0, NULL, false},
        {"clerk", 2, "2", false}, /* neither true nor false */
        {"clerk", 0, NULL, false},
        {"domain", 0, NULL, false},
        {"cell", 1, "2000", false}, /* an item that is not there */
        {"cell", 2, "0", false},    /* a clerk without a window */
        {"cell", 3, "1000", false}, /* a clerk who is not there */
        {"cell", 5, "0000000000000000", false},
        {"cell", 0, NULL, false},
        {"hall", 3, infinite, false},
        {"hall", 3, "7ff8000000000000", false}, /* no number at all */
        {"hall", 4, negative, false},
        {"hall", 0, NULL, false},
        {"demand", 1, infinite, true},
        {"demand", 1, "4059000000000000", true}, /* ratios beyond what is counted */
        {"today", 1, "2", true},
        {"today", 6, "1441", true},
        {"days", 1, "7", true},
        {"days", 0, NULL, true},
        {"seen", 1, "65", true},
        {"seen", 1, "0", true},
        {"seen", 2, "7", true},
        {"seen", 4, "144", true},
        {"seen", 5, negative, true},
        {"seen", 0, NULL, true},
        {"expected", 1, "0", true},
        {"expected", 0, NULL, true},
        {"observed", 0, NULL, true},
    };
    struct kept kept = keep(kit.learn, kit.demand);
    size_t length;
    for (unsigned i = 0; i < sizeof forgeries / sizeof *forgeries; i++) {
        const struct forgery *f = &forgeries[i];
        char *text = forged(f->is_demand ? kept.demand : kept.learn, f->line, f->word, f->to, &length);
        assert_refused(text, length, f->is_demand);
        free(text);
    }
    char *more = malloc(kept.learn_length + 2);
    memcpy(more, kept.learn, kept.learn_length);
    more[kept.learn_length] = '\n';
    assert_refused(more, kept.learn_length + 1, false);
    free(more);
    assert_refused("", 0, false);
    /* The forger's own hand is right: what it changes harmlessly is taken. */
    char *text = forged(kept.learn, "cell", 4, "3", &length);
    struct learn *learn = learn_create();
    assert_true(learn_load(learn, text, length));
    learn_destroy(learn);
    free(text);
    kept_free(&kept);
}

/* Digits changed at random under a right checksum: what is taken for true must still be safe to use. */
static void what_is_believed_is_safe(void **state)
{
    (void)state;
    struct kept kept = keep(kit.learn, kit.demand);
    struct rng rng = rng_part(7, 3);
    unsigned taken = 0;
    for (unsigned n = 0; n < BELIEFS; n++) {
        bool is_demand = n & 1;
        char *text = is_demand ? kept.demand : kept.learn;
        size_t body = (size_t)(strstr(text, "\nend ") + 1 - text), length = body + 21;
        char *mine = malloc(length + 1);
        memcpy(mine, text, body);
        for (unsigned changes = rng_range(&rng, 1, 3); changes; changes--) {
            char *at = &mine[rng_below(&rng, (uint32_t)body)];
            if (*at >= '0' && *at <= '9')
                *at = (char)('0' + rng_below(&rng, 10));
        }
        snprintf(mine + body, 22, "end %016llx\n", (unsigned long long)checksum(mine, body));
        struct both both;
        both_init(&both);
        replay(&both, 0, kit.log_count / 3);
        bool is_taken =
            is_demand ? demand_load(both.demand, mine, length) : learn_load(both.learn, mine, length);
        taken += is_taken;
        replay(&both, kit.log_count / 3, kit.log_count / 3 + 400);
        struct kept after = keep(both.learn, both.demand);
        for (uint16_t i = 1; i <= ITEMS; i++) {
            struct learned item = learn_item_ms(both.learn, (struct item_id){i});
            assert_true(item.low <= item.value && item.value <= item.high && item.low >= 0);
        }
        kept_free(&after);
        both_destroy(&both);
        free(mine);
    }
    printf("%u of %u believed\n", taken, BELIEFS);
    assert_true(taken > BELIEFS / 4);
    kept_free(&kept);
}

static int begin(void **state)
{
    (void)state;
    write_history();
    return 0;
}

static int end(void **state)
{
    (void)state;
    kit_destroy(&kit);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(replay_gives_the_same),    cmocka_unit_test(loading_and_the_rest_give_the_same),
        cmocka_unit_test(damage_is_refused),        cmocka_unit_test(forgeries_are_refused),
        cmocka_unit_test(what_is_believed_is_safe),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
