/* SPDX-License-Identifier: MIT */
#include "tests/unit_kiosk/kiosk_kit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static json_t *load(const char *path)
{
    json_error_t error;
    json_t *document = json_load_file(path, 0, &error);
    if (!document)
        fail_msg("%s:%d: %s", path, error.line, error.text);
    return document;
}

/* An entry of the demo files as a row of the catalogue: its id under its noun, the name's languages flat. */
static json_t *row_of(const json_t *entry, const char *id, const char *noun)
{
    json_t *row = json_copy((json_t *)entry);
    json_object_set(row, noun, json_object_get(entry, id));
    json_object_set(row, "zh", json_object_get(json_object_get(entry, "name"), "zh"));
    json_object_set(row, "en", json_object_get(json_object_get(entry, "name"), "en"));
    if (strcmp(id, noun) != 0)
        json_object_del(row, id);
    json_object_del(row, "name");
    json_object_del(row, "guide");
    return row;
}

static json_t *rows_of(const json_t *entries, const char *id, const char *noun)
{
    size_t i;
    const json_t *entry;
    json_t *rows = json_array();
    json_array_foreach(entries, i, entry) json_array_append_new(rows, row_of(entry, id, noun));
    return rows;
}

static json_t *words_of(const json_t *texts)
{
    const char *name;
    json_t *text, *rows = json_array();
    char word[64];
    json_object_foreach((json_t *)texts, name, text)
    {
        snprintf(word, sizeof word, "holiday.%s", name);
        json_array_append_new(rows,
                              json_pack("{s:s,s:O,s:O}", "word", word, "zh", json_object_get(text, "zh"),
                                        "en", json_object_get(text, "en")));
    }
    return rows;
}

static void lengthen(json_t *rows[KIOSK_PARTS])
{
    size_t i;
    json_t *row;
    for (int id = 10; id <= 12; id++)
        json_array_append_new(rows[KIOSK_PART_DOMAINS],
                              json_pack("{s:i,s:s,s:s,s:s}", "domain", id, "zh", "退役军人事务与双拥服务",
                                        "en", "Veterans and families", "icon", "shield"));
    json_array_foreach(rows[KIOSK_PART_ITEMS], i, row)
    {
        if (i % 5 == 1) {
            json_object_set_new(row, "zh", json_string("灵活就业人员企业职工基本养老保险参保登记"));
            json_object_set_new(row, "en",
                                json_string("Registration of self-employed people for pension insurance"));
            json_object_set_new(row, "needs_confirmation", json_true());
            json_object_set_new(row, "needs_identity", json_true());
        }
        json_object_set_new(row, "popular", json_boolean(i < 40 && i % 8 == 0));
    }
}

void kit_catalogue(struct kiosk_catalogue *out, enum kit_variant variant)
{
    struct error error = {0};
    json_t *hall = load("assets/demo/hall.json"), *items = load("assets/demo/items.json");
    json_t *rows[KIOSK_PARTS] = {
        [KIOSK_PART_HALL] = json_pack("[o]", row_of(json_object_get(hall, "hall"), "id", "hall")),
        [KIOSK_PART_WORDS] = words_of(json_object_get(hall, "holiday_texts")),
        [KIOSK_PART_ZONES] = rows_of(json_object_get(hall, "zones"), "id", "zone"),
        [KIOSK_PART_DOMAINS] = rows_of(json_object_get(hall, "domains"), "id", "domain"),
        [KIOSK_PART_WINDOWS] = rows_of(json_object_get(hall, "windows"), "number", "window"),
        [KIOSK_PART_ITEMS] = rows_of(json_object_get(items, "items"), "id", "item"),
    };
    if (variant == KIT_LONG)
        lengthen(rows);
    assert_int_equal(kiosk_catalogue_build(out, rows, 7, &error), STATUS_OK);
    for (int i = 0; i < KIOSK_PARTS; i++)
        json_decref(rows[i]);
    json_decref(hall);
    json_decref(items);
}

/* ---- documents ---- */

static json_t *parse(const char *text)
{
    json_error_t error;
    json_t *document = json_loads(text, 0, &error);
    if (!document)
        fail_msg("%s at %d in %s", error.text, error.position, text);
    return document;
}

void kit_hall(struct kiosk *kiosk, const char *text, int64_t now_ms)
{
    json_t *document = parse(text);
    kiosk_on_hall(kiosk, document, now_ms);
    json_decref(document);
}

void kit_counts(struct kiosk *kiosk, const char *text, int64_t now_ms)
{
    json_t *document = parse(text);
    kiosk_on_counts(kiosk, document, now_ms);
    json_decref(document);
}

void kit_link(struct kiosk *kiosk, bool ready, int64_t vouched_ms, int64_t now_ms)
{
    kiosk_on_link(kiosk,
                  &(struct kiosk_link){.ready = ready,
                                       .vouched_ms = vouched_ms,
                                       .trouble = "",
                                       .wall_known = true,
                                       .wall_ms = KIT_WALL_MS + now_ms - KIT_NOW_MS},
                  now_ms);
}

static json_t *load_of(int waiting, int windows, int low_min, int high_min)
{
    json_t *object = json_pack("{s:i,s:i}", "waiting", waiting, "windows", windows);
    if (low_min >= 0) {
        json_object_set_new(object, "low_min", json_integer(low_min));
        json_object_set_new(object, "high_min", json_integer(high_min));
    }
    return object;
}

static void put(json_t *object, int id, json_t *value)
{
    char key[12];
    snprintf(key, sizeof key, "%d", id);
    json_object_set_new(object, key, value);
}

void kit_open(struct kiosk *kiosk, enum kit_variant variant, int waiting, int low_min, int high_min)
{
    struct kiosk_catalogue catalogue;
    kiosk_init(kiosk, &(struct kiosk_settings){.language = WORDS_ZH, .prints = true, .utc_offset_min = 480},
               KIT_NOW_MS);
    kit_catalogue(&catalogue, variant);
    kiosk_on_catalogue(kiosk, &catalogue, KIT_NOW_MS);
    kit_link(kiosk, true, KIT_NOW_MS, KIT_NOW_MS);
    json_t *hall = load_of(waiting, 0, low_min, high_min), *domains = json_object(), *items = json_object();
    json_object_set_new(hall, "day", json_string("open"));
    json_object_set_new(hall, "numbers", json_string("open"));
    json_object_set_new(hall, "windows_open", json_integer(waiting ? 14 : 7));
    json_object_set_new(hall, "catalogue_version", json_integer(7));
    json_object_set_new(hall, "utc_offset_min", json_integer(480));
    json_object_set_new(hall, "sessions", json_pack("[s]", "09:00-17:00"));
    for (int i = 0; i < kiosk->catalogue.domain_count; i++)
        put(domains, kiosk->catalogue.domains[i].id,
            load_of(waiting * (i + 1) / kiosk->catalogue.domain_count, 3, low_min, high_min));
    for (int i = 0; i < kiosk->catalogue.item_count; i++)
        put(items, kiosk->catalogue.items[i].id, load_of(waiting * (i % 10) / 10, 3, low_min, high_min));
    json_t *counts = json_pack("{s:o,s:o}", "domains", domains, "items", items);
    kiosk_on_hall(kiosk, hall, KIT_NOW_MS);
    kiosk_on_counts(kiosk, counts, KIT_NOW_MS);
    json_decref(hall);
    json_decref(counts);
}

/* ---- answers ---- */

void kit_answer_number(struct kiosk *kiosk, uint64_t key, const char *number, const char *more,
                       int64_t now_ms)
{
    char text[1024];
    snprintf(text, sizeof text, "{\"seq\":1,\"ticket\":{\"number\":\"%s\",\"issued_ms\":%lld%s}}", number,
             (long long)(KIT_WALL_MS + now_ms - KIT_NOW_MS), more);
    json_t *ok = parse(text);
    kiosk_on_answer(kiosk, &(struct kiosk_answer){.outcome = KIOSK_ANSWERED, .key = key, .ok = ok}, now_ms);
    json_decref(ok);
}

void kit_answer_refused(struct kiosk *kiosk, uint64_t key, const char *code, int64_t now_ms)
{
    struct wire_error error = {.code = code, .zh = "大厅说不行", .en = "The hall says no"};
    kiosk_on_answer(kiosk, &(struct kiosk_answer){.outcome = KIOSK_REFUSED, .key = key, .error = &error},
                    now_ms);
}

void kit_answer_given_up(struct kiosk *kiosk, uint64_t key, bool sent, int64_t now_ms)
{
    kiosk_on_answer(kiosk, &(struct kiosk_answer){.outcome = KIOSK_GIVEN_UP, .key = key, .sent = sent},
                    now_ms);
}

struct kiosk_effect kit_effect(struct kiosk *kiosk, enum kiosk_effect_kind kind)
{
    struct kiosk_effect effect = {0};
    assert_true(kiosk_effect_next(kiosk, &effect));
    assert_int_equal(effect.kind, kind);
    return effect;
}

void kit_no_effect(struct kiosk *kiosk)
{
    struct kiosk_effect effect;
    assert_false(kiosk_effect_next(kiosk, &effect));
}
