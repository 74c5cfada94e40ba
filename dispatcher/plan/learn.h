/* SPDX-License-Identifier: MIT
 * How long services take, learned from the hall's events: standard time per item, what is special about an
 * item at a window, speed per clerk, spread, no-shows.
 *
 * A service of items i at window w by clerk c is taken as
 *   ms = sum of standard(i) * at(i, w) * slow(w, i) / speed(c) * noise + changeovers
 * with slow and changeover as the hall's policies say, so that what is learned is the item's standard time
 * and the clerk's speed. On the log scale the parts are shrunk as far as their own numbers are few: an item
 * to its domain (and, as far as it proves right, to the catalogue's expected time), an item at a window to
 * the item, a clerk to what the catalogue says of him. How far is itself learned (variance components).
 * Clerks' speeds are centred at 1. A service far from what is expected counts only as far as the ordinary
 * reach, and no single one of these moves an estimate by more than some 4 %, so a forgotten "finish" does no
 * harm, while a true change is followed. Old days fade: half in LEARN_HALF_LIFE_DAYS business days.
 *
 * Same events, same state, bit for bit, live and in replay. Uses some 3 MB. */
#ifndef DISPATCHER_PLAN_LEARN_H
#define DISPATCHER_PLAN_LEARN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dispatcher/core/hall.h"

enum {
    LEARN_HALF_LIFE_DAYS = 60,
    LEARN_SHORT_MS = 5 * 1000,          /* nobody is served in less: not counted */
    LEARN_LONG_MS = 2 * 60 * 60 * 1000, /* longer ones say little, and nothing about spread */
    LEARN_UNDO_MS = 60 * 1000,          /* a finish counts once it can no longer be undone */
};

struct learn; /* opaque */

/* An estimate, and between which values it lies with a probability of 90 %. samples: services seen, without
 * fading; 0: the value is only what was told or assumed. */
struct learned {
    int64_t value, low, high;
    uint32_t samples;
};

/* NULL when memory runs out. */
struct learn *learn_create(void);
void learn_destroy(struct learn *learn);

/* Takes in one event; `before` is the hall as it was before it. To be called for every event of the log in
 * order, by one who begins with the first, or with the events of a checkpoint and goes on from there.
 * Whatever was missed of the catalogue is looked up in `before` when a service needs it. */
void learn_take(struct learn *learn, const struct hall *before, const struct event *event);

/* ---- reading; an id that nothing is known of gives zeros ---- */
/* Standard ms of an item: at a window of its primary domain, by a clerk of speed 1, without changeover. */
struct learned learn_item_ms(const struct learn *learn, struct item_id item);

/* Mean of a domain's items, as often as each is asked for. */
struct learned learn_domain_ms(const struct learn *learn, struct domain_id domain);

struct learned learn_clerk_permille(const struct learn *learn, struct clerk_id clerk);

/* Ms of an item at a window by a clerk (0: of speed 1), without slowdown and changeover. samples: of this
 * item at this window, whoever served. */
struct learned learn_item_at_ms(const struct learn *learn, struct item_id item, struct window_id window,
                                struct clerk_id clerk);

/* Expected handling ms of the item at the window as it is now staffed, with slowdown, and with changeover if
 * the window's last domain was another. */
struct learned learn_handling_ms(const struct learn *learn, const struct hall *hall, struct window_id window,
                                 struct item_id item);

/* Coefficient of variation of services around their expectation, permille. */
struct learned learn_item_cv_permille(const struct learn *learn, struct item_id item);
struct learned learn_domain_cv_permille(const struct learn *learn, struct domain_id domain);

/* From call to start of those who came, and from call to no-show of those who did not: ms. */
struct learned learn_approach_ms(const struct learn *learn);
struct learned learn_no_show_ms(const struct learn *learn);

/* Habits of a class of visitors, permille. */
struct learn_habits {
    uint32_t issued, calls;     /* seen, faded */
    uint32_t no_show_permille;  /* of calls: nobody came */
    uint32_t rejoin_permille;   /* of no-shows: came back */
    uint32_t walk_out_permille; /* of tickets: cancelled before service */
};
struct learn_habits learn_habits(const struct learn *learn, enum ticket_class class);

/* ---- listing, by number; the next after the given one, zero at the end ---- */
struct item_id learn_next_item(const struct learn *learn, struct item_id after);    /* with samples */
struct clerk_id learn_next_clerk(const struct learn *learn, struct clerk_id after); /* with samples */
struct learn_pair {
    struct item_id item;
    struct window_id window;
};
struct learn_pair learn_next_pair(const struct learn *learn, struct learn_pair after);

/* ---- telling the hall ---- */
/* What the hall should use instead of what it uses: exactly one of the ids is set. */
struct learn_advice {
    struct item_id item;   /* ms */
    struct clerk_id clerk; /* permille */
    uint32_t used;         /* by the hall now */
    struct learned learned;
};
/* Items, then clerks, by number, whose learned value differs by more than `percent` from what the hall uses
 * while the latter lies outside the 90 % band. Fills at most `most`; returns how many there are. */
size_t learn_advise(const struct learn *learn, const struct hall *hall, unsigned percent,
                    struct learn_advice *out, size_t most);

/* ---- keeping ---- */
/* Everything as text, to be stored with the position in the log: loading it and taking the rest gives the
 * same state, bit for bit, as taking all. Allocated, NUL-terminated, the caller frees it; NULL when memory
 * runs out. */
char *learn_save(const struct learn *learn, size_t *length);

/* Replaces the state. False when the text is not what learn_save writes, or memory runs out: then nothing
 * changes. */
bool learn_load(struct learn *learn, const char *text, size_t length);

#endif
