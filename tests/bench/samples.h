/* SPDX-License-Identifier: MIT
 * Latencies of one run, and the line of JSON that reports them. */
#ifndef TESTS_BENCH_SAMPLES_H
#define TESTS_BENCH_SAMPLES_H

#include <stddef.h>
#include <stdint.h>

struct samples {
    uint32_t *us; /* owned, or NULL */
    size_t count, room;
};

/* Keeps a latency; ends the program when memory runs out. */
void samples_add(struct samples *samples, int64_t us);

/* Prints {"mode":...,"connections":...,"count":...,"refused":...,"per_s":...,"p50_ms":...,"p99_ms":...,"max_ms":...};
 * sorts the samples. */
void samples_print(struct samples *samples, const char *mode, int connections, size_t refused_count, int64_t took_us);

#endif
