/* SPDX-License-Identifier: MIT
 * Shared by the balance files. */
#ifndef DISPATCHER_SIM_BALANCE_INSIDE_H
#define DISPATCHER_SIM_BALANCE_INSIDE_H

#include "dispatcher/core/calendar.h"
#include "dispatcher/core/rule_index.h"
#include "dispatcher/sim/balance.h"

enum status balance_play_engine(const struct balance_params *params, struct played *out, struct error *error);
enum status balance_play_hall(const struct balance_params *params, struct played *out, struct error *error);

/* The reference's call rule: its weights, or those of its bound without friction. */
struct rule_knobs reference_knobs(bool bound);

#endif
