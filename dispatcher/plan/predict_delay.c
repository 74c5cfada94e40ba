/* SPDX-License-Identifier: MIT */
#include "dispatcher/plan/predict_delay.h"

static double shared(unsigned guests, double service_mean, unsigned servers)
{
    return (guests + 1) * service_mean / (servers ? servers : 1);
}

double delay_queue_length(const struct delay_sight *sight)
{
    return shared(sight->waiting, sight->service_mean, sight->busy);
}

double delay_last_entered(const struct delay_sight *sight)
{
    return sight->last_wait;
}

double delay_head_of_line(const struct delay_sight *sight)
{
    return sight->head_wait;
}

double delay_work_ahead(const struct delay_sight *sight)
{
    return shared(sight->ahead, sight->service_mean, sight->capacity);
}
