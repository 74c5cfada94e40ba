/* SPDX-License-Identifier: MIT */
#include "tests/unit_store/store_kit.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "dispatcher/core/line.h"

int64_t kit_ms(int day, int hour, int minute)
{
    return (int64_t)(date_from_civil(2026, 11, 23) + day) * DAY_MS +
           ((hour - 8) * 60 + minute) * (int64_t)MINUTE_MS;
}

void kit_init(struct kit *kit, struct store *store)
{
    *kit = (struct kit){.store = store, .now_ms = kit_ms(0, 8, 0), .random = 12345};
    kit->hall = calloc(1, sizeof *kit->hall);
    assert_non_null(kit->hall);
    assert_int_equal(kit_load(kit), STATUS_OK);
}

void kit_destroy(struct kit *kit)
{
    free(kit->hall);
}

enum status kit_load(struct kit *kit)
{
    struct store_load_report report;
    enum status status = store_load(kit->store, kit->hall, NULL, NULL, &report, &kit->error);
    if (report.last_ms > kit->now_ms)
        kit->now_ms = report.last_ms;
    return status;
}

bool kit_say(struct kit *kit, const char *line)
{
    struct command command;
    struct line_fault fault;
    kit->error.status = STATUS_OK;
    int64_t midnight_ms = hall_midnight_ms(kit->hall, hall_date_at(kit->hall, kit->now_ms));
    if (!line_to_command(line, strlen(line), midnight_ms, &command, &fault))
        fail_msg("%s: column %zu: %s", line, fault.column, fault.text);
    if (!hall_decide(kit->hall, &command, kit->now_ms, &kit->decision))
        return false;
    return store_take(kit->store, kit->hall, kit->decision.events, kit->decision.count, NULL, &kit->error) ==
           STATUS_OK;
}

static enum status answer(struct kit *kit)
{
    char text[LINE_MAX_BYTES] = "nothing";
    const struct store_key key = {7, 99, ++kit->counter};
    if (kit->decision.count > 0)
        line_from_event(&kit->decision.events[0], hall_midnight_ms(kit->hall, kit->hall->date), text);
    return store_put_answer(kit->store, &key, span_of(text), kit->now_ms, &kit->error);
}

enum status kit_turn(struct kit *kit, const char *line)
{
    enum status status = store_begin(kit->store, &kit->error);
    if (status != STATUS_OK)
        return status;
    if (kit_say(kit, line))
        answer(kit);
    return store_commit(kit->store, &kit->error);
}

static void say_must(struct kit *kit, const char *line)
{
    if (!kit_say(kit, line) && kit->error.status == STATUS_OK)
        fail_msg("%s: refused, %s", line, refusal_wire(kit->decision.refusal.code));
}

enum status kit_set_up(struct kit *kit)
{
    char line[200];
    enum status status = store_begin(kit->store, &kit->error);
    if (status != STATUS_OK)
        return status;
    say_must(kit, "set-zone 1 letter=A");
    say_must(kit, "set-domain 1 series=A slot_capacity=4");
    say_must(kit, "set-domain 2 series=B slot_capacity=4");
    for (int item = 1; item <= KIT_ITEMS; item++) {
        snprintf(line, sizeof line, "set-item %d domain=%d expected=%ds bookable", item, 1 + item % 2,
                 60 + item * 30);
        say_must(kit, line);
    }
    for (int weekday = 0; weekday < 7; weekday++) {
        snprintf(line, sizeof line, "set-week %d sessions=09:00-12:00,13:00-17:00", weekday);
        say_must(kit, line);
    }
    for (int window = 1; window <= KIT_WINDOWS; window++) {
        snprintf(line, sizeof line, "set-window %d zone=1", window);
        say_must(kit, line);
        snprintf(line, sizeof line, "set-clerk %d trained", window);
        say_must(kit, line);
        snprintf(line, sizeof line,
                 "set-authorisation %d clerk=%d domains=1,2 valid_from=2026-01-01 valid_to=2030-12-31",
                 window, window);
        say_must(kit, line);
    }
    return store_commit(kit->store, &kit->error);
}

enum status kit_open_day(struct kit *kit)
{
    char line[80];
    int day = (int)(hall_date_at(kit->hall, kit->now_ms) - date_from_civil(2026, 11, 23));
    kit->now_ms = kit_ms(day, 9, 0);
    enum status status = store_begin(kit->store, &kit->error);
    if (status != STATUS_OK)
        return status;
    say_must(kit, "open-day");
    for (int window = 1; window <= KIT_WINDOWS && kit->error.status == STATUS_OK; window++) {
        snprintf(line, sizeof line, "start-duty window=%d clerk=%d", window, window);
        say_must(kit, line);
    }
    return store_commit(kit->store, &kit->error);
}

enum status kit_close_day(struct kit *kit)
{
    int day = (int)(hall_date_at(kit->hall, kit->now_ms) - date_from_civil(2026, 11, 23));
    if (kit->now_ms < kit_ms(day, 17, 30))
        kit->now_ms = kit_ms(day, 17, 30);
    enum status status = store_begin(kit->store, &kit->error);
    if (status != STATUS_OK)
        return status;
    if (kit->hall->day_state == DAY_OPEN)
        kit_say(kit, "close-day anyway");
    for (int i = 0; i < 10000 && kit->hall->day_state != DAY_CLOSED && kit->error.status == STATUS_OK; i++)
        kit_say(kit, "tick");
    status = store_commit(kit->store, &kit->error);
    if (status == STATUS_OK)
        kit->now_ms = kit_ms(day + 1, 8, 0);
    return status;
}

static uint32_t next_random(struct kit *kit, uint32_t below)
{
    kit->random = kit->random * 1664525u + 1013904223u;
    return (uint32_t)(((uint64_t)(kit->random >> 8) * below) >> 24);
}

static void choose(struct kit *kit, char *line, size_t size)
{
    static const char *const at_window[] = {"call",   "call",   "call",   "start",  "start",
                                            "finish", "finish", "finish", "recall", "no-show",
                                            "undo",   "pause",  "unpause"};
    uint32_t item = 1 + next_random(kit, KIT_ITEMS), window = 1 + next_random(kit, KIT_WINDOWS);
    uint32_t what = next_random(kit, 20);
    kit->now_ms += 500 + next_random(kit, 8000);
    if (what < 6)
        snprintf(line, size, "issue items=%u person=%u", item, 1 + next_random(kit, 1000000));
    else if (what < 7)
        snprintf(line, size, "issue items=%u,%u", item, 1 + item % KIT_ITEMS);
    else if (what < 8)
        snprintf(line, size, "book item=%u date=2026-11-%02u slot=10:00 person=%u", item,
                 24 + next_random(kit, 4), 1 + next_random(kit, 1000000));
    else if (what < 9)
        snprintf(line, size, "tick");
    else
        snprintf(line, size, "%s window=%u", at_window[next_random(kit, 13)], window);
}

void kit_act_inside(struct kit *kit)
{
    char line[120];
    choose(kit, line, sizeof line);
    if (kit_say(kit, line))
        answer(kit);
}

enum status kit_act(struct kit *kit)
{
    char line[120];
    choose(kit, line, sizeof line);
    return kit_turn(kit, line);
}

/* ---- files ---- */
void kit_folder_make(struct kit_folder *folder)
{
    strcpy(folder->path, "/tmp/evenhall-store-XXXXXX");
    assert_non_null(mkdtemp(folder->path));
    snprintf(folder->store, sizeof folder->store, "%s/hall.db", folder->path);
}

static int remove_one(const char *path, const struct stat *stat, int kind, struct FTW *walk)
{
    (void)stat;
    (void)kind;
    (void)walk;
    return remove(path);
}

void kit_folder_remove(struct kit_folder *folder)
{
    assert_int_equal(nftw(folder->path, remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
}

struct store *kit_open(const struct kit_folder *folder)
{
    struct store *store = NULL;
    struct error error = {0};
    const struct store_params params = {.path = folder->store, .create = true, .reserve_bytes = -1};
    if (store_open_sqlite(&params, &store, &error) != STATUS_OK)
        fail_msg("%s", error.text);
    return store;
}

void kit_close(struct store *store)
{
    struct error error;
    if (store_close(store, &error) != STATUS_OK)
        fail_msg("%s", error.text);
}
