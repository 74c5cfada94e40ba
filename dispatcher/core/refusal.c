/* SPDX-License-Identifier: MIT */
#include "dispatcher/core/refusal.h"

#include <assert.h>

static const struct {
    const char *wire, *zh, *en;
} rows[] = {
#define X(name, wire, zh, en) {wire, zh, en},
    REFUSALS(X)
#undef X
};

const char *refusal_wire(enum refusal_code code)
{
    assert(code < REFUSAL_CODES);
    return rows[code].wire;
}

const char *refusal_zh(enum refusal_code code)
{
    assert(code < REFUSAL_CODES);
    return rows[code].zh;
}

const char *refusal_en(enum refusal_code code)
{
    assert(code < REFUSAL_CODES);
    return rows[code].en;
}
