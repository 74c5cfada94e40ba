/* SPDX-License-Identifier: MIT
 * What if: a day as it is expected beside the same day with changes, on the same visitors (common random
 * numbers). Pure; the same outlook, changes and seed give the same figures. */
#ifndef DISPATCHER_PLAN_WHAT_IF_H
#define DISPATCHER_PLAN_WHAT_IF_H

#include "dispatcher/plan/tomorrow_plan.h"

/* X(NAME, "name", what it says for readers) */
#define WHAT_IF_KINDS(X)                                                                                     \
    X(CLOSE, "close", "a window is not on duty for a while")                                                 \
    X(OPEN, "open", "a window is on duty for a while when it would not be")                                  \
    X(POST, "post", "a window prefers these domains for a while; none: all alike")                           \
    X(AUTHORISE, "authorise", "a window may serve these domains, too")                                       \
    X(FORBID, "forbid", "a window may no longer serve these domains")                                        \
    X(ARRIVALS, "arrivals", "so many times the visitors that are not booked yet")                            \
    X(SERVICE, "service", "services take so many times as long")                                             \
    X(SPEED, "speed", "a window's clerk is so many times as fast")                                           \
    X(BREAK, "break", "a clerk's break or lunch that begins about `at` begins at `to`")                      \
    X(POLICY, "policy", "a knob of the call rule, or a waiting target, has another value")

enum what_if_kind {
#define X(name, text, about) WHAT_IF_##name,
    WHAT_IF_KINDS(X)
#undef X
        WHAT_IF_KIND_COUNT
};

enum { WHAT_IF_CHANGES_MAX = 64, WHAT_IF_WARNINGS_MAX = 16, WHAT_IF_ALL = -1 };

/* Windows, domains and items are named as the outlook names them. */
struct what_if_change {
    uint8_t kind;         /* enum what_if_kind */
    int32_t window;       /* WHAT_IF_ALL: not said */
    int32_t domain, item; /* WHAT_IF_ALL: all of them */
    unsigned domain_count;
    uint16_t domains[DOMAINS_MAX];
    int32_t from_ms, to_ms; /* since midnight; WHAT_IF_ALL: opening, closing */
    int32_t at_ms;
    double factor;
    int32_t policy; /* enum policy_key; WHAT_IF_ALL: not said */
    int32_t value;
};

/* A change of this kind in which nothing is said yet. */
struct what_if_change what_if_change_of(enum what_if_kind kind);

struct what_if_warnings {
    unsigned count; /* may be more than are kept */
    struct day_fault list[WHAT_IF_WARNINGS_MAX];
};

/* The outlook with the changes, done in order. False: *fault names the change by its place (1, 2 ...) and
 * member, says what is wrong and what is allowed; also when two changes contradict each other. Warnings: what
 * is possible but hardly meant, and domains that nobody could serve. `outlook` was checked. */
bool what_if_apply(const struct day_outlook *outlook, const struct what_if_change *changes, unsigned count,
                   struct day_outlook *out, struct what_if_warnings *warnings, struct day_fault *fault);

struct what_if_params {
    uint64_t seed;
    unsigned futures;       /* 0: as many as a second allows, 400 at most */
    day_progress *progress; /* may be NULL */
    void *userdata;
};

struct what_if {
    unsigned futures;
    struct day_figures now, changed;
    struct day_difference difference; /* changed less now */
    struct what_if_warnings warnings;
};

enum day_outcome what_if_run(const struct day_outlook *outlook, const struct what_if_change *changes,
                             unsigned count, const struct what_if_params *params, struct what_if *out,
                             struct day_fault *fault);

#endif
