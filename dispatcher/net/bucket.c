/* SPDX-License-Identifier: MIT */
#include "dispatcher/net/bucket.h"

void bucket_fill(struct bucket *bucket, unsigned burst, int64_t now_ms)
{
    bucket->millitokens = (int64_t)burst * 1000;
    bucket->at_ms = now_ms;
}

bool bucket_take(struct bucket *bucket, unsigned per_s, unsigned burst, int64_t now_ms)
{
    int64_t most = (int64_t)burst * 1000;
    int64_t passed_ms = now_ms - bucket->at_ms;
    if (passed_ms > 0) {
        /* A long quiet time fills the bucket; not multiplying it keeps the product small. */
        bool is_full = per_s > 0 && passed_ms > most / per_s;
        bucket->millitokens = is_full ? most : bucket->millitokens + passed_ms * per_s;
        bucket->at_ms = now_ms;
    }
    if (bucket->millitokens > most)
        bucket->millitokens = most;
    if (bucket->millitokens < 1000)
        return false;
    bucket->millitokens -= 1000;
    return true;
}
