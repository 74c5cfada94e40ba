/* SPDX-License-Identifier: MIT
 * Who is refused for a while: a small table of text keys (an address, a device name) with an expiry each.
 * Pure: the time is passed in. When the table is full the ban that ends soonest makes room. */
#ifndef DISPATCHER_NET_BAN_H
#define DISPATCHER_NET_BAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { BAN_KEYS_MAX = 256, BAN_KEY_BYTES = 64 }; /* a key is cut to BAN_KEY_BYTES - 1 bytes */

struct ban {
    char key[BAN_KEY_BYTES];
    int64_t until_ms; /* of clock_mono_ms */
};

/* Zero it to begin; needs no destroy. */
struct ban_table {
    struct ban bans[BAN_KEYS_MAX];
    size_t count;
};

/* Refuses the key until until_ms; a longer ban that is in force already stays. */
void ban_add(struct ban_table *table, const char *key, int64_t until_ms, int64_t now_ms);

/* How long the key is still refused: 0 when it is welcome. */
int64_t ban_left_ms(const struct ban_table *table, const char *key, int64_t now_ms);

void ban_remove(struct ban_table *table, const char *key);

#endif
