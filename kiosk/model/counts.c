/* SPDX-License-Identifier: MIT */
#include "kiosk/model/counts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/wire/json.h"

static const struct kiosk_load load_unknown = {
    KIOSK_UNKNOWN, KIOSK_UNKNOWN, KIOSK_UNKNOWN, {KIOSK_UNKNOWN, KIOSK_UNKNOWN}};

void kiosk_counts_init(struct kiosk_counts *counts)
{
    *counts = (struct kiosk_counts){
        .numbers = KIOSK_NUMBERS_CLOSED, .hall = load_unknown, .utc_offset_min = INT32_MIN};
    for (int i = 0; i <= KIOSK_DOMAINS_MAX; i++)
        counts->domains[i] = load_unknown;
    for (int i = 0; i <= KIOSK_ITEMS_MAX; i++)
        counts->items[i] = load_unknown;
}

/* A count from 0 to 99,999; anything else is unknown. */
static int count_at(const json_t *object, const char *name)
{
    int64_t count = wire_integer_at(object, name, KIOSK_UNKNOWN);
    return count >= 0 && count <= 99999 ? (int)count : KIOSK_UNKNOWN;
}

static struct kiosk_load load_of(const json_t *object, const char *windows)
{
    struct kiosk_load load = {
        .waiting = count_at(object, "waiting"),
        .windows = count_at(object, windows),
        .left = count_at(object, "left"),
        .wait = {count_at(object, "low_min"), count_at(object, "high_min")},
    };
    if (load.wait.low_min < 0 || load.wait.high_min < load.wait.low_min)
        load.wait = load_unknown.wait;
    return load;
}

/* ---- hall ---- */

static void take_sessions(struct kiosk_counts *counts, const json_t *sessions)
{
    size_t i, used = 0;
    const json_t *value;
    counts->sessions[0] = '\0';
    json_array_foreach(sessions, i, value)
    {
        unsigned from_hour, from_minute, to_hour, to_minute;
        const char *text = json_is_string(value) ? json_string_value(value) : "";
        if (sscanf(text, "%2u:%2u-%2u:%2u", &from_hour, &from_minute, &to_hour, &to_minute) != 4 ||
            sizeof counts->sessions - used < 20)
            continue;
        used += (size_t)snprintf(counts->sessions + used, sizeof counts->sessions - used,
                                 "%s%02u:%02u–%02u:%02u", used ? "  " : "", from_hour % 24, from_minute % 60,
                                 to_hour % 25, to_minute % 60);
    }
}

/* The notice is words for everybody, or one text for each language. */
static void take_notice(struct kiosk_counts *counts, const json_t *document)
{
    const char *plain = wire_string_at(document, "notice", "");
    const json_t *both = wire_member_at(document, "notice");
    for (int i = 0; i < WORDS_LANGUAGES; i++)
        snprintf(counts->notice[i], sizeof counts->notice[i], "%s",
                 both ? wire_string_at(both, words_language_name((enum words_language)i), plain) : plain);
}

static enum kiosk_numbers numbers_of(const json_t *document)
{
    const char *numbers = wire_string_at(document, "numbers", "");
    if (strcmp(wire_string_at(document, "day", ""), "closed") == 0)
        return strcmp(numbers, "not-yet") == 0 ? KIOSK_NUMBERS_NOT_YET : KIOSK_NUMBERS_CLOSED;
    if (strcmp(numbers, "open") == 0)
        return KIOSK_NUMBERS_OPEN;
    return strcmp(numbers, "not-yet") == 0 ? KIOSK_NUMBERS_NOT_YET : KIOSK_NUMBERS_STOPPED;
}

void kiosk_counts_take_hall(struct kiosk_counts *counts, const json_t *document)
{
    int64_t version = wire_integer_at(document, "catalogue_version", 0);
    counts->hall_known = document != NULL;
    counts->numbers = numbers_of(document);
    counts->hall = load_of(document, "windows_open");
    counts->next_open_ms = wire_integer_at(document, "next_open_ms", 0);
    counts->catalogue_version = version > 0 && version <= UINT32_MAX ? (uint32_t)version : 0;
    int64_t offset = wire_integer_at(document, "utc_offset_min", INT32_MIN);
    counts->utc_offset_min = offset >= -16 * 60 && offset <= 16 * 60 ? (int)offset : INT32_MIN;
    take_sessions(counts, wire_member_at(document, "sessions"));
    take_notice(counts, document);
}

/* ---- kiosk ---- */

static void take_loads(const json_t *objects, struct kiosk_load *loads, int most)
{
    const char *key;
    json_t *value;
    for (int i = 0; i <= most; i++)
        loads[i] = load_unknown;
    json_object_foreach((json_t *)objects, key, value)
    {
        char *end;
        long id = strtol(key, &end, 10);
        if (*end == '\0' && id >= 1 && id <= most)
            loads[id] = load_of(value, "windows");
    }
}

void kiosk_counts_take_kiosk(struct kiosk_counts *counts, const json_t *document)
{
    take_loads(wire_member_at(document, "domains"), counts->domains, KIOSK_DOMAINS_MAX);
    take_loads(wire_member_at(document, "items"), counts->items, KIOSK_ITEMS_MAX);
}

/* ---- spans ---- */

struct kiosk_wait kiosk_wait_shown(struct kiosk_wait wait)
{
    const int step = KIOSK_WAIT_STEP_MIN, most = KIOSK_WAIT_LONG_MIN;
    if (wait.low_min < 0 || wait.high_min < wait.low_min)
        return load_unknown.wait;
    struct kiosk_wait shown = {wait.low_min / step * step, (wait.high_min + step - 1) / step * step};
    if (shown.high_min > most)
        shown.high_min = most + step;
    if (shown.low_min > most)
        shown.low_min = most;
    if (shown.high_min < shown.low_min + step)
        shown.high_min = shown.low_min + step;
    return shown;
}
