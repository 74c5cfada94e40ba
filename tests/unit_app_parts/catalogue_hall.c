/* SPDX-License-Identifier: MIT */
#include "catalogue_hall.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OFFSET_MS = 480 * 60 * 1000 };
struct hall *hall;
static struct decision *decision;
static int64_t now_ms;

bool hall_begin(void)
{
    hall = malloc(sizeof *hall);
    decision = malloc(sizeof *decision);
    return hall && decision;
}

void hall_end(void)
{
    free(hall);
    free(decision);
}

static void fresh_hall(void)
{
    memset(hall, 0, sizeof *hall);
    hall_init(hall);
    now_ms = (int64_t)date_from_civil(2026, 11, 23) * DAY_MS + 9 * 60 * MINUTE_MS - OFFSET_MS;
}

const char *hall_give(const struct command *command)
{
    if (!hall_decide(hall, command, now_ms, decision))
        return refusal_wire(decision->refusal.code);
    for (uint32_t i = 0; i < decision->count; i++)
        hall_evolve(hall, &decision->events[i]);
    return NULL;
}

static void take_command(const struct command *command, void *userdata)
{
    struct order *order = userdata;
    const char *refusal = hall_give(command);
    order->count++;
    order->last = command->kind;
    if (refusal && order->refused++ == 0)
        snprintf(order->first, sizeof order->first, "command %zu, %s: %s", order->count,
                 command_name(command->kind), refusal);
}

struct order hall_set_up(const struct catalogue *catalogue)
{
    struct order order = {.count = 0};
    fresh_hall();
    catalogue_commands(catalogue, take_command, &order);
    return order;
}
