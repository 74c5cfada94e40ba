/* SPDX-License-Identifier: MIT
 * Who asks, and what they may ask: one table of permissions for devices and for people. */
#ifndef DISPATCHER_APP_CALLER_H
#define DISPATCHER_APP_CALLER_H

#include <stdbool.h>
#include <stdint.h>

#include "dispatcher/core/command.h"

/* What there is to permit. X(NAME, "wire-name") */
#define PERMISSIONS(X)                                                                                       \
    X(LOOK, "look")             /* public facts: hall, board, windows, catalogue, a ticket by its number */  \
    X(VISIT, "visit")           /* take a number, book, check in, leave, rejoin, rate */                     \
    X(QUEUE, "queue")           /* see who waits, and why a number was called */                             \
    X(SERVE, "serve")           /* a clerk's acts, at the window where the caller is on duty */              \
    X(ANY_WINDOW, "any-window") /* the same at every window */                                               \
    X(GRANT, "grant")           /* priority and green channel */                                             \
    X(MANAGE, "manage")         /* open and close the day, posting, suspensions */                           \
    X(SET_UP, "set-up")         /* catalogue, staff, policies, devices, accounts */                          \
    X(AUDIT, "audit")           /* events and audit */

enum permission {
#define X(name, wire) PERMIT_##name,
    PERMISSIONS(X)
#undef X
        PERMISSION_COUNT
};

/* Kinds of callers: device kinds and roles of accounts, and what each may do. X(NAME, "wire-name",
 * permissions) */
#define P(name) (1u << PERMIT_##name)
#define CALLERS(X)                                                                                           \
    X(NOBODY, "nobody", 0)                                                                                   \
    X(KIOSK, "kiosk", P(LOOK) | P(VISIT))                                                                    \
    X(BOARD, "board", P(LOOK))                                                                               \
    X(PANEL, "panel", P(LOOK))                                                                               \
    X(PRINTER, "printer", P(LOOK))                                                                           \
    X(COUNTER, "counter",                                                                                    \
      P(LOOK) | P(VISIT) | P(QUEUE) | P(SERVE) | P(ANY_WINDOW)) /* staff devices without login */            \
    X(CLERK, "clerk", P(LOOK) | P(VISIT) | P(QUEUE) | P(SERVE) | P(GRANT))                                   \
    X(LEAD, "lead", P(LOOK) | P(VISIT) | P(QUEUE) | P(SERVE) | P(ANY_WINDOW) | P(GRANT))                     \
    X(MANAGER, "manager",                                                                                    \
      P(LOOK) | P(VISIT) | P(QUEUE) | P(SERVE) | P(ANY_WINDOW) | P(GRANT) | P(MANAGE) | P(AUDIT))            \
    X(AUDITOR, "auditor", P(LOOK) | P(QUEUE) | P(AUDIT))                                                     \
    X(ADMIN, "admin", P(LOOK) | P(QUEUE) | P(MANAGE) | P(SET_UP) | P(AUDIT))

enum caller_kind {
#define X(name, wire, permissions) CALLER_##name,
    CALLERS(X)
#undef X
        CALLER_KINDS
};

/* A request's origin, valid for the request. */
struct caller {
    enum caller_kind kind;
    uint32_t id; /* device id, or account id */
    uint32_t
        key_space; /* what idempotency keys are unique within: device id, or CALLER_ACCOUNTS + account id */
    uint64_t boot;
    struct clerk_id clerk; /* of an account; 0: not a clerk */
};
enum { CALLER_ACCOUNTS = 1u << 30 };

const char *caller_name(enum caller_kind kind);
/* The kind with this wire name; CALLER_NOBODY when there is none. */
enum caller_kind caller_find(const char *name);
bool caller_may(const struct caller *caller, enum permission permission);
const char *permission_name(enum permission permission);

/* The actor that events caused by this caller carry. */
struct actor caller_actor(const struct caller *caller);

#endif
