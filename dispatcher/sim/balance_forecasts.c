/* SPDX-License-Identifier: MIT */
#include "dispatcher/sim/balance_forecasts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dispatcher/core/rule.h"

bool balance_forecasts_init(struct balance_forecasts *forecasts, const struct outlook *outlook,
                            unsigned tickets)
{
    memset(forecasts, 0, sizeof *forecasts);
    forecasts->outlook = outlook;
    forecasts->made = calloc(tickets + 1u, sizeof *forecasts->made);
    forecasts->made_ms = calloc(tickets + 1u, sizeof *forecasts->made_ms);
    return forecasts->made && forecasts->made_ms;
}

void balance_forecasts_destroy(struct balance_forecasts *forecasts)
{
    free(forecasts->made);
    free(forecasts->made_ms);
}

static double now_min(const struct hall_play *play)
{
    return (double)(play->now_ms - hall_play_ms(play, 0)) / MINUTE_MS;
}

/* Where the ticket stands among those waiting of the scene, or -1. */
static int place_of(const struct scene *scene, struct ticket_id id)
{
    for (unsigned i = 0; i < scene->waiting_count; i++)
        if (scene->waiting_ids[i].value == id.value)
            return (int)i;
    return -1;
}

/* False when nothing could be forecast. */
static bool make(const struct balance_forecasts *f, const struct hall_play *play, struct ticket_id id,
                 struct forecast *out)
{
    struct forecast_params params = forecast_defaults;
    struct rule_knobs knobs = rule_knobs(play->hall);
    struct forecasts forecasts;
    struct scene scene;
    if (!outlook_scene(f->outlook, play->hall, play->now_ms, &scene))
        return false;
    params.seed = play->params->seed ^ (uint64_t)play->now_ms;
    params.asks_taking = false;
    params.asks_hall = !id.value;
    params.only = id.value ? place_of(&scene, id) : -1;
    bool made = (!id.value || params.only >= 0) && forecasts_make(&scene, &knobs, &params, &forecasts);
    if (made) {
        *out = id.value ? forecasts.waiting[params.only] : forecasts.hall;
        forecasts_destroy(&forecasts);
    }
    scene_destroy(&scene);
    return made && out->high_ms >= 0;
}

void balance_forecasts_ticket(struct balance_forecasts *f, struct hall_play *play, unsigned t)
{
    struct ticket_id id = {(uint16_t)play->hall->ticket_count};
    if (play->hall->tickets[id.value].state == TICKET_WAITING && make(f, play, id, &f->made[t]))
        f->made_ms[t] = play->now_ms;
}

void balance_forecasts_called(struct balance_forecasts *f, struct hall_play *play, unsigned t)
{
    if (f->made_ms[t])
        forecaster_learn(play->params->forecaster, FORECAST_SIMULATED, f->made[t],
                         (int32_t)(play->now_ms - f->made_ms[t]));
    f->made_ms[t] = 0;
}

void balance_forecasts_hall(struct balance_forecasts *f, struct hall_play *play)
{
    if (f->hall_count < HALL_FORECASTS_MAX && make(f, play, (struct ticket_id){0}, &f->hall[f->hall_count]))
        f->hall_min[f->hall_count++] = now_min(play);
}

/* Mean wait of those who came within half an hour from from_min; NAN: nobody did. */
static double mean_wait_min(const struct hall_play *play, double from_min)
{
    const struct day_file *day = play->params->day;
    double sum = 0;
    unsigned count = 0;
    for (unsigned t = 0; t < day->ticket_count; t++) {
        double after_min = day->tickets[t].arrival_min - from_min;
        if (after_min <= 0 || after_min > FORECAST_HALL_MS / MINUTE_MS ||
            isinf(play->out->tickets[t].called_min))
            continue;
        sum += play->out->tickets[t].wait_min;
        count++;
    }
    return count ? sum / count : NAN;
}

void balance_forecasts_close(struct balance_forecasts *f, struct hall_play *play)
{
    struct forecaster *forecaster = play->params->forecaster;
    for (unsigned i = 0; i < f->hall_count; i++) {
        double mean_min = mean_wait_min(play, f->hall_min[i]);
        if (!isnan(mean_min))
            forecaster_learn_hall(forecaster, f->hall[i], (int32_t)(mean_min * MINUTE_MS));
    }
    forecaster_close_day(forecaster, play->date);
    play->out->has_forecasts = forecaster_day(forecaster, 0, &play->out->forecasts);
}
