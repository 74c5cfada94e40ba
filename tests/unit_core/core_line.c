/* SPDX-License-Identifier: MIT
 * The text of events and commands: random ones of every kind come back the same; garbage is refused with a
 * place and a reason. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "dispatcher/core/calendar.h"
#include "dispatcher/core/line.h"
#include "dispatcher/plan/rng.h"
#include "dispatcher/sim/stage.h"

enum { ROUNDS = 400 }; /* of each kind */

static const int64_t midnight_ms = 1795363200000; /* 2026-11-23 in China */

/* ---- random values of a field ---- */

static uint64_t small_or_large(struct rng *rng, uint64_t most)
{
    uint64_t value = rng_next(rng) >> rng_below(rng, 64);
    return rng_chance(rng, 150)   ? most
           : rng_chance(rng, 150) ? 0
           : most == UINT64_MAX   ? value
                                  : value % (most + 1);
}

static struct number random_number(struct rng *rng)
{
    struct number number = {(char)('A' + rng_below(rng, 26)), 0,
                            (uint16_t)rng_range(rng, 1, NUMBER_COUNT_MAX)};
    if (number.letter == 'L' && rng_chance(rng, 500))
        number.kiosk = (char)('A' + rng_below(rng, 26));
    return number;
}

static void random_words(struct rng *rng, struct words *out)
{
    static const char *const pieces[] = {"a", " ", "\"", "\\", "急", "=", "by=", "\xf0\x9f\x8f\x9b",
                                         "$", "#"};
    size_t used = 0;
    for (unsigned n = rng_below(rng, 50); n; n--) {
        const char *piece = pieces[rng_below(rng, 10)];
        size_t length = strlen(piece);
        if (used + length > WORDS_MAX)
            break;
        memcpy(out->bytes + used, piece, length);
        used += length;
    }
    out->bytes[used] = '\0';
}

static void random_candidates(struct rng *rng, struct candidate_list *out)
{
    out->count = (uint16_t)rng_below(rng, CANDIDATES_MAX + 1);
    for (unsigned i = 0; i < out->count; i++) {
        struct candidate *c = &out->list[i];
        *c = (struct candidate){random_number(rng),
                                (uint8_t)rng_below(rng, TICKET_CLASSES),
                                (uint8_t)rng_below(rng, 2),
                                (int32_t)rng_next(rng),
                                (int32_t)rng_next(rng),
                                (int32_t)rng_next(rng),
                                {0}};
        for (unsigned term = 0; term < RULE_TERMS; term++)
            c->terms_q16[term] = (int32_t)rng_next(rng);
    }
}

static uint16_t random_u16(struct rng *rng)
{
    return (uint16_t)small_or_large(rng, UINT16_MAX);
}

static void random_effects(struct rng *rng, struct effect_list *out)
{
    out->count = (uint16_t)rng_below(rng, EFFECTS_MAX + 1);
    for (unsigned i = 0; i < out->count; i++)
        out->list[i] = (struct effect){{(uint16_t)rng_below(rng, DOMAINS_MAX + 1)},
                                       random_u16(rng),
                                       random_u16(rng),
                                       random_u16(rng),
                                       random_u16(rng),
                                       random_u16(rng),
                                       random_u16(rng)};
}

static uint8_t random_name(struct rng *rng, const char *const *names)
{
    unsigned count = 0;
    while (names[count])
        count++;
    return (uint8_t)rng_below(rng, count);
}

static void random_sessions(struct rng *rng, struct session_list *out)
{
    out->count = (uint16_t)rng_below(rng, SESSIONS_MAX + 1);
    for (unsigned i = 0; i < out->count; i++)
        out->sessions[i] = (struct session){(uint16_t)rng_below(rng, 1441), (uint16_t)rng_below(rng, 1441)};
}

static void random_items(struct rng *rng, unsigned least, struct item_list *out)
{
    out->count = (uint16_t)rng_range(rng, least, ITEM_LIST_MAX);
    for (unsigned i = 0; i < out->count; i++)
        out->items[i].value = (uint16_t)rng_range(rng, 1, ITEMS_MAX);
}

static int64_t random_clock(struct rng *rng)
{
    int64_t most = rng_chance(rng, 500) ? DAY_MS : (int64_t)366 * 100 * DAY_MS;
    return midnight_ms + (int64_t)(rng_next(rng) % (uint64_t)most) * (rng_chance(rng, 200) ? -1 : 1);
}

static void fill(struct rng *rng, const struct field *field, void *at)
{
    bool required = field->flags & FIELD_REQUIRED;
    if (!required && rng_chance(rng, 300))
        return; /* left out */
    switch (field->type) {
    case FIELD_U16:
        *(uint16_t *)at = (uint16_t)small_or_large(rng, UINT16_MAX);
        return;
    case FIELD_U32:
        *(uint32_t *)at = (uint32_t)small_or_large(rng, UINT32_MAX);
        return;
    case FIELD_I32:
        *(int32_t *)at = (int32_t)small_or_large(rng, UINT32_MAX);
        return;
    case FIELD_U64:
        *(uint64_t *)at = small_or_large(rng, UINT64_MAX);
        return;
    case FIELD_BOOL:
        *(bool *)at = rng_chance(rng, 500);
        return;
    case FIELD_LETTER:
        *(char *)at = (char)('A' + rng_below(rng, 26));
        return;
    case FIELD_NUMBER:
        *(struct number *)at = random_number(rng);
        return;
    case FIELD_ENUM:
        *(uint8_t *)at = random_name(rng, field->names);
        return;
    case FIELD_POLICY:
        *(uint16_t *)at = (uint16_t)rng_below(rng, POLICY_KEYS);
        return;
    case FIELD_DATE:
        *(int32_t *)at = (int32_t)rng_range(rng, required ? 0 : 1, 100000);
        return;
    case FIELD_MINUTE:
        *(uint16_t *)at = (uint16_t)rng_below(rng, 1441);
        return;
    case FIELD_CLOCK:
        *(int64_t *)at = random_clock(rng);
        return;
    case FIELD_DURATION:
        *(int64_t *)at = (int64_t)small_or_large(rng, 1000000000000) * (rng_chance(rng, 200) ? -1 : 1);
        return;
    case FIELD_DURATION32:
        *(uint32_t *)at = (uint32_t)small_or_large(rng, UINT32_MAX);
        return;
    case FIELD_ITEMS:
        random_items(rng, required ? 1 : 0, at);
        return;
    case FIELD_BITS32:
        *(uint32_t *)at = (uint32_t)small_or_large(rng, UINT32_MAX);
        return;
    case FIELD_BITS64:
        *(uint64_t *)at = small_or_large(rng, UINT64_MAX);
        return;
    case FIELD_SESSIONS:
        random_sessions(rng, at);
        return;
    case FIELD_WORDS:
        random_words(rng, at);
        return;
    case FIELD_CANDIDATES:
        random_candidates(rng, at);
        return;
    case FIELD_EFFECTS:
        random_effects(rng, at);
        return;
    }
    fail_msg("a field type that this test does not know");
}

static struct actor random_actor(struct rng *rng)
{
    enum actor_kind kind = (enum actor_kind)rng_below(rng, ACTOR_MANAGER + 1);
    return (struct actor){kind, kind == ACTOR_SYSTEM ? 0 : (uint32_t)small_or_large(rng, UINT32_MAX)};
}

static void random_event(struct rng *rng, enum event_kind kind, struct event *out)
{
    memset(out, 0, sizeof *out);
    out->kind = kind;
    out->by = random_actor(rng);
    for (const struct field *field = event_fields(kind); field->name; field++)
        fill(rng, field, (char *)out + field->offset);
}

/* ---- there and back ---- */

static void test_events_of_every_kind_come_back(void **state)
{
    (void)state;
    struct rng rng = {11};
    for (unsigned kind = 0; kind < EVENT_KINDS; kind++)
        for (unsigned round = 0; round < ROUNDS; round++) {
            struct event event, back;
            struct line_fault fault;
            char text[LINE_MAX_BYTES], again[LINE_MAX_BYTES];
            random_event(&rng, (enum event_kind)kind, &event);
            size_t length = line_from_event(&event, midnight_ms, text);
            assert_int_equal(length, strlen(text));
            if (!line_to_event(text, length, midnight_ms, &back, &fault))
                fail_msg("%s (column %zu) in: %s", fault.text, fault.column, text);
            line_from_event(&back, midnight_ms, again);
            assert_string_equal(text, again);
            if (!event_same(&event, &back))
                fail_msg("changed on its way: %s", text);
        }
}

static void test_commands_of_every_kind_come_back(void **state)
{
    (void)state;
    struct rng rng = {12};
    for (unsigned kind = 0; kind < COMMAND_KINDS; kind++)
        for (unsigned round = 0; round < ROUNDS; round++) {
            struct command command = {.kind = (enum command_kind)kind, .by = random_actor(&rng)}, back;
            struct line_fault fault;
            char text[LINE_MAX_BYTES], again[LINE_MAX_BYTES];
            for (const struct field *field = command_fields(command.kind); field->name; field++)
                fill(&rng, field, (char *)&command + field->offset);
            size_t length = line_from_command(&command, midnight_ms, text);
            if (!line_to_command(text, length, midnight_ms, &back, &fault))
                fail_msg("%s (column %zu) in: %s", fault.text, fault.column, text);
            assert_int_equal(back.kind, command.kind);
            line_from_command(&back, midnight_ms, again);
            assert_string_equal(text, again);
        }
}

/* The comparison that the tests lean on does see a difference in any field. */
static void test_the_comparison_sees_every_field(void **state)
{
    (void)state;
    struct rng rng = {13};
    for (unsigned kind = 0; kind < EVENT_KINDS; kind++)
        for (const struct field *field = event_fields((enum event_kind)kind); field->name; field++) {
            struct event a, b;
            bool differs = false;
            for (unsigned tries = 0; tries < 200 && !differs; tries++) {
                random_event(&rng, (enum event_kind)kind, &a);
                b = a;
                fill(&rng, field, (char *)&b + field->offset);
                differs = !event_same(&a, &b);
            }
            if (!differs)
                fail_msg("%s: a change of %s is not seen", event_name((enum event_kind)kind), field->name);
        }
    struct event a = {.kind = EVENT_DAY_CLOSED}, b = a;
    b.by = (struct actor){ACTOR_CLERK, 7};
    assert_false(event_same(&a, &b));
}

/* ---- garbage ---- */

static void read_anything(const char *text, size_t length)
{
    struct event event;
    struct command command;
    struct line_fault fault = {0};
    if (!line_to_event(text, length, midnight_ms, &event, &fault)) {
        assert_non_null(memchr(fault.text, '\0', sizeof fault.text));
        assert_true(fault.text[0] && fault.column >= 1 && fault.column <= length + 1);
    }
    fault = (struct line_fault){0};
    if (!line_to_command(text, length, midnight_ms, &command, &fault)) {
        assert_non_null(memchr(fault.text, '\0', sizeof fault.text));
        assert_true(fault.text[0] && fault.column >= 1 && fault.column <= length + 1);
    }
}

static void test_damaged_lines_are_refused_or_read_but_harm_nobody(void **state)
{
    (void)state;
    struct rng rng = {14};
    for (unsigned round = 0; round < 60000; round++) {
        struct event event;
        char text[LINE_MAX_BYTES];
        random_event(&rng, (enum event_kind)rng_below(&rng, EVENT_KINDS), &event);
        size_t length = line_from_event(&event, midnight_ms, text);
        for (unsigned n = rng_range(&rng, 1, 4); n; n--) {
            size_t at = rng_below(&rng, (uint32_t)length);
            uint32_t dice = rng_below(&rng, 4);
            if (dice == 0)
                length = at + 1;
            else
                text[at] = dice == 1 ? (char)rng_below(&rng, 256) : " =\",:0-9/"[rng_below(&rng, 9)];
        }
        /* without a NUL after it: what is read past its end is found by the sanitizer */
        char exact[LINE_MAX_BYTES];
        memcpy(exact + LINE_MAX_BYTES - length, text, length);
        read_anything(exact + LINE_MAX_BYTES - length, length);
    }
}

static void refused(const char *line, const char *words, size_t column)
{
    struct command command;
    struct line_fault fault;
    if (line_to_command(line, strlen(line), midnight_ms, &command, &fault))
        fail_msg("accepted: %s", line);
    if (!strstr(fault.text, words) || fault.column != column)
        fail_msg("%s: \"%s\" in column %zu, expected \"%s\" in %zu", line, fault.text, fault.column, words,
                 column);
}

static void test_a_wrong_line_says_what_and_where(void **state)
{
    (void)state;
    refused("", "there is no command", 1);
    refused("cal window=3", "there is no command \"cal\"", 1);
    refused("call", "missing field \"window\"", 5);
    refused("call window", "needs a value", 6);
    refused("call window=", "expected a number", 13);
    refused("call window=x", "\"x\": expected a number from 0 to 65535", 13);
    refused("call window=65536", "expected a number", 13);
    refused("call window=3 window=4", "stands twice", 15);
    refused("call window=3 door=4", "there is no field \"door\"", 15);
    refused("call window=3  by=clerk:7", "there is no field \"\"", 15);
    refused("call window=3 by=boss:7", "expected system, visitor", 18);
    refused("call window=3 by=clerk:", "expected system, visitor", 18);
    refused("call window=3x", "expected a number", 13);
    refused("issue items=0", "expected item ids", 13);
    refused("issue items=1,", "expected item ids", 13);
    refused("issue items=2049", "expected item ids", 13);
    refused("issue items=1 class=vip", "not one of the names", 21);
    refused("issue items=1 number=A1", "ticket number", 22);
    refused("issue items=1 reason=hurry", "double quotes", 22);
    refused("issue items=1 reason=\"no end", "double quotes", 22);
    refused("issue items=1 ref=9.30", "expected a time", 19);
    refused("issue items=1 ref=09:61", "expected a time", 19);
    refused("book item=1 date=2026-02-29 slot=09:30", "expected a date", 18);
    refused("book item=1 date=2026-11-23 slot=24:01", "expected a time", 34);
    refused("close-day anyway=2", "expected 0 or 1", 18);
    refused("set-policy recall-limits value=1", "there is no policy", 12);
    refused("set-policy", "missing policy after the name", 11);
    refused("set-item 1 domain=1 expected=30", "expected seconds", 30);
    refused("set-item 1 domain=1 expected=-30s", "expected seconds", 30);
    refused("set-item 1 domain=1 expected=30s zones=33", "expected ids such as 1,3 up to 32", 40);
    refused("post 1 domains=65", "up to 64", 16);
    refused("set-week 1 sessions=09:00", "expected sessions", 21);
    refused("set-domain 1 series=a", "expected a letter", 21);
    refused("set-seed 18446744073709551616", "expected a whole number", 10);
    refused("propose window=1 trigger=routine effects=all/1/2/3/4/5/6", "expected effects", 42);
    refused("propose window=1 trigger=routine effects=0/1/2/3/4/5/6", "expected effects", 42);
    refused("propose window=1 trigger=routine effects=65/1/2/3/4/5/6", "expected effects", 42);
    refused("propose window=1 trigger=routine effects=hall/1/2/3/4/5", "expected effects", 42);
    refused("propose window=1 trigger=routine effects=hall/1/2/3/4/5/65536", "expected effects", 42);
    refused("propose window=1 trigger=boredom", "not one of the names", 26);
}

static void test_times_as_written(void **state)
{
    (void)state;
    struct event event = {.kind = EVENT_WINDOW_PAUSED};
    char text[LINE_MAX_BYTES];
    event.window_paused = (struct window_paused){{3}, PAUSE_OTHER, midnight_ms + 34200500};
    line_from_event(&event, midnight_ms, text);
    assert_string_equal(text, "window-paused window=3 reason=other until=09:30:00.500");
    event.window_paused.until_ms = midnight_ms - 1000;
    line_from_event(&event, midnight_ms, text);
    assert_string_equal(text, "window-paused window=3 reason=other until=-00:00:01");
    /* before the first business day clock fields count from 1970 */
    line_from_event(&event, 0, text);
    assert_string_equal(text, "window-paused window=3 reason=other until=498711:59:59");
    struct line_fault fault;
    struct event back;
    assert_true(line_to_event(text, strlen(text), 0, &back, &fault));
    assert_true(event_same(&event, &back));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_events_of_every_kind_come_back),
        cmocka_unit_test(test_commands_of_every_kind_come_back),
        cmocka_unit_test(test_the_comparison_sees_every_field),
        cmocka_unit_test(test_damaged_lines_are_refused_or_read_but_harm_nobody),
        cmocka_unit_test(test_a_wrong_line_says_what_and_where),
        cmocka_unit_test(test_times_as_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
