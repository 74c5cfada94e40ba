/* SPDX-License-Identifier: MIT
 * A small hall at work over a store, for tests: set-up, turns, whole days; and folders that vanish. */
#ifndef TESTS_UNIT_STORE_STORE_KIT_H
#define TESTS_UNIT_STORE_STORE_KIT_H

#include "dispatcher/store/backup.h"
#include "dispatcher/store/records.h"
#include "dispatcher/store/store.h"

enum { KIT_ITEMS = 6, KIT_WINDOWS = 4 };

struct kit {
    struct store *store; /* borrowed */
    struct hall *hall;   /* owned */
    struct decision decision;
    struct error error;
    int64_t now_ms;
    uint64_t counter; /* of the last key used */
    uint32_t random;
};

void kit_init(struct kit *kit, struct store *store);
void kit_destroy(struct kit *kit);

/* Loads kit->hall from the store. */
enum status kit_load(struct kit *kit);

/* Parses and decides a command and takes its events into the open transaction. False: refused (kit->decision
 * says why) or not stored (kit->error.status). */
bool kit_say(struct kit *kit, const char *line);

/* A whole turn with one command and its answer (the first event's text). The status of the commit. */
enum status kit_turn(struct kit *kit, const char *line);

/* Zones, domains, items, windows, clerks, week: one transaction. */
enum status kit_set_up(struct kit *kit);

/* Opens the day at kit->now_ms's date 09:00 with clerks on duty; closes it at 17:30 and moves to the next
 * morning. */
enum status kit_open_day(struct kit *kit);
enum status kit_close_day(struct kit *kit);

/* One of the ordinary acts, chosen by kit->random; time moves on a little. May be refused. The commit's
 * status. */
enum status kit_act(struct kit *kit);
/* The same inside the open transaction. */
void kit_act_inside(struct kit *kit);

/* A day's wall time on the kit's first day, 2026-11-23 (+08:00). */
int64_t kit_ms(int day, int hour, int minute);

/* ---- files ---- */
struct kit_folder {
    char path[64];   /* made by mkdtemp */
    char store[128]; /* path/hall.db */
};
void kit_folder_make(struct kit_folder *folder);
void kit_folder_remove(struct kit_folder *folder);

/* A store in the folder, made if need be, without reserve; fails the test when it cannot. */
struct store *kit_open(const struct kit_folder *folder);
void kit_close(struct store *store);

#endif
