/* SPDX-License-Identifier: MIT */
#include "dispatcher/net/ban.h"

#include <stdio.h>
#include <string.h>

static void cut_key(char out[BAN_KEY_BYTES], const char *key)
{
    snprintf(out, BAN_KEY_BYTES, "%.*s", BAN_KEY_BYTES - 1, key);
}

static struct ban *find(const struct ban_table *table, const char *key)
{
    char cut[BAN_KEY_BYTES];
    cut_key(cut, key);
    for (size_t i = 0; i < table->count; i++)
        if (strcmp(table->bans[i].key, cut) == 0)
            return (struct ban *)&table->bans[i];
    return NULL;
}

static void drop_expired(struct ban_table *table, int64_t now_ms)
{
    size_t kept = 0;
    for (size_t i = 0; i < table->count; i++)
        if (table->bans[i].until_ms > now_ms)
            table->bans[kept++] = table->bans[i];
    table->count = kept;
}

static struct ban *soonest_to_end(struct ban_table *table)
{
    struct ban *soonest = &table->bans[0];
    for (size_t i = 1; i < table->count; i++)
        if (table->bans[i].until_ms < soonest->until_ms)
            soonest = &table->bans[i];
    return soonest;
}

void ban_add(struct ban_table *table, const char *key, int64_t until_ms, int64_t now_ms)
{
    drop_expired(table, now_ms);
    if (until_ms <= now_ms)
        return;
    struct ban *ban = find(table, key);
    if (ban == NULL) {
        ban = table->count < BAN_KEYS_MAX ? &table->bans[table->count++] : soonest_to_end(table);
        cut_key(ban->key, key);
        ban->until_ms = until_ms;
    } else if (ban->until_ms < until_ms) {
        ban->until_ms = until_ms;
    }
}

int64_t ban_left_ms(const struct ban_table *table, const char *key, int64_t now_ms)
{
    const struct ban *ban = find(table, key);
    return ban != NULL && ban->until_ms > now_ms ? ban->until_ms - now_ms : 0;
}

void ban_remove(struct ban_table *table, const char *key)
{
    struct ban *ban = find(table, key);
    if (ban != NULL)
        *ban = table->bans[--table->count];
}
