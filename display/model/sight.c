/* SPDX-License-Identifier: MIT */
#include "display/model/sight.h"

#include <assert.h>

enum {
    NUMBER_GOOD = 120,
    HAN_GOOD = 137,
    LEAST = 172,
    CAP_PERMILLE = 733, /* height of capitals and digits, of the em */
    HAN_PERMILLE = 920, /* the square that Han characters fill */
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

static long height_um(int inches, int em, int permille)
{
    return em * pitch_nm(inches) * permille / 1000000;
}

static long lesser(long one, long other)
{
    return one < other ? one : other;
}

long sight_good_mm(int inches, int rows)
{
    struct sight_sizes sizes = sight_sizes_of(rows);
    return lesser(height_um(inches, sizes.number_em, CAP_PERMILLE) * NUMBER_GOOD,
                  height_um(inches, sizes.han_em, HAN_PERMILLE) * HAN_GOOD) /
           1000;
}

long sight_least_mm(int inches, int rows)
{
    struct sight_sizes sizes = sight_sizes_of(rows);
    return lesser(height_um(inches, sizes.number_em, CAP_PERMILLE),
                  height_um(inches, sizes.han_em, HAN_PERMILLE)) *
           LEAST / 1000;
}

int sight_rows(int inches, int seat_m)
{
    int rows = SIGHT_ROWS_MOST;
    while (rows > SIGHT_ROWS_LEAST && sight_good_mm(inches, rows) < seat_m * 1000L)
        rows--;
    return rows;
}
