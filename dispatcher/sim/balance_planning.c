/* SPDX-License-Identifier: MIT */
#include "dispatcher/sim/balance_hall.h"

enum status balance_planning_begin(struct hall_play *play, struct error *error)
{
    (void)play;
    (void)error;
    return STATUS_OK;
}

void balance_planning_end(struct hall_play *play)
{
    (void)play;
}
