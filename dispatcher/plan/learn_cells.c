/* SPDX-License-Identifier: MIT
 * The table of cells: found by key, listed by item and by clerk, never more than CELLS_MAX. */
#include "dispatcher/plan/learn_cells.h"

#include <math.h>
#include <string.h>

enum { HEAPS = 256 }; /* cells sorted by weight into steps of a quarter of an octave */

static unsigned bucket_of(unsigned item, unsigned window, unsigned clerk)
{
    uint64_t key = (uint64_t)item << 32 | (uint64_t)window << 16 | clerk;
    return (unsigned)(key * 0x9e3779b97f4a7c15u >> 40) % CELL_BUCKETS;
}

static unsigned cell_find(const struct learn *learn, unsigned item, unsigned window, unsigned clerk)
{
    unsigned c = learn->buckets[bucket_of(item, window, clerk)];
    while (c && (learn->cells[c].item != item || learn->cells[c].window != window ||
                 learn->cells[c].clerk != clerk))
        c = learn->cells[c].next_in_bucket;
    return c;
}

/* The newest stands first in each list, here and when the lists are made again. */
static void cell_link(struct learn *learn, unsigned c)
{
    struct cell *cell = &learn->cells[c];
    uint16_t *bucket = &learn->buckets[bucket_of(cell->item, cell->window, cell->clerk)];
    cell->next_in_bucket = *bucket;
    *bucket = (uint16_t)c;
    cell->next_of_item = learn->items[cell->item].first_cell;
    learn->items[cell->item].first_cell = (uint16_t)c;
    if (!cell->clerk)
        return;
    cell->next_of_clerk = learn->clerks[cell->clerk].first_cell;
    learn->clerks[cell->clerk].first_cell = (uint16_t)c;
}

void cells_derive(struct learn *learn)
{
    memset(learn->buckets, 0, sizeof learn->buckets);
    for (unsigned i = 0; i <= learn->items_top; i++)
        learn->items[i].first_cell = 0;
    for (unsigned c = 0; c <= learn->clerks_top; c++)
        learn->clerks[c].first_cell = 0;
    for (unsigned c = 1; c <= learn->cell_count; c++)
        cell_link(learn, c);
}

void cells_drop(struct learn *learn, double least_weight)
{
    uint32_t kept = 0;
    for (uint32_t c = 1; c <= learn->cell_count; c++)
        if (learn->cells[c].weight >= least_weight)
            learn->cells[++kept] = learn->cells[c];
    if (kept == learn->cell_count)
        return;
    memset(&learn->cells[kept + 1], 0, (learn->cell_count - kept) * sizeof learn->cells[0]);
    learn->cell_count = kept;
    cells_derive(learn);
}

static unsigned heap_of(const struct cell *cell)
{
    double step = (log2(cell->weight) + 16) * 4;
    return step < 0 ? 0 : step >= HEAPS ? HEAPS - 1 : (unsigned)step;
}

/* The cell gives up window and clerk: what it says of its item stays. */
static void cell_fold(struct learn *learn, struct cell *cell)
{
    unsigned rest = cell_find(learn, cell->item, 0, 0);
    cell->sum += cell->weight * learn->clerks[cell->clerk].log_speed;
    if (rest) {
        learn->cells[rest].weight += cell->weight;
        learn->cells[rest].sum += cell->sum;
        learn->cells[rest].samples += cell->samples;
        cell->weight = 0;
    } else {
        cell->window = cell->clerk = 0;
        cells_derive(learn);
    }
}

/* Folds the lightest eighth. */
static void cells_make_room(struct learn *learn)
{
    uint32_t heaps[HEAPS] = {0}, quota = CELLS_MAX / 8, below = 0;
    unsigned limit = 0;
    for (uint32_t c = 1; c <= learn->cell_count; c++)
        heaps[heap_of(&learn->cells[c])] += learn->cells[c].window != 0;
    while (limit < HEAPS - 1 && below + heaps[limit] < quota)
        below += heaps[limit++];
    for (uint32_t c = 1; c <= learn->cell_count && quota; c++) {
        if (!learn->cells[c].window || heap_of(&learn->cells[c]) > limit)
            continue;
        cell_fold(learn, &learn->cells[c]);
        quota--;
    }
    cells_drop(learn, 1e-300);
}

struct cell *cell_at(struct learn *learn, unsigned item, unsigned window, unsigned clerk)
{
    unsigned c = cell_find(learn, item, window, clerk);
    if (c)
        return &learn->cells[c];
    while (learn->cell_count == CELLS_MAX)
        cells_make_room(learn);
    c = ++learn->cell_count;
    learn->cells[c] =
        (struct cell){.item = (uint16_t)item, .window = (uint16_t)window, .clerk = (uint16_t)clerk};
    cell_link(learn, c);
    return &learn->cells[c];
}
