/* SPDX-License-Identifier: MIT */
#include "common/wire/code.h"

#include <string.h>

struct code_row {
    const char *name, *zh, *en;
    enum wire_remedy remedy;
};

static const struct code_row rows[] = {
#define X(name, wire, remedy, zh, en) {wire, zh, en, WIRE_REMEDY_##remedy},
    WIRE_CODES(X)
#undef X
};

const char *wire_code_name(enum wire_code code)
{
    return rows[code].name;
}

const char *wire_code_zh(enum wire_code code)
{
    return rows[code].zh;
}

const char *wire_code_en(enum wire_code code)
{
    return rows[code].en;
}

enum wire_remedy wire_code_remedy(enum wire_code code)
{
    return rows[code].remedy;
}

enum wire_code wire_code_find(const char *name)
{
    for (int i = 0; i < WIRE_ERROR_CODES; i++)
        if (strcmp(rows[i].name, name) == 0)
            return (enum wire_code)i;
    return WIRE_ERROR_CODES;
}
