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

enum { DAYS = 12, ACTS_A_DAY = 400, WINDOWS = 5, ITEMS = 12, PARTS = 17, BELIEFS = 120 };

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
    for (int32_t day = 0; day < DAYS; day++) {
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
    assert_true(services > 300);
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

/* The text with the first `from` after `word` at a line's beginning made `to`, under a right checksum. */
static char *forged(const char *text, const char *line, const char *from, const char *to, size_t *length)
{
    const char *at = text, *end = strstr(text, "\nend ") + 1;
    if (line[0])
        at = strstr(text, line);
    assert_non_null(at);
    at = strstr(at + strlen(line), from);
    assert_non_null(at);
    char *out = malloc(strlen(text) + strlen(to) + 64);
    size_t head = (size_t)(at - text), rest = (size_t)(end - at) - strlen(from);
    memcpy(out, text, head);
    memcpy(out + head, to, strlen(to));
    memcpy(out + head + strlen(to), at + strlen(from), rest);
    size_t body = head + strlen(to) + rest;
    *length = body + (size_t)sprintf(out + body, "end %016llx\n", (unsigned long long)checksum(out, body));
    return out;
}

struct forgery {
    const char *line, *from, *to;
    bool is_demand;
};

static void forgeries_are_refused(void **state)
{
    (void)state;
    static const struct forgery forgeries[] = {
        {"", "evenhall-learned-times 1", "evenhall-learned-times 2", false},
        {"\nitem", " 1 1 ", " 0 1 ", false},  /* number zero */
        {"\nitem", " 1 1 ", " 2 1 ", false},  /* twice the same */
        {"\nitem", " 1 1 ", " 1 65 ", false}, /* beyond the domains */
        {"\nitem", " 1 1 ", " 1 0 ", false},  /* no domain */
        {"\nitem", " 1 1 ", " 01 1 ", false}, /* not as it is written */
        {"\nitem", " 1 1 ", " 1  1 ", false},
        {"\nitem", " 1 1 ", " -1 1 ", false},
        {"\nitem", " 1 1 ", " 18446744073709551617 1 ", false}, /* wraps around to 1 */
        {"\nitem", " 40", " 7f", false},                        /* a log that is huge */
        {"\nitem", " 40", " 7ff8", false},                      /* no number, too long */
        {"\nhall", " 3f", " 7f", false},                        /* infinite */
        {"\nhall", " 3f", " bf", false},                        /* negative */
        {"\nhall", " 3f", " 3F", false},
        {"\ncell", " 1 ", " 2000 ", false},                           /* an item that is not there */
        {"\ncell", "\n", "\ncell 1 1 1 1 3ff0000000000000\n", false}, /* too few values */
        {"\nclerk", "\n", "\nclark 1\n", false},
        {"\ndemand", "\n", " 1\n", true}, /* too many values */
        {"\ndays", " 1 ", " 7 ", true},   /* no weekday */
        {"\nseen", " 1 ", " 65 ", true},
        {"\nseen", " 1 ", " 0 ", true},
        {"\nseen 2", "", "9", true},
        {"\ntoday 1", " ", " 2 ", true},
    };
    struct kept kept = keep(kit.learn, kit.demand);
    for (unsigned i = 0; i < sizeof forgeries / sizeof *forgeries; i++) {
        const struct forgery *f = &forgeries[i];
        size_t length;
        char *text = forged(f->is_demand ? kept.demand : kept.learn, f->line, f->from, f->to, &length);
        assert_refused(text, length, f->is_demand);
        free(text);
    }
    assert_refused("", 0, false);
    /* The forger's own hand is right: what it does not change is taken. */
    size_t length;
    char *text = forged(kept.learn, "", "evenhall", "evenhall", &length);
    assert_true(learn_load(kit.learn, text, length));
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
