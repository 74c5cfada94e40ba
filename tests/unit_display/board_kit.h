/* SPDX-License-Identifier: MIT
 * A board that a test drives: documents as text, time as a number. */
#ifndef TESTS_UNIT_DISPLAY_BOARD_KIT_H
#define TESTS_UNIT_DISPLAY_BOARD_KIT_H

#include "display/model/board.h"

/* 2026-11-23 10:16:00 in the hall; the picture is not shifted at this minute. */
#define KIT_WALL_MS INT64_C(1795400160000)
#define KIT_MONO_MS INT64_C(1000000)

struct kit {
    struct board board;
    json_t *calls; /* owned; topic `board` */
    struct board_time time;
};

/* A board with the demo's names that knows nothing else yet; the zone is Asia/Shanghai. */
void kit_init(struct kit *kit, int rows, enum words_language language);
void kit_destroy(struct kit *kit);

/* Time passes; the dispatcher vouches for everything unless the kit's age_ms was set to grow. */
void kit_pass(struct kit *kit, int64_t ms);

/* Takes in topic `hall`; a member of `more` (JSON object) replaces the usual day's. */
void kit_hall(struct kit *kit, const char *more);

/* Changes topic `board` by a merge patch and takes it in; returns how many calls are new. */
int kit_change(struct kit *kit, const char *patch);

/* A call now, to a window in zone B; order is the time. */
int kit_call(struct kit *kit, const char *number, int window, int domain);
int kit_serve(struct kit *kit, const char *number);
int kit_finish(struct kit *kit, const char *number);

/* Pages are turned, then looked at. */
struct board_view kit_view(struct kit *kit);

/* The numbers of the present page and of the hero: "A012 A011". Static text, until the next call. */
const char *kit_rows(struct kit *kit);
const char *kit_hero(struct kit *kit);

#endif
