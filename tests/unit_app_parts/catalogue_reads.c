/* SPDX-License-Identifier: MIT
 * The demo hall as the core and the screens get it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "catalogue_hall.h"
#include "catalogue_kit.h"
#include "common/wire/frame.h"
#include "common/wire/json.h"
#include "dispatcher/app/catalogue_inside.h"
#include "dispatcher/app/json_place.h"
#include "dispatcher/core/audit.h"
#include "dispatcher/core/fields.h"

static void must(const struct command *command)
{
    const char *refusal = hall_give(command);
    if (refusal)
        fail_msg("%s: %s", command_name(command->kind), refusal);
}

static void set_up_demo(struct catalogue *catalogue)
{
    kit_read_demo(catalogue);
    struct order order = hall_set_up(catalogue);
    if (order.refused)
        fail_msg("%s", order.first);
}

/* ---- the core ---- */

static void test_the_core_accepts_every_command_of_the_demo(void **state)
{
    (void)state;
    struct catalogue catalogue;
    struct audit_fault fault;
    set_up_demo(&catalogue);
    assert_true(hall_audit(hall, &fault));
    assert_int_equal(hall->policy[POLICY_UTC_OFFSET_MIN], 480);
    assert_int_equal(hall->policy[POLICY_STOP_BEFORE_CLOSE_MIN], 15);
    assert_int_equal(hall->policy[POLICY_ISSUE_BEFORE_OPEN_MIN], 15);
    assert_int_equal(hall->policy[POLICY_QUOTA_KIOSK_PERMILLE], 500);
    assert_int_equal(hall->policy[POLICY_GREEN_CAP_DAY], policy_row(POLICY_GREEN_CAP_DAY)->standard);
    assert_int_equal(hall->zones[2].letter, 'B');
    assert_int_equal(hall->domains[6].series, 'M');
    assert_int_equal(hall->domains[2].slot_capacity, 8);
    assert_int_equal(hall->items[1].set.expected_ms, 25 * 60000);
    assert_int_equal(hall->items[1].set.daily_quota, 60);
    assert_int_equal(hall->items[1].set.case_type, CASE_COMMITTED_TIME);
    assert_true(hall->items[1].set.needs_identity && hall->items[1].set.bookable);
    assert_int_equal(hall->items[94].set.zones, 1 << 1);
    assert_true(hall->items[94].set.special_only);
    assert_int_equal(hall->windows[7].set.primary.value, 3);
    assert_int_equal(hall->windows[7].set.domains, 1 << 2 | 1);
    assert_int_equal(hall->windows[7].posted, 1 << 2 | 1);
    assert_int_equal(hall->windows[3].posted, 1 << 3 | 1 << 7 | 1 << 8 | 1 << 1);
    assert_int_equal(hall->windows[1].set.mode, MODE_UNDIFFERENTIATED);
    assert_int_equal(hall->windows[1].set.primary.value, 0);
    assert_int_equal(hall->windows[15].set.items.count, 3);
    assert_int_equal(hall->clerks[1].set.speed_permille, 1100);
    assert_true(hall->clerks[1].set.trained && !hall->clerks[21].set.trained);
    assert_int_equal(hall->authorisations[22].set.from_date, date_from_civil(2026, 10, 1));
    assert_int_equal(hall->authorisations[9].set.class, AUTHORISATION_CHIEF);
    assert_int_equal(hall->kind_class[5], CLASS_PRIORITY);
    assert_int_equal(hall->week[0].count, 0);
    assert_int_equal(hall->week[6].count, 0);
    for (int w = 1; w <= 5; w++) {
        assert_int_equal(hall->week[w].count, 1);
        assert_int_equal(hall->week[w].sessions[0].from_min, 9 * 60);
        assert_int_equal(hall->week[w].sessions[0].to_min, 17 * 60);
    }
    assert_int_equal(hall_sessions(hall, date_from_civil(2026, 10, 1)).count, 0);
    assert_int_equal(hall_sessions(hall, date_from_civil(2026, 11, 28)).sessions[0].to_min, 12 * 60);
    catalogue_destroy(&catalogue);
}

static void test_commands_come_in_the_documented_order(void **state)
{
    (void)state;
    struct catalogue catalogue;
    kit_read_demo(&catalogue);
    struct order order = hall_set_up(&catalogue);
    assert_int_equal(order.refused, 0);
    assert_int_equal(order.last, COMMAND_SET_CALENDAR);
    /* policies, 2 zones, 9 domains, 98 items, 16 windows twice, 5 kinds, 30 clerks, 34 authorisations, 7 days
     * of the week, days */
    size_t days = json_array_size(json_object_get(json_object_get(catalogue.document, "calendar"), "days"));
    assert_int_equal(order.count, POLICY_KEYS + 2 + 9 + 98 + 2 * 16 + 5 + 30 + 34 + 7 + days);
    catalogue_destroy(&catalogue);
}

static void put_roster_on_duty(const struct catalogue *catalogue)
{
    size_t i;
    json_t *line;
    must(&(struct command){.kind = COMMAND_OPEN_DAY, .by = {ACTOR_MANAGER, 1}});
    json_array_foreach(json_object_get(catalogue->document, "roster"), i, line)
    {
        must(&(struct command){.kind = COMMAND_START_DUTY,
                               .by = {ACTOR_MANAGER, 1},
                               .start_duty = {.window = {(uint16_t)wire_integer_at(line, "window", 0)},
                                              .clerk = {(uint16_t)wire_integer_at(line, "clerk", 0)}}});
    }
}

static void test_the_roster_can_serve_every_item(void **state)
{
    (void)state;
    struct catalogue catalogue;
    struct audit_fault fault;
    set_up_demo(&catalogue);
    put_roster_on_duty(&catalogue);
    assert_int_equal(hall->date, date_from_civil(2026, 11, 23));
    for (uint16_t id = 1; id <= ITEMS_MAX; id++) {
        if (!catalogue.items[id])
            continue;
        bool special = wire_bool_at(catalogue.items[id], "special_only");
        assert_in_range(hall_windows_for(hall, (struct item_id){id}), special ? 1 : 2, WINDOWS_MAX);
        must(&(struct command){
            .kind = COMMAND_ISSUE, .by = {ACTOR_KIOSK, 1}, .issue = {.items = {1, {{id}}}, .person = {id}}});
    }
    assert_int_equal(hall->counts.issued, 98);
    assert_true(hall_audit(hall, &fault));
    catalogue_destroy(&catalogue);
}

/* ---- text and back ---- */

static void test_text_and_back_is_the_same_document(void **state)
{
    (void)state;
    struct catalogue first, second;
    struct text text = {0}, again = {0};
    struct error error = {0};
    kit_read_demo(&first);
    assert_int_equal(first.version, 0);
    assert_int_equal(catalogue_write_text(&first, &text, &error), STATUS_OK);
    assert_null(memchr(text.data, '\n', text.length));
    struct span span = {text.data, text.length};
    assert_int_equal(catalogue_read_text(span, 7, &second, &error), STATUS_OK);
    assert_int_equal(second.version, 7);
    assert_true(json_equal(first.document, second.document));
    assert_int_equal(catalogue_write_text(&second, &again, &error), STATUS_OK);
    assert_string_equal(text.data, again.data);
    assert_string_equal(wire_string_at(second.clerks[30], "staff_no", ""), "BY030");
    assert_string_equal(wire_string_at(second.items[98], "case_type", ""), "on-the-spot");
    assert_non_null(second.windows[16]);
    assert_null(second.windows[17]);
    assert_null(second.zones[3]);
    catalogue_destroy(&second);
    catalogue_destroy(&first);
    text_destroy(&text);
    text_destroy(&again);
}

static void test_a_stored_text_is_checked_too(void **state)
{
    (void)state;
    struct catalogue catalogue, spoiled;
    struct text text = {0};
    struct error error = {0};
    kit_read_demo(&catalogue);
    json_object_del(json_object_get(json_array_get(json_object_get(catalogue.document, "items"), 0), "guide"),
                    "fees");
    assert_int_equal(catalogue_write_text(&catalogue, &text, &error), STATUS_OK);
    struct span span = {text.data, text.length};
    assert_int_equal(catalogue_read_text(span, 7, &spoiled, &error), STATUS_PARSE);
    assert_string_equal(error.text,
                        "catalogue version 7: items[0].guide.fees: missing; expected an object with "
                        "charged, basis, standard");
    assert_null(spoiled.document);
    char *lines = json_dumps(catalogue.document, JSON_INDENT(1));
    assert_int_equal(catalogue_read_text(span_of(lines), 0, &spoiled, &error), STATUS_PARSE);
    assert_non_null(strstr(error.text, "catalogue:"));
    assert_non_null(strstr(error.text, ": items[0].guide.fees: missing"));
    free(lines);
    static const struct {
        const char *text, *words;
    } rows[] = {
        {"", "catalogue version 3:1: not valid JSON"},
        {"[1]", "catalogue version 3:1: expected an object, got a list"},
        {"{}", "catalogue version 3: format: missing; expected the number 1"},
        {"{\"format\":1,\"hall\":1,\"x\":2}", "catalogue version 3: x: unknown member"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(catalogue_read_text(span_of(rows[i].text), 3, &spoiled, &error), STATUS_PARSE);
        if (!strstr(error.text, rows[i].words))
            fail_msg("expected %s, got %s", rows[i].words, error.text);
    }
    catalogue_destroy(&catalogue);
    text_destroy(&text);
}

/* Ends of ranges that the schema allows, against the core's own. */
static void test_the_core_accepts_the_ends_of_all_ranges(void **state)
{
    (void)state;
    struct catalogue demo, edited;
    struct text text = {0};
    struct error error = {0};
    kit_read_demo(&demo);
    json_t *document = demo.document, *calendar = json_object_get(document, "calendar");
    json_t *items = json_object_get(document, "items"), *clerks = json_object_get(document, "clerks");
    for (int high = 0; high <= 1; high++) {
        json_object_set_new(calendar, "numbers_stop_before_close_min", json_integer(high ? 240 : 0));
        json_object_set_new(calendar, "issue_from_min_before_open", json_integer(high ? 240 : 0));
        json_object_set_new(json_array_get(items, 0), "expected_min", json_integer(high ? 480 : 1));
        json_object_set_new(json_array_get(items, 0), "daily_quota", json_integer(high ? 9999 : 0));
        json_object_set_new(json_array_get(items, 0), "slot_capacity", json_integer(high ? 1000 : 0));
        json_object_set_new(json_array_get(clerks, 0), "speed_percent", json_integer(high ? 500 : 20));
        for (enum policy_key key = 0; key < POLICY_KEYS; key++)
            if (key != POLICY_UTC_OFFSET_MIN && key != POLICY_STOP_BEFORE_CLOSE_MIN &&
                key != POLICY_ISSUE_BEFORE_OPEN_MIN)
                json_object_set_new(json_object_get(document, "policy"), policy_row(key)->name,
                                    json_integer(high ? policy_row(key)->most : policy_row(key)->least));
        assert_int_equal(catalogue_write_text(&demo, &text, &error), STATUS_OK);
        if (catalogue_read_text((struct span){text.data, text.length}, 1, &edited, &error) != STATUS_OK)
            fail_msg("%s", error.text);
        struct order order = hall_set_up(&edited);
        if (order.refused)
            fail_msg("%s", order.first);
        assert_int_equal(hall->policy[POLICY_SLOT_MIN], high ? 240 : 5);
        catalogue_destroy(&edited);
    }
    catalogue_destroy(&demo);
    text_destroy(&text);
}

static json_t *entry(const struct catalogue *catalogue, const char *list, size_t index)
{
    return json_array_get(json_object_get(catalogue->document, list), index);
}

/* What is no longer used keeps its id and says so; the special window's items went with it. */
static void test_what_is_retired_reaches_the_core(void **state)
{
    (void)state;
    struct catalogue demo, edited;
    struct text text = {0};
    struct error error = {0};
    kit_read_demo(&demo);
    json_object_set_new(entry(&demo, "domains", 8), "retired", json_true());
    json_object_set_new(entry(&demo, "items", 96), "retired", json_true());
    json_object_set_new(entry(&demo, "items", 97), "retired", json_true());
    json_object_set_new(entry(&demo, "windows", 15), "retired", json_true());
    json_object_set_new(entry(&demo, "clerks", 15), "retired", json_true());
    json_object_set_new(entry(&demo, "authorisations", 16), "revoked", json_true());
    json_array_remove(json_object_get(demo.document, "roster"), 15);
    assert_int_equal(catalogue_write_text(&demo, &text, &error), STATUS_OK);
    if (catalogue_read_text((struct span){text.data, text.length}, 1, &edited, &error) != STATUS_OK)
        fail_msg("%s", error.text);
    assert_int_equal(hall_set_up(&edited).refused, 0);
    assert_true(hall->domains[9].retired && !hall->domains[8].retired);
    assert_true(hall->items[97].set.retired && !hall->items[96].set.retired);
    assert_true(hall->windows[16].set.retired && !hall->windows[15].set.retired);
    assert_true(hall->clerks[16].set.retired && !hall->clerks[15].set.retired);
    assert_true(hall->authorisations[17].set.revoked && !hall->authorisations[16].set.revoked);
    catalogue_destroy(&edited);
    catalogue_destroy(&demo);
    text_destroy(&text);
}

static json_t *text_of(const char *zh, size_t times)
{
    struct text text = {0};
    for (size_t i = 0; i < times; i++)
        text_puts(&text, zh);
    json_t *value = json_pack("{s:s,s:s}", "zh", text.data, "en", "x");
    text_destroy(&text);
    return value;
}

static void test_lengths_are_counted_in_characters(void **state)
{
    (void)state;
    struct catalogue demo, edited;
    struct text text = {0};
    struct error error = {0};
    kit_read_demo(&demo);
    json_t *item = entry(&demo, "items", 1), *guide = json_object_get(item, "guide");
    json_object_del(item, "reading");
    for (size_t times = 80; times <= 81; times++) {
        json_object_set_new(item, "name", text_of("\xf0\xa0\xae\xb7", times)); /* 𠮷: four bytes */
        assert_int_equal(catalogue_write_text(&demo, &text, &error), STATUS_OK);
        enum status status = catalogue_read_text((struct span){text.data, text.length}, 1, &edited, &error);
        assert_int_equal(status, times == 80 ? STATUS_OK : STATUS_PARSE);
        catalogue_destroy(&edited);
    }
    assert_non_null(strstr(error.text,
                           "items[1].name.zh: expected a text without line breaks or blanks around "
                           "it, at most 80 characters, got \"𠮷"));
    json_object_set_new(item, "name", text_of("名", 80));
    for (size_t i = 0; i < 32; i++) /* each line is short enough, all of them are too much for a frame */
        json_array_insert_new(json_object_get(guide, "conditions"), 0, text_of("条", 400));
    while (json_array_size(json_object_get(guide, "conditions")) > 32)
        json_array_remove(json_object_get(guide, "conditions"), 32);
    json_object_set(guide, "procedure", json_object_get(guide, "conditions"));
    assert_int_equal(catalogue_write_text(&demo, &text, &error), STATUS_OK);
    assert_int_equal(catalogue_read_text((struct span){text.data, text.length}, 1, &edited, &error),
                     STATUS_PARSE);
    assert_non_null(strstr(error.text, "items[1].guide: expected at most 48128 bytes of JSON, got "));
    catalogue_destroy(&demo);
    text_destroy(&text);
}

/* ---- rows ---- */

static size_t written(const json_t *value)
{
    return json_dumpb(value, NULL, 0, JSON_COMPACT);
}

/* Every page of a part; returns how many rows there were. */
static size_t read_pages(const struct catalogue *catalogue, const char *part, size_t bytes_max, size_t *pages)
{
    int64_t from = 0, next;
    size_t rows = 0;
    *pages = 0;
    do {
        json_t *page = catalogue_rows(catalogue, part, from, bytes_max, &next);
        assert_non_null(page);
        size_t count = json_array_size(page);
        assert_true(written(page) <= bytes_max || count == 1);
        assert_true(next == -1 || next == from + (int64_t)count);
        rows += count;
        (*pages)++;
        from = next;
        json_decref(page);
    } while (next >= 0);
    return rows;
}

static void test_pages_hold_every_row_once_and_fit(void **state)
{
    (void)state;
    struct catalogue catalogue;
    size_t pages;
    kit_read_demo(&catalogue);
    size_t days = json_array_size(json_object_get(json_object_get(catalogue.document, "calendar"), "days"));
    const struct {
        const char *part;
        size_t rows;
    } parts[] = {{"hall", 1},     {"zones", 2},  {"domains", 9},
                 {"windows", 16}, {"items", 98}, {"words", 5 + 8 + days}};
    static const size_t sizes[] = {1, 600, 1500, 4096, WIRE_FRAME_MAX - 1024, 1 << 20};
    for (size_t p = 0; p < sizeof parts / sizeof parts[0]; p++)
        for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++)
            assert_int_equal(read_pages(&catalogue, parts[p].part, sizes[s], &pages), parts[p].rows);
    assert_int_equal(pages, 1);
    for (size_t size = 1500; size < 2000; size++)
        assert_int_equal(read_pages(&catalogue, "zones", size / 8, &pages), 2);
    read_pages(&catalogue, "items", 1, &pages);
    assert_int_equal(pages, 98);
    catalogue_destroy(&catalogue);
}

static void test_rows_say_what_the_protocol_promises(void **state)
{
    (void)state;
    struct catalogue catalogue;
    int64_t next;
    kit_read_demo(&catalogue);
    json_t *items = catalogue_rows(&catalogue, "items", 0, 1 << 20, &next), *item = json_array_get(items, 0);
    assert_int_equal(wire_integer_at(item, "item", 0), 1);
    assert_int_equal(wire_integer_at(item, "domain", 0), 1);
    assert_string_equal(wire_string_at(item, "zh", ""), "存量房买卖转移登记");
    assert_string_equal(wire_string_at(item, "en", ""), "Transfer of an existing home by sale");
    assert_true(wire_bool_at(item, "needs_identity") && wire_bool_at(item, "bookable"));
    assert_null(json_object_get(item, "guide"));
    assert_null(json_object_get(item, "id"));
    assert_null(json_object_get(item, "name"));
    json_decref(items);
    json_t *windows = catalogue_rows(&catalogue, "windows", 3, 1 << 20, &next);
    assert_int_equal(wire_integer_at(json_array_get(windows, 0), "window", 0), 4);
    assert_int_equal(wire_integer_at(json_array_get(windows, 0), "zone", 0), 1);
    json_decref(windows);
    json_t *zones = catalogue_rows(&catalogue, "zones", 1, 1 << 20, &next);
    assert_int_equal(wire_integer_at(json_array_get(zones, 0), "zone", 0), 2);
    assert_string_equal(wire_string_at(json_array_get(zones, 0), "letter", ""), "B");
    json_decref(zones);
    json_t *own = catalogue_rows(&catalogue, "hall", 0, 1 << 20, &next);
    assert_string_equal(wire_string_at(json_array_get(own, 0), "hall", ""), "biyang");
    assert_non_null(wire_member_at(json_array_get(own, 0), "weekly"));
    json_decref(own);
    json_t *words = catalogue_rows(&catalogue, "words", 0, 1 << 20, &next);
    assert_string_equal(wire_string_at(json_array_get(words, 0), "word", ""), "priority.elderly");
    assert_int_equal(wire_integer_at(json_array_get(words, 0), "kind", 0), 1);
    assert_string_equal(wire_string_at(json_array_get(words, 7), "word", ""), "holiday.weekend");
    assert_string_equal(wire_string_at(json_array_get(words, 13), "word", ""), "day.2026-01-01");
    assert_string_equal(wire_string_at(json_array_get(words, 13), "day", ""), "holiday");
    json_decref(words);
    catalogue_destroy(&catalogue);
}

static void test_guides_are_rows_by_item(void **state)
{
    (void)state;
    struct catalogue catalogue;
    int64_t next;
    size_t found = 0;
    kit_read_demo(&catalogue);
    for (int64_t id = -1; id <= ITEMS_MAX + 1; id++) {
        json_t *page = catalogue_rows(&catalogue, "guide", id, CATALOGUE_ROW_MAX, &next);
        bool is_item = id >= 1 && id <= ITEMS_MAX && catalogue.items[id];
        json_t *row = json_array_get(page, 0);
        assert_int_equal(json_array_size(page), is_item);
        assert_int_equal(row != NULL, is_item);
        if (row) {
            assert_int_equal(wire_integer_at(row, "item", 0), id);
            assert_non_null(wire_member_at(row, "fees"));
            assert_true(written(page) <= CATALOGUE_ROW_MAX);
            assert_int_equal(next, -1);
            found++;
        }
        json_decref(page);
    }
    assert_int_equal(found, 98);
    catalogue_destroy(&catalogue);
}

static void test_parts_and_rows_that_are_not_there(void **state)
{
    (void)state;
    struct catalogue catalogue;
    int64_t next;
    kit_read_demo(&catalogue);
    assert_null(catalogue_rows(&catalogue, "clerks", 0, 4096, &next));
    assert_null(catalogue_rows(&catalogue, "", 0, 4096, &next));
    assert_null(catalogue_rows(&catalogue, "items", 98, 4096, &next));
    assert_null(catalogue_rows(&catalogue, "items", -1, 4096, &next));
    assert_null(catalogue_rows(&catalogue, "items", INT64_MAX, 4096, &next));
    assert_null(catalogue_rows(&catalogue, "hall", 1, 4096, &next));
    assert_null(catalogue_rows(&catalogue, "hall", -1, 4096, &next));
    assert_null(catalogue_rows(&catalogue, "words", -1, 4096, &next));
    assert_null(catalogue_rows(&catalogue, "words", INT32_MAX, 4096, &next));
    catalogue_destroy(&catalogue);
}

/* ---- small parts ---- */

static void test_lines_of_paths(void **state)
{
    (void)state;
    const char *text =
        "\n{\"a\": 1,\n \"b\\u0062\": [\n  {\"c\": \"x]}\\\"\", \"d\":\n -1.5e3},\n  [[], {}],\n  true\n "
        "],\n\"e\": [\n]}";
    const struct {
        struct json_step steps[3];
        size_t count, line;
    } rows[] = {
        {{{0}}, 0, 2},
        {{{.name = "a"}}, 1, 2},
        {{{.name = "bb"}}, 1, 3},
        {{{.name = "bb"}, {.index = 0}}, 2, 4},
        {{{.name = "bb"}, {.index = 0}, {.name = "d"}}, 3, 5},
        {{{.name = "bb"}, {.index = 0}, {.name = "e"}}, 3, 4},
        {{{.name = "bb"}, {.index = 1}, {.index = 1}}, 3, 6},
        {{{.name = "bb"}, {.index = 2}}, 2, 7},
        {{{.name = "bb"}, {.index = 3}}, 2, 3},
        {{{.name = "z"}, {.index = 3}}, 2, 2},
        {{{.name = "a"}, {.name = "b"}}, 2, 2},
        {{{.name = "e"}, {.index = 0}}, 2, 9},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(json_place_line(span_of(text), rows[i].steps, rows[i].count), rows[i].line);
    for (size_t cut = 0; cut <= strlen(text); cut++) /* no valid JSON: some line, but no harm */
        for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
            char *copy = malloc(cut + 1); /* so that a reader beyond the end is caught */
            memcpy(copy, text, cut);
            assert_in_range(json_place_line((struct span){copy, cut}, rows[i].steps, rows[i].count), 1, 10);
            free(copy);
        }
}

static void test_time_zones(void **state)
{
    (void)state;
    int32_t offset_min = 1;
    assert_true(zone_offset_now("Asia/Shanghai", &offset_min) && offset_min == 480);
    assert_true(zone_offset_now("UTC", &offset_min) && offset_min == 0);
    char *before = getenv("TZ") ? strdup(getenv("TZ")) : NULL;
    setenv("TZ", "Asia/Tokyo", 1);
    if (zone_offset_now("Asia/Kolkata", &offset_min)) { /* where the zone data is installed */
        assert_int_equal(offset_min, 330);
        assert_true(zone_offset_now("America/Argentina/Buenos_Aires", &offset_min));
        assert_int_equal(offset_min, -180);
    }
    assert_string_equal(getenv("TZ"), "Asia/Tokyo");
    if (before)
        setenv("TZ", before, 1);
    else
        unsetenv("TZ");
    free(before);
    static const char *const wrong[] = {
        "",      "/",           "Asia",     "Asia/",       "/etc/passwd", "../zone.tab",
        "CST-8", "Asia/../UTC", "zone.tab", "Asia/Nowhere"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_false(zone_offset_now(wrong[i], &offset_min));
}

static void test_item_codes_follow_the_halls_pattern(void **state)
{
    (void)state;
    struct catalogue demo, edited;
    struct text text = {0};
    struct error error = {0};
    kit_read_demo(&demo);
    static const struct {
        const char *pattern;
        bool fits;
    } rows[] = {{"411726-[A-Z][A-Z][A-Z][A-Z]-[0-9][0-9][0-9][0-9]", true},
                {"411726-*", true},
                {"411726-[A-Z]?[A-Z]?-*", true},
                {"411727-*", false},
                {"411726-[A-Z]-*", false}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        json_object_set_new(json_object_get(demo.document, "hall"), "item_code_pattern",
                            json_string(rows[i].pattern));
        assert_int_equal(catalogue_write_text(&demo, &text, &error), STATUS_OK);
        enum status status = catalogue_read_text((struct span){text.data, text.length}, 2, &edited, &error);
        assert_int_equal(status, rows[i].fits ? STATUS_OK : STATUS_PARSE);
        if (!rows[i].fits)
            assert_non_null(strstr(error.text, "items[0].code: expected a code of the form 41172"));
        catalogue_destroy(&edited);
    }
    catalogue_destroy(&demo);
    text_destroy(&text);
}

static int begin(void **state)
{
    (void)state;
    kit_begin();
    return hall_begin() ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    kit_end();
    hall_end();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_core_accepts_every_command_of_the_demo),
        cmocka_unit_test(test_commands_come_in_the_documented_order),
        cmocka_unit_test(test_the_roster_can_serve_every_item),
        cmocka_unit_test(test_text_and_back_is_the_same_document),
        cmocka_unit_test(test_a_stored_text_is_checked_too),
        cmocka_unit_test(test_the_core_accepts_the_ends_of_all_ranges),
        cmocka_unit_test(test_what_is_retired_reaches_the_core),
        cmocka_unit_test(test_lengths_are_counted_in_characters),
        cmocka_unit_test(test_pages_hold_every_row_once_and_fit),
        cmocka_unit_test(test_rows_say_what_the_protocol_promises),
        cmocka_unit_test(test_guides_are_rows_by_item),
        cmocka_unit_test(test_parts_and_rows_that_are_not_there),
        cmocka_unit_test(test_lines_of_paths),
        cmocka_unit_test(test_time_zones),
        cmocka_unit_test(test_item_codes_follow_the_halls_pattern),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
