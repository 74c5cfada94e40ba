/* SPDX-License-Identifier: MIT */
#include "dispatcher/plan/propose_cycle.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

uint32_t propose_cycle_number(const struct hall *hall, int64_t now_ms, int64_t every_ms)
{
    int64_t number = now_ms / every_ms - hall->opened_ms / every_ms;
    return number > 0 ? (uint32_t)number : 0;
}

int64_t propose_cycle_ms(const struct hall *hall, uint32_t number, int64_t every_ms)
{
    int64_t at_ms = (hall->opened_ms / every_ms + number) * every_ms;
    return at_ms > hall->last_ms ? at_ms : hall->last_ms;
}

static void copy_bytes(const struct hall *from, struct hall *to, size_t begin, size_t end)
{
    memcpy((char *)to + begin, (const char *)from + begin, end - begin);
}

void propose_copy_hall(const struct hall *from, struct hall *to)
{
    /* The large tables, in their order in the struct, and the end of what is in use of each. */
    const struct {
        size_t begin, used, end;
    } tables[] = {
#define TABLE(member, count)                                                                                 \
    {offsetof(struct hall, member), (count) * sizeof from->member[0],                                        \
     offsetof(struct hall, member) + sizeof from->member}
        TABLE(items, from->items_top + 1u),
        TABLE(windows, from->windows_top + 1u),
        TABLE(authorisations, from->authorisations_top + 1u),
        TABLE(bookings, from->booking_count),
        TABLE(misses, from->miss_count),
        TABLE(tickets, from->ticket_count + 1u),
        TABLE(waiting, from->waiting_count),
#undef TABLE
    };
    size_t at = 0;
    for (unsigned i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        assert(tables[i].begin >= at);
        copy_bytes(from, to, at, tables[i].begin + tables[i].used);
        at = tables[i].end;
    }
    copy_bytes(from, to, at, sizeof *from);
}
