/* SPDX-License-Identifier: MIT */
#include "tests/bench/samples.h"

#include <stdio.h>
#include <stdlib.h>

void samples_add(struct samples *samples, int64_t us)
{
    if (samples->count == samples->room) {
        samples->room = samples->room ? 2 * samples->room : 65536;
        samples->us = realloc(samples->us, samples->room * sizeof *samples->us);
        if (!samples->us)
            abort();
    }
    samples->us[samples->count++] = (uint32_t)us;
}

static int by_size(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static double percentile_ms(const struct samples *samples, size_t percent)
{
    return samples->count ? samples->us[(samples->count - 1) * percent / 100] / 1e3 : 0;
}

void samples_print(struct samples *samples, const char *mode, int connections, size_t refused_count, int64_t took_us)
{
    if (samples->count)
        qsort(samples->us, samples->count, sizeof *samples->us, by_size);
    printf("{\"mode\":\"%s\",\"connections\":%d,\"count\":%zu,\"refused\":%zu,\"per_s\":%.0f,\"p50_ms\":%.3f,"
           "\"p99_ms\":%.3f,\"max_ms\":%.3f}\n",
           mode, connections, samples->count, refused_count, (double)samples->count * 1e6 / (double)took_us,
           percentile_ms(samples, 50), percentile_ms(samples, 99), percentile_ms(samples, 100));
}
