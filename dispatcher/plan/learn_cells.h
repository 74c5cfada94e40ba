/* SPDX-License-Identifier: MIT
 * The table of cells: found by key, listed by item and by clerk, never more than CELLS_MAX. When it is full
 * the lightest eighth is folded: what these cells say of their items is kept in one cell an item without
 * window and clerk, what they say of the pair and the clerk is forgotten. */
#ifndef DISPATCHER_PLAN_LEARN_CELLS_H
#define DISPATCHER_PLAN_LEARN_CELLS_H

#include "dispatcher/plan/learn_inside.h"

/* The cell of a service, made if need be. Valid until the next call. */
struct cell *cell_at(struct learn *learn, unsigned item, unsigned window, unsigned clerk);

/* Removes cells that weigh less. */
void cells_drop(struct learn *learn, double least_weight);

/* Makes the lists again. */
void cells_derive(struct learn *learn);

#endif
