/* SPDX-License-Identifier: MIT
 * The planner beside a hall in simulated time: every five minutes a scene, proposals, and a manager who
 * answers them. What the planner may know of the day: its bookings, planned breaks and the visitors expected.
 */
#include "dispatcher/sim/balance_forecasts.h"

#include <stdlib.h>

#include "common/base/clock.h"
#include "dispatcher/plan/outlook.h"
#include "dispatcher/plan/propose.h"
#include "dispatcher/plan/rng.h"

/* What a hall learns within days and day files do not say. */
static const double priority_share = 0.1, green_share = 0.01; /* of visitors without booking */
static const double second_elsewhere = 0.4;                   /* of other items: in another domain */
static const double lateness_min = -5, lateness_sd_min = 7;   /* of booked visitors */

struct planning {
    struct outlook outlook;
    struct propose_params params;
    struct rng manager;
    int64_t look_ms; /* when the manager looks next */
    struct balance_forecasts forecasts;
};

static void fill_outlook(struct outlook *outlook, const struct hall_file *hall)
{
    outlook->bin_count = hall->bin_count;
    outlook->bins_from_min = OPENING_MIN + (int32_t)hall->tickets_from_min;
    for (unsigned d = 0; d < hall->domain_count; d++)
        for (unsigned bin = 0; bin < hall->bin_count; bin++)
            outlook->expected[d][bin] =
                (float)(hall->domains[d].expected_per_10min[bin] * (1 - hall->booked_share));
    for (unsigned i = 0; i < hall->item_count; i++)
        outlook->item_share[i + 1] = (float)hall->items[i].share_in_domain;
    outlook->cv = hall->service_cv;
    outlook->no_show_share = hall->walk_in_no_show;
    outlook->class_share[CLASS_PRIORITY] = priority_share;
    outlook->class_share[CLASS_GREEN] = green_share;
    outlook->class_share[CLASS_NORMAL] = 1 - priority_share - green_share;
    outlook->second_share = hall->multi_item_share * second_elsewhere;
    outlook->same_share = hall->multi_item_share * (1 - second_elsewhere);
    outlook->lateness_ms = lateness_min * MINUTE_MS;
    outlook->lateness_sd_ms = lateness_sd_min * MINUTE_MS;
}

static bool looks_all_the_time(const struct balance_manager *manager)
{
    return manager->accept_percent == 100 && manager->every_min <= REVIEW_MIN;
}

/* The manager answers what is open; those left unanswered expire. */
static void answer(struct hall_play *play, struct planning *planning)
{
    const struct balance_manager *manager = &play->params->manager;
    if (looks_all_the_time(manager) || play->now_ms < planning->look_ms)
        return;
    planning->look_ms = play->now_ms + (int64_t)manager->every_min * MINUTE_MS;
    for (unsigned p = 0; p < play->hall->proposal_count; p++) {
        const struct proposal *proposal = &play->hall->proposals[p];
        if (proposal->is_applied)
            continue;
        struct command command = {.kind = COMMAND_ANSWER_PROPOSAL, .by = {ACTOR_MANAGER, 1}};
        command.answer_proposal.proposal = proposal->made.proposal;
        bool accepts = rng_below(&planning->manager, 100) < manager->accept_percent;
        command.answer_proposal.answer = accepts ? ANSWER_ACCEPTED : ANSWER_REJECTED;
        if (!accepts)
            command.answer_proposal.reason = (struct words){"not now"};
        hall_play_try(play, &command); /* refused when a guardrail has come up since */
    }
}

static enum status review(struct hall_play *play, struct error *error)
{
    struct planning *planning = play->userdata;
    struct scene scene;
    struct command moves[PROPOSALS_MAX];
    int64_t begun_us = clock_mono_us();
    if (!outlook_scene(&planning->outlook, play->hall, play->now_ms, &scene))
        return error_set(error, STATUS_MEMORY, "no memory to plan");
    planning->params.cycle++;
    int count = propose_moves(&scene, play->hall, play->now_ms, &planning->params, moves);
    scene_destroy(&scene);
    if (count < 0)
        return error_set(error, STATUS_MEMORY, "no memory to plan");
    double took_ms = (double)(clock_mono_us() - begun_us) / 1000;
    if (play->out->cycles < PLAYED_CYCLES)
        play->out->cycle_ms[play->out->cycles] = (float)took_ms;
    play->out->planning_ms += took_ms;
    play->out->cycles++;
    for (int m = 0; m < count; m++)
        hall_play_try(play, &moves[m]);
    answer(play, planning);
    hall_play_settle(play);
    if (play->params->forecaster)
        balance_forecasts_hall(&planning->forecasts, play);
    return STATUS_OK;
}

static void on_arrived(struct hall_play *play, unsigned t)
{
    struct planning *planning = play->userdata;
    balance_forecasts_ticket(&planning->forecasts, play, t);
}

static void on_called(struct hall_play *play, unsigned t, const struct event *call)
{
    struct planning *planning = play->userdata;
    (void)call;
    balance_forecasts_called(&planning->forecasts, play, t);
}

enum status balance_planning_begin(struct hall_play *play, struct error *error)
{
    struct planning *planning = calloc(1, sizeof *planning);
    if (!planning ||
        !balance_forecasts_init(&planning->forecasts, &planning->outlook, play->params->day->ticket_count)) {
        if (planning)
            balance_forecasts_destroy(&planning->forecasts);
        free(planning);
        return error_set(error, STATUS_MEMORY, "no memory to plan");
    }
    fill_outlook(&planning->outlook, play->params->hall);
    planning->params = propose_defaults;
    planning->params.seed = play->params->seed;
    planning->manager = rng_part(play->params->seed, play->params->day->day);
    play->userdata = planning;
    play->review = review;
    if (play->params->forecaster) {
        play->arrived = on_arrived;
        play->watch = on_called;
    }
    return STATUS_OK;
}

void balance_planning_end(struct hall_play *play)
{
    struct planning *planning = play->userdata;
    if (!planning)
        return;
    if (play->params->forecaster)
        balance_forecasts_close(&planning->forecasts, play);
    balance_forecasts_destroy(&planning->forecasts);
    free(planning);
    play->userdata = NULL;
}
