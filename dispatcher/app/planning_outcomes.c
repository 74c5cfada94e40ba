/* SPDX-License-Identifier: MIT */
#include "dispatcher/app/planning_outcomes.h"

#include <stdlib.h>
#include <string.h>

bool planning_outcomes_init(struct planning_outcomes *outcomes)
{
    outcomes->pending = calloc(TICKETS_MAX + 1, sizeof *outcomes->pending);
    return outcomes->pending != NULL;
}

void planning_outcomes_destroy(struct planning_outcomes *outcomes)
{
    free(outcomes->pending);
    outcomes->pending = NULL;
}

void planning_outcomes_clear(struct planning_outcomes *outcomes)
{
    memset(outcomes->pending, 0, (TICKETS_MAX + 1) * sizeof *outcomes->pending);
}

/* What the futures gave, seconds to ms. */
static struct forecast made_of(const struct wait_forecast *e)
{
    bool corrected = e->made_low_s || e->made_high_s;
    int32_t low_ms = (corrected ? e->made_low_s : e->low_s) * 1000;
    int32_t high_ms = (corrected ? e->made_high_s : e->high_s) * 1000;
    return (struct forecast){.low_ms = low_ms, .high_ms = high_ms, .mean_ms = (low_ms + high_ms) / 2};
}

static void take_told(struct planning_outcomes *outcomes, const struct hall *before,
                      const struct event *event)
{
    struct ticket_id id = hall_ticket_id(before, event->wait_forecast.number);
    const struct ticket *ticket = &before->tickets[id.value];
    if (id.value && !ticket->has_forecast && !ticket->called_ms) /* the first, before any call */
        outcomes->pending[id.value] = (struct outcome_pending){event->at_ms, made_of(&event->wait_forecast)};
}

static void take_called(struct planning_outcomes *outcomes, struct forecaster *forecaster,
                        const struct hall *before, const struct event *event, bool lasting)
{
    struct ticket_id id = hall_ticket_id(before, event->ticket_called.number);
    struct outcome_pending *pending = &outcomes->pending[id.value];
    if (!id.value || !pending->at_ms)
        return;
    if (lasting)
        forecaster_learn(forecaster, FORECAST_SIMULATED, pending->made,
                         (int32_t)(event->at_ms - pending->at_ms));
    *pending = (struct outcome_pending){0};
}

void planning_outcomes_take(struct planning_outcomes *outcomes, struct forecaster *forecaster,
                            const struct hall *before, const struct event *event, bool lasting)
{
    switch (event->kind) {
    case EVENT_WAIT_FORECAST:
        take_told(outcomes, before, event);
        break;
    case EVENT_TICKET_CALLED:
        take_called(outcomes, forecaster, before, event, lasting);
        break;
    case EVENT_TICKET_CANCELLED:
        outcomes->pending[hall_ticket_id(before, event->ticket_cancelled.number).value].at_ms = 0;
        break;
    case EVENT_TICKET_LAPSED:
        outcomes->pending[hall_ticket_id(before, event->ticket_lapsed.number).value].at_ms = 0;
        break;
    case EVENT_DAY_OPENED:
        if (event->day_opened.date == before->date)
            break; /* the same day goes on */
        planning_outcomes_clear(outcomes);
        if (lasting)
            forecaster_close_day(forecaster, before->date);
        break;
    default:
        break;
    }
}
