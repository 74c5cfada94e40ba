/* SPDX-License-Identifier: MIT */
#include "dispatcher/core/policy.h"

#include <assert.h>
#include <string.h>

static const struct policy_row rows[] = {
#define X(name, wire, standard, least, most, zh, en) {wire, standard, least, most, zh, en},
    POLICIES(X)
#undef X
};

const struct policy_row *policy_row(enum policy_key key)
{
    assert(key < POLICY_KEYS);
    return &rows[key];
}

enum policy_key policy_find(const char *name, unsigned length)
{
    for (unsigned key = 0; key < POLICY_KEYS; key++)
        if (strlen(rows[key].name) == length && memcmp(rows[key].name, name, length) == 0)
            return (enum policy_key)key;
    return POLICY_KEYS;
}
