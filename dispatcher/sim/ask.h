/* SPDX-License-Identifier: MIT
 * Questions of the scenario language about the state:
 *
 *     ? ticket A001 state=waiting class=normal ref=09:00:00 ahead=2
 *     ? window 3 clerk=7 ticket=none paused=break may=1,2 served=4
 *     ? order window=3 A002 A001          whom the window would call, one after the other
 *     ? why A002 A002 A001                the candidates stored with its last call, best first
 *     ? why A002 A002 A001 because=class en="..." zh="..."        and what told the first two apart
 *     ? weigh A001 window=3 age=120s handling=324s early=no posted=yes
 *     ? slot item=1 date=2026-11-24 slot=09:30 channel=kiosk left=3
 *     ? item 1 issued=4 windows=2 · domain 1 waiting=3 served=0 · clerk 7 window=3 · person 5 suspended=88
 *     ? booking $b state=made · counts issued=3 waiting=1 · day state=open date=2026-11-23
 *     ? deadline at=10:00:00
 *     ? window 3 posted=1,2 serves=1 covers=2 posted_since=09:30:00 proposal=4 breaks=12:00:00-12:30:00
 *     ? proposal 4 state=open window=3 mode=confirm expires=10:10:00
 *     ? move window=3 to=1,2 mode=confirm leaves=none changes_left=2
 */
#ifndef DISPATCHER_SIM_ASK_H
#define DISPATCHER_SIM_ASK_H

#include "common/base/span.h"
#include "common/base/status.h"
#include "dispatcher/core/hall.h"

struct asking {
    const struct hall *hall;
    struct hall *scratch; /* may be overwritten */
    int64_t now_ms;
    int64_t midnight_ms;
    const struct event *log; /* every event so far */
    size_t log_count;
};

/* Writes the whole answer as a line of bare words and name=value facts. False: *error says what is wrong with
 * the question. */
bool ask_answer(const struct asking *asking, struct span question, struct text *out, struct error *error);

/* Whether the answer holds what the question says: the same bare words, and every fact that it names. */
bool ask_agrees(struct span question, struct span answer);

/* The question with the answer's words and values in place of its own. */
void ask_rewrite(struct span question, struct span answer, struct text *out);

#endif
