/* SPDX-License-Identifier: MIT */
#include "dispatcher/app/caller.h"

#include <string.h>

static const struct {
    const char *name;
    uint32_t permissions;
} rows[] = {
#define X(name, wire, permissions) {wire, permissions},
    CALLERS(X)
#undef X
};

static const char *const permissions[] = {
#define X(name, wire) wire,
    PERMISSIONS(X)
#undef X
};

const char *caller_name(enum caller_kind kind)
{
    return rows[kind].name;
}

enum caller_kind caller_find(const char *name)
{
    for (unsigned kind = 0; kind < CALLER_KINDS; kind++)
        if (strcmp(rows[kind].name, name) == 0)
            return (enum caller_kind)kind;
    return CALLER_NOBODY;
}

bool caller_may(const struct caller *caller, enum permission permission)
{
    return rows[caller->kind].permissions >> permission & 1;
}

const char *permission_name(enum permission permission)
{
    return permissions[permission];
}

struct actor caller_actor(const struct caller *caller)
{
    switch (caller->kind) {
    case CALLER_KIOSK:
        return (struct actor){ACTOR_KIOSK, caller->id};
    case CALLER_COUNTER:
    case CALLER_CLERK:
    case CALLER_LEAD:
        return (struct actor){ACTOR_CLERK, caller->clerk.value};
    case CALLER_MANAGER:
    case CALLER_ADMIN:
        return (struct actor){ACTOR_MANAGER, caller->id};
    default:
        return (struct actor){ACTOR_VISITOR, 0};
    }
}
