/* SPDX-License-Identifier: MIT
 * How many rows a board may have so that the farthest seat can read them: comfortably from 120 times the
 * height of the numbers' digits, at the utmost from 172 times (20 minutes of arc). The Han text beside them
 * is so large that it is not what limits. */
#ifndef DISPLAY_MODEL_SIGHT_H
#define DISPLAY_MODEL_SIGHT_H

enum { SIGHT_ROWS_LEAST = 4, SIGHT_ROWS_MOST = 6 };

/* Em sizes, px at 1920 x 1080, of a board with 4 to 6 rows. */
struct sight_sizes {
    int number_em, han_em;
};
struct sight_sizes sight_sizes_of(int rows);

/* Millimetres from which a 16:9 screen of that diagonal with that many rows reads well, or just so. */
long sight_good_mm(int inches, int rows);
long sight_least_mm(int inches, int rows);

/* The most rows that read well from seat_m metres; where not even 4 do, 4: compare sight_least_mm. */
int sight_rows(int inches, int seat_m);

#endif
