/* SPDX-License-Identifier: MIT */
#include "tests/unit_display/board_kit.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/wire/merge.h"

static json_t *parse(const char *text)
{
    json_error_t error;
    json_t *value = json_loads(text, 0, &error);
    if (!value)
        printf("kit: %s in %s\n", error.text, text);
    assert(value);
    return value;
}

static json_t *read_demo(void)
{
    json_error_t error;
    json_t *hall = json_load_file("assets/demo/hall.json", 0, &error);
    assert(hall);
    return hall;
}

/* Rows as the dispatcher's catalogue gives them. */
static void take_names(struct names *names)
{
    json_t *demo = read_demo(), *domains = json_object_get(demo, "domains"), *row;
    size_t i;
    json_array_foreach(domains, i, row)
    {
        json_object_set(row, "domain", json_object_get(row, "id"));
    }
    names_take(names, "domains", domains);
    json_t *hall = json_pack("[O]", json_object_get(demo, "hall"));
    names_take(names, "hall", hall);
    json_decref(hall);
    json_decref(demo);
}

void kit_init(struct kit *kit, int rows, enum words_language language)
{
    setenv("TZ", "Asia/Shanghai", 1);
    tzset();
    memset(kit, 0, sizeof *kit);
    kit->time = (struct board_time){.mono_ms = KIT_MONO_MS, .wall_ms = KIT_WALL_MS, .age_ms = 0, .epoch = 1};
    board_init(&kit->board,
               &(struct board_params){.rows = rows, .language = language, .mono_ms = KIT_MONO_MS});
    take_names(&kit->board.names);
    kit->calls = json_object();
}

void kit_destroy(struct kit *kit)
{
    json_decref(kit->calls);
}

void kit_pass(struct kit *kit, int64_t ms)
{
    kit->time.mono_ms += ms;
    kit->time.wall_ms += ms;
    if (kit->time.age_ms > 0 && kit->time.age_ms != BOARD_NEVER)
        kit->time.age_ms += ms;
}

void kit_hall(struct kit *kit, const char *more)
{
    json_t *document = parse("{\"date\":\"2026-11-23\",\"day\":\"open\",\"numbers\":\"open\",\"waiting\":12,"
                             "\"windows_open\":7,\"sessions\":[\"09:00-17:00\"],\"catalogue_version\":7}");
    json_t *patch = parse(more);
    wire_merge(document, patch);
    board_take_hall(&kit->board, document);
    json_decref(patch);
    json_decref(document);
}

int kit_change(struct kit *kit, const char *patch)
{
    json_t *value = parse(patch);
    wire_merge(kit->calls, value);
    json_decref(value);
    return board_take_calls(&kit->board, kit->calls, &kit->time);
}

int kit_call(struct kit *kit, const char *number, int window, int domain)
{
    char patch[256];
    long long now = (long long)kit->time.wall_ms;
    snprintf(patch, sizeof patch,
             "{\"calls\":{\"%s\":{\"window\":%d,\"zone\":\"B\",\"domain\":%d,\"item\":1,\"state\":\"called\","
             "\"called_ms\":%lld,\"recalls\":0,\"order\":%lld}}}",
             number, window, domain, now, now);
    return kit_change(kit, patch);
}

int kit_serve(struct kit *kit, const char *number)
{
    char patch[96];
    snprintf(patch, sizeof patch, "{\"calls\":{\"%s\":{\"state\":\"serving\"}}}", number);
    return kit_change(kit, patch);
}

int kit_finish(struct kit *kit, const char *number)
{
    char patch[96];
    snprintf(patch, sizeof patch, "{\"calls\":{\"%s\":null}}", number);
    return kit_change(kit, patch);
}

struct board_view kit_view(struct kit *kit)
{
    board_advance(&kit->board, &kit->time);
    return board_view(&kit->board, &kit->time);
}

static void put_number(char *out, size_t size, const char *number)
{
    size_t used = strlen(out);
    snprintf(out + used, size - used, "%s%s", used ? " " : "", number);
}

const char *kit_rows(struct kit *kit)
{
    static char words[256];
    struct board_view view = kit_view(kit);
    int count;
    const struct board_call *calls = board_page(&kit->board, view.page, &count);
    words[0] = '\0';
    for (int i = 0; i < count; i++)
        put_number(words, sizeof words, calls[i].number);
    return words;
}

const char *kit_hero(struct kit *kit)
{
    static char words[64];
    struct board_view view = kit_view(kit);
    words[0] = '\0';
    for (int i = 0; i < view.hero_count; i++)
        put_number(words, sizeof words, view.hero[i]->number);
    return words;
}
