/* SPDX-License-Identifier: MIT */
#include "display/model/sight.h"

#include <assert.h>

enum {
    GOOD = 120,
    LEAST = 172,
    CAP_PERMILLE = 733, /* height of capitals and digits, of the em */
};

struct sight_sizes sight_sizes_of(int rows)
{
    static const struct sight_sizes sizes[] = {{126, 96}, {100, 76}, {84, 64}};
    assert(rows >= SIGHT_ROWS_LEAST && rows <= SIGHT_ROWS_MOST);
    return sizes[rows - SIGHT_ROWS_LEAST];
}

/* Width of a px in nanometres on a 16:9 screen with 1920 px across. */
static long pitch_nm(int inches)
{
    return inches * 25400L * 871576 / 1920 / 1000; /* 871576: 16 / sqrt(16^2 + 9^2), in millionths */
}

static long number_um(int inches, int rows)
{
    return sight_sizes_of(rows).number_em * pitch_nm(inches) * CAP_PERMILLE / 1000000;
}

long sight_good_mm(int inches, int rows)
{
    return number_um(inches, rows) * GOOD / 1000;
}

long sight_least_mm(int inches, int rows)
{
    return number_um(inches, rows) * LEAST / 1000;
}

int sight_rows(int inches, int seat_m)
{
    int rows = SIGHT_ROWS_MOST;
    while (rows > SIGHT_ROWS_LEAST && sight_good_mm(inches, rows) < seat_m * 1000L)
        rows--;
    return rows;
}
