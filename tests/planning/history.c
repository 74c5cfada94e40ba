/* SPDX-License-Identifier: MIT
 * Makes a demo hall with some weeks behind it, so that a dispatcher started on it has something to learn
 * from: planning_history DATA DEMO WEEKS [SEED] */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/base/clock.h"
#include "tests/planning/past.h"

int main(int argc, char **argv)
{
    static struct past past;
    struct error error = {0};
    if (argc < 4 || sodium_init() < 0) {
        fprintf(stderr, "planning_history DATA DEMO WEEKS [SEED]\n");
        return 2;
    }
    int64_t now_ms = clock_wall_ms();
    int64_t made_ms = now_ms - atoi(argv[3]) * 7 * (int64_t)DAY_MS;
    uint64_t seed = argc > 4 ? strtoull(argv[4], NULL, 10) : 1;
    bool ok = past_make(&past, argv[1], argv[2], made_ms, seed, &error);
    int32_t today = ok ? hall_date_at(past.hall, now_ms) : 0;
    for (int32_t date = ok ? hall_date_at(past.hall, made_ms) + 1 : 0; ok && date < today; date++)
        ok = past_day(&past, date, 1440, &error);
    if (!ok)
        fprintf(stderr, "planning_history: %s\n", error.text);
    else
        printf("%llu events\n", (unsigned long long)store_last_seq(past.store));
    past_end(&past);
    return ok ? 0 : 1;
}
