/* SPDX-License-Identifier: MIT
 * A token bucket: so many acts a second on average, so many at once. Pure: the time is passed in. */
#ifndef DISPATCHER_NET_BUCKET_H
#define DISPATCHER_NET_BUCKET_H

#include <stdbool.h>
#include <stdint.h>

/* bucket_fill to begin. */
struct bucket {
    int64_t millitokens;
    int64_t at_ms; /* when millitokens was true */
};

void bucket_fill(struct bucket *bucket, unsigned burst, int64_t now_ms);

/* Takes one token if there is one; per_s tokens come back each second, up to burst. */
bool bucket_take(struct bucket *bucket, unsigned per_s, unsigned burst, int64_t now_ms);

#endif
