/* SPDX-License-Identifier: MIT
 * Where clerks' breaks and lunches may lie, and the best places for one clerk by what each minute of absence
 * costs. Rules that cannot all be kept are given up one after the other, and it is told. */
#ifndef DISPATCHER_PLAN_TOMORROW_ROSTER_H
#define DISPATCHER_PLAN_TOMORROW_ROSTER_H

#include "dispatcher/plan/tomorrow.h"

enum { ROSTER_STEPS = DAY_MS / DAY_STEP_MS };

struct roster_rules {
    unsigned short_count; /* short breaks of a whole day: half of them before lunch */
    int32_t short_ms, lunch_ms;
    int32_t lunch_from_ms, lunch_to_ms; /* lunches lie between these */
    int32_t apart_ms;                   /* least work between two breaks, after coming and before going */
    int32_t stretch_ms;                 /* most work without a break */
    unsigned away_most;                 /* clerks that may be away at once; 0: as many as tomorrow needs */
    unsigned cover_least;               /* windows that stay for each domain, as far as others may serve it */
};
extern const struct roster_rules roster_rules_usual;

/* Rules that had to be given up for a clerk. */
enum roster_relaxed { ROSTER_STRETCH = 1, ROSTER_AWAY = 2, ROSTER_APART = 4, ROSTER_NO_ROOM = 8 };

/* Who is there, at each five minutes of the day. */
struct roster {
    const struct roster_rules *rules;
    unsigned away_most;
    uint16_t away[ROSTER_STEPS];
    uint16_t duty[DOMAINS_MAX][ROSTER_STEPS];  /* windows on duty that may serve the domain */
    uint16_t there[DOMAINS_MAX][ROSTER_STEPS]; /* of these, not away */
};

/* Counts the outlook's roster; the rules are borrowed. */
void roster_init(struct roster *roster, const struct day_outlook *outlook, const struct roster_rules *rules);

/* Takes a window's movable breaks out of the count, and puts them in again. */
void roster_take(struct roster *roster, const struct day_window *window);
void roster_put(struct roster *roster, const struct day_window *window);

/* Whether the window, whose breaks were taken out, may be away in this step beside the others. */
bool roster_may_be_away(const struct roster *roster, const struct day_window *window, unsigned step);

/* Short breaks and lunch that a window's clerk gets, in order, times not set; returns how many. A lunch if he
 * is on duty all through lunch time and for five hours or more; all short breaks for six hours or more, half
 * of them for three. */
unsigned roster_needs(const struct roster_rules *rules, const struct day_window *window,
                      struct day_break out[DAY_BREAKS_MAX]);

/* The cheapest places for the needed breaks of a window whose breaks were taken out; `cost` has what each
 * step away costs. Puts them into *window (fixed breaks stay) and returns which rules were given up (enum
 * roster_relaxed); *sum: the cost. Does not put them into the count. */
unsigned roster_place(const struct roster *roster, const double *cost, struct day_window *window,
                      double *sum);

/* What the window's movable breaks cost as they are. */
double roster_cost(const struct day_window *window, const double *cost);

/* A roster as it is made by hand: lunch in two shifts about the middle of lunch time, every other window;
 * short breaks one after the other in the middle of morning and afternoon. */
void roster_by_hand(const struct roster_rules *rules, struct day_outlook *outlook);

#endif
